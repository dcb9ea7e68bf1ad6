"""Everything jobbot can say, looked at three ways: as it was agreed on, within Slack's limits, and under hostile words.

``JOBBOT_UPDATE_SNAPSHOTS=1 pytest tests/render`` writes the snapshots anew; the change is then read in the diff.
"""

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobbot.access.policy import Need
from jobbot.adverity.model import Job
from jobbot.intents.model import ListJobs
from jobbot.playground.slack.blockkit.check import problems_in_blocks, problems_in_view
from jobbot.render.asked import Asked, Asker
from jobbot.render.blockkit.blocks import Message, Modal, action_of
from jobbot.render.blockkit.buttons import ActionId
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.paging import PAGE
from jobbot.render.blockkit.text import to_plain
from jobbot.render.jobs import Names
from jobbot.render.listing import Listing, render_listing
from jobbot.visible import visible
from tests.unit.render.gallery import NOW, Said, gallery

SNAPSHOTS = Path(__file__).with_name("snapshots")
TEXT_BYTES = 3_800
FORMATS = re.compile(r"[*~`＊＿～｀]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|:[\w+'-]+:|(?m:^(?:>|&gt;|＞))")
OURS = re.compile(
    r"<@U0(?:ANA|BEN|BOSS)>|<#C0\w+>|<!subteam\^S0ONCALL>"
    r"|<!date\^\d+\^\{(?:time_secs|date_short_pretty)\}(?: \{time\})?\|[\d :-]+ UTC>"
    r"|<https://acme\.datatap\.adverity\.com/[^<>|\s]*\|[\w –]+>"
    r"|<!date\^0\^\{_\}\|[*_~`:＊＿～｀]+>"
)
"""Everything in angle brackets that jobbot writes itself."""


def blocks_of(said: Said) -> list[dict[str, Any]]:
    return list(said.blocks) if isinstance(said, Message) else list(said.view["blocks"])


def problems(said: Said) -> list[str]:
    """What Slack would refuse."""
    return problems_in_blocks(blocks_of(said), "message") if isinstance(said, Message) else problems_in_view(said.view)


def as_json(said: Said) -> dict[str, Any]:
    return {"text": said.text, "blocks": said.blocks} if isinstance(said, Message) else said.view


def strings(value: object, kind: str = "mrkdwn") -> Iterator[str]:
    """Every text object of a kind, however deep."""
    if isinstance(value, dict):
        if value.get("type") == kind and isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from strings(inner, kind)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, kind)


def elements(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "action_id" in value:
            yield value
        for inner in value.values():
            yield from elements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from elements(inner)


def headers(said: Message) -> list[dict[str, Any]]:
    return [block for block in said.blocks if block["type"] == "header"]


@cache
def shown() -> dict[str, Said]:
    return dict(gallery())


def test_it_says_what_was_agreed_on() -> None:
    now = {
        re.sub("[^a-z0-9]+", "-", name.lower()): json.dumps(as_json(said), indent=1, ensure_ascii=False) + "\n"
        for name, said in shown().items()
    }
    if os.environ.get("JOBBOT_UPDATE_SNAPSHOTS"):
        SNAPSHOTS.mkdir(exist_ok=True)
        for name, text in now.items():
            (SNAPSHOTS / f"{name}.json").write_text(text, encoding="utf-8")
    agreed = {file.stem: file.read_text(encoding="utf-8") for file in SNAPSHOTS.iterdir()}
    assert sorted(agreed) == sorted(now)  # nothing is left of what is not said any more
    assert [name for name in now if now[name] != agreed[name]] == []


def test_every_button_is_known_and_names_its_job_to_screen_readers() -> None:
    for name, said in shown().items():
        for element in elements(as_json(said)):
            if element["type"] != "button":
                continue
            assert action_of(element["action_id"]) in set(ActionId), name
            assert len(element["text"]["text"]) <= 30, name


def test_what_a_button_is_called_contains_what_it_says() -> None:
    """WCAG 2.5.3: who speaks to the computer says what is seen. Of a text that is cut, what is left of it."""
    for name, said in shown().items():
        for element in elements(as_json(said)):
            if element["type"] == "button":
                seen = element["text"]["text"].rstrip("… ").casefold()
                assert seen in element["accessibility_label"].casefold(), (name, element)


def test_at_most_one_primary_button_a_message() -> None:
    for name, said in shown().items():
        styles = [element.get("style") for element in elements(as_json(said))]
        assert styles.count("primary") <= 1, name
        assert styles.count("danger") <= 1, name


def test_the_fallback_text_has_every_sentence_of_the_blocks() -> None:
    for name, said in shown().items():
        if isinstance(said, Modal):
            continue
        plain = to_plain(" ".join([*strings(said.blocks), *strings(headers(said), "plain_text")]))
        words = {word.strip("*,:") for word in plain.split()} - {mark.sign for mark in Mark} - {"·"}
        missing = [word for word in words if word not in said.text]
        assert not missing, name


RAW_ID = re.compile(r"\b[CDGSTUW]0[A-Z0-9]+\b")


FOR_ADMINISTRATORS = {"C0123", "S0ONCALL", "U0ANA", "U0BOSS", "U0GUS", "U0OLGA"}


def test_nobody_reads_an_id_of_slacks_but_in_a_refusal_the_channels_and_more_where_it_is_explained() -> None:
    """People and groups are mentioned by name; whoever permits something needs the ids."""
    for name, said in shown().items():
        shown_ = [text for kind in ("mrkdwn", "plain_text") for text in strings(as_json(said), kind)]
        raw = {id_ for text in shown_ for id_ in RAW_ID.findall(re.sub(r"<[@#!][^>]*>", "", text))}
        explained = name.startswith(("why", "whoami"))
        refused = name.startswith(("refusal", "modal stop refused"))
        assert raw <= (FOR_ADMINISTRATORS if explained else {"C0123"} if refused else set()), name


def hold(*words: str) -> None:
    """Whatever comes from outside, in turn: nothing pings, links, formats or fakes a line, and Slack's limits stand."""
    turns = cycle(words)
    for name, said in gallery(lambda _: next(turns)):
        texts = list(strings(blocks_of(said)))
        rest = re.sub("^>", "", OURS.sub("", "\n".join(texts)), flags=re.MULTILINE)  # quotes are ours
        assert "<" not in rest, (name, texts)
        assert ">" not in rest, (name, texts)
        assert re.sub(r"&(?:amp|lt|gt);", "", rest).count("&") == 0, (name, texts)
        assert all(len(text) <= 3_000 for text in texts), name
        assert problems(said) == [], name
        if isinstance(said, Message):
            assert len(said.text.encode()) <= TEXT_BYTES, name
            assert len(said.blocks) <= 50, name
            assert sum(map(len, texts)) <= 12_000, name
            assert "<" not in OURS.sub("", said.text), (name, said.text)
            assert "<!date" not in said.text, (name, "a notification does not read it out")
        for element in elements(as_json(said)):
            assert len(element.get("value", "")) <= 2_000, name
            assert len(element.get("accessibility_label", "")) <= 75, name
            assert len(element.get("initial_value", "")) <= 300, name


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        "<!channel> &lt;!here&gt; a|b>c<d&e",
        "<@U0VICTIM> <https://evil.example|acme>",
        "x" * 5_000,
        "<" * 5_000,
        "💥" * 3_000,
        "\x00\x1b[31m `code` *bold* _it_ ~no~\nbreak\r\nand \u2028 more\u202e reversed",
        "",
    ],
)
def test_hostile_words_stay_words(words: str) -> None:
    hold(words)


