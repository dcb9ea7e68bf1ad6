"""What people on call type, and what it is taken for: as it would be said again, or what is offered for it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from jobbot.intents import Between, ListJobs, Misread, NoQuestion, StopJob, canonical
from jobbot.intents.wording import as_said
from tests.support.each import each
from tests.unit.intents.world import JOB, NOW, listed, misread, ranged, typed, utc

UNDERSTOOD = {
    "last night": "last night",
    "failed last night": "failed last night",
    "tonight": "scheduled tonight",
    "what is running": "running",
    "status": "",
    "48319 48320": "48319 48320",
    "who stopped 48319": "history job 48319",
    "why 48340": "48340",
    "long running": "running longer than usual",
    "running longer than 1h": "running longer than 1h",
    "failed today and yesterday": "failed today and yesterday",
    "stop 48470 48471": "stop 48470 48471",
    "errors today": "failed today",
    "snooze till 18:00": "alerts snooze till 18:00",
    "snooze until the evening": "alerts snooze until evening",
    "snooze till this evening": "alerts snooze till this evening",
    "snooze until next weekend": "alerts snooze until next weekend",
    "which jobs are ok": "success",
    "987 988 988 987": "987 988",
    "failed yesterday between 8:00 and 10:30": "failed 8:00..10:30 yesterday",
    "failed monday from noon to midnight": "failed noon..midnight monday",
    "between 8 and 10 pm": "8PM..10PM",
    "help stop": "help stop",
    "01.06.22": "01.06.22",
    "01.06.-02.06.22": "01.06..02.06.22",
    "10/31/2022": "10/31/2022",
    "Jun 1": "jun 1",
    "1st june": "1st june",
    "alert me when 987 fails": "watch 987",
    "whats running": "running",
    "what's running right now": "running",
    "anything running?": "running",
    "can you show me what is running please": "running",
    "any failed jobs": "failed",
    "any errors?": "failed",
    "any failures in the last hour": "failed last hour",
    "is anything stuck": "running longer than usual",
    "stuck jobs": "running longer than usual",
    "slow jobs": "running longer than usual",
    "long-running jobs": "running longer than usual",
    "jobs running for a long time": "running longer than usual",
    "show me the long running ones": "running longer than usual",
    "running way too long": "running longer than usual",
    "longer than usual": "running longer than usual",
    "running for more than 2 hours": "running longer than 2h",
    "running for over an hour": "running longer than 1h",
    "running for 2h": "running longer than 2h",
    "running &gt;1h": "running longer than 1h",
    "running &gt; 1h": "running longer than 1h",
    "jobs over 2h": "running longer than 2h",
    "success longer than 30 min yesterday": "success longer than 30m yesterday",
    "failed over the last 2 hours": "failed last 2 hours",
    "what failed last night": "failed last night",
    "which jobs failed overnight": "failed last night",
    "did anything fail last night": "failed last night",
    "failed this morning": "failed this morning",
    "failed yesterday evening": "failed yesterday evening",
    "failed monday night": "failed monday night",
    "failures over the weekend": "failed weekend",
    "failed in the past two hours": "failed last two hours",
    "failed last couple of hours": "failed last couple of hours",
    "failed 2 days ago": "failed 2 days ago",
    "failed 3 hours ago": "failed last 3 hours",
    "failed in october": "failed october",
    "yesterday's failures": "failed yesterday",
    "last failed job": "failed",
    "latest failures": "failed",
    "how many failed today": "failed today",
    "give us the failed jobs": "failed",
    "is 987 running": "987",
    "is 987 still running?": "987",
    "did 987 fail": "987",
    "has 987 finished yet": "987",
    "why did job 987 fail?": "987",
    "what happened to 987": "timeline job 987",
    "what's wrong with 987": "987",
    "how long has 987 been running": "987",
    "when did 987 start": "987",
    "who started 987": "987",
    "who is watching 987": "987",
    "check 987": "987",
    "tell me about 987": "987",
    "tell me if all is ok": "handover",
    "let me know whether everything is fine": "handover",
    "check if everything is ok in staging": "handover in staging",
    "tell me when all is ok again": "alerts on success",
    "let me know if all is ok again": "alerts on success",
    "let me know if all is ok or failed": "alerts on success failed",
    "tell me when 987 is done and if all is ok": "watch 987",
    "tell me if all is ok and when 987 is done": "watch 987",
    "please show me 48319 and 48320": "48319 48320",
    "48319,48320": "48319 48320",
    "jobs 48319, 48320 and 48321": "48319 48320 48321",
    "can you stop 987": "stop 987",
    "please stop the job 987": "stop 987",
    "who killed 987": "history job 987",
    "who stopped jobs yesterday": "history yesterday",
    "stops yesterday": "history yesterday",
    "let me know when 987 is done": "watch 987",
    "tell me when 987 finishes": "watch 987",
    "notify me if 987 fails": "watch 987",
    "ping 987": "watch 987",
    "alert me if anything fails": "alerts on failed",
    "tell us when datastream 42 is late": "alerts on late datastream 42",
    "turn alerts on": "alerts on failed",
    "turn off the alerts": "alerts off",
    "disable alerts": "alerts off",
    "mute until tomorrow": "alerts snooze until tomorrow",
    "mute until tomorrow at 8": "alerts snooze until tomorrow at 8",
    "snooze until 6pm": "alerts snooze until 6pm",
    "snooze today": "alerts snooze 47874s",
    "what are you watching": "watches",
    "open issues": "issues",
    "any problems?": "issues",
    "what is scheduled for tomorrow": "scheduled tomorrow",
    "what's in the queue": "scheduled",
    "what is next": "scheduled",
    "overview": "",
    "since oct 30": "since oct 30",
    "from oct 30 to nov 1": "oct 30..nov 1",
    "october 31st, 2022": "october 31st 2022",
    "31-oct-2022": "31-oct-2022",
    "the 1st": "1st",
    "10/31": "10/31",
    "help with dates": "help times",
    "how does stop work, help": "help stop",
    **dict.fromkeys(("are the alerts off?", "have alerts been off", "let me know if alerts are off"), "alerts"),
    **dict.fromkeys(("are alerts on?", "alerts are off", "do you know if alerts are on"), "alerts"),
    **dict.fromkeys(("which alerts are on for datastream 42", "any alerts on datastream 42"), "alerts"),
    **dict.fromkeys(("was there an alert on datastream 42", "list alerts on datastream 42", "did you mute"), "alerts"),
    "show alerts on staging": "alerts in staging",
    **dict.fromkeys(("how do i turn off alerts", "how do i mute", "how can i snooze alerts"), "help alerts"),
    "can you turn alerts off?": "alerts off",
    "i have to turn alerts off": "alerts off",
    "could you please mute alerts for 2h": "alerts snooze 2h",
    "did somebody stop 987": "history job 987",
    "who watches 987?": "987",
    **dict.fromkeys(("do you watch 987", "did you unwatch 987", "how do i watch 987", "should i stop 987"), "987"),
    "how do i stop 987": "987",
    "i have to stop 987": "stop 987",
    "stop both 48319 and 48320": "stop 48319 48320",
    "stop 987 2 jobs failed": "stop 987 2 jobs failed",
    "when will alerts be on": "alerts",
    "did you alert me when 987 failed": "987",
    "tell me when the last failed job was": "failed",
    "12:30 am": "since 12:30AM",
    "8 am": "since 8AM",
    "failed at 10 a.m.": "failed at 10AM",
    "8 am to 10 am": "8AM..10AM",
    "what am i watching": "watches",
    "alerts off until tomorrow": "alerts snooze until tomorrow",
    "snooze for an hour": "alerts snooze 1h",
    "snooze a day": "alerts snooze 1d",
    "failed since last night": "failed since last night",
    "since this morning": "since this morning",
    "since last weekend": "since last weekend",
    "since yesterday evening": "since yesterday evening",
    "since october": "since october",
    "since march 2022": "since march 2022",
    "yesterday 22:00-02:00": "yesterday 22:00..02:00",
    "22:00 yesterday to 02:00": "22:00 yesterday..02:00",
    "22:00-02:00 yesterday": "22:00..02:00 yesterday",
    "failed an hour ago": "failed last one hour",
    "a week ago": "one week ago",
    "2w ago": "2w ago",
    "oct": "oct",
    "dec": "dec",
    "apr": "apr",
    "failed december 2021": "failed december 2021",
    "may 2022": "may 2022",
    "past weekend": "past weekend",
    "next monday": "scheduled next monday",
    "next weekend": "scheduled next weekend",
    "next 24h": "scheduled next 24h",
    "what runs in the next hour": "scheduled next hour",
    "stop 48319,48320": "stop 48319 48320",
    "stop 48319,48320,48321 runaway": "stop 48319 48320 48321 runaway",
    "stop 48319 48320 runaway": "stop 48319 48320 runaway",
    "show 5 failed jobs": "failed",
    "what failed between 8 and 10": "failed 8:00..10:00",
    "failed between 8 and 10 yesterday": "failed 8:00..10:00 yesterday",
    "failed yesterday between 8 and 10pm": "failed 8PM..10PM yesterday",
    "what ran from 8:30 to 10": "8:30..10:00",
    "failures between 1 and 5 oct": "failed 1 oct..5 oct",
    "failed 1-5 oct": "failed 1 oct..5 oct",
    "failed oct 1 to 5 2022": "failed 1 oct 2022..5 oct 2022",
    "error 48347": "48347",
    **dict.fromkeys(("error of job 48347", "error log 48347", "error message of 48347"), "48347"),
    "what was the error of 48347?": "48347",
    "errors 30 min": "failed last 30 min",
    "next fetch of datastream 42": "scheduled datastream 42",
    "when does datastream 42 fetch next": "scheduled datastream 42",
    "fetch failed yesterday": "failed yesterday",
    "why did the fetch fail": "failed",
    "start time of 987": "987",
    "snooze until morning": "alerts snooze until morning",
    "snooze until tomorrow morning": "alerts snooze until tomorrow morning",
    "snooze until monday morning": "alerts snooze until monday morning",
    "mute until end of day": "alerts snooze until end of day",
    "snooze until next week": "alerts snooze until next week",
    "mute 987 until 18:00": "alerts snooze job 987 until 18:00",
    "mute job 987": "alerts snooze job 987",
    "snooze 987 2h": "alerts snooze job 987 2h",
    "alerts snooze datastream 42 until fixed": "alerts snooze datastream 42 until fixed",
    "snooze datastream 42 until it works again": "alerts snooze datastream 42 until fixed",
    "mute 987 until it's fixed": "alerts snooze job 987 until fixed",
    "alerts on failed for <!subteam^S0123AB|@data-oncall>": "alerts on failed for <!subteam^S0123AB>",
    "alerts on late datastream 42 for <!subteam^S0123AB>": "alerts on late datastream 42 for <!subteam^S0123AB>",
    "stop all alerts": "alerts off",
    "thanks": "thanks",
    "thank you so much!": "thanks",
    "thx": "thanks",
    "ty @jobbot": "thanks",
    "ok thanks, got it": "thanks",
    "nvm": "thanks",
    **dict.fromkeys(("ok", "got it", "good job", "all good", "nice"), "thanks"),
    **dict.fromkeys(("ok?", "all good?", "everything fine?"), "handover"),
    "ok help": "help lists",
    "anything broken?": "failed",
    "most recent failures": "failed",
    "how often did datastream 42 fail this week": "failed datastream 42 this week",
    "wtf is going on": "",
    "progress": "",
    **dict.fromkeys(("progress 987", "eta 987", "how far is 987", "how much longer will 987 take"), "987"),
    **dict.fromkeys(("why is 987 so slow", "why did 987 stop", "why was 987 stopped"), "987"),
    "who stopped 987 and why": "history job 987",
    "who did what last night": "history last night",
    "what did <@U024BE7LH|ana> stop": "history by <@U024BE7LH>",
    "what did <@U024BE7LH> do yesterday": "history by <@U024BE7LH> yesterday",
    "did anyone start 987": "history job 987",
    "did anything run today": "today",
    "has anything run since 3": "since 3:00",
    "recap last night": "timeline last night",
    "slowest jobs": "running longer than usual",
    "is datastream 42 paused?": "scheduled datastream 42",
    **dict.fromkeys(("last run of datastream 42", "last 3 runs of datastream 42"), "all datastream 42"),
    **dict.fromkeys(("previous fetch of datastream 42", "when did datastream 42 last run"), "all datastream 42"),
    "last 10 failed": "failed",
    "failed since 3": "failed since 3:00",
    **dict.fromkeys(("failed at 3", "failed around 3"), "failed at 3:00"),
    "failed yesterday at 3": "failed yesterday at 3:00",
    "since yesterday at 3": "since yesterday 3:00",
    "since 3 days": "last 3 days",
    "since 3 oct": "since 3 oct",
    **dict.fromkeys(("failed since 18 Uhr", "failed since 18 o’clock"), "failed since 18:00"),
    "failed since 18:30 Uhr": "failed since 18:30",
    "failed since 3am CET": "failed since 3AM CET",
    "failed 22:00-02:00 EST": "failed 22:00..02:00 EST",
    "27.10.22 bis 28.10.22": "27.10.22..28.10.22",
    "failed gestern": "failed gestern",
    "gestern fehlgeschlagen": "failed gestern",
    "heute": "heute",
    "pause datastream 42 bis 13 Uhr": "pause datastream 42 bis 13 uhr",
    "pause datastream 42 bis 8": "pause datastream 42 bis 8",
    "freeze bis 18 Uhr deploy": "freeze bis 18 uhr - deploy",
    "snooze bis 18 Uhr": "alerts snooze bis 18 Uhr",
    "failed 27. Oktober": "failed 27 oktober",
    "failed am Montag": "failed montag",
    **dict.fromkeys(("snooze until 8", "mute everything until 8"), "alerts snooze until 8"),
    "mute 987 until 8": "alerts snooze job 987 until 8",
    "snooze datastream 42 till 8 am": "alerts snooze datastream 42 till 8 am",
    "pause datastream 42 until 8": "pause datastream 42 until 8",
    "pause datastream 42 till 8 runaway": "pause datastream 42 till 8 runaway",
    "freeze until 8 deploy": "freeze until 8 - deploy",
    **dict.fromkeys(("alerts off for 2h", "alerts off 2h", "turn alerts off for 2 hours"), "alerts snooze 2h"),
    **dict.fromkeys(("silence everything", "snooze all"), "alerts snooze"),
    "stop alerting me": "alerts off",
    "tell me when datastream 42 is done": "alerts on ended datastream 42",
    "tell me when datastream 42 succeeds": "alerts on success datastream 42",
    "stop48319": "stop 48319",
    **dict.fromkeys(("unsnooze", "unmute the alerts", "end the snooze", "stop snooze"), "alerts on failed"),
    "unmute datastream 42": "alerts on failed datastream 42",
    **dict.fromkeys(("how do i unmute", "how do i end the snooze"), "help alerts"),
    **dict.fromkeys(("what is snoozed", "which alerts are snoozed"), "alerts"),
    "wake me up when 987 fails": "watch 987",
    "failed 2-3am": "failed 2AM..3AM",
    "failed so far today": "failed today",
    "48319/48320": "48319 48320",
    "failed/cancelled": "cancelled failed",
    "can i stop jobs?": "whoami stop",
    "can i stop 987": "stop 987",
}
"""A phrase, and what would be typed to say the same."""

OFFERED = {
    "rerun failed jobs": ["failed", "help fetch"],
    "restart": ["help fetch"],
    "stp 48472": ["stop 48472", "48472"],
    "stopp 48472": ["stop 48472", "48472"],
    "sotp 48472 it hangs": ["stop 48472 it hangs", "48472"],
    "shop 48472": ["48472"],
    "skill 987": ["987"],
    "top 987": ["987"],
    "step 987": ["987"],
    "unstop 987": ["987"],
    "nostop 987": ["987"],
    "watch 987 until it ends": ["watch 987"],
    "failed next monday": ["failed", "help times"],
    "stop": ["running", "help stop"],
    "stop the 3 running jobs": ["stop all running", "running", "help stop"],
    "stop 12 jobs": ["running", "help stop"],
    "stop 3 running": ["stop all running", "running", "help stop"],
    "watch 3 jobs": ["running", "help watch"],
    "let me know when the last run was": ["alerts on failed"],
    "alert me if something is wrong": ["alerts on failed"],
    "stop it": ["running", "help stop"],
    "how do i stop a job": ["running", "help stop"],
    "watch": ["running", "help watch"],
    "failed 987": ["987", "failed datastream 987"],
    "faild last night": ["failed last night"],
    "runing jobs": ["running"],
    "what failed tonight": ["failed last night", "help times"],
    "failed tomorrow": ["failed", "help times"],
    "since forever": ["help times"],
    "any problems today?": ["issues", "failed today"],
    "alerts on 987": ["alerts on failed", "watch 987"],
    "987 yesterday": ["987"],
    "workspace": ["help names"],
    "don't stop 987": ["987"],
    "not failed": ["", "help"],
    "lol": ["", "help"],
    "since next monday": ["help times"],
    "failed since next week": ["failed", "help times"],
    "snooze until fixed": ["help alerts"],
    "alerts on failed for @data-oncall": ["alerts on failed"],
    "alerts on for <@U024BE7LH|ana>": ["alerts on failed"],
    "alerts off for <!subteam^S0123AB>": ["alerts off"],
    "why did it stop": ["history"],
    "stop the runaway": ["running longer than usual", "running", "help stop"],
    "kill stuck jobs of datastream 42": [
        "running datastream 42 longer than usual",
        "running datastream 42",
        "help stop",
    ],
    "stop all its running jobs": ["running"],
    "stop all its still running jobs": ["running"],
    "failed heute morgen": ["failed heute"],
    "pause datastream 42 for 3": ["pause datastream 42 for 3h", "datastream 42", "help times"],
    "failed in emea": ['failed workspace "emea"', "failed"],
    "stop all jobs in emea": ["", 'stop all workspace "emea"'],
    "ping me when done": ["running", "help watch"],
    "snooze tiktok 2h": ["help alerts"],
    "alerts off for tiktok": ["help alerts"],
    "snooze datastream 42 for 3": ["help alerts"],
}
"""A phrase that is not understood, and what is one press away."""

NAMED = {
    "show me failed facebook jobs": 'failed datastream "facebook"',
    "failed jobs for facebook please": 'failed datastream "facebook"',
    "is facebook running": 'running datastream "facebook"',
    "why is facebook failing": 'failed datastream "facebook"',
    "status facebook": 'datastream "facebook"',
    "what about google my business": 'datastream "google my business"',
    "long running facebook": 'running datastream "facebook" longer than usual',
    "facebook running longer than 1h": 'running datastream "facebook" longer than 1h',
    "long tail failed": 'failed datastream "long tail"',
    "facebook us failed": 'failed datastream "facebook us"',
    "when is the next facebook run": 'scheduled datastream "facebook"',
    "when did facebook last run": 'all datastream "facebook"',
    "last 5 runs of facebook": 'all datastream "facebook"',
    "is facebook paused": 'scheduled datastream "facebook"',
    "disable facebook": 'pause datastream "facebook"',
    "pause facebook over night": 'pause datastream "facebook" over night',
    "why is facebook taking so long": 'running datastream "facebook" longer than usual',
    "unmute facebook": 'alerts on failed datastream "facebook"',
    "who paused facebook": 'history datastream "facebook"',
    "who disabled facebook": 'history datastream "facebook"',
    "who turned off facebook": 'history datastream "facebook"',
    "why did facebook stop": 'history datastream "facebook"',
    "why is the trade desk so slow": 'running datastream "trade desk" longer than usual',
    "how much longer for the trade desk": 'all datastream "trade desk"',
    "did the trade desk run today": 'datastream "trade desk" today',
    "tell me when facebook is done": 'alerts on ended datastream "facebook"',
    "pause facebook heute": 'pause datastream "facebook" heute',
    "pause facebook bis 13 Uhr": 'pause datastream "facebook" bis 13 uhr',
    "who started the trade desk?? its been running for hours": 'running datastream "trade desk" longer than 1h',
    "mute facebook until 8": 'alerts snooze datastream "facebook" until 8',
    "C&amp;A failed": 'failed datastream "C&amp;A"',
    "facebook/instagram failed": 'failed datastream "facebook/instagram"',
    "L’Oréal yesterday": 'datastream "L’Oréal" yesterday',
    "who stopped facebook": 'history datastream "facebook"',
    "restart facebook": 'fetch datastream "facebook"',
    "next fetch of facebook": 'scheduled datastream "facebook"',
    "when is the next facebook fetch": 'scheduled datastream "facebook"',
    "the facebook fetch failed": 'failed datastream "facebook"',
    "snooze facebook until it works again": 'alerts snooze datastream "facebook" until fixed',
    "notify me when facebook fails": 'alerts on failed datastream "facebook"',
}
"""A phrase with words that nobody knows, and what is meant if they are a datastream's name."""


