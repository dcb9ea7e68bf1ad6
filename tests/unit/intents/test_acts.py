"""Acts on datastreams and failed jobs: what is one, what never becomes one, and that the reason is what was typed."""

from datetime import date, datetime

from jobbot.adverity.model import DatastreamId, Days, JobId, State
from jobbot.intents import (
    Acknowledge,
    FetchAgain,
    Help,
    History,
    Intent,
    ListJobs,
    MissingDatastream,
    Paused,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    ShowJob,
    Topic,
    Wondered,
    canonical,
)
from jobbot.intents.button import decode, encode
from jobbot.intents.model import Act, rests_on_zone
from jobbot.intents.wording import as_said
from tests.support.each import each
from tests.unit.intents.world import JOB, misread, typed, utc

DS = DatastreamId(42)
YESTERDAY = Days(date(2022, 11, 1), date(2022, 11, 1))
ONE = utc("2022-11-02 12:00")
"""13:00 in Vienna."""

UNDERSTOOD: dict[str, Intent] = {
    "fetch datastream 42": FetchAgain(datastream=DS),
    "fetch datastream 42 yesterday": FetchAgain(datastream=DS, days=YESTERDAY),
    "fetch datastream 42 again for yesterday": FetchAgain(datastream=DS, days=YESTERDAY),
    "please refetch yesterday for ds 42": FetchAgain(datastream=DS, days=YESTERDAY),
    "backfill ds:42 2022-11-01": FetchAgain(datastream=DS, days=YESTERDAY),
    "yesterday backfill datastream 42": FetchAgain(datastream=DS, days=YESTERDAY),
    "can you re-fetch datastream 42 since yesterday": FetchAgain(
        datastream=DS, days=Days(date(2022, 11, 1), date(2022, 11, 2))
    ),
    "fetch datastream 42 yesterday the token was broken": FetchAgain(
        datastream=DS, days=YESTERDAY, reason="the token was broken"
    ),
    "fetch datastream 42 yesterday, the numbers of today are wrong": FetchAgain(
        datastream=DS, days=YESTERDAY, reason="the numbers of today are wrong"
    ),
    "fetch datastream 42 in staging yesterday it broke": FetchAgain(
        datastream=DS, days=YESTERDAY, instance="staging", reason="it broke"
    ),
    "in staging fetch datastream 42 yesterday - it broke": FetchAgain(
        datastream=DS, days=YESTERDAY, instance="staging", reason="it broke"
    ),
    "fetch datastream 42 yesterday in staging": FetchAgain(datastream=DS, days=YESTERDAY, instance="staging"),
    'fetch "trade desk" yesterday': FetchAgain(datastream="trade desk", days=YESTERDAY),
    "fetch datastream facebook ads yesterday bad data": FetchAgain(
        datastream="facebook ads", days=YESTERDAY, reason="bad data"
    ),
    'fetch "trade desk" workspace emea yesterday': FetchAgain(
        datastream="trade desk", workspace="emea", days=YESTERDAY
    ),
    "trigger a fetch for datastream 42": FetchAgain(datastream=DS),
    "start datastream 42": FetchAgain(datastream=DS),
    "fetch again 987": FetchAgain(job=JOB),
    "fetch job 987 again": FetchAgain(job=JOB),
    "restart 987": FetchAgain(job=JOB),
    "rerun 987 please": FetchAgain(job=JOB),
    "re-run job #987, it failed at night": FetchAgain(job=JOB, reason="it failed at night"),
    "run 987 again": FetchAgain(job=JOB),
    "relaunch <https://acme.datatap.adverity.com/jobs/987>": FetchAgain(job=JOB, instance="acme"),
    "fetch job 987 again for yesterday": FetchAgain(job=JOB, days=YESTERDAY),
    "fetch job 987 yesterday it broke": FetchAgain(job=JOB, days=YESTERDAY, reason="it broke"),
    "fetch <https://acme.datatap.adverity.com/jobs/987> yesterday": FetchAgain(
        job=JOB, days=YESTERDAY, instance="acme"
    ),
    "refetch 987 in staging why not": FetchAgain(job=JOB, instance="staging", reason="why not"),
    "retry 987": Retry(job=JOB),
    "Retry job #987": Retry(job=JOB),
    "please retry 987 again": Retry(job=JOB),
    "can you retry 987?": Retry(job=JOB),
    "re-try 987 the token is back": Retry(job=JOB, reason="the token is back"),
    "987 retry the token is back": Retry(job=JOB, reason="the token is back"),
    "retry 987 yesterday it failed": Retry(job=JOB, reason="yesterday it failed"),
    "retry 987 in staging: token": Retry(job=JOB, instance="staging", reason="token"),
    "retry <https://staging.datatap.adverity.com/jobs/987>": Retry(job=JOB, instance="staging"),
    "ack 987": Acknowledge(job=JOB),
    "acknowledge job 987": Acknowledge(job=JOB),
    "acknowledge the issues of 987": Acknowledge(job=JOB),
    "ack 987 known, see the ticket": Acknowledge(job=JOB, reason="known, see the ticket"),
    "pause datastream 42": PauseSchedule(datastream=DS),
    "pause the schedule of datastream 42": PauseSchedule(datastream=DS),
    "stop the schedule of datastream 42": PauseSchedule(datastream=DS),
    "disable datastream 42": PauseSchedule(datastream=DS),
    "pause datastream 42 until 13:00": PauseSchedule(datastream=DS, until=ONE),
    "pause datastream 42 till 1pm": PauseSchedule(datastream=DS, until=ONE),
    "pause datastream 42 until 12:00 UTC": PauseSchedule(datastream=DS, until=ONE),
    "pause until 13:00 datastream 42": PauseSchedule(datastream=DS, until=ONE),
    "datastream 42 pause until 13:00": PauseSchedule(datastream=DS, until=ONE),
    "pause datastream 42 until 13:00 runaway fetch": PauseSchedule(datastream=DS, until=ONE, reason="runaway fetch"),
    "pause datastream 42 for 2h": PauseSchedule(datastream=DS, until=utc("2022-11-02 11:42:05")),
    "pause datastream 42 2h, it runs wild": PauseSchedule(
        datastream=DS, until=utc("2022-11-02 11:42:05"), reason="it runs wild"
    ),
    "pause datastream 42 for an hour": PauseSchedule(datastream=DS, until=utc("2022-11-02 10:42:05")),
    "pause ds 42 until tomorrow at 9": PauseSchedule(datastream=DS, until=utc("2022-11-03 08:00")),
    "pause ds 42 for 2 customers": PauseSchedule(datastream=DS, reason="for 2 customers"),
    "pause ds 42 until tomorrow 9am": PauseSchedule(datastream=DS, until=utc("2022-11-03 08:00")),
    "pause ds 42 until tomorrow": PauseSchedule(datastream=DS, until=utc("2022-11-02 23:00")),
    "pause ds 42 until morning": PauseSchedule(datastream=DS, until=utc("2022-11-03 05:00")),
    "pause ds 42 until monday morning": PauseSchedule(datastream=DS, until=utc("2022-11-07 05:00")),
    "pause ds 42 until the weekend": PauseSchedule(datastream=DS, until=utc("2022-11-04 23:00")),
    "pause ds 42 today": PauseSchedule(datastream=DS, until=utc("2022-11-02 23:00")),
    "pause ds 42 tonight": PauseSchedule(datastream=DS, until=utc("2022-11-03 05:00")),
    "pause datastream 42 yesterday it ran wild": PauseSchedule(datastream=DS, reason="yesterday it ran wild"),
    "pause datastream 42 in staging until 13:00": PauseSchedule(datastream=DS, until=ONE, instance="staging"),
    "pause datastream 42 for the next 2 hours": PauseSchedule(datastream=DS, until=utc("2022-11-02 11:42:05")),
    "pause datastream 42 the next 2h, quota": PauseSchedule(
        datastream=DS, until=utc("2022-11-02 11:42:05"), reason="quota"
    ),
    "pause datastream 42 for the night": PauseSchedule(datastream=DS, until=utc("2022-11-03 05:00")),
    "pause datastream 42 during the night": PauseSchedule(datastream=DS, until=utc("2022-11-03 05:00")),
    "pause datastream 42 for the rest of the day": PauseSchedule(datastream=DS, until=utc("2022-11-02 23:00")),
    "pause datastream 42 deploy until 13:00": PauseSchedule(datastream=DS, until=ONE, reason="deploy until 13:00"),
    "pause datastream 42 quota, till 13:00, says mia": PauseSchedule(
        datastream=DS, until=ONE, reason="quota, till 13:00, says mia"
    ),
    "pause datastream 42 because it hung until 13:00": PauseSchedule(
        datastream=DS, reason="because it hung until 13:00"
    ),
    "pause datastream 42 it hung until 09:00": PauseSchedule(datastream=DS, reason="it hung until 09:00"),
    "pause datastream 42 was ok until monday": PauseSchedule(datastream=DS, reason="was ok until monday"),
    "pause datastream 42 worked fine until 13:00": PauseSchedule(datastream=DS, reason="worked fine until 13:00"),
    "pause datastream 42 not until 13:00": PauseSchedule(datastream=DS, reason="not until 13:00"),
    "pause datastream 42 it wasn't there until 13:00": PauseSchedule(
        datastream=DS, reason="it wasn't there until 13:00"
    ),
    "pause datastream 42 we have a deploy until 13:00": PauseSchedule(
        datastream=DS, until=ONE, reason="we have a deploy until 13:00"
    ),
    "pause datastream 42 unscheduled maintenance until 13:00": PauseSchedule(
        datastream=DS, until=ONE, reason="unscheduled maintenance until 13:00"
    ),
    "pause datastream 42 week 45 is wrong": PauseSchedule(datastream=DS, reason="week 45 is wrong"),
    "pause datastream 42 for the rest of the week": PauseSchedule(datastream=DS, until=utc("2022-11-06 23:00")),
    "pause datastream 42 this week": PauseSchedule(datastream=DS, until=utc("2022-11-06 23:00")),
    "pause datastream 42 for the whole day": PauseSchedule(datastream=DS, until=utc("2022-11-02 23:00")),
    "pause datastream 42 for the night shift": PauseSchedule(datastream=DS, reason="for the night shift"),
    "pause datastream 42 during the night run": PauseSchedule(datastream=DS, reason="during the night run"),
    "pause datastream 42 for the night, deploy": PauseSchedule(
        datastream=DS, until=utc("2022-11-03 05:00"), reason="deploy"
    ),
    "pause datastream 42 for the night because of quota": PauseSchedule(
        datastream=DS, until=utc("2022-11-03 05:00"), reason="because of quota"
    ),
    "pause datastream 42 for the night in staging": PauseSchedule(
        datastream=DS, until=utc("2022-11-03 05:00"), instance="staging"
    ),
    "pause datastream 42 für 2h": PauseSchedule(datastream=DS, until=utc("2022-11-02 11:42:05")),
    "pause datastream 42 2 stunden": PauseSchedule(datastream=DS, until=utc("2022-11-02 11:42:05")),
    "pause datastream 42 bis morgen": PauseSchedule(datastream=DS, until=utc("2022-11-02 23:00")),
    "pause datastream 42 bis morgen früh quota": PauseSchedule(
        datastream=DS, until=utc("2022-11-03 05:00"), reason="quota"
    ),
    "pause datastream 42 bis morgen 9 uhr": PauseSchedule(datastream=DS, until=utc("2022-11-03 08:00")),
    "pause datastream 42 bis heute abend": PauseSchedule(datastream=DS, until=utc("2022-11-02 17:00")),
    "pause datastream 42 über nacht": PauseSchedule(datastream=DS, until=utc("2022-11-03 05:00")),
    "suspend datastream 42 because of the migration": PauseSchedule(datastream=DS, reason="because of the migration"),
    'pause "trade desk" until 13:00': PauseSchedule(datastream="trade desk", until=ONE),
    "resume datastream 42": ResumeSchedule(datastream=DS),
    "unpause ds 42 please": ResumeSchedule(datastream=DS),
    "re-enable the schedule of datastream 42": ResumeSchedule(datastream=DS),
    "enable datastream 42": ResumeSchedule(datastream=DS),
    "resume datastream 42 the migration is done": ResumeSchedule(datastream=DS, reason="the migration is done"),
    "paused": Paused(),
    "what is paused?": Paused(),
    "show paused schedules": Paused(),
    "is datastream 42 paused": ListJobs(states=frozenset({State.SCHEDULED}), datastream=DatastreamId(42)),
    "paused in staging": Paused(instance="staging"),
    "who paused datastream 42": History(datastream=DS),
    "who retried 987": History(job=JOB),
    "did we retry 987": History(job=JOB),
    "did somebody pause datastream 42": History(datastream=DS),
    "how do i pause datastream 42": Help(Topic.PAUSE),
    "how can i fetch a datastream again": Help(Topic.FETCH),
    "help retry": Help(Topic.RETRY),
    "when did 987 start": ShowJob(job=JOB),
    "did the fetch of datastream 42 fail": ListJobs(states=frozenset({State.FAILED}), datastream=DS),
    "was datastream 42 fetched": ListJobs(datastream=DS),
}

