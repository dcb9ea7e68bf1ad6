"""Interactions to their end: ``whole [seconds a flood] [turns]``. ``jobbot run``, over HTTP and over Socket Mode.

Commands (``/jobs``, fifteen rows) and presses of the list's Refresh are served by the whole of jobbot: access with what
Slack says, the jobs API, render, and an answer posted to a sink. Slack and Adverity are the local ones, in this
process; jobbot and the sink have processes of their own. No-op Bolt on Python and on Node and a bare endpoint do what
they can: acknowledge. Of each in turns, the best counts.

Printed a server: acks one at a time, each a moment after the answer before, and each after a rest; acks of 64
connections that send commands as fast as they can (a flood), and resident memory; interactions to their end, eight at a
time, and the CPU of one; and the burst of 500 commands while Adverity takes 5 s. Of a flood, whoever is not answered is
told in the ack.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from jobbot.playground.adverity import LocalAdverity, Schedule
from jobbot.playground.slack import LocalSlack
from tests.benchmarks import ack, load, startup
from tests.benchmarks.gestures import Fields, Payloads
from tests.benchmarks.sink import last, watch
from tests.benchmarks.ways import Http, Socket, Way
from tests.support.loopback import free_port, loopback_client

BOUND = 240.0
"""Seconds for everything; what was not measured by then is not shown."""

NAMES = {**ack.NAMES, "socket": "bare Socket Mode, acks only"}
OURS_HTTP, OURS_SOCKET = "jobbot run, HTTP", "jobbot run, Socket Mode"

ROWS, AT_A_TIME, BURST, SLOW, CONNECTIONS = 15, 8, 500, 5.0, 64
PAUSE, REST = 0.003, 0.05
"""Seconds between an answer and the next of the acks one at a time: a moment, and as long as it takes to be forgotten.

A server that has done nothing since its last ack finds all that the next one needs in the processor's caches; one that
has made an answer meanwhile does not, and nor does any, of which people ask something now and then.
"""


class Answers:
    """What has come to the sink."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()
        self._waiting: dict[int, asyncio.Event] = {}

    def tell(self, number: int, is_answer: bool) -> None:
        """The sink has taken something."""
        if is_answer:
            self.numbers.add(number)
            if number in self._waiting:
                self._waiting.pop(number).set()

    async def of(self, number: int) -> None:
        """Wait for an answer."""
        if number not in self.numbers:
            event = self._waiting.setdefault(number, asyncio.Event())
            async with asyncio.timeout(30):
                await event.wait()


@dataclass(slots=True)
class Row:
    """What one server has shown: seconds, megabytes, numbers a second. None: it does no such thing."""

    alone: load.Figures
    rested: load.Figures
    flood: load.Figures
    flood_cpu: float
    megabytes: tuple[float, float, float]
    """Idle, after the flood, and the most."""
    answered: int | None = None
    whole: tuple[float, float] | None = None
    burst: tuple[float, float, int] | None = None


@dataclass(slots=True)
class Bench:
    """One server that runs. ``answers`` is None where it answers nothing."""

    pid: int
    way: Way
    payloads: Payloads
    seconds: float
    answers: Answers | None = None

    async def alone(self) -> load.Figures:
        """Acks, each sent a moment after the answer before."""
        return await self._one_at_a_time(int(self.seconds * 50), PAUSE)

    async def rested(self) -> load.Figures:
        """Acks, each sent when the answer before is forgotten."""
        return await self._one_at_a_time(1 + int(self.seconds * 15), REST)

    async def _one_at_a_time(self, count: int, pause: float) -> load.Figures:
        took = []
        for number, payload in islice(self.payloads.commands(), 10 + count):
            took.append(await self.way.one(payload))
            if self.answers is not None:
                await self.answers.of(number)
            await asyncio.sleep(pause)
        return load.Figures(sorted(took[10:]), 0)

    async def flood(self) -> tuple[load.Figures, float]:
        """Acks of many who send as fast as they can, and the CPU of each."""
        before = cpu(self.pid)
        figures = await self.way.many(_until(time.perf_counter() + self.seconds, self.payloads), CONNECTIONS)
        return figures, (cpu(self.pid) - before) / len(figures.seconds)

    async def to_their_end(self, answers: Answers) -> tuple[float, float]:
        """Interactions a second, so many at a time, and the CPU of each."""
        pieces = islice(self.payloads.mixed(), AT_A_TIME * (1 + int(self.seconds * 10)))
        done, began, before = 0, time.perf_counter(), cpu(self.pid)

        async def serves() -> None:
            nonlocal done
            for number, payload in pieces:
                await self.way.one(payload)
                await answers.of(number)
                done += 1

        await asyncio.gather(*(serves() for _ in range(AT_A_TIME)))
        return done / (time.perf_counter() - began), (cpu(self.pid) - before) / done

    async def burst(self, answers: Answers, size: int) -> tuple[float, float, int]:
        """Commands at once: seconds to the last ack and to the last answer, and how many are answered."""
        pieces = list(islice(self.payloads.commands(), size))
        began = time.perf_counter()
        await self.way.many(iter([payload for _, payload in pieces]), CONNECTIONS)
        last_ack = time.perf_counter() - began
        with suppress(TimeoutError):
            async with asyncio.timeout(4 * SLOW):
                for number, _ in pieces:
                    await answers.of(number)
        return last_ack, time.perf_counter() - began, sum(number in answers.numbers for number, _ in pieces)