@each(("phrase", "meant"), UNDERSTOOD.items())
def test_what_is_understood(phrase: str, meant: str) -> None:
    found = typed(phrase)

    assert not isinstance(found, Misread), found
    assert as_said(found) == meant
    assert typed(canonical(found)) == found


@each(("phrase", "offers"), OFFERED.items())
def test_what_is_offered(phrase: str, offers: list[str]) -> None:
    assert [as_said(offer) for offer in misread(phrase).offers] == offers


@each(("phrase", "meant"), NAMED.items())
def test_what_is_meant_by_a_name(phrase: str, meant: str) -> None:
    named = misread(phrase).named

    assert named is not None
    assert as_said(named) == meant


def test_thanks_with_a_question_are_a_question() -> None:
    assert typed("thanks, what is running?") == typed("running")
    assert typed("thanks") == NoQuestion()
    assert isinstance(typed("thanks, now stop 987"), StopJob)


def test_what_was_wanted_of_several_or_by_name_is_said() -> None:
    assert listed("watch 48470 48471").wanted == "watch"
    assert listed("retry 48470 48471").wanted == "retry"
    assert listed('retry "trade desk"').wanted == "retry"
    assert listed("fetch again 48470 48471").wanted == "fetch"
    assert listed("48470 48471").wanted == ""
    assert misread("show facebook failed").named == listed('failed "facebook"')
    assert getattr(misread("show facebook failed").named, "wanted", None) == ""
    assert getattr(misread("stop facebook").named, "wanted", None) == "stop"