NAMED = {
    "fetch facebook yesterday": FetchAgain(datastream="facebook", days=YESTERDAY),
    "backfill facebook ads eu yesterday the token expired": FetchAgain(
        datastream="facebook ads eu", days=YESTERDAY, reason="the token expired"
    ),
    "refetch facebook": FetchAgain(datastream="facebook"),
    "fetch yesterday for facebook": FetchAgain(datastream="facebook", days=YESTERDAY),
    "fetch the bank of america yesterday": FetchAgain(datastream="bank of america", days=YESTERDAY),
    "pause facebook until 13:00 runaway": PauseSchedule(datastream="facebook", until=ONE, reason="runaway"),
    "pause facebook runaway fetch": PauseSchedule(datastream="facebook", reason="runaway fetch"),
    "pause facebook because it is broken": PauseSchedule(datastream="facebook", reason="because it is broken"),
    "pause facebook - bad data": PauseSchedule(datastream="facebook", reason="bad data"),
    "pause facebook for the night": PauseSchedule(datastream="facebook", until=utc("2022-11-03 05:00")),
    "pause facebook für 2h": PauseSchedule(datastream="facebook", until=utc("2022-11-02 11:42:05")),
    "pause facebook bis morgen früh": PauseSchedule(datastream="facebook", until=utc("2022-11-03 05:00")),
    "resume facebook": ResumeSchedule(datastream="facebook"),
    "retry facebook": ListJobs(states=frozenset({State.FAILED}), datastream="facebook"),
}

