"""Everything jobbot can say, once each, as name -> Message or Modal. ``words`` makes every string from outside.

Snapshots pin it, Slack's limits are held against it, and hostile words are put through all of it.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jobbot.access import Allowed, Channel, Facts, Home, Person, Refused, decide
from jobbot.access.policy import ACTS, ChannelRule, Need, Policy, Where
from jobbot.access.reasons import (
    DirectMessage,
    GuestMayNot,
    LookupFailed,
    NotAPerson,
    NotHere,
    NotShared,
    NotThisInstance,
    NotThisWorkspace,
    NotYou,
    Outsider,
    Reason,
    TwoPeople,
    WrongChannel,
)
from jobbot.adverity.around import Around, Brought, NextFetch, NotKnown, Off, OpenIssues, Upcoming, Waiting, Why
from jobbot.adverity.errors import (
    AdverityError,
    Busy,
    CutShort,
    Forbidden,
    InvalidRequest,
    NotFound,
    NotReadable,
    NotStoppable,
    OptionalRead,
    Unauthorised,
    Unexpected,
    Unreachable,
)
from jobbot.adverity.key_seen import KeySeen
from jobbot.adverity.model import (
    OVER,
    Datastream,
    DatastreamId,
    Days,
    Issue,
    Job,
    JobId,
    Priority,
    State,
    Workspace,
    WorkspaceId,
)
from jobbot.adverity.streak import Streak
from jobbot.adverity.usual_duration import TooFew, Usual
from jobbot.adverity.waiting import waiting_behind
from jobbot.flows.following import matters
from jobbot.flows.following.matters import Hit
from jobbot.intents.model import (
    Acknowledge,
    BadNumber,
    BadRange,
    Between,
    DoesNotFit,
    FetchAgain,
    Freeze,
    Help,
    History,
    Issues,
    Last,
    ListJobs,
    Misread,
    MissingDatastream,
    MissingNumber,
    MissingSwitch,
    Offered,
    PauseSchedule,
    Problem,
    ResumeSchedule,
    Retry,
    SaidTwice,
    ShowJob,
    Sign,
    Since,
    StopJob,
    StopSeveral,
    Timeline,
    TooManyJobs,
    Topic,
    UnknownGroup,
    UnknownInstance,
    UnknownPerson,
    UnknownWord,
    WatchJob,
    WhereOrWhy,
    Wondered,
)
from jobbot.interaction import Interaction, Typed
from jobbot.render import alert_settings, alerts, finding, frozen, notices, outages, watching
from jobbot.render.acts import fetch as fetch_words
from jobbot.render.acts import (
    fetch_window,
    message,
    retry,
    retry_window,
    review,
    schedule,
    schedule_window,
    several_window,
    stop_window,
    window,
)
from jobbot.render.acts import several as several_words
from jobbot.render.acts import stop as stop_words
from jobbot.render.acts.fetch_window import FetchQuestion
from jobbot.render.acts.message import RequestFate
from jobbot.render.acts.several import Several, StopOfOne
from jobbot.render.acts.several_window import SeveralQuestion
from jobbot.render.alert_entry import EMPTY, Entry, entry, late_entry
from jobbot.render.alert_settings import AlertSettings, Quiet
from jobbot.render.asked import Asked, Asker
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message, Modal, modal
from jobbot.render.blockkit.inputs import choice_field
from jobbot.render.blockkit.text import moment
from jobbot.render.card import Card, render_card, render_card_below
from jobbot.render.earlier_stops import DoneAbout, EarlierStop, StopResult
from jobbot.render.errors import render_error
from jobbot.render.handover import Failing, HandoverFacts, render_handover
from jobbot.render.help import render_help
from jobbot.render.history import HistoryPage, PastAct, render_history
from jobbot.render.home import Place, render_home, render_home_refused
from jobbot.render.issues import IssueList, render_issues
from jobbot.render.jobs import Names, title, titled
from jobbot.render.listing import Listing, render_listing
from jobbot.render.matters import Matter
from jobbot.render.misread import render_greeting, render_misread
from jobbot.render.naming import job_is_of
from jobbot.render.offered import Done, as_now
from jobbot.render.paused import PausedList, PausedSchedule, render_paused
from jobbot.render.preview import Preview, render_preview
from jobbot.render.refusals import refusal, refusal_in_words, render_refusal
from jobbot.render.timeline.markdown import render_copy
from jobbot.render.timeline.message import render_timeline
from jobbot.render.timeline.model import Happening, TimelinePage, grouped
from jobbot.render.trace import refusal_in_window, render_why
from jobbot.render.whoami import render_whoami

NOW = datetime(2026, 3, 14, 9, 42, 5, tzinfo=UTC)
STOP = frozenset({Need.STOP})
BOTH = STOP | {Need.WATCH}
BASE = "https://acme.datatap.adverity.com"

Words = Callable[[str], str]
Said = Message | Modal


def as_given(text: str) -> str:
    """The words of the ordinary day."""
    return text


def job(words: Words, number: int = 987, state: str = "Running", **fields: object) -> Job:
    """A job whose every string comes from outside."""
    given: dict[str, object] = {
        "id": number,
        "state_label": state,
        "progress": 62,
        "job_start": (NOW - timedelta(minutes=12)).isoformat(),
        "manual": True,
        "datastream": {"id": 42, "name": words("Facebook Ads EU")},
        "creator": words("tom.keller@acme.example"),
        **fields,
    }
    return Job.model_validate(given)


def ended(words: Words, state: str = "Success", number: int = 987) -> Job:
    """A job that is over."""
    issues = [{"message": words(f"issue {n}"), "type_label": words("API limit"), "url": "/x/"} for n in range(1, 6)]
    return job(words, number, state, job_end=NOW.isoformat(), issues=issues if state == "Failed" else [], progress=100)


def names(words: Words) -> Names:
    """The names that were looked up."""
    workspace = Workspace(id=WorkspaceId(4), name=words("acme"))
    stream = Datastream(id=DatastreamId(42), name=words("Facebook Ads EU"), workspace=workspace, page="/acme/42/")
    return Names(BASE, {DatastreamId(42): stream})


FAR = Usual(runs=12, median=timedelta(minutes=1), low=timedelta(seconds=50), high=timedelta(seconds=70))
SLOW = Usual(runs=5, median=timedelta(minutes=20), low=timedelta(minutes=18), high=timedelta(minutes=24))
USUAL = Usual(runs=12, median=timedelta(minutes=10), low=timedelta(minutes=9), high=timedelta(minutes=14))
NEXT = NextFetch(at=NOW + timedelta(minutes=18))
PAUSED = Off(by="U0BEN", until=NOW + timedelta(hours=2))
UNKNOWN = NotKnown(why=Why.FORBIDDEN)


def open_issues(words: Words, count: int = 5) -> OpenIssues:
    """What is open, in Adverity's words."""
    given = {
        "message": words("The access token has expired."),
        "error_cause_label": words("Authorization invalid"),
        "error_resolution_label": words("Authorize the connection"),
        "extraction_stage_label": words("Fetch"),
        "type_label": words("Authorization"),
        "start": (NOW - timedelta(hours=4)).isoformat(),
        "datastream": {"id": 42, "name": words("Facebook Ads EU")},
        "url": "/acme/issues/11/",
    }
    issues = [Issue.model_validate({**given, "id": number, "occurrences": number}) for number in range(1, count + 1)]
    other = {**given, "error_cause_label": "", "error_resolution_label": words("Raise the quota"), "url": "/api/x/"}
    return OpenIssues(issues=(*issues, Issue.model_validate(other)))


def gallery(words: Words = as_given) -> Iterator[tuple[str, Said]]:
    """All of it."""
    yield from _lists(words)
    yield from _cards(words)
    yield from _stops(words)
    yield from _modals(words)
    yield from _fetches(words)
    yield from _several(words)
    yield from _retries(words)
    yield from _schedules(words)
    yield from _reviews(words)
    yield from _frozen(words)
    yield from _handovers(words)
    yield from _refusals()
    yield from _rights(words)
    yield from _errors(words)
    yield from _mistakes(words)
    yield from _history(words)
    yield from _timeline(words)
    yield from _notices(words)
    yield from _watches(words)
    yield from _alerts(words)
    yield from _outages(words)
    yield from _around(words)
    yield from _from_anywhere(words)


def _from_anywhere(words: Words) -> Iterator[tuple[str, Said]]:
    """Shortcuts, previews, the Home tab."""
    yield "modal find jobs", finding.find_window()
    yield "modal find jobs, nowhere", finding.find_refused(finding.nowhere())
    yield "modal find jobs, whereabouts not told", finding.find_refused(finding.whereabouts_not_told())
    found = [("acme", 42, words("Facebook Ads EU")), ("staging", 43, words("Google Ads"))]
    offered = json.loads(finding.options_in_json(found))["options"]
    field = choice_field(finding.DATASTREAM, "Datastream", offered)
    yield "modal find jobs, what is offered", modal("find_jobs", "Find", [field], metadata="", close="x", submit="y")
    named = [(42, words("Facebook Ads EU")), (43, ""), *((number, words("Google Ads")) for number in range(50, 55))]
    yield "named here, several", finding.named_streams(named, "acme")
    yield "named here, one beside jobs", finding.named_streams(named[:1], "acme")
    yield "named here, nothing", finding.nothing_named()
    failed = ended(words, "Failed", 986)
    jobs = (job(words), failed, ended(words, "Success", 985))
    shown = Preview(datastream=DatastreamId(42), name=words("Facebook Ads EU"), instance="acme", jobs=jobs, as_of=NOW)
    yield "preview", render_preview(shown, now=NOW)
    yield "preview without runs", render_preview(replace(shown, jobs=(), name=""), now=NOW)
    places = [Place("C0INC", frozenset(Need)), Place("C0READ", frozenset({Need.VIEW}))]
    for name, listed, more, is_told in (
        ("home", places, 0, True),
        ("home, many channels", places, 12, True),
        ("home, nowhere", [], 0, True),
        ("home, whereabouts not told", [], 0, False),
    ):
        yield name, render_home(listed, more=more, is_told=is_told, command="/jobs")
    yield "home refused", render_home_refused(refusal_in_words(Outsider()))


