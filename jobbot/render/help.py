"""Renders the help: what can be typed, all of it or about one topic."""

from collections.abc import Collection, Mapping, Sequence

from jobbot.access.policy import Need
from jobbot.intents.model import Topic
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.parts import NOTHING, Part, compose, lines, small, text
from jobbot.render.blockkit.text import escape

Typed = tuple[str, str]
"""What follows the slash command, and what it does."""

BY_TOPIC: Mapping[Topic, tuple[Typed, ...]] = {
    Topic.LISTS: (
        ("", "running and scheduled jobs"),
        ("failed | running | success ...", "one or several states; the last 24 hours unless you give a range"),
        ("long running | running longer than 1h", "what has been running far longer than usual, or for that long"),
    ),
    Topic.TIMES: (
        ("yesterday | last night | last 6h | since monday", "a range, in your time zone"),
        (
            "2022-10-31 | 31 oct | 2022-10-31..2022-11-02 | 2022-10-31T08:00Z..2022-10-31T12:00Z",
            "a day, days, or times",
        ),
    ),
    Topic.NAMES: (
        ("datastream 42 [states] [range]", "one datastream"),
        ('facebook failed | "trade desk"', "a datastream by its name, or by an alias"),
        ("workspace emea [states] [range]", "one workspace, by name, slug or number"),
        ("next fetch of facebook", "what is scheduled of a datastream, and when its schedule fetches next"),
    ),
    Topic.JOB: (("987 | 987 988", "one job, or several"),),
    Topic.STOP: (
        ("stop 987 [why]", "stop it; always asks first"),
        (
            "stop 987 988 | stop all [running | scheduled] [datastream 42 | facebook | workspace emea]",
            "stop several; shows them all and asks first",
        ),
    ),
    Topic.FETCH: (
        (
            "fetch datastream 42 1 oct..27 oct [why] | fetch again 987",
            "fetch days of a datastream, or those of a job, again; always asks first",
        ),
    ),
    Topic.RETRY: (
        ("retry 987 [why] | acknowledge 987", "repeat what failed, or only acknowledge it; always asks first"),
    ),
    Topic.PAUSE: (
        ("pause datastream 42 [until 13:00 | for 2h] [why]", "switch its schedule off; always asks first"),
        ("pause datastream 42 until 15:00", "change when a pause ends"),
        ("resume datastream 42 | paused", "switch it on again; which schedules are paused"),
    ),
    Topic.FREEZE: (
        ("freeze 30m why | freeze until 15:00 why", "refuse every act on the instance for a while"),
        ("unfreeze [why]", "let them go on"),
    ),
    Topic.WATCH: (
        ("watch 987 | unwatch 987", "tell this channel how it ends"),
        ("watches", "what this channel is waiting for"),
    ),
    Topic.ALERTS: (
        (
            "alerts on [failed | ended | late | empty | all] [datastream 42] [for @group] | off",
            "tell this channel about such jobs",
        ),
        (
            "alerts snooze 2h | snooze till 18:00 | snooze datastream 42 until fixed | alerts",
            "keep them quiet for a while; which ones are on",
        ),
        ("mute 987 until 18:00", "keep the datastream of a job quiet"),
    ),
    Topic.ISSUES: (("issues [facebook | datastream 42]", "open issues in Adverity, the cause, and what would help"),),
    Topic.HANDOVER: (("handover", "what whoever takes over must know, in one message"),),
    Topic.HISTORY: (
        (
            "history [range] [by @somebody] [job 987] [datastream 42]",
            "who stopped what, when, why, and how it ended",
        ),
    ),
    Topic.TIMELINE: (
        (
            "timeline [last 4h] [datastream 42 | facebook | job 987 | workspace emea]",
            "what happened, by datastream, ready for a post-mortem",
        ),
    ),
    Topic.WHOAMI: (("whoami | whoami stop", "what you may do here, and why not"),),
}
GROUPS: tuple[tuple[str, tuple[Topic, ...]], ...] = (
    ("Look", (Topic.LISTS, Topic.TIMES, Topic.NAMES, Topic.JOB, Topic.ISSUES)),
    ("Act", (Topic.STOP, Topic.FETCH, Topic.RETRY, Topic.PAUSE, Topic.FREEZE)),
    ("Be told", (Topic.WATCH, Topic.ALERTS)),
    ("Look back", (Topic.HISTORY, Topic.TIMELINE, Topic.HANDOVER)),
    ("What you may", (Topic.WHOAMI,)),
)
"""The headings of the help."""

