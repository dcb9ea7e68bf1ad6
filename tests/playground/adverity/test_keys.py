"""Who may call, with which word, and what they may do."""

from typing import get_args

import httpx
import pytest

from jobbot.playground.adverity import LocalAdverity, Quirks
from jobbot.playground.adverity.keys import KeyRing, Word
from tests.support.loopback import loopback_client


async def get(adverity: LocalAdverity, authorization: str | None, path: str = "/api/jobs/") -> httpx.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    async with loopback_client(base_url=adverity.url, headers=headers) as caller:
        return await caller.get(path)


@pytest.mark.parametrize("made_for", get_args(Word))
@pytest.mark.parametrize("word", get_args(Word))
async def test_a_key_works_with_its_own_word_only(adverity: LocalAdverity, made_for: Word, word: Word) -> None:
    key = adverity.make_key(made_for)
    answer = await get(adverity, f"{word} {key.secret}")
    assert answer.status_code == (200 if word == made_for else 401)


async def test_the_wrong_word_may_be_a_403(adverity: LocalAdverity) -> None:
    adverity.quirks = Quirks(wrong_word_status=403)
    assert (await get(adverity, f"Bearer {adverity.api_key}")).status_code == 403


@pytest.mark.parametrize(
    ("authorization", "detail"),
    [
        (None, "Authentication credentials were not provided."),
        ("", "Authentication credentials were not provided."),
        ("Token", "Invalid token."),
        ("Token nonsense", "Invalid token."),
    ],
)
async def test_without_a_key_nothing_is_shown(adverity: LocalAdverity, authorization: str | None, detail: str) -> None:
    for path in ("/api/jobs/", "/api/jobs/1/", "/api/datastreams/1/"):
        answer = await get(adverity, authorization, path)
        assert (answer.status_code, answer.json()) == (401, {"detail": detail})


async def test_a_key_that_was_revoked_is_unknown(adverity: LocalAdverity) -> None:
    key = adverity.make_key()
    adverity.revoke_key(key)
    assert (await get(adverity, f"Token {key.secret}")).status_code == 401


async def test_a_key_that_only_reads_lists_and_may_not_stop(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    key = adverity.make_key("Bearer", jobs="read", datastreams="read")
    job = adverity.has_job(987, datastream=42)
    caller.headers["Authorization"] = f"Bearer {key.secret}"
    assert (await caller.get("/api/jobs/")).status_code == 200
    assert (await caller.get("/api/datastreams/42/")).status_code == 200
    stop = await caller.post("/api/jobs/987/stop/")
    fetch = await caller.post("/api/datastreams/42/fetch_fixed/", json={"start": "2026-03-01", "end": "2026-03-01"})
    assert (stop.status_code, fetch.status_code) == (403, 403)
    assert stop.json() == {"detail": "You do not have permission to perform this action."}
    assert job.sight.job.stop is None


async def test_permissions_are_per_resource(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    key = adverity.make_key("Bearer", jobs="write", datastreams="none")
    adverity.has_job(987, datastream=42)
    caller.headers["Authorization"] = f"Bearer {key.secret}"
    assert (await caller.get("/api/datastreams/42/")).status_code == 403
    assert (await caller.post("/api/jobs/987/stop/")).status_code == 200


async def test_a_person_gets_a_token_for_their_password(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_user("tom@acme.example", "battery staple")
    asked = {"username": "tom@acme.example", "password": "battery staple"}
    token = (await caller.post("/api/auth/token/", json=asked)).json()["token"]
    assert (await get(adverity, f"Token {token}")).status_code == 200
    wrong = await caller.post("/api/auth/token/", json=asked | {"password": "guess"})
    assert (wrong.status_code, wrong.json()) == (400, {"detail": "Unable to log in with provided credentials."})
    empty = await caller.post("/api/auth/token/", json={})
    assert set(empty.json()["errors"]) == {"username", "password"}


def test_the_same_seed_makes_the_same_keys() -> None:
    assert KeyRing(3).make() == KeyRing(3).make() != KeyRing(4).make()
