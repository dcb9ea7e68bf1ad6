"""Renders the one message of an act, as far as acts of all kinds say the same: from its beginning to an honest ending.

A title says what became of it, the reason stands as a quote, everything else is small print. "Accepted" is not "done":
an ending is decided from what was read afterwards, or says that it could not be read. A kind (``stop``) is a subclass
of :class:`ActFacts` with its phrases, and has the endings that only it has.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from jobbot.render.acts.window import REASON_MOST
from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import Block, Message, section
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import an, clock, foreign, to_plain
from jobbot.render.frozen import Frozen, frozen_in_words, unfreeze_buttons

SAID_MOST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """How an act is spoken of, in Slack's mrkdwn. The examples are a stop's.

    ``doing`` is what the person does, behind "is" (``stopping Facebook Ads EU (job 987)``); ``does`` the same in short,
    behind "is already" (``stopping job 987``); ``did`` stands behind "has already" (``stopped job 987``); ``whether``:
    what is not known (``whether Facebook Ads EU (job 987) was stopped``); ``undone`` is the title where nothing came of
    it (``Not stopped: Facebook Ads EU (job 987)``); ``noun`` what it is called (``stop of Facebook Ads EU (job 987)``);
    ``request`` what is sent to Adverity, in a word (``stop``); ``thing`` what it is sent for (``the job``); ``reading``
    what is done while no answer is there (``The job is being read again``).
    """

    doing: str
    does: str
    did: str
    whether: str
    undone: str
    noun: str
    request: str
    thing: str
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActFacts(ABC):
    """What an act's message tells every time: who asked for what, when, and why.

    ``asked_at`` and ``told_at`` are aware; the latter is when an ending is told. ``replaces``: there may be an earlier
    message of it that nobody can edit. ``asked_by`` had asked that somebody does it, and ``user_id`` confirmed it.
    """

    instance: str
    user_id: str
    asked_at: datetime
    reason: str
    replaces: bool = False
    told_at: datetime | None = None
    asked_by: str | None = None

    @property
    def actor(self) -> str:
        """Who does it."""
        return f"<@{self.user_id}>"

    @property
    def who(self) -> str:
        """Who asked for it, and when; where somebody else had asked, who reviewed it."""
        reviewed = "reviewed by " if self.asked_by is not None else ""
        return f"{reviewed}<@{self.user_id}> {clock(self.asked_at)}"

    @property
    @abstractmethod
    def phrases(self) -> Phrases:
        """How it is spoken of."""

    @property
    def wanted(self) -> str:
        """What is asked for beside what it is called, for the card of a request: mrkdwn, mostly nothing."""
        return ""

    @abstractmethod
    def hint(self, said: str) -> str:
        """A sentence that explains a refusal of Adverity's; empty where its own words (``said``) say it already."""

    @abstractmethod
    def facts(self, *, is_open: bool, is_done: bool) -> list[str]:
        """Small print of its kind, empty ones left out; ``is_open``: it may still take effect, ``is_done``: it has."""

    @abstractmethod
    def pressed(self, *, again: bool, look: bool) -> list[Block]:
        """Its buttons; ``again``: ask for it once more, with the reason as given; ``look``: see what it is about."""


class RequestFate(Enum):
    """What became of the request itself, as far as it is known: the words behind it."""

    ACCEPTED = "Adverity accepted the {}"
    NONE = "Adverity did not answer the {}"
    UNCLEAR = "Adverity's answer to the {} does not say whether it was taken"
    INTERRUPTED = "jobbot was interrupted before it had Adverity's answer"


