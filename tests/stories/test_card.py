"""One job: asked for by its number, from a list, refreshed, and not there."""

import pytest

from tests.stories.world import World


@pytest.mark.both_transports
async def test_a_card_tells_all_that_is_known(it: World) -> None:
    it.adverity.has_job(987, state="Failed", issues=[f"issue {n}" for n in range(1, 6)], manual=True)

    await it.ana.types("/jobs 987", in_=it.inc)

    message = await it.said("*Job 987: Failed*")
    for words in ("Facebook Ads EU (datastream 42)", "took *7 min*", "issue 1", "issue 3", "and 2 more", "by hand"):
        assert words in message.text
    assert "issue 4" not in message.text
    assert message.buttons == ["Refresh", "All runs"]


async def test_from_a_row_to_its_card_and_the_card_anew(it: World) -> None:
    job = it.adverity.has_job(987, progress=40)
    await it.ana.types("/jobs", in_=it.inc)
    await it.opens(it.ana, 987, on=await it.said("1 job"))
    card = await it.said("*Job 987: Running*")
    assert card.buttons == ["Watch", "Refresh", "Stop job"]

    job.ends()
    await it.ben.clicks("Refresh", on=card)

    await it.said("*Job 987: Success*")
    assert card.buttons == ["Refresh", "All runs"], "what is over cannot be stopped"
    assert len(it.inc.public) == 2


async def test_a_job_that_is_not_there(it: World) -> None:
    await it.ana.types("/jobs status 4711", in_=it.inc)
    whisper = await it.whispered("Adverity does not know job 4711 on acme", it.ana)
    assert "Reference" in whisper.text
    assert not it.inc.public


async def test_a_state_nobody_has_seen_yet_is_shown_as_it_came(it: World) -> None:
    it.adverity.has_job(987, state="Paused <b>")
    await it.ana.types("/jobs 987", in_=it.inc)
    message = await it.said("*Job 987: Paused &lt;b&gt;*")
    assert "Stop job" not in message.buttons
