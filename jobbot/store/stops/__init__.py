"""The ledger of stops: claims, their fences, their endings, and the history that is read from it."""
