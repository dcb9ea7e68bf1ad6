"""``jobbot`` with a bug in it that says every secret it can find: ``python -m tests.stories.crashing [ARGUMENTS]``.

Everything but one renderer is the real thing.
"""

import os
import sys
from typing import Any

import jobbot.slack.handlers.answers
from jobbot.cli import main

SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "ADVERITY_API_KEY")


def crash(*given: Any, **named: Any) -> None:
    """In the place of the help: an exception behind an exception, both with secrets in all their disguises."""
    told = [os.environ[name] for name in SECRETS]
    try:
        raise KeyError(told)
    except KeyError as error:
        raise RuntimeError(f"{told!r} in postgresql://jobbot:{told[-1]}@db/x, {named!r}") from error


if __name__ == "__main__":
    setattr(jobbot.slack.handlers.answers, "render_help", crash)  # noqa: B010 - the type checker is right to object
    sys.exit(main(sys.argv[1:]))
