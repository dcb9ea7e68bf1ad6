"""Renders refusals: what is not possible here, where and by whom it is; in small print the ids for permitting it.

"Why?" stands on each but that of doing alone what takes two: pressed, it shows the presser the decision's trace
(``render/trace``).
"""

from collections.abc import Sequence
from typing import assert_never

from jobbot.access import Refused
from jobbot.access.policy import ACTS, Need, Where
from jobbot.access.reasons import (
    DirectMessage,
    GuestMayNot,
    LookupFailed,
    NotAPerson,
    NotHere,
    NotShared,
    NotThisInstance,
    NotThisWorkspace,
    NotYou,
    Outsider,
    Reason,
    TwoPeople,
    WrongChannel,
)
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.parts import Part, compose, controls, joined, small, text
from jobbot.render.blockkit.text import code, foreign, plural

_PLACES_SHOWN = 5
_WHOEVER = "whoever runs jobbot"
NOT = {
    Need.VIEW: "Jobs are not shown",
    Need.STOP: "Jobs cannot be stopped",
    Need.WATCH: "Jobs cannot be watched",
    Need.ALERTS: "Alerts cannot be changed",
    Need.FETCH: "Data cannot be fetched again",
    Need.RETRY: "Failed jobs cannot be retried or acknowledged",
    Need.PAUSE: "Schedules cannot be paused or resumed",
}
_DOING = {
    Need.VIEW: "looking at jobs",
    Need.STOP: "stopping them",
    Need.WATCH: "watching them",
    Need.ALERTS: "changing alerts",
    Need.FETCH: "fetching again",
    Need.RETRY: "retrying or acknowledging them",
    Need.PAUSE: "pausing or resuming a schedule",
}
DO = {
    Need.VIEW: "look at jobs",
    Need.STOP: "stop jobs",
    Need.WATCH: "watch jobs",
    Need.ALERTS: "change alerts",
    Need.FETCH: "fetch again",
    Need.RETRY: "retry jobs",
    Need.PAUSE: "pause schedules",
}


def render_refusal(refused: Refused, *, ask: Block | None = None) -> Message:
    """The refusal as an ephemeral answer. ``ask`` is the button to ask somebody who can, if there is one."""
    return compose(refusal(refused, ask=ask))


def refusal(refused: Refused, *, ask: Block | None = None) -> list[Part]:
    """What does not work in bold, what does, the ids in small print, and "Why?".

    Of two people there is none: whether this person may is decided before that and is a yes, which would contradict it.
    """
    happened, then = in_words(refused.reason)
    words = text(joined_sentences(f"*{happened}.*", then))
    why = [] if isinstance(refused.reason, TwoPeople) else [buttons.why(refused.need, refused.instance)]
    pressed = [*([ask] if ask is not None else []), *why]
    return [words, small(*ids_of(refused.reason)), controls(pressed)]


def refusal_in_words(reason: Reason) -> str:
    """The refusal as one paragraph of mrkdwn, ids included."""
    happened, then = in_words(reason)
    ids = joined(ids_of(reason))
    return joined_sentences(f"{happened}.", then, f"({ids})" if ids else "")


def joined_sentences(*sentences: str) -> str:
    """Sentences with blanks between, without those that are empty."""
    return " ".join(sentence for sentence in sentences if sentence)


def in_words(reason: Reason) -> tuple[str, str]:  # noqa: PLR0912 - one branch a reason
    """What does not work, as a clause of mrkdwn, and what does, in sentences."""
    match reason:
        case WrongChannel(_, places):
            return "Jobs are not shown in this channel", _use(places) + f"Ask {_WHOEVER} to permit it here."
        case DirectMessage(places):
            return "Jobs are not shown in direct messages", _use(places).strip() or f"Ask {_WHOEVER} where they are."
        case Outsider():
            happened = "Only members of the workspace that runs jobbot can use it"
            return happened, "Ask somebody of that team in this channel."
        case NotAPerson():
            return "jobbot answers people, not bots or deactivated accounts", ""
        case NotHere(need, _, elsewhere):
            return f"{NOT[need]} in this channel", _elsewhere(need, elsewhere)
        case NotThisInstance(instance, _, instances):
            here = some_of([code(name) for name in instances])
            return (
                f"This channel is for {here}, not for {code(instance)}",
                f"Ask in a channel of {code(instance)}, or ask {_WHOEVER} to permit it here.",
            )
        case NotThisWorkspace(_, workspaces, whole, job, datastream):
            what = f"Job {job}" if job is not None else f"Datastream {datastream}"
            untold = "" if whole else untold_workspaces()
            then = f"This channel shows the jobs of {workspaces_seen(workspaces)}."
            return f"{what} is not shown in this channel", joined_sentences(then, untold)
        case NotShared(_, need, elsewhere):
            return (
                f"{NOT[need]} in a channel that is shared with another organisation",
                _elsewhere(need, elsewhere, never=need in ACTS),
            )
        case NotYou(users, usergroups, _, need):
            who = by_whom(users, usergroups)
            return f"You can look at jobs here, but {_DOING[need]} is for {who}", "Ask one of them here."
        case GuestMayNot(need):
            what = "stop them" if need is Need.STOP else DO[need]
            return f"Guests can look at jobs here, but not {what}", "Ask a member of this channel."
        case TwoPeople(need):
            then = "Nothing was done. One asks, and somebody else who may do it confirms: open it again to ask."
            return f"Here two people are needed to {DO[need]}", then
        case LookupFailed(what, _, need):
            return _not_looked_up(what, need)
        case _:
            assert_never(reason)