@each("phrase", ["stop it", "kill it", "who stopped it", "is it done?", "retry it", "why did it fail"])
def test_a_pronoun_is_no_name(phrase: str) -> None:
    assert misread(phrase).named is None
    assert misread("show IT failed").named is not None


def test_a_night_is_the_one_that_was_meant() -> None:
    night = Between(utc("2022-11-01 17:00:00"), utc("2022-11-02 04:59:59"))
    assert ranged("last night") == night

    at_three = NOW.replace(hour=2)
    assert ranged("last night", now=at_three) == ranged("tonight", now=at_three) == night
    assert ranged("this night", now=at_three) == night
    assert ranged("last night", now=NOW.replace(hour=21)) == night


@pytest.mark.parametrize(
    ("zone", "read"),
    [("Europe/Vienna", "day/month"), ("America/New_York", "month/day"), ("Asia/Kathmandu", "day/month")],
)
def test_a_date_of_two_orders_is_read_as_people_there_do_and_says_so(zone: str, read: str) -> None:
    found = ranged("01/06/2022", zone=zone)

    assert isinstance(found, Between)
    assert found.order == read
    assert found.start.astimezone(ZoneInfo(zone)).month == (6 if read == "day/month" else 1)


def test_of_two_orders_the_one_that_has_begun_is_meant() -> None:
    found = ranged("10/11/2022")

    assert isinstance(found, Between)
    assert (found.order, found.start) == ("month/day", utc("2022-10-10 22:00"))
    unambiguous = ranged("10/31/2022")
    assert isinstance(unambiguous, Between)
    assert unambiguous.order == ""


