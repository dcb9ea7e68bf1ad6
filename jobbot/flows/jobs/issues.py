"""Read the issues that are open, of one datastream or of the whole instance."""

from jobbot.flows.instances import Instance
from jobbot.intents.model import Issues
from jobbot.render.issues import IssueList


async def read_issues(intent: Issues, instance: Instance) -> IssueList:
    """The newest first. Raises AdverityError; NotReadable where the key may not read issues, or there are none such."""
    answer = await instance.gateway.issues(intent.datastream)
    newest = sorted(answer.value.items, key=lambda one: one.since.timestamp() if one.since else 0.0, reverse=True)
    return IssueList(
        asked=intent,
        instance=instance.name,
        base_url=instance.base_url,
        issues=tuple(newest),
        complete=answer.value.complete,
        as_of=answer.read_at,
    )
