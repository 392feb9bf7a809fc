"""The clock: compared with what other machines say when they answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from digestbot.app import load_feeds, user_agent
from digestbot.commands.doctor.finding import Finding
from digestbot.errors import DigestbotError, SourceError
from digestbot.settings import Settings

_MOST_ASKED = 3
_WARNS_S, _WRONG_S = 30, 300
"""A minute off, digests are a minute off; leases of several machines on one ledger stand for fifteen seconds."""


def clock(settings: Settings, wall: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Finding:
    """Return by how much this machine's clock is off, by what the first feed's host that answers says."""
    try:
        urls = _roots(feed.url for feed in load_feeds(settings, None))
    except DigestbotError:
        urls = []
    ahead_s = asyncio.run(_ahead_s(settings, urls[:_MOST_ASKED], wall))
    return clock_finding(ahead_s)


def clock_finding(ahead_s: float | None) -> Finding:
    """Return what is to be said of a clock that is so many seconds ahead; None where nobody told the time."""
    if ahead_s is None:
        return Finding("clock", "off", "no feed's host told the time")
    off = abs(ahead_s)
    if off < _WARNS_S:
        return Finding("clock", "ok", "as other machines have it, within half a minute")
    says = f"{off:.0f} s {'ahead of' if ahead_s > 0 else 'behind'} other machines"
    advice = "let the system keep its clock: timedatectl set-ntp true"
    return Finding("clock", "error" if off >= _WRONG_S else "warning", says, advice)


def _roots(urls: Iterable[str]) -> list[str]:
    parts = [urlsplit(url) for url in urls if url.startswith(("http://", "https://"))]
    return list(dict.fromkeys(f"{one.scheme}://{one.netloc.rpartition('@')[2]}/robots.txt" for one in parts))


async def _ahead_s(settings: Settings, urls: Iterable[str], wall: Callable[[], datetime]) -> float | None:
    from digestbot.adapters.http import PoliteHttp

    http = PoliteHttp(settings.allow_nets, user_agent(settings))
    try:
        for url in urls:
            try:
                said = (await http.get(url)).headers.get("date", "")
                return (wall() - parsedate_to_datetime(said)).total_seconds()
            except (SourceError, ValueError, TypeError):
                continue
        return None
    finally:
        await http.aclose()