def _around(words: Words) -> Iterator[tuple[str, Said]]:
    """What stands around a job, wherever it stands."""
    ana, shown_names = Asker("U0ANA"), names(words)
    days: dict[str, object] = {"range_start": "2026-03-01", "range_end": "2026-03-13"}
    running, load = job(words, 987, "Running", **days), job(words, 986, "Running", type=words("Load"), **days)
    all_unknown = Around(usual=UNKNOWN, next_fetch=UNKNOWN, issues=UNKNOWN, brought=UNKNOWN)
    listing = _listing(words, (running, load), Asked(ListJobs(), None, None, "Europe/Vienna"))
    far_first = replace(listing, around={running.id: Around(usual=FAR)})
    yield (
        "list far longer than usual",
        render_listing(far_first, now=NOW, asker=ana, offers=STOP, offer_share=False, command="/jobs"),
    )
    cards = {
        "usual": (running, Around(usual=USUAL, next_fetch=NEXT)),
        "far longer than usual": (running, Around(usual=FAR, next_fetch=NextFetch(at=None))),
        "in a row": (
            ended(words, "Failed"),
            Around(streak=Streak(failures=2, last_success=NOW - timedelta(hours=16)), usual=USUAL),
        ),
        "others wait": (running, Around(usual=USUAL, waiting=Waiting(jobs=(JobId(988), JobId(989))))),
        "too few runs": (load, Around(usual=TooFew(comparable=3), next_fetch=NEXT)),
        "open issues": (ended(words, "Failed"), Around(issues=open_issues(words), next_fetch=NEXT, usual=USUAL)),
        "extracts": (ended(words), Around(brought=Brought(extracts=2, rows=12_340), next_fetch=NEXT)),
        "empty": (ended(words), Around(brought=Brought(extracts=2, rows=0))),
        "nothing readable": (ended(words), all_unknown),
        "schedule paused": (running, Around(usual=USUAL, next_fetch=PAUSED)),
        "schedule off": (ended(words), Around(next_fetch=Off())),
    }
    for name, (one, around) in cards.items():
        card = Card(job=one, instance="acme", as_of=NOW, names=shown_names, around=around)
        offers = {*STOP, Need.PAUSE}
        yield f"card {name}", render_card(card, now=NOW, asker=ana, offers=offers, offer_share=False)
    for result in StopResult:
        earlier = EarlierStop("U0BEN", NOW - timedelta(minutes=5), words("runaway fetch"), result)
        with_stop = replace(listing, jobs=(running,), total=1, stops={running.id: earlier})
        yield (
            f"list stop {result}",
            render_listing(with_stop, now=NOW, asker=ana, offers=STOP, offer_share=False, command="/jobs"),
        )
        for one in (running, ended(words, "Cancelled"), ended(words)):
            card = Card(job=one, instance="acme", as_of=NOW, names=shown_names, stop=earlier)
            yield (
                f"card {one.state}, stop {result}",
                render_card(card, now=NOW, asker=ana, offers=STOP, offer_share=False),
            )
    title_ = title(running, shown_names)
    for name in ("open issues", "extracts"):
        one, around = cards[name]
        yield (
            f"watch ended, {name}",
            watching.ended(title_, one, "acme", ["U0ANA"], now=NOW, around=around),
        )
    for name, (one, around) in {"usual": cards["usual"], "far": cards["far longer than usual"]}.items():
        yield (
            f"modal confirm, {name}",
            stop_window.confirm(
                one,
                shown_names,
                NOW,
                followups=(JobId(988),),
                around=around,
                reason="",
                reason_required=False,
                metadata="x",
            ),
        )
    unknown = Around(usual=UNKNOWN, next_fetch=UNKNOWN)
    yield (
        "modal confirm, no fetch and nothing readable",
        stop_window.confirm(
            load, shown_names, NOW, followups=(), around=unknown, reason="", reason_required=False, metadata="x"
        ),
    )
    stop = _stop(words)
    ways: dict[str, Upcoming] = {
        "next fetch": NEXT,
        "schedule paused": PAUSED,
        "no next fetch": NextFetch(at=None),
        "unknown": UNKNOWN,
    }
    for name, next_fetch in ways.items():
        told = replace(stop, next_fetch=next_fetch, told_at=NOW)
        yield f"stop 1 stopped, {name}", stop_words.stopped(told, job(words, 987, "Cancelled", **days), NOW)
        yield f"stop 2 too late, {name}", stop_words.too_late(told, ended(words))
    yield from _around_alerts(words)
    asked = Issues()
    for name, found, question in (
        ("some", open_issues(words), asked),
        ("many", open_issues(words, 30), asked),
        ("of a datastream", open_issues(words, 1), Issues(datastream=DatastreamId(42))),
        ("none", OpenIssues(issues=()), asked),
    ):
        list_ = IssueList(
            asked=question, instance="acme", base_url=BASE, issues=found.issues, complete=name != "many", as_of=NOW
        )
        yield f"issues {name}", render_issues(list_, asker=ana, offer_share=name == "some")


def _around_alerts(words: Words) -> Iterator[tuple[str, Said]]:
    running = job(words)
    several = [
        _matter(late_entry(running.model_copy(update={"id": number, "datastream": None}), FAR, names(words), NOW))
        for number in range(1, 10)
    ]
    late_one = _matter(late_entry(running, FAR, names(words), NOW))
    failed = _matter(entry(ended(words, "Failed"), names(words), NOW, Around(issues=open_issues(words))))
    succeeded = _matter(entry(ended(words), names(words), NOW, Around(brought=Brought(extracts=2, rows=12_340))))
    nothing = _matter(entry(ended(words), names(words), NOW, empty=True))
    yield "alert late", alerts.late([late_one], "acme", alert=ALERT)
    yield "alert late, many", alerts.late(several, "acme", alert=ALERT)
    yield "alert one, open issues", alerts.one(failed, "acme", alert=ALERT)
    yield "alert one, extracts", alerts.one(succeeded, "acme", alert=ALERT)
    yield "alert empty", alerts.one(nothing, "acme", alert=ALERT)
    yield "alert empty, many", alerts.many([nothing, failed], "acme", alert=ALERT)
    yield "alert rows, open issues", alerts.rows([failed] * alerts.ROWS, "acme")
    yield "alert empty cannot be read", alerts.cannot_weigh("acme", UNKNOWN)
    late = replace(_alert(words), states=frozenset(), signs=frozenset({Sign.LATE}))
    yield "alerts on, late", alert_settings.switched_on(late, now=NOW)
    yield "alerts on, all", alert_settings.switched_on(replace(_alert(words), signs=frozenset(Sign)), now=NOW)


def _listing(words: Words, jobs: tuple[Job, ...], asked: Asked, **fields: object) -> Listing:
    given: dict[str, object] = {
        "asked": asked,
        "instance": "acme",
        "jobs": jobs,
        "page": 1,
        "total": len(jobs),
        "complete": True,
        "as_of": NOW,
        "names": names(words),
        **fields,
    }
    return Listing(**given)  # type: ignore[arg-type] # the gallery's own keywords


def _lists(words: Words) -> Iterator[tuple[str, Said]]:
    ana, plain = Asker("U0ANA"), Asked(ListJobs(), None, None, "Europe/Vienna")
    day = Between(NOW - timedelta(days=1), NOW, words("yesterday"))
    failed = ListJobs(states=frozenset({State.FAILED}), datastream=DatastreamId(42), range=day)
    three = (job(words), job(words, 988, "Scheduled", progress=0, job_start=None), job(words, 989, words("Paused")))
    page = tuple(job(words, 10**15 + n) for n in range(15))
    yesterday = Asked(failed, NOW - timedelta(days=1), NOW, words("Europe/Vienna"))
    assumed = Asked(
        ListJobs(states=frozenset({State.FAILED})), NOW - timedelta(hours=24), NOW, None, assumed_range=True
    )
    last = Asked(ListJobs(range=Last(timedelta(hours=6))), NOW - timedelta(hours=6), NOW, None)
    since = Asked(ListJobs(range=Since(NOW, words("since monday"))), NOW - timedelta(days=3), NOW, words("Asia/Tokyo"))

    def shown(listing: Listing, *, offers: Collection[Need] = STOP, offer_share: bool = False) -> Message:
        now = NOW + timedelta(seconds=3)
        return render_listing(listing, now=now, asker=ana, command="/jobs", offers=offers, offer_share=offer_share)

    yield "list three", shown(_listing(words, three, plain))
    yield "list of what is going on, folded", folded(words)
    yield "list three without stop", shown(_listing(words, three, plain), offers=())
    yield "list page two of three", shown(_listing(words, page, plain, page=2, total=37))
    yield "list incomplete to share", shown(_listing(words, page, last, total=2500, complete=False), offer_share=True)
    yield "list with unreadable entries", shown(_listing(words, three, plain, unreadable=1))
    yield "list of unreadable entries alone", shown(_listing(words, (), plain, unreadable=12))
    yield "list failed yesterday", shown(_listing(words, (ended(words, "Failed"),), yesterday))
    yield "list failed, range assumed", shown(_listing(words, (ended(words, "Failed"),), assumed))
    long_running = ListJobs(states=frozenset({State.RUNNING}), longer="usual", range=day)
    long_ = Asked(long_running, NOW - timedelta(days=1), NOW, "UTC")
    several = Asked(ListJobs(jobs=(JobId(987), JobId(988)), wanted="stop"), None, None, None)
    order = Between(NOW - timedelta(days=1), NOW, words("10/11/2022"), "day/month")
    to_come = Between(NOW + timedelta(hours=14), NOW + timedelta(hours=38), "tomorrow")
    scheduled = frozenset({State.SCHEDULED})
    planned = ListJobs(states=scheduled, range=to_come)
    tomorrow = Asked(planned, to_come.start, to_come.end, "Europe/Vienna", to_come=True)
    of_one = Asked(ListJobs(states=scheduled, datastream=DatastreamId(42)), None, None, None)
    slashed = Asked(ListJobs(range=order, longer=timedelta(hours=1)), order.start, order.end, "Europe/Vienna")
    yield "list of long running", shown(_listing(words, three[:1], long_))
    yield "list of long running, none", shown(_listing(words, (), long_, stream=words("Facebook")))
    yield "list of several", shown(_listing(words, three[:1], several, missing=(JobId(988),)))
    yield "list of several, none", shown(_listing(words, (), several, missing=(JobId(987), JobId(988))))
    yield "list of several without stop", shown(_listing(words, three[:1], several), offers=())
    watched, retried = (
        Asked(ListJobs(datastream=DatastreamId(42), wanted=wanted), None, None, None) for wanted in ("watch", "retry")
    )
    row = (Need.STOP, Need.WATCH, Need.RETRY)
    yield "list watch by name", shown(_listing(words, (job(words, 987),), watched), offers=row)
    yield "list retry by name", shown(_listing(words, (job(words, 987, "Failed"),), retried), offers=row)
    named = Asked(ListJobs(datastream=DatastreamId(42), wanted="stop"), None, None, None)
    yield "list of a name to stop, none", shown(_listing(words, (), named))
    yield "list of an ambiguous date", shown(_listing(words, (ended(words, "Failed"),), slashed))
    yield "list of no datastream", shown(_listing(words, (), yesterday, no_such_stream=True))
    soon = NextFetch(at=NOW + timedelta(hours=6))
    yield "list of tomorrow", shown(_listing(words, (), tomorrow, undated=3))
    yield "list of what is scheduled of a datastream", shown(_listing(words, (), of_one, next_fetch=soon))
    paused, may = _listing(words, (ended(words),), of_one, next_fetch=PAUSED), {*STOP, Need.PAUSE}
    yield "list of a datastream whose schedule is paused", shown(paused, offers=may)
    yield "list since", shown(_listing(words, (ended(words),), since))
    yield "list nothing now", shown(_listing(words, (), plain))
    yield "list nothing in range", shown(_listing(words, (), yesterday))
    yield "list nothing lately", shown(_listing(words, (), last))


def folded(words: Words) -> Message:
    """Nine jobs as in the sketch: one far longer than usual, two that wait behind it, one behind another one."""
    long = job(words, 48319, progress=10, job_start=(NOW - timedelta(hours=5, minutes=21)).isoformat())
    others = tuple(
        job(words, number, progress=5 + number % 90, datastream={"id": number % 100, "name": words(f"Stream {number}")})
        for number in (48349, 48355, 48352, 48358, 48360)
    )
    scheduled: dict[str, object] = {"progress": 0, "job_start": None, "manual": False, "creator": None}
    waiting = tuple(job(words, number, "Scheduled", **scheduled) for number in (48343, 48346))
    stream = {"id": 49, "name": words("Stream 48349")}
    alone = job(words, 48361, "Scheduled", datastream=stream, **scheduled)
    jobs = (long, *others, *waiting, alone)
    listing = _listing(
        words,
        jobs,
        Asked(ListJobs(), None, None, "Europe/Vienna"),
        around={long.id: Around(usual=SLOW)},
        waiting=waiting_behind(jobs),
        counts={State.RUNNING: 6, State.SCHEDULED: 3},
    )
    return render_listing(listing, now=NOW, asker=Asker("U0ANA"), offers=BOTH, offer_share=False, command="/jobs")


