"""Fetch: what becomes of each entry that a feed shows, and what is asked of a feed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes import NOW, FakeSource, feed, item, paper, silent

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Feed, FeedId, FeedState, Fetched, Item, ItemId, Known, Outcome, Sighting, Window
from digestbot.errors import SourceError
from digestbot.pipeline.fetch import CATCH_UP, FIRST_WEEK, FeedReport, fetch, in_language, skipped, sort, window_of

FIRST = Window(NOW - FIRST_WEEK, NOW, first=True, begins=NOW - FIRST_WEEK)
LATER = Window(NOW - timedelta(days=1), NOW, first=False, begins=NOW - timedelta(days=60))
OLD = NOW - timedelta(days=30)
HERE, ELSEWHERE = FeedId("blog"), FeedId("other")
A = ItemId("url:https://blog.example/a")


def known(version: int = 1, *feeds: FeedId) -> dict[ItemId, Known]:
    """Return what the ledger has of item `a`."""
    return {A: Known(version, frozenset(feeds))}


@pytest.mark.parametrize(
    ("entry", "before", "window", "expected"),
    [
        pytest.param(item(), {}, LATER, "", id="new"),
        pytest.param(item(published_at=OLD), {}, LATER, "", id="new although old, by a feed that was read before"),
        pytest.param(item(published_at=OLD), {}, FIRST, "baseline", id="older than the first week"),
        pytest.param(item(published_at=NOW - FIRST_WEEK), {}, FIRST, "", id="just within the first week"),
        pytest.param(item(published_at=None, updated_at=OLD), {}, FIRST, "baseline", id="dated by its update only"),
        pytest.param(item(), known(1, HERE), LATER, None, id="shown before by this feed"),
        pytest.param(item(), known(1, ELSEWHERE), LATER, "duplicate", id="shown before by another feed"),
        pytest.param(item(), known(1, ELSEWHERE, HERE), LATER, None, id="shown before by both"),
        pytest.param(item(version=2), known(1, HERE), LATER, "joined", id="a later version"),
        pytest.param(item(version=2), known(1, ELSEWHERE), LATER, "joined", id="a later version elsewhere"),
        pytest.param(item(version=1), known(2, HERE), LATER, None, id="an earlier version of its own"),
        pytest.param(
            item(version=1), known(2, ELSEWHERE), LATER, "duplicate", id="the first version after a later one"
        ),
        pytest.param(item(title="", text=""), {}, LATER, "filtered", id="nothing in it"),
        pytest.param(item(title="", text="", published_at=OLD), {}, FIRST, "filtered", id="nothing in it, and old"),
        pytest.param(item(title="", published_at=OLD), {}, FIRST, "baseline", id="a text without title is something"),
        pytest.param(paper(published_at=NOW - timedelta(days=9)), {}, FIRST, "", id="announced later than submitted"),
        pytest.param(paper(published_at=NOW - timedelta(days=11)), {}, FIRST, "baseline", id="before arXiv's lag"),
    ],
)
def test_each_entry_ends_by_what_is_known_of_it(
    entry: Item, before: Mapping[ItemId, Known], window: Window, expected: Outcome | None
) -> None:
    """An entry is new, baseline, joined, duplicate or filtered by the table, and left out when this feed showed it."""
    seen = sort(feed("blog"), [entry], before, window)

    assert [sighting.outcome for sighting in seen] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([item(), item()], [""]),
        ([item(), item(version=2)], ["", "joined"]),
        ([item(version=2), item()], [""]),
        ([item(), item("b"), item()], ["", ""]),
    ],
)
def test_a_feed_that_repeats_an_entry_shows_it_once(entries: Sequence[Item], expected: list[str]) -> None:
    """Within one reading an entry counts once, and a later version of it joins."""
    seen = sort(feed("blog"), entries, {}, LATER)

    assert [sighting.outcome for sighting in seen] == expected


def test_a_first_reading_takes_five_undated_entries_as_new() -> None:
    """Of entries without any date the first reading announces the feed's first five; the rest is baseline."""
    entries = [item(str(number), published_at=None) for number in range(8)]

    seen = sort(feed("blog"), entries, {}, FIRST)

    assert [sighting.outcome for sighting in seen] == [""] * 5 + ["baseline"] * 3


