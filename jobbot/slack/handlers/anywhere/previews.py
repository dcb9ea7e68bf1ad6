"""Serves links to datastreams' pages: a preview with the last runs, below a message that was posted in a channel.

Everybody in the channel sees a preview, so there is one only where everybody may see jobs: in a permitted channel that
no other organisation shares, and in which answers are for all. Nobody has asked for it: whatever stands against it is
not told, and leaves the link as it is.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from jobbot.access import Need, Refused
from jobbot.adverity.around import Around
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import DatastreamId, Job, State
from jobbot.adverity.query import JobQuery
from jobbot.adverity.usual_duration import usual_duration
from jobbot.flows.instances import Instance, Instances
from jobbot.intents.language.numbers import datastream_link, is_on
from jobbot.interaction import Interaction, LinksShared
from jobbot.logs import get_logger
from jobbot.render.preview import RUNS_SHOWN, Preview, in_order, render_preview
from jobbot.slack.handlers.gate import Gate, OutOfReach
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.telemetry import Outcome

log = get_logger(__name__)

PREVIEWS_MOST = 3
"""Of one message: Adverity asks for one call at a time."""

RUNS_AGE = timedelta(minutes=1)
"""How old the past runs may be that are shown."""


class Previews:
    """The handler. ``clock`` gives the time, aware."""

    def __init__(self, *, gate: Gate, instances: Instances, outbound: Outbound, clock: Callable[[], datetime]) -> None:
        self._gate = gate
        self._instances = instances
        self._outbound = outbound
        self._clock = clock

    async def shows(self, interaction: Interaction) -> Outcome:
        """Attach previews to the message, of its first links to datastreams."""
        did, channel, ts = interaction.did, interaction.channel_id, interaction.message_ts
        assert isinstance(did, LinksShared)  # noqa: S101 - narrows for the type checker
        wanted = [(url, *found) for url in did.urls if (found := self._datastream(url)) is not None]
        if not wanted or not channel or not ts:
            return Outcome.NO_QUESTION
        unfurls: dict[str, Mapping[str, Any]] = {}
        outcome = Outcome.REFUSED
        for url, instance, datastream in wanted[:PREVIEWS_MOST]:
            passed = await self._gate.decide(interaction, Need.VIEW, instance.name)
            if isinstance(passed, Refused) or passed.is_shared or not passed.visible:
                continue
            try:
                preview = await self._read(interaction, instance.for_answer(), datastream, url)
            except OutOfReach:
                continue
            except (AdverityError, TimeoutError) as error:
                log.info("no preview", datastream=datastream, error=type(error).__name__)
                outcome = Outcome.UPSTREAM_FAILED
                continue
            if preview is not None:
                unfurls[url] = {"blocks": list(render_preview(preview, now=self._clock()).blocks)}
        if not unfurls:
            return outcome
        try:
            await self._outbound.unfurl(channel, ts, unfurls)
        except SlackRefused as refused:
            log.info("no preview", channel=channel, **refused.as_fields())
            return Outcome.REFUSED
        return Outcome.ANSWERED

    def _datastream(self, url: str) -> tuple[Instance, DatastreamId] | None:
        datastream = datastream_link(url)
        if datastream is None:
            return None
        instance = next((one for one in self._instances if is_on(url, one.base_url)), None)
        return None if instance is None else (instance, DatastreamId(datastream))

    async def _read(self, who: Interaction, instance: Instance, datastream: DatastreamId, url: str) -> Preview | None:
        """What is shown; None where the link does not lead to the datastream's own page. Raises AdverityError."""
        await self._gate.may_see(who, instance, datastream, Need.VIEW)
        async with instance.essentials.asking():
            known = (await instance.gateway.datastream(datastream)).value
            if known.page and not urlsplit(url).path.startswith(known.page.rstrip("/")):
                return None
            going = (await instance.gateway.jobs(JobQuery(datastream))).value.jobs
            answer = await instance.gateway.runs(datastream, max_age=RUNS_AGE)
        jobs: dict[int, Job] = {job.id: job for job in (*going, *answer.value.jobs)}
        # What is far longer than usual runs, so it stands before what waits.
        shown = tuple(sorted(jobs.values(), key=in_order))[:RUNS_SHOWN]
        past = answer.value.jobs
        around = {int(job.id): Around(usual=usual_duration(job, past)) for job in shown if job.state is State.RUNNING}
        return Preview(
            datastream=datastream,
            name=known.name,
            instance=instance.name,
            jobs=shown,
            as_of=answer.read_at,
            around=around,
        )