def _cards(words: Words) -> Iterator[tuple[str, Said]]:
    bare = Job.model_validate({"id": 987})
    cases = {
        "running": job(words),
        "failed": ended(words, "Failed"),
        "unknown state": job(words, 987, words("Paused")),
        "nothing known": bare,
    }
    for name, one in cases.items():
        card = Card(job=one, instance="acme", as_of=NOW, names=names(words))
        asker = Asker("U0ANA", again=name == "failed")
        yield (
            f"card {name}",
            render_card(card, now=NOW, asker=asker, offers=STOP, offer_share=name == "failed"),
        )
    yield from _cards_of_what_is_over(words)


def _cards_of_what_is_over(words: Words) -> Iterator[tuple[str, Said]]:
    """With what can be done about the job, or was done."""
    links = {"job_id": JobId(987), "retry_url": "/api/errors/1/retry/", "ack_url": "/api/errors/1/ack/"}
    issue = open_issues(words, 1).issues[0].model_copy(update=links)
    failed = job(words, 987, "Failed", range_start="2026-03-01", range_end="2026-03-13", job_end=NOW.isoformat())
    around = Around(issues=OpenIssues(issues=(issue,)))
    card = Card(job=failed, instance="acme", as_of=NOW, names=names(words), around=around)
    ways = {
        "nothing yet": None,
        "fetching": DoneAbout("fetch", "U0BEN", NOW, is_done=False),
        "fetched": DoneAbout("fetch", "U0BEN", NOW, is_done=True, jobs=(991,)),
        "retried": DoneAbout("retry", "U0BEN", NOW, is_done=True, jobs=(991, 992)),
        "acknowledged": DoneAbout("acknowledge", "U0BEN", NOW, is_done=True),
    }
    for name, done in ways.items():
        shown = replace(card, done=done)
        offers = frozenset({Need.FETCH, Need.RETRY})
        said = render_card(shown, now=NOW, asker=Asker("U0ANA"), offers=offers, offer_share=False)
        yield f"card over, {name}", said
    yield from _offers(words, card)


def _offers(words: Words, card: Card) -> Iterator[tuple[str, Said]]:
    """What messages of a failed job offer, and what is left of it once it was done."""
    failed, around, title_ = card.job, card.around, title(card.job, card.names)
    told = watching.ended(title_, failed, "acme", ["U0ANA"], now=NOW, around=around)
    alert = alerts.one(_matter(entry(failed, names(words), NOW, around)), "acme", alert=ALERT)
    retried = Done(kind="retry", user_id="U0BEN", at=NOW, job=987, datastream=42, jobs=(991,))
    fetched = Done(kind="fetch", user_id="U0ANA", at=NOW, datastream=42)
    paused = Done(kind="pause", user_id="U0BEN", at=NOW, datastream=42)
    everything = frozenset(Need)
    yield "watch ended, to act on", told
    yield "watch ended, fetched since", as_now(told, [fetched], everything)
    yield "alert one, to act on", alert
    yield (
        "alert one, retried and on it",
        as_now(alerts.marked(alert, ALERT, "acme", [("U0ANA", NOW)], []), [retried], everything),
    )
    yield "alert rows, to act on", alerts.rows([_matter(entry(failed, names(words), NOW, around))], "acme")
    yield "alert one, where nothing may be done", as_now(alert, [], {Need.VIEW})
    begun = fetch_words.started(_fetch(words), [failed], NOW)
    yield "fetch with its card, failed", render_card_below(begun, card, now=NOW)
    stop = replace(_stop(words), datastream=42, next_fetch=NEXT, told_at=NOW, offers_pause=True)
    stopped = stop_words.stopped(stop, ended(words, "Cancelled"), NOW)
    yield "stop 1 stopped, paused since", as_now(stopped, [paused], everything)
    issue = around.issues.issues[0] if isinstance(around.issues, OpenIssues) else None
    assert issue is not None
    for name, count in (("few", 2), ("many", 16)):
        own = tuple(issue.model_copy(update={"id": n, "job_id": JobId(980 + n)}) for n in range(1, count + 1))
        list_ = IssueList(asked=Issues(), instance="acme", base_url=BASE, issues=own, complete=True, as_of=NOW)
        shown = render_issues(list_, asker=Asker("U0ANA"), offer_share=False, offers=everything)
        yield f"issues to act on, {name}", shown
        one = replace(retried, job=981)
        yield f"issues to act on, {name}, one retried since", as_now(shown, [one], everything)


def _watches(words: Words) -> Iterator[tuple[str, Said]]:
    card = Card(job=job(words), instance="acme", as_of=NOW, names=names(words))
    notes = {
        "watched": "",
        "busy": watching.trouble("Busy", NOW),
        "down": watching.trouble("Unreachable", NOW),
        "odd": watching.trouble("Unexpected", NOW),
        "old": watching.no_longer_live(),
    }
    for name, note in notes.items():
        watchers = ["U0ANA", "U0BOSS", "U0ANA"] if name == "watched" else ["U0ANA"] * 30
        message = render_card(
            card,
            now=NOW,
            asker=Asker("U0ANA"),
            offers=BOTH,
            offer_share=False,
            watchers=watchers,
            note=note,
        )
        yield f"card {name}", message
    title_ = title(job(words), names(words))
    issues = [{"message": words("no data"), "type_label": words("Load"), "url": ""} for _ in range(5)]
    failed = ended(words, "Failed").model_copy(update={"issues": job(words, issues=issues).issues})
    yield "watch begun", watching.begun(title_, in_thread=False)
    yield "watch begun in a thread", watching.begun(title_, in_thread=True)
    yield "watch already", watching.waits_already(title_)
    yield "watch taken back", watching.taken_back(987, there_were=True)
    yield "watch not there", watching.taken_back(987, there_were=False)
    told = watching.ended(title_, failed, "acme", ["U0ANA", "U0BOSS"], now=NOW)
    yield "watch ended", told
    yield "watch ended while away", watching.ended(title_, ended(words), "acme", ["U0ANA"], now=NOW, away=True)
    yield "watch over already", watching.over_already(title_, failed, "acme", "U0ANA", now=NOW)
    yield "watch not found", watching.vanished(title_, "acme", ["U0ANA"], now=NOW)
    many = [f"{number}, like {title_}" for number in range(25)]
    yield "watch without instance", watching.not_set_up(words("acme"), many, ["U0ANA"], is_card=True, alerts=True)
    yield "watch told perhaps again", watching.maybe_repeated(told)
    waiting = [
        watching.Waiting(job=n, name=title_, instance="acme", user_id="U0ANA", since=NOW, in_thread=n % 2 == 0)
        for n in range(1, 31)
    ]
    yield "watches", watching.listed(waiting, [_alert(words)], now=NOW)
    yield "watches, only alerts", watching.listed([], [_alert(words, snoozed=True)] * 30, now=NOW)
    yield "watches, none", watching.listed([], [], now=NOW)


ALERT = "a" * 32
"""The id of an alert's message."""


def _alert(words: Words, *, states: frozenset[State] = OVER, snoozed: bool = False) -> AlertSettings:
    return AlertSettings(
        instance="acme",
        datastream=42 if snoozed else None,
        states=states,
        user_id="U0ANA",
        since=NOW,
        snoozed_until=NOW + timedelta(hours=2) if snoozed else None,
        snoozed_by="U0BOSS" if snoozed else "",
    )


def _outages(words: Words) -> Iterator[tuple[str, Said]]:
    kinds = ("Busy", "Unreachable", "Unauthorised", "Forbidden", "InvalidRequest", "NotFound", "Unexpected")
    for kind in (*kinds, outages.TOO_LONG):
        yield f"outage {kind}", outages.began(words("acme"), kind, NOW, only_alerts=kind == outages.TOO_LONG)
    later = NOW + timedelta(hours=1)
    for late, lost in (((), False), ((987,), False), (tuple(range(1, 51)), True), ((), True)):
        told = f"outage over, {len(late)} late{', some lost' if lost else ''}"
        yield told, outages.over(words("acme"), "Unreachable", NOW, later, late, lost=lost)
    lasting = [outages.CurrentOutage(words("acme"), NOW, "Unauthorised")]
    yield "alerts listed, outage", alert_settings.listed([_alert(words)], lasting, now=NOW)
    yield "watches, outage", watching.listed([], [_alert(words)], lasting, now=NOW)


def _alerts(words: Words) -> Iterator[tuple[str, Said]]:
    failed = frozenset({State.FAILED})
    two = frozenset({State.FAILED, State.CANCELLED})

    def one_of(state: str, number: int = 987) -> Entry:
        return entry(ended(words, state).model_copy(update={"id": number}), names(words), NOW)

    def failing(number: int, stream: int, kind: str) -> Entry:
        given = {"id": stream, "name": words(f"Stream {stream}")}
        issue = {"message": words("no answer"), "type_label": words(kind)}
        found = job(words, number, "Failed", job_end=NOW.isoformat(), issues=[issue], datastream=given)
        return entry(found, Names(BASE), NOW)

    many = [_matter(replace(one_of("Failed", n), stream=n)) for n in range(1, 10)]
    streak = Streak(failures=2, last_success=NOW - timedelta(hours=11))
    around = Around(streak=streak, usual=USUAL)
    repeated = _matter(entry(ended(words, "Failed"), names(words), NOW, around))
    watched = alerts.one(repeated, "acme", alert=ALERT, watchers={987: ["U0ANA", "U0BEN"]})
    single = _matter(one_of("Failed"))
    one = alerts.one(single, "acme", alert=ALERT)
    several = _matters(failing(n, 50 + n % 3 * (n % 2), "Timeout" if n % 4 else "Authorization") for n in range(1, 15))
    later = NOW + timedelta(hours=2)
    quiet = [Quiet(datastream=42, until=later, user_id="U0BEN")]
    people = [("U0ANA", NOW), ("U0BEN", NOW)]
    yield "alert one", one
    yield "alert one again", alerts.one(single, "acme", alert=ALERT, again=True)
    yield "alert one while away", alerts.one(_matter(one_of("Cancelled")), "acme", alert=ALERT, away=True)
    yield "alert one, repeated and watched", watched
    yield "alert one, on it", alerts.marked(watched, ALERT, "acme", people[:1], [])
    yield "alert one, two on it and snoozed", alerts.marked(one, ALERT, "acme", people, quiet)
    yield "alert of a state nobody knows", alerts.one(_matter(one_of(words("Paused"))), "acme", alert=ALERT)
    yield "alert many", alerts.many(many, "acme", alert=ALERT)
    yield "alert many, by error", alerts.many(several, "acme", alert=ALERT, watchers={1: ["U0ANA"], 2: ["U0ANA"]})
    yield "alert many, snoozed", alerts.marked(alerts.many(several, "acme", alert=ALERT), ALERT, "acme", [], quiet * 2)
    success = _matter(one_of("Success", 99))
    yield "alert many while away", alerts.many([*many, success], "acme", alert=ALERT, away=True)
    yield "alert rows", alerts.rows([_matter(failing(n, 50 + n, "Timeout")) for n in range(1, 1 + alerts.ROWS)], "acme")
    yield "alert rows, folded", alerts.rows(several, "acme", {1: ["U0ANA"], 5: ["U0BEN", "U0ANA"]})
    yield from _afterwards(words, failing)
    yield "alert too old", alerts.no_such_message()
    yield "alert not on it", alerts.was_not_on_it()
    yield "alerts on", alert_settings.switched_on(_alert(words, states=failed), now=NOW)
    yield "alerts on already", alert_settings.switched_on(_alert(words, states=failed), now=NOW, again_by="U0BEN")
    yield "alerts on, two ways", alert_settings.switched_on(_alert(words, states=two, snoozed=True), now=NOW)
    asleep = replace(_alert(words), snoozes=tuple(quiet))
    again = replace(_alert(words, states=failed), snoozes=tuple(replace(quiet[0], datastream=n) for n in (42, 43)))
    yield "alerts on already, two snoozed", alert_settings.switched_on(again, now=NOW, again_by="U0BEN")
    less = [replace(_alert(words, states=failed), workspace=4, place=words("EMEA"))]
    yield "alerts on, snoozed", alert_settings.switched_on(asleep, [replace(quiet[0], datastream=None)], now=NOW)
    yield "alerts off late", alert_settings.switched_off("U0ANA", 0, less, (), [Sign.LATE])
    yield "alerts off late, and nothing is left", alert_settings.switched_off("U0ANA", 1, [], (), [Sign.LATE])
    yield "alerts snoozed, a datastream", alert_settings.snoozed("U0ANA", 1, later, datastream=42, stream=words("X"))
    yield "alerts listed, a datastream snoozed", alert_settings.listed([asleep], now=NOW)
    yield "alerts off", alert_settings.switched_off("U0ANA", 2)
    yield "alerts off, none", alert_settings.switched_off("U0ANA", 0)
    yield "alerts snoozed", alert_settings.snoozed("U0ANA", 1, NOW + timedelta(hours=2))
    yield "alerts snoozed, none", alert_settings.snoozed("U0ANA", 0, NOW)
    yield "alerts listed", alert_settings.listed([_alert(words), _alert(words, snoozed=True)], now=NOW)
    by: dict[State | Sign, str] = {State.FAILED: "U0ANA", Sign.LATE: "U0BOSS"}
    both = replace(_alert(words, states=failed), signs=frozenset({Sign.LATE}), switched_on_by=by)
    yield "alerts listed, switched on by two", alert_settings.listed([both], now=NOW)
    yield "alerts listed, none", alert_settings.listed([], now=NOW)


