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
                        today), ``2022-10-31``, ``31.10.2022``, ``31.10.22``, ``31.10.``, ``31 oct``, ``Oct 31st``:
                        the whole day of the person's zone; ``10/11/2022`` is read in the order that the person's zone
                        is used to, and the answer says which; ``2 days ago``; ``today and yesterday``: both
a part of a day         ``last night`` (18:00 to 06:00), ``tonight``, ``this morning``, ``yesterday evening``,
                        ``weekend``
a day to come           ``tomorrow``, ``next monday``, ``next weekend``, ``next 24h``, within a week: what is scheduled
a time                  ``10:30``, ``10:30pm``, ``08:00Z``, ``2022-10-31T08:00+02:00``, ``yesterday 10:30``,
                        ``10:30 UTC``, ``10:30 CET``; without a day the latest such time; alone it means "since then";
                        behind ``since``, ``at`` and ``until`` an hour alone: ``since 3``
a length                ``last 6h``, ``last 30 min``, ``6h``, ``last week`` (seven days up to now), ``last month`` (30)
``since A``             from then up to now; also ``A..``, ``A..now``, ``this week``, ``this month``
``A..B``                with ``..`` ``...`` ``…`` a dash, ``to``, ``until`` or ``between A and B``; both ends included,
                        a day as B to its last second; ``B`` without a day is on A's day
``datastream 42``       also ``ds 42``, ``datastream #42``, ``ds:42``
``facebook``            a datastream by its name or an alias, where no word of the language is meant: ``facebook
                        failed``, ``"trade desk"``; behind ``datastream`` whatever stands in quotes is a name:
                        ``datastream "failed"``
``workspace emea``      one workspace, by name, slug or number; in quotes where it has blanks
a link                  to a datastream's or a job's page: that one, on the instance to which the link leads
``987``                 one job; also ``#987``, ``job 987``, ``status 987``, ``show 987``, a link to a job
``stop 987 why``        ask whether to stop it; everything behind the number is the reason, word for word, except
                        ``in NAME`` directly behind it where NAME is configured; also ``cancel``, ``kill``, ``abort``
``stop 987 988 why``    ask which of these to stop; ``stop all``, ``stop everything``: which of all that go on, also
                        ``stop all running``, ``... datastream 42``, ``... facebook``, ``... workspace emea``; a reason
                        stands behind a dash or ``because``
``fetch datastream 42 1 nov..27 nov why`` ask whether to fetch these days: days as above, both included, and of the
                        calendar (``last week`` is from Monday to Sunday, ``last 7 days`` end yesterday, ``november`` is
                        what there is of it); hours are refused. Without days the window asks for them. Also
                        ``refetch``, ``backfill``, ``rerun``, ``restart``; ``fetch again 987``: the datastream and the
                        days of a job
``retry 987 why``       ask whether Adverity shall repeat what failed
``acknowledge 987``     ask whether to acknowledge the issues of a job; also ``ack``
``pause datastream 42 until 13:00 why`` ask whether to switch its schedule off; also ``for 2h``, ``until tomorrow 9am``,
                        ``until monday morning``, ``today``, ``for the night``, and in the reason (``deploy
                        until 13:00``); without an end until ``resume datastream 42``, ``unpause``
``paused``              the schedules that are paused
``freeze 30m why``      refuse every act on the instance for a while: also ``until 15:00``, ``for 2h``, ``today``; the
                        end and ``in NAME`` stand before the reason, which is all that follows; ``unfreeze why`` ends it
``pause facebook ...``  for these a name will do; behind it, a reason begins with a word of the language, a dash or
                        ``because``
``watch 987``           also ``follow``; taken back by ``unwatch 987``, ``unfollow 987``, ``stop watching 987``
``watches``             what this channel watches, and its alerts
``alerts``              the alerts of this channel; ``alerts on`` (jobs that fail), ``alerts on ended``, ``alerts
                        on datastream 42``; ``alerts on late`` (far longer than usual), ``alerts on empty`` (success
                        without rows), ``alerts on all``; ``alerts on for @group``; ``alerts off``; ``alerts snooze
                        2h``, and ``snooze 2h`` alone; ``snooze until morning``, ``snooze datastream 42 until fixed``,
                        ``mute 987 until 18:00`` (the datastream of that job)
