"""What is true of the outbox whatever is done to it, by two processes that may die at any moment: a machine.

The machine keeps its own book of every notification. Of each claim the book knows beforehand which it must bring: the
first of its channel or message, due, nobody's, as fast as Slack takes them - and those alone. The processes' clocks go
wrong by seconds, each its own way.
"""

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from jobbot.store.database.engine import Database
from jobbot.store.database.migrate import migrate
from jobbot.store.following.model import ClaimedNotification, Notification
from jobbot.store.following.outbox import EDIT_GAP, MESSAGE_GAP, POST_GAP, LostNotification, Outbox, put
from tests.support.inline_sqlite import make_inline_engine
from tests.unit.store.machine import RUNS, StoreMachine
from tests.unit.store.world import LEASE

OWNERS = ("one", "two")
CHANNELS = ("C0INC", "C0OTHER")
STEPS = (
    *("posting", "posting, not now", "posting, no answer", "posting, refused", "posting, detach"),
    *("not now", "sent", "sent", "give up"),
)


@dataclass
class Entry:
    """The book's notification: whose it is until when, lost claims, and whether it may have been told already."""

    notification: Notification
    target: str
    message: str
    due: float = 0.0
    until: float = 0.0
    claim: ClaimedNotification | None = None
    owner: str = ""
    lost: list[tuple[str, ClaimedNotification]] = field(default_factory=list)
    perhaps: bool = False
    refusals: int = 0
    sent: bool = False
    failed: bool = False

    @property
    def is_owed(self) -> bool:
        return not (self.sent or self.failed)

    @property
    def lane(self) -> str:
        return "edits" if self.notification.edits else self.notification.channel_id


