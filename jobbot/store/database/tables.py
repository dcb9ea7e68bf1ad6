"""The tables, in SQLAlchemy Core. The migrations create them; their indexes are in ``indexes``.

Rows of ``acts`` are never deleted by an act's own life: they are the record. What changes in one is its state, guarded
by the state it leaves and by the claim of who changes it.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out, on both databases: SQLite keeps no zone, PostgreSQL answers in the session's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database. Raises ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

acts = Table(
    "acts",
    metadata,
    Column("id", String(32), primary_key=True),
    # What Slack repeats when it delivers the same submission again: one request, one row.
    Column("request_key", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("instance", String(100), nullable=False),
    # What the act claims: while one is under way, no other of the same subject begins.
    Column("subject", String(100), nullable=False),
    # The job that it is about, where it is about one.
    Column("job", BigInteger),
    Column("name", Text, nullable=False),
    Column("user_id", String(40), nullable=False),
    Column("team_id", String(40)),
    Column("channel_id", String(40), nullable=False),
    Column("thread_ts", String(40)),
    Column("message_ts", String(40)),
    # How many first messages were begun and not refused: more than one, or one without a ts, stands where nobody can
    # edit it.
    Column("first_posts", Integer, nullable=False, default=0),
    # Encrypted, until the message has a ts or the last one is told: what reaches a channel that jobbot is no member of.
    Column("response_url", Text),
    Column("reason", Text, nullable=False),
    # Of what it is about, where Adverity said it: what the record is narrowed by.
    Column("datastream", BigInteger),
    Column("workspace", BigInteger),
    # The days that are fetched.
    Column("range_start", Date),
    Column("range_end", Date),
    # What only acts of its kind have, as JSON.
    Column("details", Text, nullable=False),
    Column("state", String(20), nullable=False),
    # When the window was opened that was submitted.
    Column("opened_at", UtcDateTime, nullable=False),
    # The hour for which jobbot planned it by itself; NULL where somebody asked for it.
    Column("planned_for", UtcDateTime),
    # The act of several that this one is a part of, and who said of one of several that no more shall begin.
    Column("part_of", String(32)),
    Column("halted_by", String(40)),
    # The review request that it confirms, who had asked there, and whether it may not be done without one.
    Column("review", String(32)),
    Column("asked_by", String(40)),
    Column("two_people", Boolean, nullable=False, default=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("answer", Text, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("outcome", Text, nullable=False),
    # The numbers of the jobs that Adverity has started for it.
    Column("started", Text, nullable=False),
    # The last message, written with the ending in one statement: owed to the channel until told_at, its record after.
    Column("message", Text),
    Column("told_at", UtcDateTime),
    # Why nobody could be told, where Slack said so for good.
    Column("untold", String(200)),
    # The claim: the lease ends by itself, the fence is raised each time a process takes the row over.
    Column("owner", String(64), nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("fence", Integer, nullable=False),
    CheckConstraint("asked_by IS NULL OR asked_by <> user_id", name="acts_not_confirmed_by_the_asker"),
    CheckConstraint("NOT two_people OR asked_by IS NOT NULL", name="acts_two_people"),
)

review_requests = Table(
    "review_requests",
    metadata,
    # The outbox row that posts its card; the card's buttons carry this id.
    Column("id", String(32), primary_key=True),
    Column("request_key", String(200), nullable=False),
    # The act that is asked for, as of acts: nothing else is confirmed by it. user_id is who asks.
    Column("kind", String(20), nullable=False),
    Column("instance", String(100), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("job", BigInteger),
    # The jobs of an act of several.
    Column("jobs", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("user_id", String(40), nullable=False),
    Column("team_id", String(40)),
    Column("channel_id", String(40), nullable=False),
    Column("thread_ts", String(40)),
    Column("reason", Text, nullable=False),
    Column("datastream", BigInteger),
    Column("workspace", BigInteger),
    # Of all that its card tells of, as in the outbox.
    Column("workspaces", Text),
    Column("range_start", Date),
    Column("range_end", Date),
    Column("details", Text, nullable=False),
    Column("two_people", Boolean, nullable=False),
    # What the card says of the job as it was when it was asked.
    Column("shown", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False),
    # Who confirmed, withdrew or discarded it or did the same without it; when it was over; the act that confirmed it.
    Column("decided_by", String(40)),
    Column("decided_at", UtcDateTime),
    Column("act", String(32)),
)

freezes = Table(
    "freezes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("instance", String(100), nullable=False),
    Column("user_id", String(40), nullable=False),
    Column("channel_id", String(40), nullable=False),
    Column("thread_ts", String(40)),
    Column("reason", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    # Where somebody ended it before that, or put another one in its place.
    Column("ended_at", UtcDateTime),
    Column("ended_by", String(40), nullable=False),
    Column("end_reason", Text, nullable=False),
    Column("replaced_by", String(32)),
    # When its channel's message that its time is over was put into the outbox.
    Column("told_over_at", UtcDateTime),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", String(400), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

watches = Table(
    "watches",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("instance", String(100), nullable=False),
    Column("job", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("channel_id", String(40), nullable=False),
    # Empty where the channel itself is told: a NULL would never equal another one in its index.
    Column("thread_ts", String(40), nullable=False),
    Column("user_id", String(40), nullable=False),
    # The job's workspace, where it is known.
    Column("workspace", BigInteger),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("end_reason", String(200), nullable=False),
    # The notification that ended it, so that what became of that can be written here too.
    Column("notification", String(32)),
)

cards = Table(
    "cards",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("instance", String(100), nullable=False),
    Column("job", BigInteger, nullable=False),
    Column("channel_id", String(40), nullable=False),
    Column("message_ts", String(40), nullable=False),
    Column("user_id", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_edit_at", UtcDateTime, nullable=False),
    # The job as it was drawn last, and a fingerprint of what people see of it.
    Column("drawn", Text, nullable=False),
    Column("shown", String(64), nullable=False),
    Column("ended_at", UtcDateTime),
    Column("end_reason", String(200), nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("instance", String(100), nullable=False),
    Column("channel_id", String(40), nullable=False),
    # 0 is the whole instance, for the same reason as the empty thread of a watch.
    Column("datastream", BigInteger, nullable=False),
    Column("workspace", BigInteger, nullable=False),
    Column("states", String(200), nullable=False),
    # What it tells of beside states: "late", "empty".
    Column("signs", String(100), nullable=False),
    # The user group that it mentions, and its name as it was then; empty for none.
    Column("usergroup", String(40), nullable=False),
    Column("usergroup_name", String(100), nullable=False),
    # Who switched each of them on: "Failed=U0ANA,late=U0BEN". user_id is who changed the alert last.
    Column("switched_on_by", Text, nullable=False),
    Column("user_id", String(40), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("snoozed_until", UtcDateTime),
    Column("snoozed_by", String(40), nullable=False),
    Column("ended_at", UtcDateTime),
    Column("end_reason", String(200), nullable=False),
)

snoozes = Table(
    "snoozes",
    metadata,
    # One datastream that a channel's alerts are silent about until then, or (NULL) until a run of it that ended since
    # then succeeded; where all are, their own rows say so.
    Column("instance", String(100), primary_key=True),
    Column("channel_id", String(40), primary_key=True),
    Column("datastream", BigInteger, primary_key=True, autoincrement=False),
    Column("until", UtcDateTime),
    Column("since", UtcDateTime, nullable=False),
    Column("user_id", String(40), nullable=False),
)

alert_messages = Table(
    "alert_messages",
    metadata,
    # The outbox row that posts it; its buttons carry this id.
    Column("id", String(32), primary_key=True),
    Column("instance", String(100), nullable=False),
    Column("channel_id", String(40), nullable=False),
    # What it says without what people pressed: that is added whenever it is drawn.
    Column("message", Text, nullable=False),
    # The datastreams that it tells of, and their workspaces as in the outbox.
    Column("datastreams", Text, nullable=False),
    Column("workspaces", Text),
    Column("created_at", UtcDateTime, nullable=False),
)

on_it = Table(
    "on_it",
    metadata,
    # Who has said in an alert's message that they are on it.
    Column("alert_message", String(32), primary_key=True),
    Column("user_id", String(40), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

endings = Table(
    "endings",
    metadata,
    # Which ended jobs the alerts have dealt with: rounds look at overlapping ranges.
    Column("instance", String(100), primary_key=True),
    Column("job", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    # Of a success, so that a failure before it that is seen later is not taken as going on.
    Column("datastream", BigInteger),
    Column("succeeded_at", UtcDateTime),
)

offers = Table(
    "offers",
    metadata,
    # A message that has buttons for acts about a subject, as it was written last: drawn again when one was done.
    Column("target", String(120), primary_key=True),
    Column("subject", String(100), primary_key=True),
    Column("instance", String(100), nullable=False),
    Column("channel_id", String(40), nullable=False),
    # The message itself, or the outbox row that posts it.
    Column("message_ts", String(40)),
    Column("under", String(32)),
    # As in the outbox.
    Column("need", String(20), nullable=False),
    Column("message", Text, nullable=False),
    Column("workspaces", Text),
    # Since when it offers that: of days that are fetched again and again, earlier fetches are no answer to it.
    Column("since", UtcDateTime, nullable=False),
)

alert_groups = Table(
    "alert_groups",
    metadata,
    # The outbox row of the group's first message: later ones edit it, or stand in its thread.
    Column("id", String(32), primary_key=True),
    Column("instance", String(100), nullable=False),
    Column("channel_id", String(40), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    # Whether a datastream's trouble that it tells of goes on: then it is kept, and so is its message.
    Column("is_open", Boolean, nullable=False),
    Column("entries", Text, nullable=False),
)

pollers = Table(
    "pollers",
    metadata,
    Column("instance", String(100), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("rounds", BigInteger, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    # The order in which they were written, which the clocks of their writers may contradict.
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("id", String(32), nullable=False),
    Column("dedupe_key", String(300), nullable=False),
    # The permission it rests on (view, watch, alerts): checked again when it is delivered.
    Column("need", String(20), nullable=False),
    Column("instance", String(100), nullable=False),
    Column("channel_id", String(40), nullable=False),
    # What is written to, one notification at a time and in order: a channel, or a message that is edited.
    Column("target", String(120), nullable=False),
    Column("thread_ts", String(40)),
    Column("message_ts", String(40)),
    # The row whose message is answered in its thread, or edited; its ts is known once it was sent.
    Column("under", String(32)),
    # The row that says the same: where that one is told, this one is not; where it is given up, this one is.
    Column("unless", String(32)),
    Column("edits", Boolean, nullable=False),
    Column("message", Text, nullable=False),
    # The workspaces of the jobs that it tells of, one behind the other; empty where it tells of none, NULL where one is
    # not known: asked of the policy again like the need.
    Column("workspaces", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    # How often Slack rejected its content.
    Column("refusals", Integer, nullable=False),
    # Set right before a post leaves; found set without an outcome, the message may be in the channel already.
    Column("posting_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("sent_ts", String(40)),
    Column("failed", String(200)),
)

events = Table(
    "events",
    metadata,
    # What the poller has seen and told, one row a channel; only ever added to, kept as long as acts.
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    # The same thing is put down once for a channel, however often a round sees it.
    Column("key", String(200), nullable=False),
    Column("instance", String(100), nullable=False),
    # Where it was told; empty where nobody was.
    Column("channel_id", String(40), nullable=False),
    # On our clock.
    Column("at", UtcDateTime, nullable=False),
    Column("what", String(60), nullable=False),
    Column("job", BigInteger),
    Column("datastream", BigInteger),
    Column("workspace", BigInteger),
    Column("name", Text, nullable=False),
    # Why, in plain text.
    Column("said", Text, nullable=False),
    # The outbox row of the message that tells it; the message's ts is copied here before that row is deleted.
    Column("notification", String(32)),
    Column("message_ts", String(40)),
)

lanes = Table(
    "lanes",
    metadata,
    # Slack's rate limits, shared by all processes: when the next message of a kind may be sent.
    Column("lane", String(120), primary_key=True),
    Column("free_at", UtcDateTime, nullable=False),
)

datastreams = Table(
    "datastreams",
    metadata,
    # What is known of datastreams by name: of lists and cards that somebody asked for, and of Adverity's own list.
    Column("instance", String(100), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("workspace", BigInteger),
    Column("workspace_name", Text, nullable=False),
    Column("workspace_slug", Text, nullable=False),
    # When its workspace was said last: for a while it is believed.
    Column("placed_at", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),
)

datastream_lists = Table(
    "datastream_lists",
    metadata,
    # When Adverity's list of datastreams may be read next, by whichever process.
    Column("instance", String(100), primary_key=True),
    Column("next_at", UtcDateTime, nullable=False),
    # When all of it was read last; null where it never was, or where it was too long.
    Column("whole_at", UtcDateTime),
)
