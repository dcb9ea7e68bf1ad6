"""What the page in the browser and its server say to each other: JSON over one WebSocket, at ``ws`` beside the page.

Each tab is somebody: it says who, gets everything that this person sees, and then what changes. A tab that was away
says again who it is and gets everything again; there is nothing else to catch up with.

The page asks; ``n`` is its number for the question, ``do`` what it wants:

========  =====================================================  ======================================================
``do``    fields                                                 meaning
========  =====================================================  ======================================================
be        person                                                 be this person from now on (nobody said: the first one)
say       channel, text, thread?                                 send what was typed: a command, a mention, a message
act       channel, ts, action | view, action, values |           press a button, choose from a select
          home, action
search    typed, action, channel, ts | view | home               type into a menu whose options the bot supplies
shortcut  callback, channel, ts?                                 use a shortcut of the app; with ``ts`` one of a message
edit      channel, ts, text                                      let an own message say something else
draft     channel, text                                          what stands in the message box has links in it
home                                                             open the app's Home tab
submit    view, values                                           submit the open window; ``values`` as Slack's state
close     view                                                   close the open window
look      call                                                   the bodies of a call on the wire
world     act: start, fail, answers, slow, drop, twice,          do something to the local Adverity or the local Slack
          ratelimit; datastream, job, as, on
========  =====================================================  ======================================================

The server answers each, once the bot has: ``{"is": "answer", "n": 1, "ok": true}``, with ``parts`` for ``look`` and
``groups`` of options for ``search``; or
``{"is": "answer", "n": 1, "ok": false, "words": "...", "errors": {"block": "..."}}`` with the words that Slack would
show. Unasked it says, ``is`` naming the kind:

========  =====================================================  ======================================================
``is``    fields                                                 meaning
========  =====================================================  ======================================================
all       me, people, channels, usergroups, messages, view,      everything that this person sees, after ``be``
          home, shortcuts, commands, suggestions, world, calls,
          now
message   channel, message                                       a message is new, or has changed: the same ``ts``
gone      channel, ts                                            a message was deleted
view      view                                                   the window that is open now, or null
home      view                                                   what the bot published for the app's Home tab
world     world                                                  the local Adverity's jobs, and the troubles that hold
call      call                                                   a call on the wire is new, or over: the same ``n``
========  =====================================================  ======================================================

A message is ``{ts, user, text, blocks?, previews?, thread?, broadcast?, edited, ephemeral, link, warning?}``, its
``previews`` of links ``{url, blocks, text?}``, its ``link`` its address, its ``warning`` said of a click that came to
nothing; a shortcut ``{callback, name, type, description}``; a person
``{id, name, handle, role, zone, hue, playable, isBot, outsider, team}``; a channel
``{id, name, kind, note, closed?, home?}`` with the kinds public, private, shared and dm, ``closed`` being Slack's words
where nobody can write, ``home`` whether the app has a Home tab; a call ``{n, side, method, path, status,
ms}``. Times are seconds since 1970 as Slack's ``ts`` has them; ``now`` is the server's.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
"""A JSON object on its way to or from the browser. Foreign JSON is the one place for Any."""


class CannotBeDone(Exception):
    """What was wished did not happen; ``str()`` is what the person is told, ``errors`` what a window's blocks are."""

    def __init__(self, words: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.errors = dict(errors or {})


def asked(message: object) -> tuple[int, str, Json]:
    """A question's number, what it wants, and its fields. Raises CannotBeDone for what is no question."""
    if isinstance(message, dict):
        match message.get("n"), message.get("do"):
            case int(number), str(wish):
                return number, wish, message
    raise CannotBeDone("That was no question of this page's.")


def text_of(fields: Json, name: str) -> str:
    """A field that must be a string. Raises CannotBeDone."""
    value = fields.get(name)
    if not isinstance(value, str):
        raise CannotBeDone(f"{name} is missing.")
    return value


def optional_text(fields: Json, name: str) -> str | None:
    """A field that is a string where it is there. Raises CannotBeDone."""
    return None if fields.get(name) is None else text_of(fields, name)


def number_of(fields: Json, name: str) -> int:
    """A field that must be a whole number. Raises CannotBeDone."""
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise CannotBeDone(f"{name} is missing.")
    return value
