"""Every call that changes something: it takes effect or not, as the faults have it, and needs a key that may."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

import httpx
import pytest

from jobbot.playground.adverity import HandClock, LocalAdverity, Quirks, Schedule

RANGE = {"start": "2026-03-01", "end": "2026-03-03"}
DAYS = date(2026, 3, 1), date(2026, 3, 3)


@dataclass(frozen=True)
class Write:
    """One kind of write, of job 987 or datastream 42; whether it ``took`` effect."""

    method: str
    path: str
    took: Callable[[LocalAdverity], bool]
    body: dict[str, object] | None = None

    async def send(self, caller: httpx.AsyncClient) -> httpx.Response:
        """Send it."""
        return await caller.request(self.method, self.path, json=self.body)


def started(adverity: LocalAdverity) -> bool:
    return [one.job.days for one in adverity.sights() if one.job.manual and not one.is_over] == [DAYS]


WRITES = {
    "stop": Write("POST", "/api/jobs/988/stop/", lambda adverity: adverity.get(988).stop is not None),
    "fetch": Write("POST", "/api/datastreams/42/fetch_fixed/", started, dict(RANGE)),
    "retry": Write("POST", "/api/errors/9870/retry/", lambda it: started(it) and it.open_issues() == ()),
    "acknowledge": Write("POST", "/api/errors/9870/ack/", lambda it: it.open_issues() == ()),
    "pause": Write("PATCH", "/api/datastreams/42/", lambda it: not it.datastreams[42].enabled, {"enabled": False}),
}
each = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


@pytest.fixture(autouse=True)
def there(adverity: LocalAdverity) -> None:
    """A failed job with an issue, and a running one of another datastream."""
    adverity.has_datastream(42, schedule=Schedule(adverity.now()))
    adverity.has_job(987, state="Failed", issues=["The token was revoked."], days=DAYS)
    adverity.has_job(988, datastream=43)


@each
@pytest.mark.parametrize("answer", ["json", "text", "nothing"])
async def test_it_takes_effect_however_it_is_answered(
    adverity: LocalAdverity, caller: httpx.AsyncClient, write: Write, answer: str
) -> None:
    adverity.quirks = Quirks(write_answer=answer)  # type: ignore[arg-type]  # one of the answers
    assert not write.took(adverity)
    got = await write.send(caller)
    assert (got.is_success, write.took(adverity)) == (True, True)
    assert (got.status_code, got.content) == ((204, b"") if answer == "nothing" else (200, got.content))


@each
@pytest.mark.parametrize(
    "fault",
    [
        lambda faults, **where: faults.unauthorised(**where),
        lambda faults, **where: faults.forbidden(**where),
        lambda faults, **where: faults.missing(**where),
        lambda faults, **where: faults.throttled(**where),
        lambda faults, **where: faults.unavailable(**where),
        lambda faults, **where: faults.broken(**where),
        lambda faults, **where: faults.html(**where),
        lambda faults, **where: faults.cut(**where),
    ],
    ids=["401", "403", "404", "429", "503", "500", "html", "cut"],
)
async def test_it_takes_no_effect(
    adverity: LocalAdverity, caller: httpx.AsyncClient, write: Write, fault: Callable[..., None]
) -> None:
    fault(adverity.faults, method=write.method, path=write.path)
    with suppress(httpx.RemoteProtocolError):
        await write.send(caller)
    assert not write.took(adverity)
    assert adverity.count(write.method, write.path) == 1
    adverity.faults.clear()
    await write.send(caller)
    assert write.took(adverity)


@each
async def test_it_takes_effect_although_its_answer_is_lost(
    adverity: LocalAdverity, caller: httpx.AsyncClient, write: Write
) -> None:
    adverity.faults.cut_after_effect(method=write.method, path=write.path)
    with pytest.raises(httpx.RemoteProtocolError):
        await write.send(caller)
    assert write.took(adverity)


@each
async def test_a_key_that_only_reads_may_not(adverity: LocalAdverity, caller: httpx.AsyncClient, write: Write) -> None:
    key = adverity.make_key("Bearer", jobs="read", datastreams="read", issues="read")
    caller.headers["Authorization"] = f"Bearer {key.secret}"
    assert (await write.send(caller)).status_code == 403
    assert (await caller.get("/api/datastreams/42/")).status_code == 200
    assert not write.took(adverity)


async def test_what_was_sent_twice_shows(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    for write in (WRITES["stop"], WRITES["pause"], WRITES["stop"]):
        await write.send(caller)
    await caller.patch("/api/datastreams/42/", json={"enabled": True})
    await caller.get("/api/jobs/")
    await caller.post("/api/auth/token/", json={"username": "ana", "password": "battery staple"})
    assert adverity.writes == {
        "POST /api/jobs/988/stop/": 2,
        'PATCH /api/datastreams/42/ {"enabled":false}': 1,
        'PATCH /api/datastreams/42/ {"enabled":true}': 1,
        "POST /api/auth/token/": 1,
    }


async def test_while_a_schedule_is_off_no_job_comes_by_it(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    for number, hours in ((1, 1), (2, 2), (3, 3)):
        adverity.has_job(number, state="Scheduled", comes=clock() + timedelta(hours=hours))
    before = (await caller.get("/api/datastreams/42/")).json()

    async def listed() -> list[int]:
        return [job["id"] for job in (await caller.get("/api/jobs/?datastream_id=42")).json()["results"]]

    clock.advance(hours=1)
    assert await listed() == [1]
    await WRITES["pause"].send(caller)
    clock.advance(hours=1)
    off = (await caller.get("/api/datastreams/42/")).json()
    assert (off["enabled"], off["next_run"], off["frequency"]) == (False, "Not Scheduled", "Disabled")
    assert (before["updated"], off["updated"]) == ("2026-03-04T10:42:05Z", "2026-03-04T11:42:05Z")
    assert await listed() == [1], "what was there goes on, what was to come did not"
    started = (await caller.post("/api/datastreams/42/fetch_fixed/", json=RANGE)).json()["jobs"][0]["id"]
    assert await listed() == [started, 1], "by hand it is fetched all the same"

    await caller.patch("/api/datastreams/42/", json={"enabled": True})
    assert (await caller.get("/api/datastreams/42/")).json()["next_run"] != "Not Scheduled"
    clock.advance(hours=1)
    assert sorted(await listed()) == [1, 3, started]


@pytest.mark.parametrize(
    ("body", "status", "enabled"),
    [
        ({"enabled": False, "name": "Other"}, 200, False),
        ({"name": "Other"}, 200, True),
        ({}, 200, True),
        ({"enabled": None}, 400, True),
        ({"enabled": "false"}, 400, True),
        ({"enabled": 0}, 400, True),
    ],
)
async def test_the_switch_takes_a_boolean_and_drops_what_stands_beside_it(
    adverity: LocalAdverity, caller: httpx.AsyncClient, body: dict[str, object], status: int, enabled: bool
) -> None:
    answer = await caller.patch("/api/datastreams/42/", json=body)
    assert (answer.status_code, "enabled" in answer.json().get("errors", {})) == (status, status == 400)
    assert (adverity.datastreams[42].enabled, adverity.datastreams[42].name) == (enabled, "Datastream 42")
    assert (await caller.patch("/api/datastreams/7/", json=body)).status_code == 404


async def test_a_retry_that_fails_again_leaves_another_issue(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    await WRITES["retry"].send(caller)
    assert (await WRITES["retry"].send(caller)).status_code == 404
    assert (await WRITES["acknowledge"].send(caller)).status_code == 404
    [again] = [one.job.id for one in adverity.sights() if one.job.manual]
    clock.advance(seconds=10)
    adverity.job(again).ends("Failed", issues=["The token was revoked."])
    [issue] = adverity.open_issues()
    assert (issue.id, issue.job, issue.occurrences) == (10 * again, again, 1)


@pytest.mark.parametrize(
    ("links", "begin"),
    [("own", "http://127.0.0.1:"), ("https://evil.example", "https://evil.example/api/"), ("", "/api/"), (None, "")],
)
async def test_the_links_of_an_issue_may_lead_anywhere(
    adverity: LocalAdverity, caller: httpx.AsyncClient, links: str | None, begin: str
) -> None:
    adverity.quirks = Quirks(issue_links=links, issue_names_job=False)
    [issue] = (await caller.get("/api/errors/")).json()["results"]
    for link in (issue["retry_url"], issue["ack_url"]):
        assert link is None if links is None else link.startswith(begin)
    assert issue["job"] == {"range_start": "2026-03-01", "range_end": "2026-03-03"}
