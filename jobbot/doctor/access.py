"""The doctor's table of permissions: who may do what in which channel, in the words of the settings."""

from collections.abc import Sequence
from typing import get_args

from jobbot.access.configured import policy_of
from jobbot.config import ChannelSettings, Draft, Power
from jobbot.doctor.channels import SlackFacts
from jobbot.doctor.finding import Finding

POWERS: tuple[Power, ...] = get_args(Power)


def columns() -> tuple[str, ...]:
    """The heads of the table's columns."""
    limits = ("who may stop", "guests stop", "reason", "instances", "workspaces", "external", "answers")
    return ("channel", *POWERS, *limits)


def rows(draft: Draft, known: SlackFacts) -> list[tuple[str, ...]]:
    """A row a channel, with the names that Slack gave."""
    return [_row(channel, rule, draft, known) for channel, rule in draft.channels.items()]


def _row(channel: str, rule: ChannelSettings, draft: Draft, known: SlackFacts) -> tuple[str, ...]:
    # What the file permits is still refused where another organisation is in the channel.
    is_shared = channel in known.shared and not rule.external
    stops = "stop" in rule.may and not is_shared
    powers = {power: _yes(power in rule.may) for power in POWERS}
    if is_shared and "stop" in rule.may:
        powers["stop"] = "no, shared"
    return (
        _named(channel, known),
        *powers.values(),
        who_may_stop(rule, known) if stops else "nobody",
        _yes(rule.guests_may_stop) if stops else "-",
        "required" if stops and rule.reason_required else "-",
        _instances(channel, rule, draft),
        ", ".join(str(entry) for entry in rule.workspaces) or "all",
        _yes(rule.external),
        "to the asker" if rule.answers == "ephemeral" or is_shared else "to all",
    )


def _instances(channel: str, rule: ChannelSettings, draft: Draft) -> str:
    """Those that may be asked; the default first."""
    made = policy_of({channel: rule}).channels[channel]
    default = made.instance or next(iter(draft.instances), "-")
    others = [name for name in made.instances or draft.instances if name != default]
    return ", ".join([default, *others])


def who_may_stop(rule: ChannelSettings, known: SlackFacts) -> str:
    """The people and groups, or everybody."""
    limited = [*sorted(rule.stop_usergroups), *sorted(rule.stop_users)]
    return ", ".join(_named(one, known) for one in limited) or "everybody in it"


def _named(id_: str, known: SlackFacts) -> str:
    return f"{known.names[id_]} {id_}" if id_ in known.names else id_


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def findings(draft: Draft, known: SlackFacts) -> list[Finding]:
    """The same table for scripts: each row is a finding, which is always ok."""
    heads: Sequence[str] = columns()[1:]
    found = []
    for row in rows(draft, known):
        says = "; ".join(f"{head}: {cell}" for head, cell in zip(heads, row[1:], strict=True))
        found.append(Finding("access", row[0], "ok", says))
    return found
