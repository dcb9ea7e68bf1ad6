"""Whatever is interrupted: each ending of a job that is waited for in a channel is told there once. A machine.

Two processes poll and deliver in any order; each may die, or lose its database, at any transaction, and Adverity and
Slack may fail, or be slow while something else happens. The book knows who waits for what since when, and what ended
when. In the end everything works again, and each channel is held against the book.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from jobbot.adverity.errors import AdverityError, Busy, Forbidden, Unauthorised, Unexpected, Unreachable
from jobbot.adverity.model import State
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.reconcile import CLOCK_SKEW
from jobbot.store.database.tables import pollers
from tests.machinery.following.machine import EITHER, PollingMachine
from tests.machinery.following.world import AGAIN, INC, OTHER, telling
from tests.unit.store.machine import RUNS

CHANNELS = (INC, OTHER)
ERRORS: tuple[AdverityError, ...] = (
    *(Unauthorised(status=401), Forbidden(status=403), Busy(status=429, retry_after=120), Busy(status=503)),
    *(Unexpected("HTML", status=200), Unreachable("no answer")),
)


@dataclass
class Alerted:
    """A channel's alerts, from when to when they were on."""

    channel: str
    since: datetime
    until: datetime | None = None


class PollerMachine(PollingMachine):
    """Jobs begin and end, people ask, processes poll and deliver."""

    def __init__(self) -> None:
        super().__init__()
        self.processes = [self.it.one, self.it.two]
        self.count = 100
        self.watched: dict[tuple[int, str], int] = {}
        self.alerted: list[Alerted] = []
        self.perhaps = 0

    def going(self) -> list[int]:
        return [job for job, life in self.it.adverity.jobs.items() if life.ended is None]

    @rule(before=st.sampled_from([0.5, 30.0, 600.0]))
    def starts(self, before: float) -> None:
        """A job that began a while ago, but not before a list in which it was not."""
        self.count += 1
        listed_at = self.it.adverity.listed_at
        unlisted = (self.it.clock() - listed_at).total_seconds() if listed_at is not None else before
        self.it.adverity.starts(self.count, before=min(before, unlisted))

    @precondition(lambda self: self.going())
    @rule(which=st.integers(0, 20), state=st.sampled_from([State.FAILED, State.FAILED, State.SUCCESS]))
    def ends(self, which: int, state: State) -> None:
        going = self.going()
        self.it.adverity.ends(going[which % len(going)], state)

    @rule(state=st.sampled_from([State.FAILED, State.SUCCESS]))
    def begins_and_ends(self, state: State) -> None:
        self.starts(0.5)
        self.it.adverity.ends(self.count, state)

    @precondition(lambda self: self.going())
    @rule(which=st.integers(0, 20), channel=st.sampled_from(CHANNELS))
    def watches(self, which: int, channel: str) -> None:
        going = self.going()
        job = going[which % len(going)]
        self.does(self.process(0).watch(job, channel))
        self.watched[job, channel] = self.watched.get((job, channel), 0) + 1

    @rule(channel=st.sampled_from(CHANNELS))
    def alerts_on(self, channel: str) -> None:
        self.does(self.process(0).alerts_on(channel))
        if not self.is_on(channel):
            self.alerted.append(Alerted(channel, self.it.clock()))

    def is_on(self, channel: str) -> bool:
        return any(one.channel == channel and one.until is None for one in self.alerted)

    @rule(channel=st.sampled_from(CHANNELS))
    def alerts_off(self, channel: str) -> None:
        self.does(self.process(0).alerts_off(channel))
        for one in self.alerted:
            if one.channel == channel and one.until is None:
                one.until = self.it.clock()

    @rule(which=EITHER, late=st.booleans(), what=st.sampled_from(["other polls", "alerts", "ends", "time"]))
    def polls_while(self, which: int, late: bool, what: str) -> None:
        """Adverity is slow, and that is not all that happens."""

        async def meanwhile() -> None:
            match what:
                case "other polls":
                    self.it.clock.pass_(61)
                    await self.process(1 - which).looks()
                case "alerts":
                    await self.process(1 - which).alerts_on(OTHER)
                    if not self.is_on(OTHER):
                        self.alerted.append(Alerted(OTHER, self.it.clock()))
                    self.it.clock.pass_(2)
                case "ends":
                    for job in self.going()[:2]:
                        self.it.adverity.ends(job)
                case _:
                    self.it.clock.pass_(40)

        hooks = self.it.adverity.late if late else self.it.adverity.during
        hooks.append(meanwhile)
        self.does(self.process(which).round())
        hooks.clear()

    @rule(kinds=st.sets(st.sampled_from(["going", "past", "one"]), min_size=1), error=st.sampled_from(ERRORS))
    def adverity_fails(self, kinds: set[str], error: AdverityError) -> None:
        self.it.adverity.fails = dict.fromkeys(kinds, error)

    def teardown(self) -> None:
        """Everything works again, for long enough."""
        try:
            self.heals()
        finally:
            super().teardown()

    def heals(self) -> None:
        self.it.adverity.fails.clear()
        self.it.clock.pass_(1000)  # longer than anything is put off, and than any lease
        healed = self.it.clock()
        for _ in range(100):
            if self.does(self.process(0).round()) == "nothing" or self.does(self.is_caught_up(healed)):
                break
        else:
            raise AssertionError("does not catch up")
        self.does(self.process(1).delivers_all())
        for channel in CHANNELS:
            for job, life in self.it.adverity.jobs.items():
                told = [*telling(self.it.slack.of(channel), job)]
                # What stands in a thread stands under what its message says.
                doubted = {one.ts for one in self.it.slack.of(channel, AGAIN)}
                certain = [one for one in told if one.ts not in doubted and one.thread not in doubted]
                least, most = self.due(channel, job)
                # What Slack did not answer twice is given up: it may stand there twice.
                lost = [one for one in telling(self.it.slack.lost, job) if one.channel == channel]
                assert least <= len(told) or len(lost) > 1, (channel, life, "was not told")
                assert len(certain) <= most, (channel, life, "was told too often", [one.text for one in told])

    async def is_caught_up(self, since: datetime) -> bool:
        """Whether everything that had ended then is dealt with."""
        (row,) = await self.it.rows(pollers)
        seen = PollState.load(row.state)
        lists = [at for at in (seen.listed_at, seen.covered or seen.listed_at) if at is not None and at >= since]
        return len(lists) == 2 and not seen.missing

    def due(self, channel: str, job: int) -> tuple[int, int]:
        """How often a channel must hear of it at least, and may at most."""
        life = self.it.adverity.jobs[job]
        if life.ended is None:
            return 0, 0
        watched = 1 if (job, channel) in self.watched else 0
        if life.state is not State.FAILED:
            return watched, watched
        own = [one for one in self.alerted if one.channel == channel]
        # Adverity writes times to the second; whoever switched alerts off need not be told of what was not seen yet.
        second, before = timedelta(seconds=1), timedelta(hours=1, minutes=50)
        surely = any(
            one.since + second <= life.ended and one.until is None and life.began > one.since - before for one in own
        )
        perhaps = any(
            one.since - CLOCK_SKEW - second <= life.ended and (one.until is None or life.ended <= one.until)
            for one in own
        )
        # An alert that mentions who watches is told in the place of what the watch would say.
        return max(watched, surely), watched + perhaps


@pytest.mark.examples
def test_each_ending_is_told_once_whatever_is_interrupted() -> None:
    run_state_machine_as_test(PollerMachine, settings=RUNS)
