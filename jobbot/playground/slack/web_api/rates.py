"""How often a method may be called: Slack's tiers, with some burst.

https://docs.slack.dev/apis/web-api/rate-limits. Slack says what is always allowed ("50+ per minute"), not what is too
much: here a minute's worth may come at once, and no more than the tier's rate for long.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.clock import Now


@dataclass(frozen=True, slots=True)
class Tier:
    """``each`` calls in so many ``seconds``, and ``burst`` of them at once."""

    each: int
    seconds: float
    burst: int


TIER_1 = Tier(1, 60.0, 20)
TIER_2 = Tier(20, 60.0, 20)
TIER_3 = Tier(50, 60.0, 50)
TIER_4 = Tier(100, 60.0, 100)
POSTING = Tier(1, 1.0, 10)
FREE = Tier(1000, 1.0, 10_000)


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


class Rates:
    """Counts calls. Nothing is refused while ``is_on`` is False."""

    def __init__(self, now: Now, *, is_on: bool) -> None:
        self.is_on = is_on
        self._now = now
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, method: str, key: str, tier: Tier) -> None:
        """One call more. Raises ApiError with the seconds after which there is room again."""
        if not self.is_on:
            return
        now = self._now()
        bucket = self._buckets.setdefault((method, key), _Bucket(tier.burst, now))
        per_second = tier.each / tier.seconds
        passed = max(0.0, (now - bucket.at).total_seconds())
        bucket.left = min(tier.burst, bucket.left + passed * per_second)
        bucket.at = now
        if bucket.left < 1:
            raise ApiError("ratelimited", retry_after=math.ceil((1 - bucket.left) / per_second))
        bucket.left -= 1
