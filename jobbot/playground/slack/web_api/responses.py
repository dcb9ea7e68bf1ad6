"""What the bot says without a method: at a response URL, or in its answer to a command.

https://docs.slack.dev/interactivity/handling-user-interaction. Both work where the bot is no member, and are how an
ephemeral message is changed: after a click the "original" is the message clicked, after a command the one posted here.
"""

from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.triggers import ResponseUrl
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.web_api.arguments import Arguments
from jobbot.playground.slack.web_api.content import Content, read_content


def answer_url(workspace: Workspace, path: str, args: Arguments) -> None:
    """A post to a response URL. Raises ApiError."""
    url = workspace.response_urls.use(path)
    answer(workspace, url, _unwrapped(args))


def answer(workspace: Workspace, url: ResponseUrl, args: Arguments) -> None:
    """Post, replace or delete, as the answer says. Raises ApiError."""
    original = url.original if url.original is not None and not url.original.deleted else None
    if args.flag("delete_original"):
        if original is None:
            raise ApiError("message_not_found")
        workspace.delete(original)
        return
    content = read_content(args)
    if url.channel.is_archived:
        raise ApiError("is_archived")
    if args.flag("replace_original") and original is not None:
        workspace.edit(original, content.text, content.blocks or ())
        return
    _post(workspace, url, content, args)


def _post(workspace: Workspace, url: ResponseUrl, content: Content, args: Arguments) -> None:
    kind = args.text("response_type") or "ephemeral"
    message = workspace.post(
        url.channel,
        workspace.world.bot,
        content.text,
        content.blocks or (),
        thread_ts=args.text("thread_ts"),
        ephemeral_for=None if kind == "in_channel" else url.person,
    )
    if url.kind == "commands":
        url.original = message


def _unwrapped(args: Arguments) -> Arguments:
    """The form with one ``payload`` of JSON, which is the older way to post."""
    payload = args.parsed("payload")
    return Arguments(payload) if isinstance(payload, dict) else args
