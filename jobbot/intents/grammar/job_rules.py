"""The words about one job: verbs, numbers, links, and what stands behind a stop.

A rule looks at one place of a sentence and returns how many words it took there, 0 where it does not apply.
"""

from collections.abc import Sequence

from jobbot.adverity.model import JobId
from jobbot.intents.grammar.reason import is_count, linked, nearest_instance, read_reason
from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.grammar.why_rules import courteous, take_back
from jobbot.intents.language.numbers import JOBS_MOST, STOPS_MOST, hosts, job_link, like_number, number
from jobbot.intents.language.tokens import show
from jobbot.intents.language.vocabulary import (
    EVERYTHING,
    HELP,
    JOB,
    OF_A_JOB,
    REPORTS,
    TITLES,
    TOPICS,
    VERBS,
    WATCHERS,
    WATCHING,
    WHO,
    Verb,
)
from jobbot.intents.model import BadNumber, TooManyJobs, Topic, UnknownInstance
from jobbot.intents.times import ranges
from jobbot.intents.times.lengths import length_of

_ERRORS = frozenset({"error", "errors", "failure"})
_CHANGING = (Verb.STOP, Verb.WATCH, Verb.UNWATCH)


def read_help(sentence: Sentence, at: int) -> int:
    """``help``; a question mark by itself is one too."""
    word, parts = sentence.words[at], sentence.parts
    if word in HELP or sentence.words == ["?"]:
        parts.help = True
        parts.topic = next((TOPICS[other] for other in sentence.words if other in TOPICS), None)
    return 1 if word in HELP or word == "?" else 0


def read_error(sentence: Sentence, at: int) -> int:
    """``error 987``: the job, whose card begins with its error."""
    parts, place = sentence.parts, sentence.behind(at, TITLES | {JOB, "of", "for", "log", "message"})
    if sentence.words[at] not in _ERRORS or parts.verb is not None or place is None:
        return 0
    found = number(sentence.words[place])
    is_number = found is not None and not is_count(found, sentence.text[sentence.tokens[place].end :])
    if not is_number or length_of(sentence.words, place) or ranges.find(sentence.words, place, sentence.instants):
        return 0
    parts.verb = Verb.SHOW
    parts.note("verb", sentence.tokens[at].shown)
    return place - at


def read_verb(sentence: Sentence, at: int) -> int:
    """``stop``, ``watch``, ``status``, ``history``; ``stop watching`` is an ``unwatch``."""
    parts, taken = sentence.parts, 1
    verb = VERBS.get(sentence.words[at])
    following = sentence.words[at + 1 : at + 2]
    if sentence.words[at] == "why" and parts.verb in REPORTS:
        return 1  # "who stopped 987 and why": the record has the reasons
    if verb is Verb.STOP and sentence.asks_about_the_past(at):
        if parts.verb is Verb.SHOW and parts.job is not None:
            return 1  # "why did 987 stop": its card tells
        verb = Verb.HISTORY  # "did we stop 987?"
    elif verb in _CHANGING and _is_question(sentence, at):
        verb = Verb.SHOW  # "how do i stop 987"
    elif sentence.words[at] == WHO and WATCHERS.intersection(following) and sentence.has_number(at):
        verb, taken = Verb.SHOW, 2  # the card tells who watches
    elif verb is Verb.STOP and EVERYTHING.intersection(sentence.words) and sentence.asks_how(at):
        parts.help, parts.topic = True, Topic.STOP
    if verb is None:
        return int(sentence.words[at] == WHO and bool(following))
    if verb is Verb.STOP and WATCHING.intersection(following):
        verb, taken = Verb.UNWATCH, 2
    shown = sentence.shown(at, at + taken)
    if verb in REPORTS:
        sentence.put_report(verb, at, at + taken)
        return taken
    if parts.once("verb", (parts.verb, verb), shown, at, at + taken):
        parts.verb, parts.wants = verb, shown
        if verb is Verb.STOP and not sentence.has_number(0) and sentence.asks(at):
            parts.wondered = shown  # "should we stop everything"
    _take_reason(sentence, at)
    return taken


def _is_question(sentence: Sentence, at: int) -> bool:
    """Whether it is asked about a job, which nothing is done with: no question word behind its number makes it one."""
    jobs = (place for place, token in enumerate(sentence.tokens) if number(token.word) or job_link(token.url))
    first = next(jobs, None)
    return first is not None and sentence.asks(min(first, at))


