"""Renders short notices: still asking, a stale button, a modal that did not open, a database that is unavailable."""

from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.parts import compose, controls, small, text


def _notice(happened: str, then: str = "") -> Message:
    """What happened in bold, and what follows."""
    return compose([text(f"*{happened}.*" + (f" {then}" if then else ""))])


def _asking(words: str) -> Message:
    return compose([small(f"{words} …")])


def asking_list() -> Message:
    """A list takes longer than a moment."""
    return _asking("Asking Adverity for jobs")


def asking_job(job: int) -> Message:
    """A job takes longer than a moment."""
    return _asking(f"Asking Adverity for job {job}")


def asking_issues() -> Message:
    """The open issues take longer than a moment."""
    return _asking("Asking Adverity for open issues")


def asking_names() -> Message:
    """Finding out which datastream or workspace is meant takes longer than a moment."""
    return _asking("Asking Adverity for datastreams and workspaces")


def asking_record() -> Message:
    """The record of acts takes longer than a moment."""
    return _asking("Reading the record of acts")


def asking_timeline() -> Message:
    """The timeline takes longer than a moment."""
    return _asking("Reading what has happened")


def too_busy() -> Message:
    """More was asked at once than can be served."""
    return _notice("jobbot is busy", "Too much was asked at once. Nothing was done. Try again in a few seconds.")


def asking_to_act(noun: str) -> Message:
    """A submitted act waits for what Slack or Adverity says of who asked, and where. ``noun``: ``stop of job 987``."""
    return _asking(f"Your {noun} is recorded, but not sent yet: checking whether it may be sent from here")


def stops_no_more(*, is_news: bool) -> Message:
    """The answer to Stop no more."""
    if not is_news:
        return _notice("There is nothing left to hold back", "They are all over, or somebody has said so before.")
    return _notice("No more stops are begun", "What is on its way already goes on; the message above tells of each.")


def thanked(command: str) -> Message:
    """Thanks, in a slash command."""
    return compose([small(f"You are welcome. `{command} help` shows what can be typed.")])


def stale_button(command: str) -> Message:
    """A button of an older version, of an instance that is not configured any more, or made by somebody else."""
    return _notice("This button is too old to be used", f"Nothing was done. `{command}` shows jobs as they are now.")


def unknown_instance(known: tuple[str, ...]) -> Message:
    """The instance of a command is not configured any more."""
    return _notice("jobbot is not set up for that instance", f"Nothing was done. It knows {', '.join(known)}.")


def no_member() -> Message:
    """A watch or an alert in a channel that jobbot is not in: Slack takes no later message there."""
    return _notice(
        "jobbot is not in this channel, so it cannot tell you anything here later",
        "Nothing was changed. Invite it (`/invite`) and ask again.",
    )


def cannot_keep() -> Message:
    """A wish while the database is unavailable: what was written may be there, and only its answer lost."""
    return _notice("jobbot cannot reach its database", "Perhaps it was not done: look, and try again in a moment.")


def cannot_read_record() -> Message:
    """The record of acts while the database is unavailable."""
    return _notice("jobbot cannot reach its database", "The record of acts is there. Try again in a moment.")


def press_to_act(opens: Block, done: str, about: str) -> Message:
    """An act asked for in a mention: Slack opens the asking window for a press only. ``opens`` is its button.

    ``done``: what has not happened yet (``stopped``); ``about``: what the window shows (``job 987``).
    """
    words = f"*Nothing was {done} yet.* Press the button to look at {about}, and to confirm."
    return compose([text(words), controls([opens])])


def window_missed(opens: Block, done: str, about: str) -> Message:
    """Slack did not open the modal: it gives 3 seconds for it. As :func:`press_to_act`."""
    words = f"*Slack did not open the window that asks about {about}.* Nothing was {done}. Press the button."
    return compose([text(words), controls([opens])])


def window_stuck() -> Message:
    """Slack opened the modal and then did not let it be filled."""
    return _notice("Slack did not let jobbot fill its window", "Nothing was stopped. Close the window and ask again.")


def stale_window() -> str:
    """A modal that is not understood any more."""
    return "This window is too old to be used. Nothing was sent. Close it and ask again."


def no_datastream_of(job: int) -> Message:
    """The answer to ``mute 987`` where Adverity does not say whose job that is."""
    return compose([text(f"Adverity does not say which datastream job {job} belongs to. Nothing was changed.")])