def test_undated_entries_are_new_once_a_feed_was_read() -> None:
    """After its first reading whatever a feed did not show before is new, dated or not."""
    entries = [item(str(number), published_at=None) for number in range(8)]

    seen = sort(feed("blog"), entries, {}, LATER)

    assert {sighting.outcome for sighting in seen} == {""}


@pytest.mark.parametrize(
    ("last", "since", "expected"),
    [
        (None, None, Window(NOW - timedelta(days=7), NOW, first=True, begins=NOW - timedelta(days=7))),
        (None, OLD, Window(OLD, NOW, first=True, begins=OLD)),
        (
            NOW - timedelta(days=2),
            None,
            Window(NOW - timedelta(days=2), NOW, first=False, begins=NOW - timedelta(days=7)),
        ),
        (NOW - timedelta(days=2), OLD, Window(OLD, NOW, first=False, begins=OLD)),
    ],
)
def test_the_window_reaches_back_to_the_last_good_reading(
    last: datetime | None, since: datetime | None, expected: Window
) -> None:
    """A feed is asked for what came since its last good reading, at first a week back; `since` goes before both."""
    state = FeedState(last_success_at=last)

    window = window_of(state, NOW, since)

    assert window == expected


def test_a_feed_that_never_succeeded_keeps_where_it_began() -> None:
    """What came of a first reading that broke off is new, not old, to the one that ends it days later."""
    begins = NOW - timedelta(days=9)

    window = window_of(FeedState(begins_at=begins, error_streak=2), NOW, None)

    assert window == Window(begins, NOW, first=True, begins=begins)


def test_missed_days_are_caught_up_to_a_bound() -> None:
    """After a long silence arXiv is asked for 90 days, and the days before are told with what asks for them."""
    arxiv = replace(feed("arxiv"), kind="arxiv")
    lately, long_ago = (FeedState(last_success_at=NOW - timedelta(days=days)) for days in (89, 100))

    window = window_of(long_ago, NOW, None)

    assert window.since == NOW - CATCH_UP
    assert skipped(arxiv, long_ago, window).endswith("'digestbot run --since 2026-01-02' does")
    assert skipped(feed("blog"), long_ago, window) == ""
    assert skipped(arxiv, lately, window_of(lately, NOW, None)) == ""


def test_what_a_broken_search_gave_is_recorded_and_the_rest_is_asked_again(ledger: Ledger) -> None:
    """A reading with a missing part counts as failed, keeps its items, and leaves the window where it began."""

    class Broken:
        async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
            return Fetched((item(),), left_out=("b: no date",), missing="http-500: from noon on")

    day = timedelta(days=1)
    run_fetch(ledger, FakeSource({}), "blog", now=NOW - day)

    (report,) = asyncio.run(fetch(ledger.intake, {"feed": Broken()}, [feed("blog")], NOW, None, silent))

    assert (report.failed, report.reason) == (1, "incomplete: http-500: from noon on")
    assert (report.fetched, report.new, report.left_out) == (2, 1, ("b: no date",))
    state = ledger.intake.states()[FeedId("blog")]
    assert (state.last_success_at, state.begins_at, state.reason) == (NOW - day, NOW - day - FIRST_WEEK, "incomplete")
    assert set(ledger.intake.known({A})) == {A}


def run_fetch(ledger: Ledger, source: FakeSource, *names: str, now: datetime = NOW) -> list[FeedReport]:
    """Read feeds of these names."""
    feeds = [feed(name) for name in names]
    return asyncio.run(fetch(ledger.intake, {"feed": source}, feeds, now, None, silent))


