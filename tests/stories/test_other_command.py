"""A deployment whose slash command has another name: whatever jobbot proposes can be typed as it stands."""

from pathlib import Path

from tests.stories.world import Transport, world


async def test_what_is_proposed_begins_with_the_command_that_was_typed(transport: Transport, tmp_path: Path) -> None:
    async with world(transport, tmp_path, commands=("/jobs-staging",)) as it:
        await it.ana.types("/jobs-staging", in_=it.inc)
        empty = await it.said("No running or scheduled jobs")
        assert "`/jobs-staging last 6h`" in empty.text

        await it.ana.types("/jobs-staging faild", in_=it.inc)
        misread = await it.whispered("Perhaps `/jobs-staging failed`", it.ana)
        assert misread.buttons == ["Run failed"]
        await it.ana.clicks("Run failed", on=misread)
        none_failed = await it.said("Running and scheduled: `/jobs-staging`")
        assert "The same in every state: `/jobs-staging last 24h`" in none_failed.text

        await it.ana.types("/jobs-staging history by @ana", in_=it.inc)
        await it.said("The whole record: `/jobs-staging history`")

        await it.ana.types("/jobs-staging help", in_=it.inc)
        help_ = await it.whispered("`/jobs-staging stop 987 [why]`", it.ana)
        assert "/jobs " not in help_.text

        await it.ben.clicks("Refresh", on=empty)
        await it.said(f"refreshed by <@{it.ben.id}>")
        assert "`/jobs-staging last 6h" in empty.text
