"""What is looked up for words that were not understood: whose job a number is, and which names are known."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from jobbot.adverity.errors import NotFound
from jobbot.adverity.model import DatastreamId, Job
from jobbot.flows.jobs.narrowing import Meant
from jobbot.flows.jobs.scope import EVERYTHING
from jobbot.intents.model import FetchAgain, ListJobs, PauseSchedule, UnknownInstance, UnknownWord
from jobbot.intents.wording import as_said
from jobbot.render.naming import NoSuchName
from jobbot.slack.handlers.misreading import datastream_of_number, of_the_job, within, without_known_names
from tests.unit.intents.world import misread

JOB = Job.model_validate({"id": 48352, "type": "Fetch", "datastream": {"id": 50, "name": "TikTok"}})
WHO: Any = SimpleNamespace(channel_id="C1")


def _instance(job: Job | None) -> Any:
    async def read(_number: int) -> Any:
        if job is None:
            raise NotFound("no such job")
        return SimpleNamespace(value=job)

    return SimpleNamespace(name="acme", gateway=SimpleNamespace(job=read))


async def _place(*_: object) -> None:
    return None


GATE: Any = SimpleNamespace(place=_place)


def test_of_a_job_s_number_its_datastream_is_offered_to_pause() -> None:
    found, whose = asyncio.run(of_the_job(misread("pause 48352 for 2h"), WHO, _instance(JOB), GATE))

    act = found.offers[0]
    assert isinstance(act, PauseSchedule)
    assert (act.datastream, act.instance, act.said) == (DatastreamId(50), "acme", "for 2h")
    assert "TikTok" in whose


def test_of_a_job_s_number_the_days_of_its_datastream_are_offered_to_fetch() -> None:
    found, whose = asyncio.run(of_the_job(misread("rerun 48352 for yesterday"), WHO, _instance(JOB), GATE))

    act = found.offers[0]
    assert isinstance(act, FetchAgain)
    assert (act.datastream, act.job, act.said) == (DatastreamId(50), None, "yesterday")
    assert "TikTok" in whose


def test_a_number_that_is_no_job_s_stays_what_it_was() -> None:
    before = misread("pause 48352")

    assert asyncio.run(of_the_job(before, WHO, _instance(None), GATE)) == (before, "")
    named = misread("pause facebook at 22:00")
    assert asyncio.run(of_the_job(named, WHO, _instance(JOB), GATE)) == (named, "")
    elsewhere = misread("pause 48352 in staging")
    assert asyncio.run(of_the_job(elsewhere, WHO, _instance(JOB), GATE)) == (elsewhere, ""), "of another instance"


def test_a_channel_of_one_instance_is_told_of_no_other() -> None:
    for words in ("failed in stagin", "failed in mars", "stp 987 in staging", "pause 48352 in staging"):
        said = misread(words)
        found = within(said, ("acme",))
        assert [one.known for one in found.problems if isinstance(one, UnknownInstance)] in ([], [("acme",)])
        assert "staging" not in str((found.offers, found.suggestion))
        assert within(said, ()) is said
    assert within(misread("failed in acm"), ("acme",)) == misread("failed in acm", instances=("acme",))


def test_a_number_that_is_no_job_s_may_be_a_datastream_s_that_the_channel_sees() -> None:
    async def find(_who: object, asked: ListJobs, *_: object) -> Any:
        return Meant(asked, replace(EVERYTHING, stream="The Trade Desk" if asked.datastream == 58 else ""))

    naming: Any = SimpleNamespace(find=find)
    its_jobs = ListJobs(datastream=DatastreamId(58), instance="acme")

    assert asyncio.run(datastream_of_number(58, WHO, _instance(None), naming)) == (its_jobs, "The Trade Desk")
    assert asyncio.run(datastream_of_number(59, WHO, _instance(None), naming)) is None


def test_a_name_that_is_known_is_not_called_unknown_beside_another_word() -> None:
    async def find(_who: object, asked: ListJobs, *_: object, **__: object) -> Any:
        return Meant(asked, EVERYTHING) if asked.datastream == "facebook" else NoSuchName("")

    naming: Any = SimpleNamespace(find=find)
    found = asyncio.run(without_known_names(misread("frobnicate facebook"), WHO, _instance(None), naming))

    assert found.problems == (UnknownWord("frobnicate"),)
    assert found.understood == ("facebook",)


def test_what_is_offered_is_of_the_datastream_that_was_named() -> None:
    async def find(_who: object, asked: ListJobs, *_: object, **__: object) -> Any:
        known = asked.datastream in ("google", "ads", "google ads", "tiktok")
        return Meant(asked, EVERYTHING) if known else NoSuchName("")

    naming: Any = SimpleNamespace(find=find)

    def offered(text: str) -> tuple[list[str], str | None]:
        found = asyncio.run(without_known_names(misread(text), WHO, _instance(None), naming))
        return [as_said(one) for one in found.offers], found.suggestion

    its = 'failed datastream "google ads" yesterday'
    assert offered("google ads yesterday frobnicate failed?") == ([its], its)
    assert offered("why oh why is google ads kaputt")[0] == ['datastream "google ads"', "help"]
    assert offered("google ads frobnicate 987")[0] == ["987"], "a job is one already"
    assert offered("google failed frobnicate tiktok")[0] == ["failed"], "two are none"
    for apart in ("google frobnicate ads failed", "ads are in google failed", "failed google and the ads frobnicate"):
        assert "google ads" not in str(offered(apart)), "what does not stand together is no name"


def test_one_name_that_is_known_is_looked_up_once() -> None:
    asked_for: list[object] = []

    async def find(_who: object, asked: ListJobs, *_: object, **__: object) -> Any:
        asked_for.append(asked.datastream)
        return Meant(asked, EVERYTHING) if asked.datastream == "tiktok" else NoSuchName("")

    naming: Any = SimpleNamespace(find=find)
    found = asyncio.run(without_known_names(misread("tiktok frobnicate failed?"), WHO, _instance(None), naming))

    assert [as_said(one) for one in found.offers] == ['failed datastream "tiktok"']
    assert asked_for == ["tiktok", "frobnicate"]
