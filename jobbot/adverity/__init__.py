"""The jobs API: models, query, client, errors, gateway."""
