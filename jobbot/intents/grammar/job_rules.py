"""The words about one job: verbs, numbers, links, and what stands behind a stop.

A rule looks at one place of a sentence and answers how many words it took there, 0 where it knows nothing.
"""

from jobbot.adverity.model import JobId
from jobbot.intents.grammar.reason import is_count, named, nearest_instance, read_reason
from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.numbers import JOBS_MOST, hosts, job_link, like_number, number
from jobbot.intents.language.tokens import show
from jobbot.intents.language.vocabulary import (
    ACTS,
    HELP,
    JOB,
    NOTHING_DONE,
    REPORTS,
    STOPPING,
    TOPICS,
    VERBS,
    WATCHERS,
    WATCHING,
    WHO,
    Verb,
)
from jobbot.intents.model import BadNumber, UnknownInstance


def read_help(sentence: Sentence, at: int) -> int:
    """``help``; a question mark by itself is one too."""
    word, parts = sentence.words[at], sentence.parts
    if word in HELP or sentence.words == ["?"]:
        parts.help = True
        parts.topic = next((TOPICS[other] for other in sentence.words if other in TOPICS), None)
    return 1 if word in HELP or word == "?" else 0


def read_verb(sentence: Sentence, at: int) -> int:
    """``stop``, ``watch``, ``status``, ``history``; ``stop watching`` is an ``unwatch``."""
    parts, taken = sentence.parts, 1
    verb = VERBS.get(sentence.words[at])
    following = sentence.words[at + 1 : at + 2]
    if sentence.words[at] == WHO and STOPPING.intersection(following):
        verb, taken = Verb.HISTORY, 2
    elif verb is Verb.STOP and sentence.asks_about_the_past(at):
        verb = Verb.HISTORY  # "did we stop 987?"
    elif verb in ACTS and _is_question(sentence, at):
        verb = Verb.SHOW  # "how do i stop 987"
    elif sentence.words[at] == WHO and WATCHERS.intersection(following) and sentence.has_number(at):
        verb, taken = Verb.SHOW, 2  # the card tells who watches
    if verb is None:
        return int(sentence.words[at] == WHO and bool(following))
    is_asked = (parts.job is not None and sentence.words[at] in NOTHING_DONE) or (
        sentence.words[at] == "run" and at > 0
    )
    if verb is Verb.ELSEWHERE and is_asked:
        return 1
    if verb is Verb.STOP and WATCHING.intersection(following):
        verb, taken = Verb.UNWATCH, 2
    shown = sentence.shown(at, at + taken)
    if verb in REPORTS:
        sentence.put_report(verb, at, at + taken)
        return taken
    if parts.once("verb", (parts.verb, verb), shown, at, at + taken):
        parts.verb, parts.wants = verb, None if verb is Verb.ELSEWHERE else shown
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
    is_act = sentence.parts.verb is Verb.STOP
    if found is not None and not is_act and is_count(found, sentence.text[sentence.tokens[at].end :]):
        return 1
    if found is not None:
        _put_job(sentence, JobId(found), shown, at)
    elif like_number(word):
        sentence.parts.fault(BadNumber(sentence.parts.wants or JOB, shown), at, at + 1)
    else:
        return 0
    return 1


def read_number_to_stop(sentence: Sentence, at: int) -> int:
    """Behind ``stop`` a number is a job's before it is anything else: ``stop 30 min too long``."""
    if sentence.parts.verb is not Verb.STOP or number(sentence.words[at]) is None:
        return 0
    return read_number(sentence, at)


def read_link(sentence: Sentence, at: int) -> int:
    """A link to a job says which instance it is on. On a host nobody configured there is nothing to be read."""
    url, instances = sentence.tokens[at].url, sentence.instances
    job = job_link(url) if url else None
    if job is None:
        return 0
    on = hosts(url)
    name = named(instances, *on)
    if name is not None:
        sentence.put_instance(name, at, at + 1)
    else:
        near = nearest_instance(on[-1], instances) if on else None
        instead = (str(job), "in", near.lower()) if near else (str(job),) if len(instances) == 1 else ()
        problem = UnknownInstance(show(on[1] if on else url), near, instances)
        sentence.parts.fault(problem, at, at + 1, instead)
    _put_job(sentence, JobId(job), f"job {job}", at)
    return 1


def _put_job(sentence: Sentence, job: JobId, shown: str, at: int) -> None:
    parts = sentence.parts
    if parts.job is None or job == parts.job or len(parts.more) + 1 == JOBS_MOST:
        if parts.once("job", (parts.job, job), shown, at, at + 1):
            parts.job = job
    elif job not in parts.more:
        parts.more += (job,)
        parts.note("job", shown)
    _take_reason(sentence, at)


def _take_reason(sentence: Sentence, at: int) -> None:
    """With a stop and a number all is said; the rest is the reason, whatever words it has."""
    parts = sentence.parts
    if parts.verb is not Verb.STOP or parts.job is None:
        return
    sentence.done = True
    end = sentence.tokens[at].end
    why = read_reason(sentence.text[end:], sentence.instances)
    if why.instance is None and is_count(parts.job, why.reason, of_a_stop=True):
        # "stop 3 running jobs": the verb is left without a number.
        parts.job, parts.more = None, ()
        parts.said = [(kind, how) for kind, how in parts.said if kind != "job"]
        return
    parts.reason = why.reason
    glued = [found for token in sentence.tokens[at + 1 :] if token.end == end and (found := number(token.word))]
    numbers = dict.fromkeys((*glued, *why.numbers))  # "stop 48319,48320"
    if why.instance is not None:
        sentence.put_instance(why.instance, at + 1, at + 1)
    if why.nearly is not None:
        sentence.unknown_instance(why.nearly, show(why.nearly), at + 1, at + 1)
        # For the suggestion, which shows the job where it was probably meant.
        parts.instance = parts.instance or nearest_instance(why.nearly, sentence.instances)
    more = [JobId(one) for one in numbers if one != parts.job and one not in parts.more]
    parts.more += tuple(more[: JOBS_MOST - 1 - len(parts.more)])
    for one in numbers:
        parts.note("job", str(one))