def test_the_second_feed_of_a_run_that_shows_an_item_duplicates_it(ledger: Ledger) -> None:
    """Feeds are recorded in their order: the first one that shows an item brings it, the next repeats it."""
    source = FakeSource({"one": {NOW.date(): [item()]}, "two": {NOW.date(): [item(), item("b")]}})

    one, two = run_fetch(ledger, source, "one", "two")

    assert (one.fetched, one.new, one.known) == (1, 1, 0)
    assert (two.fetched, two.new, two.known) == (2, 1, 0)
    assert ledger.intake.outcomes([*one.marks, *two.marks]) == {"failed": 2, "duplicate": 1}


def test_a_failing_feed_is_remembered_and_the_others_are_read(ledger: Ledger) -> None:
    """A SourceError counts in the feed's streak with its reason, keeps its validators, and stops no other feed."""
    day = timedelta(days=1)
    source = FakeSource(
        {
            "bad": {(NOW - day).date(): [item("b")], NOW.date(): SourceError("no answer in 20 s", reason="timeout")},
            "good": {NOW.date(): [item()]},
        }
    )
    run_fetch(ledger, source, "bad", now=NOW - day)

    bad, good = run_fetch(ledger, source, "bad", "good")

    assert (bad.failed, bad.fetched, bad.reason) == (1, 0, "timeout: no answer in 20 s")
    assert (good.failed, good.new) == (0, 1)
    state = ledger.intake.state(FeedId("bad"))
    assert (state.etag, state.last_success_at, state.begins_at) == ("2026-04-11", NOW - day, NOW - day - FIRST_WEEK)
    assert (state.error_streak, state.reason, state.failing_since) == (1, "timeout", NOW)


def test_a_feed_that_works_again_forgets_its_failures(ledger: Ledger) -> None:
    """A good reading ends the streak, remembers the origin's validators and the instant of the reading."""
    ledger.intake.record(FeedId("blog"), [], FeedState(error_streak=3, reason="dns"), NOW)
    source = FakeSource({"blog": {NOW.date(): [item()]}})

    run_fetch(ledger, source, "blog")

    state = ledger.intake.state(FeedId("blog"))
    assert (state.etag, state.last_success_at, state.begins_at) == ("2026-04-12", NOW, NOW - FIRST_WEEK)
    assert (state.error_streak, state.reason, state.failing_since) == (0, "", None)


def test_the_next_reading_asks_with_the_remembered_state(ledger: Ledger) -> None:
    """What the origin said last time goes with the next request, and the window begins there."""
    source = FakeSource({"blog": {NOW.date(): [item()]}})
    run_fetch(ledger, source, "blog")

    run_fetch(ledger, source, "blog", now=datetime(2026, 4, 13, tzinfo=UTC))

    _, state, window = source.asked[-1]
    assert (state.etag, window.since, window.first) == ("2026-04-12", NOW, False)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (None, ""),
        (Known(1, frozenset({FeedId("blog")}), only_indexed=True), ""),
        (Known(1, frozenset({FeedId("blog")})), "duplicate"),
    ],
)
def test_what_a_person_suggests_is_never_too_old(known: Known | None, expected: str) -> None:
    """An old page that was handed in is judged, also one that a feed's first reading only indexed."""
    old = item("old", published_at=NOW - timedelta(days=900))
    handed_in = Feed(FeedId("suggested"), "suggested", "")

    (seen,) = sort(handed_in, [old], {old.id: known} if known else {}, window_of(FeedState(), NOW, None))

    assert seen.outcome == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [("", "de"), ("nl", "nl")],
)
def test_an_item_has_the_language_of_its_words(declared: str, expected: str) -> None:
    """What a feed declares stands; where it declares nothing, the words tell."""
    words = item(text="Der Transformer wird in vielen Bereichen genutzt, und das Modell ist sehr groß.", lang=declared)

    assert in_language(Sighting(words, "")).item == replace(words, lang=expected)
