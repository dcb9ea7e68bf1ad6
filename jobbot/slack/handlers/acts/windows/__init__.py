"""The windows of acts, a module a kind: what each shows, and what it makes of the fields that are submitted."""
