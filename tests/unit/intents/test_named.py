"""What a message names that was not written for jobbot: jobs and datastreams, and nothing that only looks like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobbot.intents.language.numbers import JOBS_MOST, datastream_link, is_on
from jobbot.intents.named import Named, named_in
from tests.support.bounded import ends
from tests.support.each import each

URL = "https://acme.datatap.adverity.com"
BASES = {"acme": URL, "staging": "https://staging.example.com", "local": "http://127.0.0.1:8081"}


def found(text: str) -> tuple[list[int], list[int], list[int], str | None]:
    named = named_in(text, BASES)
    return [*named.jobs], [*named.datastreams], [*named.numbers], named.instance


@each(
    ("text", "jobs"),
    [
        ("job 987 failed", [987]),
        ("Job #987", [987]),
        ("jobs 987, 988 and 989", [987, 988, 989]),
        ("job id: 987", [987]),
        ("job-987 job_988 job:989 job#990", [987, 988, 989, 990]),
        ("JOBS 7 & 8", [7, 8]),
        ("(job 987).", [987]),
        ("*job* `987`", [987]),
        ("job 987, and job 987 again", [987]),
        (f"<{URL}/jobs/987>", [987]),
        (f"<{URL}/api/jobs/987/|the job>", [987]),
        (f"{URL}/jobs/987/", [987]),
        ("job <https://acme.datatap.adverity.com/jobs/987|987>", [987]),
        ("job 0 and job -5 and job 99999999999999999999", []),
        ("the job of 2022", []),
        ("job done at 10:30", []),
    ],
)
def test_jobs_are_what_is_called_so_or_linked_to(text: str, jobs: list[int]) -> None:
    assert found(text)[0] == jobs


@each(
    ("text", "streams"),
    [
        ("datastream 42 is late", [42]),
        ("datastreams 42 and 43", [42, 43]),
        ("datastream #42", [42]),
        ("stream 42", [42]),
        (f"see <{URL}/emea/facebook-ads-eu-42/>", [42]),
        (f"see <{URL}/emea/facebook-ads-eu-42/?tab=jobs|the page>", [42]),
        (f"{URL}/adform/42/adform-buyer/", [42]),
        (f"{URL}/api/datastreams/42/", [42]),
        ("job 987 of datastream 42", [42]),
    ],
)
def test_datastreams_are_what_is_called_so_or_linked_to(text: str, streams: list[int]) -> None:
    assert found(text)[1] == streams


@each(
    ("text", "numbers"),
    [
        ("48470 failed again", [48470]),
        ("#48470 and 48471", [48470, 48471]),
        ("in 2022, at 10:30, 50 %, 12 rows, 1,234.5 EUR, v2.13, 2022-10-31, +43 1 234", [234]),
        ("job 987 of 48470", [48470]),
        ("<@U0123456|987> <#C0123456|988> <!date^1667210582^{time}|989> <!subteam^S0123|990>", []),
    ],
)
def test_numbers_that_nobody_calls_anything_are_kept_apart(text: str, numbers: list[int]) -> None:
    assert found(text)[2] == numbers


@each(
    "url",
    [
        "http://acme.datatap.adverity.com/jobs/987",
        "https://acme.datatap.adverity.com.evil.example/jobs/987",
        "https://evil.example/https://acme.datatap.adverity.com/jobs/987",
        "https://acme.datatap.adverity.com@evil.example/jobs/987",
        "https://x@acme.datatap.adverity.com/jobs/987",
        "https://acme.datatap.adverity.com:8443/jobs/987",
        "https://127.0.0.1:8081/jobs/987",
        "http://127.0.0.1:8082/jobs/987",
        "ftp://acme.datatap.adverity.com/jobs/987",
        "https://[::1/jobs/987",
        "https://acme.datatap.adverity.com:99999/jobs/987",
    ],
)
def test_a_link_elsewhere_says_nothing(url: str) -> None:
    assert found(f"<{url}>") == ([], [], [], None)
    assert found(f"<{url}|it>") == ([], [], [], None)
    assert not any(is_on(url, base) for base in BASES.values())


@pytest.mark.parametrize(
    "url", [URL.upper().replace("HTTPS", "https"), f"{URL}:443", "https://ACME.datatap.adverity.com"]
)
def test_the_same_host_written_otherwise_is_the_same(url: str) -> None:
    assert is_on(f"{url}/jobs/987", URL)


def test_links_say_which_instance_is_meant_and_the_first_one_counts() -> None:
    assert found("<https://staging.example.com/jobs/7> <http://127.0.0.1:8081/jobs/8>") == ([7], [], [], "staging")
    assert found("job 7")[3] is None
    assert found(f"<{URL}/> <https://staging.example.com/jobs/7>") == ([7], [], [], "staging")


@each(
    "url", [f"{URL}/", f"{URL}/emea/", f"{URL}/jobs/42/", f"{URL}/api/jobs/42/", f"{URL}/api/x/42/", "", "https://[::1"]
)
def test_what_is_no_page_of_a_datastream(url: str) -> None:
    assert datastream_link(url) is None


def test_no_more_is_named_than_can_be_asked_for() -> None:
    named = named_in("jobs " + ", ".join(str(number) for number in range(100, 400)), BASES)
    assert [*named.jobs] == list(range(100, 100 + JOBS_MOST))


@given(st.text(max_size=500) | st.text(alphabet="<>|job datasrem0123456789#:/.-&\n", max_size=500))
def test_any_text_is_read(text: str) -> None:
    named = named_in(text, BASES)
    assert isinstance(named, Named)
    assert all(number > 0 for number in (*named.jobs, *named.datastreams, *named.numbers))


@each("piece", ["<", "<https://", "job ", "9", "|>", "a-", f"<{URL}/a/b-1/>", "/", "job#"])
def test_a_text_of_one_piece_is_read_in_time(piece: str) -> None:
    with ends(piece, cpu_seconds=5):
        named_in(piece * 200_000, BASES)
