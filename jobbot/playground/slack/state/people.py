"""Who there is: teams, and the people in them, who can be told to do what people do in Slack's client.

A person's ``team`` is their own workspace, wherever they are a guest
(https://docs.slack.dev/reference/objects/user-object). What they do is carried out by :class:`Hands`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from jobbot.playground.slack.delivery.action import Action
    from jobbot.playground.slack.state.messages import Channel, Message
    from jobbot.playground.slack.state.views import View


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A company on Enterprise Grid."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace."""

    id: str
    name: str
    domain: str
    enterprise: Enterprise | None = None


class Hands(Protocol):
    """Does what a person does. All of it may raise NotPossible."""

    async def types(
        self, person: "Person", text: str, in_: "Channel", thread: "Message | str | None", *, broadcast: bool
    ) -> "Action":
        """See :meth:`Person.types`."""
        ...

    async def mentions(
        self,
        person: "Person",
        text: str,
        in_: "Channel",
        thread: "Message | str | None",
        shape: str,
        *,
        broadcast: bool,
    ) -> "Action":
        """See :meth:`Person.mentions`."""
        ...

    async def edits(self, person: "Person", message: "Message", text: str, shape: str) -> "Action":
        """See :meth:`Person.edits`."""
        ...

    async def clicks(
        self, person: "Person", button: str, on: "Message | None", nth: int, *, confirms: bool
    ) -> "Action":
        """See :meth:`Person.clicks`."""
        ...

    async def chooses(
        self, person: "Person", option: object, at: str | None, on: "Message | None", nth: int
    ) -> "Action":
        """See :meth:`Person.chooses`."""
        ...

    async def submits(self, person: "Person", values: Mapping[str, object]) -> "Action":
        """See :meth:`Person.submits`."""
        ...

    async def closes(self, person: "Person") -> "Action":
        """See :meth:`Person.closes`."""
        ...

    def fills(self, person: "Person", values: Mapping[str, object]) -> None:
        """See :meth:`Person.fills`."""
        ...

    def modal(self, person: "Person") -> "View | None":
        """See :attr:`Person.modal`."""
        ...

    def dm(self, person: "Person") -> "Channel":
        """See :attr:`Person.dm`."""
        ...


@dataclass(eq=False, kw_only=True)
class Person:
    """Somebody with a user id: a colleague, a guest, somebody of elsewhere, or a bot.

    ``name`` is what follows the ``@``; ``tz`` an IANA zone. ``is_restricted`` is a guest, ``is_ultra_restricted`` a
    guest of a single channel, ``is_deactivated`` somebody who has left.
    """

    id: str
    name: str
    real_name: str
    team: Team
    tz: str = "Europe/Vienna"
    title: str = ""
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_deactivated: bool = False
    bot_id: str | None = None
    hands: Hands | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"@{self.name}"

    async def types(
        self, text: str, *, in_: "Channel", thread: "Message | str | None" = None, broadcast: bool = False
    ) -> "Action":
        """Type into a channel's box, or a thread's, and press Enter: a slash command, or else a message.

        ``/me`` is Slack's own and makes a message. ``broadcast`` sends a reply to the channel as well. Raises
        NotPossible where Slack has no such command for this person, or no box to type in.
        """
        return await self._hands.types(self, text, in_, thread, broadcast=broadcast)

    async def mentions(
        self,
        text: str,
        *,
        in_: "Channel",
        thread: "Message | str | None" = None,
        shape: str = "full",
        broadcast: bool = False,
    ) -> "Action":
        """Post a message with ``@jobbot`` in it. Raises NotPossible where the bot is not mentioned.

        ``shape`` is how much the event says: ``full``, or ``bare``, which is the least that Slack sends.
        """
        return await self._hands.mentions(self, text, in_, thread, shape, broadcast=broadcast)

    async def edits(self, message: "Message", text: str, *, shape: str = "full") -> "Action":
        """Let an own message say something else. Raises NotPossible for one of somebody else.

        The bot is told of every edit after which it is mentioned, whether or not it was before.
        """
        return await self._hands.edits(self, message, text, shape)

    async def clicks(
        self, button: str, *, on: "Message | None" = None, nth: int = 0, confirms: bool = True
    ) -> "Action":
        """Press a button, named by its words or its ``action_id``, of a message or (no ``on``) of the open modal.

        ``nth`` picks one of several of that name. Where the button asks back, ``confirms`` is the answer.
        """
        return await self._hands.clicks(self, button, on, nth, confirms=confirms)

    async def chooses(
        self, option: object, *, at: str | None = None, on: "Message | None" = None, nth: int = 0
    ) -> "Action":
        """Choose an entry of an overflow menu, a select, radio buttons, checkboxes or a picker.

        ``option`` is its words or value, a list of them for several, or a date or a time as Slack writes them; ``at``
        is the element's ``action_id`` or placeholder where there is more than one.
        """
        return await self._hands.chooses(self, option, at, on, nth)

    def fills(self, values: Mapping[str, object] | None = None, /, **fields: object) -> None:
        """Fill fields of the open modal, named by label, ``action_id`` or ``block_id``, without submitting it."""
        self._hands.fills(self, {**(values or {}), **fields})

    async def submits(self, values: Mapping[str, object] | None = None, /, **fields: object) -> "Action":
        """Fill fields of the open modal and press its submit button: ``submits(reason="runaway fetch")``.

        Raises NotPossible where Slack's client itself refuses: no such field, one left empty that is required.
        """
        return await self._hands.submits(self, {**(values or {}), **fields})

    async def closes(self) -> "Action":
        """Close the open modal, by its close button or Esc."""
        return await self._hands.closes(self)

    @property
    def modal(self) -> "View | None":
        """The modal that this person looks at."""
        return self._hands.modal(self)

    @property
    def dm(self) -> "Channel":
        """The direct message between this person and the bot."""
        return self._hands.dm(self)

    @property
    def _hands(self) -> Hands:
        if self.hands is None:
            raise RuntimeError(f"{self} is in no workspace")
        return self.hands
