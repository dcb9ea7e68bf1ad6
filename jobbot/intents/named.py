"""Reads what somebody else's message names: jobs by number or link, datastreams by number or link. Pure.

It is no command: words that are none of these say nothing, and nothing is a mistake. Numbers that are not called jobs
are kept apart, as a message may count anything.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jobbot.adverity.model import DatastreamId, JobId
from jobbot.intents.language.numbers import JOBS_MOST, datastream_link, instance_of_link, job_link, number
from jobbot.intents.language.slack_text import normal, unwrapped, whole

READ_MOST = 4_000
"""Characters; the longest message that Slack shows unfolded is shorter."""

_WRAPPED = re.compile(r"<([^<>]{1,3000})>")
_URL = re.compile(r"https?://[^\s<>|]{1,2000}", re.IGNORECASE)
_PIECE = re.compile(r"[^\s()\[\]{}\"`*~|;!?]+")
_CALLED = re.compile(r"(jobs?|datastreams?|streams?)(?:[:#_=-]+(\d{1,19}))?")
_BEFORE = ".,:;'\u2019_"
_BETWEEN = frozenset({"and", "or", "&", "und", "oder", "id", "ids", "no", "nr", "number", "numbers", "#", "is", ""})
_SHORTEST = 3
"""Digits of a number that nobody calls a job, for it to be one."""
_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class Named:
    """What a message names, in its order, each once. ``numbers`` may be jobs: nobody says what they are.

    ``instance`` is the one to which the links lead; None where there are none. ``words`` are the message's without its
    links and mentions, for names to be looked for in.
    """

    jobs: tuple[JobId, ...] = ()
    datastreams: tuple[DatastreamId, ...] = ()
    numbers: tuple[JobId, ...] = ()
    instance: str | None = None
    words: str = ""


def named_in(text: str, base_urls: Mapping[str, str]) -> Named:
    """What a message names, as Slack sent it. ``base_urls`` are the instances that links may lead to, by name.

    Links to two instances mean the first; links elsewhere say nothing. Answers every text, and never raises.
    """
    urls: list[str] = []

    def shown(wrapped: re.Match[str]) -> str:
        seen, url = unwrapped(wrapped[1])
        if url:
            urls.append(url)
        return f" {seen} " if url and not _URL.match(seen) and "/" not in seen else " "

    words = _WRAPPED.sub(shown, whole(text)[:READ_MOST])
    urls += _URL.findall(words)
    instance, jobs, streams = _linked(urls, base_urls)
    words = _URL.sub(" ", words)
    called = _called(words)
    return Named(
        jobs=tuple(JobId(one) for one in _once([*jobs, *called["job"]])[:JOBS_MOST]),
        datastreams=tuple(DatastreamId(one) for one in _once([*streams, *called["stream"]])[:JOBS_MOST]),
        numbers=tuple(JobId(one) for one in _once(called[""])[:JOBS_MOST]),
        instance=instance,
        words=words,
    )


def _linked(urls: Iterable[str], base_urls: Mapping[str, str]) -> tuple[str | None, list[int], list[int]]:
    instance, jobs, streams = None, list[int](), list[int]()
    for url in urls:
        on = instance_of_link(url, base_urls)
        if on is None or (instance is not None and on != instance):
            continue
        job, stream = job_link(url), datastream_link(url)
        if job is not None:
            jobs.append(job)
        elif stream is not None:
            streams.append(stream)
        instance = instance or (on if job is not None or stream is not None else None)
    return instance, jobs, streams


def _called(words: str) -> dict[str, list[int]]:
    """The numbers behind a word for jobs, behind one for datastreams, and behind neither."""
    found: dict[str, list[int]] = {"job": [], "stream": [], "": []}
    kind = ""
    for piece in _PIECE.finditer(words):
        word = normal(piece[0]).casefold().lstrip(_BEFORE).rstrip(_BEFORE + "-")
        shape, value = _CALLED.fullmatch(word), number(word)
        if shape is not None:
            kind = "job" if shape[1].startswith("job") else "stream"
            if shape[2] and (glued := number(shape[2])) is not None:
                found[kind].append(glued)
        elif value is not None:
            if kind or (value >= 10 ** (_SHORTEST - 1) and value not in _YEARS):
                found[kind].append(value)
        elif word not in _BETWEEN:
            kind = ""
    return found


def _once(numbers: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(numbers))
