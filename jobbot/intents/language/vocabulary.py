"""The words of the command language, as tables. Word order is free; each word is recognised by its shape.

======================= =============================================================================================
what is typed           what it means
======================= =============================================================================================
(nothing)               running and scheduled jobs
a state                 ``running``, ``scheduled``, ``failed``, ``success``, ``cancelled``, ``discarded``, ``stale`` and
                        the synonyms in :data:`STATES`; several are joined, with or without ``,`` ``and`` ``or`` ``|``
``stopped``             cancelled or discarded: how a job ends that was stopped
``active``              scheduled or running
``ended``, ``finished`` every state in which a job is over, because a job that has finished may have failed; ``done``
                        is what people say of success
``all``, ``now``        every state; scheduled or running. Both only where no other state is named: ``all failed jobs``
                        and ``running now`` say nothing more than ``failed`` and ``running``
a day                   ``today``, ``yesterday``, ``monday`` (the latest one, today included), ``last monday`` (before
                        today), ``2022-10-31``, ``31.10.2022``: the whole day of the person's zone
a time                  ``10:30``, ``10:30pm``, ``08:00Z``, ``2022-10-31T08:00+02:00``, ``yesterday 10:30``,
                        ``10:30 UTC``; without a day the latest such time; alone it means "since then"
a length                ``last 6h``, ``last 30 min``, ``6h``, ``last week`` (seven days up to now), ``last month`` (30)
``since A``             from then up to now; also ``A..``, ``A..now``, ``this week``, ``this month``
``A..B``                with ``..`` ``...`` ``…`` a dash, ``to``, ``until`` or ``between A and B``; both ends included,
                        a day as B to its last second; ``B`` without a day is on A's day
``datastream 42``       also ``ds 42``, ``datastream #42``, ``ds:42``
``facebook``            a datastream by its name or an alias, where no word of the language is meant: ``facebook
                        failed``, ``"trade desk"``; behind ``datastream`` whatever stands in quotes is a name:
                        ``datastream "failed"``
``workspace emea``      one workspace, by its name, its slug or its number; in quotes where it has blanks
``987``                 one job; also ``#987``, ``job 987``, ``status 987``, ``show 987``, a link to a job
``stop 987 why``        ask whether to stop it; everything behind the number is the reason, word for word, except
                        ``in NAME`` directly behind it where NAME is configured; also ``cancel``, ``kill``, ``abort``
``watch 987``           also ``follow``; taken back by ``unwatch 987``, ``unfollow 987``, ``stop watching 987``
``watches``             what this channel watches, and its alerts
``alerts``              the alerts of this channel; ``alerts on`` (jobs that fail), ``alerts on ended``, ``alerts
                        on datastream 42``; ``alerts on late`` (far longer than usual), ``alerts on empty`` (success
                        without rows), ``alerts on all``; ``alerts off``; ``alerts snooze 2h``, and ``snooze 2h`` alone
``history``             who stopped what, when, why, and how it ended: in a range, of ``job 987``, ``by @ana`` (the name
                        picked from Slack's list, or an id: ``by @U024BE7LH``); also ``audit``, and ``by @ana`` alone
``issues``              what is open in Adverity, its cause and what would help; ``issues datastream 42``
``in NAME``             another instance
``help``                also ``--help``, ``-h``; anywhere but in a reason; ``?`` alone
======================= =============================================================================================

A number with separators (``1,234``) is refused rather than guessed at: it may as well be two numbers.
"""

from collections.abc import Mapping
from enum import StrEnum

from jobbot.adverity.model import GOING_ON, OVER, STOPPED, State
from jobbot.intents.model import AlertsDo, Sign


class Verb(StrEnum):
    """What is to be done with a job, or told of stops, watches and alerts; the value is how ``canonical`` writes it."""

    SHOW = "show"
    STOP = "stop"
    WATCH = "watch"
    UNWATCH = "unwatch"
    WATCHES = "watches"
    ALERTS = "alerts"
    HISTORY = "history"
    ISSUES = "issues"


VERBS: Mapping[str, Verb] = {
    **dict.fromkeys(("status", "details", "detail", "info", "show", "view"), Verb.SHOW),
    **dict.fromkeys(("watch", "follow"), Verb.WATCH),
    **dict.fromkeys(("unwatch", "unfollow"), Verb.UNWATCH),
    **dict.fromkeys(("stop", "cancel", "kill", "abort"), Verb.STOP),
    "watches": Verb.WATCHES,
    **dict.fromkeys(("alerts", "alert"), Verb.ALERTS),
    **dict.fromkeys(("history", "audit"), Verb.HISTORY),
    **dict.fromkeys(("issues", "issue"), Verb.ISSUES),
}
REPORTS = frozenset({Verb.HISTORY, Verb.WATCHES, Verb.ALERTS, Verb.ISSUES})
"""Verbs that are about no one job and want no number."""
WATCHING = frozenset({"watch", "watching", "follow", "following"})
"""Behind ``stop``, these make it an ``unwatch``."""
BROWSING = frozenset({"show", "view"})
"""Verbs that want no number: ``show failed``, and ``show`` alone."""

