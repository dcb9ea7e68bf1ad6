"""Lists, jobs and datastreams over HTTP as documented, and where instances are known to differ."""

import httpx
import pytest
import respx

from jobbot import __version__
from jobbot.adverity import AdverityClient
from jobbot.adverity.errors import Forbidden, InvalidRequest, NotFound, Unexpected
from jobbot.adverity.model import DatastreamId, JobId, State
from jobbot.adverity.query import JobQuery
from tests.unit.adverity.world import ACME, FACEBOOK, JOB, answer, listed, sample

_INVALID = {"detail": "Invalid input."}


def _urls(api: respx.MockRouter) -> list[str]:
    return [str(call.request.url).removeprefix(ACME) for call in api.calls]


@pytest.mark.parametrize("scheme", ["Token", "Bearer"])
async def test_a_list_is_asked_for_in_the_documented_way(api: respx.MockRouter, scheme: str) -> None:
    api.get("/api/jobs/").mock(return_value=listed(987))
    client = AdverityClient(ACME + "/", "s3cret-key", scheme="Token" if scheme == "Token" else "Bearer")

    await client.list_jobs(JobQuery())
    await client.aclose()

    request = api.calls.last.request
    assert str(request.url) == f"{ACME}/api/jobs/?page_size=100&ordering=-id"
    assert request.headers["authorization"] == f"{scheme} s3cret-key"
    assert request.headers["user-agent"] == f"jobbot/{__version__}"


async def test_pages_are_followed_and_jobs_that_moved_between_them_are_there_once(
    client: AdverityClient, api: respx.MockRouter
) -> None:
    api.get("/api/jobs/").mock(side_effect=[answer("jobs_page_1"), answer("jobs_page_2")])

    found = await client.list_jobs(JobQuery())

    assert [job.id for job in found.jobs] == [990, 987, 981]
    assert found.jobs[1].progress == 63
    assert (found.complete, found.unreadable) == (True, 1)
    assert _urls(api)[1] == "/api/jobs/?ordering=-id&page=2&page_size=100"