def ids_of(reason: Reason) -> list[str]:
    """What whoever runs jobbot needs to change it: the id of the channel, as only that permits it. People and groups
    are mentioned, as everywhere."""
    match reason:
        case NotHere(need, channel) if need in ACTS:
            # One instance's environment variables permit none of them, so it is no use to look for one there.
            return [f"channel {foreign(channel)}", f'permitted in the policy file alone: may = [..., "{need}"]']
        case WrongChannel(channel_id=channel) | NotHere(channel_id=channel) | NotShared(channel_id=channel):
            return [f"channel {foreign(channel)}"]
        case NotThisInstance(channel_id=channel) | NotThisWorkspace(channel_id=channel):
            return [f"channel {foreign(channel)}"] if channel else []
        case NotYou(channel_id=channel):
            return [f"channel {foreign(channel)}"] if channel else []
        case LookupFailed("channel", given, _):
            return [f"channel {foreign(given)}"]
        case LookupFailed("person", given, _):
            return [by_whom((given,), ())]
        case LookupFailed(_, given, _):
            return [by_whom((), tuple(given.split(", ")))]
        case GuestMayNot(channel_id=channel):
            return [f"channel {foreign(channel)}" if channel else "", "guests_may_stop, in the policy file, permits it"]
        case TwoPeople(channel_id=channel):
            return [f"channel {foreign(channel)}" if channel else "", "two_people, in the policy file"]
        case DirectMessage() | Outsider() | NotAPerson():
            return []
        case _:
            assert_never(reason)


def _use(places: tuple[str, ...]) -> str:
    return f"Use it in {some_of([f'<#{place}>' for place in places])}. " if places else ""


def _elsewhere(need: Need, where: tuple[Where, ...], *, never: bool = False) -> str:
    """Where it can be done, and by whom; or whom to ask where it can be done nowhere.

    ``never``: no policy permits it in this channel.
    """
    if not where and never:
        return f"You can look at jobs. Ask {_WHOEVER} to permit it in another channel."
    if not where:
        return f"You can look at jobs. Ask {_WHOEVER} to permit the rest." if need is not Need.VIEW else ""
    return f"{DO[need].capitalize()} in {places(where)}."


def places(where: Sequence[Where]) -> str:
    """Channels, each with who may do it there."""
    by = [f" (by {by_whom(one.users, one.usergroups)})" if one.users or one.usergroups else "" for one in where]
    return some_of([f"<#{one.channel_id}>{who}" for one, who in zip(where, by, strict=True)])


def by_whom(users: Sequence[str], usergroups: Sequence[str]) -> str:
    """The people and groups, mentioned."""
    return some_of([f"<!subteam^{group}>" for group in usergroups] + [f"<@{user}>" for user in users])


def workspaces_seen(workspaces: tuple[str, ...]) -> str:
    """What a channel that is bound to workspaces sees."""
    names = [code(name) for name in workspaces[:_PLACES_SHOWN]]
    more = f" and {len(workspaces) - _PLACES_SHOWN} more" if len(workspaces) > _PLACES_SHOWN else ""
    joined_names = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return f"workspace{'s' if len(workspaces) > 1 else ''} {joined_names}{more}"


def left_out(count: int, one: str) -> str:
    """That so many are not shown in a channel that is bound to workspaces, as nobody knows in which they are."""
    are = "it is" if count == 1 else "they are"
    return f"{plural(count, one)} left out: Adverity did not tell in which workspace {are}"


def untold_workspaces() -> str:
    """Why a channel that is bound to workspaces may see less than it should."""
    return "Adverity does not tell jobbot which workspaces there are, so those that lie within them are not shown."


def _not_looked_up(what: str, need: Need) -> tuple[str, str]:
    match what:
        case "person":
            return "Slack did not say who you are, so nothing is shown", "Try again in a moment."
        case "channel":
            then = "If the channel is private, invite jobbot to it (`/invite`); otherwise try again in a moment."
            return "Slack did not let jobbot look at this channel, so nothing is shown", then
        case _:
            happened = f"Slack did not say who is in the user groups that may {DO[need]}, so nothing was done"
            return happened, f"Try again in a moment, or ask {_WHOEVER}."


def some_of(words: list[str]) -> str:
    """The first ones, with ``or`` before the last."""
    shown = words[:_PLACES_SHOWN]
    if len(words) > _PLACES_SHOWN:
        return ", ".join(shown) + f" and {len(words) - _PLACES_SHOWN} more"
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " or " + shown[-1]
