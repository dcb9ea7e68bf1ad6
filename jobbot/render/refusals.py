"""Renders refusals: the rule that failed, the id that an administrator needs, and whom to ask."""

from typing import assert_never

from jobbot.access.decide import (
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
    WrongChannel,
)
from jobbot.access.policy import Need
from jobbot.render.blockkit.blocks import Message, section
from jobbot.render.blockkit.text import code, foreign, plural, to_plain

_PLACES_SHOWN = 5
_WHAT = {
    Need.VIEW: "Looking at jobs is",
    Need.STOP: "Stopping jobs is",
    Need.WATCH: "Watching jobs is",
    Need.ALERTS: "Switching alerts is",
}


def render_refusal(reason: Reason) -> Message:
    """The refusal as an ephemeral answer."""
    words = refusal_in_words(reason)
    return Message(text=to_plain(words), blocks=[section(words)])


def refusal_in_words(reason: Reason) -> str:  # noqa: PLR0912 - a case a reason
    """One or two sentences of mrkdwn."""
    match reason:
        case WrongChannel(channel_id, places):
            return (
                f"Jobs are not shown in this channel ({foreign(channel_id)}). "
                f"Ask whoever runs jobbot to permit it{_or_use(places)}."
            )
        case DirectMessage(places):
            return f"Jobs are shown only in permitted channels, not in direct messages{_use_instead(places)}."
        case Outsider():
            return (
                "Only members of the workspace that runs jobbot can use it. Ask somebody of that team in this channel."
            )
        case NotAPerson():
            return "jobbot answers people, not bots or deactivated accounts."
        case NotHere(need, channel_id):
            return (
                f"{_WHAT[need]} not permitted in this channel ({channel_id}). "
                "You can look at jobs here; ask whoever runs jobbot to permit the rest."
            )
        case NotThisInstance(instance, channel_id, instances):
            return (
                f"This channel ({channel_id}) is for {_some([code(name) for name in instances])}, not for "
                f"{code(instance)}. Nothing was changed. Ask in a channel of {code(instance)}, or whoever runs jobbot."
            )
        case NotThisWorkspace(_, workspaces, whole, job, datastream):
            what = f"Job {job}" if job is not None else f"Datastream {datastream}"
            return _not_seen(what, workspaces, whole=whole)
        case NotShared(channel_id, Need.WATCH | Need.ALERTS):
            return (
                f"This channel ({channel_id}) is shared with another organisation, so jobs are not followed here: "
                "everybody in it would be told. Watch from a channel of your own, or ask whoever runs jobbot."
            )
        case NotShared(channel_id):
            return (
                f"This channel ({channel_id}) is shared with another organisation, so jobs cannot be stopped here. "
                "Stop it from a channel of your own, or ask whoever runs jobbot."
            )
        case NotYou(users, usergroups):
            who = [f"<!subteam^{group}>" for group in usergroups] + [f"<@{user}>" for user in users]
            return f"You can look at jobs here, but stopping them is for {_some(who)}. Nothing was changed."
        case GuestMayNot(need):
            what = "switch alerts" if need is Need.ALERTS else "stop them"
            return f"Guests can look at jobs here, but not {what}. Ask a member of the channel. Nothing was changed."
        case LookupFailed(what, given):
            return _LOOKUPS[what].format(foreign(given, 200))
        case _:
            assert_never(reason)


def _not_seen(what: str, workspaces: tuple[str, ...], *, whole: bool) -> str:
    untold = "" if whole else f" {untold_workspaces()}"
    return (
        f"This channel sees the jobs of {_seen(workspaces)}. {what} is in none of them, or Adverity does not tell "
        f"where it is: it is not shown here, and nothing was changed.{untold}"
    )


def _seen(workspaces: tuple[str, ...]) -> str:
    names = [code(name) for name in workspaces[:_PLACES_SHOWN]]
    more = f" and {len(workspaces) - _PLACES_SHOWN} more" if len(workspaces) > _PLACES_SHOWN else ""
    joined = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return f"workspace{'s' if len(workspaces) > 1 else ''} {joined}{more}"


def left_out(count: int, one: str) -> str:
    """That so many are not shown in a channel that is bound to workspaces, as nobody knows in which they are."""
    are = "it is" if count == 1 else "they are"
    return f"{plural(count, one)} left out: Adverity did not tell in which workspace {are}"


def untold_workspaces() -> str:
    """Why a channel that is bound to workspaces may see less than it should."""
    return "Adverity does not tell jobbot which workspaces there are, so what lies in them is not shown."


_LOOKUPS = {
    "person": "Slack did not say who you are ({}), so nothing is shown and nothing was changed. Try again in a moment.",
    "channel": (
        "Slack did not let jobbot look at this channel ({}), so nothing is shown and nothing was changed. "
        "If it is private, invite jobbot to it; otherwise try again in a moment."
    ),
    "usergroups": (
        "Slack did not say who is in the user groups that may stop jobs ({}), so nothing was changed. "
        "Try again in a moment, or ask whoever runs jobbot."
    ),
}


def _channels(places: tuple[str, ...]) -> str:
    return _some([f"<#{place}>" for place in places])


def _some(words: list[str]) -> str:
    shown = words[:_PLACES_SHOWN]
    if len(words) > _PLACES_SHOWN:
        return ", ".join(shown) + f" and {len(words) - _PLACES_SHOWN} more"
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " or " + shown[-1]


def _or_use(places: tuple[str, ...]) -> str:
    return f", or use it in {_channels(places)}" if places else ""


def _use_instead(places: tuple[str, ...]) -> str:
    return f": use it in {_channels(places)}" if places else ""
