"""People who can be told to do what people do in Slack's client: type, mention, click, choose, fill, tick, submit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from jobbot.playground.slack.client.gestures import Gestures
from jobbot.playground.slack.delivery.action import Action
from jobbot.playground.slack.state.links import Draft
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import View


@dataclass(eq=False, kw_only=True)
class Actor(Person):
    """A person in Slack's client. All that they do may raise NotPossible; ``gestures`` carries it out."""

    gestures: Gestures | None = field(default=None, repr=False)

    async def types(
        self, text: str, *, in_: Channel, thread: Message | str | None = None, broadcast: bool = False
    ) -> Action:
        """Type into a channel's box, or a thread's, and press Enter: a slash command, or else a message.

        ``/me`` is Slack's own and makes a message. ``broadcast`` sends a reply to the channel as well. Raises
        NotPossible where Slack has no such command for this person, or no box to type in.
        """
        return await self._does.types(self, text, in_, thread, broadcast=broadcast)

    async def mentions(
        self,
        text: str,
        *,
        in_: Channel,
        thread: Message | str | None = None,
        shape: str = "full",
        broadcast: bool = False,
    ) -> Action:
        """Post a message with ``@jobbot`` in it. Raises NotPossible where the bot is not mentioned.

        ``shape`` is how much the event says: ``full``, or ``bare``, which is the least that Slack sends.
        """
        return await self._does.mentions(self, text, in_, thread, shape, broadcast=broadcast)

    async def edits(self, message: Message, text: str, *, shape: str = "full") -> Action:
        """Let an own message say something else. Raises NotPossible for one of somebody else.

        The bot is told of every edit after which it is mentioned, whether or not it was before, and of links that are
        new in it.
        """
        return await self._does.edits(self, message, text, shape)

    async def uses_shortcut(self, name: str, *, on: Message | None = None, in_: Channel | None = None) -> Action:
        """Use a shortcut of the app, by its name or ``callback_id``: of the message ``on``, or else a global one.

        ``in_`` is what the person looks at meanwhile: it is not told, but a menu may begin with it.
        """
        return await self._does.uses_shortcut(self, name, on, in_)

    async def searches(
        self, typed: str = "", *, at: str | None = None, on: Message | View | None = None, nth: int = 0
    ) -> Action:
        """Type into a menu whose options the bot supplies, of a message, the Home or (no ``on``) the open modal.

        The action's ``offered`` are the options that came; they can be chosen then. ``at`` is as in ``chooses``.
        """
        return await self._does.searches(self, typed, at, on, nth)

    async def opens_home(self, tab: str = "home") -> Action:
        """Open a tab of the app's Home: ``home`` or ``messages``."""
        return await self._does.opens_home(self, tab)

    async def drafts(self, text: str, *, in_: Channel) -> tuple[Draft, Action]:
        """Write into a channel's box without sending it. The bot is told of its links; the draft has their previews."""
        return await self._does.drafts(self, text, in_)

    async def clicks(
        self, button: str, *, on: Message | View | None = None, nth: int = 0, confirms: bool = True
    ) -> Action:
        """Press a button, named by its words or its ``action_id``, of a message, of the Home, or of the open modal.

        ``nth`` picks one of several of that name. Where the button asks back, ``confirms`` is the answer.
        """
        return await self._does.clicks(self, button, on, nth, confirms=confirms)

    async def chooses(
        self, option: object, *, at: str | None = None, on: Message | View | None = None, nth: int = 0
    ) -> Action:
        """Choose an entry of an overflow menu, a select, radio buttons, checkboxes or a picker.

        ``option`` is its words or value, a list of them for several, or a date or a time as Slack writes them; ``at``
        is the element's ``action_id`` or placeholder where there is more than one.
        """
        return await self._does.chooses(self, option, at, on, nth)

    def fills(self, values: Mapping[str, object] | None = None, /, **fields: object) -> None:
        """Fill fields of the open modal, named by label, ``action_id`` or ``block_id``, without submitting it.

        What is given is words, a number, a day, an option by its words or value, or a list of those that are ticked.
        """
        self._does.fills(self, {**(values or {}), **fields})

    def ticks(self, *boxes: str, at: str | None = None) -> None:
        """Tick check boxes of the open modal by their words or values; ``at`` names the field where it matters."""
        self._does.ticks(self, boxes, at, on=True)

    def unticks(self, *boxes: str, at: str | None = None) -> None:
        """Take the ticks of check boxes of the open modal away."""
        self._does.ticks(self, boxes, at, on=False)

    def picks_date(self, day: date | str, *, at: str | None = None) -> None:
        """Pick a day in the open modal's first date picker, or in that with the label or id ``at``."""
        self._does.picks_date(self, day, at)

    async def submits(self, values: Mapping[str, object] | None = None, /, **fields: object) -> Action:
        """Fill fields of the open modal and press its submit button: ``submits(reason="runaway fetch")``.

        Raises NotPossible where Slack's client itself refuses: no such field, one left empty that is required.
        """
        return await self._does.submits(self, {**(values or {}), **fields})

    async def closes(self) -> Action:
        """Close the open modal, by its close button or Esc."""
        return await self._does.closes(self)

    @property
    def modal(self) -> View | None:
        """The modal that this person looks at."""
        return self._does.modal(self)

    @property
    def home(self) -> View | None:
        """What the bot published for this person's Home."""
        return self._does.home(self)

    @property
    def dm(self) -> Channel:
        """The direct message between this person and the bot."""
        return self._does.dm(self)

    @property
    def _does(self) -> Gestures:
        if self.gestures is None:
            raise RuntimeError(f"{self} is in no workspace")
        return self.gestures
