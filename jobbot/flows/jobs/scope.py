"""Which jobs an answer may have: those of the channel's workspaces, and of the one that was asked for. Pure."""

from dataclasses import dataclass

from jobbot.access.workspaces import Reach


@dataclass(frozen=True, slots=True)
class Scope:
    """Which jobs an answer may have, by the numbers of their workspaces.

    ``reach`` is what the channel sees, None for everything; ``only`` is what was asked for, with what lies in it, None
    where nothing was; ``workspace`` is that one itself, and ``called`` its name. ``stream`` is the name of the
    datastream that was meant, and ``among`` how many names were looked at, where others may be called so as well.
    """

    reach: Reach | None = None
    only: frozenset[int] | None = None
    workspace: int | None = None
    called: str = ""
    stream: str = ""
    among: int | None = None

    @property
    def ids(self) -> frozenset[int] | None:
        """The workspaces that are left; None for all of them."""
        if self.reach is None:
            return self.only
        return self.reach.ids if self.only is None else self.only & self.reach.ids

    def sees(self, workspace: int | None) -> bool:
        """Whether a job in that workspace may be in the answer; None is one that nobody knows."""
        ids = self.ids
        return ids is None or (workspace is not None and workspace in ids)

    @property
    def names(self) -> tuple[str, ...]:
        """What the answer is narrowed to, for its head."""
        if self.called:
            return (self.called,)
        return self.reach.names if self.reach is not None else ()


EVERYTHING = Scope()