def _matter(*entries: Entry) -> Matter:
    """What becomes of a datastream's trouble by these, one after the other."""
    found = matters.begin(Hit(entry=entries[0]), NOW)
    for one in entries[1:]:
        found = matters.after(found, Hit(entry=one), NOW)
    return found


def _matters(entries: Iterable[Entry]) -> list[Matter]:
    streams: dict[object, list[Entry]] = {}
    for one in entries:
        streams.setdefault(one.stream, []).append(one)
    return [_matter(*some) for some in streams.values()]


def _afterwards(words: Words, failing: Callable[[int, int, str], Entry]) -> Iterator[tuple[str, Said]]:
    """What alerts say when there is news of what they told."""

    def bad(number: int, stream: int = 42) -> Entry:
        one = failing(number, stream, "Timeout")
        return replace(one, when=NOW + timedelta(minutes=number), last=f"last success {moment(NOW)}")

    def good(number: int, stream: int = 42, **fields: Any) -> Entry:
        return replace(
            bad(number, stream), **({"state": "Success", "said": "", "error": "", "took": "12 min"} | fields)
        )

    calls = {"S0ONCALL": words("data-oncall")}
    three = _matter(bad(1), bad(2), bad(3))
    fixed = _matter(bad(1), bad(2), bad(3), good(4))
    slow = late_entry(job(words), FAR, names(words), NOW)
    stream = slow.stream or 0
    empty = [good(number, state=EMPTY) for number in (1, 2)]
    full = matters.after(_matter(*empty), Hit(entry=good(3), wanted=False, rows=True), NOW)
    stopped = matters.after(_matter(slow), Hit(entry=good(slow.job, stream, state="Cancelled"), wanted=False), NOW)
    gone = matters.after(_matter(slow), Hit(entry=replace(slow, state=""), wanted=False, gone=True), NOW)
    silent = matters.without_news(three, NOW + timedelta(days=8))
    mixed = _matter(bad(1), good(2, state="Cancelled"), bad(3))
    yield "alert calls", alerts.one(three, "acme", alert=ALERT, calls=alerts.called(calls, mention=True))
    yield (
        "alert called",
        alerts.one(three, "acme", alert=ALERT, calls=alerts.called({**calls, "S0B": ""}, mention=False)),
    )
    yield "alert one, 3 in a row", alerts.one(three, "acme", alert=ALERT)
    yield "alert one, mixed in a row", alerts.one(mixed, "acme", alert=ALERT)
    yield "alert one, recovered", alerts.one(fixed, "acme", alert=ALERT)
    awake = replace(fixed, on_again="U0BEN")
    on_it = [("U0ANA", NOW)]
    woken = alerts.one(awake, "acme", alert=ALERT, away=True)
    yield "alert one, recovered, on it and awake", alerts.marked(woken, ALERT, "acme", on_it, [])
    yield "alert one, rows again", alerts.one(full, "acme", alert=ALERT)
    yield "alert one, empty twice", alerts.one(_matter(*empty), "acme", alert=ALERT)
    yield "alert late, then stopped", alerts.one(stopped, "acme", alert=ALERT)
    yield "alert late, then fixed", alerts.one(_matter(slow, good(slow.job, stream)), "acme", alert=ALERT)
    yield "alert late, then failed", alerts.one(_matter(slow, bad(slow.job, stream)), "acme", alert=ALERT)
    yield "alert late after failures", alerts.one(_matter(bad(1, stream), bad(2, stream), slow), "acme", alert=ALERT)
    yield "alert late, then gone", alerts.one(gone, "acme", alert=ALERT)
    yield "alert one, no news", alerts.one(silent, "acme", alert=ALERT)
    other = [_matter(bad(number, number)) for number in range(50, 70)]
    yield "alert several, one recovered", alerts.standing([three, awake, full], "acme", alert=ALERT)
    yield "alert several, all recovered", alerts.standing([fixed, full], "acme", alert=ALERT)
    yield "alert several, over", alerts.standing([fixed, stopped, gone, silent], "acme", alert=ALERT)
    yield "alert several, many", alerts.standing([three, fixed, *other], "acme", alert=ALERT, calls="Called @x")
    yield "alert rows, recovered", alerts.rows([fixed, three], "acme")
    yield "alert recovered, who is on it", alerts.recovered([fixed, full], ["U0ANA", "U0BEN"])
    yield "alerts on again", alerts.on_again(replace(_matter(good(4)), on_again="U0BEN"), "acme")
    forever = [Quiet(datastream=42, until=None, user_id="U0BEN")]
    yield (
        "alert one, snoozed until fixed",
        alerts.marked(alerts.one(three, "acme", alert=ALERT), ALERT, "acme", [], forever),
    )
    asleep = replace(_alert(words), snoozes=tuple(forever), usergroup=words("data-oncall"))
    yield "alerts on, for a group", alert_settings.switched_on(asleep, forever, now=NOW)
    yield "alerts listed, for a group", alert_settings.listed([asleep], now=NOW)
    yield "alerts snoozed until fixed", alert_settings.snoozed("U0ANA", 1, None, datastream=42, stream=words("X"))
    yield "alerts on, no such group", alert_settings.no_such_group()


def _several(words: Words) -> Iterator[tuple[str, Said]]:
    """A stop of several jobs: its window, its message on the way, its endings."""
    endings = [
        ("done", "Cancelled"),
        ("ended_otherwise", "not sent, the job was over: Success"),
        ("refused", words("Only jobs in the fetch stage can be stopped.")),
        ("refused", "not sent: no connection"),
        ("unknown", "accepted, but still Running"),
        ("second", "not sent, being done by U0BEN"),
        ("submitted", ""),
    ]
    stops = [StopOfOne(987 + n, words("Facebook Ads EU"), 42, *ending) for n, ending in enumerate(endings)]
    several = Several(
        instance="acme",
        user_id="U0ANA",
        asked_at=NOW,
        reason=words("they hang"),
        id="0" * 32,
        jobs=tuple(one.job for one in stops),
    )
    halted = several.with_stops(stops, "U0BEN")
    yield "several begun", message.begun(several)
    yield "several going on", several_words.going_on(several.with_stops(stops, None))
    yield "several going on, no more", several_words.going_on(halted)
    yield "several ended", several_words.ended(halted, ())
    yield "several all stopped", several_words.ended(several.with_stops([stops[0]] * 2, None), [stops[0]] * 7)
    yield "several, what began not known", several_words.ended(several.with_stops(stops[:2], None), None)
    yield "several of thirty", several_words.ended(several.with_stops([stops[2]] * 30, None), ())
    named = [replace(one, datastream=40 + n, state="done", outcome="Cancelled") for n, one in enumerate(stops)]
    soon = {40 + n: NextFetch(at=NOW + timedelta(minutes=18 * n)) for n in range(1, len(stops))}
    told = replace(several, told_at=NOW, offers_pause=True).with_stops(named, None)
    yield "several ended, fetched again soon", several_words.ended(replace(told, next_fetches={42: NEXT}), ())
    yield (
        "several ended, fetched again, many",
        several_words.ended(replace(told, next_fetches={**soon, 40: UNKNOWN}), [stops[0]]),
    )
    never = {42: NextFetch(at=None)}
    yield "several ended, not fetched again", several_words.ended(replace(told, next_fetches=never), ())
    yield "several not sent", message.not_sent(several, message.away_too_long())
    yield "several dropped", message.dropped(several)
    yield "modal several checking", several_window.checking()
    yield "modal several checking, named", several_window.checking((JobId(987), JobId(988)))
    yield "modal several still checking", several_window.still_checking()
    far = job(words, 986, job_start=(NOW - timedelta(hours=5, minutes=21)).isoformat())
    asked = SeveralQuestion(
        jobs=[far, job(words), job(words, 988, "Scheduled", job_start=None)],
        names=names(words),
        around={JobId(986): Around(usual=FAR)},
        as_of=NOW,
        missing=(JobId(7),),
        over=(ended(words), job(words, 989, type=words("Load"))),
        unseen=(JobId(8), JobId(9)),
        reason=words("they hang"),
    )
    yield "modal several", several_window.confirm(asked, "metadata")
    many = replace(asked, jobs=[job(words, 900 + n) for n in range(30)], around={}, beyond=4, complete=False)
    yield "modal several of thirty", several_window.confirm(many, "metadata")
    yield "stop no more", notices.stops_no_more(is_news=True)
    yield "stop no more, too late", notices.stops_no_more(is_news=False)


def _stop(words: Words) -> stop_words.Stop:
    return stop_words.Stop(
        name=words("Facebook Ads EU"),
        job=987,
        instance="acme",
        user_id="U0ANA",
        asked_at=NOW,
        reason=words("runaway fetch"),
    )


