"""Posts and edits notifications on Slack's Web API, after checking the policy and the channel again.

A watch may be hours old when its job ends. The channel may not be permitted any more by then, another organisation
may have come into it, it may be archived, or jobbot put out of it: so all of that is asked again.
"""

from collections.abc import Awaitable, Callable

from jobbot.access import Channel, ChannelGone, ChannelRule, Need, Reach
from jobbot.flows.delivery.notifier import (
    ContentRejected,
    Deliverability,
    MayNotify,
    NotificationFailed,
    TargetGone,
    TryLater,
    Undeliverable,
)
from jobbot.render.blockkit.blocks import Message
from jobbot.slack.web.lookup_cache import LookupCache
from jobbot.slack.web.outbound import Outbound, SlackRefused

_CHANNEL_CLOSED = frozenset(
    {
        *("channel_not_found", "is_archived", "not_in_channel", "restricted_action", "is_inactive"),
        *("restricted_action_read_only_channel", "team_access_not_granted"),
    }
)
_NOT_THERE = frozenset(
    {
        *("message_not_found", "thread_not_found", "invalid_thread_ts", "cant_update_message", "edit_window_closed"),
        *("cannot_reply_to_message", "restricted_action_thread_locked"),
    }
)
_URL = "response_url"
"""Speaks in statuses: a 404 is one that is used up or too old."""

_NOT_ITS_FAULT = frozenset(
    {
        *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "access_denied"),
        *("org_login_required", "ekm_access_denied", "accesslimited", "team_added_to_org", "update_failed"),
        *("rate_limited", "message_limit_exceeded", "external_channel_migrating", "unreadable_error"),
    }
)
"""Codes of a certain refusal that has nothing to do with the message."""


RuleLookup = Callable[[str], ChannelRule | None]
"""The policy's rule for a channel, as it is now: the policy may be replaced while jobbot runs."""


ChannelLookup = Callable[[str], Awaitable[Channel | ChannelGone | None]]
"""What Slack says of a channel now; None where it does not answer."""


Reaches = Callable[[str, str], Awaitable[Reach | None]]
"""What a channel sees of an instance (its name) as the policy is now; None where it sees every workspace."""


class SlackNotifier:
    """A :class:`~jobbot.flows.delivery.notifier.Notifier`. ``trust``: seconds that a channel's facts are cached."""

    def __init__(
        self, rule: RuleLookup, look_up: ChannelLookup, outbound: Outbound, *, trust: float, reaches: Reaches
    ) -> None:
        self._rule = rule
        self._reaches = reaches
        self._outbound = outbound
        self._channels = LookupCache[Channel | ChannelGone](look_up, size=1_000, seconds=trust)

    def forget_channel(self, channel_id: str) -> None:
        """Drop the cached facts of a channel."""
        self._channels.forget(channel_id)

    async def channel(self, channel_id: str) -> Channel | None:
        """A channel, from the same facts as :meth:`may_notify`'s; None where Slack does not say."""
        found = await self._channels.get(channel_id)
        return found if isinstance(found, Channel) else None

    async def may_notify(
        self, channel_id: str, need: str, instance: str, workspaces: frozenset[int] | None
    ) -> Deliverability:
        """Whether policy and Slack permit this notification in the channel."""
        rule = self._rule(channel_id)
        if rule is None or Need.VIEW not in rule.may:
            return Undeliverable("the channel is not permitted any more")
        if Need(need) not in rule.may:
            return Undeliverable(f"the channel is not permitted to {need} any more", only_this=True)
        if rule.instances and instance not in rule.instances:
            return Undeliverable(f"the channel is not for {instance} any more", only_here=True)
        channel = await self._channels.get(channel_id)
        if channel is None:
            return TryLater("Slack does not say what the channel is")
        if isinstance(channel, ChannelGone):
            return Undeliverable("the channel is gone, or jobbot was put out of it")
        if channel.is_archived:
            return Undeliverable("the channel is archived")
        if channel.is_shared_outside and not rule.external:
            return Undeliverable("the channel is shared with another organisation")
        if rule.workspaces and workspaces != frozenset():
            return _seen(await self._reaches(channel_id, instance), workspaces)
        return MayNotify()

    async def post(self, channel_id: str, message: Message, thread_ts: str | None) -> str:
        """``chat.postMessage``, once. Raises NotificationFailed."""
        try:
            return await self._outbound.post(channel_id, message, thread_ts=thread_ts, attempts=1)
        except SlackRefused as refused:
            raise _reading(refused) from refused

    async def edit(self, channel_id: str, ts: str, message: Message) -> None:
        """``chat.update``, once. Raises NotificationFailed."""
        try:
            await self._outbound.edit(channel_id, ts, message, attempts=1)
        except SlackRefused as refused:
            raise _reading(refused) from refused


def _seen(reach: Reach | None, workspaces: frozenset[int] | None) -> Deliverability:
    """A channel that is bound to workspaces hears of no job in another one, and of none whose workspace is unknown."""
    if reach is None or (workspaces is not None and all(reach.sees(one) for one in workspaces)):
        return MayNotify()
    if workspaces is not None and reach.passing:
        return TryLater("Adverity does not say which workspaces lie in the channel's")
    return Undeliverable("the channel does not see the job's workspace", only_one=True)


def may_pass(refused: SlackRefused) -> bool:
    """Whether the same may be taken later: Slack is in trouble, or the token is, or what stands before Slack."""
    # A status without a code is none of Slack's words, but those of whatever stands before it.
    code = refused.code
    return refused.may_pass or code in _NOT_ITS_FAULT or (code.startswith("status ") and refused.method != _URL)


def _reading(refused: SlackRefused) -> NotificationFailed:
    code = refused.code
    if code in _CHANNEL_CLOSED:
        return NotificationFailed(Undeliverable(code))
    if code in _NOT_THERE:
        return NotificationFailed(TargetGone(code))
    if may_pass(refused):
        # Slack says of its own failures that a part may have been done; a connection that broke says nothing at all.
        later = TryLater(code, refused.wait)
        return NotificationFailed(later, maybe_delivered=refused.maybe_delivered, no_answer=refused.no_answer)
    return NotificationFailed(ContentRejected(code))
