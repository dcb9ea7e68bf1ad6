"""Read the issues that are open, of one datastream, of a workspace, or of the whole instance."""

from jobbot.adverity.model import Issue
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.scope import Scope
from jobbot.intents.model import Issues, number_of
from jobbot.render.issues import IssueList


class IssuesFlow:
    """The use case."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def run(self, intent: Issues, instance: Instance, scope: Scope) -> IssueList:
        """The issues of datastreams in ``scope``, the newest first; those whose workspace is not known are counted.

        Raises AdverityError; NotReadable where the key may not read issues, or there are none such.
        """
        answer = await instance.gateway.issues(number_of(intent.datastream))
        seen, unplaced = list(answer.value.items), 0
        if scope.ids is not None:
            places = await self._catalogue.places(instance, (one.datastream for one in seen))
            placed = [(one, places.get(one.datastream.id) if one.datastream is not None else None) for one in seen]
            seen = [one for one, place in placed if scope.sees(place)]
            unplaced = sum(place is None for _, place in placed)
        return IssueList(
            asked=intent,
            instance=instance.name,
            base_url=instance.base_url,
            issues=tuple(sorted(seen, key=_since, reverse=True)),
            complete=answer.value.complete,
            as_of=answer.read_at,
            stream=scope.stream,
            workspaces=scope.names,
            unplaced=unplaced,
            among=scope.among,
            whole=scope.reach is None or scope.reach.whole,
        )


def _since(issue: Issue) -> tuple[float, int]:
    """Seconds, UTC, and the number: Adverity's times are whole seconds, and of two in one the later has the higher."""
    return issue.since.timestamp() if issue.since else 0.0, issue.id or 0
