"""From anywhere in Slack: shortcuts, a select that jobbot fills, previews of links, the Home tab, an edited message."""

import asyncio
from typing import Any

import pytest

from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.state.messages import Channel, Message
from tests.stories.together import ACME, STAGING, assert_nothing_crossed, forged, is_served, second, shown
from tests.stories.world import BOUND, World

pytestmark = pytest.mark.slow


async def offered(person: Actor, typed: str) -> list[Any]:
    """Search until something is offered: names are learned behind the window that has opened."""
    async with asyncio.timeout(BOUND):
        while not (found := (await person.searches(typed, at="Datastream")).offered):
            pass
    return [one["value"] for one in found]


async def home_of(it: World, person: Actor) -> str:
    await person.opens_home()
    home = await it.slack.until(lambda: person.home)
    assert home is not None
    return str(home.definition)


def page_of(instance: LocalAdverity) -> str:
    return f"{instance.url}{instance.datastreams[42].page}"


async def posts(it: World, person: Actor, text: str, in_: Channel) -> Message:
    """A message with links, once jobbot has looked at them."""
    await is_served(it, person.types(text, in_=in_))
    message = in_.last_message
    assert message is not None
    return message


async def test_a_morning_without_a_command(both: World) -> None:
    it, (staging, there) = both, second(both)
    it.adverity.has_datastream(43, "Google Ads US")
    it.adverity.has_job(555, datastream=43)

    # The Home tab says where each may do what, and nothing of any job.
    for person, here, not_here in (
        (it.ana, [f"<#{it.inc.id}> – look at jobs, stop jobs", f"<#{there.id}> – look at jobs, watch"], []),
        (it.ben, [f"<#{it.inc.id}> – look at jobs, watch", f"<#{there.id}> – look at jobs, stop jobs"], []),
        (it.gus, [f"<#{it.inc.id}> – look at jobs, watch jobs"], [there.id, it.shared.id, "stop jobs"]),
    ):
        home = await home_of(it, person)
        assert [words for words in here if words not in home] == []
        assert [words for words in (*not_here, it.random.id, ACME, STAGING) if words in home] == []

    # A window, in which names are offered while they type: those of the channels in which they are.
    for person in (it.ana, it.gus):
        await person.uses_shortcut("Find Adverity jobs", in_=it.inc)
        await it.modal(person, "Show them in")
        assert await offered(person, "ads") == ["42 acme", "43 acme"]
    assert await offered(it.ana, "sandbox") == ["42 staging"]
    assert not (await it.gus.searches("sandbox", at="Datastream")).offered

    # The list goes to a permitted channel only, of the instance that was chosen.
    refused = await it.ana.submits(channel=it.random.id, datastream=ACME, states=["Running"])
    assert "may not show you jobs there" in str(refused.body)
    refused = await it.ana.submits(channel=there.id)
    assert "does not show jobs of acme" in str(refused.body)
    await it.ana.submits(channel=it.inc.id)
    listed = await it.said("1 job")
    assert ACME in listed.text
    assert "Google" not in listed.text
    assert it.ana.modal is None

    # What somebody else wrote is looked up in its thread: a number is the channel's, a link that of its instance.
    for person, channel, name in ((it.gus, it.inc, ACME), (it.ana, there, STAGING)):
        hangs = await it.slack.posts(it.ben, f"job 987 hangs again, see {page_of(it.adverity)}", in_=channel)
        await person.uses_shortcut("Adverity jobs named here", on=hangs)
        card = await it.said("*Job 987: Running*", in_=channel)
        assert card.thread_ts == hangs.ts
        assert name in card.text

    # A link to a datastream gets its last runs, where its instance is shown to everybody.
    links = [page_of(it.adverity), page_of(staging)]
    for person, channel, previewed in (
        (it.gus, it.inc, links[:1]),
        (it.ben, there, links[1:]),
        (it.ana, it.shared, []),
        (it.ana, it.random, []),
    ):
        linked = await posts(it, person, "look: " + " and ".join(links), channel)
        assert list(linked.unfurls) == previewed
        assert all("987" in str(unfurl.blocks) for unfurl in linked.unfurls.values())

    # A mention that is added by editing is answered, once.
    await it.ana.types("555 hangs", in_=it.inc)
    edited = it.inc.last_message
    assert edited is not None
    await is_served(it, it.ana.edits(edited, "@jobbot 555"))
    answer = await it.said("*Job 555: Running*")
    assert answer.thread_ts == edited.ts
    assert it.adverity.count("POST") == staging.count("POST") == 0
    assert_nothing_crossed(it)


async def test_by_none_of_these_ways_does_anybody_get_more_than_by_a_command(both: World) -> None:
    it, (staging, there) = both, second(both)
    # Ana does each, so that all there is to know is known to jobbot.
    home = await it.ana.opens_home()
    shortcut = await it.ana.uses_shortcut("Find Adverity jobs", in_=it.shared)
    window = await it.modal(it.ana, "Show them in")
    assert await offered(it.ana, "face") == ["42 acme"]
    search = await it.ana.searches("face", at="Datastream")
    hangs = await it.slack.posts(it.ana, "job 987 hangs", in_=it.shared)
    named = await is_served(it, it.ana.uses_shortcut("Adverity jobs named here", on=hangs))
    await it.whispered("*Job 987: Running*", it.ana, in_=it.shared)
    known = shown(it.shared).count(ACME)
    calls = it.adverity.count() + staging.count()

    # Olga is of another organisation, in the same channel.
    for action in (home, shortcut, named):
        await forged(it, action, by=it.olga)
    assert (await forged(it, search, by=it.olga)).in_json == {"options": []}
    sent = await it.slack.submits_as(it.olga, window, channel=it.shared.id, datastream=ACME)
    assert "may not show you jobs there" in str(sent.body)
    assert not (await posts(it, it.olga, page_of(it.adverity), it.shared)).unfurls
    asked = await it.slack.posts(it.olga, "987?", in_=it.shared)
    await it.olga.edits(asked, "@jobbot stop 987")
    await it.whispered("Only members of the workspace", it.olga, in_=it.shared)
    assert it.olga.modal is None
    assert it.olga.home is None or ACME not in str(it.olga.home.definition)
    assert shown(it.shared).count(ACME) == known

    # Mia is not in the channel that she chooses; Gus, a guest, may look where he is, and no more.
    mia = it.slack.mia
    await mia.uses_shortcut("Find Adverity jobs", in_=it.inc)
    await it.modal(mia, "Show them in")
    assert await offered(mia, "face") == ["42 acme"]
    assert not (await mia.searches("sandbox", at="Datastream")).offered
    sent = await mia.submits(channel=there.id)
    assert "does not say that you are in that channel" in str(sent.body)
    asked = await it.slack.posts(it.gus, "987?", in_=it.inc)
    await it.gus.edits(asked, "@jobbot stop 987")
    await it.whispered("Guests can look at jobs here, but not stop them", it.gus)

    # A bot links; and somebody writes, without having sent it.
    assert not (await posts(it, it.slack.person("robo"), page_of(it.adverity), it.inc)).unfurls
    draft, _ = await it.ana.drafts(page_of(it.adverity), in_=it.inc)
    assert not draft.unfurls
    assert it.adverity.count() + staging.count() == calls
    assert not [message for channel in (it.inc, there) for message in channel.public if message.user is it.slack.bot]
    it.slack.forgive()  # the windows that were opened with somebody else's trigger
    assert_nothing_crossed(it)
