"""Reads Slack's payloads into :class:`~jobbot.interaction.Interaction`; the only reader of payloads. Pure.

Payloads: https://docs.slack.dev/interactivity/implementing-slash-commands,
https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/reference/events/app_mention, and
https://docs.slack.dev/reference/events/channel_shared with its neighbours.
Nothing here trusts a shape: a field that is missing or of another type counts as not said.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from itertools import islice

from jobbot.interaction import Clicked, FieldValue, Interaction, Submitted, Typed
from jobbot.manifest import EVENTS
from jobbot.render.blockkit.blocks import action_of
from jobbot.slack.transport.payload_parts import Payload, key, part, text
from jobbot.slack.transport.surfaces import EVENTS_OF_SURFACES, read_event, read_shortcut, read_suggestion
from jobbot.visible import visible

EDITED_WITHIN = 3600.0
"""Seconds after which an edited mention is ignored; keys of answered messages are kept for two hours."""

_WRITTEN = (None, "thread_broadcast", "me_message", "file_share")
"""The subtypes of what people write: a reply that is sent to the channel as well, ``/me``, a message with a file."""

FIELDS_MOST, OPTIONS_MOST = 100, 100
"""Blocks that Slack takes a view, and options a select: what a payload has beyond them is not read."""
TEXT_MOST, VALUE_MOST = 3_000, 150
"""Characters of a text field, and of an option's value (https://docs.slack.dev/reference/block-kit)."""

