"""What messages offer to do by their buttons, and what is left of it once it was done, or where it is not permitted.

A message is drawn with every button that would make sense. :func:`as_now` takes away what was done meanwhile, and says
who did it; and what its channel may not do.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.access.policy import Need
from jobbot.adverity.around import NotKnown, OpenIssues
from jobbot.adverity.issue_of_job import issue_of
from jobbot.adverity.model import Days, Issue, Job, JobId, State
from jobbot.intents import subjects
from jobbot.intents.button import decode
from jobbot.intents.model import Acknowledge, Act, FetchAgain, PauseSchedule, ResumeSchedule, Retry, StopJob
from jobbot.render.acts.stop import without_promise
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message, action_of, context
from jobbot.render.blockkit.buttons import ActionId
from jobbot.render.blockkit.text import fit_bytes, moment, to_plain
from jobbot.render.earlier_stops import DoneAbout, about_line

_NEEDS: Mapping[type[Act], Need] = {
    FetchAgain: Need.FETCH,
    Retry: Need.RETRY,
    Acknowledge: Need.RETRY,
    PauseSchedule: Need.PAUSE,
    ResumeSchedule: Need.PAUSE,
    StopJob: Need.STOP,
}
"""By act the permission of its button. A stop of several is about what goes on when it is pressed: it is never done."""

_TEXT_BYTES = 3_700


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An act that was done: ``kind`` is the ledger's word, ``user_id`` is empty where jobbot did it by itself, ``jobs``
    are those that it has started.

    ``job`` is what it was about, ``datastream`` whose schedule or days; of a fetch of the same days, whose job nobody
    said, ``job`` is None.
    """

    kind: str
    user_id: str
    at: datetime
    job: int | None = None
    datastream: int | None = None
    jobs: tuple[int, ...] = ()


def about_over(
    job: Job, issues: OpenIssues | NotKnown | None, instance: str, offers: Collection[Need] = frozenset(Need)
) -> list[Block]:
    """The buttons of what can be done about a job that is over: each opens the window that asks.

    ``issues`` are the open ones of its datastream: a retry and an acknowledgement are there where Adverity offers them.
    """
    if not job.is_over:
        return []
    row = []
    issue = issue_to_act_on(job, issues)
    if Need.RETRY in offers and issue is not None:
        row += of_issue(job.id, instance, retry=issue.retry_url is not None, acknowledge=issue.ack_url is not None)
    if Need.FETCH in offers and job.datastream is not None and job.days is not None:
        row.append(buttons.act(FetchAgain(job=job.id, instance=instance)))
    return row


def issue_to_act_on(job: Job, issues: OpenIssues | NotKnown | None) -> Issue | None:
    """The open issue of a failed job, where it is known; ``issues`` are those of its datastream."""
    return issue_of(job, issues.issues) if isinstance(issues, OpenIssues) and job.state is State.FAILED else None


def of_issue(job: JobId, instance: str, *, retry: bool, acknowledge: bool) -> list[Block]:
    """The buttons for the issue of a failed job, as far as Adverity has links for it."""
    row = [buttons.act(Retry(job=job, instance=instance))] if retry else []
    return [*row, buttons.act(Acknowledge(job=job, instance=instance))] if acknowledge else row


def fetched_days(job: Job) -> tuple[int, Days] | None:
    """The datastream and the days that a job fetches, where both are known."""
    return None if job.datastream is None or job.days is None else (int(job.datastream.id), job.days)


def subjects_of(message: Message, days: tuple[int, Days] | None = None) -> tuple[str, ...]:
    """The subjects of all that a message offers.

    ``days``: of a datastream, those that the job of the message fetches, where it offers to fetch them again.
    """
    acts = list(_acts(message.blocks))
    found = [subject for act in acts if (subject := subjects.subject_of(act)) is not None]
    if days is not None and any(isinstance(act, FetchAgain) for act in acts):
        found.append(subjects.of_days(*days))
    return tuple(dict.fromkeys(found))


def has_offers(message: Message) -> bool:
    """Whether it has a button for any act."""
    return next(_acts(message.blocks), None) is not None


