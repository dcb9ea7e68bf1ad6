"""What a channel sees that the policy binds to workspaces: those, and what lies in them at any depth. Pure.

A workspace that nobody can place is not seen: what Adverity does not tell counts as elsewhere.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from jobbot.adverity.model import Workspace

Bound = tuple[int | str, ...]
"""The policy's entries: numbers, slugs or names."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The numbers of the workspaces that are seen, and what the policy's own entries are called.

    ``whole`` is False where Adverity did not tell which workspaces there are: then what lies in them is not seen.
    ``passing``: it may tell when it is asked again, which a key that may not read them never does.
    """

    ids: frozenset[int]
    names: tuple[str, ...]
    whole: bool = True
    passing: bool = False

    def sees(self, workspace: int | None) -> bool:
        """Whether something in that workspace may be shown; None is one that nobody knows."""
        return workspace is not None and workspace in self.ids


def reach_of(bound: Bound, known: Sequence[Workspace], *, whole: bool) -> Reach:
    """What the entries come to, among the workspaces that are known.

    A number stands for itself, whatever is known. A slug is meant before a name. A name that two workspaces have means
    none of them, and so does any name while not all are known: another one might have it.
    """
    ids: set[int] = set()
    names: list[str] = []
    for entry in bound:
        found = [entry] if isinstance(entry, int) else _by_word(entry, known, whole=whole)
        ids |= set(found)
        names.append(name_of(found[0], known) if found else str(entry))
    return Reach(within(ids, known), tuple(names), whole)


def within(roots: Collection[int], known: Iterable[Workspace]) -> frozenset[int]:
    """The workspaces themselves and all that lie in them; a circle of parents is walked once."""
    children: dict[int, list[int]] = {}
    for one in known:
        if one.parent_id is not None:
            children.setdefault(one.parent_id, []).append(one.id)
    found, open_ = set(roots), list(roots)
    while open_:
        new = [child for child in children.get(open_.pop(), ()) if child not in found]
        found.update(new)
        open_ += new
    return frozenset(found)


def named(word: str, known: Iterable[Workspace]) -> list[Workspace]:
    """The workspaces that a word means: by number, else by slug, else by name; upper and lower case are the same."""
    given, every = word.strip().casefold(), list(known)
    for forms in ([str(one.id) for one in every], [one.slug or "" for one in every], [one.name for one in every]):
        found = [one for one, form in zip(every, forms, strict=True) if form.strip().casefold() == given and given]
        if found:
            return found
    return []


def name_of(id_: int, known: Iterable[Workspace]) -> str:
    """What a workspace is called, by its number where that is not known."""
    return next((one.name or one.slug or str(id_) for one in known if one.id == id_), str(id_))


def _by_word(word: str, known: Sequence[Workspace], *, whole: bool) -> list[int]:
    slugs = [one.id for one in known if (one.slug or "").casefold() == word.casefold()]
    names = [one.id for one in known if one.name.strip().casefold() == word.strip().casefold()] if whole else []
    found = set(slugs or names)
    return sorted(found) if len(found) == 1 else []
