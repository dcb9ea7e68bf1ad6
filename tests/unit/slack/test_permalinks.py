"""Links to messages: asked for once, remembered, and never waited for longer than a moment."""

import asyncio

from jobbot.slack.web.outbound import SlackRefused
from jobbot.slack.web.permalinks import Permalinks

ONE, TWO, GONE = ("C0INC", "1.1"), ("C0INC", "2.2"), ("C0INC", "3.3")


class Slack:
    """Answers, or does not."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.refuses: dict[str, str] = {}
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def permalink(self, channel: str, ts: str) -> str:
        self.asked.append((channel, ts))
        await self.may_answer.wait()
        if ts in self.refuses:
            raise SlackRefused("chat.getPermalink", self.refuses[ts])
        return f"https://acme.slack.com/archives/{channel}/p{ts}"


async def test_each_is_asked_for_once() -> None:
    slack = Slack()
    links = Permalinks(slack)  # type: ignore[arg-type]
    assert await links.of([]) == {}
    found = {one: f"https://acme.slack.com/archives/C0INC/p{one[1]}" for one in (ONE, TWO)}
    assert await links.of([ONE, TWO, ONE]) == found
    assert await links.of([TWO, ONE]) == found
    assert slack.asked == [ONE, TWO]


async def test_what_is_gone_is_not_asked_for_again_and_what_may_pass_is() -> None:
    slack = Slack()
    slack.refuses = {"3.3": "message_not_found", "2.2": "ratelimited"}
    links = Permalinks(slack)  # type: ignore[arg-type]
    assert (await links.of([ONE, TWO, GONE])).keys() == {ONE}
    slack.refuses = {}
    assert (await links.of([ONE, TWO, GONE])).keys() == {ONE, TWO}
    assert slack.asked == [ONE, TWO, GONE, TWO]


async def test_what_comes_too_late_is_in_the_next_answer() -> None:
    slack = Slack()
    slack.may_answer.clear()
    links = Permalinks(slack, seconds=0)  # type: ignore[arg-type]
    assert await links.of([ONE]) == {}
    slack.may_answer.set()
    patient = Permalinks(slack, seconds=30)  # type: ignore[arg-type]
    patient._links = links._links
    assert (await patient.of([ONE])).keys() == {ONE}
    assert slack.asked in ([ONE], [])