_WHOLE = re.compile("-?[0-9]{1,18}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS = range(1970, 9999)
"""Of a day: one can be counted from, in any zone."""

_DONE_BY_PEOPLE = EVENTS_OF_SURFACES | {"app_mention"}

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def read_payload(body: Payload, bot: str) -> Interaction | None:
    """The interaction in a payload; None for a kind that jobbot does not serve.

    ``bot`` is our own user id, as ``auth.test`` has it.
    """
    match body.get("type"):
        case "block_actions":
            return _clicked(body)
        case "view_submission":
            return _submitted(body)
        case "shortcut" | "message_action":
            return read_shortcut(body)
        case "block_suggestion":
            return read_suggestion(body)
        case "event_callback" if text(part(body, "event"), "type") in EVENTS_OF_SURFACES:
            return read_event(body)
        case "event_callback":
            return _mentioned(body, bot)
        case None if text(body, "command"):
            return _typed(body)
        case _:
            return None


def changed_channels(body: Payload) -> frozenset[str]:
    """The ids of the channels that an event says have changed; none for any other payload.

    Slack sends an event to any one process, and may lose one: cached facts expire in any case (``web/directory``).
    """
    event = part(body, "event")
    kind = text(event, "type")
    if body.get("type") != "event_callback" or kind not in EVENTS or kind in _DONE_BY_PEOPLE:
        return frozenset()
    named = (text(event, name) for name in ("channel", "old_channel_id", "new_channel_id"))
    return frozenset(channel for channel in named if channel)


def _typed(body: Payload) -> Interaction | None:
    user = text(body, "user_id")
    if not user:
        return None
    words = text(body, "text") or ""
    return Interaction(
        did=Typed(words, command=text(body, "command")),
        # What makes this typing this one: people type the same words twice, and Slack delivers one twice.
        key=key("typed", text(body, "trigger_id"), text(body, "response_url"), words),
        user_id=user,
        user_team_id=text(body, "team_id"),
        user_enterprise_id=text(body, "enterprise_id"),
        channel_id=text(body, "channel_id"),
        response_url=text(body, "response_url"),
        trigger_id=text(body, "trigger_id"),
    )


def _mentioned(body: Payload, bot: str) -> Interaction | None:
    """The one event that reaches an app which asks for no history: a message that mentions it, under another type.

    Slack sends it with the message's ``subtype``, and again, with ``edited`` and the same ``ts``, after every edit that
    leaves a mention in the message (the reference of ``app_mention``; reported payloads). So the message is the key.
    """
    event = part(body, "event")
    user, channel, ts = text(event, "user"), text(event, "channel"), text(event, "ts")
    if text(event, "type") != "app_mention" or not user or text(event, "subtype") not in _WRITTEN:
        return None
    said = _said_to_the_bot(text(event, "text") or "", _our_users(body, bot))
    if said is None or (event.get("edited") and not _is_edited_in_time(event, user, ts)):
        return None
    return Interaction(
        did=Typed(said, command=None),
        key=key("mention", channel, ts) if channel and ts else key("event", text(body, "event_id")),
        user_id=user,
        user_team_id=text(event, "user_team") or text(event, "source_team"),
        is_bot=bool(text(event, "bot_id")),
        channel_id=channel,
        thread_ts=text(event, "thread_ts"),
        message_ts=ts,
    )


def _is_edited_in_time(event: Payload, user: str, ts: str | None) -> bool:
    """Whether the message's author has edited it while it is still known whether it was answered."""
    edited = part(event, "edited")
    try:
        seconds = float(text(edited, "ts") or "") - float(ts or "")
    except ValueError:
        return False
    return text(edited, "user") == user and seconds <= EDITED_WITHIN


def _said_to_the_bot(words: str, bots: Collection[str]) -> str | None:
    """The words behind our mention ("hey @jobbot 987"), or those before it where nothing follows ("987 @jobbot").

    Words that mention somebody else are theirs as long as ours is still to come ("@deploybot stop 987, cc @jobbot"):
    None where nothing is said to us.
    """
    mentions = list(_MENTION.finditer(words))
    us = set(bots) or {mention[1] for mention in mentions[:1]}
    ours = next((mention for mention in mentions if mention[1] in us), None)
    before, behind = (words[: ours.start()], words[ours.end() :]) if ours is not None else (words, "")
    behind = _MENTION.sub(lambda mention: " " if mention[1] in us else mention[0], behind)
    if behind.strip(" ,.:;!"):
        return behind
    return None if _MENTION.search(before) else before


def _our_users(body: Payload, bot: str) -> frozenset[str]:
    """Our user ids: that of ``auth.test``, and that of the bot whom the event says it is for."""
    given = body.get("authorizations")
    entries = [entry for entry in given if isinstance(entry, Mapping)] if isinstance(given, list) else []
    users = {text(entry, "user_id") for entry in entries if entry.get("is_bot") is True}
    return frozenset(user for user in users | {bot} if user)


def _clicked(body: Payload) -> Interaction | None:
    user, container, message = part(body, "user"), part(body, "container"), part(body, "message")
    pressed = body.get("actions")
    action = pressed[0] if isinstance(pressed, list) and pressed and isinstance(pressed[0], Mapping) else {}
    if not text(user, "id"):
        return None
    # A button has a value of its own, a menu or a select the one of the option that was chosen.
    chosen = text(action, "value") or text(part(action, "selected_option"), "value")
    action_id, value = action_of(text(action, "action_id") or ""), chosen or ""
    return Interaction(
        did=Clicked(action_id, value),
        key=key("click", text(body, "trigger_id"), action_id, value, text(action, "action_ts")),
        user_id=text(user, "id") or "",
        user_team_id=text(user, "team_id"),
        user_enterprise_id=text(user, "enterprise_id") or text(part(user, "enterprise_user"), "enterprise_id"),
        channel_id=text(part(body, "channel"), "id") or text(container, "channel_id"),
        thread_ts=text(message, "thread_ts") or text(container, "thread_ts"),
        message_ts=text(container, "message_ts") or text(message, "ts"),
        is_ephemeral=container.get("is_ephemeral") is True or message.get("is_ephemeral") is True,
        response_url=text(body, "response_url"),
        trigger_id=text(body, "trigger_id"),
    )


def _submitted(body: Payload) -> Interaction | None:
    user, view, team = part(body, "user"), part(body, "view"), part(body, "team")
    if not text(user, "id"):
        return None
    of_person = text(user, "team_id") in (None, text(team, "id"))
    view_id = text(view, "id") or ""
    return Interaction(
        did=Submitted(
            callback_id=text(view, "callback_id") or "",
            view_id=view_id,
            private_metadata=text(view, "private_metadata") or "",
            values=_fields(part(part(view, "state"), "values")),
        ),
        key=key("submit", view_id, text(view, "hash"), text(body, "trigger_id"), text(view, "private_metadata")),
        user_id=text(user, "id") or "",
        # `team` is the submitting person's here, the opposite of a click (executed and seen): either may be missing.
        user_team_id=text(user, "team_id") or text(team, "id"),
        # The enterprise of another team than the person's says nothing of the person.
        user_enterprise_id=text(user, "enterprise_id") or (text(team, "enterprise_id") if of_person else None),
        trigger_id=text(body, "trigger_id"),
    )


def _fields(values: Payload) -> dict[str, FieldValue]:
    """What the fields of a view hold, by block. An input block has one element, so the first of each counts."""
    fields: dict[str, FieldValue] = {}
    for block_id, states in islice(values.items(), FIELDS_MOST):
        state = next(iter(states.values()), None) if isinstance(states, Mapping) else None
        value = _field(state) if isinstance(state, Mapping) else None
        if value is not None:
            fields[block_id] = value
    return fields


def _field(state: Payload) -> FieldValue | None:
    """What an element holds, by its type; None where that is nothing, or nothing that its type can hold."""
    match text(state, "type"):
        case "plain_text_input":
            return visible((text(state, "value") or "")[:TEXT_MOST]).strip() or None
        case "number_input":
            digits = text(state, "value") or ""
            return int(digits) if _WHOLE.fullmatch(digits) else None
        case "datepicker":
            return _day(text(state, "selected_date") or "")
        case "static_select" | "radio_buttons" | "external_select":
            return _chosen(state.get("selected_option"))
        case "conversations_select":
            chosen = text(state, "selected_conversation")
            return chosen if chosen and len(chosen) <= VALUE_MOST else None
        case "multi_static_select" | "checkboxes":
            ticked = state.get("selected_options")
            some = ticked[:OPTIONS_MOST] if isinstance(ticked, list) else None
            return frozenset(filter(None, map(_chosen, some))) if some is not None else None
        case _:
            return None


def _chosen(option: object) -> str | None:
    value = text(option, "value") if isinstance(option, Mapping) else None
    return value if value and len(value) <= VALUE_MOST else None


def _day(words: str) -> date | None:
    try:
        day = date.fromisoformat(words) if _DAY.fullmatch(words) else None
    except ValueError:
        return None
    return day if day is not None and day.year in _YEARS else None
