"""The whole schema, as ``tables`` and ``indexes`` say it.

Nothing is released yet, so the first revision follows the tables. From the first release on it is written out and left
alone, and what changes becomes a revision of its own.
"""

from alembic import op

from jobbot.store.database.indexes import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Every table and index."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Never run by jobbot: the record is not removed."""
    raise NotImplementedError
