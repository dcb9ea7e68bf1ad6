"""Several jobs stopped at once: chosen in a window, told in one message, each with its own ending in the record."""

from datetime import timedelta

import pytest

from tests.stories.world import World

pytestmark = pytest.mark.slow

SOON = timedelta(seconds=0.2)


@pytest.mark.both_transports
async def test_all_that_runs_but_one_is_stopped_from_a_list(it: World) -> None:
    for job in (987, 988, 989):
        it.adverity.has_datastream(job, f"Stream {job}")
        it.adverity.has_job(job, datastream=job).stop_takes(SOON)
    await it.ana.types("/jobs", in_=it.inc)
    listed = await it.said("3 jobs")
    await it.ana.clicks("Stop several", on=listed)
    modal = await it.modal(it.ana, "*3 jobs* going on")
    assert (modal.title, modal.submit) == ("Stop several jobs?", "Stop these jobs")
    it.ana.unticks("Stream 988 · 988")
    await it.ana.submits(reason="they hang")
    told = await it.said("Stopped 2 jobs")
    assert "they hang" in told.text
    assert "*Stream 987 (job 987)* · stopped (cancelled)" in told.text
    assert it.posts() == 2
    assert it.adverity.job(988).state == "Running"
    await it.ana.types("/jobs history", in_=it.inc)
    record = await it.said("*1 entry*")
    assert "*2 jobs* · Stopped several" in record.text
    assert "Stream 987 987 (stopped)" in record.text