def _stops(words: Words) -> Iterator[tuple[str, Said]]:
    stop = _stop(words)
    later = NOW + timedelta(seconds=14)
    yield "stop begun", message.begun(stop)
    yield "stop still asking", message.still_asking(stop, RequestFate.NONE)
    yield "stop still asking, unclear", message.still_asking(stop, RequestFate.UNCLEAR)
    yield "stop 1 stopped", stop_words.stopped(stop, ended(words, "Cancelled"), later)
    yield "stop 1 stopped as discarded", stop_words.stopped(stop, ended(words, "Discarded"), later)
    yield "stop 2 too late", stop_words.too_late(stop, ended(words))
    yield "stop 2 over before", stop_words.over_before(stop, ended(words, "Failed"))
    yield "stop 3 refused", stop_words.refused(stop, words("Only jobs in the fetch stage can be stopped."))
    own = words("Job is in the load stage.")
    yield "stop 3 refused, job read", stop_words.refused(stop, own, None, job(words))
    yield "stop 3 refused, key", stop_words.refused(stop, words("Not yours."), 403, job(words))
    yield "stop 3 not sent", message.not_sent(stop, "Adverity could not be reached.")
    yield "stop 4 slow", stop_words.slow(stop, job(words), NOW, later)
    yield "stop 5 unknown", stop_words.unknown(stop, None, later, fate=RequestFate.NONE)
    yield "stop 5 unknown, read", stop_words.unknown(stop, job(words), later, fate=RequestFate.ACCEPTED)
    yield "stop 5 unknown, interrupted", stop_words.unknown(stop, None, later, fate=RequestFate.INTERRUPTED)
    called = stop_words.called(stop.name, stop.job)
    slow = stop_words.slow(stop, job(words), NOW, later)
    yield "stop 4 slow, ended since", stop_words.ended_since(slow, called, ended(words, "Cancelled"), now=later)
    yield "stop 4 slow, vanished since", stop_words.ended_since(slow, called, None, now=later)
    yield "stop picked up", message.picked_up(stop)
    yield "stop waiting", message.waiting(stop)
    yield "stop not permitted any more", message.not_permitted(stop)
    yield "stop 3 too old", message.not_sent(stop, message.away_too_long())
    yield "stop interrupted before", message.interrupted(stop, sent=False)
    yield "stop interrupted after", message.interrupted(stop, sent=True)
    yield "stop without instance, not sent", message.not_set_up(stop, sent=False)
    yield "stop without instance, sent", message.not_set_up(stop, sent=True)
    yield from _stops_told_in_full(words)
    yield "stop second", message.second(stop, "U0ANA", NOW, done=False)
    yield "stop second, worked", message.second(stop, "U0ANA", NOW, done=True)


def _stops_told_in_full(words: Words) -> Iterator[tuple[str, Said]]:
    """With its days, its follow-up jobs and the next fetch, and what became of them."""
    days = Days(date(2026, 3, 1), date(2026, 3, 13))
    stop = replace(_stop(words), days=days, followups=(988, 989))
    told = replace(stop, next_fetch=NEXT, told_at=NOW)
    cancelled, later = ended(words, "Cancelled"), NOW + timedelta(seconds=14)
    yield "stop begun, in full", message.begun(stop)
    yield "stop 1 stopped, in full", stop_words.stopped(replace(told, followups_left=()), cancelled, later)
    yield "stop 1 stopped, some left", stop_words.stopped(replace(told, followups_left=(989,)), cancelled, later)
    yield "stop 1 stopped, none gone", stop_words.stopped(replace(told, followups_left=(988, 989)), cancelled, later)
    yield "stop 1 stopped, not read again", stop_words.stopped(told, cancelled, later)
    yield "stop 1 stopped, none to go", stop_words.stopped(replace(told, followups=()), cancelled, later)
    many = tuple(range(988, 1013))
    yield "stop 1 stopped, many", stop_words.stopped(replace(told, followups=many, followups_left=()), cancelled, later)
    yield "stop 2 too late, by somebody else", stop_words.too_late(told, cancelled)
    yield "stop 3 refused, in full", stop_words.refused(told, words("Not in the fetch stage."), None, job(words))
    yield "stop 4 slow, in full", stop_words.slow(told, job(words), NOW, later)
    yield "stop 5 unknown, in full", stop_words.unknown(told, None, later, fate=RequestFate.INTERRUPTED)
    bare = replace(told, name="", datastream=42, reason="", replaces=True)
    yield "stop 1 stopped, nothing known", stop_words.stopped(replace(bare, followups=None), cancelled, later)


def _fetch(words: Words) -> fetch_words.Fetch:
    return fetch_words.Fetch(
        name=words("Facebook Ads EU"),
        datastream=42,
        days=Days(date(2022, 10, 1), date(2022, 10, 27)),
        instance="acme",
        user_id="U0ANA",
        asked_at=NOW,
        reason=words("gap in the report"),
        priority=Priority.BACKDATA,
        job=987,
    )


def _fetches(words: Words) -> Iterator[tuple[str, Said]]:
    fetch = _fetch(words)
    days, name = fetch.days, fetch.name
    scheduled = job(words, 991, "Scheduled")
    yield "fetch begun", message.begun(fetch)
    yield "fetch started", fetch_words.started(fetch, [scheduled], NOW)
    yield "fetch started, not read", fetch_words.started(fetch, [JobId(991)], NOW)
    yield "fetch started, many", fetch_words.started(fetch, [scheduled, *map(JobId, range(992, 999))], NOW)
    yield "fetch not seen", fetch_words.not_seen(fetch, RequestFate.NONE, NOW)
    yield "fetch not seen, unclear", fetch_words.not_seen(fetch, RequestFate.UNCLEAR, NOW, is_read=False)
    said = words("The datastream is disabled.")
    yield "fetch not seen, accepted", fetch_words.not_seen(fetch, RequestFate.ACCEPTED, NOW, said=said)
    yield "fetch refused", message.refused(fetch, words("Enter a valid date."))
    yield "fetch second", message.second(fetch, "U0BEN", NOW, done=True)
    yield "fetch waiting", message.waiting(fetch)
    yield "fetch planned and late", message.tried_again(fetch, "Adverity could not be reached.")
    card = Card(job=scheduled, instance="acme", as_of=NOW, names=names(words))
    yield "fetch with its card", render_card_below(fetch_words.started(fetch, [scheduled], NOW), card, now=NOW)
    asked = FetchQuestion(
        name=name,
        datastream=42,
        days=days,
        as_of=NOW,
        usual=USUAL,
        overlapping=[job(words, 988, range_start="2022-10-20", range_end="2022-10-30")],
        queue=[job(words, 988), job(words, 989, "Scheduled"), job(words, 990, "Scheduled")],
        earlier=("U0BEN", NOW - timedelta(hours=2)),
        reason=words("gap"),
    )
    yield "modal fetch checking", fetch_window.checking("datastream 42")
    yield "modal fetch still checking", fetch_window.still_checking("datastream 42")
    yield "modal fetch", fetch_window.confirm(asked, "x" * 2000)
    warned = replace(asked, usual_days=7, needs_authorisation=True)
    yield "modal fetch, likely to fail and long", fetch_window.confirm(warned, "x" * 2000)
    bare = replace(asked, days=None, usual=None, overlapping=None, earlier=None, reason_required=True)
    none = fetch_window.no_such_job(42)
    yield "modal fetch, no such job", window.notice(fetch_window.FETCH_MODAL, "Fetch again", none)
    yield "modal fetch, days to be picked", fetch_window.confirm(bare, "x")
    last = job(words, 986, "Failed", range_start="2022-10-20", range_end="2022-10-30")
    yield "modal fetch, days of its last run", fetch_window.confirm(replace(bare, last=last), "x")
    yield "modal fetch, a day of two orders", fetch_window.confirm(replace(asked, order="day/month"), "x")


def _schedules(words: Words) -> Iterator[tuple[str, Said]]:
    one = DatastreamId(42)
    later, vienna = NOW + timedelta(hours=2), ZoneInfo("Europe/Vienna")
    name, why = words("Facebook Ads EU"), words("runaway fetch")
    asked: dict[str, Any] = {"user_id": "U0ANA", "reason": why, "name": name, "datastream": one, "instance": "acme"}
    pause = schedule.Pause(**asked, asked_at=NOW, until=later)
    resume = schedule.Resume(**asked, asked_at=NOW)
    planned = schedule.Resume(**asked, asked_at=later, planned_for=later, paused_at=NOW)
    yield "pause begun", message.begun(pause)
    yield "pause done", schedule.paused(replace(pause, enabled=False), NOW)
    yield "pause done, without an end", schedule.paused(replace(pause, enabled=False, until=None), NOW)
    yield "pause done, changes not told", schedule.paused(replace(pause, enabled=False), NOW, tells_changes=False)
    yield "pause moot", schedule.so_already(replace(pause, enabled=False))
    anew = replace(pause, user_id="U0BEN", until=None, enabled=False)
    yield "pause end changed", schedule.end_changed(anew, pause)
    yield "pause end changed since", schedule.end_changed_since(schedule.paused(pause, NOW), anew)
    yield "pause refused", schedule.refused(pause, words("You may not."), 403)
    yield "pause refused, and off", schedule.switched_by_another(replace(pause, enabled=False))
    yield "pause unknown", schedule.unknown(replace(pause, enabled=True), RequestFate.ACCEPTED, NOW)
    yield "pause second", message.second(pause, "U0BEN", NOW, done=False)
    yield "resume done", schedule.resumed(replace(resume, enabled=True), NEXT, NOW)
    yield "resume moot", schedule.so_already(replace(resume, enabled=True))
    yield "pause second, by jobbot", message.second(pause, "", NOW, done=False)
    yield "resume not known", schedule.unknown(resume, RequestFate.NONE, NOW)
    on = replace(planned, enabled=True)
    yield "resume planned", schedule.resumed(on, NextFetch(at=later + timedelta(hours=1)), later)
    yield "resume planned, late", schedule.resumed(on, NotKnown(why=Why.UNSAID), later + timedelta(hours=3))
    yield "resume planned, tried again", message.tried_again(planned, "Adverity could not be reached.")
    yield "resume planned, on already", schedule.left_alone(on, schedule.is_on_already())
    off = replace(planned, enabled=False)
    yield "resume planned, changed meanwhile", schedule.left_alone(off, schedule.was_changed(NOW))
    yield "resume planned, changes not told", schedule.left_alone(off, schedule.was_changed(None))
    yield "resume planned, gone", schedule.left_alone(planned, schedule.is_gone())
    yield "resume planned, not done", schedule.not_as_planned(planned, known=True)
    yield "resume planned, not known", schedule.not_as_planned(planned, known=False)
    told = schedule.paused(replace(pause, enabled=False), NOW)
    yield "pause resumed since", schedule.resumed_since(told, "U0BEN", later)
    by_ben = schedule_window.PausedBy("U0BEN", NOW, why, later)
    question = schedule_window.ScheduleQuestion(
        name=name, datastream=one, as_of=NOW, next_fetch=NEXT, until=later, zone=vienna, reason=why
    )
    yield "pause window", schedule_window.confirm_pause(question, "{}")
    nothing = replace(question, until=None, zone=None, reason="", reason_required=True)
    yield (
        "pause window, paused already",
        schedule_window.confirm_pause(replace(question, paused=by_ben, changed=NOW), "{}"),
    )
    yield "pause window, nothing typed", schedule_window.confirm_pause(nothing, "{}")
    yield (
        "pause window checking",
        schedule_window.checking(schedule_window.PAUSE_MODAL, "the schedule of datastream 42"),
    )
    yield (
        "pause window still checking",
        schedule_window.still_checking(schedule_window.PAUSE_MODAL, "the schedule of datastream 42"),
    )
    yield "resume window", schedule_window.confirm_resume(replace(question, paused=by_ben), "{}")
    yield "resume window, not by jobbot", schedule_window.confirm_resume(question, "{}")
    for text, of in (("off", schedule_window.is_off(name, one)), ("on", schedule_window.is_on(name, one))):
        yield f"schedule window {text}", window.notice(schedule_window.PAUSE_MODAL, "Pause a schedule", of)
    untold = schedule_window.is_not_told(name, one)
    yield "schedule window not told", window.notice(schedule_window.PAUSE_MODAL, "Pause a schedule", untold)
    rows = (
        PausedSchedule(name, one, "C0INC", by_ben, enabled=False),
        PausedSchedule("", 43, "C0INC", replace(by_ben, until=None, reason=""), enabled=None),
        PausedSchedule(name, 44, "C0INC", by_ben, enabled=True),
    )
    listed = PausedList("acme", rows, workspaces=(words("emea"),), whole=False)
    ana = Asker("U0ANA")
    yield "paused", render_paused(listed, now=NOW, asker=ana, offers=frozenset(Need), offer_share=True)
    resumed = Done(kind="resume", user_id="U0BEN", at=NOW, datastream=rows[0].datastream)
    all_ = render_paused(listed, now=NOW, asker=ana, offers=frozenset(Need), offer_share=False)
    yield "paused, one resumed since", as_now(all_, [resumed], frozenset(Need))
    over = PausedList("acme", rows[:1])
    yield (
        "paused, not resumed",
        render_paused(over, now=later + timedelta(hours=1), asker=ana, offers=frozenset(Need), offer_share=True),
    )
    most = PausedList("acme", rows * 5, more=True)
    yield "paused, many", render_paused(most, now=NOW, asker=ana, offers=frozenset(Need), offer_share=True)
    yield (
        "paused, none",
        render_paused(PausedList("acme", ()), now=NOW, asker=ana, offers=frozenset(Need), offer_share=False),
    )
    stop = replace(_stop(words), datastream=42, next_fetch=NEXT, told_at=NOW, offers_pause=True)
    yield "stop 1 stopped, pause offered", stop_words.stopped(stop, ended(words, "Cancelled"), NOW)


