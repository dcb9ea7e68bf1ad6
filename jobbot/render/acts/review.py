"""The words of a review request: the window that asks for one, its card in the channel, and the window of the review.

Both windows are those of the act itself, with a sentence before: whoever asks and whoever reviews sees what is so now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.render.acts.window import CALLED_MOST, REASON_MOST
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message, Modal, context, plain, section
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import an, clock, duration, foreign
from jobbot.render.refusals import by_whom

SHOWN_MOST = 2_400
"""Characters of what a card shows of the job: with its own words it stays within one section."""

TWO_PEOPLE = "Here two people are needed"

_DECIDED = {
    "withdrawn": "Withdrawn",
    "discarded": "Discarded",
    "expired": "Nobody reviewed it in time",
    "not_begun": "Reviewed, and not begun",
    "untold": "Nobody could be asked for it",
    "done_already": "Done already",
}
_NOT_BEGUN = {
    "denied": "It was refused by then.",
    "second": "Somebody else had done the same.",
    "dropped": "jobbot was interrupted before it could begin.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A request, as its card tells of it.

    ``noun`` is what is asked for (``stop of Facebook Ads EU (job 987)``), ``wanted`` what belongs to it (until when,
    which days), ``shown`` what it is about, as it was then: both mrkdwn;
    ``reason`` as it was typed. ``state`` is the store's word; ``decided_by`` is who confirmed, withdrew or
    discarded it, or did the act without it (None: jobbot, as planned), ``how`` the ledger's word for the ending of an
    act that was not begun.
    """

    id: str
    instance: str
    noun: str
    user_id: str
    reason: str
    shown: str
    wanted: str = ""
    asked_at: datetime
    expires_at: datetime
    two_people: bool = False
    state: str = "open"
    decided_by: str | None = None
    decided_at: datetime | None = None
    how: str | None = None


def card(review: Review, *, users: Sequence[str] = (), usergroups: Sequence[str] = ()) -> Message:
    """The one message of a request, as it stands now. ``users`` and ``usergroups`` are called: in its post alone."""
    if review.state != "open":
        return _decided(review)
    lasts = duration(review.expires_at - review.asked_at)
    who = f"whoever may do it, except <@{review.user_id}>"
    called = f"Can you review it, {by_whom(users, usergroups)}?" if users or usergroups else ""
    return parts.compose(
        [
            parts.text(
                parts.row_in_words(
                    f"<@{review.user_id}> asks for {an(review.noun)}", [], said=[foreign(review.reason, REASON_MOST)]
                )
            ),
            parts.text(review.wanted) if review.wanted else parts.NOTHING,
            parts.text(review.shown) if review.shown else parts.NOTHING,
            parts.text(called) if called else parts.NOTHING,
            parts.small(
                foreign(review.instance),
                f"as of {clock(review.asked_at)}",
                f"can be reviewed until {clock(review.expires_at)} ({lasts})",
                f"{TWO_PEOPLE}: somebody else confirms it" if review.two_people else "",
            ),
            parts.small(f"*Review* and *Discard* are for {who}", f"*Withdraw* is for <@{review.user_id}>"),
            parts.small("Nothing is sent to Adverity before somebody else confirms it."),
            parts.controls(buttons.on_review(review.id, review.instance)),
        ]
    )


def _decided(review: Review) -> Message:
    by = f"<@{review.decided_by}>" if review.decided_by is not None else ""
    at = clock(review.decided_at) if review.decided_at is not None else ""
    if review.state == "confirmed":
        head, then = f"{by} reviewed the {review.noun}: it goes ahead", ""
    else:
        head = f"{_DECIDED[review.state]}: {review.noun}"
        then = " ".join(part for part in (_NOT_BEGUN.get(review.how or "", ""), "Nothing was done.") if part)
    if review.state == "done_already":
        then = f"{_did(review)}, without this request. Nothing was sent a second time."
    how = {"confirmed": "reviewed", "not_begun": "reviewed", "done_already": "done"}.get(review.state, review.state)
    who = f"{how} by {by}" if by else how
    return parts.compose(
        [
            parts.text(
                parts.row_in_words(
                    head,
                    [],
                    [then],
                    mark=Mark.SUCCESS if review.state == "confirmed" else None,
                    said=[foreign(review.reason, REASON_MOST)],
                )
            ),
            parts.small(
                foreign(review.instance),
                f"asked for by <@{review.user_id}> {clock(review.asked_at)}",
                f"{who} {at}".strip(),
            ),
        ]
    )


def _did(review: Review) -> str:
    """Who has done the same without the request."""
    return f"<@{review.decided_by}> has done it" if review.decided_by is not None else "jobbot has done it, as planned"


def noun_without_details(kind: str, name: str, subject: str) -> str:
    """What is asked for by a row whose details cannot be read, by the store's words for it."""
    return f"{kind.replace('_', ' ')} of {name or subject}"


def asking(modal: Modal, request: str, why: str, checked: Sequence[str] = ()) -> Modal:
    """The window of an act as one that asks for a review of it. ``request`` is what is asked for, in a word.

    ``why`` is mrkdwn: why the person does not do it themselves; ``checked`` are lines of what was decided before that.
    """
    title = f"Ask for {an(request)}?"
    lead = (
        f"{why} A card in the channel says what you ask for: for 10 minutes somebody else can confirm it. {_NOT_SENT}"
    )
    return Modal(
        {
            **modal.view,
            "title": plain(title if len(title) <= CALLED_MOST else "Ask for this?", CALLED_MOST),
            "submit": plain("Ask", CALLED_MOST),
            "close": plain("Do not ask", CALLED_MOST),
            "blocks": [*modal.view["blocks"], context(lead), *_checked(checked)],
        }
    )


