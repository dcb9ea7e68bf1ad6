"""All checks, side by side as far as they do not need one another; and the command itself."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from jobbot import __version__
from jobbot.config import ConfigError, Draft, Mode, draft_settings
from jobbot.doctor import access, channels, machine, upstream, workspace
from jobbot.doctor.finding import Finding, in_time, ok, skipped, wrong
from jobbot.doctor.report import as_json, as_text
from jobbot.logs import Redaction, set_up_logging

SLACK_SECONDS = 8.0
MANY_SECONDS = 30.0
"""For one question to Slack, and for one about each of many channels."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found, and what things are called that the settings know by id."""

    findings: list[Finding]
    names: channels.Names = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return all(one.outcome != "wrong" for one in self.findings)


async def examine(draft: Draft, problems: list[str], clock: Callable[[], datetime]) -> Examined:
    """Every check, in the order in which somebody would mend things. ``clock`` gives the time, aware."""
    names: channels.Names = {}
    parts = await asyncio.gather(
        _slack(draft, clock, names),
        _adverity(draft),
        in_time("database", "JOBBOT_DATABASE_URL", machine.database(draft)),
        in_time("port", "PORT", machine.port(draft)),
    )
    return Examined([*settings(problems), *(finding for part in parts for finding in part)], names)


def settings(problems: list[str]) -> list[Finding]:
    """Whether they are complete and well formed."""
    if not problems:
        return [ok("settings", "environment, .env, policy", "complete and well formed")]
    return [_problem(problem) for problem in problems]


def _problem(problem: str) -> Finding:
    subject, _, says = problem.partition(": ")
    step = (
        "correct it in the policy file (`jobbot help policy`)"
        if " line " in subject or subject == "JOBBOT_CONFIG"
        else "see `jobbot help settings`"
    )
    return wrong("settings", subject, says, step)


async def _slack(draft: Draft, clock: Callable[[], datetime], names: channels.Names) -> list[Finding]:
    timeout = aiohttp.ClientTimeout(total=SLACK_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        token = draft.bot_token.get_secret_value() if draft.bot_token is not None else None
        client = AsyncWebClient(token, base_url=draft.slack_api_url, session=session, retry_handlers=[])
        of_the_app = in_time("app token", "SLACK_APP_TOKEN", workspace.app_token(client, draft))
        of_the_bot, of_the_app_found = await asyncio.gather(_bot(client, draft, clock, names), of_the_app)
    return [*of_the_bot[:1], *of_the_app_found, *workspace.signing_secret(draft), *of_the_bot[1:]]


async def _bot(
    client: AsyncWebClient, draft: Draft, clock: Callable[[], datetime], names: channels.Names
) -> list[Finding]:
    """What needs the bot's token; without one that works, the rest is not looked at."""
    if draft.bot_token is None:
        return [skipped("bot token", "SLACK_BOT_TOKEN", "not tried, see settings"), *_not_looked_at(draft)]
    greeting: workspace.Greeting | None = None

    async def greet() -> list[Finding]:
        nonlocal greeting
        greeting = await workspace.greet(client, clock)
        return greeting.findings

    found = await in_time("bot token", "SLACK_BOT_TOKEN", greet())
    if greeting is None or not greeting.works:
        return [*found, *_not_looked_at(draft)]
    parts = await asyncio.gather(
        in_time("channel", "all", channels.channels(client, draft.channels, names), seconds=MANY_SECONDS),
        in_time("user group", "all", channels.usergroups(client, draft.channels, names)),
        in_time("user", "all", channels.users(client, draft.channels, names), seconds=MANY_SECONDS),
    )
    return [*found, *(finding for part in parts for finding in part)]


def _not_looked_at(draft: Draft) -> list[Finding]:
    return [skipped("channel", channel, workspace.NO_TOKEN) for channel in draft.channels]


async def _adverity(draft: Draft) -> list[Finding]:
    """Instances side by side, each of them one call at a time."""
    if not draft.instances:
        return [skipped("adverity", "instances", "none that could be asked, see settings")]
    parts = await asyncio.gather(
        *(
            in_time("adverity", name, upstream.instance(name, one), seconds=upstream.SECONDS)
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
        print(as_json(found, str) if for_machines else as_text(found, [], str, title=f"jobbot {__version__}"))
        return 1
    redact = Redaction(draft.secrets())
    # Names of channels have every letter there is; a terminal may not.
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr] # of the real standard output
    set_up_logging("text", "ERROR", known_secrets=draft.secrets())
    examined = asyncio.run(examine(draft, problems, clock))
    if for_machines:
        table = access.findings(draft, examined.names) if not problems else []
        print(as_json([*examined.findings, *table], redact))
    else:
        rows = [access.columns(), *access.rows(draft, examined.names)] if not problems else []
        where = "Socket Mode" if draft.mode == "socket" else "HTTP"
        print(as_text(examined.findings, rows, redact, title=f"jobbot {__version__}, {where}"))
    sys.stdout.flush()
    return 0 if examined.is_well else 1
