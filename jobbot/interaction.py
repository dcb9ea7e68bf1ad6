"""What a person did in Slack, typed: the one object that every room may know.

``slack/inbound`` makes it from Slack's payload; nothing further in looks at a payload again. The names are
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
    """A button of a message or a modal: what it is called and what it carries."""

    action_id: str
    value: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A modal that was sent: which one, what it carried, and what was typed into its one field."""

    callback_id: str
    view_id: str
    private_metadata: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """Who did what, where, and how to answer.

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
