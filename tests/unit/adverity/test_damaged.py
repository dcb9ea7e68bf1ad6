"""Whatever one entry of a list holds, the jobs beside it are read."""

import json
from typing import Any

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from jobbot.adverity import AdverityClient
from jobbot.adverity.lenient_json import read_json
from jobbot.adverity.model import Job, JobList
from jobbot.adverity.paging import read_page
from jobbot.adverity.query import JobQuery
from tests.unit.adverity.world import ACME

GOOD = b'{"id": 5, "state_label": "Running", "name": "f\\u00fcnf"}'


def page(entry: bytes) -> bytes:
    return b'{"count": 3, "next": null, "results": [' + GOOD + b", " + entry + b', {"id": 4}]}'


async def listed(client: AdverityClient, api: respx.MockRouter, body: bytes) -> JobList:
    api.get("/api/jobs/").mock(return_value=httpx.Response(200, content=body))
    return await client.list_jobs(JobQuery())


DAMAGED = {
    "half a surrogate pair": b'{"id": 6, "state_label": "Run\\ud83d"}',
    "the other half": b'{"id": 6, "state_label": "\\udd25ning"}',
    "two first halves": b'{"id": 6, "state_label": "\\ud83d\\ud83d\\udd25"}',
    "half a pair in a key": b'{"id": 6, "\\ud83d": 1}',
    "half a pair behind a backslash": b'{"id": 6, "state_label": "\\\\\\ud83d"}',
    "bytes that are not UTF-8": b'{"id": 6, "state_label": "\xff\xfe\xed\xa0\xbd"}',
    "a control character": b'{"id": 6, "state_label": "a\x01\x1fb"}',
    "an escape that is none": b'{"id": 6, "state_label": "\\x41 \\u12"}',
    "no numbers": b'{"id": 6, "progress": NaN, "a": Infinity, "b": -Infinity}',
    "a number of 30 digits": b'{"id": 6, "progress": ' + b"9" * 30 + b"}",
    "a number of 5,000 digits": b'{"id": 6, "progress": ' + b"9" * 5_000 + b"}",
    "a negative one with a fraction": b'{"id": 6, "progress": -' + b"9" * 5_000 + b".5e7}",
    "a number beyond floats": b'{"id": 6, "progress": 1e999999}',
    "lists within lists": b'{"id": 6, "issues": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "objects within objects": b'{"id": 6, "issues": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    "the same key twice": b'{"id": 7, "id": 6}',
    "a time before there was any": b'{"id": 6, "job_start": "0001-01-01T00:00:00+14:00", "job_end": "0001-01-01"}',
    "a time after all": b'{"id": 6, "job_start": "9999-12-31T23:59:59-14:00", "job_end": "9999-12-31T23:59:59Z"}',
}


@pytest.mark.parametrize("entry", DAMAGED.values(), ids=DAMAGED)
async def test_what_cannot_be_read_of_a_job_is_replaced(
    client: AdverityClient, api: respx.MockRouter, entry: bytes
) -> None:
    found = await listed(client, api, page(entry))

    assert ([job.id for job in found.jobs], found.unreadable) == ([6, 5, 4], 0)
    assert found.jobs[1].model_extra == {"name": "fünf"}
    found.model_dump_json().encode()


@pytest.mark.parametrize(
    "entry",
    [
        *(b"null", b'"job"', b"[6]", b"6", b"true", b"NaN", b"{}", b'{"id": null}', b'{"id": true}', b'{"id": -6}'),
        *(b'{"id": 0}', b'{"id": 6.5}', b'{"id": "six"}', b'{"id": 9223372036854775808}', b'{"id": [6]}'),
        b'{"id": ' + b"6" * 5_000 + b"}",
        b'{"id": NaN}',
        b"[" * 5_000 + b"]" * 5_000,
        b'"\\ud83d"',
    ],
    ids=lambda entry: entry[:24].decode(),
)
async def test_an_entry_that_is_no_job_is_counted(client: AdverityClient, api: respx.MockRouter, entry: bytes) -> None:
    found = await listed(client, api, page(entry))

    assert ([job.id for job in found.jobs], found.unreadable) == ([5, 4], 1)


async def test_a_byte_order_mark_in_front_is_nothing(client: AdverityClient, api: respx.MockRouter) -> None:
    assert len((await listed(client, api, b"\xef\xbb\xbf" + page(b"{}"))).jobs) == 2


async def test_what_is_replaced_is_seen_as_replaced(client: AdverityClient, api: respx.MockRouter) -> None:
    found = await listed(client, api, page(b'{"id": 6, "state_label": "A\\ud83dB \\ud83d\\udd25", "x": "\\\\ud83d"}'))

    assert found.jobs[0].state_label == "A\ufffdB 🔥"
    assert found.jobs[0].model_extra == {"x": "\\ud83d"}


async def test_times_that_no_job_has_are_none(client: AdverityClient, api: respx.MockRouter) -> None:
    found = await listed(client, api, page(DAMAGED["a time after all"]))

    assert (found.jobs[0].start, found.jobs[0].end) == (None, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["id", "url", "state_label", "progress", "job_start", "job_end", "manual", "issues", "datastream", "creator"]
)


@given(entry=JSON | st.dictionaries(FIELDS, JSON | st.datetimes().map(str), max_size=6))
def test_no_entry_hides_another(entry: Any) -> None:
    body = page(json.dumps(entry).encode())

    read = read_page(body, httpx.URL(ACME + "/api/jobs/"), Job, root="/api/jobs/")

    assert {5, 4} <= {int(job.id) for job in read.entries}
    assert len(read.entries) + read.unreadable == 3


@given(value=JSON)
def test_json_that_is_well_formed_is_read_as_it_is(value: Any) -> None:
    written = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")

    # Mended or not: JSON's own reader is more patient, and what it reads is what is read.
    expected = json.dumps(json.loads(written.decode("utf-8", "replace")))
    assert json.dumps(read_json(written)) == expected
