"""The Bolt app: one routing middleware in front of everything jobbot listens to.

Bolt tries its listeners one after the other (about 6 microseconds each) and, as it comes, waits for an ack in a loop
that sleeps 10 ms (executed and seen, Bolt 1.30). A middleware that looks the payload up in a table and returns the
response itself costs the same whatever is behind it. Signatures, ``ssl_check`` and ``url_verification`` are
checked in ``transport/http`` before Bolt sees anything, and who may do what is decided in ``access``: so the middleware
stands before Bolt's authorisation, which is never reached.
"""

import logging
from collections.abc import Awaitable, Callable, Coroutine

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.access import Home
from jobbot.interaction import Interaction
from jobbot.logs import get_logger
from jobbot.slack.handlers.listeners import Ack, Listeners
from jobbot.slack.transport.background import BackgroundTasks
from jobbot.slack.transport.payload_parts import Payload
from jobbot.slack.transport.payloads import changed_channels, read_payload

log = get_logger(__name__)

BOLT_LOG = logging.getLogger("jobbot.slack.transport.bolt.app")
BOLT_LOG.setLevel(logging.ERROR)
"""Bolt warns at each start that it does not use the SLACK_BOT_TOKEN of the environment. It is not meant to."""

_PAYLOAD = "jobbot.payload"
"""The payload's key in Bolt's context."""


class _App(AsyncApp):
    """Bolt's app without a context: as it comes, it makes a Web API client for each request, which nothing here uses.

    A third of the time that a dispatch takes (executed and seen, Bolt 1.30).
    """

    def _init_context(self, req: AsyncBoltRequest) -> None:
        pass


class _Request(AsyncBoltRequest):
    """A payload on its way through Bolt, which is shown nothing of it.

    Bolt looks for teams, users and tokens in a payload before any middleware runs, and raises on shapes that it does
    not expect (executed and seen, Bolt 1.30). jobbot uses nothing of what it finds.
    """

    def __init__(self, payload: Payload) -> None:  # not Bolt's own, which would look for them
        self.raw_body, self.body, self.query, self.headers = "", {}, {}, {}
        self.content_type = None
        self.context = AsyncBoltContext({_PAYLOAD: payload})
        self.lazy_only, self.lazy_function_name = False, None
        self.mode = "socket_mode"  # in which a body is parsed already; the signature is the caller's matter


async def dispatch(app: AsyncApp, payload: Payload) -> BoltResponse:
    """Dispatch a payload to ``app``; its signature, or its connection, must have been checked."""
    return await app.async_dispatch(_Request(payload))


async def _authorize(**_: object) -> AuthorizeResult:
    """Bolt demands one: without it, it would want a token to ask ``auth.test`` with, within a request's 3 seconds."""
    raise AssertionError("the router answers before it")


class Router(AsyncMiddleware):
    """The middleware: reads the payload, acknowledges, and starts the work as a background task."""

    def __init__(
        self, home: Home, listeners: Listeners, work: BackgroundTasks, channel_changed: Callable[[str], None]
    ) -> None:
        self._channel_changed = channel_changed
        self._bot = home.bot_user_id
        self._listeners = listeners
        self._work = work

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt passes it by this name
    ) -> BoltResponse:
        """Answer a payload; one that nobody serves gets an empty 200, so that Slack does not send it again."""
        self._work.payload_came()
        if self._work.is_closed:
            # Not acknowledged, so that Slack gives it to another connection or tells the person.
            return BoltResponse(status=503, body="shutting down")
        payload: Payload = req.context[_PAYLOAD]
        if changed := changed_channels(payload):
            for channel in changed:
                self._channel_changed(channel)
            return BoltResponse(status=200, body="")
        interaction = read_payload(payload, self._bot)
        if interaction is None:
            log.info("payload not served", type=str(payload.get("type"))[:40])
            return BoltResponse(status=200, body="")
        ack = self._listeners.acknowledge(interaction)
        if ack.decided is not None and ack.then is not None:
            self._work.start(self._decide(ack, ack.then))  # the ack itself waits for it
        elif ack.then is not None:
            ack = self._offer(ack.then, interaction, urgent=ack.is_urgent) or ack
        body = await ack.answer()
        return BoltResponse(status=200, body=body if body is not None else "")

    async def _decide(self, ack: Ack, work: Coroutine[None, None, None]) -> None:
        """Do what an ack waits for at once, and what follows from it in its turn."""
        await work
        if ack.follows is not None and (rest := ack.follows()) is not None:
            who, work = rest
            self._offer(work, who, urgent=False)

    def _offer(self, work: Coroutine[None, None, None], who: Interaction, *, urgent: bool) -> Ack | None:
        """Have work done in its turn; where there is no room for it, the ack that says so."""
        if self._work.offer(work, who.user_id, urgent=urgent):
            return None
        ack = self._listeners.refuse_busy(who)
        if ack.then is not None:
            self._work.start(ack.then)
        return ack


def build_bolt(
    client: AsyncWebClient,
    home: Home,
    listeners: Listeners,
    work: BackgroundTasks,
    *,
    channel_changed: Callable[[str], None] = lambda channel_id: None,
) -> AsyncApp:
    """The app, ready to dispatch. ``client`` serves as the template of Bolt's own, which jobbot does not use.

    ``channel_changed`` hears the id of each channel of which Slack says that something happened to it.
    """
    return _App(
        # Bolt sets the level of the logger of this name: it must be none of ours.
        name="bolt",
        logger=BOLT_LOG,
        client=client,
        before_authorize=Router(home, listeners, work, channel_changed),
        authorize=_authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
