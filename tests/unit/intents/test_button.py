"""What a button carries: there and back, and nothing that jobbot has not written."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobbot.adverity.model import GOING_ON, DatastreamId, Days, JobId, State
from jobbot.intents import (
    Acknowledge,
    Alerts,
    AlertsDo,
    Between,
    FetchAgain,
    Freeze,
    Handover,
    Help,
    History,
    Issues,
    Last,
    ListJobs,
    MarkAlert,
    Marking,
    OnReview,
    Paused,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    Reviewing,
    ShowJob,
    Sign,
    Since,
    StopJob,
    StopNoMore,
    StopSeveral,
    Timeline,
    Topic,
    Unfreeze,
    UnwatchJob,
    Watches,
    WatchJob,
)
from jobbot.intents.button import LONGEST_VALUE, Carried, decode, encode
from tests.support.each import each
from tests.unit.intents.world import JOB, listed, utc

NUMBERS = st.integers(1, 2**63 - 1)
NAMES = st.none() | st.sampled_from(["acme", "127.0.0.1:8081", "staging"])
STREAMS = st.none() | NUMBERS | st.sampled_from(["trade desk", "x" * 300, 'Büro \\ "&"', "042a"])
WORKSPACES = st.none() | st.sampled_from(["14", "insights-prd", "y" * 300])
INSTANTS = st.integers(1, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
RANGES = (
    st.integers(1, 366 * 86_400).map(lambda seconds: Last(timedelta(seconds=seconds)))
    | INSTANTS.map(Since)
    | st.tuples(INSTANTS, INSTANTS).map(lambda two: Between(min(two), max(two)))
)
ABOUT_A_JOB = st.one_of(*(st.builds(kind, job=NUMBERS, instance=NAMES) for kind in (ShowJob, WatchJob, UnwatchJob)))
LISTS = st.builds(
    ListJobs,
    states=st.frozensets(st.sampled_from(State)),
    datastream=STREAMS,
    workspace=WORKSPACES,
    range=st.none() | RANGES,
    longer=st.none() | st.just("usual") | st.integers(1, 86_400).map(lambda seconds: timedelta(seconds=seconds)),
    jobs=st.lists(NUMBERS, max_size=10).map(tuple),
    instance=NAMES,
    page=st.integers(1, 1_000),
)
HISTORIES = st.builds(
    History,
    range=st.none() | RANGES,
    by=st.none() | st.sampled_from(["U0ANA", "W012A3CDE"]),
    job=st.none() | NUMBERS,
    datastream=STREAMS,
    workspace=WORKSPACES,
    instance=NAMES,
    page=st.integers(1, 1_000),
)
ALERTS = st.builds(
    Alerts,
    does=st.sampled_from(AlertsDo),
    states=st.frozensets(st.sampled_from(State)),
    signs=st.frozensets(st.sampled_from(Sign)),
    datastream=STREAMS,
    workspace=WORKSPACES,
    instance=NAMES,
    length=st.none() | st.integers(1, 86_400).map(lambda seconds: timedelta(seconds=seconds)),
    until_fixed=st.booleans(),
    group=st.none() | st.sampled_from(["S0123AB", "S1"]),
    job=st.none() | NUMBERS,
)
REASONS = st.sampled_from(["", "runaway", 'a "b" <c>'])
NAMED = STREAMS.filter(bool)
DAYS = st.tuples(st.dates(), st.dates()).map(lambda two: Days(min(two), max(two)))
ACTS = st.one_of(
    *(st.builds(kind, job=NUMBERS, reason=REASONS, instance=NAMES) for kind in (Retry, Acknowledge)),
    st.builds(
        PauseSchedule,
        datastream=NAMED,
        until=st.none() | INSTANTS,
        reason=REASONS,
        instance=NAMES,
        workspace=WORKSPACES,
    ),
    st.builds(ResumeSchedule, datastream=NAMED, reason=REASONS, instance=NAMES, workspace=WORKSPACES),
    st.builds(
        FetchAgain, datastream=NAMED, days=st.none() | DAYS, reason=REASONS, instance=NAMES, workspace=WORKSPACES
    ),
    st.builds(FetchAgain, job=NUMBERS, days=st.none() | DAYS, reason=REASONS, instance=NAMES),
    st.builds(StopSeveral, jobs=st.lists(NUMBERS, min_size=1, max_size=30).map(tuple), reason=REASONS),
    st.builds(
        StopSeveral,
        states=st.frozensets(st.sampled_from(sorted(GOING_ON))),
        datastream=STREAMS,
        workspace=WORKSPACES,
        reason=REASONS,
        instance=NAMES,
    ),
)
ISSUES = st.builds(Issues, datastream=STREAMS, instance=NAMES, workspace=WORKSPACES)
INTENTS: st.SearchStrategy[Carried] = st.one_of(
    LISTS,
    ABOUT_A_JOB,
    HISTORIES,
    ALERTS,
    ISSUES,
    ACTS,
    st.builds(OnReview, request=st.just("a" * 32), does=st.sampled_from(Reviewing), instance=NAMES),
    st.builds(Watches, instance=NAMES),
    st.builds(Paused, instance=NAMES),
    st.builds(Handover, instance=NAMES),
    st.builds(
        Freeze,
        until=st.none() | INSTANTS,
        length=st.none() | st.integers(1, 86_400).map(lambda seconds: timedelta(seconds=seconds)),
        reason=REASONS,
        instance=NAMES,
    ),
    st.builds(Unfreeze, reason=REASONS, instance=NAMES, freeze=st.none() | st.just("0123456789abcdef" * 2)),
    st.builds(Help, topic=st.none() | st.sampled_from(Topic)),
)


@given(intent=INTENTS)
def test_there_and_back(intent: Carried) -> None:
    value = encode(intent)

    assert decode(value) == intent
    assert len(value) <= LONGEST_VALUE


@given(job=NUMBERS, reason=st.text(max_size=3_000), instance=NAMES)
def test_a_stop_always_fits(job: int, reason: str, instance: str | None) -> None:
    value = encode(StopJob(job=JobId(job), reason=reason, instance=instance))

    back = decode(value)
    assert isinstance(back, StopJob)
    assert (back.job, back.instance) == (job, instance)
    assert len(value) <= LONGEST_VALUE
    value.encode()
    if len(reason) <= 100 and reason.isprintable():
        assert back.reason == reason


@given(job=NUMBERS, reason=st.text(max_size=3_000), kind=st.sampled_from([Retry, Acknowledge]))
def test_an_act_always_fits(job: int, reason: str, kind: type[Retry | Acknowledge]) -> None:
    back = decode(encode(kind(job=JobId(job), reason=reason)))
    assert isinstance(back, kind)
    assert back.job == job


def test_an_act_on_the_longest_name_fits() -> None:
    wish = PauseSchedule(datastream="東" * 300, workspace="x" * 300, reason="🔥" * 2_000, instance="i" * 300)
    back = decode(encode(wish))
    assert isinstance(back, PauseSchedule)
    assert (back.datastream, back.workspace) == (wish.datastream, wish.workspace)


@each("letter", ["x", "\x00", '"', "🔥", "ü", "\ud800"])
def test_the_longest_reason_of_the_most_costly_letters_fits(letter: str) -> None:
    back = decode(encode(StopJob(job=JobId(2**63 - 1), reason=letter * 40_000, instance="i" * 300)))

    assert isinstance(back, StopJob)
    assert len(back.reason) >= 200


def test_the_value_is_short_and_says_its_version() -> None:
    assert encode(ShowJob(job=JOB, instance="acme")) == '{"v":1,"instance":"acme","do":"show","job":987}'
    assert encode(Help()) == '{"v":1,"do":"help","topic":null}'
    assert encode(ListJobs()) == (
        '{"v":1,"instance":null,"do":"list","states":[],"datastream":null,"workspace":null,"range":null,'
        '"longer":null,"jobs":[],"page":1}'
    )
    assert json.loads(
        encode(ListJobs(states=frozenset({State.FAILED}), datastream=DatastreamId(4), range=Since(utc("2022-10-31"))))
    ) == {
        **{"v": 1, "do": "list", "instance": None, "states": ["Failed"], "datastream": 4, "page": 1},
        **{"workspace": None, "longer": None, "jobs": []},
        "range": ["since", 1667174400],
    }


def test_the_instants_are_carried_not_the_words_for_them() -> None:
    typed = listed("failed yesterday")

    back = decode(encode(typed))
    assert back == typed
    assert isinstance(back, ListJobs)
    assert isinstance(back.range, Between)
    assert back.range.said == ""


def test_an_instance_s_name_longer_than_any_host_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="300"):
        encode(ShowJob(job=JOB, instance="x" * 301))


@each(
    "value",
    [
        *(
            "",
            " ",
            "x",
            "987",
            "null",
            "[]",
            "{}",
            '"help"',
            "NaN",
            '{"v":1',
            "[" * 2_000,
            '{"a":' * 300,
            "\x00",
            "\ud800",
        ),
        '{"v":1,"do":"dance"}',
        '{"v":1,"do":["help"]}',
        '{"v":1,"do":"help","topic":null}' + " " * 2_000,
        '{"v":1,"do":"show","instance":"\\ud800","job":1}',
        '{"v":1,"do":"show","instance":null,"job":' + "9" * 1_900 + "}",
    ],
)
def test_anything_else_is_nothing(value: str) -> None:
    assert decode(value) is None


DAY = Between(utc("2022-10-30"), utc("2022-10-31"))
EACH: list[Carried] = [
    ListJobs(states=frozenset({State.FAILED}), datastream=DatastreamId(4), range=DAY, instance="acme", page=2),
    ListJobs(),
    ShowJob(job=JOB),
    StopJob(job=JOB, reason="runaway"),
    WatchJob(job=JOB),
    UnwatchJob(job=JOB),
    Watches(),
    Alerts(does=AlertsDo.ON, states=frozenset({State.FAILED})),
    Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=2)),
    MarkAlert(alert="0123456789abcdef" * 2, does=Marking.SNOOZE, instance="acme"),
    StopNoMore(act="0123456789abcdef" * 2, instance="acme"),
    History(range=Last(timedelta(hours=6)), by="U0ANA", job=JOB),
    Timeline(range=DAY, datastream=DatastreamId(4), workspace="emea", instance="acme", page=2),
    FetchAgain(datastream=DatastreamId(4), days=Days(date(2025, 11, 1), date(2025, 11, 27)), reason="why"),
    Retry(job=JOB, reason="why"),
    Acknowledge(job=JOB),
    PauseSchedule(datastream=DatastreamId(4), until=utc("2022-11-02"), reason="why"),
    ResumeSchedule(datastream="trade desk"),
    Paused(),
    Handover(),
    Freeze(until=utc("2022-11-02"), reason="why"),
    Freeze(length=timedelta(minutes=30)),
    Unfreeze(freeze="0123456789abcdef" * 2),
    StopSeveral(jobs=(JOB,), reason="why"),
    Help(),
]


def changed(intent: Carried, **fields: object) -> str:
    return json.dumps({**json.loads(encode(intent)), **fields})


@pytest.mark.parametrize("intent", EACH, ids=lambda one: type(one).__name__)
def test_a_value_is_taken_whole_or_not_at_all(intent: Carried) -> None:
    whole = json.loads(encode(intent))

    for missing in whole:
        rest = {name: field for name, field in whole.items() if name != missing}
        assert decode(json.dumps(rest)) is None, missing
    assert decode(changed(intent, more=None)) is None
    for version in (0, 2, "1", True, 1.0, None):
        assert decode(changed(intent, v=version)) is None, version
    assert decode(changed(intent)) == intent


@each(
    ("intent", "field", "values"),
    [
        (ShowJob(job=JOB), "job", [None, 0, -1, True, 1.0, "987", 2**63, [], {}]),
        (ShowJob(job=JOB), "instance", ["", 7, ["acme"], "a\nb", "\0", "x" * 301]),
        (StopJob(job=JOB), "reason", [None, 7, ["x"], {}]),
        (MarkAlert(alert="a" * 32, does=Marking.ON_IT), "alert", [None, "", "a" * 31, "A" * 32, 5]),
        (StopNoMore(act="a" * 32), "act", [None, "", "a" * 31, "A" * 32, 5]),
        (MarkAlert(alert="a" * 32, does=Marking.ON_IT), "does", [None, "on", "stop"]),
        (Alerts(does=AlertsDo.OFF), "does", [None, "shout", "ON", 1]),
        (Alerts(does=AlertsDo.OFF), "length", [0, -1, 1.5, True, "PT2H", 366 * 86_400 + 1, 10**30]),
        (History(), "by", ["ana", "", "<!channel>", "U0ANA\n", 5]),
        (History(), "page", [0, -1, 1.0, True, None, 10**9]),
        (Timeline(), "page", [0, -1, 1.0, True, None, 10**9]),
        (Timeline(), "range", ["last", ["last", 0], ["between", 5, 4], [], {}]),
        (ListJobs(), "states", [None, "Failed", [1], ["Exploded"], [[]], {"Failed": 1}, ["failed"]]),
        (ListJobs(), "datastream", [0, "4", "#4", "", "x" * 301, "a\nb", 1.0, True]),
        (ListJobs(), "longer", [0, -1, "long", "", True, 1.5]),
        (ListJobs(), "jobs", [None, 987, [0], ["987"], [1] * 11, [True]]),
        (Help(), "topic", ["dance", "", 1, []]),
        (Alerts(does=AlertsDo.ON), "group", ["U0ANA", "", "s1", "S1\n", 5]),
        (Alerts(does=AlertsDo.ON), "until_fixed", [None, 0, 1, "true"]),
        (Alerts(does=AlertsDo.ON), "job", [0, "987", True]),
        (Retry(job=JOB), "job", [None, 0, "987", True]),
        (Retry(job=JOB), "reason", [None, 7]),
        (PauseSchedule(datastream=DatastreamId(4)), "datastream", [None, 0, "4", "", True, [4]]),
        (PauseSchedule(datastream=DatastreamId(4)), "until", [0, -1, "2022-11-02", True, 1.5, 253_402_300_800]),
        (FetchAgain(datastream=DatastreamId(4)), "datastream", [None, 0, ""]),
        (FetchAgain(datastream=DatastreamId(4)), "job", [0, 987]),
        (FetchAgain(job=JOB), "job", [None, 0, "987"]),
        (
            FetchAgain(job=JOB),
            "days",
            [
                *([], "2025-11-01", ["2025-11-01"], ["2025-11-02", "2025-11-01"], ["2025-11-31", "2025-12-01"]),
                *([1, 2], ["20251101", "20251102"], ["2025-11-01", None], {"start": "2025-11-01", "end": "2025-11-02"}),
            ],
        ),
        (StopSeveral(), "states", [None, ["Failed"], "Running", ["running"]]),
        (StopSeveral(), "jobs", [None, 987, [0], [1] * 31, [True]]),
        (StopSeveral(datastream=DatastreamId(4)), "jobs", [[987]]),
        (ListJobs(), "workspace", [4, "", "x" * 301, "a\nb", 1.0, True, ["x"]]),
        (
            ListJobs(),
            "range",
            [
                *([], "last", 1, True, ["last"], ["last", 0], ["last", 1e9], ["last", 99_999_999], ["last", True]),
                *(["since", -1], ["since", 253_402_300_800], ["since", None], ["between", 2, 1], ["between", 1]),
                *(["between", 1, 2, 3], {"last": 1}, ["ever", 1]),
            ],
        ),
    ],
)
def test_what_does_not_fit_exactly_is_nothing(intent: Carried, field: str, values: list[object]) -> None:
    for value in values:
        assert decode(changed(intent, **{field: value})) is None, value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["v", "do", "job", "instance", "reason", "states", "range", "page", "datastream", "days"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(
    given_=JSON,
    does=st.sampled_from(
        [
            *("list", "show", "stop", "watch", "unwatch", "watches", "alerts", "history", "help"),
            *("fetch", "retry", "pause", "resume", "stop_several"),
        ]
    ),
)
def test_no_json_makes_it_raise_or_carry_what_cannot_be_written_again(given_: object, does: str) -> None:
    fields = {**given_, "v": 1, "do": does} if isinstance(given_, dict) else given_
    intent = decode(json.dumps(fields))

    assert intent is None or decode(encode(intent)) == intent


@given(value=st.text(max_size=200))
def test_no_text_makes_it_raise(value: str) -> None:
    assert decode(value) is None
