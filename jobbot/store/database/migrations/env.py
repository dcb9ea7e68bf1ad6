"""Run by Alembic: runs the revisions on the connection, and in the transaction, that ``migrate`` has opened."""

from alembic import context

from jobbot.store.database.indexes import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
