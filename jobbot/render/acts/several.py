"""The words of the one message of a stop of several jobs: how many are how far, then a line for each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from jobbot.adverity.around import NextFetch, NotKnown, Upcoming
from jobbot.adverity.model import DatastreamId, JobId
from jobbot.intents.model import PauseSchedule, StopSeveral
from jobbot.render.acts.message import ActFacts, Phrases, compose_act
from jobbot.render.acts.stop import GO_ON, NEXT_FETCH, NEXT_FETCHES
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import cut, duration, foreign, moment, plural
from jobbot.render.frozen import Frozen, frozen_in_words, unfreeze_buttons
from jobbot.render.jobs import titled

FEW = 10
"""Of more jobs each has a shorter line: escaped, what came from outside is five times as long."""

AGAIN_SHOWN, PAUSES_MOST = 10, 5
"""So many next fetches are named, and so many of them can be prevented by a button."""

BEGAN_SHOWN = 5
"""So many jobs that began meanwhile are named."""

_COUNTED = {
    "done": "stopped",
    "ended_otherwise": "finished by itself",
    "refused": "refused",
    "unknown": "unknown",
    "second": "of somebody else",
    "dropped": "not begun",
    "denied": "not permitted",
}
"""By the ledger's word for an ending, how it is counted; what has none is still to go."""

