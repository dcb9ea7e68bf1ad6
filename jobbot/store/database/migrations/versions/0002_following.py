"""Watches, live cards, alerts, the poller of each instance, and the outbox of what is to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Eight tables and their indexes."""
    _watches_and_cards()
    _alerts()
    op.create_table(
        "pollers",
        sa.Column("instance", sa.String(100), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("lease_until", _TIME, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("rounds", sa.BigInteger, nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    _outbox()


def _watches_and_cards() -> None:
    is_open = sa.text("ended_at IS NULL")
    op.create_table(
        "watches",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("instance", sa.String(100), nullable=False),
        sa.Column("job", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("channel_id", sa.String(40), nullable=False),
        sa.Column("thread_ts", sa.String(40), nullable=False),
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("end_reason", sa.String(200), nullable=False),
        sa.Column("letter", sa.String(32)),
    )
    op.create_index(
        "watches_one_each",
        "watches",
        ["instance", "job", "channel_id", "thread_ts", "user_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("watches_by_channel", "watches", ["channel_id"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("watches_by_letter", "watches", ["letter"])
    op.create_table(
        "cards",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("instance", sa.String(100), nullable=False),
        sa.Column("job", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.String(40), nullable=False),
        sa.Column("message_ts", sa.String(40), nullable=False),
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("offer_stop", sa.Boolean, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("next_edit_at", _TIME, nullable=False),
        sa.Column("drawn", sa.Text, nullable=False),
        sa.Column("shown", sa.String(64), nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("end_reason", sa.String(200), nullable=False),
    )
    op.create_index("cards_live", "cards", ["instance", "job"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("cards_one_a_message", "cards", ["channel_id", "message_ts"], unique=True)


def _alerts() -> None:
    is_open = sa.text("ended_at IS NULL")
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("instance", sa.String(100), nullable=False),
        sa.Column("channel_id", sa.String(40), nullable=False),
        sa.Column("datastream", sa.BigInteger, nullable=False),
        sa.Column("states", sa.String(200), nullable=False),
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("snoozed_until", _TIME),
        sa.Column("ended_at", _TIME),
        sa.Column("end_reason", sa.String(200), nullable=False),
    )
    op.create_index(
        "alerts_one_each",
        "alerts",
        ["instance", "channel_id", "datastream"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "endings",
        sa.Column("instance", sa.String(100), primary_key=True),
        sa.Column("job", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_index("endings_by_time", "endings", ["at"])
    op.create_table(
        "alert_groups",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("instance", sa.String(100), nullable=False),
        sa.Column("channel_id", sa.String(40), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("last_at", _TIME, nullable=False),
        sa.Column("entries", sa.Text, nullable=False),
    )
    op.create_index("alert_groups_by_time", "alert_groups", ["last_at"])


def _outbox() -> None:
    is_owed = sa.text("sent_at IS NULL AND failed IS NULL")
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("dedupe_key", sa.String(300), nullable=False),
        sa.Column("need", sa.String(20), nullable=False),
        sa.Column("instance", sa.String(100), nullable=False),
        sa.Column("channel_id", sa.String(40), nullable=False),
        sa.Column("target", sa.String(120), nullable=False),
        sa.Column("thread_ts", sa.String(40)),
        sa.Column("message_ts", sa.String(40)),
        sa.Column("under", sa.String(32)),
        sa.Column("edits", sa.Boolean, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("lease_until", _TIME, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("posting_at", _TIME),
        sa.Column("sent_at", _TIME),
        sa.Column("sent_ts", sa.String(40)),
        sa.Column("failed", sa.String(200)),
    )
    op.create_index("outbox_once", "outbox", ["dedupe_key"], unique=True)
    op.create_index("outbox_owed", "outbox", ["target", "created_at"], sqlite_where=is_owed, postgresql_where=is_owed)
    op.create_index("outbox_by_time", "outbox", ["created_at"])
    op.create_table(
        "lanes",
        sa.Column("lane", sa.String(120), primary_key=True),
        sa.Column("free_at", _TIME, nullable=False),
    )


def downgrade() -> None:
    """Never run by jobbot: the record is not taken away."""
    raise NotImplementedError
