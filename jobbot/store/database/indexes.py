"""The indexes and unique constraints of ``tables``.

In a module of their own because only migrations need them: an index with a condition of PostgreSQL's loads all of
SQLAlchemy's PostgreSQL, which is 2 MB and 50 ms of every start on SQLite (executed and seen, 2.1).
"""

from sqlalchemy import Index, and_

from jobbot.store.database.tables import (
    acts,
    alert_groups,
    alert_messages,
    alerts,
    cards,
    deliveries,
    endings,
    events,
    freezes,
    metadata,
    offers,
    outbox,
    review_requests,
    watches,
)

__all__ = ["metadata"]

_is_open = acts.c.state.in_(("requested", "sent"))
_is_unfinished = and_(acts.c.told_at.is_(None), acts.c.untold.is_(None))
Index("acts_request", acts.c.request_key, unique=True)
Index(
    "acts_one_open",
    acts.c.instance,
    acts.c.subject,
    unique=True,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)
Index("acts_unfinished", acts.c.lease_until, sqlite_where=_is_unfinished, postgresql_where=_is_unfinished)
Index("acts_by_subject", acts.c.instance, acts.c.subject, acts.c.requested_at)
Index("acts_by_job", acts.c.instance, acts.c.job, acts.c.requested_at)
Index("acts_by_time", acts.c.requested_at)
Index("acts_by_whole", acts.c.part_of)
_is_whole = acts.c.part_of.is_(None)
Index("acts_one_a_review", acts.c.review, unique=True, sqlite_where=_is_whole, postgresql_where=_is_whole)
Index("review_requests_request", review_requests.c.request_key, unique=True)
Index("review_requests_by_state", review_requests.c.state, review_requests.c.expires_at)
Index("freezes_by_instance", freezes.c.instance, freezes.c.until)
Index("deliveries_by_time", deliveries.c.at)
_is_watched = watches.c.ended_at.is_(None)
Index(
    "watches_one_each",
    *(watches.c.instance, watches.c.job, watches.c.channel_id, watches.c.thread_ts, watches.c.user_id),
    unique=True,
    sqlite_where=_is_watched,
    postgresql_where=_is_watched,
)
Index("watches_by_channel", watches.c.channel_id, sqlite_where=_is_watched, postgresql_where=_is_watched)
Index("watches_by_notification", watches.c.notification)
_is_live = cards.c.ended_at.is_(None)
Index("cards_live", cards.c.instance, cards.c.job, sqlite_where=_is_live, postgresql_where=_is_live)
Index("cards_one_a_message", cards.c.channel_id, cards.c.message_ts, unique=True)
_is_on = alerts.c.ended_at.is_(None)
Index(
    "alerts_one_each",
    *(alerts.c.instance, alerts.c.channel_id, alerts.c.datastream, alerts.c.workspace),
    unique=True,
    sqlite_where=_is_on,
    postgresql_where=_is_on,
)
Index("endings_by_time", endings.c.at)
Index("endings_by_datastream", endings.c.instance, endings.c.datastream, endings.c.succeeded_at)
Index("alert_groups_by_time", alert_groups.c.last_at)
Index("offers_by_subject", offers.c.instance, offers.c.subject)
Index("offers_by_time", offers.c.since)
Index("alert_messages_by_time", alert_messages.c.created_at)
Index("events_once", events.c.instance, events.c.channel_id, events.c.key, unique=True)
Index("events_by_time", events.c.at)
Index("events_by_job", events.c.instance, events.c.job)
_lacks_ts = events.c.message_ts.is_(None) & events.c.notification.is_not(None)
Index("events_by_notification", events.c.notification, sqlite_where=_lacks_ts, postgresql_where=_lacks_ts)
_is_planned = acts.c.planned_for.is_not(None)
Index("acts_by_plan", acts.c.planned_for, sqlite_where=_is_planned, postgresql_where=_is_planned)
_is_owed = outbox.c.sent_at.is_(None) & outbox.c.failed.is_(None)
Index("outbox_by_id", outbox.c.id, unique=True)
Index("outbox_once", outbox.c.dedupe_key, unique=True)
Index("outbox_owed", outbox.c.target, outbox.c.number, sqlite_where=_is_owed, postgresql_where=_is_owed)
Index("outbox_by_time", outbox.c.created_at)
Index("outbox_unless", outbox.c.unless, sqlite_where=_is_owed, postgresql_where=_is_owed)