def compose_act(
    act: ActFacts,
    head: str,
    then: str = "",
    *,
    beside: str = "",
    mark: Mark | None = None,
    said: str = "",
    body: parts.Part = parts.NOTHING,
    small: Sequence[str] = (),
    who: bool = True,
    is_open: bool = False,
    is_done: bool = False,
    again: bool = False,
    look: bool = True,
    more: Sequence[Block] = (),
) -> Message:
    """``head`` in bold with ``beside``, then a sentence, what Adverity ``said``, the reason; ``body``; the rest small.

    All are mrkdwn. ``who``: whether the small print names who asked; ``more``: further buttons. The rest as of
    :meth:`ActFacts.facts` and :meth:`ActFacts.pressed`.
    """
    reason = foreign(act.reason, REASON_MOST)
    quotes = [f"Adverity: {said}" if said else "", f"Reason: {reason}" if said and reason else reason]
    facts = [
        foreign(act.instance),
        f"asked for by <@{act.asked_by}>" if act.asked_by is not None else "",
        act.who if who else clock(act.asked_at),
        "" if reason else "no reason given",
        *small,
        *act.facts(is_open=is_open, is_done=is_done),
    ]
    first = "if there is one, that jobbot can no longer edit."
    earlier = f"This replaces an earlier message of this {act.phrases.request}, {first}"
    return parts.compose(
        [
            parts.text(parts.row_in_words(head, [beside], [then], mark=mark, said=[one for one in quotes if one])),
            body,
            parts.small(*facts),
            parts.small(earlier) if act.replaces else parts.NOTHING,
            parts.controls([*act.pressed(again=again, look=look), *more]),
        ]
    )


def begun(act: ActFacts) -> Message:
    """The one message, as it is posted: before the request is sent."""
    return compose_act(act, f"{act.actor} is {act.phrases.doing}", who=False, is_open=True)


def still_asking(act: ActFacts, fate: RequestFate) -> Message:
    """No answer came that says it, and what came of it is being read."""
    return _being_read(act, f"Not known yet {act.phrases.whether}", f"{fate_in_words(fate, act)}.")


def picked_up(act: ActFacts) -> Message:
    """After a restart: the request may have been sent, and what came of it is being read."""
    return _being_read(act, f"Not known yet {act.phrases.whether}", "jobbot was interrupted meanwhile.")


def _being_read(act: ActFacts, head: str, why: str) -> Message:
    then = f"{why} {act.phrases.reading}; the {act.phrases.request} will not be sent again."
    return compose_act(act, head, then, mark=Mark.UNKNOWN, is_open=True)


def waiting(act: ActFacts) -> Message:
    """The message while the database is unavailable and the request is not sent."""
    return compose_act(
        act,
        f"The {act.phrases.noun} is waiting",
        "jobbot cannot reach its database, and sends nothing that it cannot record. It goes on by itself as soon as it "
        "can, or says that it did not.",
        is_open=True,
    )


def tried_again(act: ActFacts, why: str) -> Message:
    """What jobbot does by itself at an hour, while Adverity cannot be asked. ``why`` is a sentence."""
    then = f"{why} jobbot tries again every minute, for a day at the most."
    return compose_act(act, f"The {act.phrases.noun} is late", then, mark=Mark.UNUSUAL, is_open=True)


def told_elsewhere(act: ActFacts) -> Message:
    """The content of a first message that was posted twice; it refers to the other one."""
    return compose_act(act, f"The {act.phrases.noun} is told in another message of this channel", look=False)


def refused(
    act: ActFacts, words: str, status: int | None = None, *, mark: Mark | None = None, again: bool = True
) -> Message:
    """Adverity refused. ``words`` are its own, not escaped; ``status`` where it is the key, the number or the hour that
    is at fault, and not what was asked for. ``again``: whether another try may be answered otherwise."""
    said = foreign(words, SAID_MOST).rstrip(".") or "it gave no reason"
    match status:
        case None:
            hint = act.hint(said)
        case 401:
            hint = "Whoever runs jobbot must look at ADVERITY_API_KEY and ADVERITY_AUTH_SCHEME."
        case 403:
            hint = "Whoever runs jobbot can give the key more permissions in Adverity."
        case 429:
            hint = "Adverity is busy: ask again in a minute."
        case _:
            hint = f"Look at {act.phrases.thing} before you ask for it again."
    return compose_act(
        act,
        act.phrases.undone,
        hint,
        beside="Adverity refused",
        mark=mark,
        said=said,
        again=again and status not in (401, 403),
    )


def not_permitted(act: ActFacts) -> Message:
    """jobbot was interrupted before it was sent, and whoever asked may not do it there any more."""
    why = "jobbot was interrupted before it could be sent, and by now it is not permitted here any more."
    return compose_act(act, act.phrases.undone, f"No request was sent: {why}")


