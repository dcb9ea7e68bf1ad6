"""``chat.unfurl``: previews of the links that the bot was told of (https://docs.slack.dev/reference/methods/chat.unfurl)."""

from typing import Any

from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.links import COMPOSER, Announced, Draft, addresses
from jobbot.playground.slack.state.messages import Message
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.web_api.arguments import Arguments
from jobbot.playground.slack.web_api.content import check_blocks
from jobbot.playground.slack.web_api.methods.method import Fields, Method
from jobbot.playground.slack.web_api.rates import TIER_3

_SAYS = ("text", "title", "fallback", "pretext", "image_url", "fields")
"""What an attachment without blocks may consist of; one of them must be there."""
SOURCES = ("composer", "conversations_history")


def unfurl(workspace: Workspace, args: Arguments) -> Fields:
    """``chat.unfurl``, by ``channel`` and ``ts`` or by ``unfurl_id`` and ``source``.

    Where a link has a preview already, the new one replaces it. Either all that is given is shown, or nothing.
    """
    by_id = args.text("unfurl_id") is not None or args.text("source") is not None
    told = _by_id(workspace, args) if by_id else _by_place(workspace, args)
    unfurls = _read(args)
    of = told[0].of
    known = {link.url for announced in told for link in announced.links}
    shown = {_as_written(url, known): definition for url, definition in unfurls.items()}
    if isinstance(of, Message) and not shown.keys() <= set(addresses(of.text)):
        raise ApiError("cannot_unfurl_message")
    if not shown.keys() <= known:
        raise ApiError("cannot_unfurl_url")
    for url, definition in shown.items():
        workspace.unfurl(of, url, definition)
    return {}


def _by_id(workspace: Workspace, args: Arguments) -> list[Announced]:
    unfurl_id, source = args.text("unfurl_id"), args.text("source")
    if unfurl_id is None:
        raise ApiError("missing_unfurl_id")
    if source is None:
        raise ApiError("missing_source")
    if source not in SOURCES:
        raise ApiError("invalid_source")
    announced = workspace.links.by_id(unfurl_id)
    if announced is None or isinstance(announced.of, Draft) != (source == "composer"):
        raise ApiError("invalid_unfurl_id")
    if isinstance(announced.of, Message) and announced.of.deleted:
        raise ApiError("cannot_find_message")
    return [announced]


def _by_place(workspace: Workspace, args: Arguments) -> list[Announced]:
    channel_id, ts = args.text("channel"), args.text("ts")
    if channel_id is None:
        raise ApiError("missing_channel")
    if ts is None:
        raise ApiError("missing_ts")
    channel = workspace.world.channels.get(channel_id)
    if channel is None and channel_id != COMPOSER:
        raise ApiError("cannot_find_channel")
    told = workspace.links.by_place(channel_id, ts)
    if channel is not None and channel.find(ts) is None:
        raise ApiError("cannot_find_message")
    if not told:
        raise ApiError("cannot_unfurl_url")
    return told


def _read(args: Arguments) -> dict[str, dict[str, Any]]:
    """The previews by address, each of which Slack can show. Raises ApiError."""
    if args.given.get("unfurls") in (None, ""):
        raise ApiError("missing_unfurls")
    try:
        unfurls = args.parsed("unfurls")
    except ApiError:
        raise ApiError("invalid_unfurls_format") from None
    if not isinstance(unfurls, dict) or not all(isinstance(one, dict) for one in unfurls.values()):
        raise ApiError("invalid_unfurls_format")
    for definition in unfurls.values():
        if "blocks" in definition:
            check_blocks(definition["blocks"])
        elif not any(definition.get(name) for name in _SAYS):
            raise ApiError("cannot_parse_attachment")
    return unfurls


def _as_written(url: str, known: set[str]) -> str:
    """The address as it stands in the message: there ``&`` is escaped, which a bot may have undone."""
    escaped = url.replace("&", "&amp;")
    return escaped if url not in known and escaped in known else url


LINKS = (Method("chat.unfurl", unfurl, TIER_3, ("links:write",)),)
