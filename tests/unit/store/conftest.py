"""Both databases, for tests that make databases of their own."""

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """``sqlite``, or the URL of a PostgreSQL in which databases can be made."""
    return "sqlite" if request.param == "sqlite" else str(request.getfixturevalue("postgres"))