def _frozen(words: Words) -> Iterator[tuple[str, Said]]:
    later, ana = NOW + timedelta(minutes=30), Asker("U0ANA")
    one = frozen.Frozen(
        id="a" * 32, instance="acme", user_id="U0BEN", since=NOW, until=later, reason=words("deploy of the schema")
    )
    wish = Freeze(length=timedelta(minutes=30), reason=words("deploy of the schema"), instance="acme")
    yield "frozen", frozen.began(one, None)
    yield "frozen, changed", frozen.began(replace(one, user_id="U0ANA", until=later + timedelta(hours=1)), one)
    yield "frozen, ended", frozen.ended(one, "U0ANA", words("done"))
    yield "frozen, ended without a word", frozen.ended(one, "U0ANA", "")
    yield "frozen, over", frozen.over(one)
    yield "frozen, refused", frozen.refused(one)
    yield "frozen, not from here", frozen.not_from_here("acme", ["C0123"], is_shared=False)
    yield "frozen, not from a shared channel", frozen.not_from_here("acme", [], is_shared=True)
    yield "frozen, for how long", frozen.ask_how_long(replace(wish, length=None), None, too_long=False)
    yield "frozen, too long", frozen.ask_how_long(wish, one, too_long=True)
    yield "frozen, why", frozen.ask_why(replace(wish, reason=""), one)
    yield "frozen, past", frozen.is_past()
    yield "frozen, not", frozen.not_frozen("acme")
    yield "frozen, anew", frozen.frozen_anew(one)
    yield "frozen, window", window.notice("act_stop", "Job 987", frozen.frozen_out(one, may_end=False))
    yield "frozen, window of who may end it", window.notice("act_stop", "987", frozen.frozen_out(one, may_end=True))
    stop = _stop(words)
    yield "stop held by a freeze", message.held_by_freeze(stop, one)
    resume = schedule.Resume(
        user_id="U0ANA",
        reason=words("runaway fetch"),
        name=words("Facebook Ads EU"),
        datastream=42,
        instance="acme",
        asked_at=later,
        planned_for=later,
        paused_at=NOW,
    )
    yield "resume planned, waits for a freeze", message.waits_for_freeze(resume, one)
    endings = [("done", "Cancelled"), ("refused", "not sent, frozen by U0BEN"), ("submitted", "")]
    stops = [StopOfOne(987 + n, words("Facebook Ads EU"), 42, *ending) for n, ending in enumerate(endings)]
    several = Several(
        instance="acme", user_id="U0ANA", asked_at=NOW, reason=words("they hang"), id="0" * 32, jobs=(987, 988, 989)
    )
    held = replace(several.with_stops(stops, None), frozen=one)
    yield "several, the rest held by a freeze", several_words.ended(held, ())
    jobs = (job(words), job(words, 988, "Scheduled", progress=0, job_start=None))
    listing = _listing(words, jobs, Asked(ListJobs(), None, None, "Europe/Vienna"), frozen=one)
    yield "list frozen", render_listing(listing, now=NOW, asker=ana, offers=STOP, offer_share=False, command="/jobs")
    bare = render_listing(listing, now=NOW, asker=ana, offers=(), offer_share=False, command="/jobs")
    yield "list frozen, without stop", bare
    card = Card(job=job(words), instance="acme", as_of=NOW, names=names(words), frozen=one)
    yield "card frozen", render_card(card, now=NOW, asker=ana, offers=STOP, offer_share=False)
    nothing = PausedList("acme", (), frozen=one)
    yield "paused, frozen", render_paused(nothing, now=NOW, asker=ana, offers=frozenset(Need), offer_share=False)


def _handovers(words: Words) -> Iterator[tuple[str, Said]]:
    ana, why = Asker("U0ANA"), words("runaway fetch")
    everything = frozenset(Need)
    running = tuple(job(words, 987 + number) for number in range(3))
    going = _listing(
        words,
        running,
        Asked(ListJobs(), None, None, None),
        around=dict.fromkeys((one.id for one in running[:2]), Around(usual=FAR)),
        counts={State.RUNNING: 3, State.SCHEDULED: 2},
    )
    failed = ended(words, "Failed", 970)
    streak = Streak(failures=3, last_success=NOW - timedelta(hours=9))
    retries = DoneAbout("retry", "U0ANA", NOW, is_done=False)
    by_ben = schedule_window.PausedBy("U0BEN", NOW, why, NOW + timedelta(hours=2))
    row = PausedSchedule(words("Facebook Ads EU"), 42, "C0INC", by_ben, enabled=False)
    act = PastAct(
        kind="stop",
        job=986,
        datastream=42,
        name=words("Facebook Ads EU"),
        user_id="U0ANA",
        channel_id="C0INC",
        reason=why,
        state="unknown",
        outcome=words("no answer: timed out"),
        asked_at=NOW,
        closed_at=NOW + timedelta(minutes=5),
    )
    waits = watching.Waiting(
        job=987, name=title(job(words), names(words)), instance="acme", user_id="U0BEN", since=NOW, in_thread=True
    )
    facts = HandoverFacts(
        instance="acme",
        as_of=NOW,
        names=names(words),
        paused=PausedList("acme", (row,)),
        going=going,
        failing=[Failing(failed, streak, NOW - timedelta(hours=3), on_it=["U0ANA", "U0BEN"], done=retries)],
        frozen=frozen.Frozen(
            id="a" * 32, instance="acme", user_id="U0BEN", since=NOW, until=NOW + timedelta(hours=1), reason=why
        ),
        alerts=[_alert(words, snoozed=True)],
        outages=[outages.CurrentOutage("acme", NOW, "Unreachable")],
        waiting=[waits],
        unknown=[act, replace(act, kind="pause", job=None), replace(act, kind="fetch", job=None)],
        unknowns=3,
        workspaces=(words("emea"),),
        whole=False,
    )
    yield "hand-over", render_handover(facts, now=NOW, asker=ana, offers=everything, offer_share=True)
    most = replace(
        facts,
        going=replace(going, around=dict.fromkeys((one.id for one in running), Around(usual=FAR)), total=60),
        failing=[Failing(failed, streak, None, on_it=["U0ANA"] * 9, done=retries)] * 9,
        paused=PausedList("acme", (row,) * 15, more=True),
        alerts=[_alert(words, snoozed=True)] * 9,
        outages=[outages.CurrentOutage("acme", NOW, "Unreachable")] * 9,
        waiting=[waits] * 30,
        unknown=[act] * 5,
        unknowns=17,
    )
    yield "hand-over of much", render_handover(most, now=NOW, asker=ana, offers=everything, offer_share=True)
    bare = HandoverFacts(instance="acme", as_of=NOW, names=names(words), paused=PausedList("acme", ()))
    calm = replace(going, jobs=(), around={})
    nothing = replace(bare, going=calm)
    yield "hand-over of nothing", render_handover(nothing, now=NOW, asker=ana, offers=everything, offer_share=False)
    silent = replace(bare, trouble="Adverity did not answer within 10 s.")
    yield "hand-over without jobs", render_handover(silent, now=NOW, asker=ana, offers=frozenset(), offer_share=False)


def _retries(words: Words) -> Iterator[tuple[str, Said]]:
    name, failed = words("Facebook Ads EU"), ended(words, "Failed")

    def of(kind: type[retry.RetriedJob | retry.Acknowledgement]) -> retry.OfIssue:
        reason = words("token renewed")
        return kind(name=name, job=987, datastream=42, instance="acme", user_id="U0ANA", asked_at=NOW, reason=reason)

    retried, acknowledged = of(retry.RetriedJob), of(retry.Acknowledgement)
    yield "retry begun", message.begun(retried)
    yield "retry started", fetch_words.started(retried, [job(words, 991, "Scheduled")], NOW)
    yield "retry, no job yet", retry.no_job_yet(retried, NOW)
    yield "retry not seen", retry.not_seen(retried, RequestFate.NONE, NOW)
    yield "retry not seen, not read", retry.not_seen(retried, RequestFate.NONE, NOW, is_read=False)
    yield "retry not seen, issue closed", retry.not_seen(retried, RequestFate.NONE, NOW, is_gone=True)
    yield "retry refused", message.refused(retried, words("Nothing to retry."))
    yield "retry moot", retry.moot(retried, is_open=False)
    yield "retry not offered", retry.moot(retried, is_open=True)
    yield "retry second", message.second(acknowledged, "U0BEN", NOW, done=True)
    yield "acknowledge begun", message.begun(acknowledged)
    yield "acknowledge done", retry.acknowledged(acknowledged, NOW)
    yield "acknowledge not seen", retry.not_seen(acknowledged, RequestFate.ACCEPTED, NOW)
    yield "acknowledge moot", retry.moot(replace(acknowledged, name="", datastream=None), is_open=False)
    issue = open_issues(words, 1).issues[0]
    asked = retry_window.IssueQuestion(
        job=failed, names=names(words), issue=issue, as_of=NOW, reason=words("token renewed")
    )
    yield "modal retry checking", retry_window.checking_retry(987)
    yield "modal retry still checking", retry_window.still_checking_retry(10**17)
    yield "modal retry", retry_window.confirm_retry(asked, "x" * 2000)
    quota = issue.model_copy(update={"cause": words("Quota exceeded"), "remedy": words("Wait an hour")})
    yield "modal retry, no authorisation", retry_window.confirm_retry(replace(asked, issue=quota), "x")
    yield "modal acknowledge checking", retry_window.checking_acknowledge(987)
    yield "modal acknowledge still checking", retry_window.still_checking_acknowledge(987)
    yield "modal acknowledge", retry_window.confirm_acknowledge(replace(asked, reason_required=True), "x")
    for said in (retry_window.not_failed, retry_window.no_issue, retry_window.no_retry):
        text = said(failed)
        yield f"modal {said.__name__}", window.notice(retry_window.RETRY_MODAL, "Job 987", text)
    text = retry_window.no_acknowledgement(failed)
    yield "modal no_acknowledgement", window.notice(retry_window.ACKNOWLEDGE_MODAL, "Job 987", text)


