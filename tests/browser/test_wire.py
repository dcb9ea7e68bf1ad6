"""What went over the wire, as the page keeps it: the newest alone, and no secret."""

from typing import Any

import pytest

from jobbot.playground.page.redact import Redaction
from jobbot.playground.page.wire import WireCall, WireLog


def call(key: int, **more: Any) -> WireCall:
    return WireCall(**{"side": "adverity", "key": key, "method": "GET", "path": "/api/jobs/", **more})


def test_the_wire_keeps_the_newest_only(wire: WireLog) -> None:
    for key in range(600):
        wire.record(call(key))
    assert [shown["n"] for shown in wire.shown(2)] == [599, 598]
    assert len(wire.shown(1000)) == 500


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Authorization: Bearer xoxb-12-34-AbC", "Authorization: Bearer ***"),
        ("authorization: Token 0123456789abcdef", "authorization: Token ***"),
        ("a known-secret+1 and known-secret%2B1", "a *** and ***"),
        ("xapp-1-A0-3-abc xoxe.xoxp-1-abc", "*** ***"),
        ('{"response_url": "http://x/commands/T0/1/abc", "text": "token"}', '{"response_url": "***", "text": "token"}'),
        ('{"response_urls": [{"response_url":"http://x"}]}', '{"response_urls": [{"response_url":"***"}]}'),
        ('{"signing_secret" : "a\\"b", "client_secret":"c"}', '{"signing_secret" : "***", "client_secret":"***"}'),
        ("token=xyz&text=a&ticket=1234", "token=***&text=a&ticket=***"),
        ("wss://127.0.0.1/link/?ticket=1234-abc&app_id=A0", "wss://127.0.0.1/link/?ticket=***&app_id=A0"),
        ("job 987 stopped by token holders", "job 987 stopped by token holders"),
    ],
)  # fmt: skip
def test_secrets_are_struck_out(given: str, shown: str) -> None:
    assert Redaction(["known-secret+1"])(given) == shown
