"""The ledger of stops, and what Slack has delivered already."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two tables and their indexes."""
    op.create_table(
        "stops",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("request_key", sa.String(200), nullable=False),
        sa.Column("instance", sa.String(100), nullable=False),
        sa.Column("job", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("team_id", sa.String(40)),
        sa.Column("channel_id", sa.String(40), nullable=False),
        sa.Column("thread_ts", sa.String(40)),
        sa.Column("message_ts", sa.String(40)),
        sa.Column("first_posts", sa.Integer, nullable=False),
        sa.Column("response_url", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("requested_at", _TIME, nullable=False),
        sa.Column("sent_at", _TIME),
        sa.Column("answered_at", _TIME),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("closed_at", _TIME),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("told_at", _TIME),
        sa.Column("untold", sa.String(200)),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("lease_until", _TIME, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
    )
    is_open, is_unfinished = sa.text("state IN ('requested', 'sent')"), sa.text("told_at IS NULL AND untold IS NULL")
    op.create_index("stops_request", "stops", ["request_key"], unique=True)
    op.create_index(
        "stops_one_open",
        "stops",
        ["instance", "job"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index(
        "stops_unfinished", "stops", ["lease_until"], sqlite_where=is_unfinished, postgresql_where=is_unfinished
    )
    op.create_index("stops_by_job", "stops", ["instance", "job", "requested_at"])
    op.create_index("stops_by_time", "stops", ["requested_at"])
    op.create_table(
        "deliveries",
        sa.Column("key", sa.String(400), primary_key=True),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_index("deliveries_by_time", "deliveries", ["at"])


def downgrade() -> None:
    """Never run by jobbot: the record is not taken away."""
    raise NotImplementedError
