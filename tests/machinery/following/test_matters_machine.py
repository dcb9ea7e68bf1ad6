"""Whatever is interrupted, a datastream's trouble is told once, each of its failures is counted, and it ends as it did.

Two processes poll and deliver in any order; each may die, or lose its database, at any transaction, and Adverity and
Slack may fail. In the end everything works again, and what stands in the channel is held against what happened.
"""

from collections import Counter

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from pydantic import TypeAdapter

from jobbot.adverity.errors import AdverityError, Busy, Unauthorised, Unreachable
from jobbot.adverity.model import State
from jobbot.flows.following.poll_state import PollState
from jobbot.render.blockkit.blocks import load_message
from jobbot.render.matters import Matter
from jobbot.store.database.tables import alert_groups, alert_messages, outbox, pollers
from tests.machinery.following.machine import PollingMachine
from tests.machinery.following.world import AGAIN, INC
from tests.unit.store.machine import RUNS

STREAMS = (41, 42, 43)
ERRORS: tuple[AdverityError, ...] = (Unauthorised(status=401), Busy(status=503), Unreachable("no answer"))
MATTERS = TypeAdapter(tuple[Matter, ...])


class MattersMachine(PollingMachine):
    """Runs of a few datastreams fail and succeed; alerts are on from the beginning."""

    def __init__(self) -> None:
        super().__init__()
        self.processes = [self.it.one, self.it.two]
        self.count = 100
        self.is_in_order = True
        self.does(self.it.one.alerts_on())
        self.does(self.it.one.round_of("going", "past"))

    def going(self) -> list[int]:
        return [job for job, life in self.it.adverity.jobs.items() if life.ended is None]

    @precondition(lambda self: len(self.going()) < len(STREAMS))
    @rule(which=st.integers(0, 2))
    def starts(self, which: int) -> None:
        """One run of a datastream at a time."""
        busy = {self.it.adverity.jobs[job].stream for job in self.going()}
        free = [stream for stream in STREAMS if stream not in busy]
        self.count += 1
        self.it.clock.pass_(1.0)
        self.it.adverity.starts(self.count, before=0.0, stream=free[which % len(free)])

    @precondition(lambda self: self.going())
    @rule(which=st.integers(0, 2), state=st.sampled_from([State.FAILED, State.FAILED, State.SUCCESS]))
    def ends(self, which: int, state: State) -> None:
        going = self.going()
        self.it.clock.pass_(1.0)
        self.it.adverity.ends(going[which % len(going)], state)

    @rule(which=st.integers(0, 2), state=st.sampled_from([State.FAILED, State.FAILED, State.SUCCESS]))
    def runs(self, which: int, state: State) -> None:
        """From its beginning to its end between two looks."""
        if len(self.going()) < len(STREAMS):
            self.starts(which)
            self.it.clock.pass_(1.0)
            self.it.adverity.ends(self.count, state)

    @rule(kinds=st.sets(st.sampled_from(["going", "past", "one"]), min_size=1), error=st.sampled_from(ERRORS))
    def adverity_fails(self, kinds: set[str], error: AdverityError) -> None:
        self.it.adverity.fails = dict.fromkeys(kinds, error)
        self.is_in_order = False

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
            if self.does(self.process(0).round()) == "nothing" or self.does(self.is_caught_up(healed.timestamp())):
                break
        else:
            raise AssertionError("does not catch up")
        self.does(self.process(1).delivers_all())
        groups = {row.id: MATTERS.validate_json(row.entries) for row in self.does(self.it.rows(alert_groups))}
        matters = [one for some in groups.values() for one in some]
        self.counts_each_failure_once(matters)
        self.ends_as_it_ended(matters)
        self.stands_in_the_channel(groups)

    async def is_caught_up(self, since: float) -> bool:
        """Whether everything that had ended then is dealt with."""
        (row,) = await self.it.rows(pollers)
        seen = PollState.load(row.state)
        lists = [at for at in (seen.listed_at, seen.covered) if at is not None and at.timestamp() >= since]
        return len(lists) == 2 and not seen.missing

    def over(self, state: State, stream: int) -> list[tuple[float, int]]:
        """The runs of a datastream that ended so, in their order; Adverity writes times to the second."""
        lives = [life for life in self.it.adverity.jobs.values() if life.stream == stream and life.state is state]
        return sorted((life.ended.replace(microsecond=0).timestamp(), life.id) for life in lives if life.ended)

    def counts_each_failure_once(self, matters: list[Matter]) -> None:
        counted = Counter(job for one in matters for job in one.jobs)
        failed = {job for stream in STREAMS for _, job in self.over(State.FAILED, stream)}
        assert counted == dict.fromkeys(failed, 1)
        assert all(one.total == len(one.jobs) for one in matters)
        if self.is_in_order:
            assert {frozenset(one.jobs) for one in matters} == {frozenset(run) for run in self.rows_of_failures()}

    def rows_of_failures(self) -> list[list[int]]:
        """Those in a row, of each datastream."""
        rows: list[list[int]] = []
        for stream in STREAMS:
            good = {job for _, job in self.over(State.SUCCESS, stream)}
            row: list[int] = []
            for _, job in sorted([*self.over(State.SUCCESS, stream), *self.over(State.FAILED, stream)]):
                if job in good:
                    row = []
                elif row:
                    row.append(job)
                else:
                    rows.append(row := [job])
        return rows

    def ends_as_it_ended(self, matters: list[Matter]) -> None:
        for one in matters:
            stream, jobs = one.newest.stream or 0, {*one.jobs}
            good = self.over(State.SUCCESS, stream)
            last = max(run for run in self.over(State.FAILED, stream) if run[1] in jobs)
            fixed = [run for run in good if run > last]
            assert one.is_fixed is bool(fixed), (one, good)
            if one.end is not None and self.is_in_order:
                assert (one.end.at.timestamp(), one.end.job) == fixed[0], "the times are those of the jobs"

    def stands_in_the_channel(self, groups: dict[str, tuple[Matter, ...]]) -> None:
        kept = {row.id: load_message(row.message).text for row in self.does(self.it.rows(alert_messages))}
        sent = {row.id: row.sent_ts for row in self.does(self.it.rows(outbox)) if row.id in groups}
        # Others are about outages.
        heads = [one for one in self.it.slack.of(INC) if one.thread is None and "the jobs of acme" not in one.text]
        certain = {one.ts for one in heads if AGAIN not in one.text}
        assert len(certain) <= len(groups), "told once"
        for id_, told in groups.items():
            if sent[id_] is None:
                # What Slack did not answer twice is given up: it may stand there, and there was no news of it.
                assert any(AGAIN in one.text for one in [*heads, *self.it.slack.lost]), told
                continue
            (head,) = [one for one in heads if one.ts == sent[id_]]
            assert head.text.startswith(kept[id_]), "it reads as it stands"


@pytest.mark.slow
@pytest.mark.examples
def test_a_matter_is_told_once_and_ends_truthfully_whatever_is_interrupted() -> None:
    run_state_machine_as_test(MattersMachine, settings=RUNS)
