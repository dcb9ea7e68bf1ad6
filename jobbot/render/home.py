"""Renders the Home tab: where somebody may do what, and what can be typed. Nothing of any job."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jobbot.access.policy import Need
from jobbot.render.blockkit.blocks import Modal
from jobbot.render.blockkit.parts import NOTHING, Part, lines, small, text, title
from jobbot.render.blockkit.text import plural
from jobbot.render.help import grouped_in_words
from jobbot.render.refusals import DO

PLACES_MOST = 25
"""Channels that are listed; of more their number is said."""

IF_IT_STAYS_SO = (
    "If it stays so, you may be in more channels than are read: what you type in a channel works all the same."
)
"""What helps somebody who is in so many channels that not all of them are read, however often they try."""

_SHORTCUTS = (
    "*Find Adverity jobs*, a shortcut in Slack's search, asks what you look for, and shows it in a channel of yours.",
    "*Adverity jobs named here*, behind the three dots of a message, looks up the jobs and datastreams that it names.",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, by its id, and what the person may do in it."""

    channel_id: str
    may: frozenset[Need]


def render_home(places: Sequence[Place], *, more: int, is_told: bool, command: str) -> Modal:
    """The view. ``more`` channels are not listed; ``is_told``: whether Slack says in which channels the person is."""
    may = {Need.VIEW, *(need for place in places for need in place.may)}
    return _home(
        [
            title("jobbot"),
            text("Jobs are shown in permitted channels, where everybody who works on them sees the same; not here."),
            title("Where you can use it"),
            *_places(places, more, is_told=is_told),
            title("What you can type there"),
            *grouped_in_words(command, may if is_told and places else tuple(Need)),
            title("From anywhere in Slack"),
            lines(_SHORTCUTS),
            small("In a thread, mention jobbot: the same words work. This page is up to date each time you open it."),
        ]
    )


def render_home_refused(words: str) -> Modal:
    """The view of somebody who may do nothing anywhere; ``words`` say why."""
    return _home([title("jobbot"), text(words)])


def _places(places: Sequence[Place], more: int, *, is_told: bool) -> list[Part]:
    if not is_told:
        return [
            text(f"Slack did not say in which channels you are. Open this page again in a moment. {IF_IT_STAYS_SO}")
        ]
    if not places:
        return [
            text(
                "You are in no channel in which jobbot may show jobs. Ask whoever runs jobbot to permit one of yours, "
                "or to invite you."
            )
        ]
    return [
        lines([f"<#{place.channel_id}> – {_may(place.may)}" for place in places]),
        small(f"and {plural(more, 'more channel')}") if more > 0 else NOTHING,
    ]


def _may(may: Collection[Need]) -> str:
    return ", ".join(DO[need] for need in Need if need in may)


def _home(parts: Sequence[Part]) -> Modal:
    return Modal({"type": "home", "blocks": [block for part in parts for block in part.blocks]})
