"""What happened: a failure, an act on it and its recovery, read in the channel with links, and copied as Markdown."""

import pytest

from tests.stories.together import ACME, STAGING, assert_nothing_crossed, forged, second
from tests.stories.world import REVOKED, World

pytestmark = pytest.mark.slow


def code_of(message: object) -> str:
    (block,) = [one for one in message.blocks if one["type"] == "rich_text"]  # type: ignore[attr-defined]
    return str(block["elements"][0]["elements"][0]["text"])


async def test_a_failure_its_retry_and_its_recovery_are_one_matter(both: World) -> None:
    it, (staging, there) = both, second(both)
    for person, channel, instance in ((it.ana, it.inc, it.adverity), (it.ben, there, staging)):
        await person.types("/jobs alerts on", in_=channel)
        await it.said("switched alerts on", in_=channel)
        await instance.called("GET", "/api/jobs/", times=instance.count("GET", "/api/jobs/") + 3)
    it.adverity.job(987).ends("Failed", issues=[REVOKED])
    staging.job(987).ends("Failed", issues=["The sandbox is gone."])
    failed = await it.said(f"*{ACME}* failed")
    await it.said(f"*{STAGING}* failed", in_=there)
    await it.ana.types("/jobs retry 987 token renewed", in_=it.inc)
    await it.modal(it.ana, "The token was revoked.")
    await it.ana.submits(reason="token | renewed")
    retried = await it.said(f"Retrying {ACME} (job 987)")
    (again,) = [one for one in it.adverity.sights() if one.job.manual]
    it.adverity.job(again.job.id).ends("Success")
    await it.slack.until(lambda: "Recovered" in failed.text, seconds=30)
    await it.ana.types("/jobs freeze 30m deploy", in_=it.inc)
    await it.said("froze acme until")

    await it.ben.types("/jobs what happened to facebook", in_=it.inc)
    told = await it.said("*Timeline: 4 entries*")
    row, freeze = [block["text"]["text"] for block in told.blocks if block["type"] == "section"]
    title, *lines = row.splitlines()
    assert title == f"*{ACME}* · datastream 42"
    assert [word in line for word, line in zip(("Failed", "Retried", "Recovered"), lines, strict=True)] == [True] * 3
    where = f"https://acme.slack.com/archives/{it.inc.id}/p"
    assert f"<{where}{failed.ts.replace('.', '')}|message>" in lines[0]
    assert f"<{where}{retried.ts.replace('.', '')}|message>" in lines[1]
    assert f"{it.ana.real_name} in" in lines[1]
    assert "deploy" in freeze
    assert f"<@{it.ana.id}>" not in str((told.text, told.blocks)), "who reads it calls nobody"

    # Whoever may look may copy it; somebody of another organisation may not, and sees nothing where they are.
    pressed = await it.gus.clicks("Copy as Markdown", on=told)
    copied = code_of(await it.whispered("Timeline as Markdown", it.gus))
    assert f"## {ACME} (datastream 42)" in copied
    assert "token \\| renewed" in copied
    assert it.ana.real_name in copied
    assert f"[message]({where}{failed.ts.replace('.', '')})" in copied
    await forged(it, pressed, by=it.olga)
    await it.whispered("Only members of the workspace", it.gus)
    await it.olga.mentions("@jobbot timeline", in_=it.shared)
    await it.whispered("Only members of the workspace", it.olga, in_=it.shared)
    await it.ana.types("/jobs timeline", in_=it.shared)
    whispered = await it.whispered("*Timeline: 4 entries*", it.ana, in_=it.shared)
    assert "deploy" not in whispered.text, "why it is frozen was typed where no other organisation is"

    # The other instance has its own, in its own channel alone; links are asked for once.
    await it.ana.types("/jobs timeline in staging", in_=it.inc)
    await it.whispered("is for `acme`, not for `staging`", it.ana)
    await it.ana.types("/jobs timeline", in_=there)
    other = await it.said("*Timeline: 1 entry*", in_=there)
    assert STAGING in other.text
    await it.ben.clicks("Refresh", on=other)
    await it.said("refreshed by", in_=there)
    links = [one for one in it.slack.calls if one.method == "chat.getPermalink"]
    assert len(links) == 3, it.slack.calls
    assert not [message for message in it.shared.public if message.user.is_bot]
    assert_nothing_crossed(it)