def as_now(message: Message, done: Sequence[Done], offers: Collection[Need] | None) -> Message:
    """The message without the buttons of what was ``done``, in this order, and of what its channel may not do.

    Where the button was it says who did it; a paused schedule is promised no next fetch. ``offers``: what the channel
    may have buttons for; where nobody knows (None) they stay, as whoever presses one is asked about anyway.
    """
    acts = list(_acts(message.blocks))
    may = frozenset(Need) if offers is None else offers
    gone: dict[Act, str] = {act: "" for act in acts if (need := _NEEDS.get(type(act))) is not None and need not in may}
    jobs = {act.job for act in acts if isinstance(act, Retry | Acknowledge | StopJob)}
    streams = {act.datastream for act in acts if isinstance(act, PauseSchedule | ResumeSchedule)}
    is_of_many = len(jobs) > 1 or len(streams) > 1
    for one in done:
        answered = [act for act in acts if act not in gone and _answers(one, act, done)]
        if answered and one.kind == "pause" and not is_of_many:
            message = without_promise(message)
        gone |= dict.fromkeys(answered, _in_words(one, is_of_many=is_of_many) if answered else "")
    if not gone:
        return message
    said = to_plain("\n".join(dict.fromkeys(filter(None, gone.values()))))
    rest = fit_bytes(message.text.split("\n"), _TEXT_BYTES - len(said.encode()))
    return Message(f"{rest}\n{said}" if said else message.text, list(_without(message.blocks, gone)))


def _answers(one: Done, act: Act, done: Sequence[Done]) -> bool:
    """Whether there is nothing left to press of ``act`` after it."""
    match act:
        case FetchAgain(job=job):
            return one.kind == "fetch" and (job is None or one.job in (None, job))
        case Retry(job=job) | Acknowledge(job=job):
            return one.kind in ("fetch", "retry", "acknowledge") and one.job in (None, job)
        case StopJob(job=job):
            return one.kind == "stop" and one.job == job
        case PauseSchedule(datastream=stream) | ResumeSchedule(datastream=stream):
            kind = "pause" if isinstance(act, PauseSchedule) else "resume"
            of_it = [other for other in done if other.kind in ("pause", "resume") and other.datastream == stream]
            return bool(of_it) and one is of_it[-1] and one.kind == kind
        case _:
            return False


def _in_words(one: Done, *, is_of_many: bool) -> str:
    """Who did it, and when; ``is_of_many``: the message is about several jobs or datastreams."""
    who, of = f"<@{one.user_id}>" if one.user_id else "jobbot", f" of datastream {one.datastream}" if is_of_many else ""
    match one.kind:
        case "pause":
            return f"{who} paused the schedule{of} {moment(one.at)}"
        case "resume":
            return f"{who} resumed the schedule{of} {moment(one.at)}"
        case "stop":
            return f"{who} stopped {f'job {one.job}' if is_of_many else 'it'} {moment(one.at)}"
        case _:
            line = about_line(DoneAbout(one.kind, one.user_id, one.at, is_done=True, jobs=one.jobs))
            return f"Job {one.job}: {line}" if is_of_many and one.job is not None else line


def _acts(blocks: Iterable[Block]) -> Iterator[Act]:
    for block in blocks:
        for element in _elements(block):
            if (act := _act(element)) is not None:
                yield act


def _elements(block: Block) -> Sequence[Block | None]:
    return (*block.get("elements", ()), block.get("accessory"))


def _act(element: Block | None) -> Act | None:
    """What a button asks for, where it opens the window of an act."""
    if element is None or element.get("type") != "button":
        return None
    if action_of(element["action_id"]) not in (ActionId.ACT, ActionId.JOB_STOP):
        return None
    found = decode(element.get("value", ""))
    return found if isinstance(found, Act) else None


def _without(blocks: Iterable[Block], gone: Mapping[Act, str]) -> Iterator[Block]:
    """The blocks without the buttons of what is ``gone``, by which stands what is said of it, once."""
    told: set[str] = set()
    for block in blocks:
        taken = [act for element in _elements(block) if (act := _act(element)) in gone]
        if not taken:
            yield block
            continue
        if block["type"] != "actions":
            yield {name: value for name, value in block.items() if name != "accessory"}
        news = [words for words in dict.fromkeys(gone[act] for act in taken if act) if words and words not in told]
        if news:
            yield context("\n".join(news))
            told.update(news)
        if block["type"] == "actions":
            left = [one for one in block["elements"] if _act(one) not in gone]
            if left:
                yield {**block, "elements": left}
