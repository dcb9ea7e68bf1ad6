"""What people press on an alert's message: "I'm on it", "Snooze 2 h", and both taken back."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import assert_never

from jobbot.flows.following.alerts.switches import SNOOZE, quiet
from jobbot.flows.following.keeping import keeping
from jobbot.intents.model import Marking
from jobbot.render import alerts as words
from jobbot.render.blockkit.blocks import Message, load_message
from jobbot.store.following.alert_messages import AlertMessageStore
from jobbot.store.following.model import AlertMessage


class AlertMarks:
    """The use cases. ``clock``: aware time. Methods raise CannotKeep where they do not say otherwise.

    ``as_now`` takes from a message the buttons of what was done meanwhile, or is not permitted; see OfferedActs.
    """

    def __init__(
        self,
        messages: AlertMessageStore,
        clock: Callable[[], datetime],
        as_now: Callable[[str, str, str, Message], Awaitable[Message]],
    ) -> None:
        self._messages = messages
        self._clock = clock
        self._as_now = as_now

    async def find(self, alert: str, channel_id: str) -> AlertMessage | None:
        """The message of this id in this channel; None where there is none (any more)."""
        async with keeping():
            found = await self._messages.read(alert)
        return found if found is not None and found.channel_id == channel_id else None

    async def mark(self, message: AlertMessage, does: Marking, user_id: str, *, edits: bool) -> Message | None:
        """Do it: the message as it is now; None where there was nothing to take back.

        ``edits``: it is edited too, for which jobbot must be a member of the channel.
        """
        after: AlertMessage | None
        async with keeping():
            match does:
                case Marking.ON_IT:
                    after = await self._messages.put_on_it(message, user_id, edits=edits)
                case Marking.NOT_ON_IT:
                    after = await self._messages.take_off(message, user_id, edits=edits)
                case Marking.SNOOZE:
                    until = self._clock() + SNOOZE
                    after = await self._messages.snooze(message, user_id, until, edits=edits)
                case Marking.WAKE:
                    after = await self._messages.wake(message, edits=edits)
                case _:
                    assert_never(does)
            if after is None:
                return None
            written_to = f"{after.channel_id}:{after.id}"
            return await self._as_now(written_to, after.instance, after.channel_id, _drawn(after))

    async def drawn(self, alert: str) -> Message | None:
        """The message of this id with what people pressed; None where it has no buttons. Raises StoreUnavailable."""
        found = await self._messages.read(alert)
        return None if found is None else _drawn(found)


def _drawn(message: AlertMessage) -> Message:
    snoozes = [quiet(one) for one in message.snoozes]
    return words.marked(load_message(message.message), message.id, message.instance, message.on_it, snoozes)