OFFERED = {
    "retry 987?": ["retry 987", "987"],
    "stop 987?": ["stop 987", "987"],
    "stop 48319 48320 ?": ["stop 48319 48320", "48319 48320"],
    "should i retry 987": ["retry 987", "987"],
    "should we pause datastream 42": ["pause datastream 42", "datastream 42"],
    "pause datastream 42 until 13:00?": ["pause datastream 42 until 13:00", "datastream 42"],
    "when will datastream 42 resume": ["resume datastream 42", "datastream 42"],
    "fetch datastream 42 yesterday?": ["fetch datastream 42 yesterday", "datastream 42"],
    "retyr 987": ["retry 987", "987"],
    "acknowlege 987": ["acknowledge 987", "987"],
    "pasue datastream 42 for 2h": ["pause datastream 42 for 2h", "datastream 42 last 2h"],
    "fecth datastream 42 yesterday": ["fetch datastream 42 yesterday", "datastream 42 yesterday"],
    "entry 987": ["987"],
    "phase 987": ["987"],
    "unretry 987": ["987"],
    "don't retry 987": ["987"],
    "do not pause datastream 42": ["", "help"],
    "pause datastream 42 nicht": ["", "help"],
    "resume datastream 42 not": ["", "help"],
    "fetch datastream 42 yesterday nicht": ["", "help"],
    "retry 987 please not": ["987"],
    "pause datastream 42 this weekend": ["pause datastream 42", "datastream 42", "help times"],
    "fetch datastream 42 last 6h": ["fetch datastream 42", "datastream 42", "help times"],
    "fetch datastream 42 tomorrow it broke": ["fetch datastream 42 it broke", "datastream 42", "help times"],
    "pause datastream 42 until fixed": ["pause datastream 42", "datastream 42", "help times"],
    "pause datastream 42 until yesterday": ["pause datastream 42", "datastream 42", "help times"],
    "pause datastream 42 before 13:00": ["pause datastream 42 until 13:00", "datastream 42", "help times"],
    "pause datastream 42 by 13:00": ["pause datastream 42 until 13:00", "datastream 42", "help times"],
    "pause datastream 42 up to 13:00": ["pause datastream 42 until 13:00", "datastream 42", "help times"],
    "pause datastream 42 through friday": ["pause datastream 42 until friday 23:59", "datastream 42", "help times"],
    "pause datastream 42 morgen": ["pause datastream 42 until morgen 09:00", "datastream 42", "help times"],
    "pause datastream 42 um 22 uhr": ["pause datastream 42 for 2h", "datastream 42", "help times"],
    "pause datastream 42 ab 22 uhr": ["pause datastream 42 for 2h", "datastream 42", "help times"],
    "pause datastream 42 for the next 2": ["pause datastream 42 for 2h", "datastream 42", "help times"],
    "pause datastream 42 the next 3": ["pause datastream 42 for 3h", "datastream 42", "help times"],
    "pause datastream 42 for next 3": ["pause datastream 42 for 3h", "datastream 42", "help times"],
    "pause datastream 42 over lunch": ["pause datastream 42", "datastream 42", "help times"],
    "pause datastream 42 during the day": ["pause datastream 42", "datastream 42", "help times"],
    "pause datastream 42 for the evening": ["pause datastream 42", "datastream 42", "help times"],
    "pause datastream 42 this month": ["pause datastream 42", "datastream 42", "help times"],
    "pause trade desk until someone looks at it": ['pause datastream "trade desk"', "help times"],
    "pause trade desk until fixed please asap": ['pause datastream "trade desk"', "help times"],
    "pasue facebook nicht": ["", "help"],
    "fetc facebook ads kein stress": ["", "help"],
    "fetch 42 yesterday": ["fetch datastream 42 yesterday", "datastream 42", "fetch job 42 yesterday"],
    "fetch again 987 yesterday it broke": [
        "fetch datastream 987 yesterday it broke",
        "datastream 987",
        "fetch job 987 yesterday it broke",
    ],
    "stp facebook": ['datastream "facebook"'],
    "stp facebook ads eu": ['datastream "facebook ads eu"'],
    "fetc facebook": ['fetch datastream "facebook"'],
    "fetc 42 yesterday": ["fetch datastream 42 yesterday", "42"],
    "fetc facebook yesterday": ['fetch datastream "facebook" yesterday', "yesterday"],
    "pasue facebook until 13:00": ['pause datastream "facebook" until 13:00', "help times"],
    "fetc 42": ["fetch 42", "42"],
    "pause 42 for 2h": ["pause datastream 42 for 2h", "datastream 42", "help pause"],
    "pause": ["paused", "help pause"],
    "resume all": ["help pause"],
    "fetch": ["help fetch"],
    "retry": ["failed", "help retry"],
    "retry the 3 failed jobs": ["failed", "help retry"],
    "ack datastream 42": ["failed datastream 42", "help retry"],
    "fetch datastream 42 and 43": ["datastream 42"],
    "retry 987 in stagin": ["987 in staging"],
}


