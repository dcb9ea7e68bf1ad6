"""Renders errors as what happened, in a person's words, and what to do next; the only place where errors become words.

"Nothing was changed" is said only where something could have been changed: a look never says it.
"""

from dataclasses import dataclass, replace

from jobbot.adverity.errors import (
    AdverityError,
    Busy,
    CutShort,
    Forbidden,
    InvalidRequest,
    NotFound,
    NotReadable,
    NotStoppable,
    OptionalRead,
    Unauthorised,
    Unexpected,
    Unreachable,
)
from jobbot.intents.button import Carried
from jobbot.intents.model import ListJobs
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.parts import NOTHING, Part, compose, controls, quoted, small, text
from jobbot.render.blockkit.text import clock, duration_seconds, foreign

_IN_A_MOMENT = "Try again in a moment."
_WHOEVER = "Whoever runs jobbot"
_RESOURCES = {OptionalRead.DATASTREAM: "datastreams"}
"""What people call what is read, where its own name does not say it."""


@dataclass(frozen=True, slots=True)
class _Explained:
    """``happened`` is a clause, ``said`` are Adverity's own words (escaped), ``step`` is what to do, in sentences."""

    happened: str
    said: str = ""
    step: str = ""


def render_error(
    error: Exception,
    reference: str,
    *,
    about: str = "",
    changing: bool = False,
    again: Carried | None = None,
    perhaps: tuple[ListJobs, str] | None = None,
) -> Message:
    """An ephemeral answer. ``reference`` is in the log too; ``about`` is what was asked, in mrkdwn.

    ``changing``: whether it was asked to change something; ``again``: what [Try again] asks, where that may help.
    ``perhaps``: the jobs of the datastream, and its name, that has the number of a job that there is not.
    """
    known = _explained(error, about)
    if perhaps is not None:
        known = replace(known, step="")
    lines = [f"*{known.happened}.*", quoted(known.said) if known.said else "", _then(known, changing=changing)]
    retry = again if isinstance(error, AdverityError) and error.is_transient else None
    return compose(
        [
            text("\n".join(line for line in lines if line)),
            _of_a_datastream(*perhaps) if perhaps is not None else NOTHING,
            small("" if about in known.happened else about, f"Reference {reference}"),
            asks_again(retry),
        ]
    )


def _of_a_datastream(its_jobs: ListJobs, name: str) -> Part:
    words = f"{its_jobs.datastream} is a datastream: *{foreign(name, 60)}*."
    beside = buttons.go_on("Show its jobs", its_jobs, label=f"Show the jobs of datastream {its_jobs.datastream}")
    return text(words, beside)


def asks_again(again: Carried | None) -> Part:
    """[Try again], where a button can carry the question."""
    try:
        return controls([buttons.again(again)]) if again is not None else NOTHING
    except ValueError:
        return NOTHING  # more than a button can carry


def error_in_words(error: Exception, *, about: str = "", changing: bool = False) -> str:
    """The same as one paragraph of mrkdwn, for a window."""
    known = _explained(error, about)
    return f"{_happened(known, about)} {_then(known, changing=changing)}".strip()


def happened_in_words(error: Exception) -> str:
    """What happened alone, as a sentence: where jobbot does by itself what may help."""
    return _happened(_explained(error, ""), "")


def _happened(known: _Explained, about: str) -> str:
    what = f" ({about})" if about and about not in known.happened else ""
    said = f": {known.said.rstrip('.')}" if known.said else ""
    return f"{known.happened}{what}{said}."


def _then(known: _Explained, *, changing: bool) -> str:
    return " ".join(part for part in ("Nothing was changed." if changing else "", known.step) if part)


def _explained(error: Exception, about: str) -> _Explained:
    known = _of(error, about)
    until = error.not_before if isinstance(error, AdverityError) else None
    if until is None:
        return known
    return _Explained(known.happened, known.said, f"It is not asked again before {clock(until)}: try again then.")


def _of(error: Exception, about: str) -> _Explained:  # noqa: PLR0912 - a case an error
    said = foreign(error.detail, 200) if isinstance(error, AdverityError) else ""
    match error:
        case Unauthorised():
            return _Explained("Adverity refused jobbot's key", step=f"{_WHOEVER} can see why with `jobbot doctor`.")
        case Forbidden():
            step = f"{_WHOEVER} can give the key more permissions in Adverity."
            return _Explained("jobbot's key is not allowed to do this in Adverity", said, step)
        case NotFound():
            return _Explained(f"Adverity does not know {about or 'this'}", step="Check the number.")
        case NotReadable(kind=kind, status=status):
            what = _RESOURCES.get(kind, kind.value)
            happened = (
                f"Adverity does not offer {what} to jobbot"
                if status == 404
                else f"jobbot's key is not allowed to read {what} in Adverity"
            )
            return _Explained(happened, step=f"{_WHOEVER} can see what is missing with `jobbot doctor`.")
        case NotStoppable():
            return _Explained("Adverity refused the stop", said, "Only jobs that are still fetching can be stopped.")
        case InvalidRequest():
            step = f"If that does not help, tell {_WHOEVER.lower()}."
            return _Explained("Adverity did not accept the question", f"{said}{_fields(error)}".strip(), step)
        case Busy(retry_after=None):
            return _Explained(f"Adverity is busy{_status(error)}", step="Try again in a minute.")
        case Busy(retry_after=seconds):
            wait = duration_seconds(seconds or 0)
            return _Explained(f"Adverity is busy{_status(error)} and asks to wait {wait}", step="Try again after that.")
        case Unreachable():
            return _Explained("Adverity did not answer" + (f" ({said})" if said else ""), step=_IN_A_MOMENT)
        case CutShort():
            return _Explained("Adverity's answer broke off", step=_IN_A_MOMENT)
        case Unexpected() if error.is_transient:
            step = f"{_IN_A_MOMENT} If it stays like this, Adverity's support can help."
            return _Explained(f"Adverity has an error of its own{_status(error)}", step=step)
        case Unexpected():
            happened = "Adverity's answer is not one that jobbot can read" + (f" ({said})" if said else "")
            return _Explained(happened, step=f"If it stays like this, tell {_WHOEVER.lower()}.")
        case AdverityError():
            return _Explained("Adverity could not be asked", said, _IN_A_MOMENT)
        case _:
            return _Explained(
                "Something went wrong inside jobbot", step=f"Tell {_WHOEVER.lower()}, with the reference."
            )


def _status(error: AdverityError) -> str:
    return f" (HTTP {error.status})" if error.status else ""


def _fields(error: InvalidRequest) -> str:
    if not error.errors:
        return ""
    some = [f"{foreign(name, 40)}: {foreign(' '.join(said), 120)}" for name, said in list(error.errors.items())[:3]]
    more = f" and {len(error.errors) - 3} more" if len(error.errors) > 3 else ""
    return f" ({'; '.join(some)}{more})"