def _until(deadline: float, payloads: Payloads) -> Iterator[Fields]:
    for _, payload in payloads.commands():
        if time.perf_counter() >= deadline:
            return
        yield payload


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class World:
    """The local servers, the sink's port, the folder of jobbot's database, and what people do."""

    slack: LocalSlack
    adverity: LocalAdverity
    sink: int
    folder: str
    payloads: Payloads
    answers: Answers = field(default_factory=Answers)

    async def jobbot(self, mode: str, seconds: float) -> Row:
        """Everything of one ``jobbot run``."""
        server = startup.jobbot(self.slack, self.adverity, mode, self.folder)
        way = Http(server.port, server.secret) if mode == "http" else Socket(self.slack)
        async with startup.running(server, self.folder) as (process, _), loopback_client() as client:
            bench = Bench(process.pid, way, self.payloads, seconds, self.answers)
            await asyncio.sleep(min(1.0, seconds))
            idle = startup.resident(process.pid)
            await bench.burst(self.answers, 20)
            self.payloads.message = await last(client, self.sink)
            alone, rested = await bench.alone(), await bench.rested()
            whole = await bench.to_their_end(self.answers)
            await asyncio.sleep(min(3.5, seconds))  # a whole measurement waits until Adverity is asked anew
            self.adverity.faults.slow(min(SLOW, seconds))
            burst = await bench.burst(self.answers, min(BURST, int(seconds * BURST)))
            self.adverity.faults.clear()
            before = len(self.answers.numbers)
            flood, flood_cpu = await bench.flood()
            with suppress(TimeoutError):
                async with asyncio.timeout(2 * SLOW):
                    await startup.until_idle(client, server)
            megabytes = (idle, startup.resident(process.pid), startup.resident(process.pid, most=True))
            return Row(alone, rested, flood, flood_cpu, megabytes, len(self.answers.numbers) - before, whole, burst)

    async def other(self, kind: str, seconds: float) -> Row:
        """One that only acknowledges."""
        way: Way
        if kind == "socket":
            process = await self._bare_socket()
            way = Socket(self.slack)
        else:
            port = free_port()
            process = await asyncio.to_thread(ack.start, kind, port)
            way = Http(port, load.SECRET)
        try:
            bench = Bench(process.pid, way, self.payloads, seconds)
            idle = startup.resident(process.pid)
            alone, rested = await bench.alone(), await bench.rested()
            flood, flood_cpu = await bench.flood()
            megabytes = (idle, startup.resident(process.pid), startup.resident(process.pid, most=True))
            return Row(alone, rested, flood, flood_cpu, megabytes)
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, 10)
            await self._until(lambda: not self.slack.connections)

    async def _bare_socket(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.benchmarks", "servers", "socket"]
        process = await asyncio.to_thread(subprocess.Popen, [*command, self.slack.api_url, self.slack.app_token])
        await self._until(lambda: self.slack.connections > 0)
        return process

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110 - the local Slack tells nobody
                await asyncio.sleep(0.01)


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """Everything around the servers that are measured."""
    port = free_port()
    sink = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.benchmarks", "sink", str(port))
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with LocalAdverity() as adverity, LocalSlack(rates="off") as slack:
                for number in range(ROWS):
                    adverity.has_datastream(100 + number, f"Facebook Ads {number}", schedule=Schedule(adverity.now()))
                    adverity.has_job(1000 + number, datastream=100 + number)
                one = World(slack, adverity, port, folder, Payloads(slack, port))
                watching = await watch(port, one.answers.tell)
                yield one
                watching.close()
    finally:
        sink.kill()
        await sink.wait()


async def measure(seconds: float, turns: int) -> None:
    """Start each, measure it, and print the table."""
    kinds = ["bare", "socket", "bolt-before", "bolt"]
    if shutil.which("node") and os.environ.get("NODE_PATH"):
        kinds.append("node")
    rows: dict[str, list[Row]] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(BOUND), world() as it:
            await _measure(it, kinds, seconds, turns, rows)
    if rows:
        show(rows)


async def _measure(it: World, kinds: Sequence[str], seconds: float, turns: int, rows: dict[str, list[Row]]) -> None:
    for turn in range(turns):
        for kind in kinds:
            rows.setdefault(NAMES[kind], []).append(await it.other(kind, seconds / 5))
        for mode, name in (("http", OURS_HTTP), ("socket", OURS_SOCKET)):
            if turn == 0:
                rows[name] = [await it.jobbot(mode, seconds)]


def show(rows: dict[str, list[Row]]) -> None:
    """The table. "x bare" is beside the bare one of the same transport: a WebSocket costs more."""
    alone = {name: min((row.alone for row in seen), key=lambda one: one.at(0.5)) for name, seen in rows.items()}
    rested = {name: min((row.rested for row in seen), key=lambda one: one.at(0.5)) for name, seen in rows.items()}
    flood = {name: max((row.flood for row in seen), key=lambda one: one.rate) for name, seen in rows.items()}
    node_rate = flood[NAMES["node"]].rate if NAMES["node"] in flood else float("nan")
    print(f"load average {os.getloadavg()[0]:.1f}")
    print(
        f"{'':<32}| {'acks one at a time':^25} | {'after a rest':^16} | {'acks of 64, as fast as can be':^41} | "
        f"{'resident MB':^20}"
    )
    print(
        f"{'':<32}|{'p50 ms':>9}{'p99 ms':>9}{'x bare':>8} |{'p50 ms':>9}{'x bare':>8} |"
        f"{'1/s':>8}{'x node':>8}{'p50 ms':>9}{'p99 ms':>9}"
        f"{'ms CPU':>8} |{'idle':>7}{'after':>7}{'most':>7}"
    )
    for name, seen in rows.items():
        one, many, cheapest = alone[name], flood[name], min(row.flood_cpu for row in seen)
        idle, flooded, most = seen[0].megabytes
        bare = NAMES["socket" if name in (NAMES["socket"], OURS_SOCKET) else "bare"]
        after = rested[name].at(0.5)
        print(
            f"{name:<32}|{one.at(0.5):>9.3f}{one.at(0.99):>9.3f}{one.at(0.5) / alone[bare].at(0.5):>8.2f} |"
            f"{after:>9.3f}{after / rested[bare].at(0.5):>8.2f} |{many.rate:>8,.0f}"
            f"{many.rate / node_rate:>8.2f}{many.at(0.5):>9.1f}{many.at(0.99):>9.1f}{cheapest * 1000:>8.2f} |"
            f"{idle:>7.0f}{flooded:>7.0f}{most:>7.0f}"
        )
    for name, (row, *_) in rows.items():
        if row.whole is None or row.burst is None:
            continue
        rate, spent = row.whole
        last_ack, last_answer, answered = row.burst
        print(
            f"{name}: {rate:,.0f} interactions/s to their end, {spent * 1000:.2f} ms CPU each; "
            f"burst: slowest ack {last_ack * 1000:.0f} ms, last answer {last_answer:.1f} s, "
            f"{answered} answered; flood: {len(row.flood.seconds):,} acks, {row.answered:,} answered, "
            f"{row.flood.said:,} told busy, p99 {row.flood.at(0.99):.0f} ms, slowest {row.flood.at(1):.0f} ms"
        )


def main(seconds: str = "10", turns: str = "2") -> None:
    """Print the figures."""
    asyncio.run(measure(float(seconds), int(turns)))