def _modals(words: Words) -> Iterator[tuple[str, Said]]:
    def confirm(
        one: Job, followups: tuple[JobId, ...] | None, *, required: bool, before: EarlierStop | None = None
    ) -> Modal:
        return stop_window.confirm(
            one,
            names(words),
            NOW,
            followups=followups,
            reason=words("runaway fetch"),
            reason_required=required,
            metadata="x" * 2000,
            before=before,
        )

    yield "modal checking", stop_window.checking(987)
    yield "modal confirm", confirm(job(words), (JobId(988), JobId(989)), required=False)
    yield "modal confirm, long number", confirm(job(words, 10**17), None, required=True)
    yield "modal confirm, unknown state", confirm(job(words, 987, words("Paused")), (), required=False)
    many = tuple(JobId(10**17 + n) for n in range(25))
    yield "modal confirm, many follow-ups", confirm(job(words), many, required=False)
    for result in (StopResult.WORKED, StopResult.UNKNOWN):
        before = EarlierStop("U0ANA", NOW, words("runaway fetch"), result)
        yield f"modal confirm, {result} before", confirm(job(words), (), required=False, before=before)
    yield "modal confirm, nearly done", confirm(job(words, progress=87), (), required=False)
    yield "modal still checking", stop_window.still_checking(987)
    yield "modal too slow", window.notice(stop_window.STOP_MODAL, "Job 987", window.too_slow(20))
    yield "modal over", window.notice(stop_window.STOP_MODAL, "Job 987", stop_window.over(ended(words)))
    yield "modal stale", window.notice(stop_window.STOP_MODAL, "A job", notices.stale_window())


def _reviews(words: Words) -> Iterator[tuple[str, Said]]:
    """Requests that others do an act: their windows, their card, and every way in which they end."""
    of_job = replace(_stop(words), asked_by="U0ANA", user_id="U0BEN")
    shown = stop_window.confirm(
        job(words), names(words), NOW, followups=(), reason="", reason_required=True, metadata="x"
    )
    asked = review.Review(
        id="a" * 32,
        instance="acme",
        noun=of_job.phrases.noun,
        user_id="U0ANA",
        reason=words("runaway fetch"),
        shown=review.shown_of(shown),
        asked_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
    )
    things = [titled(number, words("Facebook Ads EU"), 42) for number in range(987, 997)]
    decided = replace(asked, decided_by="U0BEN", decided_at=NOW + timedelta(minutes=1))
    yield "review window, to ask", review.asking(shown, "stop", review.asked_of([], ["S0ONCALL"]), ["Everybody may."])
    yield "review window, to ask with a long name", review.asking(shown, "acknowledgement", review.two_people())
    yield "review window", review.reviewing(shown, asked)
    yield "review asked", review.card(asked)
    pause = replace(asked, noun="pause of the schedule of Facebook Ads EU", wanted="Paused *until 18:20*", shown="")
    yield "review asked, who may do it is called", review.card(pause, users=["U0BOSS"], usergroups=["S0ONCALL"])
    yield "review asked, of two people", review.card(replace(asked, two_people=True))
    several = review.shown_of(shown, things)
    yield "review asked, of several", review.card(replace(asked, noun="stop of 10 jobs", shown=several))
    for state in ("confirmed", "withdrawn", "discarded"):
        yield f"review {state}", review.card(replace(decided, state=state))
    yield "review expired", review.card(replace(decided, state="expired", decided_by=None))
    yield "review done already", review.card(replace(decided, state="done_already"))
    planned = replace(decided, state="done_already", decided_by=None)
    yield "review done already, as planned", review.card(planned)
    yield "review that could not be posted", review.untold()
    for how in ("denied", "second", "dropped"):
        yield f"review confirmed, and {how}", review.card(replace(decided, state="not_begun", how=how))
    yield "review, stop begun", message.begun(of_job)
    yield "review, stop 1 stopped", stop_words.stopped(of_job, ended(words, "Cancelled"), NOW + timedelta(seconds=14))
    said = {
        "own": review.own(),
        "not yours": review.not_yours("U0ANA"),
        "over": review.over(replace(decided, state="discarded")),
        "over, done already": review.over(replace(decided, state="done_already")),
        "over, done already as planned": review.over(planned),
        "over, not posted": review.over(replace(decided, state="untold")),
        "over, not known": review.over(None),
        "unconfirmed, another act": review.unconfirmed("other act", asked),
        "unconfirmed, expired": review.unconfirmed("over", asked),
    }
    for name, text in said.items():
        yield f"review {name}", review.notice(text)
    windows = {
        "asked": review.asked(NOW + timedelta(minutes=10)),
        "asked before": review.asked_before("U0BEN", NOW + timedelta(minutes=5)),
        "too many": review.too_many(3),
        "not known whether asked": review.not_known_whether_asked(),
        "not a member": review.not_member(),
    }
    for name, text in windows.items():
        yield f"review window {name}", window.notice(stop_window.STOP_MODAL, "Job 987", text)


def _refusals() -> Iterator[tuple[str, Said]]:
    many = tuple(f"C0{n}" for n in range(9))
    reasons: dict[str, Reason] = {
        "wrong channel": WrongChannel("C0123", ("C0INC",)),
        "wrong channel, many places": WrongChannel("C0123", many),
        "wrong channel, no places": WrongChannel("C0123", ()),
        "direct message": DirectMessage(("C0INC", "C0OPS")),
        "outsider": Outsider(),
        "not a person": NotAPerson(),
        "stop not here": NotHere(Need.STOP, "C0123", (Where("C0INC", ("U0BOSS",), ("S0ONCALL",)), Where("C0OPS"))),
        "stop nowhere": NotHere(Need.STOP, "C0123"),
        "alerts not here": NotHere(Need.ALERTS, "C0123", (Where("C0INC"),)),
        "fetch nowhere": NotHere(Need.FETCH, "C0123"),
        "retry not here": NotHere(Need.RETRY, "C0123", (Where("C0INC", (), ("S0ONCALL",)),)),
        "not this instance": NotThisInstance("staging", "C0123", ("acme",)),
        "not this workspace": NotThisWorkspace("C0123", ("EMEA", "APAC"), whole=False, job=987),
        "shared": NotShared("C0123", Need.STOP, (Where("C0INC", (), ("S0ONCALL",)),)),
        "shared, watching": NotShared("C0123", Need.WATCH),
        "shared, fetch": NotShared("C0123", Need.FETCH),
        "shared, pause": NotShared("C0123", Need.PAUSE, (Where("C0INC"),)),
        "not you": NotYou(("U0BOSS",), ("S0ONCALL",), "C0123"),
        "not you, pause": NotYou(("U0BOSS",), (), "C0123", Need.PAUSE),
        "two people": TwoPeople(Need.STOP, "C0123"),
        "guest": GuestMayNot(Need.STOP, "C0123"),
        "guest, alerts": GuestMayNot(Need.ALERTS),
        "guest, retry": GuestMayNot(Need.RETRY, "C0123"),
        "person unknown": LookupFailed("person", "U0ANA"),
        "channel unknown": LookupFailed("channel", "C0123"),
        "groups unknown": LookupFailed("usergroups", "S0ONCALL", Need.STOP),
        "groups unknown, fetch": LookupFailed("usergroups", "S0ONCALL", Need.FETCH),
    }
    for name, reason in reasons.items():
        yield f"refusal {name}", render_refusal(Refused(reason, getattr(reason, "need", Need.VIEW)))
    ask = buttons.ask_for(StopJob(job=JobId(987), reason="runaway fetch", instance="acme"))
    yield "refusal not you, who can be asked", render_refusal(Refused(reasons["not you"], Need.STOP), ask=ask)


def _rights(words: Words) -> Iterator[tuple[str, Said]]:
    """Decided as they are for people, so that each has the trace that it has."""
    oncall = frozenset({"S0ONCALL"})
    rule = ChannelRule(may=frozenset(Need), instance="acme", stop_usergroups=oncall, act_users=frozenset({"U0BOSS"}))
    ours, guest, theirs = Person(team_id="T0"), Person(team_id="T0", is_guest=True), Person(team_id="T9")
    inside, shared = Channel(), Channel(is_shared_outside=True)
    elsewhere = (Where("C0INC", (), ("S0ONCALL",)), Where("C0OPS"))
    here = Facts(person=ours, channel=inside)
    cases: dict[str, tuple[str, ChannelRule, Facts]] = {
        "on call": ("U0ANA", rule, replace(here, in_usergroup=True, key=KeySeen.ACCEPTED)),
        "two people": ("U0ANA", replace(rule, two_people=True), replace(here, in_usergroup=True)),
        "not on call": ("U0ANA", rule, replace(here, in_usergroup=False)),
        "boss": ("U0BOSS", rule, replace(here, key=KeySeen.REFUSED)),
        "guest": ("U0GUS", rule, Facts(person=guest, channel=inside)),
        "trusted guest": (
            "U0GUS",
            replace(rule, workspaces=(words("EMEA"), 14), guests_may_stop=True),
            Facts(person=guest, channel=inside, in_usergroup=True, key=KeySeen.READS_ONLY),
        ),
        "shared": ("U0ANA", rule, Facts(person=ours, channel=shared, in_usergroup=True)),
        "meant to be shared": (
            "U0ANA",
            replace(rule, external=True, quiet=True),
            Facts(person=ours, channel=shared, in_usergroup=True),
        ),
        "looking only": ("U0ANA", ChannelRule(may=frozenset({Need.VIEW})), here),
        "outsider": ("U0OLGA", rule, Facts(person=theirs, channel=shared)),
        "not permitted": ("U0ANA", ChannelRule(may=frozenset()), here),
        "unknown": ("U0ANA", rule, Facts()),
    }
    reason, later = words("deploy"), NOW + timedelta(minutes=30)
    held = {
        "two people": frozen.Frozen(
            id="a" * 32, instance="acme", user_id="U0BEN", since=NOW, until=later, reason=reason
        )
    }
    for name, (user, given, facts) in cases.items():
        asking = Interaction(did=Typed("", "/jobs"), key="", user_id=user, channel_id="C0123")
        policy = Policy({"C0123": given})
        told = {need: decide(asking, need, policy, Home("T0"), facts) for need in Need}
        rows = {
            need: (decision, elsewhere if isinstance(decision, Refused) and need in ACTS else ())
            for need, decision in told.items()
        }
        if isinstance(told[Need.VIEW], Allowed):
            instance = words("acme")
            whoami = render_whoami(rows, user=user, instance=instance, command="/jobs", frozen=held.get(name))
            yield f"whoami {name}", whoami
        stop = told[Need.STOP]
        places = elsewhere if name == "looking only" else ()
        why = render_why(
            stop,
            Need.STOP,
            places,
            user=user,
            instance=words("acme"),
            frozen=held.get(name),
            may_end=isinstance(stop, Allowed),
        )
        yield f"why stop, {name}", why
        if isinstance(stop, Refused):
            in_window = refusal_in_window(stop)
            yield f"modal stop refused, {name}", window.notice(stop_window.STOP_MODAL, "Job 987", in_window)


