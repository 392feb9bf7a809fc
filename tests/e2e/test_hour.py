"""An hour of ticks by a moved clock: no feed and no host is asked more often than it allows, and none is forgotten."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from itertools import pairwise

import pytest
from aiohttp import web
from fakes import NOW, silent

from digestbot.adapters.http import HttpLimits, PoliteHttp
from digestbot.adapters.ledger import Ledger
from digestbot.adapters.syndication import SyndicationSource
from digestbot.domain import Feed, FeedId
from digestbot.pipeline.fetch import fetch
from digestbot.schedule import due_feeds

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)
NO_WAITING = HttpLimits(host_gap_s=0, retry_wait_s=0)
HOSTS = {"lively": 2, "fresh": 3, "patient": 4, "fixed": 5, "busy": 6, "neighbour": 6, "down": 7, "gone": 8}
SAYS: dict[str, tuple[int, dict[str, str]]] = {
    "fresh": (200, {"Cache-Control": "max-age=1200"}),
    "busy": (429, {"Retry-After": "1500"}),
    "down": (500, {}),
    "gone": (410, {}),
}


def document(name: str, now: datetime) -> bytes:
    """Return a feed that has published every minute; the patient one asks for half an hour."""
    entries = "".join(
        f"<item><title>{n}</title><link>https://x.example/{name}/{now - n * MINUTE:%H%M}</link>"
        f"<pubDate>{format_datetime(now - n * MINUTE)}</pubDate></item>"
        for n in range(5)
    )
    ttl = "<ttl>30</ttl>" if name == "patient" else ""
    return f'<rss version="2.0"><channel><title>{name}</title>{ttl}{entries}</channel></rss>'.encode()


async def an_hour(ledger: Ledger) -> dict[str, list[datetime]]:
    """Tick every 30 s for an hour; return when each feed's host was asked for it."""
    now, asked = NOW, defaultdict(list)

    async def answer(request: web.Request) -> web.Response:
        name = request.path.strip("/")
        asked[name].append(now)
        status, headers = SAYS.get(name, (200, {}))
        return web.Response(status=status, headers=headers, body=document(name, now))

    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.2", 0).start()
    port = runner.addresses[0][1]
    for host in sorted(set(HOSTS.values()) - {2}):
        await web.TCPSite(runner, f"127.0.0.{host}", port).start()
    feeds = [
        Feed(
            FeedId(name), "feed", f"http://127.0.0.{host}:{port}/{name}", every=10 * MINUTE if name == "fixed" else None
        )
        for name, host in HOSTS.items()
    ]
    for tick in range(121):
        now = NOW + tick * MINUTE / 2
        due = due_feeds(feeds, ledger.intake.states(), now)
        # A new client each time, as each run has: what is to be left alone stands in the ledger.
        http = PoliteHttp([ip_network("127.0.0.0/8")], "digestbot-test", NO_WAITING)
        await fetch(ledger.intake, {"feed": SyndicationSource(http)}, due, now, None, silent)
        await http.aclose()
    await runner.cleanup()
    return asked


def test_an_hour_asks_nobody_more_often_than_allowed(ledger: Ledger) -> None:
    """Freshness, ttl, `every`, Retry-After for a whole host, waits after failures and 410 all hold, from run to run."""
    asked = asyncio.run(an_hour(ledger))

    least = {name: min((b - a for a, b in pairwise(times)), default=MINUTE) for name, times in asked.items()}
    counts = {name: len(times) for name, times in asked.items()}
    at_busy_host = [*asked["busy"], *asked["neighbour"]]
    assert least["lively"] >= 5 * MINUTE
    assert least["fresh"] >= 20 * MINUTE
    assert least["patient"] >= 30 * MINUTE
    assert least["fixed"] == 10 * MINUTE
    assert least["down"] >= 15 * MINUTE
    assert not any(told < at < told + 25 * MINUTE for told in asked["busy"] for at in at_busy_host)
    assert {name: counts[name] for name in ("fresh", "patient", "fixed", "busy", "down", "gone")} == {
        "fresh": 3, "patient": 2, "fixed": 7, "busy": 3, "down": 3, "gone": 1,
    }  # fmt: skip
    assert counts["lively"] in (11, 12, 13)
