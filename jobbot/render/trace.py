"""Renders how an access decision came about: each question with its answer, in the order in which they are asked.

Nothing of jobs is in it. For who is none of ours the trace ends there: what is permitted where comes after it.
"""

from collections.abc import Sequence

from jobbot.access import Allowed, Line, Met, Need, Refused, Trace, Where
from jobbot.access.reasons import LookupFailed, NotHere, NotYou
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.parts import NOTHING, compose, lines, small, text
from jobbot.render.blockkit.text import code, foreign
from jobbot.render.frozen import Frozen, not_now
from jobbot.render.refusals import DO, by_whom, ids_of, in_words, places, refusal_in_words, workspaces_seen

_PERMITTED = {
    Need.VIEW: "Jobs are shown",
    Need.STOP: "Stopping jobs is permitted",
    Need.WATCH: "Watching jobs is permitted",
    Need.ALERTS: "Changing alerts is permitted",
    Need.FETCH: "Fetching again is permitted",
    Need.RETRY: "Retrying and acknowledging is permitted",
    Need.PAUSE: "Pausing and resuming schedules is permitted",
}
_SAYS = {
    Met.CHANNEL: "Jobs are shown in this channel",
    Met.WORKSPACE: "You belong to the workspace that runs jobbot",
    Met.ENTERPRISE: "You belong to a workspace of the same enterprise",
    Met.NOT_SHARED: "No other organisation is in this channel",
    Met.SHARED_EXTERNAL: "Another organisation is in this channel, and may see jobs here",
    Met.SHARED_PRIVATELY: "Another organisation is in this channel, so answers are for you alone",
    Met.MEMBER: "You are a full member, no guest",
    Met.GUEST: "You are a guest, and guests may do this",
    Met.GUEST_TRUSTED: "You are a guest, and guests may do this here",
    Met.EVERYBODY: "Everybody in this channel may",
    Met.NAMED: "It is for some people alone, and you are one of them",
}
LIMITS = frozenset({Met.TWO_PEOPLE, Met.WORKSPACES, Met.KEY_REFUSED, Met.KEY_READS_ONLY})
"""What is in nobody's way and yet no plain yes."""

_NO_FREEZE = frozenset({Met.WORKSPACES, Met.SHARED_EXTERNAL, Met.SHARED_PRIVATELY})


def render_why(
    decision: Allowed | Refused,
    need: Need,
    elsewhere: Sequence[Where],
    *,
    user: str,
    instance: str,
    frozen: Frozen | None = None,
    may_end: bool = False,
) -> Message:
    """The trace of a decision about ``need`` on an instance, for the person who asks (``user``), and where else it can
    be done; ``frozen``: who may do it may not now, and ``may_end`` that."""
    if isinstance(decision, Allowed):
        happened, then = f"You may {DO[need]} here", ""
    else:
        happened, then = f"You may not {DO[need]} here", _instead(decision, need, elsewhere)
    first = [text(f"*{happened}.*")]
    if frozen is not None and isinstance(decision, Allowed):
        first = [not_now(frozen, may_end=may_end), text(f"Otherwise you may {DO[need]} here:")]
    ids = [*ids_in_words(decision.trace), f"you {foreign(user)}"]
    return compose(
        [
            *first,
            lines(_in_lines(decision, need, instance)),
            small(_freezing(decision) if need is Need.STOP else ""),
            text(then) if then else NOTHING,
            small(*ids),
        ]
    )


def may_freeze(decision: Allowed | Refused) -> bool:
    """Whether who may stop jobs (by this decision) may freeze there: where all of the instance shows, to us alone."""
    return isinstance(decision, Allowed) and not any(line.answer in _NO_FREEZE for line in decision.trace)


def _freezing(decision: Allowed | Refused) -> str:
    """What a decision about stopping says of freezing, which is asked about as a stop is."""
    if may_freeze(decision):
        return "so you may `freeze` and `unfreeze` here as well"
    if isinstance(decision, Refused) and not isinstance(decision.reason, NotYou | NotHere):
        return ""  # what stands in the way is not about stopping
    where = ", in a channel of your organisation alone that shows all of the instance"
    return f"`freeze` and `unfreeze` are for who may stop jobs{where if isinstance(decision, Allowed) else ''}"


