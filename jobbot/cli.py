"""The command line: ``jobbot run``, ``demo``, ``doctor``, ``manifest``, ``audit`` and ``help``.

Importing Bolt and the settings takes longer than most commands' work, so every command imports what it needs itself.
"""

import argparse
import gc
import math
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from jobbot import __version__
from jobbot.output import FAILED, print_out, written

if TYPE_CHECKING:
    from jobbot.config import Settings

BAD_SETTINGS = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code: 0, 1 (could not start, or lost Slack), 2 (settings or usage are wrong)."""
    try:
        chosen = build_parser().parse_args(argv)
    except SystemExit as ended:
        # --help and --version have printed; a mistake is on standard error.
        return int(ended.code or 0) or print_out("")
    match chosen.command:
        case None:
            return print_out(build_parser().format_help())
        case "demo":
            return _demo(chosen)
        case "doctor":
            return _doctor(chosen)
        case "manifest":
            return _manifest(chosen)
        case "audit":
            return _audit(chosen)
        case "help":
            return _help(chosen.topic)
        case _:
            return _run(chosen.mode)


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    parser = argparse.ArgumentParser(
        prog="jobbot",
        description="Adverity fetch jobs in your incident channel in Slack: list, follow and stop them.",
        epilog="Try it: jobbot demo (in your browser, with no account and no network)",
    )
    parser.add_argument("--version", action="version", version=f"jobbot {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    run = commands.add_parser("run", help="start the bot, with the settings from the environment and .env")
    run.add_argument(
        "--mode", choices=("socket", "http"), help="Socket Mode or HTTP (default: socket if SLACK_APP_TOKEN is set)"
    )
    _add_demo(commands)
    _add_doctor(commands)
    _add_manifest(commands)
    _add_audit(commands)
    topic = commands.add_parser("help", help="pages about setting up and running jobbot")
    topic.add_argument("topic", nargs="?", help="leave it out for the list of pages")
    return parser


def _add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser(
        "demo", help="try it in your browser: a local Slack, a local Adverity and the real bot between them"
    )
    demo.add_argument("--console", action="store_true", help="use this terminal instead of the browser")
    demo.add_argument("--port", type=_port, default=0, help="port of the page on 127.0.0.1 (default: any free one)")
    demo.add_argument("--no-open", action="store_true", help="do not open the browser")
    demo.add_argument("--speed", type=_speed, default=1.0, help="how fast Adverity's time passes (default: 1)")
    demo.add_argument("--seed", type=int, default=7, help="the same number tells the same story (default: 7)")


def _add_audit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    audit = commands.add_parser("audit", help="export the record of acts, or a timeline for the post-mortem")
    whats = audit.add_subparsers(dest="what", required=True, metavar="WHAT")
    export = whats.add_parser("export", help="write the record of acts to standard output, oldest first")
    export.add_argument("--format", choices=("csv", "jsonl"), default="csv", help="default: csv")
    export.add_argument("--since", help="2026-11-01, 2026-11-01T08:00Z, monday or 7d, in UTC (default: everything)")
    timeline = whats.add_parser("timeline", help="write what happened in a time to standard output, as Markdown")
    timeline.add_argument("--from", dest="since", help="a time as for export --since (default: the last 4 hours)")
    timeline.add_argument("--to", dest="until", help="the end, with --from (default: now); a day to its last second")
    timeline.add_argument("--instance", help="one instance (default: all)")
    timeline.add_argument("--datastream", type=_number, help="the number of one datastream (default: all)")
    timeline.add_argument("--channel", help="what was told in one channel, by its id (default: in any)")


def _add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    doctor = commands.add_parser("doctor", help="check everything jobbot needs, and say how to fix what is wrong")
    doctor.add_argument(
        "--json", action="store_true", help="for scripts: a list of check, subject, outcome, says, next"
    )
    doctor.add_argument("--mode", choices=("socket", "http"), help="as for jobbot run")


def _add_manifest(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    manifest = commands.add_parser("manifest", help="print the app manifest, ready to paste into Slack")
    manifest.add_argument("--url", help="for HTTP: where Slack can reach jobbot, like https://bot.example.com")
    manifest.add_argument("--mode", choices=("socket", "http"), help="default: http if --url is given, else socket")
    manifest.add_argument("--command", dest="slash", default="/jobs", help="the slash command (default: /jobs)")
    manifest.add_argument("--name", default="jobbot", help="name of the app and its bot (default: jobbot)")


def _port(text: str) -> int:
    if not (text.isdecimal() and len(text) <= 5 and int(text) <= 65_535):
        raise argparse.ArgumentTypeError("must be a whole number from 0 to 65535 (0 for any free port)")
    return int(text)


def _number(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text[:20]) < 2**63):
        raise argparse.ArgumentTypeError("must be a datastream's number")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0.1 <= speed <= 1_000:
        raise argparse.ArgumentTypeError("must be a number from 0.1 to 1000 (2 is twice as fast)")
    return speed


def _demo(chosen: argparse.Namespace) -> int:
    if chosen.console:
        from jobbot.playground.console import run_demo  # noqa: PLC0415

        return run_demo(seed=chosen.seed, speed=chosen.speed)
    from jobbot.playground.demo import run_page  # noqa: PLC0415

    return run_page(port=chosen.port, seed=chosen.seed, speed=chosen.speed, opens=not chosen.no_open)


def _doctor(chosen: argparse.Namespace) -> int:
    from datetime import UTC, datetime  # noqa: PLC0415

    from jobbot.doctor import run_doctor  # noqa: PLC0415

    return run_doctor(chosen.mode, for_machines=chosen.json, clock=lambda: datetime.now(UTC))


def _manifest(chosen: argparse.Namespace) -> int:
    from jobbot.config import instance_hosts  # noqa: PLC0415
    from jobbot.manifest import BadManifest, manifest  # noqa: PLC0415

    try:
        hosts = instance_hosts()
        text = manifest(url=chosen.url, mode=chosen.mode, command=chosen.slash, name=chosen.name, hosts=hosts)
    except BadManifest as error:
        print(error, file=sys.stderr)
        return BAD_SETTINGS
    return print_out(text, encoding="utf-8")


def _help(topic: str | None) -> int:
    from jobbot.manual import NoSuchTopic, contents, page  # noqa: PLC0415

    try:
        text = page(topic) if topic is not None else contents()
    except NoSuchTopic as error:
        print(error, file=sys.stderr)
        return BAD_SETTINGS
    return print_out(text)


def _audit(chosen: argparse.Namespace) -> int:
    import asyncio  # noqa: PLC0415
    from datetime import UTC, datetime  # noqa: PLC0415

    from jobbot.audit import CannotExport, export  # noqa: PLC0415
    from jobbot.audit_timeline import TimelineWish, write_timeline  # noqa: PLC0415
    from jobbot.config import ConfigError, load_database_url  # noqa: PLC0415

    try:
        url = load_database_url().get_secret_value()
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_SETTINGS
    count, now = 0, datetime.now(UTC)
    is_export = chosen.what == "export"

    def write() -> None:
        nonlocal count
        # A record may be piped on: its line ends are its own, and its letters UTF-8, whatever the terminal is set to.
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr] # of the real standard output
        if is_export:
            count = asyncio.run(export(url, chosen.format, chosen.since, sys.stdout, now=now))
            return
        wish = TimelineWish(
            since=chosen.since,
            until=chosen.until,
            instance=chosen.instance,
            datastream=chosen.datastream,
            channel_id=chosen.channel,
        )
        count = asyncio.run(write_timeline(url, wish, sys.stdout, now=now))

    try:
        failed = written(write)
    except CannotExport as error:
        print(error, file=sys.stderr)
        return FAILED
    if not failed:
        print(f"{count} entries", file=sys.stderr)
    return failed


def _run(mode: Literal["socket", "http"] | None) -> int:
    # Imports leave hardly any garbage, and looking for it takes a fifth of the start.
    gc.disable()
    import asyncio  # noqa: PLC0415

    from jobbot.app import StartFailed  # noqa: PLC0415
    from jobbot.config import ConfigError, load_settings  # noqa: PLC0415
    from jobbot.logs import set_up_logging  # noqa: PLC0415
    from jobbot.slack.transport.watchdog import SocketLost  # noqa: PLC0415

    try:
        settings = load_settings(mode=mode)
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return BAD_SETTINGS
    set_up_logging(settings.log_format, settings.log_level, known_secrets=settings.secrets())
    try:
        asyncio.run(_serve(settings, lambda: load_settings(mode=mode)))
    except (StartFailed, SocketLost) as error:
        print(error, file=sys.stderr)
        return FAILED
    return 0


async def _serve(settings: "Settings", read_again: "Callable[[], Settings]") -> None:
    import asyncio  # noqa: PLC0415

    from jobbot.app import Jobbot  # noqa: PLC0415
    from jobbot.reload import Reload  # noqa: PLC0415

    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    starting = asyncio.current_task()

    def asked_to_end() -> None:
        stop.set()
        if starting is not None:
            # A start may wait for Slack for a minute, and there is nothing yet to finish.
            starting.cancel()
        # Whoever presses Ctrl-C a second time does not want to wait for what is still running.
        loop.remove_signal_handler(signal.SIGINT)

    for asked in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(asked, asked_to_end)
    # Before it is ready it has nothing to reload; without a handler the signal would end it.
    early = asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, early.set)
    try:
        async with Jobbot(settings) as bot:
            starting = None
            # What is there now stays: looking through it again and again would hold up the loop, and acks with it.
            gc.freeze()
            # Five hundred pieces of work at once are a hundred thousand objects that live: after each seven hundred new
            # ones, as is usual, the collector would look through some of them, and hold up acks for 50 ms at a time.
            gc.set_threshold(10_000, 10, 10)
            gc.enable()
            reload = Reload(settings, read_again, bot.set_policy)
            loop.add_signal_handler(signal.SIGHUP, reload)
            if early.is_set():
                reload()
            await bot.run_until(stop)
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
