"""A table that is one test fails where one of its rows does, and shows each that does."""

import pytest

from tests.support.each import each


def test_every_row_that_fails_is_shown() -> None:
    seen = list[int]()

    @each(("one", "other"), [(1, 1), (1, 2), (2, 2), (3, 4)])
    def they_are_equal(one: int, other: int) -> None:
        seen.append(one)
        assert one == other

    with pytest.raises(ExceptionGroup, match="2 of 4 rows of they_are_equal") as told:
        they_are_equal()
    assert [error.__notes__ for error in told.value.exceptions] == [["the row: 1, 2"], ["the row: 3, 4"]]
    assert seen == [1, 1, 2, 3]


def test_a_table_without_rows_is_none() -> None:
    with pytest.raises(AssertionError):
        each("one", [])
