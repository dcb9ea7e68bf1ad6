"""Renders a timeline as a message: the matters of a page, each with its lines, within what Slack takes in one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from jobbot.adverity.model import DatastreamId, JobId, State
from jobbot.intents.button import encode
from jobbot.intents.model import Between, ListJobs, ShowJob, Timeline
from jobbot.render.asked import Asker, by, place_in_words, range_in_words, stream_in_words
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message, paragraphs
from jobbot.render.blockkit.paging import first_to_last
from jobbot.render.blockkit.parts import Part
from jobbot.render.blockkit.text import clock, foreign, link, moment, plural
from jobbot.render.naming import looked_among
from jobbot.render.refusals import untold_workspaces
from jobbot.render.timeline.model import Happening, TimelineMatter, TimelinePage
from jobbot.render.timeline.words import MADE_OF, Phrase, line_of, title_of, written

SHOWN = 8
"""Matters a page."""

_MOST = 10_000
"""Characters of all matters of a page; Slack takes 12,000 in a message."""

_ROOM = ((60, 150), (25, 100), (12, 80), (8, 50), (5, 25), (2, 8))
"""Lines of a matter, and characters of what was said in each: the first that fit."""


def render_timeline(found: TimelinePage, *, asker: Asker, offer_share: bool, command: str) -> Message:
    """The message; ``command`` is the slash command."""
    rows = _within(found)
    is_long = found.total > SHOWN
    foot = (
        f"{first_to_last(found.page, len(found.matters), SHOWN)} of {plural(found.total, 'matter')}" if is_long else ""
    )
    return parts.compose(
        [
            parts.title(_title(found)),
            parts.small(
                place_in_words(found.instance, found.workspaces),
                _question(found),
                f"as of {clock(found.as_of)}",
                by(asker),
            ),
            *(rows or [parts.text(_instead(found, command))]),
            parts.small(_cut(found)),
            parts.small(foot, "times in your zone", MADE_OF) if found.entries else parts.NOTHING,
            parts.small(looked_among(found.among) if found.among is not None else ""),
            parts.controls(_controls(found, offer_share=offer_share)),
        ]
    )


def _title(found: TimelinePage) -> str:
    if found.entries:
        return f"Timeline: {plural(found.entries, 'entry', 'entries')}"
    return "Nothing on record"


def _cut(found: TimelinePage) -> str:
    if found.cut:
        return (
            f"There is more: only the newest {plural(found.entries, 'entry', 'entries')} are here. Ask for less time."
        )
    return "" if found.whole else untold_workspaces()


def _instead(found: TimelinePage, command: str) -> str:
    """What may be asked for where there is nothing."""
    longer = (
        ""
        if found.start is None or found.asked.range is not None
        else f" Further back: `{command} timeline yesterday`."
    )
    untold = "" if found.whole else f" {untold_workspaces()}"
    return f"A timeline is {MADE_OF}.{longer}{untold}"


def _question(found: TimelinePage) -> str:
    asked, said = found.asked, []
    if asked.job is not None:
        said.append(f"of job {asked.job}")
    if asked.datastream is not None:
        said.append(f"of {stream_in_words(asked.datastream, found.stream)}")
    if found.start is not None and found.end is not None:
        said.append(range_in_words(asked.range, found.start, found.end, found.zone, assumed="last 4 hours"))
    return ", ".join(said)


def _controls(found: TimelinePage, *, offer_share: bool) -> list[Block]:
    question = replace(found.asked, instance=found.instance, page=found.page)
    row: list[Block] = []
    if found.page > 1:
        row.append(buttons.older(replace(question, page=found.page - 1)))
    if found.page * SHOWN < found.total:
        row.append(buttons.newer(replace(question, page=found.page + 1)))
    row.append(buttons.refresh_list(question))
    if found.entries:
        row.append(buttons.copy_markdown(_frozen(question, found)))
    if found.start is not None and found.asked.job is None:
        # Of what nobody was told of Adverity alone knows.
        label = "Jobs that failed in this time, as Adverity lists them"
        row.append(buttons.go_on("Failed in this time", _failed(_frozen(question, found)), label=label))
    if found.asked.job is not None and not found.entries:
        shown = ShowJob(job=found.asked.job, instance=found.instance)
        row.append(buttons.go_on(f"Show job {found.asked.job}", shown))
    if offer_share:
        row.append(buttons.share(encode(question)))
    return row


def _failed(asked: Timeline) -> ListJobs:
    failed = frozenset({State.FAILED})
    return ListJobs(
        states=failed,
        range=asked.range,
        datastream=asked.datastream,
        workspace=asked.workspace,
        instance=asked.instance,
    )


def _frozen(question: Timeline, found: TimelinePage) -> Timeline:
    """The same question with the range that was shown, whenever it is asked again."""
    if found.start is None or found.end is None:
        return replace(question, page=1)
    return replace(question, range=Between(found.start, found.end), page=1)


def _within(found: TimelinePage) -> list[Part]:
    """The matters with as many lines each as fit in one message."""
    # A time of day alone would be that of any day.
    is_short = found.start is not None and found.end is not None and found.end - found.start < timedelta(hours=20)
    for lines, said in _ROOM:
        drawn = [_drawn(matter, found.links, lines, said, is_short=is_short) for matter in found.matters]
        if sum(len(line) for matter in drawn for line in matter) <= _MOST:
            break
    return [
        _part(matter, words, found, is_cut=len(matter.happenings) > lines)
        for matter, words in zip(found.matters, drawn, strict=True)
    ]


def _drawn(
    matter: TimelineMatter, links: Mapping[tuple[str, str], str], most: int, said: int, *, is_short: bool
) -> list[str]:
    """The title, and a line for each thing that happened; of too many the first and the last ones."""
    words, number = title_of(matter)
    title = f"*{_written(words, 40)}*" + (f" · {number}" if number else "")
    lines = [_line(one, links, said, is_short=is_short) for one in matter.happenings]
    if len(lines) > most:
        behind = most // 3
        more = len(lines) - (most - 1)
        lines = [*lines[: most - 1 - behind], f"… and {more} more …", *lines[len(lines) - behind :]]
    return [title, *lines]


def _line(one: Happening, links: Mapping[tuple[str, str], str], most: int, *, is_short: bool) -> str:
    line = line_of(one)
    mark = f"{line.mark.code} " if line.mark is not None else ""
    said = f"“{foreign(line.said, most)}”" if line.said else ""
    url = links.get(one.message) if one.message is not None else None
    facts = [*(_written(fact, most) for fact in line.facts), said, link(url, "message") if url else ""]
    at = clock(one.at) if is_short else moment(one.at)
    return f"{at}  {mark}{parts.joined([_written(line.what, most), *facts])}"


def _written(phrase: Phrase, most: int) -> str:
    return written(
        phrase, lambda text: foreign(text, most), lambda id_: f"<@{id_}>", lambda id_: f" in <#{id_}>", moment
    )


def _part(matter: TimelineMatter, words: Sequence[str], found: TimelinePage, *, is_cut: bool) -> Part:
    blocks = paragraphs(words)
    button = _opens(matter, found, is_cut=is_cut)
    if button is not None:
        blocks[0] = {**blocks[0], "accessory": button}
    return Part(blocks, words)


def _opens(matter: TimelineMatter, found: TimelinePage, *, is_cut: bool) -> Block | None:
    """The whole of a matter of which lines are left out, where there is a question for it; else its last job."""
    stream = matter.datastream
    if is_cut and stream is not None and found.total > 1:
        times = (matter.first.at.replace(microsecond=0), matter.happenings[-1].at.replace(microsecond=0))
        asked = Timeline(range=Between(*times), datastream=DatastreamId(stream), instance=found.instance)
        return buttons.go_on("All of it", asked, label=f"All that happened to datastream {stream}")
    return buttons.show(JobId(matter.job), found.instance) if matter.job is not None else None