def formats(text: str) -> list[str]:
    """What Slack would format by, in its order: our own, where foreign words stay words."""
    return FORMATS.findall(re.sub(r"`[^`\n]*`", "", OURS.sub("", text)))


@cache
def plain(words: str) -> list[tuple[str, Said]]:
    """The gallery with words that format nothing."""
    return list(gallery(lambda _: words))


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", ["`code` _it_", "*bold* ~no~", ":fire: :red_circle: ads", "＊wide＊ ```fence", "> quote\n* a"]
)
def test_hostile_words_format_nothing(words: str) -> None:
    for (name, hostile), (_, meek) in zip(gallery(lambda _: words), plain("plain words"), strict=True):
        ours, theirs = ("\n".join(strings(blocks_of(said))) for said in (meek, hostile))
        assert theirs.count("\n") == ours.count("\n"), name
        assert formats(theirs) == formats(ours), name


@pytest.mark.parametrize("words", ["Ads\n*Stopped job 987*", " a\u2028b\r\n\tc \x85 \u202e\u200fEU"])
def test_a_name_is_one_line_and_turns_nothing_round(words: str) -> None:
    flat = " ".join(visible(words).split())
    for (name, hostile), (_, plain) in zip(gallery(lambda _: words), gallery(lambda _: flat), strict=True):
        ours, theirs = ({**as_json(said)} for said in (plain, hostile))
        for metadata in (ours, theirs):
            metadata.pop("private_metadata", None)
        assert without_values(theirs) == without_values(ours), name


def without_values(part: Any) -> Any:
    """What is shown, without what elements carry."""
    if isinstance(part, dict):
        return {key: without_values(inner) for key, inner in part.items() if key not in ("value", "initial_value")}
    return [without_values(inner) for inner in part] if isinstance(part, (list, tuple)) else part


@pytest.mark.slow
# Each is the whole gallery, some five hundred messages.
@settings(max_examples=4 if settings().max_examples <= 50 else settings().max_examples // 6)
@given(st.lists(st.text(max_size=400), min_size=1, max_size=8))
def test_any_words_stay_words(words: list[str]) -> None:
    hold(*words)


def test_a_page_whose_issues_are_long_is_still_one_message_with_its_buttons() -> None:
    long = "&" * 5_000
    jobs = tuple(
        Job.model_validate(
            {
                "id": 2**62 + number,
                "state_label": "Running",
                "job_start": "2022-10-31T10:00:00Z",
                "datastream": {"id": 42, "name": long},
                "creator": long,
                "issues": [{"type_label": long, "message": long}] * 2,
            }
        )
        for number in range(PAGE)
    )
    listing = Listing(
        asked=Asked(ListJobs(), None, None, None),
        instance="acme",
        jobs=jobs,
        page=1,
        total=PAGE,
        complete=True,
        as_of=NOW,
        names=Names("https://acme.datatap.adverity.com"),
    )
    said = render_listing(listing, now=NOW, asker=Asker("U0ANA"), offers=[Need.STOP], offer_share=True, command="/jobs")
    assert sum(len(text) for text in strings(list(said.blocks))) <= 12_000
    assert len(said.text.encode()) <= TEXT_BYTES
