"""One act that needs two people: who asks, who reviews, what they press, and what is true of it in the end."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.state.messages import Message
from jobbot.playground.slack.state.views import View
from jobbot.store.acts.model import NOT_BEGUN, ActRecord
from jobbot.store.acts.review_request import ReviewRequest, ReviewState
from jobbot.store.acts.reviews import request_of
from jobbot.store.database.tables import review_requests
from tests.system.crash.world import LOST, OPEN, World, eventually

BY_ASKER, LATE = "confirmed by who asked", "acted after expiry"
PATIENCE = 10.0
"""Seconds that somebody waits for a window or a card, before they try again."""


class TwoPeople:
    """Ana asks for an act, Ben and Mia review it: ``/jobs words``, then a window with the button ``submit``.

    ``is_over``: its time ended while it was open, so that nothing may be done of it any more.
    """

    def __init__(self, it: World, words: str, submit: str) -> None:
        self._it, self._words, self._submit = it, words, submit
        self.reviewers = it.ben, it.slack.mia
        self.is_over = False
        self._ends_after: float | None = None
        self._acknowledged: list[str] = []
        self._refused = 0
        self._windows: dict[str, View] = {}

    async def request(self) -> ReviewRequest | None:
        """Its row; never are there two."""
        async with self._it.database.reading() as connection:
            row = (await connection.execute(select(review_requests))).one_or_none()
        return None if row is None else request_of(row._mapping)

    def card(self) -> Message | None:
        """What can be pressed in the channel."""
        return next((said for said in reversed(self._it.inc.public) if "Review" in said.buttons), None)

    def has_window(self, person: Actor, submit: str) -> bool:
        """Whether it is on the person's screen, and can be submitted."""
        return person.modal is not None and person.modal.submit == submit

    @property
    def is_before_both(self) -> bool:
        """Whether both who review have its window before them."""
        return all(self.has_window(person, self._submit) for person in self.reviewers)

    def ends_after(self, seconds: float) -> None:
        """So long after it is pressed next its time ends."""
        self._ends_after = seconds

    async def ends(self) -> None:
        """Its ten minutes are over, by every clock, as if it had been asked for so much earlier."""
        over = update(review_requests).values(expires_at=review_requests.c.requested_at)
        async with self._it.database.writing() as connection:
            was_open = review_requests.c.state == ReviewState.OPEN.value
            self.is_over |= (await connection.execute(over.where(was_open))).rowcount == 1

    async def goes_on(self, *, presses: bool = True) -> ReviewRequest | None:
        """The next thing that these people do; the request, once there is nothing more that they can do."""
        request = await self.request()
        if request is None:
            await self._asks()
        elif request.state is not ReviewState.OPEN:
            return request
        elif not self.is_over and not self.is_before_both:
            await asyncio.gather(*(self._looks(person) for person in self.reviewers))
        elif presses:
            await self._press()
        else:
            await asyncio.sleep(0.05)
        return None

    async def _asks(self) -> None:
        ana = self._it.ana
        await self._closes(ana)
        await ana.types(f"/jobs {self._words}", in_=self._it.inc)
        if await self._sees(lambda: self.has_window(ana, "Ask")):
            ana.fills(reason="runaway fetch")
            await asyncio.gather(ana.submits(), ana.submits())  # a double click
            await self._sees(lambda: ana.modal is None or "Asking" not in str(ana.modal.definition))

    async def _looks(self, person: Actor) -> None:
        if self.has_window(person, self._submit):
            return
        await self._closes(person)
        if await self._sees(lambda: self.card() is not None) and (card := self.card()) is not None:
            await person.clicks("Review", on=card)
            await self._sees(lambda: self.has_window(person, self._submit))
        if person.modal is not None:
            self._windows[person.id] = person.modal

    async def _closes(self, person: Actor) -> None:
        if person.modal is not None:
            await person.closes()

    async def _sees(self, condition: Callable[[], bool]) -> bool:
        """Whether that comes before long; where a process dies meanwhile, it may not."""
        slack = self._it.slack
        before = slack.connections
        with suppress(TimeoutError):
            await slack.until(lambda: condition() or slack.connections < before, seconds=PATIENCE)
        return condition()

    async def _press(self) -> None:
        """Ben presses twice, Mia at the same moment; and Ana, who asked, on the card and in the windows of both."""
        ana = self._it.ana
        pressed: list[Coroutine[Any, Any, object]] = []
        for person in self.reviewers:
            if (view := person.modal) is None or view.submit is None:
                continue
            for _ in range(2 if person is self._it.ben else 1):
                pressed.append(self._submits(person, view))
            pressed.append(self._submits(ana, taken(view, ana)))
        if not pressed:
            await asyncio.sleep(0.05)  # it is over, and a process has to see that
            return
        if (card := self.card()) is not None:
            pressed.append(ana.clicks("Review", on=card))
        if self._ends_after is not None:
            pressed.append(self._ends_in(self._ends_after))
            self._ends_after = None
        await asyncio.gather(*pressed)
        assert not self.has_window(ana, self._submit), "who asked may look at it as if to confirm it"

    async def _submits(self, person: Actor, view: View) -> None:
        submission = await self._it.slack.submits_as(person, view)
        if submission.is_ok and not submission.body:
            self._acknowledged.append(person.id)
        self._refused += "You asked for this" in str(submission.body)

    async def _ends_in(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.ends()

    async def press_once_more(self) -> None:
        """Windows that both still had somewhere, long after it was decided."""
        kept = [(person, self._windows[person.id]) for person in self.reviewers if person.id in self._windows]
        before = len(self._acknowledged)
        await asyncio.gather(*(self._submits(person, taken(view, person)) for person, view in kept if view.submit))
        assert len(self._acknowledged) == before, "a window closed as if it had confirmed something"

    async def told_of(self, rows: Sequence[ActRecord]) -> ReviewRequest:
        """The request, once its only card in the channel that has no buttons any more says what became of it."""
        row = _whole(rows)
        if row is None:
            head = "Nobody reviewed it in time: "
        elif row.state in NOT_BEGUN:
            head = "Reviewed, and not begun: "
        else:
            head = f"<@{row.user_id}> reviewed the "

        async def says() -> bool:
            return sum(head in said.text and not said.buttons for said in self._it.inc.public) == 1

        try:
            await eventually(says, head)
        except AssertionError as error:
            raise AssertionError(f"{error}: {[said.text for said in self._it.inc.public]}") from None
        request = await self.request()
        assert request is not None
        return request

    def is_true(self, request: ReviewRequest, rows: Sequence[ActRecord]) -> None:
        """The request, the act and its message say the same of both people."""
        row = _whole(rows)
        assert self.is_over == (row is None), (request, row)
        if row is None:
            assert request.state is ReviewState.EXPIRED, request
            return
        assert request.state is (ReviewState.NOT_BEGUN if row.state in NOT_BEGUN else ReviewState.CONFIRMED), request
        assert (request.act, request.decided_by) == (row.id, row.user_id)
        assert (row.review, row.asked_by, row.two_people) == (request.id, self._it.ana.id, True)
        if row.state not in NOT_BEGUN:
            said = self._it.inc.find(row.message_ts or "")
            assert said is not None
            assert f"asked for by <@{self._it.ana.id}>" in said.text, said.text
            assert f"<@{row.user_id}>" in said.text, said.text

    def counted(self, rows: Sequence[ActRecord]) -> Counter[str]:
        """What must not be: of the people, and of time."""
        ana = self._it.ana.id
        return Counter(
            {
                BY_ASKER: sum(row.user_id in (ana, row.asked_by) for row in rows) + self._acknowledged.count(ana),
                LATE: len(rows) if self.is_over else 0,
                LOST: len(set(self._acknowledged) - {row.user_id for row in rows}),
                OPEN: sum(row.closed_at is None for row in rows),
                "acknowledged": len(self._acknowledged),
                "refused to who asked": self._refused,
            }
        )


def _whole(rows: Sequence[ActRecord]) -> ActRecord | None:
    """The one act of them, which may have parts."""
    wholes = [row for row in rows if row.part_of is None]
    assert len(wholes) <= 1, wholes
    return wholes[0] if wholes else None


def taken(view: View, person: Actor) -> View:
    """Somebody's window as if it was another one, of another person: no client of Slack's can send that."""
    metadata = view.private_metadata.replace(view.person.id, person.id)
    definition = {**view.definition, "private_metadata": metadata}
    return replace(view, id=f"{view.id}{person.name}", person=person, definition=definition)