_NOT_SENT = "Nothing is sent to Adverity before."


def asked_of(users: Sequence[str], usergroups: Sequence[str]) -> str:
    """Why somebody asks who is not among those who may."""
    return f"Asked of {by_whom(users, usergroups)}: you are not on the list."


def _checked(lines: Sequence[str]) -> list[Block]:
    return [context("\n".join(["Checked before that:", *lines]))] if lines else []


def reviewing(modal: Modal, review: Review) -> Modal:
    """The window of an act, opened by somebody who reviews it: who asks, and until when it can be confirmed."""
    lead = (
        f"<@{review.user_id}> asks for this since {clock(review.asked_at)}. What you press here is done in your name; "
        f"the record has both of you. It can be confirmed until {clock(review.expires_at)}."
    )
    return Modal({**modal.view, "blocks": [section(lead), *modal.view["blocks"]]})


def two_people() -> str:
    """Why somebody who may do it does not do it alone."""
    return f"*{TWO_PEOPLE}*: one asks, and somebody else who may do it confirms."


def shown_of(modal: Modal, things: Sequence[str] = ()) -> str:
    """What the window of an act says before its first field, and the ``things`` (mrkdwn) that were chosen there."""
    found: list[str] = []
    for block in modal.view["blocks"]:
        if block["type"] == "input":
            break
        if block["type"] == "section" and "text" in block and not things:
            found.append(block["text"]["text"])
    found += things
    kept, used = [], 0
    for number, words in enumerate(found):
        used += len(words) + 1
        if used > SHOWN_MOST:
            kept.append(f"… and {len(found) - number} more")
            break
        kept.append(words)
    return "\n".join(kept)


def not_member() -> str:
    """Nobody can be asked where jobbot cannot post a message of its own."""
    return "jobbot is not in this channel, so it cannot post the card that asks. Invite it (`/invite`) and ask again."


def asking_them() -> str:
    """The window of a request while it is being kept."""
    return "Asking …"


def asked(expires_at: datetime) -> str:
    """The window of a request that was made."""
    return (
        f"Asked. The card in the channel can be reviewed until {clock(expires_at)}; *Withdraw* takes it back. "
        "Nothing was sent to Adverity."
    )


def asked_before(user_id: str, expires_at: datetime) -> str:
    """The same is asked for already."""
    return f"<@{user_id}> asks for the same already, until {clock(expires_at)}. It was not asked again."


def too_many(count: int) -> str:
    """More requests than one person may have open."""
    return f"You have {count} open requests already: withdraw one, or wait until one is over. Nothing was asked."


def why_wanted() -> str:
    """At the field of a request without a reason. Slack shows it as plain text."""
    return "Say why: those who are asked see it."


def unconfirmed(why: str, review: Review | None) -> str:
    """Why what was submitted confirmed nothing, and nothing was sent; ``why`` is the store's word."""
    if why == "own":
        return own()
    if why == "other act" and review is not None:
        return f"Asked for was the {review.noun}: nothing else is confirmed by it. Nothing was sent."
    return f"{over(review)} Nothing was sent."


def over(review: Review | None) -> str:
    """A request that is not open any more."""
    if review is None:
        return "This request is not known any more."
    by = f" by <@{review.decided_by}>" if review.decided_by is not None else ""
    at = f" ({clock(review.decided_at)})" if review.decided_at is not None else ""
    if review.state == "untold":
        return "This request has ended: its card could not be posted."
    if review.state == "done_already":
        return f"This request has ended: {_did(review)}{at}."
    state = "expired" if review.state == "open" else review.state
    state = "reviewed" if state in ("confirmed", "not_begun") else state
    return f"This request was {state}{by}{at}." if state != "expired" else "This request has expired."


def not_decided() -> str:
    """At the reason, where Slack did not say in time who presses. Slack shows errors of fields as plain text."""
    return "Slack did not say in time who you are. Nothing was sent: press again."


def not_known_whether_asked() -> str:
    """The database did not answer while a request was being kept."""
    return (
        "jobbot cannot reach its database, so it is not known whether this was asked: a card in the channel says so. "
        "Nothing was sent to Adverity."
    )


def untold() -> Message:
    """For who asked, where the card could not be posted: nothing of what it tells of, as the channel may not see it."""
    return notice(
        "*Nobody was asked*: jobbot cannot post the card of your request in this channel any more, so the request has "
        "ended. Nothing was sent to Adverity. Ask whoever runs jobbot whether this channel is still permitted."
    )


def own() -> str:
    """For who asked and presses what is for others."""
    return "You asked for this: somebody else has to confirm it."


def not_yours(user_id: str) -> str:
    """For who presses Withdraw on somebody else's request."""
    return f"Only <@{user_id}> can withdraw it. Whoever may do it can discard it."


def notice(words: str) -> Message:
    """One sentence of these, for one person alone."""
    return parts.compose([parts.text(words)])
