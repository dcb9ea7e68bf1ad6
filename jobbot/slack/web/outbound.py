"""Sends messages and modals: Slack's Web API and response URLs, with retries, rate limits and errors.

Facts: a response URL takes 5 posts in 30 minutes and works where the bot is no member
(https://docs.slack.dev/interactivity/handling-user-interaction); 429 carries Retry-After
(https://docs.slack.dev/apis/web-api/rate-limits). Where Slack rejects the blocks, the same answer goes out as text.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.logs import get_logger
from jobbot.render.blockkit.blocks import Message, Modal
from jobbot.slack.web.errors import CALL_ERRORS, asked_to_wait, error_code, seconds
from jobbot.slack.web.session import webhook_client
from jobbot.telemetry import Telemetry

log = get_logger(__name__)

RETRY_AFTER_MOST = 10.0
"""The longest Retry-After, in seconds, that is waited for: after that the answer would come too late to be one."""
_ATTEMPTS = 3
_BLOCK_ERRORS = ("invalid_blocks", "msg_blocks_too_long", "invalid_arguments", "msg_too_long")
_PASSING = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")


class SlackRefused(Exception):
    """A call failed: ``code`` is Slack's error, or the kind of network failure.

    ``may_pass``: it was not the request's fault, so that the same may be taken later; after ``wait`` seconds, where
    Slack says so. ``maybe_delivered``: it may have been done all the same, perhaps in part; ``no_answer``: none came.
    """

    def __init__(
        self,
        method: str,
        code: str,
        *,
        may_pass: bool = False,
        wait: float | None = None,
        maybe_delivered: bool = False,
        no_answer: bool = False,
    ) -> None:
        super().__init__(f"{method}: {code}")
        self.method = method
        self.code = code
        self.may_pass = may_pass
        self.wait = wait
        self.maybe_delivered = maybe_delivered
        self.no_answer = no_answer

    def as_fields(self) -> dict[str, str]:
        """For a log line."""
        return {"method": self.method, "error": self.code}


class Outbound:
    """Calls Slack over one shared session. Every method raises :class:`SlackRefused` alone."""

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        telemetry: Telemetry | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._session = session
        self._telemetry = telemetry or Telemetry()

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        attempts: int = _ATTEMPTS,
        repeatable: bool = False,
    ) -> str:
        """Post a message (``chat.postMessage``): its ts. ``broadcast`` shows a reply in a thread in the channel too.

        ``repeatable``: better twice than not at all.
        """
        return await self._message(
            "chat.postMessage",
            message,
            lambda m: self._client.chat_postMessage(
                channel=channel,
                text=m.text,
                blocks=m.blocks,
                thread_ts=thread_ts,
                reply_broadcast=broadcast and thread_ts is not None,
                unfurl_links=False,
            ),
            repeatable=repeatable,
            attempts=attempts,
        )

    async def edit(self, channel: str, ts: str, message: Message, *, attempts: int = _ATTEMPTS) -> None:
        """Edit a message (``chat.update``)."""
        await self._message(
            "chat.update",
            message,
            lambda m: self._client.chat_update(channel=channel, ts=ts, text=m.text, blocks=m.blocks),
            attempts=attempts,
        )

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message of jobbot's own (``chat.delete``)."""
        await self._call("chat.delete", lambda: self._client.chat_delete(channel=channel, ts=ts))

    async def permalink(self, channel: str, ts: str) -> str:
        """The link to a message (``chat.getPermalink``), empty where Slack says none."""
        answer = await self._call(
            "chat.getPermalink", lambda: self._client.chat_getPermalink(channel=channel, message_ts=ts), attempts=1
        )
        return str(answer.get("permalink") or "")

    async def post_ephemeral(self, channel: str, user: str, message: Message, *, thread_ts: str | None = None) -> None:
        """Post a message for one person alone (``chat.postEphemeral``)."""
        await self._message(
            "chat.postEphemeral",
            message,
            lambda m: self._client.chat_postEphemeral(
                channel=channel, user=user, text=m.text, blocks=m.blocks, thread_ts=thread_ts
            ),
        )

    async def open_modal(self, trigger_id: str, modal: Modal) -> str:
        """Open a modal (``views.open``), without retries, as a trigger lives 3 seconds: the view's id, "" for none."""
        answer = await self._call(
            "views.open", lambda: self._client.views_open(trigger_id=trigger_id, view=modal.view), attempts=1
        )
        view = answer.get("view")
        return str(view.get("id", "")) if isinstance(view, dict) else ""

    async def update_modal(self, view_id: str, modal: Modal) -> None:
        """Replace an open modal's content (``views.update``)."""
        await self._call("views.update", lambda: self._client.views_update(view_id=view_id, view=modal.view))

    async def publish_home(self, user: str, view: Modal) -> None:
        """Replace a person's Home tab (``views.publish``)."""
        await self._call("views.publish", lambda: self._client.views_publish(user_id=user, view=view.view))

    async def unfurl(self, channel: str, ts: str, unfurls: Mapping[str, Mapping[str, Any]]) -> None:
        """Attach previews to a message, by the links in it (``chat.unfurl``)."""
        await self._call(
            "chat.unfurl",
            lambda: self._client.chat_unfurl(
                channel=channel, ts=ts, unfurls={url: dict(unfurls[url]) for url in unfurls}
            ),
        )

    async def respond(
        self, url: str, message: Message, *, in_channel: bool = False, replace_original: bool = False
    ) -> None:
        """Post to a response URL."""
        fields: dict[str, Any] = {"response_type": "in_channel" if in_channel else "ephemeral"}
        fields["replace_original"] = replace_original
        try:
            await self._post_url(url, {**fields, "text": message.text, "blocks": list(message.blocks)})
        except SlackRefused as refused:
            if not _is_about_blocks(refused.code):
                raise
            log.warning("blocks rejected, sending the text", method="response_url", error=refused.code)
            await self._post_url(url, {**fields, "text": message.text})

    async def withdraw(self, url: str) -> None:
        """Take back the ephemeral message that was posted through this response URL."""
        await self._post_url(url, {"delete_original": True})

    async def _message(
        self,
        method: str,
        message: Message,
        call: Callable[[Message], Awaitable[Any]],
        *,
        repeatable: bool = True,
        attempts: int = _ATTEMPTS,
    ) -> str:
        try:
            answer = await self._call(method, lambda: call(message), repeatable=repeatable, attempts=attempts)
        except SlackRefused as refused:
            if not _is_about_blocks(refused.code) or not message.blocks:
                raise
            log.warning("blocks rejected, sending the text", method=method, error=refused.code)
            plain = replace(message, blocks=[])
            answer = await self._call(method, lambda: call(plain), repeatable=repeatable, attempts=attempts)
        return str(answer.get("ts") or "")

    async def _call(
        self, method: str, call: Callable[[], Awaitable[Any]], *, attempts: int = _ATTEMPTS, repeatable: bool = True
    ) -> Any:
        """One method, again after a rate limit or a passing failure. Any: the SDK is untyped.

        Slack says of its 5xx codes that a part may have been done, so only what is ``repeatable`` is sent again then.
        """
        for attempt in range(1, attempts + 1):
            may_pass, asked, no_answer = True, None, False
            try:
                with self._telemetry.slack(method):
                    return await call()
            except SlackApiError as error:
                code, may_pass, asked = error_code(error), _may_pass(error), asked_to_wait(error)
                perhaps = may_pass and asked is None
                wait = 0.3 * attempt if perhaps and repeatable else asked
            except aiohttp.ClientConnectorError as error:
                code, perhaps, wait = error_code(error), False, 0.2 * attempt
            except CALL_ERRORS as error:
                code, perhaps, no_answer = error_code(error), True, True
                wait = 0.2 * attempt if repeatable else None
            self._telemetry.metrics.slack_error(method, code)
            if wait is None or wait > RETRY_AFTER_MOST or attempt == attempts:
                raise SlackRefused(
                    method, code, may_pass=may_pass, wait=asked, maybe_delivered=perhaps, no_answer=no_answer
                )
            log.info("Slack call failed, trying again", method=method, error=code, seconds=wait)
            await self._sleep(wait)
        raise AssertionError("the loop returns or raises")

    async def _post_url(self, url: str, fields: dict[str, Any]) -> None:
        webhook = webhook_client(url, self._session)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._telemetry.slack("response_url"):
                    answer = await webhook.send_dict(fields)
            except CALL_ERRORS as error:
                self._telemetry.metrics.slack_error("response_url", error_code(error))
                perhaps = not isinstance(error, aiohttp.ClientConnectorError)
                code = error_code(error)
                raise SlackRefused("response_url", code, may_pass=True, maybe_delivered=perhaps) from None
            said = _refusal_in(answer.status_code, str(answer.body))
            if said is None:
                return
            wait = seconds(answer.headers.get("Retry-After")) if answer.status_code == 429 else None
            code = "ratelimited" if wait is not None else said
            self._telemetry.metrics.slack_error("response_url", code)
            if wait is None or wait > RETRY_AFTER_MOST or attempt == _ATTEMPTS:
                perhaps = answer.status_code >= 500 or code in _PASSING
                may_pass = answer.status_code == 429 or perhaps
                raise SlackRefused("response_url", code, may_pass=may_pass, wait=wait, maybe_delivered=perhaps)
            await self._sleep(wait)


def _may_pass(error: SlackApiError) -> bool:
    """Whether it is Slack's trouble and not the request's."""
    status = getattr(error.response, "status_code", None)
    is_slacks = error_code(error) in _PASSING or (isinstance(status, int) and status >= 500)
    return is_slacks or asked_to_wait(error) is not None


def _refusal_in(status: int, body: str) -> str | None:
    """The code with which a response URL refuses a post; None where it took it.

    Slack refuses with a status, and with a 200 as well (reported): the body is then JSON that is not ``ok``, or the
    bare code, of several words (``invalid_blocks``). A ``true`` is none: what was taken would be posted again. The body
    may repeat what was sent, so nothing but a code is kept of it.
    """
    error = re.search(r'"error"\s*:\s*"([a-z0-9_]{1,64})"', body)
    bare = re.fullmatch(r"(?=\w{1,64}$)[a-z]+(_[a-z]+)+", body.strip())
    if status == 200 and not bare and not re.search(r'"ok"\s*:\s*false\b', body):
        return None
    if bare:
        return bare[0]
    return error[1] if error else "not_ok" if status == 200 else f"status {status}"


def _is_about_blocks(code: str) -> bool:
    return any(known in code for known in _BLOCK_ERRORS)