@each(("text", "meant"), UNDERSTOOD.items())
def test_what_is_understood(text: str, meant: Intent) -> None:
    found = typed(text)

    assert found == meant
    assert typed(canonical(found)) == found
    assert typed(as_said(found)) == found
    assert decode(encode(found)) == found  # type: ignore[arg-type]


@each(("text", "meant"), NAMED.items())
def test_what_is_meant_by_a_name(text: str, meant: Intent) -> None:
    assert misread(text).named == meant
    assert typed(canonical(meant)) == meant


@each(("text", "offers"), OFFERED.items())
def test_what_is_offered_and_not_done(text: str, offers: list[str]) -> None:
    found = misread(text)

    assert [as_said(offer) for offer in found.offers] == offers
    assert not isinstance(typed(found.suggestion or ""), Act)


def test_what_is_wondered_and_what_is_missing_is_told() -> None:
    assert misread("should i retry 987").problems == (Wondered("retry"),)
    assert misread("pause 987").problems == (MissingDatastream("pause"),)
    assert misread("pause facebook").problems != (MissingDatastream("pause"),)


def test_days_and_ends_rest_on_the_persons_zone_and_the_rest_does_not() -> None:
    assert rests_on_zone(typed("fetch datastream 42 yesterday"))
    assert rests_on_zone(typed("pause datastream 42 until 13:00"))
    assert not rests_on_zone(typed("fetch again 987"))
    assert not rests_on_zone(typed("pause datastream 42"))
    assert not rests_on_zone(typed("retry 987"))


def test_a_pause_is_said_as_it_was_put_and_carried_as_an_instant() -> None:
    found = typed("pause datastream 42 for 2h")
    assert (as_said(found), canonical(found)) == (
        "pause datastream 42 for 2h",
        "pause datastream 42 until 2022-11-02T11:42:05Z",
    )
    later = datetime.fromisoformat("2022-11-02T11:00:00Z")
    assert typed(canonical(found), now=later) == found


def test_jobs_that_are_named_after_an_act_are_shown_each_for_itself() -> None:
    assert typed("retry 987 988") == ListJobs(jobs=(JOB, JobId(988)))
    assert typed("ack 987 and 988") == ListJobs(jobs=(JOB, JobId(988)))
    assert typed("fetch again 987 988") == ListJobs(jobs=(JOB, JobId(988)))
