"""Reads the payloads of Slack's other surfaces: shortcuts, external selects, shared links, the Home tab. Pure.

https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload,
https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload,
https://docs.slack.dev/reference/events/link_shared, https://docs.slack.dev/reference/events/app_home_opened
"""

from collections.abc import Iterable, Iterator

from jobbot.interaction import HomeOpened, Interaction, LinksShared, MessageShortcut, Shortcut, Suggestion
from jobbot.slack.transport.payload_parts import Payload, key, part, parts, text

EVENTS_OF_SURFACES = frozenset({"link_shared", "app_home_opened"})

POSTED, DRAFT = "conversations_history", "COMPOSER"
"""The ``source`` of links in a message that was posted, and the channel of links in one that is being written.

On Enterprise Grid there is no source, and nothing is told of drafts
(https://docs.slack.dev/messaging/unfurling-links-in-messages).
"""

TEXT_MOST = 4_000
"""Characters of a message that are read."""

TYPED_MOST = 150
"""Characters of what is typed into a select."""

ATTACHMENTS_MOST, LINKS_MOST, BLOCKS_MOST, FIELDS_MOST = 20, 50, 50, 20
_LINK_LONGEST = 2_000
_ATTACHED = ("pretext", "title", "title_link", "text", "fallback")
_DEEPEST = 8
"""Lists of blocks within each other; those of rich text are the deepest of Slack's, four."""


def read_shortcut(body: Payload) -> Interaction | None:
    """A shortcut; that of a message is read with the message's channel and thread."""
    user, message = part(body, "user"), part(body, "message")
    user_id, callback_id, is_global = text(user, "id"), text(body, "callback_id") or "", body.get("type") == "shortcut"
    if not user_id:
        return None
    return Interaction(
        did=Shortcut(callback_id) if is_global else MessageShortcut(callback_id, _words_of(message)),
        key=key("shortcut", text(body, "trigger_id"), callback_id, text(body, "action_ts")),
        user_id=user_id,
        user_team_id=text(user, "team_id"),
        user_enterprise_id=_enterprise(user),
        channel_id=None if is_global else text(part(body, "channel"), "id"),
        thread_ts=None if is_global else text(message, "thread_ts"),
        message_ts=None if is_global else text(body, "message_ts") or text(message, "ts"),
        response_url=None if is_global else text(body, "response_url"),
        trigger_id=text(body, "trigger_id"),
    )


def read_suggestion(body: Payload) -> Interaction | None:
    """A question for the options of a select. It is asked again with each letter, so it has no key."""
    user = part(body, "user")
    user_id = text(user, "id")
    if not user_id:
        return None
    typed = (text(body, "value") or "")[:TYPED_MOST]
    return Interaction(
        did=Suggestion(text(body, "action_id") or "", text(part(body, "view"), "callback_id") or "", typed),
        key="",
        user_id=user_id,
        user_team_id=text(user, "team_id"),
        user_enterprise_id=_enterprise(user),
        channel_id=text(part(body, "channel"), "id"),
    )


def read_event(body: Payload) -> Interaction | None:
    """Links in a message that was posted, or an opened Home tab; None for a draft's links and for other tabs."""
    event = part(body, "event")
    user_id, is_home = text(event, "user"), text(event, "type") == "app_home_opened"
    if not user_id:
        return None
    did: HomeOpened | LinksShared
    if is_home:
        if text(event, "tab") != "home":
            return None
        did = HomeOpened()
    else:
        urls = [text(one, "url") for one in parts(event, "links", LINKS_MOST)]
        some = tuple(dict.fromkeys(url for url in urls if url and len(url) <= _LINK_LONGEST))
        is_posted = event.get("source") in (None, POSTED) and text(event, "channel") != DRAFT
        if not is_posted or not some or not text(event, "message_ts"):
            return None
        did = LinksShared(some)
    return Interaction(
        did=did,
        key=key("event", text(body, "event_id")),
        user_id=user_id,
        user_team_id=text(event, "user_team") or text(event, "source_team"),
        is_bot=bool(text(event, "bot_id")),
        channel_id=None if is_home else text(event, "channel"),
        thread_ts=None if is_home else text(event, "thread_ts"),
        message_ts=None if is_home else text(event, "message_ts"),
    )


def _words_of(message: Payload) -> str:
    """What a message says, with its attachments and blocks: an alert of another app may have all its words there."""
    said = [text(message, "text")]
    for one in parts(message, "attachments", ATTACHMENTS_MOST):
        said += [text(one, name) for name in _ATTACHED]
        said += [text(field, name) for field in parts(one, "fields", FIELDS_MOST) for name in ("title", "value")]
        said += _words_in(parts(one, "blocks", BLOCKS_MOST))
    said += _words_in(parts(message, "blocks", BLOCKS_MOST))
    return "\n".join(dict.fromkeys(words for words in said if words))[:TEXT_MOST]


def _words_in(blocks: Iterable[Payload], depth: int = 0) -> Iterator[str]:
    """The words and the links in blocks, and in what stands in them."""
    for one in blocks if depth < _DEEPEST else ():
        yield from filter(None, (text(one, "text"), text(one, "url")))
        fields, elements = (parts(one, name, BLOCKS_MOST) for name in ("fields", "elements"))
        within = (part(one, "text"), part(one, "accessory"), *fields, *elements)
        # An empty one says nothing, and would be taken for two more at each depth.
        yield from _words_in(filter(None, within), depth + 1)


def _enterprise(user: Payload) -> str | None:
    return text(user, "enterprise_id") or text(part(user, "enterprise_user"), "enterprise_id")