``history``             who stopped what, when, why, and how it ended: in a range, of ``job 987``, ``by @ana`` (the name
                        picked from Slack's list, or an id: ``by @U024BE7LH``); also ``audit``, and ``by @ana`` alone
``timeline``            what happened, in its order: in a range (else the last 4 hours), of ``datastream 42``, ``job
                        987``, ``workspace emea``; also ``post-mortem``, ``what happened last night``, ``what happened
                        to 987``
``issues``              what is open in Adverity, its cause and what would help; ``issues datastream 42``
``handover``            what whoever takes over must know; also ``handoff``
``whoami``              what the person may do here; ``whoami stop``: why, or why not; also ``who am i``, ``what may i
                        do``, ``why can't i stop 987``, ``who may stop``
``in NAME``             another instance
``help``                also ``--help``, ``-h``; anywhere but in a reason; ``?`` alone; ``help stop`` is about stops
``987 988``             several jobs, as a list
``long running``        jobs that are running for far longer than usual; also ``stuck``, ``longer than usual``
``longer than 1h``      jobs that have run, or took, for longer; also ``for over 1h``, ``>1h``, ``running for 1h``
``who stopped 987``     its history; ``why 987`` and ``is 987 running`` are the job itself
``alert me when 987 fails`` a watch of that job; ``tell me when datastream 42 fails`` is ``alerts on`` for it
``retry 987?``          a question, as ``should i pause datastream 42``: nothing is asked for, it is offered
``error 987``           the job: its card begins with its error
``is everything ok``    the hand-over, also ``is adverity down``; ``what is wrong with facebook``: what goes on of it,
                        and what failed; ``is facebook done``, ``how long will facebook take``: its jobs of any state
``failed at 3am``       the hour that begins then; of ``scheduled`` the next one
``pause facebook at 22:00`` refused, as no pause begins later; ``extend the pause of facebook to 6h`` changes its end,
                        and ``extend the pause by 6h`` is asked back: by then nobody has said which end it has
``thanks``              no question, where nothing else is said
======================= =============================================================================================

A number with separators (``1,234``) is refused rather than guessed at: it may as well be two numbers.
"""

from collections.abc import Mapping
from enum import StrEnum

from jobbot.adverity.model import GOING_ON, OVER, STOPPED, State
from jobbot.intents.model import AlertsDo, Sign, Topic


class Verb(StrEnum):
    """What is to be done with a job, or told of stops, watches and alerts; the value is how ``canonical`` writes it."""

    SHOW = "show"
    STOP = "stop"
    FETCH = "fetch"
    RETRY = "retry"
    ACKNOWLEDGE = "acknowledge"
    PAUSE = "pause"
    RESUME = "resume"
    PAUSED = "paused"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    WATCH = "watch"
    UNWATCH = "unwatch"
    WATCHES = "watches"
    ALERTS = "alerts"
    HISTORY = "history"
    TIMELINE = "timeline"
    ISSUES = "issues"
    HANDOVER = "handover"
    WHOAMI = "whoami"


VERBS: Mapping[str, Verb] = {
    **dict.fromkeys(("status", "details", "detail", "info", "show", "view", "why", "explain", "open"), Verb.SHOW),
    **dict.fromkeys(("overview", "summary", "progress", "eta"), Verb.SHOW),
    **dict.fromkeys(("watch", "follow", "track", "notify", "ping"), Verb.WATCH),
    **dict.fromkeys(("unwatch", "unfollow"), Verb.UNWATCH),
    **dict.fromkeys(("stop", "cancel", "kill", "abort"), Verb.STOP),
    **dict.fromkeys(("watches", "watching", "watched"), Verb.WATCHES),
    **dict.fromkeys(("alerts", "alert"), Verb.ALERTS),
    **dict.fromkeys(("history", "audit", "stops"), Verb.HISTORY),
    **dict.fromkeys(("timeline", "post-mortem", "postmortem", "recap", "happened"), Verb.TIMELINE),
    **dict.fromkeys(("issues", "issue", "problems", "problem"), Verb.ISSUES),
    **dict.fromkeys(("fetch", "refetch", "re-fetch", "backfill", "restart", "rerun", "re-run"), Verb.FETCH),
    **dict.fromkeys(("relaunch", "start", "run", "launch", "trigger"), Verb.FETCH),
    **dict.fromkeys(("retry", "re-try"), Verb.RETRY),
    **dict.fromkeys(("acknowledge", "ack"), Verb.ACKNOWLEDGE),
    **dict.fromkeys(("pause", "suspend", "unschedule"), Verb.PAUSE),
    **dict.fromkeys(("resume", "unpause", "un-pause", "reenable", "re-enable"), Verb.RESUME),
    "paused": Verb.PAUSED,
    **dict.fromkeys(("handover", "hand-over", "handoff", "hand-off"), Verb.HANDOVER),
    "freeze": Verb.FREEZE,
    **dict.fromkeys(("unfreeze", "un-freeze", "thaw"), Verb.UNFREEZE),
    **dict.fromkeys(("whoami", "permissions"), Verb.WHOAMI),
}
OF_A_DATASTREAM = frozenset({Verb.FETCH, Verb.PAUSE, Verb.RESUME})
"""Acts that want a datastream behind them."""
OF_A_JOB = frozenset({Verb.STOP, Verb.RETRY, Verb.ACKNOWLEDGE})
"""Acts that want a job's number behind them."""
ACTS = OF_A_DATASTREAM | OF_A_JOB
"""Verbs that change something in Adverity: each opens a window that asks."""
REPORTS = frozenset(
    {Verb.HISTORY, Verb.TIMELINE, Verb.WATCHES, Verb.ALERTS, Verb.ISSUES, Verb.PAUSED, Verb.HANDOVER, Verb.WHOAMI}
)
"""Verbs that are about no one job and want no number."""
FREEZING = frozenset({Verb.FREEZE, Verb.UNFREEZE})
"""Verbs that hold all acts back, or let them go on."""
ACT_WORDS = tuple(word for word, verb in VERBS.items() if verb in ACTS and word not in ("run", "start"))
"""The words of acts, without two that hardly ever are one."""
NOUNS = frozenset({"fetch", "run", "start", "launch", "trigger"})
"""Verbs at the beginning of a sentence only: ``next fetch of facebook``, ``when did 987 start``."""
ARTICLES = frozenset({"the", "a", "an", "any", "my", "our", "your", "these", "those", "that"})
"""Before a word of NOUNS, these make it one."""
SCHEDULE = frozenset({"schedule", "schedules", "scheduling"})
"""Behind ``stop`` these make it a ``pause``; behind ``pause`` and ``resume`` they say nothing."""
SCHEDULING: Mapping[str, Verb] = {"disable": Verb.PAUSE, "enable": Verb.RESUME}
"""Verbs where a datastream is spoken of, and no alerts."""
EVERYTHING = frozenset({"all", "every", "everything", "several"})
"""Behind ``stop``: which of all that go on."""
WHY = frozenset({"because", "cause", "-"})
"""Behind the name of a datastream, and behind ``stop all``, a reason begins with one of these."""
GIVEN = frozenset({"again", "please", "pls", "plz", "now", "thanks", "thx", "too", "?", "!"})
"""No reason, by themselves."""
WATCHING = frozenset({"watch", "watching", "follow", "following"})
"""Behind ``stop``, these make it an ``unwatch``."""
WATCHERS = WATCHING | {"watches", "watched", "follows"}
"""Behind ``who``, these ask for the job, whose card tells who watches."""
HAPPENED = "happened"
"""A verb that asks for the timeline, where no states are asked for: ``what happened last night``."""
BROWSING = frozenset({"show", "view", "status", "open", "overview", "summary", "progress", "eta"})
"""Verbs that want no number: ``show failed``, and ``show`` alone."""
WHO = "who"
STOPPING = frozenset({"stopped", "stops", "stop", "cancelled", "canceled", "killed", "aborted", "discarded"})
ACTED = frozenset(
    {
        *("paused", "pauses", "pause", "resumed", "resume", "unpaused", "retried", "retry", "acknowledged", "acked"),
        *("fetched", "refetched", "restarted", "reran", "triggered", "launched", "backfilled", "disabled", "enabled"),
    }
)
"""Behind ``who``, these and STOPPING ask for the record."""

ASKING = frozenset(
    {
        *("is", "are", "was", "were", "what", "what's", "whats", "which", "how", "how's", "did", "do", "does"),
        *("have", "has", "had", "should", "shall", WHO, "why", "be"),
    }
)
"""Before a verb these make it a question, which changes nothing: ``are the alerts off``, ``how do i stop 987``."""
LOOKING = frozenset({"list", "check"})
"""Before ``alerts`` these ask for them, as the verbs that show do."""
TOLD_BY = frozenset({"i", "we", "it", "that", "this", "there", "they"})
"""Directly behind these a word of ASKING is a statement's: ``i have to stop 987``."""
METHODS = frozenset({"do", "does", "can", "could", "to", "would", "should"})
"""Behind ``how``, these ask for the help."""
REQUESTS = frozenset({"can", "could", "would", "will", "please", "pls", "plz"})
"""With one of these a sentence may end in a question mark and be no question."""

ALERTS = frozenset({"alerts", "alert"})
SNOOZING = frozenset({"snooze", "mute", "silence"})
UNSNOOZING = frozenset({"unsnooze", "unmute", "unsilence"})
"""These switch alerts on, which ends a snooze; so do the words that end anything, before SNOOZING."""
SNOOZED = frozenset({"snoozed", "muted", "silenced"})
"""These ask for the alerts, which tell what is snoozed and by whom."""
WELL = frozenset({"ok", "okay", "fine", "alright", "healthy", "normal", "good", "green", "well"})
"""Behind ``is everything`` these ask how things are."""
DONE = frozenset(
    {
        *("done", "finished", "finish", "finishes", "completed", "complete", "completes", "ended", "ready", "through"),
    }
)
"""In a question about one datastream: what goes on of it is the answer, and what it did before."""
TAKING = frozenset({"take", "takes", "taking", "taken", "took", "last", "lasts", "need", "needs"})
"""Behind ``how long`` these say nothing."""
CHANGING = frozenset({"make", "change", "extend", "prolong", "lengthen", "shorten", "adjust", "edit", "update", "move"})
"""Before ``pause`` these say nothing: to pause what is paused changes the end."""
ENDING = frozenset({"end", "ends", "lift", "remove", "finish"})
"""Before ``freeze`` these, and the words of a stop, ask for its end."""
OVER_WITH = frozenset({"off", "over", "end", "ends", "ended", "aus", "aufheben", "beenden"})
"""Behind ``freeze`` these ask for its end."""
FIXED = frozenset(
    {
        *("fixed", "resolved", "recovered", "recovers", "works", "working", "healthy", "green", "solved", "repaired"),
        *("success", "succeeds", "succeeded", "successful", "ok"),
    }
)
"""Behind ``snooze until``: until the datastream succeeds again."""
SAYING = frozenset({"tell", "know"})
TELLING = ALERTS | SAYING | {"notify", "ping", "warn", "remind", "inform", "wake"}
WHEN = frozenset({"when", "once", "if", "whenever"})
"""``tell me when``: behind a word of TELLING, these make it a watch or an alert."""
SWITCHES: Mapping[str, AlertsDo] = {
    **dict.fromkeys(("on", "enable"), AlertsDo.ON),
    **dict.fromkeys(("off", "disable"), AlertsDo.OFF),
}
"""What to do with the alerts; where no alerts are spoken of, ``on`` says nothing and ``off`` is not known."""
SIGNS: Mapping[str, Sign] = {sign.value: sign for sign in Sign}
"""Known only where alerts are spoken of."""

_TOPIC_OF = {
    **{Verb.SHOW: Topic.JOB, Verb.STOP: Topic.STOP, Verb.FETCH: Topic.FETCH, Verb.ALERTS: Topic.ALERTS},
    **dict.fromkeys((Verb.RETRY, Verb.ACKNOWLEDGE), Topic.RETRY),
    **dict.fromkeys((Verb.PAUSE, Verb.RESUME, Verb.PAUSED), Topic.PAUSE),
    **dict.fromkeys((Verb.FREEZE, Verb.UNFREEZE), Topic.FREEZE),
    **dict.fromkeys((Verb.WATCH, Verb.UNWATCH, Verb.WATCHES), Topic.WATCH),
    **{
        Verb.HISTORY: Topic.HISTORY,
        Verb.TIMELINE: Topic.TIMELINE,
        Verb.ISSUES: Topic.ISSUES,
        Verb.HANDOVER: Topic.HANDOVER,
    },
    Verb.WHOAMI: Topic.WHOAMI,
}

_DOING = {
    **{"stopping": Verb.STOP, "cancelling": Verb.STOP, "fetching": Verb.FETCH, "refetching": Verb.FETCH},
    **{"retrying": Verb.RETRY, "acknowledging": Verb.ACKNOWLEDGE, "pausing": Verb.PAUSE, "resuming": Verb.RESUME},
    **{"freezing": Verb.FREEZE, "unfreezing": Verb.UNFREEZE, "following": Verb.WATCH, "alerting": Verb.ALERTS},
}
"""Words behind ``help``, and ``freezing`` behind ``stop``."""

JOB = "job"
"""The noun before a number: ``job 987``, ``stop job 987``."""

BY = "by"
"""Wants a person behind it."""

HELP = frozenset({"help", "hilfe", "--help", "-help", "-h", "usage", "commands"})

STATES: Mapping[str, frozenset[State]] = {
    **dict.fromkeys(("running", "ongoing", "in-progress", "fetching", "inprogress"), frozenset({State.RUNNING})),
    **dict.fromkeys(
        ("scheduled", "planned", "pending", "queued", "waiting", "upcoming", "queue", "next"),
        frozenset({State.SCHEDULED}),
    ),
    **dict.fromkeys(
        (
            "failed",
            "fail",
            "fails",
            "failing",
            "failure",
            "failures",
            "error",
            "errors",
            "errored",
            *("broken", "broke", "fehlgeschlagen"),
        ),
        frozenset({State.FAILED}),
    ),
    **dict.fromkeys(
        ("success", "successful", "succeeded", "successes", "successfully", "succeed", "succeeds", "ok", "done"),
        frozenset({State.SUCCESS}),
    ),
    **dict.fromkeys(("cancelled", "canceled"), frozenset({State.CANCELLED})),
    "discarded": frozenset({State.DISCARDED}),
    "stale": frozenset({State.STALE}),
    **dict.fromkeys(("stopped", "aborted", "killed"), STOPPED),
    "active": GOING_ON,
    **dict.fromkeys(("ended", "ends", "end", "finished", "finishes", "finish", "completed", "completes", "past"), OVER),
}
WEAK_STATES: Mapping[str, frozenset[State]] = {
    **dict.fromkeys(("all", "every", "everything", "several"), frozenset(State)),
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

LONG = frozenset({"stuck", "hanging", "hung", "hangs", "long-running", "longrunning", "runaway", "overdue"})
"""Running for far longer than usual."""
PERHAPS_LONG = frozenset({"long", "longest", "slow", "slowest", "late"})
"""The same, where no word that may be a name stands behind them."""
MORE = frozenset({"longer", "more", "over", "above", "exceeding", "least", "older"})
"""Before a length (``longer than 1h``), these are about how long a job has run."""
TIME_WORDS = frozenset({"time", "running", "job", ""})
"""Behind ``long``, no name begins with these."""
USUAL = frozenset({"usual", "usually", "normal", "normally", "expected"})

TITLES = frozenset({"id", "no", "nr", "number"})
"""May stand between a word and its number: ``datastream id 42``."""
SILENT = frozenset(
    {
        *("a", "an", "the", "please", "pls", "plz", "thanks", "thx", "kindly", "hey", "hi", "hello"),
        *("me", "i", "i'd", "we", "you", "my", "our", "your", "can", "could", "would", "will", "need", "want"),
        *("what", "what's", "whats", "which", "how", "how's", "is", "are", "was", "were", "am", "be", "been"),
        *("do", "does", "did", "has", "have", "had", "it's", "there", "there's", "theres", "that", "these", "those"),
        *("any", "some", "still", "just", "right", "already", "also", "too", "again", "really", "started", "ran"),
        *("jobs", "runs", "fetches", "tasks", "things", "anything", "something", "list", "give", "get", "check"),
        *("both", "somebody", "someone", "anybody", "anyone", "should", "shall"),
        *("see", "find", "look", "let", "happening", "going", "up", "about", "state", "states"),
        *("recent", "recently", "lately", "latest", "many", "quick", "quickly", "time", "yet", "doing", "way", "ones"),
        *("so", "most", "often", "wtf"),
    }
)
"""Say nothing, wherever they stand; left out of a sentence before it is read.

No word that turns a meaning round (``not``, ``if``) may ever stand here.
"""
GIVING = frozenset({"give", "show", "tell", "let", "get", "alert", "notify"})
"""Behind these ``us`` says nothing; elsewhere it is a part of many names."""
FILLERS = (
    TITLES
    | SILENT
    | {
        *("and", "or", "plus", "of", "for", "with", "on", "at", "over", "within", "during", "in", "instance", "to"),
        *("tell", "know", "when", "whenever", "turn", "switch", "than", "ago", "wrong"),
        *("fetched", "retried", "resumed", "acknowledged", "für"),
    }
)
"""Say nothing by themselves, but may be a part of what stands around them."""

GREETINGS = frozenset({"hi", "hello", "hey", "morning", "good", "there", "?"})
THANKS = frozenset({"thanks", "thank", "thankyou", "thx", "thanx", "tnx", "ty", "tysm", "cheers", "nvm", "nevermind"})
NODS = frozenset({"ok", "okay", "great", "perfect", "cool", "nice", "awesome", "good", "got", "👍", ":+1"})
"""The same, where no question mark stands behind them and no help is asked for."""
COURTESY = (
    THANKS
    | NODS
    | {
        *("you", "u", "so", "very", "much", "a", "lot", "it", "all", "job", "work", "bot", "for", "the", "help"),
        *("that", "that's", "again", "everyone", "🙏", ":pray", "🎉", ":tada", "!"),
    }
)
"""What may be said beside a thank-you; with anything else it is a question."""

TURNING = frozenset(
    {
        *("not", "never", "no", "none", "nothing", "nobody", "noone", "cannot", "without", "except", "but", "other"),
        *("others", "nicht", "nichts", "kein", "keine", "keinen", "nie", "niemals", "niemand", "ohne", "außer"),
    }
)
"""Unknown words that turn a meaning round: a suggestion without them would say the opposite, so none is made."""
NOT = frozenset({"not", "nicht", "never", "nie", "niemals"})
"""Of these the ones that take an act back where they are all that stands behind it: ``stop 987 nicht``."""
PAST = frozenset(
    {
        *("was", "were", "has", "have", "had", "did", "been", "ran", "worked", "hung", "failed", "broke", "crashed"),
        *("stalled", "looped", "lasted", "took", "kept", "got", "went", "came", "waited", "succeeded", "started"),
        *("war", "waren", "hatte", "hat", "lief", "liefen", "hing", "ging"),
    }
)
"""Verbs that tell of the past: what is behind them is no end to come (``it hung until 9:00``), and ``run`` no act."""
FEWER = frozenset({"less", "under", "shorter", "below", "fewer"})
"""Turn it round before a length; elsewhere they may be a name's."""
NO_SLIPS = frozenset(
    {
        *("skill", "top", "step", "shop", "stoop", "store", "story", "still", "fill", "bill", "till", "hill", "pill"),
        *(
            "mill",
            "kilo",
            "skip",
            "spot",
            "stock",
            "atop",
            "about",
            "cancer",
            "killer",
            "strop",
            "stomp",
            "drop",
            "slop",
        ),
        *("post", "stay", "steps", "shops", "tops", "skills", "kiln", "report"),
        *("steep", "stamp", "strip", "stub", "stow", "soup", "snap", "swap", "stag", "stem", "stir", "sort"),
        *("cause", "clause", "applause", "phase", "passed", "used", "entry", "retro", "assume", "resumes", "resale"),
        *("sketch", "batch", "etch", "start-up", "restaurant", "restored", "parse", "pauses", "reply", "poultry"),
    }
)
"""Words of English that are nearly the word of an act: whoever typed one hardly meant that."""

VOCABULARY = (
    *("running", "scheduled", "failed", "success", "successful", "succeeded", "cancelled", "canceled", "discarded"),
    *("stale", "stopped", "active", "ended", "finished", "completed", "pending", "queued", "errors"),
    *("today", "yesterday", "last", "since", "between", "until"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("datastream", "status", "details", "show", "watch", "unwatch", "follow", "unfollow", "watches", "alerts"),
    *(
        "snooze",
        "history",
        "timeline",
        "issues",
        "handover",
        "workspace",
        "help",
        "tomorrow",
        "tonight",
        "paused",
        "whoami",
    ),
    *("freeze", "unfreeze"),
    *("fetch", "refetch", "backfill", "restart", "rerun", "retry", "acknowledge", "pause", "resume", "unpause"),
    *("stop", "cancel", "abort"),
)
"""What a mistake is compared with; of two equally near words the earlier one is meant, so acts come last."""
QUESTIONS = ("what", "whats", "which")
"""Say nothing, and are misspelt: ``wat is running``."""
SLIPS: Mapping[str, Verb] = {
    **{word: VERBS[word] for word in VOCABULARY if VERBS.get(word) in ACTS},
    "kill": Verb.STOP,
}
"""What a word may nearly be that is offered as an act."""

KEYS = frozenset({*VERBS, JOB, *DATASTREAM, *WORKSPACE, *INSTANCE, "since", "state", "states"})
"""May be glued to what they want: ``ds:42``, ``in:staging``, ``state=failed``."""
KNOWN = frozenset({*VERBS, JOB, *HELP, *STATES, *WEAK_STATES, *DATASTREAM, *WORKSPACE, *VOCABULARY, *LONG, WHO})

TOPICS: Mapping[str, Topic] = {
    **dict.fromkeys((*STATES, *WEAK_STATES, *LONG, *PERHAPS_LONG, "lists", "list", "states"), Topic.LISTS),
    **dict.fromkeys((*DATASTREAM, *WORKSPACE, "workspaces", "names", "name", "aliases"), Topic.NAMES),
    **dict.fromkeys(("times", "dates", "date", "range", "ranges", "yesterday", "today", "last", "since"), Topic.TIMES),
    **{word: _TOPIC_OF[verb] for word, verb in VERBS.items() if verb in _TOPIC_OF},
    **{word: _TOPIC_OF[verb] for word, verb in _DOING.items()},
    **dict.fromkeys((JOB, "card"), Topic.JOB),
    **dict.fromkeys((*SNOOZING, "snoozing", "muting", "silencing"), Topic.ALERTS),
    **dict.fromkeys(("schedule", "schedules"), Topic.PAUSE),
}
"""What ``help`` may be asked about."""