def refusal_in_window(refused: Refused) -> str:
    """A refusal as a window's text, where no button can be pressed for its trace: so the trace is in it."""
    shown = checked_before(refused)
    return "\n".join([refusal_in_words(refused.reason), *(["", "Checked before that:", *shown] if shown else [])])


def checked_before(refused: Refused) -> list[str]:
    """What was decided before the refusal itself, a line each."""
    return _in_lines(refused, refused.need)[:-1]


def met_in_lines(decision: Allowed | Refused, need: Need, instance: str) -> list[str]:
    """How its questions are met, a line each, without those that are limits, or that need an answer of their own."""
    others = LIMITS | {Met.EVERYBODY}
    met = (line for line in decision.trace if isinstance(line.answer, Met) and line.answer not in others)
    return [_in_line(line, need, instance) for line in met]


def _in_lines(decision: Allowed | Refused, need: Need, instance: str = "") -> list[str]:
    """The trace as lines of mrkdwn, each with its mark."""
    return [_in_line(line, need, instance) for line in decision.trace]


def _in_line(line: Line, need: Need, instance: str) -> str:
    match line.answer:
        case Met() as met:
            mark = Mark.UNUSUAL if met in LIMITS else Mark.MAY
            return f"{mark.code} {_met(met, line.ids, instance)}"
        case Allowed() as allowed:
            seen = f", and {seen_by(allowed)}" if need is Need.VIEW else ""
            return f"{Mark.MAY.code} *Yes: you may {DO[need]} here{seen}*"
        case reason:
            return f"{Mark.MAY_NOT.code} *No: {in_words(reason)[0]}*"


def seen_by(allowed: Allowed) -> str:
    """Who sees the answers."""
    if allowed.visible:
        return "answers are for everybody in the channel"
    return "answers are for you alone" + (", and you may share them" if allowed.may_share else "")


def _met(met: Met, ids: tuple[str, ...], instance: str) -> str:
    if met is Met.NEED:
        return f"{_PERMITTED[Need(ids[0])]} in this channel"
    if met is Met.INSTANCE:
        return f"This channel may ask about {code(ids[0])}"
    if met is Met.IN_GROUP:
        return f"It is for {by_whom((), ids)}, where you belong"
    return _SAYS[met] if met in _SAYS else limit_in_words(met, ids, instance)


def limit_in_words(met: Met, ids: tuple[str, ...], instance: str) -> str:
    """What does not stand in the way, and is worth knowing all the same."""
    asked = code(instance) if instance else "Adverity"
    match met:
        case Met.TWO_PEOPLE:
            return "Nobody acts alone here: one asks, and somebody else confirms"
        case Met.WORKSPACES:
            return f"Only the jobs of {workspaces_seen(ids)} are shown in this channel"
        case Met.KEY_REFUSED:
            return f"{asked} refused jobbot's key when it was last asked"
        case Met.KEY_READS_ONLY:
            return f"{asked} did not let jobbot's key change anything when it was last tried"
        case _:
            return f"{asked} accepts jobbot's key"


def _instead(refused: Refused, need: Need, elsewhere: Sequence[Where]) -> str:
    if elsewhere:
        return f"{DO[need].capitalize()} in {places(elsewhere)}."
    return in_words(refused.reason)[1]


_LABELS = {
    Met.CHANNEL: "channel",
    Met.INSTANCE: "instance",
    Met.WORKSPACE: "workspace",
    Met.ENTERPRISE: "workspace and enterprise",
    Met.IN_GROUP: "user group",
}


def ids_in_words(trace: Trace) -> list[str]:
    """What an administrator needs to change it."""
    last = trace[-1].answer
    found = [
        f"{_LABELS[line.answer]} {', '.join(map(foreign, line.ids))}"
        for line in trace
        if isinstance(line.answer, Met) and line.answer in _LABELS
    ]
    if isinstance(last, NotYou):
        found += [f"user group {foreign(one)}" for one in last.usergroups] + [
            f"user {foreign(one)}" for one in last.users
        ]
    if not isinstance(last, Met | Allowed | LookupFailed):
        found += [one for one in ids_of(last) if one not in found]
    return found
