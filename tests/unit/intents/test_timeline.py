"""What happened: of a range, of a datastream, a workspace or a job."""

from jobbot.adverity.model import DatastreamId
from jobbot.intents import DoesNotFit, ListJobs, Misread, MissingNumber, Timeline, canonical
from jobbot.intents.model import Last, SaidTwice
from tests.support.each import each
from tests.unit.intents.world import JOB, listed, misread, typed


@each(
    "text",
    ["timeline", "Timeline", "show timeline", "show me the timeline", "post-mortem", "post mortem", "what happened?"],
)
def test_the_last_hours(text: str) -> None:
    assert typed(text) == Timeline()


@each(
    ("text", "same"),
    [
        ("what happened last night", "timeline last night"),
        ("what happened to 987", "timeline job 987"),
        ("what has happened since 10:30", "timeline since 10:30"),
        ("post-mortem of yesterday", "timeline yesterday"),
        ("what happened to datastream 42 yesterday", "timeline datastream 42 yesterday"),
        ("timeline 987", "timeline job 987"),
        ("last 6h timeline in staging", "timeline last 6h in staging"),
        ("what happened in workspace emea today", "timeline workspace emea today"),
    ],
)
def test_as_people_put_it(text: str, same: str) -> None:
    found = typed(text)
    assert isinstance(found, Timeline)
    assert found == typed(same)
    assert typed(canonical(found)) == found


def test_all_of_it() -> None:
    found = typed("timeline last 6h datastream 42 workspace emea in staging")
    assert isinstance(found, Timeline)
    assert isinstance(found.range, Last)
    assert (found.datastream, found.workspace, found.instance) == (DatastreamId(42), "emea", "staging")


def test_a_name_may_be_meant() -> None:
    assert misread("what happened to facebook").named == Timeline(datastream="facebook")
    assert typed('timeline "trade desk"') == Timeline(datastream="trade desk")


def test_what_happened_to_jobs_in_a_state_is_a_list() -> None:
    assert listed("what happened to the failed jobs yesterday") == listed("failed yesterday")
    assert isinstance(typed("what is happening"), ListJobs)


def test_what_has_no_meaning_beside_it() -> None:
    assert misread("timeline failed").problems == (DoesNotFit("failed", "timeline"),)
    assert misread("timeline by <@U024BE7LH>").problems == (DoesNotFit("by @U024BE7LH", "timeline"),)
    assert misread("timeline job").problems == (MissingNumber("job"),)
    assert misread("timeline 987 988").problems == (SaidTwice("job", "987", "988"),)
    assert not isinstance(typed("stop 987 what happened"), Misread | Timeline)
    assert typed("timeline 987") == Timeline(job=JOB)
