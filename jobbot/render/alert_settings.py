"""Renders the answers to ``/jobs alerts``: what a channel is told of, switched on and off, and snoozed."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from jobbot.adverity.model import OVER, DatastreamId, State
from jobbot.adverity.usual_duration import FEWEST
from jobbot.intents.model import Alerts, AlertsDo, Sign
from jobbot.render.asked import stream_in_words
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.parts import compose, controls, lines, row_in_words, small, text, title
from jobbot.render.blockkit.text import foreign, moment, plural
from jobbot.render.outages import CurrentOutage, in_a_list

_LISTED = 20
_NONE_TO_SNOOZE = "There are no such alerts in this channel to snooze."


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A snooze: a channel's alerts of one datastream (None: all) are silent until then, because of this person.

    ``until`` None: until the datastream succeeds again. ``stream`` is the datastream's name, where it is known.
    """

    datastream: int | None
    until: datetime | None
    user_id: str
    stream: str = ""

    def lasts(self, now: datetime) -> bool:
        """Whether it is not over."""
        return self.until is None or now < self.until


def group_in_words(name: str) -> str:
    """A user group by its name, as plain text that mentions nobody; it may be empty."""
    return f"@{foreign(name, 60)}" if name else "a user group"


def until_in_words(until: datetime | None) -> str:
    """How long a snooze lasts: ``until 18:00``, ``until it succeeds again``."""
    return f"until {moment(until)}" if until is not None else "until it succeeds again"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """One alert of a channel: the states, and the datastream and workspace (None: any) that it is told of.

    ``stream`` and ``place`` are the names of the two, where they are known; ``bound_to`` those of the workspaces that
    the channel is bound to. ``user_id`` is who changed it last, ``switched_on_by`` who switched each state and sign on.
    ``snoozes`` are the datastreams that the channel's alerts are silent about. ``usergroup`` is the name of the user
    group that it mentions, empty where it is not known, None for none.
    """

    instance: str
    datastream: int | None
    workspace: int | None = None
    stream: str = ""
    place: str = ""
    bound_to: tuple[str, ...] = ()
    states: frozenset[State]
    signs: frozenset[Sign] = frozenset()
    user_id: str
    switched_on_by: Mapping[State | Sign, str] = field(default_factory=dict)
    since: datetime
    snoozed_until: datetime | None = None
    snoozed_by: str = ""
    usergroup: str | None = None
    snoozes: tuple[Quiet, ...] = ()

    def is_snoozed(self, now: datetime) -> bool:
        """Whether the whole of it is silent."""
        return self.snoozed_until is not None and self.snoozed_until > now


_SIGNS = {Sign.LATE: "run far longer than usual", Sign.EMPTY: "succeed without any rows"}


def what(alert: AlertSettings) -> str:
    """Which jobs an alert tells of, in words."""
    which = told_of(alert.states, alert.signs)
    where = ""
    if alert.workspace is not None:
        name = foreign(alert.place, 60)
        where = f" in workspace {name} ({alert.workspace})" if name else f" in workspace {alert.workspace}"
    elif alert.bound_to:
        names = ", ".join(foreign(name, 40) for name in alert.bound_to[:5])
        where = f" that this channel sees ({names}{', ...' if len(alert.bound_to) > 5 else ''})"
    if alert.datastream is not None:
        return f"{which} of {stream_in_words(DatastreamId(alert.datastream), alert.stream)}{where}"
    return f"{which}, in any datastream{where}"


def told_of(states: Iterable[State], signs: Iterable[Sign]) -> str:
    """``jobs that fail or run far longer than usual``."""
    return f"jobs that {_do({*states, *signs})}"


def _do(told: Set[State | Sign]) -> str:
    ends = {state for state in State if state in told}
    if ends == {State.FAILED}:
        do = ["fail"]
    elif ends >= OVER:
        do = ["end in any way"]
    else:
        do = [f"end as {' or '.join(state.value.lower() for state in State if state in ends)}"] if ends else []
    do += [_SIGNS[sign] for sign in Sign if sign in told]
    return " or ".join([", ".join(do[:-1]), do[-1]] if do[1:] else do)


