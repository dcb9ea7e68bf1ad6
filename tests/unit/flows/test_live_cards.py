"""The edits of a live card: what they offer."""

from datetime import UTC, datetime

from jobbot.access.policy import Need
from jobbot.adverity.model import Job
from jobbot.flows.following.card_row import Drawn, new_card
from jobbot.flows.following.live_cards import CardUpdates
from jobbot.render.jobs import Names

NOW = datetime(2026, 3, 14, 9, 42, tzinfo=UTC)


def test_a_card_offers_what_can_be_done_about_its_job_once_that_is_over() -> None:
    given = {"id": 987, "datastream": 42, "range_start": "2026-03-01", "range_end": "2026-03-13"}
    running, failed = (Job.model_validate({**given, "state_label": state}) for state in ("Running", "Failed"))
    drawn = Drawn.of(running, NOW, Names("https://acme.test"), offers=frozenset(Need))
    place = {"instance": "acme", "base_url": "https://acme.test", "channel_id": "C0INC", "user_id": "U0ANA"}
    card = new_card(drawn, job=987, ts="1.2", now=NOW, frozen=None, **place)
    updates = CardUpdates(instance="acme", base_url="https://acme.test", watches=[], now=NOW)
    for incomplete in (True, False):
        change = updates.over(card, failed, incomplete=incomplete)
        assert change is not None
        assert "Refresh" in change.notification.message
        assert "Fetch again" in change.notification.message
        assert change.notification.offers == ("job 987", "fetch 42 2026-03-01 2026-03-13")
