"""The timeline, pure: nothing lost, everything in its order, what belongs together stands together; and as Markdown."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobbot.adverity.model import JobId
from jobbot.intents.model import Between, Timeline
from jobbot.playground.slack.blockkit.check import problems_in_blocks
from jobbot.render.asked import Asker
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.text import cut
from jobbot.render.history import OUTCOMES_IN_WORDS, STATES_IN_WORDS
from jobbot.render.timeline.markdown import PARTS_MOST, as_markdown, markdown_messages, render_copy, timeline_lines
from jobbot.render.timeline.message import SHOWN, render_timeline
from jobbot.render.timeline.model import DEEDS, Happening, TimelinePage, grouped, in_order, once
from jobbot.store.acts.model import Kind
from tests.support.each import each

NOW = datetime(2026, 3, 14, 9, 42, 5, tzinfo=UTC)
LINK = "https://acme.slack.com/archives/C0INC/p1710000000000100?thread_ts=1.1&cid=C0INC"
SEEN = ("Failed", "Success", "Cancelled", "late", "empty", "gone", "recovered", "Odd")
STATES = ("done", "refused", "ended_otherwise", *STATES_IN_WORDS)


def at(minutes: float) -> datetime:
    return NOW - timedelta(hours=4) + timedelta(minutes=minutes)


def seen(minutes: float, what: str, job: int | None = 987, **more: object) -> Happening:
    given: dict[str, object] = {"at": at(minutes), "what": what, "instance": "acme", "job": job}
    given |= {"datastream": 42 if job is not None else None, "name": "Facebook Ads EU" if job is not None else ""}
    return Happening(**(given | {"channel_id": "C0INC"} | more))  # type: ignore[arg-type] # a test's own keywords


def done(minutes: float, kind: str, job: int | None = 987, **more: object) -> Happening:
    return seen(minutes, kind, job, **({"state": "done", "user_id": "U0ANA"} | more))


def page(*happenings: Happening, **more: object) -> TimelinePage:
    matters = grouped(once(happenings, "C0INC"))
    given: dict[str, object] = {"asked": Timeline(), "instance": "acme", "matters": matters, "page": 1}
    given |= {"total": len(matters), "entries": len(happenings), "as_of": NOW, "zone": "Europe/Vienna"}
    return TimelinePage(**(given | {"start": NOW - timedelta(hours=4), "end": NOW} | more))  # type: ignore[arg-type]


def told(found: TimelinePage) -> Message:
    return render_timeline(found, asker=Asker("U0BEN"), offer_share=False, command="/jobs")


WORDS = st.text(max_size=200)
HAPPENINGS = st.lists(
    st.one_of(
        st.builds(
            seen,
            st.floats(0, 240),
            st.sampled_from(SEEN),
            st.none() | st.integers(1, 4),
            datastream=st.none() | st.integers(1, 3),
            name=WORDS,
            said=WORDS,
            message_ts=st.none() | st.just("1.1"),
        ),
        st.builds(
            done,
            st.floats(0, 240),
            st.sampled_from([*OUTCOMES_IN_WORDS]),
            st.none() | st.integers(1, 4),
            datastream=st.none() | st.integers(1, 3),
            state=st.sampled_from(STATES),
            said=WORDS,
            outcome=WORDS,
            message_ts=st.none() | st.just("1.1"),
        ),
        st.builds(seen, st.floats(0, 240), st.sampled_from(["blind", "seeing", "away", "back"]), st.none()),
        st.builds(
            seen,
            st.floats(0, 240),
            st.sampled_from(sorted(DEEDS)),
            st.none() | st.integers(1, 4),
            user_id=st.sampled_from(["", "U0ANA"]),
            about=st.sampled_from([*OUTCOMES_IN_WORDS]),
            said=WORDS,
        ),
    ),
    max_size=40,
)


@given(HAPPENINGS)
def test_each_thing_is_in_one_matter_and_everything_in_its_order(happenings: list[Happening]) -> None:
    matters = grouped(happenings)
    assert sum(len(one.happenings) for one in matters) == len(happenings)
    assert sorted((one.at, one.what) for matter in matters for one in matter.happenings) == sorted(
        (one.at, one.what) for one in happenings
    )
    for matter in matters:
        assert list(matter.happenings) == in_order(matter.happenings)
        assert len({one.datastream for one in matter.happenings}) == 1, "of one datastream, or of none"
        if matter.datastream is None:
            assert len({one.job for one in matter.happenings}) == 1
    firsts = [matter.first.at.replace(microsecond=0) for matter in matters]
    assert firsts == sorted(firsts)


def test_a_failure_the_acts_on_it_and_its_recovery_stand_together_and_the_next_one_apart() -> None:
    blind, seeing = seen(15, "blind", None, said="Unreachable"), seen(25, "seeing", None)
    first = [seen(10, "Failed"), done(20, "retry"), seen(30, "recovered", 988), done(40, "resume")]
    second = [seen(50, "Failed", 989), done(60, "pause", None, datastream=42)]
    other = [seen(35, "Failed", 5, datastream=43)]
    found = grouped([*second, *other, seeing, *first, blind])
    assert [list(one.happenings) for one in found] == [first, [blind, seeing], other, second]


def test_within_one_second_trouble_comes_before_what_was_done_and_that_before_its_end() -> None:
    second = at(5).replace(microsecond=0)
    failed, recovered = seen(5, "Failed"), seen(5, "recovered", 988)
    retried = done(5, "retry")
    late = [replace(failed, at=second + timedelta(seconds=0.9)), replace(retried, at=second + timedelta(seconds=0.5))]
    assert [one.what for one in in_order([replace(recovered, at=second), *late])] == ["Failed", "retry", "recovered"]


def test_an_act_of_a_job_alone_is_where_its_datastream_is() -> None:
    (matter,) = grouped([seen(10, "Failed"), done(20, "stop", datastream=None)])
    assert [one.what for one in matter.happenings] == ["Failed", "stop"]


def test_what_several_channels_were_told_is_there_once() -> None:
    here, there = seen(1, "Failed", message_ts="1.1"), seen(1, "Failed", channel_id="C0OTHER", message_ts="2.2")
    for both in ([here, there], [there, here]):
        assert once(both, "C0INC") == [here]
        assert once(both, "C0OTHER") == [there]
        assert once(both, None)
    recovered, watched = seen(2, "recovered"), seen(2, "Success", channel_id="C0OTHER")
    assert once([watched, recovered], "C0OTHER") == [recovered]
    assert len(once([done(1, "stop"), done(1, "stop")], None)) == 2, "of acts, each is one"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("state", STATES)
def test_each_act_has_words_in_each_state(kind: Kind, state: str) -> None:
    assert "U0ANA" in told(page(done(1, kind.value, state=state))).text


@given(HAPPENINGS)
def test_whatever_happened_is_one_message_that_slack_takes(happenings: list[Happening]) -> None:
    matters = grouped(happenings)
    said = told(page(*happenings, matters=matters[:SHOWN], links={("C0INC", "1.1"): LINK}))
    texts = [block["text"]["text"] for block in said.blocks if block["type"] == "section"]
    assert problems_in_blocks(list(said.blocks), "message") == []
    assert sum(map(len, texts)) <= 11_000
    assert len(said.text.encode()) <= 3_800


def test_of_too_much_the_first_and_the_last_stand_and_the_rest_is_counted() -> None:
    many = [seen(number / 10, "Failed", number + 1, said="<&>" * 60) for number in range(900)]
    said = told(page(*many))
    text = "\n".join(block["text"]["text"] for block in said.blocks if block["type"] == "section")
    (more,) = re.findall(r"… and (\d+) more …", text)
    lines = [line for line in text.splitlines() if "Failed" in line]
    assert len(lines) + int(more) == 900
    assert "job 1 " in lines[0]
    assert "job 900" in lines[-1]
    assert problems_in_blocks(list(said.blocks), "message") == []


def test_the_copy_is_of_what_was_shown() -> None:
    said = told(page(seen(1, "Failed")))
    values = [element["value"] for element in said.blocks[-1]["elements"]]
    assert [element["text"]["text"] for element in said.blocks[-1]["elements"]] == [
        *("Refresh", "Copy as Markdown", "Failed in this time"),
    ]
    span = Between(NOW - timedelta(hours=4), NOW)
    assert f'["between",{int(span.start.timestamp())},{int(span.end.timestamp())}]' in values[1]


def test_where_nothing_is_on_record_the_next_step_is_a_button() -> None:
    about_job = told(page(asked=Timeline(job=JobId(48319)), start=None, end=None))
    assert about_job.text.startswith("*Nothing on record*")
    assert "Show job 48319" in str(about_job.blocks[-1]), "it may exist, and run"
    assert "Failed in this time" in str(told(page()).blocks[-1])


def test_with_entries_too_it_says_what_it_is_made_of_and_where_the_rest_is() -> None:
    said = told(page(seen(1, "Failed")))
    assert "what was done through jobbot and what its alerts and watches told, not of every job" in said.text
    assert "Failed in this time" in str(said.blocks[-1])


@each(
    ("kind", "mark"),
    [
        ("stop", ":octagonal_sign: "),
        ("stop_several", ":octagonal_sign: "),
        ("pause", ":white_circle: "),
        ("resume", ":large_green_circle: "),
        ("retry", ""),
        ("fetch", ""),
        ("acknowledge", ""),
    ],
)
def test_an_act_has_the_mark_that_its_message_had(kind: str, mark: str) -> None:
    assert f"  {mark}{OUTCOMES_IN_WORDS[kind][0]} · " in str(told(page(done(1, kind))).blocks)


def test_a_pause_says_until_when() -> None:
    pause = done(20, "pause", None, datastream=42, outcome="off", until=at(140))
    assert "Paused · <@U0ANA> in <#C0INC> · until 2026-03-14 08:02 UTC · off" in told(page(pause)).text
    assert "U0ANA in C0INC, until 2026-03-14 09:02:05 (08:02:05 UTC), off" in document(pause)
    assert "until" not in document(replace(pause, state="refused"))


def test_what_jobbot_did_at_its_hour_is_said_to_be_planned() -> None:
    assert "<@U0ANA> in <#C0INC> · as planned · on" in told(page(done(0, "resume", planned=True, outcome="on"))).text


def test_a_copy_names_no_channel_where_it_is_the_one_it_was_asked_in() -> None:
    both = [done(20, "retry"), done(30, "retry", channel_id="C0OTHER")]
    text = document(*both, here="C0INC")
    assert "U0ANA\n" in text
    assert "U0ANA in C0OTHER" in text
    (message,) = render_copy(page(*both), ZoneInfo("UTC"), here="C0INC")
    assert ("in C0INC" in message.text, "in C0OTHER" in message.text) == (False, True)


def document(*happenings: Happening, zone: str = "Europe/Vienna", **more: object) -> str:
    given: dict[str, object] = {
        "about": ["acme"],
        "start": at(0),
        "end": NOW,
        "zone": ZoneInfo(zone),
        "zone_name": zone,
    }
    return "\n".join(timeline_lines(grouped(happenings), **(given | more)))  # type: ignore[arg-type]


def test_the_document() -> None:
    failed = seen(10, "Failed", said="Token_expired [x](http://evil)", message_ts="1.1")
    acted = done(20, "retry", said="token renewed", closed_at=at(21), outcome="accepted")
    text = document(failed, acted, links={("C0INC", "1.1"): LINK}, names={"U0ANA": "Ana *Gruber*"})
    assert text == (
        "# Timeline: acme\n"
        "\n"
        "2026-03-14 06:42:05 to 2026-03-14 10:42:05 Europe/Vienna (2026-03-14 05:42:05 to 2026-03-14 09:42:05 UTC)\n"
        "Times are those of Europe/Vienna, with UTC in brackets.\n"
        "This timeline is made of what was done through jobbot and what its alerts and watches told, not of every "
        "job that ended.\n"
        "\n"
        "## Facebook Ads EU (datastream 42)\n"
        "\n"
        "- 2026-03-14 06:52:05 (05:52:05 UTC): **Failed**, job 987, “Token\\_expired \\[x\\]\\(http\\://evil\\)”, "
        f"[message]({LINK})\n"
        "- 2026-03-14 07:02:05 (06:02:05 UTC): **Retried**, job 987, Ana \\*Gruber\\* in C0INC, accepted, 1 min later, "
        "“token renewed”"
    )


def test_where_the_day_is_another_one_utc_says_so() -> None:
    assert "2026-03-14 18:52:05 (05:52:05 UTC)" in document(seen(10, "Failed"), zone="Pacific/Auckland")
    text = document(seen(10, "Failed"), zone="America/Los_Angeles")
    assert "2026-03-13 22:52:05 (2026-03-14 05:52:05 UTC)" in text
    assert "- 2026-03-14 05:52:05: **Failed**" in document(seen(10, "Failed"), zone="UTC")


SPECIAL = re.compile(r"[\\`*_{}\[\]<>()#+!|~$&^=@]|www\.|://|:(?!(?<=\d:)\d\d(?!\d))[\w+'-]+:")


def test_a_time_of_day_has_no_backslash() -> None:
    assert as_markdown("from 19:20:05 to 19:30:00") == "from 19:20:05 to 19:30:00"
    assert as_markdown("a :100: b1:tada:") == "a \\:100: b1\\:tada:"


@given(st.text(max_size=300) | st.text("`*_[]()<>|\\#\n\r\u2028:/w.@&~!$ \t\x00", max_size=60))
def test_foreign_words_are_one_line_of_markdown_that_formats_nothing(text: str) -> None:
    said = as_markdown(text)
    assert "\n" not in said
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", " ", said)
    assert not SPECIAL.search(bare), said
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", said) == cut(text, 300)


@given(HAPPENINGS)
def test_no_name_and_no_reason_makes_a_line_of_its_own(happenings: list[Happening]) -> None:
    text = document(*happenings)
    matters = grouped(happenings)
    lines = text.split("\n")
    assert sum(line.startswith("## ") for line in lines) == len(matters)
    assert sum(line.startswith("- 2026-") for line in lines) == len(happenings)
    assert len(lines) == 5 + 3 * len(matters) + len(happenings)


def test_a_link_that_is_none_is_left_out() -> None:
    failed = seen(1, "Failed", message_ts="1.1")
    for url in ("javascript:alert(1)", "https://acme.slack.com/a)b", "https://acme.slack.com/ x"):
        assert "[message]" not in document(failed, links={("C0INC", "1.1"): url})


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=400), min_size=1))
def test_a_document_in_messages_is_whole_or_says_what_is_left_out(lines: list[str]) -> None:
    messages = markdown_messages(lines)
    assert 1 <= len(messages) <= PARTS_MOST
    code = [
        block["elements"][0]["elements"][0]["text"]
        for one in messages
        for block in one.blocks
        if block["type"] == "rich_text"
    ]
    shown = "\n".join(code).split("\n")
    left = [int(more) for one in messages for more in re.findall(r"(\d+) more lines? do not fit", one.text)]
    assert "".join(shown) == "".join(lines[: len(lines) - sum(left)])
    for one in messages:
        assert problems_in_blocks(list(one.blocks), "message") == []
        assert len(one.text.encode()) <= 3_800


def test_a_long_copy_says_how_the_rest_can_be_had() -> None:
    many = [seen(number / 10, "Failed", number + 1, said="x" * 250) for number in range(900)]
    messages = render_copy(page(*many), ZoneInfo("Europe/Vienna"))
    assert len(messages) == PARTS_MOST
    assert "part 4 of 4" in messages[-1].text
    assert "`jobbot audit timeline`" in messages[-1].text
    assert "more lines do not fit here" in messages[-1].text


def test_a_freeze_is_as_long_as_it_was_asked_for() -> None:
    """It is recorded a moment after its length began to count."""
    freeze = seen(1.01, "freeze", job=None, user_id="U0ANA", until=at(31))
    assert "for 30 min" in told(page(freeze)).text
