"""Renders a stop: the confirmation modal, and the channel message from its beginning to one of five endings.

The endings: 1 stopped, 2 ended otherwise, 3 refused or not sent, 4 accepted but still going on, 5 unknown. "Accepted"
is not "stopped": each is decided from the job as it was read afterwards, or says that it could not be read.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from jobbot.adverity.around import NOTHING, Around, NextFetch, NotKnown
from jobbot.adverity.model import STOPPED, Job
from jobbot.render.around import before_a_stop, days_in_words, fetches, next_fetch_in_words, stopping_means
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message, Modal, actions, context, modal, section, text_input
from jobbot.render.blockkit.text import clock, duration, foreign, moment, plural, to_plain
from jobbot.render.jobs import Names, by_whom, datastream_in_words, progress_bar, state_in_words, times_in_words

STOP_MODAL = "stop_confirm"
REASON_BLOCK = "reason"
REASON_INPUT = "reason_text"
REASON_MOST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What a stop's message tells every time: which job, who asked, when, and why. ``name`` is the job's title.

    An ending says too when the schedule fetches next (``next_fetch``), as it is known when it is told (``told_at``).
    """

    name: str
    job: int
    instance: str
    user_id: str
    asked_at: datetime
    reason: str
    replaces: bool = False  # there may be an earlier message of it that nobody can edit
    next_fetch: NextFetch | NotKnown | None = None
    told_at: datetime | None = None


def _window(job: int, body: list[Block], metadata: str = "", *, submit: str | None = None, close: str) -> Modal:
    return modal(
        STOP_MODAL, f"Stop job {job}?" if job else "Stop a job?", body, metadata=metadata, submit=submit, close=close
    )


def checking(job: int) -> Modal:
    """The modal as it is opened, before the job is read: Slack gives 3 seconds to open one."""
    return _window(job, [section(f"Checking job {job} …")], close="Keep running")


def notice(job: int, words: str) -> Modal:
    """The modal without a submit button: a refusal, an error, a job that is over."""
    return _window(job, [section(words)], close="Close")


def confirm(
    job: Job,
    names: Names,
    now: datetime,
    *,
    followups: int | None,
    around: Around = NOTHING,
    reason: str,
    reason_required: bool,
    metadata: str,
    before: str = "",
) -> Modal:
    """The confirmation modal: the job, what stopping means, the reason field. ``before``: about an earlier stop."""
    lines = [f"*Stop job {job.id}?* {datastream_in_words(job, names)}"]
    facts = [f"{state_in_words(job)}: {times_in_words(job, now)}", fetches(job, now), by_whom(job)]
    lines.append(", ".join(fact for fact in facts if fact) + ".")
    if job.progress is not None:
        lines.append(progress_bar(job.progress))
    lines += before_a_stop(job, around, now)
    body = [
        section("\n".join(lines)),
        *([section(before)] if before else []),
        *(section(words) for words in stopping_means(followups, around.next_fetch, now)),
        text_input(
            REASON_BLOCK,
            REASON_INPUT,
            label="Reason, shown in the channel",
            initial=reason,
            most=REASON_MOST,
            optional=not reason_required,
        ),
        context(f"As of {clock(now)}. The channel will see who stopped the job, and why."),
    ]
    submit = f"Stop job {job.id}"
    return _window(
        job.id, body, metadata, submit=submit if len(submit) <= 24 else "Stop this job", close="Keep running"
    )


def over(job: Job) -> str:
    """For the modal: nothing to stop any more."""
    when = f", {moment(job.end)}" if job.end else ""
    return f"Job {job.id} ended ({state_in_words(job)}{when}). There is nothing to stop."


def too_old(seconds: float) -> str:
    """For a modal that stood open too long. Slack shows field errors as plain text."""
    ago = "" if seconds == float("inf") else f" {plural(int(seconds // 60), 'minute')} ago"
    when = ago or " at another time"
    return f"This was asked{when}. Open it again so that you see the job as it is now. Nothing was sent."


def reason_wanted() -> str:
    """For a modal without a reason where the policy wants one."""
    return "In this channel a stop needs a reason."


def begun(stop: Stop) -> Message:
    """The one message, as it is posted: before the request is sent."""
    return _message(f"<@{stop.user_id}> is stopping job {stop.name}", stop)


def still_asking(stop: Stop) -> Message:
    """Ending 5 on its way: no answer came, the job is being read."""
    return _message(
        f"Adverity did not answer the stop of job {stop.name}. "
        "The job is being read again; the stop will not be sent again.",
        stop,
    )


def stopped(stop: Stop, job: Job, confirmed_at: datetime) -> Message:
    """Ending 1: the job ended as cancelled or discarded."""
    ran = f" Ran {duration(job.end - job.start)}." if job.start and job.end else ""
    ran += f" It was to fetch {days_in_words(job.days, confirmed_at)}." if job.days else ""
    return _message(
        f"*Stopped job {stop.name}.* Confirmed {clock(confirmed_at)} ({state_in_words(job)}).{ran}",
        stop,
        ask_again=False,
    )


def too_late(stop: Stop, job: Job) -> Message:
    """Ending 2: it ended in another way, whatever was sent."""
    when = f" at {clock(job.end)}" if job.end else ""
    how = "was ended by somebody else" if job.state in STOPPED else "finished by itself"
    return _message(
        f"*Not stopped*: job {stop.name} {how} ({state_in_words(job)}){when}, "
        "before the stop took effect. Nothing was stopped.",
        stop,
        ask_again=False,
    )


