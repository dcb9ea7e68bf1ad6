"""Renders errors as a sentence with a next step; the only place where errors become words."""

from jobbot.adverity.errors import (
    AdverityError,
    Busy,
    Forbidden,
    InvalidRequest,
    NotFound,
    NotReadable,
    NotStoppable,
    Unauthorised,
    Unexpected,
    Unreachable,
)
from jobbot.render.blockkit.blocks import Message, context, section
from jobbot.render.blockkit.text import duration_seconds, foreign, to_plain


def render_error(error: Exception, reference: str, *, about: str = "") -> Message:
    """An ephemeral answer. ``reference`` is in the log too; ``about`` is what was asked, in mrkdwn."""
    words = error_in_words(error, about=about)
    small = f"Reference {reference}"
    return Message(text=to_plain(f"{words} {small}"), blocks=[section(words), context(small)])


def error_in_words(error: Exception, *, about: str = "") -> str:
    """What happened and what to do, for any error; one that nobody foresaw says so."""
    what = f" ({about})" if about else ""
    match error:
        case Unauthorised():
            return (
                f"Adverity refused jobbot's key{what}. Nothing was changed. "
                "Whoever runs jobbot must look at ADVERITY_API_KEY and ADVERITY_AUTH_SCHEME."
            )
        case Forbidden():
            return (
                f"Adverity does not let jobbot's key do this{what}{_said(error)}. Nothing was changed. "
                "Whoever runs jobbot can give the key more permissions in Adverity."
            )
        case NotFound():
            return f"Adverity does not know this{what}, or jobbot's key cannot see it. Check the number."
        case NotReadable():
            return (
                f"Adverity does not let jobbot's key read this{what}{_said(error)}. "
                "Whoever runs jobbot can see what is missing with `jobbot doctor`."
            )
        case NotStoppable():
            return f"Adverity refused the stop{what}{_said(error)}. Only jobs that are still fetching can be stopped."
        case InvalidRequest():
            return f"Adverity did not accept the question{what}{_said(error)}{_fields(error)}. Nothing was changed."
        case Busy(retry_after=None):
            return f"Adverity is busy{what}. Nothing was changed. Try again in a minute."
        case Busy(retry_after=seconds):
            wait = duration_seconds(seconds or 0)
            return f"Adverity is busy{what} and asks to wait {wait}. Nothing was changed. Try again after that."
        case Unreachable():
            return f"Adverity did not answer{what}{_said(error)}. Nothing was changed. Try again in a moment."
        case Unexpected():
            return (
                f"Adverity's answer could not be used{what}{_said(error)}. Nothing was changed. "
                "If it stays so, tell whoever runs jobbot."
            )
        case AdverityError():
            return f"Adverity could not be asked{what}{_said(error)}. Nothing was changed."
        case _:
            return f"Something went wrong inside jobbot{what}. Tell whoever runs it, with the reference."


def _said(error: AdverityError) -> str:
    words = foreign(error.detail, 200).rstrip(".")
    return f": {words}" if words else ""


def _fields(error: InvalidRequest) -> str:
    if not error.errors:
        return ""
    some = [f"{foreign(name, 40)}: {foreign(' '.join(said), 120)}" for name, said in list(error.errors.items())[:3]]
    more = f" and {len(error.errors) - 3} more" if len(error.errors) > 3 else ""
    return f" ({'; '.join(some)}{more})"
