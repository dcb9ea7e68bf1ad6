"""Switches a channel's alerts on and off, and snoozes them, as people ask for it; and the settings that they see."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from jobbot.adverity.model import State
from jobbot.flows.following.keeping import Subscriber, keeping
from jobbot.intents.model import Alerts, Sign, number_of
from jobbot.render.alert_settings import AlertSettings, Quiet
from jobbot.store.following.alerts import AlertStore
from jobbot.store.following.model import Alert, Snooze

SNOOZE = timedelta(hours=2)
"""How long ``alerts snooze`` lasts without a length."""


class AlertSwitches:
    """The use cases. ``clock``: aware time; ``hasten`` moves the next round of an instance forward.

    Methods raise CannotKeep.
    """

    def __init__(
        self, alerts: AlertStore, clock: Callable[[], datetime], hasten: Callable[[str], Awaitable[None]]
    ) -> None:
        self._alerts = alerts
        self._clock = clock
        self._hasten = hasten

    async def switch_on(
        self,
        wish: Alerts,
        instance: str,
        subscriber: Subscriber,
        workspace: int | None = None,
        *,
        usergroup_name: str = "",
    ) -> tuple[AlertSettings, Sequence[Quiet], bool]:
        """Switch an alert on; it replaces the channel's earlier one for the same datastream and workspace.

        Answers it, with what is snoozed still; the snoozes that this has ended; and whether it was on already, by and
        since whatever it says. ``workspace`` is the number of the workspace in ``wish``, ``usergroup_name`` the name of
        the user group in it, where it is known.
        """
        one = Alert(
            id=uuid4().hex,
            instance=instance,
            channel_id=subscriber.channel_id,
            datastream=number_of(wish.datastream),
            workspace=workspace,
            states=frozenset(state.value for state in wish.states),
            signs=frozenset(sign.value for sign in wish.signs),
            usergroup=wish.group or "",
            usergroup_name=usergroup_name[:100],
            user_id=subscriber.user_id,
            since=self._clock(),
        )
        async with keeping():
            now_on, ended, already = await self._alerts.switch_on(one)
            await self._hasten(instance)
        return alert_settings(now_on), [quiet(one) for one in ended], already

    async def switch_off(
        self, wish: Alerts, subscriber: Subscriber, workspace: int | None = None
    ) -> tuple[int, Sequence[AlertSettings]]:
        """Switch alerts off, or what ``wish`` names of them: how many have ended, and those that tell of less now.

        Without an instance, those of all; ``workspace`` is a number.
        """
        async with keeping():
            count, less = await self._alerts.switch_off(
                instance=wish.instance,
                channel_id=subscriber.channel_id,
                datastream=number_of(wish.datastream),
                workspace=workspace,
                states=frozenset(state.value for state in wish.states),
                signs=frozenset(sign.value for sign in wish.signs),
                by=subscriber.user_id,
            )
        return count, [alert_settings(one) for one in less]

    async def snooze(
        self, wish: Alerts, subscriber: Subscriber, workspace: int | None = None
    ) -> tuple[int, datetime | None]:
        """Snooze alerts: how many there are, and until when; None: until the datastream succeeds again.

        ``workspace`` is a number.
        """
        is_fixed = wish.until_fixed and wish.datastream is not None
        until = None if is_fixed else self._clock() + (wish.length or SNOOZE)
        async with keeping():
            count = await self._alerts.snooze(
                instance=wish.instance,
                channel_id=subscriber.channel_id,
                datastream=number_of(wish.datastream),
                workspace=workspace,
                until=until,
                by=subscriber.user_id,
            )
        return count, until


def alert_settings(alert: Alert) -> AlertSettings:
    """The alert as ``render/alerts`` takes it; states that this version does not know are left out."""
    states = {state: alert.who(state.value) for state in State if state.value in alert.states}
    signs = {sign: alert.who(sign.value) for sign in Sign if sign.value in alert.signs}
    return AlertSettings(
        instance=alert.instance,
        datastream=alert.datastream,
        workspace=alert.workspace,
        states=frozenset(states),
        signs=frozenset(signs),
        switched_on_by=states | signs,
        user_id=alert.user_id,
        since=alert.since,
        snoozed_until=alert.snoozed_until,
        snoozed_by=alert.snoozed_by,
        usergroup=alert.usergroup_name if alert.usergroup else None,
        snoozes=tuple(quiet(one) for one in alert.snoozes),
    )


def quiet(snooze: Snooze) -> Quiet:
    """The snooze as ``render/alerts`` takes it."""
    return Quiet(datastream=snooze.datastream, until=snooze.until, user_id=snooze.user_id)
