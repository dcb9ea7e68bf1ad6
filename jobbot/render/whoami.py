"""Renders what a person may do in a channel, need by need, and why not."""

from collections.abc import Mapping, Sequence

from jobbot.access import ACTS, Allowed, Met, Need, Reason, Refused, Where
from jobbot.access.reasons import GuestMayNot, LookupFailed, NotHere, NotShared, NotYou
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.parts import NOTHING, compose, lines, small, text
from jobbot.render.blockkit.text import code, foreign
from jobbot.render.frozen import Frozen, not_now
from jobbot.render.refusals import DO, by_whom, in_words, places
from jobbot.render.trace import LIMITS, ids_in_words, limit_in_words, may_freeze, met_in_lines, seen_by

Told = tuple[Allowed | Refused, Sequence[Where]]
"""A decision, and where else it can be done."""


def render_whoami(
    told: Mapping[Need, Told], *, user: str, instance: str, command: str, frozen: Frozen | None = None
) -> Message:
    """What ``user`` may do, one line a need, and how it was asked whether they may look, which all of it rests on.

    Only for who may look at jobs there (others get the whole reason). ``told`` has every need.
    """
    looks, _ = told[Need.VIEW]
    is_named = any(line.answer is Met.INSTANCE for line in looks.trace)
    rows = [_row(need, decision, elsewhere, frozen) for need, (decision, elsewhere) in told.items()]
    limits = [
        limit_in_words(line.answer, line.ids, instance)
        for decision, _ in told.values()
        for line in decision.trace
        if isinstance(line.answer, Met) and line.answer in LIMITS
    ]
    return compose(
        [
            text("*What you may do in this channel*"),
            NOTHING if frozen is None else not_now(frozen, may_end=isinstance(told[Need.STOP][0], Allowed)),
            lines(rows),
            *(text(f"{Mark.UNUSUAL.code} {limit}.") for limit in dict.fromkeys(limits)),
            small(*met_in_lines(looks, Need.VIEW, instance)),
            small(*ids_in_words(looks.trace), "" if is_named else f"instance {code(instance)}", f"you {foreign(user)}"),
            small(f"`{command} whoami stop` shows each rule about stopping, and so on."),
        ]
    )


def _row(need: Need, decision: Allowed | Refused, elsewhere: Sequence[Where], frozen: Frozen | None) -> str:
    what = DO[need].capitalize()
    if isinstance(decision, Allowed) and frozen is not None and need in ACTS | {Need.STOP}:
        return f"{Mark.MAY_NOT.code} *{what}*: not while it is frozen, otherwise yes{_because(need, decision)}"
    if isinstance(decision, Allowed):
        also = ", also `freeze` and `unfreeze`" if need is Need.STOP and may_freeze(decision) else ""
        return f"{Mark.MAY.code} *{what}*: yes{_because(need, decision)}{also}"
    where = f", but in {places(elsewhere)}" if elsewhere else ""
    return f"{Mark.MAY_NOT.code} *{what}*: no, {_why_not(decision.reason)}{where}"


def _because(need: Need, allowed: Allowed) -> str:
    said = [f", {seen_by(allowed)}"] if need is Need.VIEW else []
    for line in allowed.trace:
        match line.answer:
            case Met.NAMED:
                said.append(", you are named")
            case Met.IN_GROUP:
                said.append(f", you are in {by_whom((), line.ids)}")
            case Met.GUEST_TRUSTED:
                said.append(", also as a guest")
            case _:
                pass
    return "".join(said)


def _why_not(reason: Reason) -> str:
    match reason:
        case NotHere():
            return "not permitted in this channel"
        case NotShared():
            return "another organisation is in this channel"
        case NotYou(users, usergroups):
            return f"only {by_whom(users, usergroups)} may"
        case GuestMayNot():
            return "you are a guest"
        case LookupFailed("usergroups"):
            return "Slack did not say whether you are in the user groups that may"
        case _:
            return in_words(reason)[0]
