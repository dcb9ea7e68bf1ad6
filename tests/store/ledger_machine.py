"""What is true of every ledger, whatever is done to it in whatever order: a machine for hypothesis.

``ledger_machine(open_ledger)`` makes it for one kind of ledger; the module that tests that kind runs its ``TestCase``.
The machine keeps its own book of what each job's rows must be, and holds the ledger against it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from jobbot.store import Claimed, Held, Ledger, StopRecord, StopState, WrongTransition
from jobbot.store.ledger import OPEN
from tests.store.world import at, wish

T = TypeVar("T")
OpenLedger = Callable[[], AbstractAsyncContextManager[Ledger]]

ENDINGS = sorted(frozenset(StopState) - OPEN)
FROM_REQUESTED = {StopState.REFUSED, StopState.ENDED_OTHERWISE}
instances = st.sampled_from(["acme", "staging"])
jobs = st.sampled_from([1, 2])
people = st.sampled_from(["U0ANA", "U0BEN", "U0EVA"])


class LedgerMachine(RuleBasedStateMachine):
    """Claims, announcements, sendings and endings, in any order and all at once."""

    open_ledger: OpenLedger

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.ledger: Ledger = self.does(self.stack.enter_async_context(type(self).open_ledger()))
        self.rows: dict[tuple[str, int], list[StopRecord]] = defaultdict(list)
        self.seconds = 0

    def teardown(self) -> None:
        """Close the ledger, in the loop in which it was opened."""
        self.does(self.stack.aclose())
        self.runner.close()

    open_ids: Bundle[str] = Bundle("open_ids")
    closed_ids: Bundle[str] = Bundle("closed_ids")

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it to its end."""
        return self.runner.run(work)

    def refuses(self, work: Coroutine[Any, Any, Any]) -> None:
        """It is a wrong transition; that nothing has changed is the invariant's business."""
        try:
            self.does(work)
        except WrongTransition:
            return
        raise AssertionError("a row was moved that is not in the state to be left")

    def newest(self, record_id: str) -> StopRecord:
        """The book's row of an id."""
        return next(rows[-1] for rows in self.rows.values() if rows and rows[-1].id == record_id)

    def keep(self, record: StopRecord) -> None:
        """Replace the book's newest row of the job."""
        self.rows[record.instance, record.job][-1] = record

    def tick(self) -> int:
        """A moment later."""
        self.seconds += 1
        return self.seconds

    @rule(target=open_ids, instance=instances, job=jobs, asking=st.lists(people, min_size=1, max_size=5))
    def claim_all_at_once(self, instance: str, job: int, asking: list[str]) -> Any:
        """However many ask in the same moment, one gets it, and the others are told who."""
        moment = at(self.tick())
        wishes = [
            wish(instance=instance, job=job, user_id=user, reason=f"{number}", requested_at=moment)
            for number, user in enumerate(asking)
        ]

        async def all_of_them() -> list[Claimed | Held]:
            return list(await asyncio.gather(*(self.ledger.claim(one) for one in wishes)))

        before = self.rows[instance, job]
        answers = self.does(all_of_them())
        won = [answer.record for answer in answers if isinstance(answer, Claimed)]
        if before and before[-1].state in OPEN:
            assert won == []
        else:
            assert len(won) == 1
            assert won[0] == replace(wishes[int(won[0].reason)], id=won[0].id)
            assert won[0].id
            before.append(won[0])
        assert all(answer.record == before[-1] for answer in answers)
        return multiple(*(record.id for record in won))

    @rule(record_id=open_ids, ts=st.sampled_from(["1.1", "2.2"]))
    def announce(self, record_id: str, ts: str) -> None:
        """An open row gets its message."""
        self.does(self.ledger.announced(record_id, ts))
        self.keep(replace(self.newest(record_id), message_ts=ts))

    @rule(record_id=open_ids)
    def send(self, record_id: str) -> None:
        """Once, and never again."""
        row, moment = self.newest(record_id), at(self.tick())
        if row.state is StopState.REQUESTED:
            self.does(self.ledger.sending(record_id, moment))
            self.keep(replace(row, state=StopState.SENT, sent_at=moment))
        else:
            self.refuses(self.ledger.sending(record_id, moment))

    @rule(record_id=open_ids)
    def send_twice_at_once(self, record_id: str) -> None:
        """Of two who would both send, at most one may."""
        row, moment = self.newest(record_id), at(self.tick())

        async def both() -> list[BaseException | None]:
            return await asyncio.gather(
                *(self.ledger.sending(record_id, moment) for _ in range(2)), return_exceptions=True
            )

        refused = [one for one in self.does(both()) if one is not None]
        assert all(isinstance(one, WrongTransition) for one in refused)
        assert len(refused) == (1 if row.state is StopState.REQUESTED else 2)
        if row.state is StopState.REQUESTED:
            self.keep(replace(row, state=StopState.SENT, sent_at=moment))

    @rule(target=closed_ids, record_id=consumes(open_ids), ending=st.sampled_from(ENDINGS))
    def end(self, record_id: str, ending: StopState) -> Any:
        """An ending that can be true of what was sent, or not sent, closes the row; another does not."""
        row, moment = self.newest(record_id), at(self.tick())
        if row.state is StopState.REQUESTED and ending not in FROM_REQUESTED:
            self.refuses(self.ledger.close(record_id, ending, moment, "a lie"))
            ending = StopState.REFUSED
        closed = self.does(self.ledger.close(record_id, ending, moment, "in words"))
        assert closed == replace(row, state=ending, closed_at=moment, answer="in words")
        self.keep(closed)
        return record_id

    @rule(record_id=open_ids, state=st.sampled_from(sorted(OPEN)))
    def an_open_state_is_no_ending(self, record_id: str, state: StopState) -> None:
        """Nothing is closed as open."""
        self.refuses(self.ledger.close(record_id, state, at(self.tick()), ""))

    @rule(record_id=closed_ids | st.sampled_from(["", "nobody's"]), ending=st.sampled_from(ENDINGS))
    def what_is_closed_or_unknown_stays_so(self, record_id: str, ending: StopState) -> None:
        """Neither announced nor sent nor closed again, whoever has the job by now."""
        moment = at(self.tick())
        self.refuses(self.ledger.announced(record_id, "9.9"))
        self.refuses(self.ledger.sending(record_id, moment))
        self.refuses(self.ledger.close(record_id, ending, moment, "again"))

    @invariant()
    def the_latest_row_of_every_job_is_as_it_must_be(self) -> None:
        """After every step."""
        for instance in ("acme", "staging"):
            for job in (1, 2):
                rows = self.rows[instance, job]
                assert self.does(self.ledger.latest(instance, job)) == (rows[-1] if rows else None)


def ledger_machine(opens: OpenLedger) -> type[LedgerMachine]:
    """The machine for one kind of ledger. ``opens`` gives a new, empty one each time."""

    class Machine(LedgerMachine):
        open_ledger = staticmethod(opens)

    return Machine
