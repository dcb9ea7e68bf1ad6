"""Tables of pure cases as one test each."""

from collections.abc import Callable, Iterable
from typing import Any


def each(names: str | tuple[str, ...], rows: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """As ``pytest.mark.parametrize``, but all rows are one test, which goes through them to the end.

    For what is pure and has no fixture: a row of its own costs pytest a hundred times what the row does. Raises an
    ExceptionGroup of what failed, each with a note that shows its row.
    """
    is_one = isinstance(names, str) and "," not in names
    table = [(row,) if is_one else tuple(row) for row in rows]
    assert table, "a table without rows"

    def decorate(test: Callable[..., None]) -> Callable[[], None]:
        def all_rows() -> None:
            failed = list[Exception]()
            for row in table:
                try:
                    test(*row)
                except Exception as error:
                    error.add_note(f"the row: {', '.join(map(repr, row))}")
                    failed.append(error)
            if failed:
                raise ExceptionGroup(f"{len(failed)} of {len(table)} rows of {test.__name__}", failed)

        all_rows.__name__, all_rows.__qualname__, all_rows.__doc__ = test.__name__, test.__qualname__, test.__doc__
        all_rows.__module__ = test.__module__
        return all_rows

    return decorate
