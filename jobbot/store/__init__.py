"""The database: tables and migrations, the ledger of stops, what is followed, and the keys of Slack's deliveries."""
