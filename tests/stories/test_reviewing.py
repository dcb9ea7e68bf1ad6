"""Somebody who may not do it asks those who may; somebody else confirms, and everything says who did which."""

import pytest

from jobbot.access import Policy
from tests.stories.following import later
from tests.stories.scraped import until
from tests.stories.together import ACME, STAGING, assert_nothing_crossed, forged, rules, second
from tests.stories.world import World

pytestmark = pytest.mark.slow


async def test_one_asks_and_another_one_confirms(both: World) -> None:
    it, (staging, there) = both, second(both)
    # Ben asks for acme's job; of staging's, with the same number, Ana asks him.
    await it.ben.types("/jobs stop 987", in_=it.inc)
    modal = await it.modal(it.ben, "you are not on the list")
    assert (modal.title, modal.submit) == ("Ask for a stop?", "Ask")
    await it.ben.submits(reason="runaway fetch")
    await it.modal(it.ben, "Asked.")
    card = await it.said(f"asks for a stop of {ACME} (job 987)")
    assert "runaway fetch" in card.text
    assert card.buttons == ["Review", "Discard", "Withdraw"]
    await it.ana.types("/jobs stop 987 it hangs", in_=there)
    await it.modal(it.ana, "you are not on the list")
    await it.ana.submits()
    await it.modal(it.ana, "Asked.")
    other = await it.said(f"asks for a stop of {STAGING} (job 987)", in_=there)

    # Neither who asked, nor a guest, nor an outsider, nor anybody in the other instance's channel.
    await it.ben.clicks("Review", on=card)
    await it.whispered("somebody else has to confirm it", it.ben)
    pressed = await it.gus.clicks("Review", on=card)
    await it.modal(it.gus, "Guests can look at jobs here, but not stop them")
    await it.gus.clicks("Discard", on=card)
    await it.whispered("Guests can look at jobs here, but not stop them", it.gus)
    await forged(it, pressed, by=it.olga)
    await it.whispered("Only members of the workspace", it.gus)
    assert it.olga.modal is None
    await forged(it, pressed, by=it.ana, in_=there)
    await it.whispered("This channel is for `staging`, not for `acme`", it.gus)
    assert it.posts() == staging.count("POST") == 0

    await it.ana.clicks("Review", on=card)
    modal = await it.modal(it.ana, "asks for this since")
    assert (modal.title, modal.submit) == ("Stop job 987?", "Stop job 987")
    assert "runaway fetch" in str(modal.blocks)
    await it.ana.submits()
    told = await it.said(f"Stopped {ACME} (job 987)")
    assert f"asked for by <@{it.ben.id}>" in told.text
    assert f"reviewed by <@{it.ana.id}>" in told.text
    await it.slack.until(lambda: f"<@{it.ana.id}> reviewed the stop" in card.text)
    assert card.buttons == []

    # The other one is still open: who asked takes nothing but their own back, and who may do it discards it.
    assert other.buttons == ["Review", "Discard", "Withdraw"]
    await it.ben.clicks("Withdraw", on=other)
    await it.whispered(f"Only <@{it.ana.id}> can withdraw it", it.ben, in_=there)
    await it.ben.clicks("Discard", on=other)
    await it.slack.until(lambda: other.text.startswith(f"*Discarded: stop of {STAGING}"))
    assert (it.posts(), staging.count("POST")) == (1, 0)
    seen = await until(it, "jobbot_review_requests_total", kind="stop", state="discarded")
    assert [seen.value("jobbot_review_requests_total", state=one) for one in ("open", "confirmed")] == [2, 1]
    await it.gus.types("/jobs history", in_=it.inc)
    await it.said("asked for by Ben Ortiz, reviewed by Ana Novak")
    assert_nothing_crossed(it)


async def test_two_people_of_those_who_may_and_otherwise_it_is_over_by_itself(both: World) -> None:
    it, (staging, there) = both, second(both)
    # Of acme's datastream 42 nobody does anything alone; staging's is another one.
    it.bot.set_policy(Policy(rules(it), two_people={"acme": frozenset({42})}, default="acme"))
    await it.ben.types("/jobs stop 987 runaway", in_=there)
    await it.modal(it.ben, "The channel will see who did it")
    await it.ben.submits()
    await it.said(f"*Stopped {STAGING} (job 987)", in_=there)

    await it.ana.types("/jobs stop 987 runaway", in_=it.inc)
    await it.modal(it.ana, "Here two people are needed")
    await it.ana.submits()
    card = await it.said(f"asks for a stop of {ACME} (job 987)")
    await it.ana.clicks("Review", on=card)
    await it.whispered("somebody else has to confirm it", it.ana)
    for person, why in ((it.ben, "stopping them is for"), (it.gus, "Guests can look at jobs here")):
        await person.clicks("Review", on=card)
        await it.modal(person, why)
    await it.ben.types("/jobs stop 987", in_=it.inc)
    await it.modal(it.ben, "you are not on the list")
    await it.ben.submits(reason="the same")
    await it.modal(it.ben, f"<@{it.ana.id}> asks for the same already")
    await it.olga.mentions("@jobbot stop 987", in_=it.shared)
    await it.whispered("Only members of the workspace", it.olga, in_=it.shared)

    mia = it.slack.mia
    await mia.clicks("Review", on=card)
    await it.modal(mia, "asks for this since")
    await later(it, minutes=10)
    await it.said("Nobody reviewed it in time")
    await mia.submits()
    await it.modal(mia, "has expired")
    assert (it.posts(), staging.count("POST")) == (0, 1)

    await it.ana.types("/jobs stop 987 still", in_=it.inc)
    await it.modal(it.ana, "Here two people are needed")
    await it.ana.submits()
    card = await it.said(f"asks for a stop of {ACME} (job 987)")
    await mia.clicks("Review", on=card)
    await it.modal(mia, "asks for this since")
    await mia.submits()
    await it.said(f"reviewed by <@{mia.id}>")
    await it.said(f"*Stopped {ACME} (job 987)")
    assert (it.posts(), staging.count("POST")) == (1, 1)
    assert_nothing_crossed(it)
