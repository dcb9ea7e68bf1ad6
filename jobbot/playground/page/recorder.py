"""Slack's and Adverity's calls as entries of the wire's log."""

import itertools
import json
from weakref import WeakKeyDictionary

from jobbot.playground.adverity import Call, JobChanged
from jobbot.playground.page.wire import WireCall, WireLog
from jobbot.playground.slack.delivery.action import Action
from jobbot.playground.slack.state.changes import Change
from jobbot.playground.slack.web_api.calls import ApiCall


class Recorder:
    """Writes what the two servers tell into the log."""

    def __init__(self, wire: WireLog) -> None:
        self._wire = wire
        self._numbers = itertools.count()
        self._deliveries: WeakKeyDictionary[Action, int] = WeakKeyDictionary()

    def adverity(self, happened: Call | JobChanged) -> None:
        """A call to Adverity came, or is over."""
        if isinstance(happened, Call):
            self._wire.record(adverity_call(happened))

    def slack(self, change: Change) -> None:
        """A call to Slack, or a delivery by Slack, is over."""
        match change.subject:
            case ApiCall() as call:
                self._wire.record(api_call(call))
            case Action() as action:
                number = self._deliveries.setdefault(action, next(self._numbers))
                self._wire.record(delivery(action, number))


def adverity_call(call: Call) -> WireCall:
    """A call of the jobs API."""
    headers = "\n".join(f"{name}: {value}" for name, value in call.headers.items())
    body = [("Body", call.body.decode("utf-8", "replace"))] if call.body else []
    return WireCall(
        side="adverity",
        key=call.number,
        method=call.method,
        path=f"{call.path}?{call.query}" if call.query else call.path,
        status=call.status,
        ms=call.ms,
        parts=[("Request", headers), *body],
    )


def api_call(call: ApiCall) -> WireCall:
    """A call of Slack's Web API, or a post to a response URL."""
    answer = {"ok": call.ok} | ({} if call.ok else {"error": call.error})
    return WireCall(
        side="slack",
        key=("call", call.number),
        method="POST",
        path=call.method,
        status=call.error or call.status,
        ms=call.ms,
        parts=[("Request", _json(call.args)), ("Answer", _json(answer))],
    )


def delivery(action: Action, number: int) -> WireCall:
    """Something that Slack delivered to the bot, with the bot's acknowledgement, and why Slack could not use that."""
    ack, refusal = action.ack, action.refusal
    refused = [] if refusal is None else [("Refused", _json({"error": refusal.code, **refusal.fields}))]
    return WireCall(
        side="slack",
        key=("delivery", number, len(action.attempts)),
        method="→ bot",
        path=_what(action),
        status=ack.failure or "ack",
        ms=ack.seconds * 1000,
        parts=[("Delivered", _json(action.payload)), ("Acknowledged", _json(ack.body)), *refused],
    )


def _what(action: Action) -> str:
    payload = action.payload or {}
    event = payload.get("event")
    name = event.get("type") if isinstance(event, dict) else payload.get("command", payload.get("type"))
    return str(name or action.envelope)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
