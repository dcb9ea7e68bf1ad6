"""Which ended jobs make one alert message, a reply in a thread, or a new message; pure, as it takes hours."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from jobbot.access.workspaces import Reach
from jobbot.adverity.model import Job
from jobbot.flows.following.alerts.hits import Watchers, is_wanted, messages_for
from jobbot.flows.following.alerts.messages import AlertMessages
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.reconcile import CLOCK_SKEW
from jobbot.flows.following.sights import Sight
from jobbot.render.jobs import Names
from jobbot.store.following.model import Alert, AlertGroup

START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
ALERT = Alert(
    id="a",
    instance="acme",
    channel_id="C0INC",
    datastream=None,
    states=frozenset({"Failed"}),
    user_id="U0ANA",
    since=START,
)


def failed(number: int, ended: datetime | None, datastream: int = 1, began: datetime | None = None) -> Job:
    return Job.model_validate(
        {"id": number, "state_label": "Failed", "job_start": began, "job_end": ended, "datastream": datastream}
    )


def as_drawn(told: AlertMessages) -> dict[str, str]:
    """By message, what of it Slack draws."""
    return {
        one.id: " ".join(block.get("text", {}).get("text", "") for block in json.loads(one.message)["blocks"])
        for one in told.notifications
    }


def hears(over: list[Job], groups: Sequence[AlertGroup] = (), watchers: Watchers | None = None) -> AlertMessages:
    """What one channel is told."""
    return messages_for(
        over,
        alerts=[ALERT],
        groups=groups,
        names=Names("https://acme"),
        state=PollState(),
        wants=lambda alert, job: True,
        now=START,
        watchers=watchers,
    )


@dataclass
class Channel:
    """What it was told, and the groups that the database would hold."""

    now: datetime = START
    number: int = 0
    groups: dict[str, AlertGroup] = field(default_factory=dict)
    in_channel: list[str] = field(default_factory=list)
    in_threads: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)

    def hears_of(self, *datastreams: int) -> None:
        """So many failures in one round."""
        jobs = []
        for datastream in datastreams:
            self.number += 1
            jobs.append(failed(self.number, self.now, datastream))
        told = messages_for(
            jobs,
            alerts=[ALERT],
            groups=list(self.groups.values()),
            names=Names("https://acme"),
            state=PollState(),
            wants=lambda alert, job: is_wanted(alert, job, self.now, ()),
            now=self.now,
        )
        self.groups |= {group.id: group for group in told.groups}
        for notification in told.notifications:
            where = self.edited if notification.edits else self.in_threads
            where = self.in_channel if notification.under is None else where
            where.append(json.loads(notification.message)["text"])


def test_one_datastreams_matter_is_not_anothers() -> None:
    """One goes on failing: that does not hide the other's first failure, hours later."""
    channel = Channel()
    channel.hears_of(1)
    for _ in range(10):
        channel.now += timedelta(minutes=30)
        channel.hears_of(1)
    assert len(channel.in_channel) == 1
    channel.now += timedelta(minutes=1)
    channel.hears_of(2)
    assert channel.in_channel[1].startswith("*Datastream 2* failed")


def test_what_fails_all_week_is_one_message_that_counts_and_is_kept_small() -> None:
    channel = Channel()
    for _ in range(7 * 48):
        channel.now += timedelta(minutes=30)
        channel.hears_of(1)
    assert (len(channel.in_channel), len(channel.in_threads), len(channel.edited)) == (1, 0, 7 * 48 - 1)
    assert "· 336 failures in a row since 2026-03-04 10:30 UTC" in channel.edited[-1]
    assert max(len(group.entries) for group in channel.groups.values()) < 2_000


def test_a_clock_that_is_behind_loses_nothing_that_was_seen_going_on() -> None:
    behind = failed(1, START - timedelta(seconds=30))
    assert is_wanted(ALERT, behind, START, witnessed={1})
    assert not is_wanted(ALERT, behind, START, witnessed=())
    assert not is_wanted(ALERT, failed(1, START - CLOCK_SKEW - timedelta(seconds=1)), START, witnessed={1})


def test_without_an_end_only_what_is_known_to_have_ended_since() -> None:
    assert is_wanted(ALERT, failed(1, None), START, witnessed={1})
    assert is_wanted(ALERT, failed(1, None, began=START), START, witnessed=())
    assert not is_wanted(ALERT, failed(1, None, began=START - timedelta(hours=1)), START, witnessed=())
    assert not is_wanted(ALERT, failed(1, None), START, witnessed=())


def test_a_job_that_says_no_datastream_is_told_where_a_channel_sees_all_and_waits_for_no_place() -> None:
    bare, bound = Job.model_validate({"id": 1, "state_label": "Failed"}), Reach(frozenset({14}), ("EMEA",))
    assert Sight().is_for(ALERT, bare)
    for sight, alert in ((Sight(reaches={"C0INC": bound}), ALERT), (Sight(), replace(ALERT, workspace=14))):
        assert not sight.is_for(alert, bare)
        assert not sight.may_be_for(alert, bare)


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize(
    ("people", "jobs", "streams"),
    [(10, 400, 400), (10, 400, 3), (400, 400, 400), (300, 1, 1), (40, 2, 1), (600, 20, 1)],
)
@pytest.mark.slow
def test_whoever_is_not_named_is_not_taken_as_told(people: int, jobs: int, streams: int, joined: bool) -> None:
    """What a watch itself says is dropped for a job whose watchers the alert mentions: all of them stand there."""
    over = [failed(4_000_001 + number, START, 1 + number % streams) for number in range(jobs)]
    own: dict[int, list[str]] = {job.id: [] for job in over}
    for number in range(max(people, jobs)):
        own[over[number % jobs].id].append(f"U0{number % people:09}")
    waiting = {("C0INC", job): users for job, users in own.items()}
    told = hears([*over], hears([failed(1, START, 9_999)]).groups if joined else (), waiting)
    drawn = as_drawn(told)
    for (_, job), message in told.mentioning.items():
        assert all(f"<@{user}>" in drawn[message] for user in own[job])
    assert told.mentioning or max(map(len, own.values())) >= 30, "there is room for some"
    if (people, jobs, streams) == (10, 400, 400) and not joined:
        assert len(told.mentioning) == 400
    assert sum(len(text) for text in drawn.values()) <= 12_000 * len(drawn)
