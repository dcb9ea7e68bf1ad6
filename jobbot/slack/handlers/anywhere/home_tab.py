"""Serves the Home tab: what can be typed, and where this person may do what. Drawn anew each time that it is opened.

It has nothing of any job: jobs are shown in permitted channels only.
"""

from jobbot.access import Refused
from jobbot.access.reasons import NotAPerson
from jobbot.interaction import Interaction
from jobbot.logs import get_logger
from jobbot.render.home import PLACES_MOST, Place, render_home, render_home_refused
from jobbot.render.refusals import refusal_in_words
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.anywhere.whereabouts import Whereabouts
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.telemetry import Outcome

log = get_logger(__name__)


class HomeTab:
    """The handler."""

    def __init__(self, *, whereabouts: Whereabouts, answers: Answers, outbound: Outbound) -> None:
        self._whereabouts = whereabouts
        self._answers = answers
        self._outbound = outbound

    async def draws(self, interaction: Interaction) -> Outcome:
        """Publish the person's Home tab."""
        seen = await self._whereabouts.look(interaction)
        if isinstance(seen, Refused):
            if isinstance(seen.reason, NotAPerson):
                return Outcome.REFUSED
            view, outcome = render_home_refused(refusal_in_words(seen.reason)), Outcome.REFUSED
        else:
            places = self._whereabouts.places(interaction, seen)
            rights = [
                Place(place, await self._whereabouts.rights(interaction, seen, place)) for place in places[:PLACES_MOST]
            ]
            view, outcome = (
                render_home(
                    rights,
                    more=len(places) - len(rights),
                    is_told=seen.channels is not None,
                    command=self._answers.command(interaction),
                ),
                Outcome.ANSWERED,
            )
        try:
            await self._outbound.publish_home(interaction.user_id, view)
        except SlackRefused as refused:
            log.warning("Home tab not drawn", user=interaction.user_id, **refused.as_fields())
        return outcome