def alert_in_words(alert: AlertSettings, now: datetime) -> str:
    """One alert as a row of a list."""
    quiet = ""
    if alert.is_snoozed(now):
        quiet = f"*snoozed {until_in_words(alert.snoozed_until)}*{_by(alert.snoozed_by)}"
    about = what(alert)
    calls = f"calls {group_in_words(alert.usergroup)}" if alert.usergroup is not None else ""
    facts = [foreign(alert.instance, 40), _switched_on(alert), calls, quiet]
    return row_in_words(f"{about[:1].upper()}{about[1:]}", [], facts)


def _switched_on(alert: AlertSettings) -> str:
    """Who switched it on, and since when; where several did, which of them what."""
    by, since = alert.switched_on_by, f"since {moment(alert.since)}"
    users = list(dict.fromkeys(by.values()))
    if len(users) < 2:
        return f"switched on by <@{users[0] if users else alert.user_id}>, {since}"
    each = [f"<@{user}> ({_do({one for one in by if by[one] == user})})" for user in users]
    return f"switched on by {', '.join(each)}, the first {since}"


def _of(one: Quiet) -> str:
    return stream_in_words(DatastreamId(one.datastream), one.stream) if one.datastream is not None else "everything"


def _by(user: str) -> str:
    return f" by <@{user}>" if user else ""


def snoozes_in_words(alerts: Sequence[AlertSettings], now: datetime) -> list[str]:
    """A line for each datastream that a channel's alerts are silent about."""
    found = {(alert.instance, one.datastream): one for alert in alerts for one in alert.snoozes if one.lasts(now)}
    return [
        f"Snoozed{_by(one.user_id)} {until_in_words(one.until)}: {_of(one)}, on {foreign(instance, 40)}"
        for (instance, _), one in found.items()
    ]


def listed(alerts: Sequence[AlertSettings], outages: Sequence[CurrentOutage] = (), *, now: datetime) -> Message:
    """The answer to ``/jobs alerts``: the channel's alerts, what is snoozed, and current outages."""
    if not alerts:
        on = Alerts(does=AlertsDo.ON, states=frozenset({State.FAILED}))
        return compose(
            [
                text("This channel has no alerts, and so nothing is snoozed."),
                small("`alerts on` tells it of jobs that fail, `alerts on late` of those that take far too long"),
                controls([buttons.go_on("Alerts on", on, label="Tell this channel of jobs that fail")]),
            ]
        )
    more = f"and {len(alerts) - _LISTED} more" if len(alerts) > _LISTED else ""
    snoozes = snoozes_in_words(alerts, now)
    is_quiet = snoozes or any(one.is_snoozed(now) for one in alerts)
    return compose(
        [
            title("Alerts of this channel"),
            lines([in_a_list(one) for one in outages]),
            lines([alert_in_words(alert, now) for alert in alerts[:_LISTED]]),
            lines(snoozes[:_LISTED]),
            small(
                more,
                "`alerts off` ends them, `alerts snooze 2h` silences them for a while",
                "" if is_quiet else "nothing is snoozed",
            ),
        ]
    )


def switched_on(
    alert: AlertSettings, ended: Sequence[Quiet] = (), *, now: datetime, again_by: str | None = None
) -> Message:
    """The answer to ``alerts on``, for the channel. ``ended`` are the snoozes that this has ended.

    ``again_by``: who asked for what was on already; without an ended snooze nothing was changed.
    """
    said = [f"<@{alert.user_id}> switched alerts on: from now on this channel is told of {what(alert)}."]
    if again_by is not None:
        said = [f"Alerts were on already: this channel is told of {what(alert)}, {_switched_on(alert)}."]
        said.append(f"<@{again_by}> asked for them again." if ended else "Nothing was changed.")
    if alert.usergroup is not None:
        said.append(f"The first message of each trouble mentions {group_in_words(alert.usergroup)}, once.")
    said += [_snooze_ended(one) for one in ended]
    quiet = [one for one in alert.snoozes if one.lasts(now)][:_LISTED]
    said += [
        f"Still snoozed {until_in_words(one.until)}{_by(one.user_id)}: datastream {one.datastream}. "
        f"`alerts on datastream {one.datastream}` tells of it again."
        for one in quiet
    ]
    # One of a part says nothing of the others: their datastreams would be told of in more ways than they were.
    is_whole = alert.datastream is None and alert.workspace is None
    wake = [_wake(one.datastream, alert) for one in quiet if is_whole and one.datastream is not None]
    if Sign.LATE in alert.signs:
        said.append(
            f"jobbot cannot say that a job takes too long when it has fewer than {FEWEST} past runs to compare with: "
            "there are no late alerts for such jobs."
        )
    return compose([lines(said), small(foreign(alert.instance, 40), "`alerts off` ends it"), controls(wake)])