ALERTS = frozenset({"alerts", "alert"})
SNOOZING = frozenset({"snooze", "mute"})
SWITCHES: Mapping[str, AlertsDo] = {"on": AlertsDo.ON, "off": AlertsDo.OFF}
"""What to do with the alerts; where no alerts are spoken of, ``on`` says nothing and ``off`` is not known."""
SIGNS: Mapping[str, Sign] = {sign.value: sign for sign in Sign}
"""Known only where alerts are spoken of."""

JOB = "job"
"""The noun before a number: ``job 987``, ``stop job 987``."""

BY = "by"
"""Wants a person behind it."""

HELP = frozenset({"help", "--help", "-help", "-h", "usage", "commands"})

STATES: Mapping[str, frozenset[State]] = {
    **dict.fromkeys(("running", "ongoing", "in-progress", "fetching"), frozenset({State.RUNNING})),
    **dict.fromkeys(("scheduled", "planned", "pending", "queued", "waiting", "upcoming"), frozenset({State.SCHEDULED})),
    **dict.fromkeys(
        ("failed", "fail", "fails", "failing", "failure", "failures", "error", "errors", "errored"),
        frozenset({State.FAILED}),
    ),
    **dict.fromkeys(
        ("success", "successful", "succeeded", "successes", "successfully", "ok", "done"), frozenset({State.SUCCESS})
    ),
    **dict.fromkeys(("cancelled", "canceled"), frozenset({State.CANCELLED})),
    "discarded": frozenset({State.DISCARDED}),
    "stale": frozenset({State.STALE}),
    **dict.fromkeys(("stopped", "aborted", "killed"), STOPPED),
    "active": GOING_ON,
    **dict.fromkeys(("ended", "finished", "completed", "past"), OVER),
}
WEAK_STATES: Mapping[str, frozenset[State]] = {
    **dict.fromkeys(("all", "any", "every", "everything"), frozenset(State)),
    **dict.fromkeys(("now", "current", "currently"), GOING_ON),
}
"""States only where no other state is named."""

DATASTREAM = frozenset({"datastream", "datastreams", "ds", "stream"})
WORKSPACE = frozenset({"workspace", "ws", "stack"})
"""Words that want the name, the slug or the number of a workspace behind them."""
INSTANCE = frozenset({"in", "instance"})
"""Words that want the name of an instance behind them."""
PERHAPS_INSTANCE = frozenset({"on", "at", "from", "for"})
"""Words behind which the name of an instance may stand, and something else as well."""

TITLES = frozenset({"id", "no", "nr", "number"})
"""May stand between a word and its number: ``datastream id 42``."""
FILLERS = TITLES | {
    *("a", "an", "the", "me", "please", "pls", "plz", "thanks", "list", "jobs", "state", "states"),
    *("and", "or", "plus", "of", "for", "with", "on", "at", "over", "within", "during", "in", "instance"),
}
"""Say nothing by themselves. No word that turns a meaning round (``not``, ``if``) may ever stand here."""

TURNING = frozenset({"not", "never", "dont", "don't", "don’t", "without", "except", "but"})
"""Unknown words that turn a meaning round: a suggestion without them would say the opposite, so none is made."""

VOCABULARY = (
    *("running", "scheduled", "failed", "success", "successful", "succeeded", "cancelled", "canceled", "discarded"),
    *("stale", "stopped", "active", "ended", "finished", "completed", "pending", "queued", "errors"),
    *("today", "yesterday", "last", "since", "between", "until"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("datastream", "status", "details", "show", "watch", "unwatch", "follow", "unfollow", "watches", "alerts"),
    *("snooze", "history", "issues", "workspace", "help"),
    *("stop", "cancel", "abort"),
)
"""What a mistake is compared with; of two equally near words the earlier one is meant, so what stops comes last."""

KEYS = frozenset({*VERBS, JOB, *DATASTREAM, *WORKSPACE, *INSTANCE, "since", "state", "states"})
"""May be glued to what they want: ``ds:42``, ``in:staging``, ``state=failed``."""
KNOWN = frozenset({*VERBS, JOB, *HELP, *STATES, *WEAK_STATES, *DATASTREAM, *WORKSPACE, *VOCABULARY})
