"""What is asked from anywhere in Slack: shortcuts, previews of links, the Home tab."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from jobbot.flows.instances import Instances
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.narrowing import Narrowing
from jobbot.flows.jobs.suggested_names import SuggestedNames
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.anywhere.finding import Finding
from jobbot.slack.handlers.anywhere.home_tab import HomeTab
from jobbot.slack.handlers.anywhere.named_here import NamedHere
from jobbot.slack.handlers.anywhere.previews import Previews
from jobbot.slack.handlers.anywhere.whereabouts import PeopleAndPlaces, Whereabouts
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.web.outbound import Outbound


@dataclass(frozen=True, slots=True)
class Anywhere:
    """The handlers of what is no command, mention, button or window of an act."""

    finding: Finding
    named_here: NamedHere
    previews: Previews
    home_tab: HomeTab

    @classmethod
    def of(
        cls,
        *,
        gate: Gate,
        directory: PeopleAndPlaces,
        catalogue: Catalogue,
        instances: Instances,
        answers: Answers,
        outbound: Outbound,
        clock: Callable[[], datetime],
    ) -> "Anywhere":
        """All of them, on the same collaborators. ``clock`` gives the time, aware."""
        whereabouts = Whereabouts(gate, directory)
        finding = Finding(
            gate=gate,
            whereabouts=whereabouts,
            names=SuggestedNames(catalogue, clock),
            instances=instances,
            answers=answers,
            outbound=outbound,
        )
        return cls(
            finding=finding,
            named_here=NamedHere(
                gate=gate, narrowing=Narrowing(catalogue, clock), instances=instances, answers=answers
            ),
            previews=Previews(gate=gate, instances=instances, outbound=outbound, clock=clock),
            home_tab=HomeTab(whereabouts=whereabouts, answers=answers, outbound=outbound),
        )
