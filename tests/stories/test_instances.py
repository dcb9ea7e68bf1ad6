"""A channel that is tied to an instance: nothing of another is shown, followed or stopped there, on any way in."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobbot.access.configured import policy_of
from jobbot.store.database.tables import watches
from tests.stories.following import Place, place
from tests.stories.world import BOUND, World
from tests.support.databases import sqlite_url

pytestmark = pytest.mark.slow

ELSEWHERE = "is for `acme`, not for `staging`"


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path, sqlite_url(tmp_path / "jobbot.db")) as made:
        yield made


@pytest.fixture
async def it(there: Place) -> AsyncIterator[World]:
    """Two instances (one local Adverity twice), and no channel is tied to one yet."""
    acme = there.settings.instances["acme"]
    async with there.bot(instances={"acme": acme, "staging": acme}) as made:
        yield made


def tie(it: World) -> None:
    """#inc-data is for acme from now on."""
    channels = {id_: rule.model_copy(update={"instance": "acme"}) for id_, rule in it.settings.channels.items()}
    it.bot.set_policy(policy_of(channels))


async def test_whatever_is_typed(it: World) -> None:
    tie(it)
    it.adverity.has_job(987)
    for words in (
        "in staging",
        "987 in staging",
        "stop 987 in staging",
        "watch 987 in staging",
        "alerts on in staging",
        "facebook in staging",
        "what happened to facebook in staging",
        "pause facebook in staging",
    ):
        said = len(it.answers(it.ana))
        await it.ana.types(f"/jobs {words}", in_=it.inc)
        assert ELSEWHERE in (await it.answer(it.ana, said)).text, words
    assert it.ana.modal is None
    assert not it.inc.public
    assert it.adverity.count() == 0
    await it.ana.types("/jobs in acme", in_=it.inc)
    await it.said("1 job")


async def test_buttons_and_windows_of_before(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.types("/jobs in staging", in_=it.inc)
    listed = await it.said("1 job")
    await it.ana.types("/jobs stop 987 in staging", in_=it.inc)
    await it.modal(it.ana, "The channel will see who did it")
    tie(it)
    submitted = await it.ana.submits(reason="runaway")
    assert ELSEWHERE in str(submitted.body)
    for press in (
        it.ben.clicks("Refresh", on=listed),
        it.ben.clicks("Stop job", on=listed),
        it.opens(it.ben, 987, on=listed),
    ):
        said = len(it.answers(it.ben))
        await press
        assert ELSEWHERE in (await it.answer(it.ben, said)).text
    assert it.ben.modal is None
    assert it.posts() == 0


async def test_what_is_followed_of_another_instance_is_told_no_more(it: World, there: Place) -> None:
    job = it.adverity.has_job(987)
    for instance in ("staging", "acme"):
        await it.ana.types(f"/jobs watch 987 in {instance}", in_=it.inc)
        await it.slack.until(lambda: len(it.inc.whispers(it.ana)) == (1 if instance == "staging" else 2))  # noqa: B023
    tie(it)
    job.ends("Failed")
    await it.said("has ended")

    async def ended() -> dict[str, str]:
        return {row.instance: row.end_reason for row in await there.rows(watches) if row.end_reason}

    async with asyncio.timeout(BOUND):
        while (reasons := await ended()).get("staging", "Failed") == "Failed" or "acme" not in reasons:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert reasons == {"acme": "Failed", "staging": "not told: the channel is not for staging any more"}
    assert len(it.inc.public) == 1