def test_what_is_planned_is_scheduled_and_what_is_over_lies_in_the_past() -> None:
    assert listed("tomorrow") == listed("scheduled tomorrow")
    assert isinstance(typed("running tomorrow"), ListJobs)
    assert isinstance(typed("history tomorrow"), Misread)
    assert isinstance(typed("alerts on tomorrow"), Misread)


def test_the_job_that_is_nearly_stopped_is_asked_about_where_it_was_typed() -> None:
    assert misread("stp 987 in staging").offers[0] == StopJob(job=JOB, instance="staging")


def test_a_moment_to_come_is_no_moment_that_was() -> None:
    assert isinstance(typed("snooze until yesterday"), Misread)
    assert typed("snooze till 18:00", now=datetime.fromisoformat("2022-11-02T17:30:00Z")) == typed("snooze 23h30m")
    # Not a moment before it, which would be said as 17:59.
    assert typed("snooze till 18:00", now=datetime.fromisoformat("2022-11-02T17:30:00.700Z")) == typed("snooze 23h30m")


@pytest.mark.parametrize(
    "phrase",
    [
        *("running less than 1h", "running under 1h", "isn't running", "isn’t running", "which jobs haven't finished"),
        *("unfinished", "what hasn't run today", "what hasnt run today", "no longer running", "no jobs running?"),
        *("nothing running", "why isn't facebook running", "other failed jobs", "unsuccessful jobs", "none failed"),
    ],
)
def test_what_is_turned_round_is_never_offered_without_its_turn(phrase: str) -> None:
    found = misread(phrase)

    assert (found.suggestion, found.named) == (None, None)
    assert [as_said(offer) for offer in found.offers] == ["", "help"]


@each("phrase", ["snooze until dawn", "watch 987 until it ends", "unfinished", "top 987", "failed no"])
def test_no_word_is_near_itself_or_its_opposite(phrase: str) -> None:
    assert all(getattr(problem, "nearest", None) is None for problem in misread(phrase).problems)


def test_a_datastream_may_be_called_like_a_comparison() -> None:
    assert getattr(misread("under armour failed").named, "datastream", None) == "under armour"
