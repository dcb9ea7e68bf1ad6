"""HTTP's own: reading Retry-After, why a connection failed (both pure), and uvicorn in a loop that is running."""