NEEDS: Mapping[Topic, Need] = {
    Topic.STOP: Need.STOP,
    Topic.FETCH: Need.FETCH,
    Topic.RETRY: Need.RETRY,
    Topic.PAUSE: Need.PAUSE,
    Topic.FREEZE: Need.STOP,
    Topic.WATCH: Need.WATCH,
    Topic.ALERTS: Need.ALERTS,
}
"""What is for those who may do more than look."""

HELP: Typed = ("help | help stop", "this, or more about one thing")
COMMANDS: tuple[Typed, ...] = (
    *(typed for about in BY_TOPIC.values() for typed in about),
    HELP,
)

FROM_ANYWHERE = (
    "From anywhere in Slack: the shortcuts *Find Adverity jobs* and, on a message, *Adverity jobs named here*; what "
    "you may do where is in jobbot's Home tab."
)

_MORE = {
    Topic.LISTS: "States are running, scheduled, success, failed, cancelled, discarded and stale. `stopped` means "
    "cancelled or discarded, `ended` is every state but running and scheduled. Several may be named: "
    "`failed cancelled today`. Far longer than usual is three times as long as the datastream's jobs usually take; "
    "where that is not known, longer than an hour.",
    Topic.TIMES: "Also: `today`, `tonight`, `this morning`, `weekend`, `2 days ago`, `this week`, `since 10:30`, "
    "`since 3`, `at 3am CET`, `08:00-12:00 yesterday`, `today and yesterday`. `at 15:00` is the hour from then on. A "
    "night is from 18:00 to 06:00. `10/11/2022` can be read in two orders: the answer says which one was used.",
    Topic.NAMES: "Part of a name is enough; if several datastreams match, jobbot asks which. Put a name that "
    'contains words of the commands in quotes: `datastream "failed orders"`. A link to its page in Adverity will do.',
    Topic.JOB: "`why 987`, `error 987`, `is 987 running` and a link to the job show the same.",
    Topic.STOP: "Everything after the number is the reason, word for word. A window shows the job as it is now, and "
    "what is discarded with it; nothing is stopped until you press Stop job there. `stop everything` and "
    "`stop 987 988` show the jobs with a tick at each, at most 30. Stopping does not pause the schedule. "
    "`who stopped 987` says who did. Where you may not, the window asks somebody who can.",
    Topic.FETCH: "Days are those of your time zone, both included: `yesterday`, `last week` (Monday to Sunday), "
    "`last 7 days` (up to yesterday), `november`, `2025-11-01..2025-11-27`. Hours are not taken, nor days to come, nor "
    "more than a year. Without days the window asks for them. `backfill`, `refetch` and `rerun` are the same. "
    "`fetch facebook yesterday because ...`: a name will do.",
    Topic.RETRY: "Adverity repeats the operation that failed and all that follows it, and acknowledges the issue "
    "itself. `acknowledge 987` (or `ack`) acknowledges the issue and repeats nothing. Other days: `fetch`.",
    Topic.PAUSE: "Until when may be `until 13:00`, `until tomorrow 9am`, `until monday morning`, `for 2h`, `today`; "
    "without it the schedule stays off until somebody resumes it. What is running goes on: `stop` stops it. "
    "`pause facebook until 13:00`: a name will do. A reason may follow. Of what is paused already the end is changed.",
    Topic.FREEZE: "For those who may stop jobs, in a channel that shows all of the instance and is not shared outside. "
    "While it lasts no stop, fetch, retry, pause or resume is sent to the instance, whoever asks and in whichever "
    "channel; what was already sent is not called back, and jobs can still be looked at. It ends by itself, after 24 "
    "hours at most, and this channel is told so. Freezing again changes the end. A resume that jobbot has planned "
    "waits for it. The end and `in NAME` stand before the reason.",
    Topic.WATCH: "`let me know when 987 is done` is the same. `stop watching 987` takes it back. In a thread, mention "
    "jobbot, and the thread is told.",
    Topic.ALERTS: "Late: running far longer than usual. Empty: succeeded without any rows. `alert me when "
    "datastream 42 fails` is the same as `alerts on datastream 42`. `alerts off late` switches off late alone. On an "
    "alert, `I'm on it` tells everybody, and `Snooze 2 h` silences its datastream here; both can be undone. "
    "`mute 987 until 18:00` silences the datastream of that job, `until morning` is until 06:00, `unmute` ends it. "
    "What fails again counts up in the same message, which says when it recovered.",
    Topic.HISTORY: "Also: `who stopped 987`, `stops yesterday`, `by @ana`.",
    Topic.TIMELINE: "Failures, late runs, recoveries and outages that jobbot has told, and who did what about them, "
    "by datastream; of a job all that is kept, of anything else the last 4 hours unless you give a range. "
    "`what happened last night`, `what happened to 987` and `post-mortem yesterday` are the same. `Copy as Markdown` "
    "shows it to you alone, to be pasted elsewhere.",
    Topic.HANDOVER: "Of this channel's instance: what runs far longer than usual, what is failing, since when and "
    "who is on it or retries it, who paused what until when, what is frozen or snoozed, who watches what, and acts "
    "of the last 24 hours of which nobody knows the outcome. Each has its button; longer lists say how many more there "
    "are.",
    Topic.ISSUES: "Of one workspace: `issues workspace emea`. Up to five have `Details`, and `Retry` and `Acknowledge` "
    "where the channel may and Adverity offers it; of more, name a datastream to see all buttons.",
    Topic.WHOAMI: "`what may i do`, `why can't i stop` and `who may stop` are the same. Only you see the answer. On a "
    "refusal, `Why?` shows each rule that was asked, how it is met by you, and the ids that an administrator needs.",
}


