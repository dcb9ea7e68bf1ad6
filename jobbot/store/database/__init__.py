"""The database itself: engine, tables, migrations, retries, leases, and which processes are alive."""
