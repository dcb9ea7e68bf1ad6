"""The Interaction: what a person did in Slack, as typed objects that every room may use.

``slack/transport/payloads`` reads it from Slack's payload; nothing else reads payloads. The names are
Slack's own (https://docs.slack.dev/interactivity/). Ids are Slack's opaque strings (``U…``, ``C…``, ``T…``).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Typed:
    """Words after the slash command or after an @mention of the bot, as Slack sent them.

    ``command`` is the slash command as this deployment calls it; None for a mention.
    """

    text: str
    command: str | None


@dataclass(frozen=True, slots=True)
class Clicked:
    """A pressed button: its action_id and its value."""

    action_id: str
    value: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submitted modal: its callback_id and ids, its private_metadata, and the text of its one field."""

    callback_id: str
    view_id: str
    private_metadata: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One interaction: who did what, where, and how to answer.

    ``key`` is what Slack repeats when it delivers the same thing again (``event_id``, else ``trigger_id``); empty
    when the payload has neither. ``user_team_id`` is the team of the *person*: in a shared channel the payload's
    own team is always ours. ``None`` means that Slack did not say, which proves nothing.
    """

    did: Typed | Clicked | Submitted
    key: str
    user_id: str
    user_team_id: str | None = None
    user_enterprise_id: str | None = None
    is_bot: bool = False
    channel_id: str | None = None
    thread_ts: str | None = None
    message_ts: str | None = None
    is_ephemeral: bool = False
    response_url: str | None = None
    trigger_id: str | None = None
