"""Runs all checks, concurrently where they do not depend on each other; and the command itself."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from jobbot import __version__
from jobbot.config import ConfigError, Draft, Mode, draft_settings, nearly_named
from jobbot.doctor import access, channels, machine, upstream, workspace
from jobbot.doctor.finding import SEE_SETTINGS, Finding, in_time, ok, skipped, warn, wrong
from jobbot.doctor.report import report_as_json, report_as_text
from jobbot.logs import Redaction, set_up_logging
from jobbot.output import print_out
from jobbot.slack.web.session import ConnectionSettings, web_client

SLACK_SECONDS = 8.0
"""For one call to Slack; less than a check may take, so that the finding can say which call it was."""

ALL_SECONDS = 300.0
"""For all checks of one kind: long enough to hide no finding, and the doctor ends all the same."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The findings, and what the ids of the settings are called."""

    findings: list[Finding]
    known: channels.SlackFacts = field(default_factory=channels.SlackFacts)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return all(one.outcome != "wrong" for one in self.findings)


async def examine(draft: Draft, problems: list[str], clock: Callable[[], datetime]) -> Examined:
    """Run every check: the findings, in the order in which to fix them. ``clock`` gives the time, aware."""
    known = channels.SlackFacts()
    checks: dict[str, tuple[str, Callable[[], Awaitable[list[Finding]]]]] = {
        "SLACK_API_URL": ("slack", lambda: _slack(draft, clock, known)),
        "ADVERITY_INSTANCE": ("adverity", lambda: _adverity(draft, clock)),
        "JOBBOT_DATABASE_URL": ("database", lambda: _database(draft)),
        "PORT": ("port", lambda: machine.ports(draft)),
    }
    # The draft has the default in place of what is wrong: checking that would only mislead.
    spoilt = {problem.partition(":")[0] for problem in problems}
    parts = await asyncio.gather(
        *(
            _skip(check, name) if name in spoilt else in_time(check, name, look(), seconds=ALL_SECONDS)
            for name, (check, look) in checks.items()
        )
    )
    return Examined(
        [*settings(problems), *map(_note, draft.notes), *(finding for part in parts for finding in part)], known
    )


async def _skip(check: str, name: str) -> list[Finding]:
    return [skipped(check, name, SEE_SETTINGS)]


def settings(problems: list[str]) -> list[Finding]:
    """Findings about the settings: complete and well formed, or each problem."""
    if not problems:
        return [ok("settings", "environment, .env, policy", "complete and well formed")]
    return [_problem(problem) for problem in problems]


def _problem(problem: str) -> Finding:
    subject, _, says = problem.partition(": ")
    if subject == "JOBBOT_CONFIG" and "cannot be read" in says:
        step = "set it to the policy file's path, seen from the folder where jobbot starts; make the file readable"
    elif " line " in subject or subject == "JOBBOT_CONFIG":
        step = "correct the policy file (`jobbot help policy`)"
    else:
        step = "see `jobbot help settings`"
    return wrong("settings", subject, says, step)


def _note(note: str) -> Finding:
    """A variable that all programs on this machine share, and that cannot be used here."""
    subject, _, says = note.partition(": ")
    page = "settings" if subject.startswith("OTEL_") else "network"
    return warn("settings", subject, says, f"see `jobbot help {page}`")


def _misnamed(name: str, meant: str) -> Finding:
    return warn("settings", name, f"is set, but nothing reads it; did you mean {meant}?", f"rename it to {meant}")


async def _slack(draft: Draft, clock: Callable[[], datetime], known: channels.SlackFacts) -> list[Finding]:
    way = ConnectionSettings(draft.network.proxy_for(draft.slack_api_url), draft.network.tls)
    async with way.session(SLACK_SECONDS) as session:
        token = draft.bot_token.get_secret_value() if draft.bot_token is not None else None
        client = web_client(token, draft.slack_api_url, session)
        of_the_app = in_time("app token", "SLACK_APP_TOKEN", workspace.app_token(client, draft))
        of_the_bot, of_the_app_found = await asyncio.gather(_bot(client, draft, clock, known), of_the_app)
    return [*of_the_bot[:1], *of_the_app_found, *workspace.signing_secret(draft), *of_the_bot[1:]]


async def _bot(
    client: AsyncWebClient, draft: Draft, clock: Callable[[], datetime], known: channels.SlackFacts
) -> list[Finding]:
    """What needs the bot's token; without one that works, the rest is not looked at."""
    if draft.bot_token is None:
        return [skipped("bot token", "SLACK_BOT_TOKEN", SEE_SETTINGS), *_not_looked_at(draft)]
    greeting: workspace.AuthTestResult | None = None

    async def greet() -> list[Finding]:
        nonlocal greeting
        greeting = await workspace.auth_test(client, clock)
        return greeting.findings

    found = await in_time("bot token", "SLACK_BOT_TOKEN", greet())
    if greeting is None or not greeting.works:
        return [*found, *_not_looked_at(draft)]
    parts = await asyncio.gather(
        channels.channels(client, draft.channels, known),
        in_time("user group", "all", channels.usergroups(client, draft.channels, known)),
        channels.users(client, draft.channels, known),
    )
    return [*found, *(finding for part in parts for finding in part)]


def _not_looked_at(draft: Draft) -> list[Finding]:
    return [skipped("channel", channel, workspace.NO_TOKEN) for channel in draft.channels]


async def _database(draft: Draft) -> list[Finding]:
    return await in_time("database", "JOBBOT_DATABASE_URL", machine.database(draft), seconds=machine.DATABASE_SECONDS)


async def _adverity(draft: Draft, clock: Callable[[], datetime]) -> list[Finding]:
    """Instances side by side, each of them one call at a time."""
    if not draft.instances:
        return [skipped("adverity", "instances", SEE_SETTINGS)]
    parts = await asyncio.gather(
        *(
            in_time(
                "adverity", name, upstream.instance(name, one, draft.network, clock), seconds=upstream.INSTANCE_SECONDS
            )
            for name, one in draft.instances.items()
        )
    )
    return [finding for part in parts for finding in part]


def run_doctor(mode: Mode | None, *, for_machines: bool, clock: Callable[[], datetime]) -> int:
    """The command: print the report; the exit code, 1 where something is wrong."""
    try:
        draft, problems = draft_settings(mode=mode)
    except ConfigError as error:
        found = [_problem(problem) for problem in error.problems]
        report = (
            report_as_json(found, str)
            if for_machines
            else report_as_text(found, [], str, title=f"jobbot {__version__}")
        )
        print_out(report + "\n")
        return 1
    redact = Redaction(draft.secrets())
    set_up_logging("text", "ERROR", known_secrets=draft.secrets())
    examined = asyncio.run(examine(draft, problems, clock))
    examined.findings[:0] = [_misnamed(name, meant) for name, meant in nearly_named(draft)]
    report = _report(draft, problems, examined, redact, for_machines=for_machines)
    return print_out(report + "\n") or int(not examined.is_well)


def _report(draft: Draft, problems: list[str], examined: Examined, redact: Redaction, *, for_machines: bool) -> str:
    """The whole report. The table is left out where settings are wrong, because it would not be true."""
    if for_machines:
        table = access.findings(draft, examined.known) if not problems else []
        return report_as_json([*examined.findings, *table], redact)
    rows = [access.columns(), *access.rows(draft, examined.known)] if not problems else []
    where = "Socket Mode" if draft.mode == "socket" else "HTTP"
    return report_as_text(examined.findings, rows, redact, title=f"jobbot {__version__}, {where}")
