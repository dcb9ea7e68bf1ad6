"""Renders short notices: still asking, a stale button, a modal that did not open, a database that is unavailable."""

from jobbot.adverity.model import JobId
from jobbot.intents.model import StopJob
from jobbot.render import stopping
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Message, actions, section
from jobbot.render.blockkit.text import cut, to_plain


def _words(text: str) -> Message:
    return Message(text=to_plain(text), blocks=[section(text)])


def asking_list() -> Message:
    """A list takes longer than usual."""
    return _words("Asking Adverity for jobs … it takes longer than usual; the answer will follow.")


def asking_job(job: int) -> Message:
    """A job takes longer than usual."""
    return _words(f"Asking Adverity for job {job} … it takes longer than usual; the answer will follow.")


def asking_issues() -> Message:
    """The open issues take longer than usual."""
    return _words("Asking Adverity for open issues … it takes longer than usual; the answer will follow.")


def asking_record() -> Message:
    """The record of stops takes longer than usual."""
    return _words("Reading the record of stops … it takes longer than usual; the answer will follow.")


def too_busy() -> Message:
    """More was asked at once than can be served."""
    return _words("jobbot is busy: too much was asked at the same time. Nothing was done. Try again in a few seconds.")


def asking_to_stop(job: int) -> Message:
    """A submitted stop waits for what Slack or Adverity says of who asked and where the job is."""
    return _words(f"Your stop of job {job} is recorded and not sent yet: asking whether it may be sent from here …")


def stale_button(command: str) -> Message:
    """A button of an older version, of an instance that is not configured any more, or of somebody else's making."""
    return _words(
        f"This button is from an older message and is not understood any more. Nothing was done. "
        f"`{command}` shows the jobs as they are now."
    )


def unknown_instance(known: tuple[str, ...]) -> Message:
    """The instance of a command is not configured any more."""
    return _words(f"That instance is not configured here. Nothing was done. Known: {', '.join(known)}.")


def no_member() -> Message:
    """A watch or an alert in a channel that jobbot is not in: Slack takes no later message there."""
    return _words(
        "jobbot is not a member of this channel, so it could not tell anything here later. Nothing was begun. "
        "Invite it (`/invite`) and ask again."
    )


def cannot_keep() -> Message:
    """A watch or an alert while the database is away."""
    return _words("jobbot cannot reach its database, so nothing can be watched or changed now. Nothing was done.")


def cannot_read_record() -> Message:
    """The record of stops while the database is away."""
    return _words("jobbot cannot reach its database, so the record of stops cannot be read now. Try again in a moment.")


def press_to_stop(job: JobId, instance: str, reason: str) -> Message:
    """A stop asked for in a mention: Slack opens the asking window for a press only."""
    words = f"Nothing was done yet. Press the button to see job {job} as it is now and to be asked."
    stop = buttons.stop_with_reason(StopJob(job=job, reason=cut(reason, 300), instance=instance))
    return Message(text=words, blocks=[section(words), actions([stop])])


def window_missed(job: JobId, instance: str, reason: str) -> Message:
    """Slack did not open the modal: it gives 3 seconds for it."""
    words = f"Slack did not open the window that asks about job {job}, so nothing was done. Press the button."
    stop = buttons.stop_with_reason(StopJob(job=job, reason=cut(reason, 300), instance=instance))
    return Message(text=words, blocks=[section(words), actions([stop])])


def window_stuck() -> Message:
    """Slack opened the modal and then did not let it be filled."""
    return _words("Slack did not let jobbot fill the window it opened, so nothing was done. Close it and ask again.")


def stale_window() -> str:
    """A modal that is not understood any more."""
    return "This window is not understood any more. Nothing was sent. Close it and ask again."


def cannot_record() -> Message:
    """A stop while the database is away."""
    return _words(stopping.cannot_record())