_MARKS = {"done": Mark.STOPPED, "unknown": Mark.UNKNOWN, "refused": Mark.UNUSUAL}
_FIRST = re.compile(r"not sent, (being done|done|frozen) by (\w+)", re.ASCII)
_OVER = re.compile(r"(?:not sent, the job was over: )?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StopOfOne:
    """One of the jobs; ``state`` and ``outcome`` are the ledger's words, ``name`` is the datastream's as it came."""

    job: int
    name: str
    datastream: int | None
    state: str = "submitted"
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Several(ActFacts):
    """A stop of several jobs. ``id`` is the row's; ``stops`` what became of each so far, as far as that was read.

    ``halted_by`` is who said that no more of them shall begin; ``frozen``: why no more of them were begun;
    ``denied``: how many were not, as it was not permitted any more.
    ``next_fetches`` are, by datastream of what was stopped or may be, when its schedule starts it again;
    ``offers_pause``: it may have buttons to prevent that.
    """

    id: str
    jobs: tuple[int, ...]
    stops: tuple[StopOfOne, ...] = ()
    halted_by: str | None = None
    next_fetches: Mapping[int, Upcoming] = field(default_factory=dict)
    offers_pause: bool = False
    frozen: Frozen | None = None
    denied: int = 0

    @property
    def phrases(self) -> Phrases:
        """See :class:`ActFacts`."""
        them = plural(len(self.jobs), "job")
        return Phrases(
            doing=f"stopping {them}",
            does=f"stopping {them}",
            did=f"stopped {them}",
            whether=f"whether {them} {'was' if len(self.jobs) == 1 else 'were'} stopped",
            undone=f"Not stopped: {them}",
            noun=f"stop of {them}",
            request="stop",
            thing="the jobs",
            reading="The jobs are being read again",
        )

    def with_stops(self, stops: Iterable[StopOfOne], halted_by: str | None) -> "Several":
        """The same as it stands by now."""
        return replace(self, stops=tuple(stops), halted_by=halted_by)

    def in_words(self) -> str:
        """How many are how far: ``3 stopped, 1 refused, 2 to go``."""
        return ", ".join(self._counts(_COUNTED))

    def others_in_words(self) -> str:
        """The same without those that were stopped."""
        return ", ".join(self._counts([state for state in _COUNTED if state != "done"]))

    def _counts(self, states: Iterable[str]) -> list[str]:
        found = [(sum(one.state == state for one in self.stops), _COUNTED[state]) for state in states]
        to_go = [one.state for one in self.stops if one.state not in _COUNTED]
        left = [(len(to_go), "to go")]
        if self.halted_by is not None or self.frozen is not None:
            # Whoever says that it is enough learns that a request which has left cannot be called back.
            waiting = to_go.count("submitted")
            left = [(len(to_go) - waiting, "on their way already"), (waiting, "not begun")]
        return [f"{count} {words}" for count, words in (*found, *left) if count]

    def hint(self, said: str) -> str:
        """Nothing is sent for all of them at once, and so nothing refused."""
        return ""

    def facts(self, *, is_open: bool, is_done: bool) -> list[str]:
        """Who said that it is enough, and what held the rest back."""
        denied = f"{plural(self.denied, 'job')} not begun: it is not permitted here any more" if self.denied else ""
        halted = f"<@{self.halted_by}> said to stop no more" if self.halted_by is not None else ""
        frozen = f"{frozen_in_words(self.frozen)}: no more were begun" if self.frozen is not None else ""
        return [halted, denied, frozen]

    def pressed(self, *, again: bool, look: bool) -> list[Block]:
        """The stop once more, or, while it goes on, that no more shall begin."""
        more = unfreeze_buttons(self.frozen)
        if again:
            jobs = tuple(JobId(job) for job in self.jobs)
            wish = StopSeveral(jobs=jobs, instance=self.instance, reason=cut(self.reason, REASON_MOST))
            return [buttons.act(wish), *more]
        if look and self.halted_by is None:
            return [buttons.stop_no_more(self.id, self.instance)]
        return [*(self._pauses() if self.offers_pause else []), *more]

    @property
    def fetched_again(self) -> list[tuple[datetime, int]]:
        """When schedules start again what was stopped, with the datastream, the soonest first."""
        now = self.told_at
        known = [(one.at, stream) for stream, one in self.next_fetches.items() if isinstance(one, NextFetch)]
        return sorted((at, stream) for at, stream in known if at is not None and now is not None and at > now)

    def called(self, stream: int) -> str:
        """A datastream among those of the jobs, as it came."""
        return next((one.name for one in self.stops if one.datastream == stream and one.name), f"datastream {stream}")

    def _pauses(self) -> list[Block]:
        again = [
            PauseSchedule(datastream=DatastreamId(stream), instance=self.instance) for _, stream in self.fetched_again
        ]
        if len(again) == 1:
            return [buttons.act(again[0])]
        return [buttons.pause_of(wish, self.called(int(wish.datastream))) for wish in again[:PAUSES_MOST]]


def going_on(several: Several) -> Message:
    """The message while it goes on, with how many are how far."""
    them = plural(len(several.jobs), "job")
    left = any(one.state == "submitted" for one in several.stops)
    named = [titled(one.job, cut(one.name, 24), one.datastream) for one in several.stops[:FEW]]
    more = [f"{len(several.stops) - FEW} more"] if len(several.stops) > FEW else []
    head = f"Stopping {them}: {several.in_words()}"
    return compose_act(several, head, ", ".join([*named, *more]), is_open=True, look=left)


def ended(several: Several, began: Sequence[StopOfOne] | None) -> Message:
    """The ending: a line for each job. ``began``: those that began after the list was shown, None: not known."""
    stops = [replace(one, state="dropped", outcome="") if one.state not in _COUNTED else one for one in several.stops]
    several = several.with_stops(stops, several.halted_by)
    done, count = sum(one.state == "done" for one in stops), len(stops)
    return compose_act(
        several,
        f"Stopped {plural(count, 'job')}" if done == count else f"Stopped {done} of {plural(count, 'job')}",
        beside=several.others_in_words(),
        mark=Mark.STOPPED if done else Mark.ENDED,
        body=parts.lines([*(_line(one, brief=count > FEW) for one in stops), *_again(several), *_began(began)]),
        is_done=True,
        look=False,
    )


def _line(one: StopOfOne, *, brief: bool) -> str:
    name = titled(one.job, cut(one.name, 24 if brief else 40), one.datastream)
    words = parts.joined([f"*{name}*", _became(one, 40 if brief else 120)])
    return f"{mark.code} {words}" if (mark := _MARKS.get(one.state)) is not None else words


def _became(one: StopOfOne, most: int) -> str:
    said = foreign(one.outcome, most)
    match one.state:
        case "done":
            return f"stopped ({said.lower()})"
        case "ended_otherwise":
            over = _OVER.fullmatch(one.outcome)
            how = foreign(over[1] if over is not None else one.outcome, 40)
            return f"had ended before the stop ({how.lower()})"
        case "refused" if (first := _FIRST.fullmatch(one.outcome)) is not None:
            return f"not sent, frozen by <@{first[2]}>"
        case "refused":
            return said if said.startswith("not sent") else f"Adverity refused: {said}"
        case "unknown":
            return f"not known: {said}"
        case "second" if (first := _FIRST.fullmatch(one.outcome)) is not None:
            return f"{'was stopped' if first[1] == 'done' else 'is being stopped'} by <@{first[2]}>"
        case "dropped":
            return "not begun"
    return said


def _again(several: Several) -> list[str]:
    """When the schedules start again what was stopped."""
    now, again = several.told_at, several.fetched_again
    if now is None:
        return []
    named = [
        f"{foreign(several.called(stream), 40)} {moment(at)} (in {duration(at - now)})"
        for at, stream in again[:AGAIN_SHOWN]
    ]
    more = f" and {len(again) - AGAIN_SHOWN} more" if len(again) > AGAIN_SHOWN else ""
    head = NEXT_FETCH if len(again) == 1 else NEXT_FETCHES
    lines = [f"{head}{GO_ON}: {', '.join(named)}{more}"] if named else []
    unknown = sum(isinstance(one, NotKnown) for one in several.next_fetches.values())
    if unknown:
        lines.append(f"The next scheduled fetch of {plural(unknown, 'datastream')} is not known.")
    elif several.next_fetches and not again:
        lines.append("No next fetch of them is scheduled.")
    return lines


def _began(began: Sequence[StopOfOne] | None) -> list[str]:
    if began is None:
        return ["Whether jobs began after the list was shown could not be read."]
    if not began:
        return []
    named = [titled(one.job, cut(one.name, 40), one.datastream) for one in began[:BEGAN_SHOWN]]
    more = f" and {len(began) - BEGAN_SHOWN} more" if len(began) > BEGAN_SHOWN else ""
    return [f"Not included, as they began after the list was shown: {', '.join(named)}{more}"]
