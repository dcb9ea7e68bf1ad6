"""Renders which schedules jobbot has paused and nobody has resumed: until when, by whom, where and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from jobbot.access.policy import Need
from jobbot.adverity.model import DatastreamId
from jobbot.intents.button import encode
from jobbot.intents.model import Paused, ResumeSchedule
from jobbot.render.acts.schedule import LATE
from jobbot.render.acts.schedule_window import END_NOT_KNOWN, PausedBy
from jobbot.render.asked import Asker, by, place_in_words
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import clock, foreign, moment, plural
from jobbot.render.frozen import Frozen, frozen_part
from jobbot.render.refusals import untold_workspaces

SHOWN = 15
_ROW_MOST = 700
"""Characters; 15 rows of more would be more than Slack takes in one message."""

_ONLY_OURS = (
    "Only schedules that were paused through jobbot are listed, not those that were switched off in Adverity itself."
)


@dataclass(frozen=True, slots=True)
class PausedSchedule:
    """One of them; ``name`` as it came. ``enabled``: as Adverity says by now, None where it did not in time."""

    name: str
    datastream: int
    channel_id: str
    paused: PausedBy
    enabled: bool | None


@dataclass(frozen=True, slots=True)
class PausedList:
    """The answer, the newest first. ``more``: there are more than are shown; ``whole`` as for Reach.

    ``frozen``: the freeze of the instance that is on.
    """

    instance: str
    schedules: tuple[PausedSchedule, ...]
    more: bool = False
    workspaces: tuple[str, ...] = ()
    whole: bool = True
    frozen: Frozen | None = None


def render_paused(
    found: PausedList, *, now: datetime, asker: Asker, offers: Collection[Need], offer_share: bool
) -> Message:
    """The message; ``offers``: what it may have buttons for, as to resume each that may be off."""
    count = len(found.schedules)
    title = (
        f"{'More than ' if found.more else ''}{plural(count, 'paused schedule')}" if count else "No paused schedules"
    )
    share = [buttons.share(encode(Paused(instance=found.instance)))] if offer_share else []
    return parts.compose(
        [
            parts.title(title),
            parts.small(place_in_words(found.instance, found.workspaces), f"as of {clock(now)}", by(asker)),
            frozen_part(found.frozen, unfreeze=Need.STOP in offers),
            *(paused_row(one, found.instance, now, offers=Need.PAUSE in offers) for one in found.schedules),
            parts.small(_ONLY_OURS),
            parts.small("" if found.whole else untold_workspaces()),
            parts.controls(share),
        ]
    )


def paused_row(one: PausedSchedule, instance: str, now: datetime, *, offers: bool) -> parts.Part:
    """One of them; shorter where it is too long: escaped, what came from outside is five times as long."""
    rows = [_in_words(one, now, most) for most in (300, 60, 15)]
    words = next((row for row in rows if len(row) <= _ROW_MOST), rows[-1])
    wish = ResumeSchedule(datastream=DatastreamId(one.datastream), instance=instance)
    return parts.text(words, buttons.act(wish) if offers and not one.enabled else None)


def _in_words(one: PausedSchedule, now: datetime, most: int) -> str:
    paused = one.paused
    return parts.row_in_words(
        foreign(one.name, 60) if one.name else f"Datastream {one.datastream}",
        ["on again: switched in Adverity" if one.enabled else _how_long(paused, now)],
        [
            f"<@{paused.user_id}> {moment(paused.at)} in <#{one.channel_id}>",
            f"datastream {one.datastream}",
            "no reason given" if paused.reason == "" else "",
        ],
        mark=Mark.UNUSUAL if one.enabled else Mark.ENDED,
        said=[foreign(paused.reason, most)] if paused.reason else [],
    )


def _how_long(paused: PausedBy, now: datetime) -> str:
    if not paused.is_end_known:
        return END_NOT_KNOWN
    if paused.until is None:
        return "until somebody resumes it"
    if now - paused.until > LATE:
        # Left alone, refused, or still tried: the message says which.
        return f"was not resumed {moment(paused.until)}: see the message"
    return f"until {moment(paused.until)}"