def read_noun(sentence: Sentence, at: int) -> int:
    """``job`` before a number."""
    if sentence.words[at] != JOB:
        return 0
    sentence.parts.wants = sentence.parts.wants or JOB
    sentence.parts.is_noun = True
    return 1


def read_number(sentence: Sentence, at: int) -> int:
    """A number that no other word claims is a job's."""
    word, shown = sentence.words[at], sentence.tokens[at].shown
    found = number(word)
    is_act = sentence.parts.verb in OF_A_JOB
    if found is not None and not is_act and is_count(found, sentence.text[sentence.tokens[at].end :]):
        return 1
    if found is not None:
        _put_job(sentence, JobId(found), shown, at)
    elif like_number(word):
        sentence.parts.fault(BadNumber(sentence.parts.wants or JOB, shown), at, at + 1)
    else:
        return 0
    return 1


def read_number_of_an_act(sentence: Sentence, at: int) -> int:
    """Behind ``stop`` and ``retry`` a number is a job's before it is anything else: ``stop 30 min too long``."""
    if sentence.parts.verb not in OF_A_JOB or number(sentence.words[at]) is None:
        return 0
    return read_number(sentence, at)


def read_link(sentence: Sentence, at: int) -> int:
    """A link to a job says which instance it is on. On a host nobody configured there is nothing to be read."""
    url, instances = sentence.tokens[at].url, sentence.instances
    job = job_link(url) if url else None
    if job is None:
        return 0
    on = hosts(url)
    name = linked(instances, sentence.base_urls, url)
    if name is not None:
        sentence.put_instance(name, at, at + 1)
    else:
        near = nearest_instance(on[-1], instances) if on else None
        instead = (str(job), "in", near.lower()) if near else (str(job),) if len(instances) == 1 else ()
        problem = UnknownInstance(show(on[1] if on else url), near, instances)
        sentence.parts.fault(problem, at, at + 1, instead)
    sentence.parts.is_noun = True
    _put_job(sentence, JobId(job), f"job {job}", at)
    return 1


def _put_job(sentence: Sentence, job: JobId, shown: str, at: int) -> None:
    parts = sentence.parts
    most = STOPS_MOST if parts.verb is Verb.STOP else JOBS_MOST
    if parts.job is None or job == parts.job:
        parts.note("job", shown)
        parts.job = job
    elif job not in parts.more:
        _put_more(sentence, [job], most, at)
    _take_reason(sentence, at)


def _put_more(sentence: Sentence, jobs: Sequence[JobId], most: int, at: int) -> None:
    """Further jobs; rather none than not all of them."""
    parts = sentence.parts
    more = [one for one in dict.fromkeys(jobs) if one != parts.job and one not in parts.more]
    if len(parts.more) + len(more) >= most:
        if not any(isinstance(fault.problem, TooManyJobs) for fault in parts.faults):
            parts.fault(TooManyJobs(most), at, at + 1)
        return
    parts.more += tuple(more)
    for one in more:
        parts.note("job", str(one))


def _take_reason(sentence: Sentence, at: int) -> None:
    """With an act and a number all is said; the rest is the reason, whatever words it has."""
    parts = sentence.parts
    if parts.verb not in OF_A_JOB or parts.job is None:
        return
    sentence.done = True
    end = sentence.tokens[at].end
    why = read_reason(sentence.text[end:], sentence.instances)
    if why.instance is None and is_count(parts.job, why.reason, of_a_stop=True):
        # "stop 3 running jobs": the verb is left without a number.
        parts.job, parts.more = None, ()
        parts.said = [(kind, how) for kind, how in parts.said if kind != "job"]
        sentence.done = False
        return
    if why.instance is not None:
        sentence.put_instance(why.instance, at + 1, at + 1)
    if why.nearly is not None:
        sentence.unknown_instance(why.nearly, show(why.nearly), at + 1, at + 1)
        # For the suggestion, which shows the job where it was probably meant.
        parts.instance = parts.instance or nearest_instance(why.nearly, sentence.instances)
    glued = [found for token in sentence.tokens[at + 1 :] if token.end == end and (found := number(token.word))]
    numbers = [JobId(one) for one in (*glued, *why.numbers)]  # "stop 48319,48320"
    _put_more(sentence, numbers, STOPS_MOST if parts.verb is Verb.STOP else JOBS_MOST, at)
    reason = why.rest if numbers else why.reason
    parts.reason = courteous(reason) if parts.more or parts.verb is not Verb.STOP else reason
    take_back(sentence, at + 1)
