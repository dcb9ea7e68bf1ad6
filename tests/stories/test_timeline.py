"""What happened: a failure, an act on it and its recovery, read in the channel with links, and copied as Markdown."""

import pytest

from jobbot.access import ChannelRule, Need, Policy
from tests.stories.test_around import REVOKED
from tests.stories.world import World

pytestmark = pytest.mark.slow


def code_of(message: object) -> str:
    (block,) = [one for one in message.blocks if one["type"] == "rich_text"]  # type: ignore[attr-defined]
    return str(block["elements"][0]["elements"][0]["text"])


async def test_a_failure_its_retry_and_its_recovery_are_one_matter(it: World) -> None:
    it.bot.set_policy(Policy({it.inc.id: ChannelRule(may=frozenset(Need)), it.random.id: ChannelRule()}))
    job = it.adverity.has_job(987)
    await it.ana.types("/jobs alerts on", in_=it.inc)
    await it.said("switched alerts on")
    await it.adverity.called("GET", "/api/jobs/", times=it.adverity.count("GET", "/api/jobs/") + 3)
    job.ends("Failed", issues=[REVOKED])
    failed = await it.said("*Facebook Ads EU* failed")
    await it.ana.types("/jobs retry 987 token renewed", in_=it.inc)
    await it.modal(it.ana, "The token was revoked.")
    await it.ana.submits(reason="token | renewed")
    retried = await it.said("Retrying Facebook Ads EU (job 987)")
    (again,) = [one for one in it.adverity.sights() if one.job.manual]
    it.adverity.job(again.job.id).ends("Success")
    await it.slack.until(lambda: "Recovered" in failed.text, seconds=30)

    await it.ben.types("/jobs what happened to facebook", in_=it.inc)
    told = await it.said("*Timeline: 3 entries*")
    (row,) = [block["text"]["text"] for block in told.blocks if block["type"] == "section"]
    title, *lines = row.splitlines()
    assert title == "*Facebook Ads EU* · datastream 42"
    assert [word in line for word, line in zip(("Failed", "Retried", "Recovered"), lines, strict=True)] == [True] * 3
    where = f"https://acme.slack.com/archives/{it.inc.id}/p"
    assert f"<{where}{failed.ts.replace('.', '')}|message>" in lines[0]
    assert f"<{where}{retried.ts.replace('.', '')}|message>" in lines[1]
    assert f"{it.ana.real_name} in" in lines[1]
    assert f"<@{it.ana.id}>" not in str((told.text, told.blocks)), "who reads it calls nobody"

    await it.ben.clicks("Copy as Markdown", on=told)
    copied = code_of(await it.whispered("Timeline as Markdown", it.ben))
    assert "## Facebook Ads EU (datastream 42)" in copied
    assert "token \\| renewed" in copied
    assert it.ana.real_name in copied
    assert f"[message]({where}{failed.ts.replace('.', '')})" in copied

    await it.ben.types("/jobs timeline", in_=it.random)
    other = await it.said("*Timeline: 3 entries*", in_=it.random)
    asked = it.slack.calls
    await it.ben.clicks("Refresh", on=other)
    await it.said("refreshed by", in_=it.random)
    links = [one for one in it.slack.calls if one.method == "chat.getPermalink"]
    assert len(links) == 2, asked
