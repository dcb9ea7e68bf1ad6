"""The channels that a refusal names as places where something can be done: which of them, and to whom. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from jobbot.access.facts import Channel
from jobbot.access.policy import Need, Policy, Where
from jobbot.access.questions import is_shut
from jobbot.access.reasons import DirectMessage, Line, NotHere, NotShared, Reason, Refused, WrongChannel


def with_places(refused: Refused, policy: Policy, channels: Iterable[tuple[str, Channel | None]]) -> Refused:
    """The refusal with those places alone where it can be done: of ``channels``, by id, with what Slack says of each.

    One that Slack does not tell of is left out, as it would be refused there too.
    """
    reason = refused.reason
    if not isinstance(reason, NotHere | NotShared):
        return refused
    return _because(refused, replace(reason, elsewhere=open_among(reason.elsewhere, reason.need, policy, channels)))


def open_among(
    places: Iterable[Where], need: Need, policy: Policy, channels: Iterable[tuple[str, Channel | None]]
) -> tuple[Where, ...]:
    """Those of the places where it can be done, as Slack tells of their channels (by id)."""
    known = {id_: channel for id_, channel in channels if channel is not None and not channel.is_archived}
    return tuple(
        one
        for one in places
        if (channel := known.get(one.channel_id)) is not None
        and (rule := policy.rule(one.channel_id)) is not None
        and not is_shut(need, rule, channel)
    )


def without_places(refused: Refused) -> Refused:
    """The refusal without the channels that it names: for people who are no colleagues (``decide.is_colleague``)."""
    match refused.reason:
        case WrongChannel() | DirectMessage() as reason:
            return _because(refused, replace(reason, places=()))
        case NotHere() | NotShared() as reason:
            return _because(refused, replace(reason, elsewhere=()))
        case _:
            return refused


def _because(refused: Refused, reason: Reason) -> Refused:
    """The refusal with another reason, which also ends its trace."""
    return replace(refused, reason=reason, trace=(*refused.trace[:-1], Line(reason)))


def places_of(refused: Refused) -> tuple[str, ...]:
    """The ids of the channels that a refusal names as places where it can be done."""
    reason = refused.reason
    return tuple(one.channel_id for one in reason.elsewhere) if isinstance(reason, NotHere | NotShared) else ()
