"""What happened in #inc-data before the demo begins. Its people do it, on the two servers, and the bot answers.

The clock of both servers and of the bot stands ``BEFORE`` the story's present when this begins, and there when it ends.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from jobbot.playground.adverity import LocalAdverity, Sight
from jobbot.playground.slack import LocalSlack

BEFORE = timedelta(minutes=24)

_STEP = timedelta(seconds=6)
"""Longer than the bot's pause between two looks at Adverity: so much time passes until it sees what happened there."""
_RETRIED = 43
"""The datastream whose authorization was revoked: Google Ads US."""


async def play_opening(slack: LocalSlack, adverity: LocalAdverity, advance: Callable[[timedelta], object]) -> None:
    """Mia switches alerts on and tries a failed fetch again, which fails; Ben misses numbers, and Ana is asked to look.

    ``advance`` moves the clock on. Raises TimeoutError where the bot says nothing for 10 seconds.
    """
    mia, ben, channel = slack.person("mia"), slack.person("ben"), slack.channel("inc-data")
    began = adverity.now()

    def time_is(minutes: float) -> None:
        """So long after the beginning, unless it is later."""
        advance(max(began + timedelta(minutes=minutes) - adverity.now(), timedelta(0)))

    async def bot_says_more_than(before: int) -> None:
        async with asyncio.timeout(10):
            while len(channel.public) <= before:
                with suppress(TimeoutError):
                    await slack.until(lambda: len(channel.public) > before, seconds=0.1)
                advance(_STEP)

    await mia.types("/jobs alerts on", in_=channel)
    await bot_says_more_than(0)
    time_is(4)
    failed = _last_failure(adverity)
    retried = adverity.has_job(
        max(sight.job.id for sight in adverity.sights()) + 1,
        datastream=_RETRIED,
        progress=4,
        started=adverity.now(),
        manual=True,
        by="mia.okafor@acme.example",
        days=failed.job.days,
    )
    time_is(6)
    retried.ends("Failed", issues=failed.look.issues)
    await bot_says_more_than(1)
    time_is(9)
    await mia.types("I fetched Google Ads US again by hand: still revoked. Marketing has to authorize it.", in_=channel)
    time_is(17)
    await ben.types("The morning report has no numbers of The Trade Desk. Is that known?", in_=channel)
    time_is(18)
    await mia.types("Not yet. @ana you are on call with me, can you look what is running?", in_=channel)
    advance(began + BEFORE - adverity.now())


def _last_failure(adverity: LocalAdverity) -> Sight:
    failed = [one for one in adverity.sights() if one.look.state == "Failed" and one.job.datastream == _RETRIED]
    return failed[-1]
