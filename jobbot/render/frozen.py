"""The words of a freeze: its line on cards and lists, what a refused act says of it, and the messages of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobbot.intents.model import Freeze, Unfreeze
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import duration, foreign, moment
from jobbot.render.refusals import some_of

LONGEST = timedelta(hours=24)
"""A freeze that somebody forgets must not hold the next day's incident up."""

LENGTHS = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2))
"""What is offered where nobody has said for how long."""

REASONS = ("deploy", "maintenance", "incident")
"""What is offered where nobody has said why."""

_LINE_MOST = 120
_AGAIN = "stops, fetches, retries, pauses and resumes work again"
_REFUSED = "stops, fetches, retries, pauses and resumes are refused until then, in every channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A freeze of an instance, as it is told somewhere: by whom, from when until when, why.

    ``reason`` is as it came, and empty where another organisation would read it; ``can_end``: whether it can be ended
    there, see :class:`~jobbot.flows.frozen.Audience`.
    """

    id: str
    instance: str
    user_id: str
    since: datetime
    until: datetime
    reason: str
    can_end: bool = True


def frozen_line(frozen: Frozen | None) -> str:
    """The line of cards and lists, in mrkdwn; empty where nothing is frozen."""
    return f"{Mark.FROZEN.code} *Frozen* {_by_until(frozen)}" if frozen is not None else ""


def frozen_part(frozen: Frozen | None, *, unfreeze: bool) -> parts.Part:
    """The same with the button that ends it, where that may be offered."""
    if frozen is None:
        return parts.NOTHING
    return parts.text(frozen_line(frozen), unfreeze_button(frozen) if unfreeze and frozen.can_end else None)


def frozen_in_words(frozen: Frozen) -> str:
    """What is frozen, by whom, until when, and why: a sentence without its end."""
    return f"{foreign(frozen.instance, 40)} is frozen {_by_until(frozen)}"


def not_now(frozen: Frozen, *, may_end: bool) -> parts.Part:
    """For who may do it otherwise; with the button that ends it, where the person ``may_end`` it."""
    words = f"{Mark.MAY_NOT.code} *Not now:* frozen {_by_until(frozen)}"
    return parts.text(words, unfreeze_button(frozen) if may_end and frozen.can_end else None)


def frozen_out(frozen: Frozen, *, may_end: bool) -> str:
    """For the window of an act, which has nothing to press then. ``may_end``: whether the person may end it."""
    ends = "You may end it: press *Unfreeze* in the channel, in the message that only you see, or type `unfreeze`."
    if not may_end:
        ends = f"To end it before, ask <@{frozen.user_id}> or somebody else who may stop jobs."
    return f"{frozen_in_words(frozen)}. Until then nothing is sent to Adverity. {ends}"


def unfreeze_button(frozen: Frozen) -> Block:
    """Ends this freeze, and no later one."""
    wish = Unfreeze(instance=frozen.instance, freeze=frozen.id)
    return buttons.go_on("Unfreeze", wish, label="Unfreeze: jobs can be stopped and fetched again at once")


def unfreeze_buttons(frozen: Frozen | None) -> list[Block]:
    """The same, where something is frozen and can be ended there."""
    return [unfreeze_button(frozen)] if frozen is not None and frozen.can_end else []


def _by_until(frozen: Frozen) -> str:
    why = f" – {foreign(frozen.reason, _LINE_MOST)}" if frozen.reason else ""
    return f"by <@{frozen.user_id}> until {moment(frozen.until)}{why}"


def refused(frozen: Frozen) -> Message:
    """The answer, for the person alone, to an act that is refused because of it."""
    said = parts.row_in_words(f"Nothing was sent: {foreign(frozen.instance, 40)} is frozen", [], mark=Mark.FROZEN)
    then = f"{_by_until(frozen)}. Ask again then, or {'end it' if frozen.can_end else 'ask whoever froze it'}."
    return _composed(said, [then[:1].upper() + then[1:]], controls=unfreeze_buttons(frozen))


def began(frozen: Frozen, before: Frozen | None) -> Message:
    """The channel's message of a freeze that begins; ``before``: the one that it takes the place of."""
    who, name = f"<@{frozen.user_id}>", foreign(frozen.instance, 40)
    head = f"{who} froze {name} until {moment(frozen.until)}"
    was = ""
    if before is not None:
        head = f"{who} changed the freeze of {name}: it is frozen until {moment(frozen.until)}"
        was = f"it was frozen {_by_until(before)}"
    return _composed(
        parts.row_in_words(head, [], mark=Mark.FROZEN, said=[foreign(frozen.reason, REASON_MOST)]),
        [was, _REFUSED, "jobs can still be looked at, and what was already sent is not called back"],
        controls=[unfreeze_button(frozen)],
    )


