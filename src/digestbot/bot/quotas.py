"""How often somebody may ask; kept in memory, and bounded."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MAX_KNOWN = 10_000
"""Past that the one longest silent is forgotten."""


class Quota:
    """So many times within a span, counted for each name."""

    def __init__(self, most: int, span: timedelta) -> None:
        self.most, self.span = most, span
        self._asked: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait_s(self, who: str, now: datetime) -> int:
        """Count a question and return 0; where there were too many, uncounted, the seconds until there is room."""
        asked = self._asked.setdefault(who, deque())
        self._asked.move_to_end(who)
        if len(self._asked) > MAX_KNOWN:
            self._asked.popitem(last=False)
        while asked and asked[0] <= now - self.span:
            asked.popleft()
        if len(asked) >= self.most:
            return max(1, int((asked[0] + self.span - now).total_seconds()))
        asked.append(now)
        return 0


class Quotas:
    """What a person and a server may ask of the bot, and how much of that may be work for the next run."""

    def __init__(self) -> None:
        minute, day = timedelta(minutes=1), timedelta(days=1)
        self.asking = Quota(20, minute), Quota(120, minute)
        self.giving = Quota(20, day), Quota(100, day)
        """Suggestions and digests out of turn."""
        self.telling = Quota(2, minute), Quota(10, minute)
        """Why a mention is not answered, which a whole channel reads."""
        self.forgetting = Quota(3, day), Quota(100, day)
        """With what somebody asked it is forgotten how many questions of the day they have used up."""

    def wait_s(self, kind: tuple[Quota, Quota], user: str, guild: str, now: datetime) -> tuple[int, bool]:
        """Return how long somebody has to wait, 0 for not at all, and whether that is their server's limit."""
        mine, ours = kind
        if waits := mine.wait_s(user, now):
            return waits, False
        return (ours.wait_s(guild, now), True) if guild else (0, False)
