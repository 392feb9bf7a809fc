"""Fetch: which feeds are asked, where, and that the order of their answers changes nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from fakes import NOW, FakeSource, feed, item, silent

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Feed, FeedId, FeedState, Fetched, Origin, Window
from digestbot.errors import SourceError
from digestbot.pipeline.fetch import FeedReport, fetch


def run_fetch(ledger: Ledger, source: FakeSource, *names: str) -> list[FeedReport]:
    """Read feeds of these names."""
    return asyncio.run(fetch(ledger.intake, {"feed": source}, [feed(name) for name in names], NOW, None, silent))


def test_paused_feeds_and_closed_hosts_are_not_asked(ledger: Ledger) -> None:
    """A run leaves out what is paused and whose host wants to be left alone, says so, and changes nothing of them."""
    states = {
        FeedId("paused"): FeedState(paused_at=NOW, paused_why="by hand"),
        FeedId("busy"): FeedState(error_streak=1, reason="http-429", closed_until=NOW + timedelta(hours=1)),
    }
    for name, state in states.items():
        ledger.intake.record(name, [], state, NOW)
    source = FakeSource({name: {NOW.date(): [item(name)]} for name in ("paused", "busy", "good")})

    paused, busy, good = run_fetch(ledger, source, "paused", "busy", "good")

    assert [id for id, _, _ in source.asked] == ["good"]
    assert [report.asked for report in (paused, busy, good)] == [False, False, True]
    assert "feeds resume paused" in paused.reason
    assert "left alone until 2026-04-12 19:00:00" in busy.reason
    assert {name: ledger.intake.state(name) for name in states} == states


def test_a_feed_that_is_gone_is_paused_with_a_notice(ledger: Ledger) -> None:
    """410 ends the asking at once, and the report says how to begin it again."""
    source = FakeSource({"blog": {NOW.date(): SourceError("no more", reason="http-410")}})

    (first,) = run_fetch(ledger, source, "blog")
    (second,) = run_fetch(ledger, source, "blog")

    assert (first.failed, second.failed, second.asked) == (1, 0, False)
    assert "'digestbot feeds resume blog'" in first.reason
    assert ledger.intake.state(FeedId("blog")).paused_why == "gone"
    assert len(source.asked) == 1


def test_a_feed_that_moved_is_asked_at_its_new_address(ledger: Ledger) -> None:
    """Sources see the address to ask, wherever it was learned."""
    addresses: list[str] = []

    class Source(FakeSource):
        async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
            addresses.append(feed.url)
            return Fetched((), Origin(moved_to="https://new.example/feed"))

    for _ in range(2):
        run_fetch(ledger, Source({}), "blog")

    assert addresses == ["https://blog.example/feed", "https://new.example/feed"]


def test_slow_feeds_change_nothing_in_what_is_recorded(ledger: Ledger) -> None:
    """A hundred and fifty feeds that show the same item: the first of the file brings it, whichever answers first."""

    class Source(FakeSource):
        async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
            for _ in range(150 - int(feed.id)):
                await asyncio.sleep(0)
            return Fetched((item(), item(feed.id)))

    reports = run_fetch(ledger, Source({}), *(str(number) for number in range(150)))

    outcomes = ledger.intake.outcomes([mark for report in reports for mark in report.marks])
    assert [report.id for report in reports] == [str(number) for number in range(150)]
    assert reports[0].new == 2
    assert outcomes == {"failed": 151, "duplicate": 149}