async def test_a_bare_list_is_a_list(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(return_value=httpx.Response(200, json=[{"id": 3}, {"id": 5}, "x"]))

    found = await client.list_jobs(JobQuery())

    assert ([job.id for job in found.jobs], found.complete, found.unreadable) == ([5, 3], True, 1)


@pytest.mark.parametrize("link", ["?page=2", "/api/jobs/?page=2", "HTTPS://ACME.test:443/api/jobs/?page=2#top"])
async def test_next_may_be_written_in_several_ways(client: AdverityClient, api: respx.MockRouter, link: str) -> None:
    api.get("/api/jobs/").mock(side_effect=[listed(9, next_=link), listed(8)])

    assert len((await client.list_jobs(JobQuery())).jobs) == 2
    assert _urls(api)[1] == "/api/jobs/?page=2"


@pytest.mark.parametrize(
    "link",
    [
        "http://acme.test/api/jobs/?page=2",
        "http://acme.test:80/api/jobs/?page=2",
        "https://acme.test:443/api/jobs/?page=2",
        "http://acme.test:443/api/jobs/?page=2",
        "HTTP://ACME.TEST/api/jobs/?page=2",
        "http://acme.test:8443/api/jobs/?page=2",
        "http://web-1.internal:8000/api/jobs/?page=2",
        "http://10.0.0.7/api/jobs/?page=2",
        "https://evil.test/api/jobs/?page=2",
        "//evil.test/api/jobs/?page=2",
        "https://ana:secret@acme.test/api/jobs/?page=2",
    ],
)
async def test_a_next_link_of_an_instance_behind_a_proxy_is_followed_on_the_configured_address(
    client: AdverityClient, api: respx.MockRouter, link: str
) -> None:
    """The instance does not know what stands in front of it. The key goes where it went before, whoever is named."""
    api.get("/api/jobs/").mock(side_effect=[listed(9, next_=link), listed(8)])

    assert len((await client.list_jobs(JobQuery())).jobs) == 2
    second = api.calls[1].request
    assert str(second.url) == "https://acme.test/api/jobs/?page=2"
    assert second.headers["authorization"] == api.calls[0].request.headers["authorization"]


@pytest.mark.parametrize(
    "link",
    [
        "ftp://acme.test/api/jobs/?page=2",
        "http:///api/jobs/?page=2",
        "https://acme.test/api/users/",
        "https://acme.test/api/jobs/../users/",
        "http://evil.test/page/2",
        "https://acme.test:x/api/jobs/",
    ],
)
async def test_a_next_link_that_leads_elsewhere_is_not_followed(
    client: AdverityClient, api: respx.MockRouter, link: str
) -> None:
    api.get("/api/jobs/").mock(return_value=listed(9, next_=link))

    with pytest.raises(Unexpected, match="leads elsewhere"):
        await client.list_jobs(JobQuery())
    assert len(api.calls) == 1


async def test_a_next_that_is_no_text_leads_elsewhere(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(return_value=httpx.Response(200, json={"next": 2, "results": []}))

    with pytest.raises(Unexpected):
        await client.list_jobs(JobQuery())


async def test_pages_that_go_round_in_circles_end(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(side_effect=[listed(9, next_="?page=2"), listed(8, next_="?page=2")])

    found = await client.list_jobs(JobQuery())

    assert (len(found.jobs), found.complete, len(api.calls)) == (2, False, 2)


async def test_pages_without_end_are_read_ten_times(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(side_effect=[listed(50 - n, next_=f"?page={n + 2}") for n in range(20)])

    found = await client.list_jobs(JobQuery())

    assert (len(found.jobs), found.complete, len(api.calls)) == (10, False, 10)


async def test_a_thousand_jobs_are_enough(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(side_effect=[listed(*range(1, 1201), next_="?page=2")])

    found = await client.list_jobs(JobQuery())

    assert (len(found.jobs), found.jobs[0].id, found.complete) == (1000, 1200, False)


async def test_a_page_that_is_gone_when_it_is_asked_for_is_the_end(
    client: AdverityClient, api: respx.MockRouter
) -> None:
    api.get("/api/jobs/").mock(side_effect=[listed(9, next_="?page=2"), httpx.Response(404, json=_INVALID)])

    found = await client.list_jobs(JobQuery())

    assert (len(found.jobs), found.complete) == (1, True)


@pytest.mark.parametrize("body", [b"<html>login</html>", b"", b'{"results": 5}', b'"x"', b'{"results": [', b"\xff"])
async def test_what_is_no_list_is_unexpected(client: AdverityClient, api: respx.MockRouter, body: bytes) -> None:
    api.get("/api/jobs/").mock(return_value=httpx.Response(200, content=body))

    with pytest.raises(Unexpected):
        await client.list_jobs(JobQuery())


async def test_the_slash_behind_a_datastream_is_found_out_once(client: AdverityClient, api: respx.MockRouter) -> None:
    refused = httpx.Response(400, json=_INVALID | {"errors": {"datastream_id": ["A valid number is required."]}})
    api.get("/api/jobs/").mock(side_effect=[refused, listed(9), listed(9)])

    await client.list_jobs(JobQuery(FACEBOOK))
    await client.list_jobs(JobQuery(DatastreamId(43)))

    assert [url.split("&")[0] for url in _urls(api)] == [
        "/api/jobs/?datastream_id=42",
        "/api/jobs/?datastream_id=42/",
        "/api/jobs/?datastream_id=43/",
    ]


async def test_where_the_slash_does_not_help_the_first_answer_is_told_and_nothing_remembered(
    client: AdverityClient, api: respx.MockRouter
) -> None:
    first = httpx.Response(400, json={"detail": "No such datastream."})
    api.get("/api/jobs/").mock(side_effect=[first, httpx.Response(400, json=_INVALID), listed(9)])

    with pytest.raises(InvalidRequest, match="No such datastream"):
        await client.list_jobs(JobQuery(FACEBOOK))
    await client.list_jobs(JobQuery(FACEBOOK))

    assert _urls(api)[2].startswith("/api/jobs/?datastream_id=42&")


async def test_an_instance_without_page_size_is_asked_without(client: AdverityClient, api: respx.MockRouter) -> None:
    refused = httpx.Response(400, json=_INVALID | {"errors": {"ordering": ["Unknown."], "datastream_id": ["Bad."]}})
    still = httpx.Response(400, json=_INVALID | {"errors": {"datastream_id": ["Bad."]}})
    api.get("/api/jobs/").mock(side_effect=[refused, still, listed(3, 9), listed()])

    found = await client.list_jobs(JobQuery(FACEBOOK))
    await client.list_jobs(JobQuery())

    assert [job.id for job in found.jobs] == [9, 3]
    assert _urls(api)[1:] == ["/api/jobs/?datastream_id=42", "/api/jobs/?datastream_id=42/", "/api/jobs/"]


@pytest.mark.parametrize(
    ("status", "errors"), [(400, {"start": ["Enter a valid date."]}), (409, {"datastream_id": ["Busy."]})]
)
async def test_other_refusals_are_not_tried_in_another_way(
    client: AdverityClient, api: respx.MockRouter, status: int, errors: dict[str, list[str]]
) -> None:
    api.get("/api/jobs/").mock(return_value=httpx.Response(status, json=_INVALID | {"errors": errors}))

    with pytest.raises(InvalidRequest):
        await client.list_jobs(JobQuery(FACEBOOK))
    assert len(api.calls) == 1


async def test_a_400_that_names_nothing_is_tried_once_more_without_page_size(
    client: AdverityClient, api: respx.MockRouter
) -> None:
    vague = httpx.Response(400, json={"detail": "Unknown query parameter."})
    api.get("/api/jobs/").mock(side_effect=[vague, listed(9), listed(9)])

    await client.list_jobs(JobQuery())
    await client.list_jobs(JobQuery())

    assert _urls(api)[1:] == ["/api/jobs/", "/api/jobs/"]


async def test_a_400_that_stays_one_is_told_in_the_first_answers_words(
    client: AdverityClient, api: respx.MockRouter
) -> None:
    first = httpx.Response(400, json={"detail": "Not now."})
    api.get("/api/jobs/").mock(side_effect=[first, httpx.Response(400, json=_INVALID)])

    with pytest.raises(InvalidRequest, match=r"Not now\."):
        await client.list_jobs(JobQuery())
    assert len(api.calls) == 2


async def test_a_job_in_progress_is_read_in_one_call(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get("/api/jobs/987/imported/").mock(return_value=answer("job_running"))

    assert (await client.job(JOB)).state is State.RUNNING
    assert len(api.calls) == 1


@pytest.mark.parametrize(
    "imported",
    [
        httpx.Response(404, json={"detail": "Not found."}),
        httpx.Response(405, json={"detail": "Not in progress."}),
        httpx.Response(204),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"imported": 12}),
        httpx.Response(200, json=[{"id": 987, "state_label": "Running"}]),
        httpx.Response(200, json={"id": 12, "state_label": "Running"}),
        httpx.Response(200, json={"id": 987, "rows": 5}),
    ],
)
async def test_without_a_job_in_progress_the_job_itself_is_read(
    client: AdverityClient, api: respx.MockRouter, imported: httpx.Response
) -> None:
    api.get("/api/jobs/987/imported/").mock(return_value=imported)
    api.get("/api/jobs/987/").mock(return_value=answer("job_running"))

    assert (await client.job(JOB)).progress == 62


async def test_a_job_that_nobody_knows_is_not_found(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get(path__regex="^/api/jobs/").mock(return_value=httpx.Response(404, json={"detail": "Not found."}))

    with pytest.raises(NotFound):
        await client.job(JOB)


async def test_a_key_that_may_not_look_is_told_so_after_one_call(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get("/api/jobs/987/imported/").mock(return_value=httpx.Response(403, json={"detail": "No."}))

    with pytest.raises(Forbidden):
        await client.job(JOB)
    assert len(api.calls) == 1


@pytest.mark.parametrize("body", [b'{"id": 988, "state_label": "Running"}', b"{}", b"[]", b"null", b"<html>"])
async def test_an_answer_about_another_job_or_none_is_unexpected(
    client: AdverityClient, api: respx.MockRouter, body: bytes
) -> None:
    api.get(path__regex="^/api/jobs/").mock(return_value=httpx.Response(200, content=body))

    with pytest.raises(Unexpected):
        await client.job(JobId(987))


async def test_a_datastream_is_read(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get("/api/datastreams/42/").mock(return_value=answer("datastream"))

    assert (await client.datastream(FACEBOOK)).name == "Facebook Ads EU"


async def test_a_client_that_was_given_is_left_open(api: respx.MockRouter) -> None:
    api.get("/api/datastreams/42/").mock(return_value=httpx.Response(200, content=sample("datastream")))
    async with httpx.AsyncClient(follow_redirects=True, auth=("ana", "password")) as http:
        client = AdverityClient(ACME, "s3cret-key", http=http)
        await client.aclose()

        await client.datastream(FACEBOOK)

        assert api.calls.last.request.headers["authorization"] == "Token s3cret-key"


async def test_cookies_are_not_kept(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(
        return_value=httpx.Response(200, json=[], headers={"set-cookie": "sessionid=1; Path=/; Secure"})
    )

    await client.list_jobs(JobQuery())
    await client.list_jobs(JobQuery())

    assert "cookie" not in api.calls.last.request.headers
