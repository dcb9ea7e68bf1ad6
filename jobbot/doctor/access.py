"""Who may do what where: the permitted channels as a table, in the words of the settings."""

from collections.abc import Mapping, Sequence
from typing import get_args

from jobbot.config import ChannelSettings, Draft, Power
from jobbot.doctor.finding import Finding

POWERS: tuple[Power, ...] = get_args(Power)


def columns() -> tuple[str, ...]:
    """The heads of the table's columns."""
    return ("channel", *POWERS, "who may stop", "guests stop", "reason", "instance", "external", "answers")


def rows(draft: Draft, names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """A row a channel; ``names`` are those that Slack gave, by id."""
    default = next(iter(draft.instances), "-")
    return [_row(channel, rule, default, names) for channel, rule in draft.channels.items()]


def _row(channel: str, rule: ChannelSettings, default: str, names: Mapping[str, str]) -> tuple[str, ...]:
    stops = "stop" in rule.may
    return (
        _named(channel, names),
        *(_yes(power in rule.may) for power in POWERS),
        who_may_stop(rule, names) if stops else "nobody",
        _yes(rule.guests_may_stop) if stops else "-",
        "required" if stops and rule.reason_required else "-",
        rule.instance or default,
        _yes(rule.external),
        "to the asker" if rule.answers == "ephemeral" else "to all",
    )


def who_may_stop(rule: ChannelSettings, names: Mapping[str, str]) -> str:
    """The people and groups, or everybody."""
    limited = [*sorted(rule.stop_usergroups), *sorted(rule.stop_users)]
    return ", ".join(_named(one, names) for one in limited) or "everybody in it"


def _named(id_: str, names: Mapping[str, str]) -> str:
    return f"{names[id_]} {id_}" if id_ in names else id_


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def findings(draft: Draft, names: Mapping[str, str]) -> list[Finding]:
    """The same for machines: a row is a finding, which is always ok."""
    heads: Sequence[str] = columns()[1:]
    found = []
    for row in rows(draft, names):
        says = "; ".join(f"{head}: {cell}" for head, cell in zip(heads, row[1:], strict=True))
        found.append(Finding("access", row[0], "ok", says))
    return found
