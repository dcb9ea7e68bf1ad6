"""What is always true of a job's life, whatever was planned and whatever is done to it."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from jobbot.playground.adverity import HandClock, Stage
from jobbot.playground.adverity.instance import NotStopped
from jobbot.playground.adverity.jobs import Job, StopRule
from jobbot.playground.adverity.scripted import ScriptedInstance
from jobbot.playground.adverity.timeline import CANCELLED, DISCARDED, FAILED, OVER, SUCCESS, Climb, Look, Plan

STAGES = tuple(Stage)
moments = st.timedeltas(timedelta(0), timedelta(days=3))
maybe_moments = st.none() | moments

plans = st.builds(
    lambda created, waits, fetches, transforms, loads, ends_as, climb: Plan(
        created=HandClock()() + created,
        starts=None if waits is None else HandClock()() + created + waits,
        fetches=fetches,
        transforms=transforms,
        loads=loads,
        ends_as=ends_as,
        climb=climb,
    ),
    created=st.timedeltas(timedelta(0), timedelta(hours=5)),
    waits=maybe_moments,
    fetches=maybe_moments,
    transforms=moments,
    loads=maybe_moments,
    ends_as=st.sampled_from(sorted(OVER)),
    climb=st.builds(
        lambda first, more, after, per_hour: Climb(first, min(first + more, 100), after, per_hour),
        st.integers(0, 100),
        st.integers(0, 100),
        st.timedeltas(timedelta(0), timedelta(hours=5)),
        st.floats(0, 50),
    ),
)
rules = st.builds(StopRule, takes=moments, ends_as=st.sampled_from([CANCELLED, DISCARDED]), ignored=st.booleans())
happenings = st.lists(
    st.tuples(
        st.sampled_from(["nothing", "stop first", "stop last", "end first", "start last"]),
        st.timedeltas(timedelta(0), timedelta(hours=12)),
    ),
    max_size=25,
)


def lives(plans: Sequence[Plan], rule: StopRule, happened: Sequence[tuple[str, timedelta]]) -> list[list[Look]]:
    """What an onlooker sees of a chain of jobs, each following the one before, while things happen to them."""
    clock = HandClock()
    instance = ScriptedInstance(now=clock)
    for place, plan in enumerate(plans):
        instance.put(Job(id=place + 1, datastream=42, plan=plan, follows=place or None, stop_rule=rule))
    seen: list[list[Look]] = [[] for _ in plans]
    for what, then in happened:
        happens(instance, what, len(plans))
        for sight in instance.sights():
            seen[sight.job.id - 1].append(sight.look)
        clock.advance(seconds=then.total_seconds())
    return seen


def happens(instance: ScriptedInstance, what: str, last: int) -> None:
    try:
        match what:
            case "stop first":
                instance.stop(1)
            case "stop last":
                instance.stop(last)
            case "end first":
                instance.job(1).ends(FAILED, after=timedelta(hours=1))
            case "start last":
                instance.job(last).starts()
    except (NotStopped, KeyError, ValueError):
        pass  # what cannot be done changes nothing, and that is looked at next


@settings(max_examples=2 * settings().max_examples)
@given(st.lists(plans, min_size=1, max_size=4), rules, happenings)
def test_whatever_is_done_to_jobs_each_look_follows_from_the_one_before(
    plans: Sequence[Plan], rule: StopRule, happened: Sequence[tuple[str, timedelta]]
) -> None:
    for life in lives(plans, rule, happened):
        never_goes_back(life)
        progress_never_falls_and_is_whole_only_on_success(life)
        stays_as_it_ended(life)
        has_the_times_of_its_state(life)


def never_goes_back(life: Sequence[Look]) -> None:
    stages = [STAGES.index(look.stage) for look in life]
    assert stages == sorted(stages)


def progress_never_falls_and_is_whole_only_on_success(life: Sequence[Look]) -> None:
    progress = [look.progress for look in life]
    assert progress == sorted(progress)
    assert all(0 <= percent <= 100 for percent in progress)
    assert all(look.progress == 100 for look in life if look.state == SUCCESS)


def stays_as_it_ended(life: Sequence[Look]) -> None:
    assert len({look for look in life if look.stage is Stage.OVER}) <= 1


def has_the_times_of_its_state(life: Sequence[Look]) -> None:
    for look in life:
        assert (look.ended is not None) == (look.state in OVER)
        assert (look.stage is Stage.WAITING) <= (look.started is None)
        if look.started and look.ended:
            assert look.started <= look.ended


@given(plans)
def test_no_job_waits_longer_than_two_days(plan: Plan) -> None:
    clock = HandClock(plan.created)
    instance = ScriptedInstance(now=clock)
    instance.put(Job(id=1, datastream=42, plan=plan))
    clock.advance(days=2, seconds=1)
    assert instance.job(1).sight.look.stage is not Stage.WAITING
