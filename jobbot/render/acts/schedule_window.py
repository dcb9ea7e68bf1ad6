"""Renders the windows of a pause and of a resume: the schedule as it is, until when, who paused it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from jobbot.adverity.around import Upcoming
from jobbot.render.acts.fetch import called
from jobbot.render.acts.window import reason_field, window
from jobbot.render.around import next_fetch_value
from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import Block, Modal, option
from jobbot.render.blockkit.inputs import choice_field
from jobbot.render.blockkit.text import clock, foreign, moment

PAUSE_MODAL, RESUME_MODAL = "pause_confirm", "resume_confirm"
UNTIL = "until"
OPEN_END = "open"
END_NOT_KNOWN = "until when cannot be read from the record"

_LENGTHS = ((1, "For 1 hour"), (2, "For 2 hours"), (4, "For 4 hours"))
_MORNING = 9
_REASON_MOST = 300


@dataclass(frozen=True, slots=True)
class PausedBy:
    """Who paused a schedule, when, why (as it was typed; None where it is not told), and until when, where
    an end was said.

    ``is_end_known`` False: another version, or somebody by hand, wrote down what this one cannot read.
    """

    user_id: str
    at: datetime
    reason: str | None
    until: datetime | None
    is_end_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleQuestion:
    """What a window shows. ``zone``: the person's, None where it is not known.

    Of a pause ``until`` is the end that was typed, ``order`` how its day was read that has two. ``paused`` says who
    paused it, where jobbot did it: of a pause, that it is paused still, and only its end would be changed. ``changed``:
    when somebody changed the datastream after that.
    """

    name: str
    datastream: int
    as_of: datetime
    next_fetch: Upcoming
    until: datetime | None = None
    order: str = ""
    zone: ZoneInfo | None = None
    paused: PausedBy | None = None
    changed: datetime | None = None
    reason: str = ""
    reason_required: bool = False


def checking(callback_id: str, name: str) -> Modal:
    """The window as it is opened, before anything is read."""
    return _asking(callback_id, [parts.text(f"Checking {name} …")])


def still_checking(callback_id: str, name: str) -> Modal:
    """The window while it is still being read after a moment."""
    words = f"Asking Adverity for {name} … it takes longer than usual. The question will follow here."
    return _asking(callback_id, [parts.text(words)])


def confirm_pause(asked: ScheduleQuestion, metadata: str) -> Modal:
    """The window that asks whether to pause."""
    ends = until_options(asked.until, asked.as_of, asked.zone)
    initial = OPEN_END if asked.until is None else _at(asked.until)
    body = [
        _which(asked),
        parts.text(_what_a_pause_does(asked)),
        # An end that is over by now is no end at all: whoever meant one chooses another.
        parts.Part([choice_field(UNTIL, "Until", ends, initial=initial)]),
        parts.small(f"the day was read as {asked.order}") if asked.order else parts.NOTHING,
        reason_field(asked.reason, required=asked.reason_required),
        parts.small(f"as of {clock(asked.as_of)}", "the channel will see who paused it, and why"),
    ]
    if asked.paused is not None:
        return window(
            PAUSE_MODAL, "Paused until when?", body, metadata, submit="Change the end", close="Keep it as it is"
        )
    return _asking(PAUSE_MODAL, body, metadata, submit="Pause schedule")


def _what_a_pause_does(asked: ScheduleQuestion) -> str:
    if asked.paused is not None:
        since = f" Somebody changed the datastream since ({moment(asked.changed)})." if asked.changed else ""
        return f"{_paused_by(asked.paused)}\nIt is still paused.{since} Choose a new end."
    next_fetch = next_fetch_value(asked.next_fetch, asked.as_of)
    return (
        f"Its next scheduled fetch: {next_fetch}. Paused, it is not fetched by its schedule. "
        "Jobs that are running or waiting go on, and it can still be fetched by hand."
    )


def confirm_resume(asked: ScheduleQuestion, metadata: str) -> Modal:
    """The window that asks whether to resume."""
    body = [
        _which(asked),
        parts.text(_paused_by(asked.paused) if asked.paused is not None else "It was not paused by jobbot."),
        parts.text("Resumed, it is fetched by its schedule again. Adverity says when next as soon as it is on."),
        reason_field(asked.reason, required=asked.reason_required),
        parts.small(f"as of {clock(asked.as_of)}", "the channel will see who resumed it, and why"),
    ]
    return _asking(RESUME_MODAL, body, metadata, submit="Resume schedule")


def _which(asked: ScheduleQuestion) -> parts.Part:
    return parts.text(parts.row_in_words(called(asked.name, asked.datastream), [], [f"datastream {asked.datastream}"]))


def _paused_by(paused: PausedBy) -> str:
    till = f", until {moment(paused.until)}" if paused.until is not None else ""
    till = till if paused.is_end_known else f". {END_NOT_KNOWN.capitalize()}"
    why = f"\n>{foreign(paused.reason, _REASON_MOST)}" if paused.reason else ""
    return f"<@{paused.user_id}> paused it {moment(paused.at)}{till}.{why}"


def is_off(name: str, datastream: int) -> str:
    """For the window of a pause: nothing to pause."""
    it = called(name, datastream)
    return f"The schedule of {it} is off already, and jobbot did not pause it: there is nothing to pause."


def is_on(name: str, datastream: int) -> str:
    """For the window of a resume: nothing to resume."""
    return f"The schedule of {called(name, datastream)} is on: there is nothing to resume."


def is_not_told(name: str, datastream: int) -> str:
    """For both: what Adverity does not say cannot be read back."""
    it = called(name, datastream)
    return f"Adverity does not say whether the schedule of {it} is on, so jobbot does not switch it."


def until_options(typed: datetime | None, now: datetime, zone: ZoneInfo | None) -> list[Block]:
    """The ends that can be chosen: none, some lengths, the next morning, and the one that was typed, if it is to come.

    A value is ``open``, so many hours, or an instant: Slack sends it back as it is.
    """
    local = now.astimezone(zone or UTC)
    morning = local.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    if morning <= local:
        morning += timedelta(days=1)
    ends = [option("Until somebody resumes it", OPEN_END)]
    ends += [option(words, str(hours)) for hours, words in _LENGTHS]
    instants = {morning: "" if morning.date() == local.date() else "tomorrow"}
    if typed is not None and typed > now:
        instants = {typed.astimezone(zone or UTC): "", **instants}
    for at, day in instants.items():
        is_today = at.date() == local.date()
        named = day or ("" if is_today else f"{at.day} {at:%b}")
        in_zone = "" if zone is not None else " UTC"
        ends.append(option(f"Until {f'{named} ' if named else ''}{at:%H:%M}{in_zone}", _at(at)))
    unique = {one["value"]: one for one in reversed(ends)}
    return list(reversed(unique.values()))


def _at(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def chosen_end(value: str, now: datetime) -> datetime | str | None:
    """What was chosen: an instant, None for no end; or what is wrong with it. Slack shows that as plain text."""
    if value == OPEN_END:
        return None
    if value in [str(hours) for hours, _ in _LENGTHS]:
        return now.replace(microsecond=0) + timedelta(hours=int(value))
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return "Choose until when."
    if at.tzinfo is None:
        return "Choose until when."
    return at if at > now else "That is over by now: choose another end."


def _asking(callback_id: str, body: Sequence[parts.Part], metadata: str = "", *, submit: str | None = None) -> Modal:
    pauses = callback_id == PAUSE_MODAL
    title, close = ("Pause this schedule?", "Keep it on") if pauses else ("Resume this schedule?", "Keep it paused")
    return window(callback_id, title, body, metadata, submit=submit, close=close)
