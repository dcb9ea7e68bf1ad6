"""An instance is frozen over the wire: a window that was open is refused, cards and lists say it, and it ends."""

import pytest

from tests.stories.following import later
from tests.stories.together import ACME, STAGING, assert_nothing_crossed, second
from tests.stories.world import World

pytestmark = pytest.mark.slow


async def test_it_is_frozen_says_so_everywhere_and_ends(both: World) -> None:
    it, (staging, there) = both, second(both)
    mia = it.slack.mia
    await it.gus.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Running*")
    await it.asks_to_stop(it.ana, 987, "runaway")
    for person, why in ((it.ben, "stopping them is for"), (it.gus, "Guests can look at jobs here, but not stop them")):
        await person.types("/jobs freeze 30m deploy", in_=it.inc)
        await it.whispered(why, person)
    await it.olga.mentions("@jobbot freeze 30m deploy", in_=it.shared)
    await it.whispered("Only members of the workspace", it.olga, in_=it.shared)
    await it.ana.types("/jobs freeze in staging 30m deploy", in_=it.inc)
    await it.whispered("is for `acme`, not for `staging`", it.ana)
    await mia.types("/jobs freeze deploy", in_=it.inc)
    asked = await it.whispered("*For how long?*", mia)
    await mia.clicks("30 min", on=asked)
    frozen = await it.said(f"<@{mia.id}> froze acme until")
    assert "deploy" in frozen.text

    # What was open is refused; cards and lists say it, and so does whoami; in the shared channel without the reason.
    await it.ana.submits()
    await it.whispered("Nothing was sent: acme is frozen", it.ana)
    line = f"*Frozen* by <@{mia.id}> until"
    it.clock.advance(seconds=4)  # a card is edited every few seconds at most
    await it.slack.until(lambda: line in card.text, seconds=30)
    await it.ben.types("/jobs", in_=it.inc)
    listed = await it.said(f"*Frozen* by {mia.real_name} until")
    await it.ana.types("/jobs stop 987", in_=it.inc)
    await it.modal(it.ana, "acme is frozen by")
    await it.ana.types("/jobs whoami stop", in_=it.inc)
    await it.whispered("*Not now:* frozen by", it.ana)
    await it.ana.types("/jobs", in_=it.shared)
    seen = await it.whispered(line, it.ana, in_=it.shared)
    assert "deploy" not in str(seen.blocks)

    # What is on the other instance goes on, and says nothing of it.
    await it.ana.types("/jobs", in_=there)
    assert "Frozen" not in (await it.said("1 job", in_=there)).text
    await it.ben.types("/jobs stop 987 runaway", in_=there)
    await it.modal(it.ben, "The channel will see who did it")
    await it.ben.submits()
    await it.said(f"*Stopped {STAGING} (job 987)", in_=there)
    await it.ben.types("/jobs unfreeze", in_=there)
    await it.whispered("staging is not frozen", it.ben, in_=there)
    assert (it.posts(), staging.count("POST")) == (0, 1)

    for person, why in ((it.ben, "stopping them is for"), (it.gus, "Guests can look at jobs here, but not stop them")):
        await person.clicks("Unfreeze", on=listed)
        await it.slack.until(lambda: len(it.inc.whispers(person)) == 2)  # noqa: B023 - asked at once
        assert why in it.inc.whispers(person)[-1].text
    await it.ana.clicks("Unfreeze", on=listed)
    await it.said(f"<@{it.ana.id}> unfroze acme")
    it.clock.advance(seconds=4)
    await it.slack.until(lambda: line not in card.text, seconds=30)
    await mia.clicks("Unfreeze", on=frozen)
    await it.whispered("acme is not frozen", mia)
    await it.ana.types("/jobs freeze 30m another deploy", in_=it.inc)
    await it.said(f"<@{it.ana.id}> froze acme until")
    await later(it, minutes=30, seconds=1)
    await it.said("The freeze of acme is over")
    await it.asks_to_stop(it.ana, 987, "runaway")
    await it.ana.submits()
    await it.said(f"*Stopped {ACME} (job 987)")
    assert it.posts() == 1
    assert sum("is over" in one.text for one in it.inc.public) == 1
    assert_nothing_crossed(it)
    assert "roze" not in str([one.text for one in there.public])


async def test_what_is_handed_over(both: World) -> None:
    it, (staging, there) = both, second(both)
    it.adverity.has_job(986, state="Failed")
    staging.has_job(985, state="Failed")
    await it.ben.types("/jobs watch 987", in_=it.inc)
    await it.whispered("You will be told in this channel", it.ben)
    await it.ana.types("/jobs freeze 30m deploy", in_=it.inc)
    await it.said("froze acme until")

    await it.gus.types("/jobs handover", in_=it.inc)
    told = await it.said("*Hand-over*")
    for words in ("*Frozen* by", "*Going on:* 1 running", "*Failing*", "job 986", "*Watched*", "watched by Ben Ortiz"):
        assert words in told.text, words
    for person in (it.ana, it.ben):
        assert f"<@{person.id}>" not in str((told.text, told.blocks)), "who hands over calls nobody"

    # The other instance's channel hears of its own, and the shared one of acme, each of them what is theirs.
    await it.ben.types("/jobs handover", in_=there)
    other = await it.said("*Hand-over*", in_=there)
    assert "job 985" in other.text
    assert not [words for words in ("Frozen", "Watched", "986", "acme") if words in str((other.text, other.blocks))]
    await it.ana.types("/jobs handover", in_=it.shared)
    whispered = await it.whispered("*Hand-over*", it.ana, in_=it.shared)
    assert "job 986" in whispered.text
    assert not [words for words in ("deploy", "Watched") if words in whispered.text], "these are of #inc-data"
    assert not [button for button in whispered.buttons if button in ("Unfreeze", "Share here")]
    await it.ana.types("/jobs handover in staging", in_=it.inc)
    await it.whispered("is for `acme`, not for `staging`", it.ana)
    await it.olga.mentions("@jobbot handover", in_=it.shared)
    await it.whispered("Only members of the workspace", it.olga, in_=it.shared)
    assert not [message for message in it.shared.public if message.user.is_bot]

    await it.gus.clicks("Unfreeze", on=told)
    await it.whispered("Guests can look at jobs here, but not stop them", it.gus)
    await it.ana.clicks("Unfreeze", on=told)
    await it.said("unfroze acme")
    await it.gus.clicks("Refresh", on=told)
    await it.slack.until(lambda: "Frozen" not in told.text, seconds=30)
    assert_nothing_crossed(it)
