"""The database: tables, migrations, the ledger of stops, and what Slack has delivered already."""
