"""Why words make no intent: one class for each kind of mistake, with the words that it is about."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word that has no shape we know. ``nearest`` is a word of the language, or None when nothing is near.

    ``joins``: it stands right behind another such word, so that both may be one name.
    """

    word: str
    nearest: str | None = None
    joins: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class MissingNumber:
    """``stop`` without a job, ``datastream`` without a number: ``word`` wants one behind it."""

    word: str


@dataclass(frozen=True, slots=True)
class MissingName:
    """``workspace`` without one: ``word`` wants a name, a slug or a number behind it."""

    word: str


@dataclass(frozen=True, slots=True)
class BadNumber:
    """Something in the place of a job's or datastream's number that is not one (zero, negative, too long, letters)."""

    word: str
    given: str


@dataclass(frozen=True, slots=True)
class MissingDatastream:
    """``pause``, ``fetch yesterday``, ``until fixed``: ``word`` wants a datastream, and there is none."""

    word: str


@dataclass(frozen=True, slots=True)
class TooManyJobs:
    """More jobs than can be asked for, or asked about, at once."""

    most: int


@dataclass(frozen=True, slots=True)
class BadRange:
    """A range that has the right shape and no meaning (30 February, end before start, a start in the future)."""

    given: str
    reason: str
    """One of ``no such date``, ``ends before it starts``, ``in the future``, ``in the past``, ``too long``, ``no
    length``, ``no unit``, ``no time``, ``no start``, ``not days``, ``not now``, ``no moment``, ``longer``, ``maybe
    until``."""


@dataclass(frozen=True, slots=True)
class SaidTwice:
    """Two of something that there can be one of (ranges, jobs, datastreams, instances, people, verbs)."""

    what: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class UnknownInstance:
    """``in NAME`` with a name that is not configured."""

    given: str
    nearest: str | None
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownPerson:
    """``by`` with something behind it that is no mention of a person; empty where nothing is there."""

    given: str


@dataclass(frozen=True, slots=True)
class DoesNotFit:
    """A part that was understood but has no meaning beside the verb (``watch 987 yesterday``)."""

    word: str
    verb: str


@dataclass(frozen=True, slots=True)
class MissingSwitch:
    """``alerts failed``: it is not said whether they shall be on or off."""

    word: str


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """``alerts on for @somebody``: what is no mention of a user group."""

    given: str


@dataclass(frozen=True, slots=True)
class Wondered:
    """``retry 987?``: it was asked whether, so that nothing is done; what may be meant is offered."""

    word: str


@dataclass(frozen=True, slots=True)
class WhereOrWhy:
    """``freeze 30m deploy in staging``: ``word`` may name the ``instance`` that is meant, or be a part of the reason.

    ``there`` and ``here`` are what to type for either: for that instance, and for the one of the channel.
    """

    word: str
    instance: str
    there: str
    here: str


Problem = (
    UnknownWord
    | MissingNumber
    | MissingName
    | MissingDatastream
    | BadNumber
    | TooManyJobs
    | BadRange
    | SaidTwice
    | UnknownInstance
    | UnknownPerson
    | DoesNotFit
    | MissingSwitch
    | UnknownGroup
    | Wondered
    | WhereOrWhy
)