def not_sent(act: ActFacts, why: str) -> Message:
    """Nothing left the house, by our own decision. ``why`` is a sentence of ours."""
    return compose_act(act, act.phrases.undone, f"No request was sent. {why}", again=True)


def held_by_freeze(act: ActFacts, frozen: Frozen) -> Message:
    """Nothing left the house, as the instance was frozen before it could."""
    then = f"No request was sent. {frozen_in_words(frozen)}. That was so before it could be sent."
    return compose_act(act, act.phrases.undone, then, again=True, more=unfreeze_buttons(frozen))


def waits_for_freeze(act: ActFacts, frozen: Frozen) -> Message:
    """What jobbot does by itself at an hour, while the instance is frozen."""
    then = f"{frozen_in_words(frozen)}. jobbot goes on by itself once that has ended."
    head, more = f"The {act.phrases.noun} waits", unfreeze_buttons(frozen)
    return compose_act(act, head, then, mark=Mark.FROZEN, is_open=True, more=more)


def unknown(act: ActFacts, fate: RequestFate, seen: str) -> Message:
    """What came of it was not seen within the bound. ``seen``: a sentence about what was read last."""
    spoken = act.phrases
    then = f"The {spoken.request} was not sent again; look at {spoken.thing} before you ask for it again."
    return not_known(act, f"{fate_in_words(fate, act)}. {seen} {then}")


def fate_in_words(fate: RequestFate, act: ActFacts) -> str:
    """What became of the request: the beginning of a sentence."""
    return fate.value.format(act.phrases.request)


def not_known(act: ActFacts, then: str, *, look: bool = True) -> Message:
    """The ending of which nobody knows, with a sentence about why."""
    head = f"Unknown {act.phrases.whether}"
    return compose_act(act, head, then, mark=Mark.UNKNOWN, is_open=True, again=look, look=look)


def interrupted(act: ActFacts, *, sent: bool) -> Message:
    """The process failed during the act; ``sent``: the request may have left."""
    if not sent:
        return not_sent(act, "jobbot was interrupted before it could be sent.")
    return not_known(
        act,
        f"The {act.phrases.request} was sent, and jobbot was interrupted before it saw the outcome. "
        "Look at it before you ask again.",
    )


def dropped(act: ActFacts) -> Message:
    """The message, for the person alone, of an act that was recorded and never decided on."""
    return not_sent(act, "jobbot was interrupted before it could begin. Ask again.")


def not_set_up(act: ActFacts, *, sent: bool) -> Message:
    """The instance is not configured any more."""
    gone = f"jobbot is no longer set up for {foreign(act.instance)}."
    if not sent:
        return compose_act(act, act.phrases.undone, f"{gone} Nothing was sent.", look=False)
    spoken = act.phrases
    known = f"Whether the {spoken.request} took effect is not known here; look at {spoken.thing} in Adverity."
    return not_known(act, f"{gone} {known}", look=False)


def second(act: ActFacts, user_id: str, at: datetime, *, done: bool) -> Message:
    """The message for the person whose act came second."""
    text = second_in_words(user_id, at, f"has already {act.phrases.did}" if done else f"is already {act.phrases.does}")
    return Message(text=to_plain(text), blocks=[section(text)])


def second_in_words(user_id: str, at: datetime, does: str) -> str:
    """A sentence: who was first with what, jobbot where ``user_id`` is empty, and that nothing was sent."""
    return f"{f'<@{user_id}>' if user_id else 'jobbot'} {does} ({clock(at)}). No second request was sent."


def away_too_long() -> str:
    """Why an act that was never sent is not sent any more."""
    return "jobbot was interrupted before it could be sent, and that was more than 15 minutes ago. Ask again."


def of_another_datastream() -> str:
    """Why an act about a job is not sent that is not of the datastream for which it was permitted."""
    return "Adverity says that this job is of another datastream than the window has said. Open it again."


def cannot_record(request: str) -> str:
    """A sentence: the database is unavailable, so nothing is sent. ``request`` is what is asked for: ``stop``."""
    return (
        f"jobbot cannot reach its database. It cannot record {an(request)} now, so it will not send one. "
        "Nothing was done."
    )
