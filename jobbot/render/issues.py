"""Open issues as a message: what is open, in which datastream, since when, and what would help."""

from dataclasses import dataclass, replace
from datetime import datetime

from jobbot.adverity.model import Issue
from jobbot.intents.button import encode
from jobbot.intents.model import Issues
from jobbot.render.around import open_issue
from jobbot.render.asked import Asker, by, place_in_words, stream_in_words
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Message, actions, context, section
from jobbot.render.blockkit.text import clock, fit_bytes, foreign, link, plural, to_plain
from jobbot.render.jobs import Names
from jobbot.render.naming import looked_among
from jobbot.render.refusals import left_out, untold_workspaces

SHOWN = 15
_MOST = 700
"""Characters of one issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueList:
    """The answer to the question which issues are open, the newest first.

    ``stream`` is the name of the datastream that was asked for, ``workspaces`` what the answer is narrowed to, and
    ``unplaced`` counts issues that are left out because nobody knows in which workspace they are; ``among`` as for
    Scope, ``whole`` as for Reach.
    """

    asked: Issues
    instance: str
    base_url: str
    issues: tuple[Issue, ...]
    complete: bool
    as_of: datetime
    stream: str = ""
    workspaces: tuple[str, ...] = ()
    unplaced: int = 0
    among: int | None = None
    whole: bool = True


def render_issues(found: IssueList, *, asker: Asker, offer_share: bool) -> Message:
    """The message: at most 15 of them, and how many more there are."""
    stream = found.asked.datastream
    where = f" of {stream_in_words(stream, found.stream)}" if stream is not None else ""
    at_least = "" if found.complete else "at least "
    about = f"{place_in_words(found.instance, found.workspaces)} – as of {clock(found.as_of)} – {by(asker)}"
    count = f"{at_least}{plural(len(found.issues), 'open issue')}" if found.issues else "No open issues"
    if not found.issues and not found.complete:
        count = "No such issues among the newest"
    lines = [f"*{count}{where}* – {about}"]
    lines += [_row(issue, Names(found.base_url), everywhere=not where) for issue in found.issues[:SHOWN]]
    if found.unplaced:
        lines.append(left_out(found.unplaced, "issue"))
    if found.among is not None:
        lines.append(looked_among(found.among))
    if not found.whole:
        lines.append(untold_workspaces())
    blocks = [section(line) for line in lines]
    if len(found.issues) > SHOWN:
        lines.append(f"and {len(found.issues) - SHOWN} more: name a datastream to see fewer at a time")
        blocks.append(context(lines[-1]))
    question = replace(found.asked, instance=found.instance)
    row = [buttons.refresh_list(question), *([buttons.share(encode(question))] if offer_share else [])]
    return Message(text=fit_bytes([to_plain(line) for line in lines]), blocks=[*blocks, actions(row)])


def _row(issue: Issue, names: Names, *, everywhere: bool) -> str:
    stream = issue.datastream
    head = ""
    if everywhere and stream is not None:
        name = foreign(stream.name or "", 60)
        head = f"*{name}* (datastream {stream.id}): " if name else f"*Datastream {stream.id}*: "
    whole, brief = (f"{head}{open_issue(issue, brief=brief)}" for brief in (False, True))
    url = names.url(issue.page)
    linked = f"{whole} ({link(url, 'in Adverity')})" if url else whole
    shortest = f"{head}{foreign(issue.cause or issue.message, 40)}"
    return next((one for one in (linked, whole, brief) if len(one) <= _MOST), shortest)