def _wake(datastream: int, alert: AlertSettings) -> Block:
    """Ends the snooze of a datastream: its alerts are those of the channel, of which it is told already."""
    on = Alerts(
        does=AlertsDo.ON,
        states=alert.states,
        signs=alert.signs,
        datastream=DatastreamId(datastream),
        instance=alert.instance,
    )
    return buttons.go_on(f"End snooze of {datastream}", on, label=f"Tell this channel of datastream {datastream} again")


def _snooze_ended(one: Quiet) -> str:
    of = f" of datastream {one.datastream}" if one.datastream is not None else ""
    by = f" that <@{one.user_id}> began" if one.user_id else ""
    return f"This ended the snooze{of}{by}, which would have lasted {until_in_words(one.until)}."


def switched_off(
    user: str,
    count: int,
    less: Sequence[AlertSettings] = (),
    states: Iterable[State] = (),
    signs: Iterable[Sign] = (),
) -> Message:
    """The answer to ``alerts off``. ``count``: how many have ended; ``less`` tell of less than before, without
    ``states`` and ``signs``. Of none of both, nothing was changed."""
    if not count and not less:
        return compose([text("There were no such alerts in this channel. Nothing was changed.")])
    stays = small("messages of alerts that stand here stay as they are: nobody follows them any more")
    if not less and not states and not signs:
        return compose([text(f"<@{user}> switched {plural(count, 'alert')} of this channel off."), stays])
    said = [f"<@{user}> switched alerts of {told_of(states, signs)} off."]
    said += [f"This channel is still told of {what(one)}, on {foreign(one.instance, 40)}." for one in less[:_LISTED]]
    return compose([lines(said)])


def no_such_group() -> Message:
    """``alerts on for @somebody``, of a user group that there is not."""
    return compose([text("Slack does not know this user group, or it is disabled. Nothing was changed.")])


def snoozed(
    user: str,
    count: int,
    until: datetime | None,
    *,
    datastream: int | None = None,
    stream: str = "",
    of_job: int | None = None,
) -> Message:
    """The answer to ``alerts snooze``; ``count``: how many alerts that concerns, for 0 nothing was changed.

    ``until`` None: until the datastream succeeds again. ``of_job``: the job of which the datastream is that.
    """
    about = f" of {stream_in_words(DatastreamId(datastream), stream)}" if datastream is not None else ""
    if count == 0:
        none = f"There are no alerts{about} in this channel to snooze." if of_job is not None else _NONE_TO_SNOOZE
        return compose([text(f"{none} Nothing was changed.")])
    if of_job is not None:
        about += f", the datastream of job {of_job},"
    what_ = f"the alerts{about} in this channel" if about else f"{plural(count, 'alert')} of this channel"
    wake = "`alerts on`" if datastream is None else f"`alerts on datastream {datastream}`"
    see = "`failed`" if datastream is None else f"`failed datastream {datastream}`"
    also = ", its next success does too" if until is None else ""
    return compose(
        [
            text(f"<@{user}> snoozed {what_} {until_in_words(until)}."),
            small(
                f"failures until then are not posted, neither now nor later: {see} shows them",
                f"{wake} ends the snooze{also}",
            ),
        ]
    )
