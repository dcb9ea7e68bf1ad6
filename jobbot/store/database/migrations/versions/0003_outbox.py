"""The order of the outbox is that in which its rows were written; what Slack refuses for good is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TIME = sa.DateTime(timezone=True)
_KEPT = (
    *("id", "dedupe_key", "need", "instance", "channel_id", "target", "thread_ts", "message_ts", "under", "edits"),
    *("message", "created_at", "due_at", "owner", "lease_until", "fence", "tries", "posting_at"),
    *("sent_at", "sent_ts", "failed"),
)


def upgrade() -> None:
    """The table anew, with a number for each row: SQLite counts in a table's key alone."""
    op.execute("CREATE TEMPORARY TABLE outbox_before AS SELECT * FROM outbox")
    op.drop_table("outbox")
    op.create_table(
        "outbox",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("id", sa.String(32), nullable=False),
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
        sa.Column("refusals", sa.Integer, nullable=False),
        sa.Column("posting_at", _TIME),
        sa.Column("sent_at", _TIME),
        sa.Column("sent_ts", sa.String(40)),
        sa.Column("failed", sa.String(200)),
    )
    names = ", ".join(_KEPT)
    before = f"SELECT {names}, 0 FROM outbox_before ORDER BY created_at, id"  # noqa: S608 - our own names
    op.execute(f"INSERT INTO outbox ({names}, refusals) {before}")
    op.execute("DROP TABLE outbox_before")
    is_owed = sa.text("sent_at IS NULL AND failed IS NULL")
    op.create_index("outbox_by_id", "outbox", ["id"], unique=True)
    op.create_index("outbox_once", "outbox", ["dedupe_key"], unique=True)
    op.create_index("outbox_owed", "outbox", ["target", "number"], sqlite_where=is_owed, postgresql_where=is_owed)
    op.create_index("outbox_by_time", "outbox", ["created_at"])


def downgrade() -> None:
    """Never run by jobbot: the record is not taken away."""
    raise NotImplementedError
