"""The answers of an access decision: Allowed, or Refused with its reason; each with the trace of its questions."""

from dataclasses import dataclass, field

from jobbot.access.met import Met
from jobbot.access.policy import Need, Where


@dataclass(frozen=True, slots=True)
class Allowed:
    """Access is allowed.

    ``visible``: the answer goes to the whole channel, otherwise to the asking person only. ``may_share``: where it
    goes to the person, they may show it to the channel themselves (never where another organisation would see it).
    """

    visible: bool
    may_share: bool = False
    trace: "Trace" = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class WrongChannel:
    """Jobs are not shown in this channel. ``places`` are the ids of those where they are."""

    channel_id: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """A direct message or group conversation, where jobs are never shown. ``places`` as of WrongChannel."""

    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outsider:
    """A person of another organisation."""


@dataclass(frozen=True, slots=True)
class NotAPerson:
    """A bot, or an account that has been deactivated."""


@dataclass(frozen=True, slots=True)
class NotHere:
    """The channel is permitted, but not for ``need``; ``elsewhere`` is where it is."""

    need: Need
    channel_id: str
    elsewhere: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class NotThisInstance:
    """The channel is limited to ``instances``, and ``instance`` is not among them."""

    instance: str
    channel_id: str
    instances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotThisWorkspace:
    """A job or a datastream is in none of the channel's workspaces, or its workspace is not known.

    Which one it is in is not said. ``whole``: see :class:`~jobbot.access.workspaces.Reach`.
    """

    channel_id: str
    workspaces: tuple[str, ...]
    whole: bool = True
    job: int | None = None
    datastream: int | None = None


@dataclass(frozen=True, slots=True)
class NotShared:
    """More than viewing in a channel shared with another organisation: acts never, the rest with ``external = true``.

    ``elsewhere`` are the other channels where it is permitted.
    """

    channel_id: str
    need: Need = Need.STOP
    elsewhere: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class NotYou:
    """``need`` is limited to these users and user groups here."""

    users: tuple[str, ...]
    usergroups: tuple[str, ...]
    channel_id: str = ""
    need: Need = Need.STOP


@dataclass(frozen=True, slots=True)
class GuestMayNot:
    """Guests may view and watch, and nothing that changes something."""

    need: Need = Need.STOP
    channel_id: str = ""


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """What nobody does alone here: one person asks for it, and another one confirms it."""

    need: Need = Need.STOP
    channel_id: str = ""


@dataclass(frozen=True, slots=True)
class LookupFailed:
    """A look-up that the decision needs failed; ``what``: person, channel or usergroups (who may do ``need``)."""

    what: str
    id: str
    need: Need = Need.VIEW


Reason = (
    WrongChannel
    | DirectMessage
    | Outsider
    | NotAPerson
    | NotHere
    | NotThisInstance
    | NotThisWorkspace
    | NotShared
    | NotYou
    | GuestMayNot
    | TwoPeople
    | LookupFailed
)


@dataclass(frozen=True, slots=True)
class Line:
    """One question of a decision, as its answer: how it is met (``ids``: see Met), or the decision itself."""

    answer: Met | Reason | Allowed
    ids: tuple[str, ...] = ()


Trace = tuple[Line, ...]
"""A decision's questions in their order; the last one is the decision."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Access is refused; for what it was asked, ``need`` and the ``instance`` named, is carried along for "Why?"."""

    reason: Reason
    need: Need = field(default=Need.VIEW, compare=False)
    instance: str | None = field(default=None, compare=False)
    trace: Trace = field(default=(), compare=False, repr=False)


Decision = Allowed | Refused
