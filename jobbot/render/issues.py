"""Open issues as a message: what is open, in which datastream, since when, and what would help."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from jobbot.access.policy import Need
from jobbot.adverity.model import Issue
from jobbot.intents.button import encode
from jobbot.intents.model import Issues
from jobbot.render.around import issue_cause, issue_circumstances, what_helps
from jobbot.render.asked import Asker, by, place_in_words
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message, context, header
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.parts import Part, row_in_words
from jobbot.render.blockkit.text import clock, cut, escape, foreign, link, plural
from jobbot.render.frozen import Frozen, frozen_part
from jobbot.render.jobs import Names
from jobbot.render.naming import looked_among
from jobbot.render.offered import of_issue
from jobbot.render.refusals import left_out, untold_workspaces

SHOWN = 15
FEW = 5
_MOST = 700
"""Characters of one issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueList:
    """The answer to the question which issues are open, the newest first.

    ``stream`` is the name of the datastream that was asked for, ``workspaces`` what the answer is narrowed to, and
    ``unplaced`` counts issues that are left out because nobody knows in which workspace they are; ``among`` as for
    Scope, ``whole`` as for Reach. ``frozen``: the freeze of the instance that is on.
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
    frozen: Frozen | None = None


def render_issues(
    found: IssueList, *, asker: Asker, offer_share: bool, offers: Collection[Need] = frozenset()
) -> Message:
    """The message: at most 15 of them, and how many more there are.

    Few have a row of buttons each, of more each has one at its side. ``offers``: what it may have buttons for.
    """
    stream = found.asked.datastream
    named = cut(f"datastream {stream} {found.stream}", 80) if stream is not None else ""
    where = f" of {named}" if named else ""
    at_least = "" if found.complete else "at least "
    about = [place_in_words(found.instance, found.workspaces), f"as of {clock(found.as_of)}", by(asker)]
    count = f"{at_least}{plural(len(found.issues), 'open issue')}" if found.issues else "No open issues"
    if not found.issues and not found.complete:
        count = "No such issues among the newest"
    question = replace(found.asked, instance=found.instance)
    spoken = " – ".join([f"*{count}{escape(where)}*", *about])
    more = f"and {len(found.issues) - SHOWN} more: name a datastream to see fewer at a time"
    share = [buttons.share(encode(question))] if offer_share else []
    return parts.compose(
        [
            Part([header(f"{count}{where}"), context(parts.joined(about))], [spoken]),
            frozen_part(found.frozen, unfreeze=Need.STOP in offers),
            *_rows(found, offers, everywhere=not where),
            parts.small(left_out(found.unplaced, "issue") if found.unplaced else ""),
            parts.small(looked_among(found.among) if found.among is not None else ""),
            parts.small("" if found.whole else untold_workspaces()),
            parts.small(more if len(found.issues) > SHOWN else ""),
            parts.controls([buttons.refresh_list(question), *share]),
        ]
    )


def _rows(found: IssueList, offers: Collection[Need], *, everywhere: bool) -> Iterator[Part]:
    for issue in found.issues[:SHOWN]:
        words, pressed = _row(issue, Names(found.base_url), everywhere=everywhere), _buttons(issue, found, offers)
        if len(found.issues) <= FEW:
            yield parts.text(words)
            yield parts.controls(pressed)
        else:
            # The first after Details is what would help most.
            yield parts.text(words, next(iter(pressed[1:2] or pressed), None))


def _buttons(issue: Issue, found: IssueList, offers: Collection[Need]) -> list[Block]:
    """Of its job; nothing where Adverity does not say which that is."""
    if issue.job_id is None:
        return []
    retry = Need.RETRY in offers and issue.retry_url is not None
    acknowledge = Need.RETRY in offers and issue.ack_url is not None
    acts = of_issue(issue.job_id, found.instance, retry=retry, acknowledge=acknowledge)
    return [buttons.show(issue.job_id, found.instance), *acts]


def _row(issue: Issue, names: Names, *, everywhere: bool) -> str:
    """The datastream and the cause, how often and since when, what Adverity said, what would help."""
    stream, url = issue.datastream, names.url(issue.page)
    name = _name(issue) if everywhere else ""
    number = f"datastream {stream.id}" if everywhere and stream is not None and stream.name else ""
    quiet = [number, *issue_circumstances(issue), link(url, "in Adverity") if url else ""]
    cause = issue_cause(issue, 120)
    said = [foreign(issue.message, 200)] if issue.message and issue.cause else []
    helps = what_helps(issue, 120)
    whole = "\n".join(one for one in (row_in_words(name, [cause], quiet, mark=Mark.FAILED, said=said), helps) if one)
    brief = row_in_words(name, [issue_cause(issue, 40)], quiet[:-1], mark=Mark.FAILED)
    return whole if len(whole) <= _MOST else brief


def _name(issue: Issue) -> str:
    stream = issue.datastream
    if stream is None:
        return ""
    return foreign(stream.name or "", 60) or f"Datastream {stream.id}"
