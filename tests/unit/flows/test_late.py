"""Which channels are told of jobs that run far longer than usual; the rounds that tell them are in ``machinery``."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from jobbot.access.workspaces import Reach
from jobbot.adverity.model import DatastreamId, Job
from jobbot.adverity.usual_duration import Usual
from jobbot.flows.following.alerts.late import late_messages, tell_late
from jobbot.flows.following.alerts.messages import AlertMessages
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.sights import UNBOUND, Sight
from jobbot.intents.model import Sign
from jobbot.render.jobs import Names
from jobbot.store.following.model import Alert, Interest

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
JOB = Job.model_validate({"id": 987, "state_label": "Running", "job_start": NOW - timedelta(hours=2), "datastream": 58})
ALERT = Alert(
    id="a",
    instance="acme",
    channel_id="C0INC",
    datastream=None,
    states=frozenset(),
    signs=frozenset({Sign.LATE}),
    user_id="U0ANA",
    since=NOW - timedelta(days=1),
)
MINUTES = timedelta(minutes=10)
STATE = PollState(usual={987: Usual(runs=6, median=MINUTES, low=MINUTES, high=MINUTES)})


def told(alert: Alert, sight: Sight) -> dict[str, list[Job]]:
    return tell_late([JOB], Interest(alerts=[alert]), STATE, NOW, sight)


def tell(jobs: Mapping[str, list[Job]], state: PollState, sight: Sight = UNBOUND) -> tuple[AlertMessages, PollState]:
    names = Names("https://acme.test")
    return late_messages({**jobs}, Interest(alerts=[ALERT]), "acme", names, state, now=NOW, sight=sight)


def bound_to(*workspaces: int, job_in: int | None) -> Sight:
    places = {} if job_in is None else {DatastreamId(58): job_in}
    return Sight(places, {"C0INC": Reach(frozenset(workspaces), ("EMEA",))})


def test_a_channel_hears_of_late_jobs_that_it_sees() -> None:
    assert told(ALERT, Sight()) == {"C0INC": [JOB]}
    assert told(ALERT, bound_to(14, job_in=14)) == {"C0INC": [JOB]}
    assert told(ALERT, bound_to(14, job_in=16)) == {}
    assert told(ALERT, bound_to(14, job_in=None)) == {}


def test_an_alert_of_a_workspace_is_for_its_jobs_alone() -> None:
    alert = replace(ALERT, workspace=14)
    assert told(alert, Sight({DatastreamId(58): 16})) == {}
    assert told(alert, Sight()) == {}


def test_the_message_says_to_the_delivery_which_workspaces_it_is_about() -> None:
    sight = bound_to(14, job_in=14)
    messages, _ = tell(told(ALERT, sight), STATE, sight)
    assert [one.workspaces for one in messages.notifications] == [frozenset({14})]


def test_each_set_of_jobs_is_a_message_of_its_own_and_has_room_for_all_of_them() -> None:
    jobs = [JOB.model_copy(update={"id": number}) for number in range(1, 12)]
    state = PollState(usual=dict.fromkeys(range(1, 12), STATE.usual[987]))
    first = tell_late(jobs, Interest(alerts=[ALERT]), state, NOW, Sight())["C0INC"]
    first_messages, after = tell({"C0INC": first}, state)
    (one,) = first_messages.notifications
    rest = tell_late(jobs, Interest(alerts=[ALERT]), after, NOW, Sight())["C0INC"]
    assert {job.id for job in first} | {job.id for job in rest} == {job.id for job in jobs}
    assert not {job.id for job in first} & {job.id for job in rest}
    again_messages, _ = tell({"C0INC": first[:1] + rest}, state)
    (again,) = again_messages.notifications
    assert one.key != again.key, "a job that was told of before does not swallow the others"