def over_before(stop: Stop, job: Job) -> Message:
    """Ending 2 without a request: the job was over when it was read for the last time before sending."""
    when = f" at {clock(job.end)}" if job.end else ""
    return _message(
        f"*Not stopped*: job {stop.name} was over already ({state_in_words(job)}){when}. No request was sent.",
        stop,
        ask_again=False,
    )


def refused(stop: Stop, words: str, status: int | None = None) -> Message:
    """Ending 3. ``words`` are Adverity's own, not escaped; ``status`` where the job's stage is not the reason."""
    said = foreign(words, 300).rstrip(".") or "it gave no reason"
    match status:
        case None:
            hint = "Only jobs that are still fetching can be stopped."
        case 401:
            hint = "Whoever runs jobbot must look at ADVERITY_API_KEY and ADVERITY_AUTH_SCHEME."
        case 403:
            hint = "Whoever runs jobbot can give the key more permissions in Adverity."
        case 429:
            hint = "Adverity is busy: ask again in a minute."
        case _:
            hint = "Look at the job before you ask for it again."
    return _message(f"*Not stopped*: Adverity refused to stop job {stop.name}: {said}. {hint}", stop)


def not_sent(stop: Stop, why: str) -> Message:
    """Ending 3 by our own decision: nothing left the house. ``why`` is a sentence of ours."""
    return _message(f"*Not stopped*: job {stop.name}. No request was sent. {why}", stop)


def slow(stop: Stop, job: Job, accepted_at: datetime, as_of: datetime) -> Message:
    """Ending 4: accepted, and the job is still going on."""
    return _message(
        f"Adverity accepted the stop at {clock(accepted_at)} but job {stop.name} is still "
        f"{state_in_words(job).lower()} ({clock(as_of)}). It may still end; look again before doing anything else.",
        stop,
    )


class StopAnswer(Enum):
    """What became of the request itself, as far as it is known."""

    ACCEPTED = "Adverity accepted the stop"
    NONE = "Adverity did not answer the stop"
    INTERRUPTED = "jobbot was interrupted before it had Adverity's answer"


def unknown(stop: Stop, job: Job | None, as_of: datetime, *, answer: StopAnswer) -> Message:
    """Ending 5 when the truth did not come within the bound."""
    seen = (
        f"When it was last read it was {state_in_words(job).lower()} ({clock(as_of)})."
        if job is not None
        else f"The job could not be read since ({clock(as_of)})."
    )
    return _message(
        f"*Unknown* whether job {stop.name} was stopped: {answer.value}. {seen} "
        "The stop was not sent again; look at the job before you ask for it again.",
        stop,
    )


def picked_up(stop: Stop) -> Message:
    """Ending 5 on its way, after a restart: the stop may have been sent, the job is being read."""
    words = f"jobbot was interrupted while it was stopping job {stop.name}. The job is being read again"
    return _message(f"{words}; the stop will not be sent again.", stop)


def waiting(stop: Stop) -> Message:
    """The message while the database is unavailable and the request is not sent."""
    return _message(
        f"The stop of job {stop.name} is waiting: jobbot cannot reach its database, and sends nothing that it cannot "
        "record. It goes on by itself as soon as it can, or says that it did not.",
        stop,
    )


def told_elsewhere(stop: Stop) -> Message:
    """The content of a first message that was posted twice; it refers to the other one."""
    return _message(f"The stop of job {stop.name} is told in another message of this channel.", stop, ask_again=False)


def away_too_long() -> str:
    """Why a stop that was never sent is not sent any more."""
    return "jobbot was interrupted before it could be sent, and that was more than 15 minutes ago. Ask again."


def cannot_record() -> str:
    """A sentence: the database is unavailable, so nothing is sent."""
    return "jobbot cannot reach its database. It cannot record a stop now, so it will not send one. Nothing was done."


def dropped(stop: Stop) -> Message:
    """The message, for the person alone, of a stop that was recorded and never decided on."""
    return not_sent(stop, "jobbot was interrupted before it could begin. Ask again.")


def interrupted(stop: Stop, *, sent: bool) -> Message:
    """The message where the process ended or failed during the stop; ``sent``: the request may have left."""
    if not sent:
        return not_sent(stop, "jobbot was interrupted before it could be sent.")
    return _message(
        f"*Unknown* whether job {stop.name} was stopped: the stop was sent, and jobbot was interrupted before it saw "
        "the outcome. Look at the job before you ask for the stop again.",
        stop,
    )


def not_set_up(stop: Stop, *, sent: bool) -> Message:
    """The message of a stop whose instance is not configured any more."""
    words = f"*Unknown* whether job {stop.name} was stopped" if sent else f"*Not stopped*: job {stop.name}"
    known = "Whether the stop took effect is not known here; look at the job in Adverity."
    words += f". jobbot is no longer set up for {foreign(stop.instance)}. {known if sent else 'Nothing was sent.'}"
    return _message(words, stop, ask_again=False)


def _message(words: str, stop: Stop, *, ask_again: bool = True) -> Message:
    small = f"{foreign(stop.instance)} – asked by <@{stop.user_id}> {clock(stop.asked_at)}"
    small += f" – reason: {foreign(stop.reason, REASON_MOST)}" if stop.reason else " – no reason given"
    if stop.next_fetch is not None and stop.told_at is not None:
        small += f"\n{next_fetch_in_words(stop.next_fetch, stop.told_at, stopped=True)}"
    if stop.replaces:
        small += "\nThis replaces an earlier message of this stop, if there is one, that jobbot can no longer edit."
    blocks = [section(words), context(small)]
    if ask_again:
        blocks.append(actions([buttons.look(stop.job, stop.instance)]))
    return Message(text=to_plain(f"{words}\n{small}"), blocks=blocks)