def ended(frozen: Frozen, by: str, reason: str) -> Message:
    """The channel's message of a freeze that somebody has ended before its time."""
    said = [foreign(reason, REASON_MOST)] if reason else []
    head = f"<@{by}> unfroze {foreign(frozen.instance, 40)}"
    return _composed(parts.row_in_words(head, [], mark=Mark.SUCCESS, said=said), [_AGAIN, _had_been(frozen)])


def over(frozen: Frozen) -> Message:
    """The channel's message that the time of a freeze is over. Of what may have been frozen anew it says nothing."""
    head = f"The freeze of {foreign(frozen.instance, 40)} is over"
    return _composed(parts.row_in_words(head, [moment(frozen.until)], mark=Mark.SUCCESS), [_had_been(frozen)])


def _had_been(frozen: Frozen) -> str:
    return f"it was frozen {_by_until(frozen)}"


def ask_how_long(wish: Freeze, frozen: Frozen | None, *, too_long: bool) -> Message:
    """The answer where no end was said, or one that is too far away; ``frozen``: the one that is on already."""
    head = "*For how long?* A freeze needs an end"
    if too_long:
        head = f"*That is too long*: a freeze lasts {LONGEST // timedelta(hours=1)} hours at most"
    offered = [Freeze(length=length, reason=wish.reason, instance=wish.instance) for length in LENGTHS]
    pressed = [
        buttons.go_on(duration(length), one, label=f"Freeze for {duration(length)}")
        for length, one in zip(LENGTHS, offered, strict=True)
    ]
    typed = "`freeze 30m why`, `freeze until 15:00 why`"
    return _asking(f"{head}: {typed}. Nothing was changed.", frozen, pressed)


def ask_why(wish: Freeze, frozen: Frozen | None) -> Message:
    """The answer where no reason was given: everybody who is refused reads it."""
    ways = [(word, replace(wish, reason=word)) for word in REASONS]
    pressed = [buttons.go_on(word.capitalize(), one, label=f"Freeze, because of: {word}") for word, one in ways]
    words = "*Why?* Everybody who is refused reads the reason: `freeze 30m deploy of the schema`. Nothing was changed."
    return _asking(words, frozen, pressed)


def _asking(words: str, frozen: Frozen | None, pressed: list[Block]) -> Message:
    known = parts.text(frozen_line(frozen), unfreeze_button(frozen)) if frozen is not None else parts.NOTHING
    return parts.compose([parts.text(words), known, parts.controls(pressed)])


def not_from_here(instance: str, places: Sequence[str], *, is_shared: bool) -> Message:
    """The refusal in a channel that does not show the whole instance, or shows it to another organisation.

    ``places`` are the ids of channels where it can be done, as far as the person may know of them.
    """
    why = "this channel is shared with another organisation" if is_shared else "this channel shows some workspaces only"
    it = foreign(instance, 40)
    where = (
        f"That is done in {some_of([f'<#{place}>' for place in places])}."
        if places
        else (f"That is done in a channel of your organisation alone that shows all of {it}: ask whoever runs jobbot.")
    )
    words = f"*{it} cannot be frozen or unfrozen from here*: a freeze holds for all of it, and {why}. {where}"
    return parts.compose([parts.text(f"{words} Nothing was changed.")])


def is_past() -> Message:
    """The answer to a freeze whose end has come before it was read."""
    return parts.compose([parts.text("*That time is over already.* Nothing was changed.")])


def not_frozen(instance: str) -> Message:
    """The answer to ``unfreeze`` where nothing is frozen."""
    return parts.compose([parts.text(f"*{foreign(instance, 40)} is not frozen.* Nothing was changed.")])


def frozen_anew(frozen: Frozen) -> Message:
    """The answer to the button of an earlier freeze: the one that is on now is another one."""
    words = "*This button is of an earlier freeze.* Nothing was changed."
    return parts.compose([parts.text(words), parts.text(frozen_line(frozen), unfreeze_button(frozen))])


def _composed(head: str, small: Iterable[str], *, controls: list[Block] | None = None) -> Message:
    return parts.compose([parts.text(head), parts.small(*small), parts.controls(controls or [])])
