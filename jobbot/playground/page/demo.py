"""The page over the local Slack and the local Adverity: what ``jobbot demo`` opens."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from jobbot.playground.adverity import LocalAdverity, Sight
from jobbot.playground.page.guard import LOOPBACK
from jobbot.playground.page.page import PageOf
from jobbot.playground.page.recorder import Recorder
from jobbot.playground.page.redact import Redaction
from jobbot.playground.page.slack_panel import SlackPanel
from jobbot.playground.page.slack_side import SlackWorkspace
from jobbot.playground.page.story import JOBS, Command, Suggestion, first_minute
from jobbot.playground.page.wire import WireLog
from jobbot.playground.page.world import AdverityPanel, World
from jobbot.playground.slack import LocalSlack


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Page:
    """The page: ``async with Page(slack, adverity, port=8080) as page: webbrowser.open(page.url)``.

    ``slack`` and ``adverity`` run already. ``port`` 0 takes a free one. Raises ValueError for a ``host`` other than
    127.0.0.1; entering raises OSError for a port in use. ``commands`` is what the message box completes after "/";
    ``suggestions`` answers the first minute's steps, by default those of the story, of which one stops ``runaway``.
    ``now`` is the time by which "today" is told.
    """

    def __init__(
        self,
        slack: LocalSlack,
        adverity: LocalAdverity,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        runaway: int | None = None,
        commands: Sequence[Command] = (JOBS,),
        suggestions: Callable[[], Sequence[Suggestion]] | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._slack, self._adverity = slack, adverity
        workspace, panel = SlackWorkspace(slack), AdverityPanel(adverity)
        redaction = Redaction([slack.bot_token, slack.app_token, slack.signing_secret, adverity.api_key])
        self._wire = WireLog(redaction)

        def suggested() -> Sequence[Suggestion]:
            ana, inc_data = slack.person("ana").id, slack.channel("inc-data").id
            return first_minute(runaway, person=ana, channel=inc_data, **_acts_of_the_story(adverity, runaway))

        self._page = PageOf(
            workspace,
            World(panel, SlackPanel(slack, workspace)),
            self._wire,
            now=now,
            commands=commands,
            suggestions=suggestions or suggested,
            host=host,
            port=port,
        )
        self._stack = AsyncExitStack()

    @property
    def url(self) -> str:
        """Where the page is, once entered."""
        return self._page.url

    async def __aenter__(self) -> Self:
        recorder = Recorder(self._wire)
        await self._stack.enter_async_context(self._page)
        self._stack.callback(self._slack.subscribe(recorder.slack))
        self._stack.callback(self._adverity.subscribe(recorder.adverity))
        self._stack.callback(self._adverity.watch_jobs(lambda _: self._page.show_world()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()


def _acts_of_the_story(adverity: LocalAdverity, runaway: int | None) -> dict[str, int | None]:
    """What :func:`first_minute` pauses, retries and fetches again; None where there is no such thing."""
    sights = adverity.sights()
    failed = [one.job.id for one in sights if one.look.state == "Failed" and _has_passed(one)]
    empty = [one.job.datastream for one in sights if one.look.state == "Success" and not any(one.job.rows)]
    return {
        "pauses": next((one.job.datastream for one in sights if one.job.id == runaway), None),
        "retries": failed[-1] if failed else None,
        "fetches": empty[-1] if empty else None,
    }


def _has_passed(failed: Sight) -> bool:
    """Whether a job failed for a reason that passes by itself."""
    return any(issue.cause == "Source unavailable" for issue in failed.look.issues)