def _errors(words: Words) -> Iterator[tuple[str, Said]]:
    fields = {words(f"field {n}"): [words("Not a date.")] for n in range(5)}
    errors = {
        "unauthorised": Unauthorised(status=401),
        "forbidden": Forbidden(words("You may not."), status=403),
        "not found": NotFound(status=404),
        "not readable": NotReadable(OptionalRead.ISSUES, 403),
        "not there": NotReadable(OptionalRead.ISSUES, 404),
        "not stoppable": NotStoppable(words("Too late."), status=400),
        "invalid": InvalidRequest(words("Bad request."), status=400, errors=fields),
        "busy": Busy(status=503),
        "busy for a while": Busy(status=429, retry_after=30),
        "unreachable": Unreachable("no answer within 10 s"),
        "its own": Unexpected("status 500", status=500),
        "its own, not asked again": not_asked_again(Unexpected("status 500", status=500)),
        "unreachable, not asked again": not_asked_again(Unreachable("the connection was refused")),
        "unexpected": Unexpected(words("<html>502</html>")),
        "cut short": CutShort("cut"),
        "other": AdverityError(words("?")),
        "bug": ValueError("secret-ish details"),
    }
    for name, error in errors.items():
        look = ShowJob(job=JobId(987), instance="acme")
        yield f"error {name}", render_error(error, "7f3a21", about=f"job {JobId(987)} on acme", again=look)
    its_jobs = ListJobs(datastream=DatastreamId(42), instance="acme")
    not_found = render_error(NotFound(), "7f3a21", about="job 42 on acme", perhaps=(its_jobs, words("The Trade Desk")))
    yield "error not found, a datastream", not_found
    watch = WatchJob(job=JobId(987), instance="acme")
    yield "error while changing", render_error(Busy(), "7f3a21", about="job 987 on acme", changing=True, again=watch)


def not_asked_again(error: AdverityError) -> AdverityError:
    """As the breaker refuses: it is asked again in four seconds."""
    error.not_before = NOW + timedelta(seconds=4)
    return error


def _mistakes(words: Words) -> Iterator[tuple[str, Said]]:
    problems: dict[str, Problem] = {
        "unknown word": UnknownWord(words("faild"), "failed"),
        "unknown word, nothing near": UnknownWord(words("qwertz"), None),
        "missing number": MissingNumber("stop"),
        "bad number": BadNumber("stop", words("abc")),
        "bad number with a comma": BadNumber("stop", words("48,347")),
        "pause later": BadRange(words("at 22:00"), "not now"),
        "pause until or from": BadRange(words("tomorrow"), "maybe until"),
        "two commands": SaidTwice("verb", words("why"), words("stop")),
        "bad range": BadRange(words("2026-02-30"), "no such date"),
        "said twice": SaidTwice("range", words("yesterday"), words("today")),
        "unknown instance": UnknownInstance(words("stagin"), "staging", ("acme", "staging")),
        "does not fit": DoesNotFit(words("yesterday"), "watch"),
        "unknown person": UnknownPerson(words("@anna")),
        "nobody": UnknownPerson(""),
        "missing switch": MissingSwitch("alerts"),
        "missing datastream": MissingDatastream("pause"),
        "too many jobs": TooManyJobs(30),
        "unknown group": UnknownGroup(words("@data-oncall")),
        "wondered": Wondered(words("retry")),
        "where or why": WhereOrWhy(
            words("in staging"),
            "staging",
            words("freeze 30m in staging - deploy"),
            words("freeze 30m - deploy in staging"),
        ),
    }
    for name, problem in problems.items():
        understood = (words("yesterday"),) if name != "bad range" else ()
        failed = ListJobs(states=frozenset({State.FAILED}))
        offers: tuple[Offered, ...] = (failed, Help(Topic.TIMES)) if name == "unknown word" else (ListJobs(), Help())
        if name == "wondered":
            offers = (StopJob(job=JobId(987), reason=words("why")), Retry(job=JobId(987), reason=words("why")), failed)
        if name == "missing datastream":
            offers = (
                PauseSchedule(datastream="Facebook Ads EU", until=NOW),
                ResumeSchedule(datastream=DatastreamId(42)),
            )
        if name == "too many jobs":
            offers = (StopSeveral(jobs=(JobId(987), JobId(988))), StopSeveral(states=frozenset({State.RUNNING})))
        if name == "unknown group":
            offers = (FetchAgain(job=JobId(987)), FetchAgain(datastream=DatastreamId(42)), Acknowledge(job=JobId(987)))
        misread = Misread(understood, (problem,), "failed yesterday", offers=offers)
        whose = job_is_of(987, 42, words("Facebook")) if name == "missing datastream" else ""
        yield f"misread {name}", render_misread(misread, command="/jobs", whose=whose)
    yield "greeting", render_greeting(command="@jobbot")
    for topic in Topic:
        yield f"help about {topic}", render_help(("acme",), command="/jobs", topic=topic)
    yield "help", render_help(("acme",), command="/jobs")
    refused = refusal(Refused(WrongChannel("C0123", ("C0INC",))))
    yield "help, several instances", render_help(("acme", "staging"), command="/jobs")
    yield "refusal with help", render_help((), command="/jobs", first=refused)


def _history(words: Words) -> Iterator[tuple[str, Said]]:
    def past(number: int, state: str, outcome: str = "", *, minutes: float | None = 0.25) -> PastAct:
        return PastAct(
            kind="stop",
            job=number,
            datastream=42,
            name=words("Facebook Ads EU"),
            user_id="U0ANA",
            channel_id="C0INC",
            reason=words("runaway fetch") if number % 2 else "",
            state=state,
            outcome=words(outcome) if outcome else "",
            asked_at=NOW - timedelta(hours=number - 980),
            closed_at=None if minutes is None else NOW - timedelta(hours=number - 980, minutes=-minutes),
        )

    acts = (
        past(981, "requested", minutes=None),
        past(982, "sent", minutes=None),
        past(983, "done", "Cancelled"),
        past(984, "refused", "not sent: no connection"),
        past(985, "ended_otherwise", "Success"),
        past(986, "unknown", "no answer: no answer in time", minutes=5),
    )
    whole = HistoryPage(
        asked=History(), instance="acme", acts=acts, page=1, total=6, as_of=NOW, start=None, end=None, zone=None
    )
    day = Between(NOW - timedelta(days=1), NOW, "yesterday")
    narrow = replace(
        whole,
        asked=History(range=day, by="U0ANA", job=JobId(983)),
        acts=(),
        total=0,
        start=day.start,
        end=day.end,
        zone="Europe/Vienna",
    )
    parts = (past(983, "done"), past(984, "refused"), past(985, "ended_otherwise"))
    several = replace(past(987, "done", "1 stopped"), kind="stop_several", job=None, name="", parts=parts)
    thirty = replace(several, parts=parts * 10, reason="")
    grouped = replace(whole, acts=(several, thirty, past(986, "unknown")), total=3)
    yield "history, several", render_history(grouped, asker=Asker("U0BEN"), offer_share=False, command="/jobs")
    yield "history", render_history(whole, asker=Asker("U0BEN"), offer_share=False, command="/jobs")
    yield (
        "history page two",
        render_history(replace(whole, page=2, total=21), asker=Asker("U0BEN"), offer_share=True, command="/jobs"),
    )
    yield (
        "history nothing",
        render_history(replace(whole, acts=(), total=0), asker=Asker("U0BEN"), offer_share=False, command="/jobs"),
    )
    yield (
        "history nothing in range",
        render_history(narrow, asker=Asker("U0BEN", again=True), offer_share=False, command="/jobs"),
    )


def _timeline(words: Words) -> Iterator[tuple[str, Said]]:
    def at(minutes: float) -> datetime:
        return NOW - timedelta(minutes=minutes)

    def seen(minutes: float, what: str, job: int | None, **more: Any) -> Happening:
        stream: dict[str, Any] = {"datastream": 42, "name": words("Facebook Ads EU")} if job is not None else {}
        return Happening(at=at(minutes), what=what, instance="acme", job=job, channel_id="C0INC", **(stream | more))

    def done(minutes: float, kind: str, job: int | None, **more: Any) -> Happening:
        return seen(minutes, kind, job, **({"state": "done", "user_id": "U0ANA"} | more))

    happened = (
        seen(200, "Failed", 987, said=words("Authorization invalid."), message_ts="1.1"),
        done(190, "retry", 987, said=words("token renewed"), outcome=words("accepted"), closed_at=at(189)),
        seen(180, "recovered", 991, message_ts="1.1"),
        seen(170, "blind", None, said="Unreachable"),
        seen(150, "seeing", None),
        seen(120, "away", None),
        seen(110, "back", None),
        seen(100, "late", 995, said=words("52 min, usually 9–14 min")),
        done(90, "stop", 995, user_id="U0BEN", said=words("runaway fetch"), outcome="not sent, done by U0ANA"),
        seen(80, "empty", 996, datastream=43, name=words("TikTok")),
        seen(70, words("Odd") or "Odd", 997, datastream=44, name=""),
        done(60, "pause", None, datastream=45, state="planned"),
        seen(50, "freeze", None, user_id="U0ANA", said=words("migration"), until=at(20)),
        seen(45, "asked", 996, datastream=43, user_id="U0ANA", about="stop", said=words("runaway fetch")),
        done(44, "stop", 996, datastream=43, user_id="U0BEN", asked_by="U0ANA"),
        seen(40, "expired", 996, datastream=43, about="stop"),
        seen(20, "unfreeze", None),
    )
    matters = grouped(happened)
    link = "https://acme.datatap.adverity.com/p11"
    whole = TimelinePage(
        asked=Timeline(),
        instance="acme",
        matters=matters,
        page=1,
        total=len(matters),
        entries=len(happened),
        as_of=NOW,
        start=NOW - timedelta(hours=4),
        end=NOW,
        zone="Europe/Vienna",
        links={("C0INC", "1.1"): link},
        people={"U0ANA": words("Ana Gruber")},
        stream=words("Facebook Ads EU"),
    )
    many = grouped(seen(number, "Failed", 1000 + number, said=words("Quota used up")) for number in range(90))
    day = Between(NOW - timedelta(days=1), NOW, "yesterday")
    narrow = replace(whole, asked=Timeline(range=day, job=JobId(987)), matters=(), total=0, entries=0)
    ben = Asker("U0BEN")
    yield "timeline", render_timeline(whole, asker=ben, offer_share=False, command="/jobs")
    paged = replace(whole, page=2, total=20, cut=True, asked=Timeline(datastream=DatastreamId(42), range=day))
    yield "timeline page two", render_timeline(paged, asker=ben, offer_share=True, command="/jobs")
    yield (
        "timeline too many of one",
        render_timeline(replace(whole, matters=many, total=2), asker=ben, offer_share=False, command="/jobs"),
    )
    yield "timeline nothing", render_timeline(narrow, asker=ben, offer_share=False, command="/jobs")
    yield "timeline as markdown", render_copy(whole, ZoneInfo("Europe/Vienna"))[0]


def _stop_button(words: Words) -> Block:
    return buttons.stop_with_reason(StopJob(job=JobId(987), reason=words("runaway fetch"), instance="acme"))


def _notices(words: Words) -> Iterator[tuple[str, Said]]:
    yield "notice asking", notices.asking_list()
    yield "notice asking for the record", notices.asking_record()
    yield "notice cannot read the record", notices.cannot_read_record()
    yield "notice asking for a job", notices.asking_job(987)
    yield "notice asking for issues", notices.asking_issues()
    yield "notice asking for names", notices.asking_names()
    yield "notice stale button", notices.stale_button("/jobs")
    yield "notice unknown instance", notices.unknown_instance(("acme", "staging"))
    yield "notice no member", notices.no_member()
    yield "notice cannot keep", notices.cannot_keep()
    yield "notice press to stop", notices.press_to_act(_stop_button(words), "stopped", "job 987")
    yield "notice window missed", notices.window_missed(_stop_button(words), "stopped", "job 987")