class OutboxMachine(StoreMachine):
    """Notifications are added, claimed, told, postponed, given up and taken over, in any order."""

    def __init__(self) -> None:
        super().__init__()
        databases = [Database(make_inline_engine(self.url), time_is_held=True) for _ in OWNERS]
        for database in databases:
            self.stack.push_async_callback(database.aclose)
        self.does(migrate(databases[0]))
        self.database = databases[0]
        self.wrong = dict.fromkeys(OWNERS, 0.0)
        self.boxes = {
            owner: Outbox(database, owner=owner, clock=partial(self.time, owner), lease=LEASE)
            for owner, database in zip(OWNERS, databases, strict=True)
        }
        self.book: list[Entry] = []
        self.lanes: dict[str, float] = {}
        self.messages: dict[str, float] = {}

    def time(self, owner: str) -> datetime:
        """On this process's clock."""
        return self.clock() + timedelta(seconds=self.wrong[owner])

    def seconds(self, owner: str) -> float:
        """The same as a number, and a little: databases keep microseconds."""
        return self.time(owner).timestamp() + 1e-6

    @rule(owner=st.sampled_from(OWNERS), seconds=st.sampled_from([-3.0, 0.0, 2.0]))
    def set_the_clock(self, owner: str, seconds: float) -> None:
        """It is wrong by so much from now on."""
        self.wrong[owner] = seconds

    def adds(self, owner: str, notification: Notification) -> None:
        """As a round would."""

        async def add() -> None:
            async with self.database.writing() as connection:
                await put(connection, [notification], self.time(owner))

        self.does(add())

    @rule(
        owner=st.sampled_from(OWNERS),
        channel=st.sampled_from(CHANNELS),
        edits=st.booleans(),
        place=st.integers(0, 5),
    )
    def write(self, owner: str, channel: str, edits: bool, place: int) -> None:
        """A post, or an edit: of a message that is there, or of one that is owed itself."""
        number = len(self.book)
        roots = [one for one in self.book if not one.notification.edits and one.notification.channel_id == channel]
        root = roots[place % len(roots)].notification.id if roots and place % 2 else None
        notification = Notification(
            id=f"l{number:04}",
            key=f"k{number}",
            need="watch",
            instance="acme",
            channel_id=channel,
            message=f"m{number}",
            message_ts=f"{place // 4}.1" if edits and root is None else None,
            under=root,
            edits=edits,
        )
        self.adds(owner, notification)
        waiting = [one for one in self.book if edits and one.is_owed and one.target == notification.target]
        free = [one for one in waiting if one.notification.edits and one.until <= self.seconds(owner)]
        for one in free:
            one.message = notification.message
            if one.claim is not None:
                one.lost.append((one.owner, one.claim))
                one.claim = None
        if not free:
            self.book.append(
                Entry(notification, notification.target, notification.message, due=self.time(owner).timestamp())
            )

    @precondition(lambda self: self.book)
    @rule(owner=st.sampled_from(OWNERS), which=st.integers(0, 30))
    def write_again(self, owner: str, which: int) -> None:
        """The same key: nothing. An edit that waits is the exception, and is only itself again."""
        one = self.book[which % len(self.book)]
        if not one.notification.edits:
            self.adds(owner, one.notification)

    def in_hand(self) -> list[Entry]:
        """What somebody has, or had and lost."""
        return [one for one in self.book if one.claim is not None and (one.is_owed or one.lost)]

    def claimable(self, owner: str) -> Iterator[Entry]:
        """What this one's next claim must bring."""
        now, firsts = self.seconds(owner), []
        owed = sorted((one for one in self.book if one.is_owed), key=lambda one: one.target)
        for _, notifications in groupby(owed, key=lambda one: one.target):
            one = min(notifications, key=lambda one: one.notification.id)
            root = next((root for root in self.book if root.notification.id == one.notification.under), None)
            lane_is_free = self.lanes.get(one.lane, 0.0) <= now
            message_is_free = not one.notification.edits or self.messages.get(one.target, 0.0) <= now
            mine = one.due <= now and one.until <= now
            if mine and lane_is_free and message_is_free and (root is None or not root.is_owed):
                firsts.append(one)
        for _, same in groupby(sorted(firsts, key=lambda one: one.lane), key=lambda one: one.lane):
            yield min(same, key=lambda one: one.notification.id)

    @rule(owner=st.sampled_from(OWNERS))
    def claim(self, owner: str) -> None:
        """Exactly what may be told now."""
        due = {one.notification.id: one for one in self.claimable(owner)}
        taken = {one.notification.id: one for one in self.does(self.boxes[owner].claim())}
        assert set(taken) == set(due)
        for id_, one in due.items():
            got = taken[id_]
            assert got.notification.message == one.message
            assert (got.maybe_delivered, got.refusals) == (one.perhaps, one.refusals)
            assert got.notification.under == one.notification.under
            if one.claim is not None:
                one.lost.append((one.owner, one.claim))
            one.claim, one.owner, one.until = got, owner, self.time(owner).timestamp() + LEASE.total_seconds()
            gap = EDIT_GAP if one.notification.edits else POST_GAP
            self.lanes[one.lane] = self.time(owner).timestamp() + gap.total_seconds()

    @precondition(lambda self: self.in_hand())
    @rule(which=st.integers(0, 30), stale=st.booleans(), step=st.sampled_from(STEPS))
    def go_on(self, which: int, stale: bool, step: str) -> None:
        """Each step with the claim alone; who lost it learns so, and changes nothing."""
        one = self.in_hand()[which % len(self.in_hand())]
        assert one.claim is not None
        owner, claim = one.lost[-1] if stale and one.lost else (one.owner, one.claim)
        box, later = self.boxes[owner], self.time(owner) + timedelta(seconds=7)
        work: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "posting": lambda: box.posting(claim),
            "sent": lambda: box.sent(claim, "7.7"),
            "not now": lambda: box.postpone(claim, later),
            "no answer": lambda: box.postpone(claim, later, maybe_delivered=True),
            "refused": lambda: box.postpone(claim, later, counts=True),
            "detach": lambda: box.detach(claim, "thread_not_found"),
            "give up": lambda: box.give_up(claim, "is_archived"),
        }
        for part in step.split(", "):
            allowed = claim is one.claim and one.is_owed
            try:
                self.does(work[part]())
            except LostNotification:
                assert not allowed
                return
            assert allowed, (part, "was not refused")
            self.is_done(part, one, owner, later)

    def is_done(self, part: str, one: Entry, owner: str, later: datetime) -> None:
        """In the book."""
        match part:
            case "posting":
                one.perhaps = True
            case "sent":
                one.sent = True
                if one.notification.edits:
                    self.messages[one.target] = self.time(owner).timestamp() + MESSAGE_GAP.total_seconds()
            case "give up":
                one.failed = True
            case "detach":
                assert one.claim is not None
                one.notification = replace(one.notification, under=None)
                one.due, one.until = self.time(owner).timestamp(), self.time(owner).timestamp() - 0.001
                one.perhaps = one.claim.maybe_delivered
            case _:
                one.due, one.until = later.timestamp(), self.time(owner).timestamp() - 0.001
                one.perhaps = one.perhaps and part == "no answer"
                if part == "refused":  # by the claim: the same one counts once, however often it says so
                    assert one.claim is not None
                    one.refusals = one.claim.refusals + 1

    @rule(seconds=st.sampled_from([1.2, 4.0, 8.0, 31.0]))
    def sleep(self, seconds: float) -> None:
        """Time passes: of leases too, of whoever died."""
        self.clock.pass_(seconds)

    def teardown(self) -> None:
        """Whatever happened: with one process that lives, everything owed is told in the end."""
        try:
            self.ends()
        finally:
            super().teardown()

    def ends(self) -> None:
        """What is owed is claimed and told, until there is nothing left."""
        for _ in range(4 * len(self.book)):
            if not any(one.is_owed for one in self.book):
                break
            self.clock.pass_(LEASE.total_seconds() + 1)
            self.claim("two")
            for one in self.does(self.boxes["two"].claim()):
                raise AssertionError(f"{one.notification.id} was claimed twice")
            for entry in self.book:
                if entry.is_owed and entry.claim is not None and entry.until > self.seconds(entry.owner):
                    self.does(self.boxes[entry.owner].sent(entry.claim, "7.7"))
                    self.is_done("sent", entry, entry.owner, self.clock())
        assert not [one for one in self.book if one.is_owed]
        assert not self.does(self.boxes["two"].claim())
        assert self.does(self.boxes["one"].count()) == 0


@pytest.mark.examples
def test_the_outbox_is_as_its_book(database_kind: str) -> None:
    class Machine(OutboxMachine):
        kind = database_kind

    run_state_machine_as_test(Machine, settings=RUNS)
