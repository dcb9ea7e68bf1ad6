"""What stands on an instance that is configured nowhere any more ends once, with one word to each place. A machine.

Two processes that do not serve it look after what is there, in any order; each may die, or lose its database, at any
transaction. Now and then one that does serve it comes back for a while, as when replicas are exchanged one by one: then
nothing ends until it is gone for good.
"""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from jobbot.flows.instances import ORPHANED_AFTER
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.tables import alerts, cards, watches
from tests.machinery.following.machine import FollowingMachine
from tests.machinery.following.world import ANA, BEN, INC, OTHER, Killed, Process
from tests.unit.store.machine import RUNS

GONE = "no longer set up for acme"
EITHER = st.sampled_from([0, 1])
PLACES = st.sampled_from([(INC, None), (INC, "7.0"), (OTHER, None)])


class OrphansMachine(FollowingMachine):
    """Somebody asks; a process that serves the instance is there, or not; the others look after what is left."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.job = 100
        self.processes = [self.stranger(), self.stranger()]
        self.places: set[tuple[str, str | None]] = set()
        self.ended = 0
        self.served_at = self.it.clock()

    def stranger(self) -> Process:
        self.count += 1
        return self.it.process(f"p{self.count}", serves=["staging"])

    @rule(place=PLACES, user=st.sampled_from([ANA, BEN]))
    def waits(self, place: tuple[str, str | None], user: str) -> None:
        """By way of a process that still serves it."""
        self.job += 1
        self.it.adverity.starts(self.job)
        self.does(self.it.one.watch(self.job, place[0], user=user, thread=place[1]))
        self.places.add(place)
        self.is_served()

    @rule(channel=st.sampled_from([INC, OTHER]))
    def alerts_on(self, channel: str) -> None:
        self.does(self.it.one.alerts_on(channel))
        self.places.add((channel, None))
        self.is_served()

    @rule()
    def shows(self) -> None:
        self.job += 1
        self.it.adverity.starts(self.job)
        card = self.does(self.it.two.shows(self.job))
        self.places.add((INC, card.ts))
        self.is_served()

    @rule()
    def is_served(self) -> None:
        self.does(self.it.one.looks())
        self.served_at = self.it.clock()

    @rule(seconds=st.sampled_from([3.0, 61.0, 300.0, 700.0]))
    def sleeps(self, seconds: float) -> None:
        self.it.clock.pass_(seconds)

    @rule(which=EITHER)
    def looks_after(self, which: int) -> None:
        before = len(self.it.slack.said)
        self.does(self.processes[which].orphaned.end())
        assert len(self.it.slack.said) == before, "notifications are delivered by whoever delivers"
        self.held_against_the_book()

    @rule(
        which=EITHER,
        after=st.integers(0, 6),
        when=st.sampled_from(["before", "after"]),
        how=st.sampled_from([StoreUnavailable, Killed]),
    )
    def looks_after_interrupted(self, which: int, after: int, when: str, how: type[BaseException]) -> None:
        process = self.processes[which]
        process.database.fails(after=after, when=when, how=how)
        try:
            self.does(process.orphaned.end())
        except StoreUnavailable:
            pass
        except Killed:
            self.processes[which] = self.stranger()
        process.database.breaks = None
        self.held_against_the_book()

    @rule(which=EITHER)
    def delivers(self, which: int) -> None:
        self.does(self.processes[which].delivers())

    def open(self) -> int:
        """How much is still followed."""
        rows = [row for table in (watches, alerts, cards) for row in self.does(self.it.rows(table))]
        return sum(row.ended_at is None for row in rows)

    def held_against_the_book(self) -> None:
        """It ends whole or not at all, and not while somebody may still serve it."""
        if not self.places or self.open():
            return
        assert self.it.clock() - self.served_at > ORPHANED_AFTER - timedelta(seconds=1), "somebody may still serve it"
        self.settles()

    def settles(self) -> None:
        """Each place has its word, once; what is asked for afterwards is another matter."""
        self.does(self.processes[0].delivers_all())
        said = [(one.channel, one.thread) for one in self.it.slack.said[self.ended :] if GONE in one.text]
        assert sorted(said, key=str) == sorted(self.places, key=str)
        self.places, self.ended = set(), len(self.it.slack.said)

    def teardown(self) -> None:
        """Nobody serves it any more: a claim that was not lived to the end runs out, and then all of it ends."""
        try:
            self.it.clock.pass_(ORPHANED_AFTER.total_seconds() + 61)
            self.does(self.processes[1].orphaned.end())
            assert not self.open()
            if self.places:
                self.settles()
        finally:
            super().teardown()


@pytest.mark.examples
def test_what_is_orphaned_ends_once_whatever_is_interrupted() -> None:
    run_state_machine_as_test(OrphansMachine, settings=RUNS)
