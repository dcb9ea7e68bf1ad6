"""The outermost wrapper of an interaction's work: catches everything, logs it with a reference, counts how it ended."""

from collections.abc import Awaitable, Callable

from jobbot.adverity.errors import AdverityError
from jobbot.flows.acts.acting import CannotRecord
from jobbot.flows.acts.history import CannotRead
from jobbot.flows.following.keeping import CannotKeep
from jobbot.interaction import HomeOpened, Interaction, LinksShared, Shortcut, Submitted, Suggestion
from jobbot.logs import get_logger, new_reference
from jobbot.render.errors import render_error
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.telemetry import ObservedInteraction, Outcome, Telemetry

log = get_logger(__name__)

UNASKED = (Shortcut, Suggestion, LinksShared, HomeOpened)
"""What has no place where a message could be answered, or was asked by nobody."""


class Guard:
    """Runs the work of an interaction. ``is_first``: whether a key of Slack's is new in all processes."""

    def __init__(self, answers: Answers, is_first: Callable[[str], Awaitable[bool]], telemetry: Telemetry) -> None:
        self._answers = answers
        self._is_first = is_first
        self._telemetry = telemetry

    async def run(
        self, interaction: Interaction, seen: ObservedInteraction, serve: Callable[[], Awaitable[Outcome]]
    ) -> None:
        """Serve an interaction once over all processes; where that fails, show the person the reference."""
        reference = new_reference()
        with self._telemetry.interaction(seen, reference):
            try:
                if await self._is_repeated(interaction):
                    seen.outcome = Outcome.REPEATED
                else:
                    seen.outcome = await serve()
            except AlreadyReported as told:
                seen.outcome = _failed(interaction, seen, told.__cause__)
            except Exception as error:
                seen.outcome = _failed(interaction, seen, error)
                if not isinstance(interaction.did, UNASKED):
                    await self._answers.reply(interaction).post_ephemeral(render_error(error, reference))
            else:
                log.info("served", **_fields(interaction, seen), outcome=seen.outcome.value, seconds=seen.seconds)

    async def _is_repeated(self, interaction: Interaction) -> bool:
        """Whether another process has handled this delivery: Slack repeats what it believes lost, to any process.

        Slack sends no command twice: one that changes something is checked where it is done (``handlers/following``),
        and of a submission the ledger itself knows whether it is a repeated one.
        """
        if not interaction.key or interaction.is_command or isinstance(interaction.did, Submitted):
            return False
        return not await self._is_first(interaction.key)


def _fields(interaction: Interaction, seen: ObservedInteraction) -> dict[str, str | None]:
    """What log lines say of an interaction: ids, never texts."""
    return {"did": seen.did, "intent": seen.intent, "user": interaction.user_id, "channel": interaction.channel_id}


def _failed(interaction: Interaction, seen: ObservedInteraction, error: BaseException | None) -> Outcome:
    if isinstance(error, AdverityError | CannotRecord | CannotRead | CannotKeep):
        log.warning("failed", **_fields(interaction, seen), error=type(error).__name__, said=str(error))
        return Outcome.UPSTREAM_FAILED if isinstance(error, AdverityError) else Outcome.STORE_FAILED
    log.error("failed", **_fields(interaction, seen), exc_info=error)
    return Outcome.CRASHED
