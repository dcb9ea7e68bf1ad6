"""Serves the shortcut "Adverity jobs named here": reads a message for jobs and datastreams, and answers in its thread.

Whatever the message says, nothing but a look comes of it: a job's card, a list, or a choice of datastreams.
"""

from collections.abc import Sequence

from jobbot.access import Need, Refused
from jobbot.adverity.model import DatastreamId, JobId
from jobbot.flows.instances import Instances
from jobbot.flows.jobs.narrowing import Narrowing
from jobbot.intents.model import ListJobs, ShowJob
from jobbot.intents.named import named_in
from jobbot.interaction import Interaction, MessageShortcut
from jobbot.render import finding as words
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.reports.drawing import AnswerMode
from jobbot.telemetry import Outcome


class NamedHere:
    """The handler."""

    def __init__(self, *, gate: Gate, narrowing: Narrowing, instances: Instances, answers: Answers) -> None:
        self._gate = gate
        self._narrowing = narrowing
        self._instances = instances
        self._answers = answers

    async def reads(self, interaction: Interaction) -> Outcome:
        """Answer what the message names, to whom answers go in this channel; where it names nothing, say so."""
        did = interaction.did
        assert isinstance(did, MessageShortcut)  # noqa: S101 - narrows for the type checker
        passed = await self._gate.decide(interaction, Need.VIEW)
        if isinstance(passed, Refused):
            return await self._answers.refuse(interaction, passed)
        rule, here = self._gate.rule(interaction.channel_id), self._gate.limited_to(interaction.channel_id)
        base_urls = {name: url for name, url in self._instances.base_urls.items() if not here or name in here}
        named = named_in(did.text, base_urls)
        instance = self._answers.instance(interaction, named.instance)
        if instance is None:
            return await self._nothing(interaction)
        jobs, streams = named.jobs, dict.fromkeys(map(int, named.datastreams), "")
        if rule is not None:
            aliases = self._gate.aliases(instance.name)
            found = await self._narrowing.named_in(named.words, instance, bound=rule.workspaces, aliases=aliases)
            streams |= {one.id: one.name for one in found}
        if not jobs and not streams:
            jobs = named.numbers
        shown = _shown(jobs, tuple(streams), instance.name)
        outcome = Outcome.MISREAD
        if shown is not None:
            outcome = await self._answers.serve(interaction, shown, AnswerMode.NEW)
        others = list(streams.items()) if not isinstance(shown, ListJobs) or shown.jobs else []
        if others:
            # Of whom it concerns alone: which of them is looked at is still to be chosen.
            await self._answers.reply(interaction).post_ephemeral(words.named_streams(others, instance.name))
            return Outcome.ANSWERED
        return outcome if shown is not None else await self._nothing(interaction)

    async def _nothing(self, interaction: Interaction) -> Outcome:
        await self._answers.reply(interaction).post_ephemeral(words.nothing_named())
        return Outcome.MISREAD


def _shown(jobs: Sequence[JobId], streams: Sequence[int], instance: str) -> ListJobs | ShowJob | None:
    """What is answered at once: the jobs, else what goes on of the one datastream; None where there is a choice."""
    if len(jobs) == 1:
        return ShowJob(job=jobs[0], instance=instance)
    if jobs:
        return ListJobs(jobs=tuple(jobs), instance=instance)
    return ListJobs(datastream=DatastreamId(streams[0]), instance=instance) if len(streams) == 1 else None