def typed_in_words(command: str, words: str, meaning: str) -> str:
    """A line of the help."""
    return f"`{' '.join(part for part in (command, words) if part)}` – {meaning}"


def grouped_in_words(command: str, may: Collection[Need] = tuple(Need), *, others: str = "") -> list[Part]:
    """All that can be typed, by heading, as far as somebody ``may`` do it; ``others``: the line of other instances."""
    groups = [(title, [one for one in topics if NEEDS.get(one, Need.VIEW) in may]) for title, topics in GROUPS]
    found = []
    for title, topics in groups:
        rows = [typed_in_words(command, *typed) for topic in topics for typed in BY_TOPIC[topic]]
        last = [typed_in_words(command, *HELP), *([others] if others else [])] if title == GROUPS[-1][0] else []
        if rows:
            found.append(lines([f"*{title}*", *rows, *last]))
    return found


def render_help(
    instances: tuple[str, ...], *, command: str, first: Sequence[Part] = (), topic: Topic | None = None
) -> Message:
    """What can be typed, or about one topic. ``first`` stands before it: a refusal, where jobs are not shown."""
    others = f"`... in {instances[1]}` – another instance: {', '.join(map(escape, instances))}" if instances[1:] else ""
    known = (
        grouped_in_words(command, others=others)
        if topic is None
        else [lines([typed_in_words(command, words, meaning) for words, meaning in BY_TOPIC[topic]])]
    )
    remark = f"Word order is free. In a thread, mention jobbot instead of typing {command}: the same words work."
    return compose(
        [
            *first,
            *known,
            NOTHING if topic is None else text(_MORE[topic]),
            small(remark if topic is None else f"`{command} help` shows everything."),
            small(FROM_ANYWHERE) if topic is None else NOTHING,
        ]
    )
