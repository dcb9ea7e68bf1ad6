"""The database itself: engine, tables, migrations, retries, leases, and the process's own name."""
