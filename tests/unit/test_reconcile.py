"""Reconcile: what listings announced against what the ledger has, day by day, run by run."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes import Death, FakeEmbedder, Fuse, Mortal, paper, silent

from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.announcements import Announcement, AnnouncementKind, Listing, Tally
from digestbot.catalogue import items_space
from digestbot.domain import Feed, FeedId, FeedState, Fetched, Item, ItemId, Sighting
from digestbot.errors import SourceError
from digestbot.pipeline.dedupe import dedupe
from digestbot.pipeline.fetch import FeedReport
from digestbot.pipeline.reconcile import reconcile

NOW = datetime(2026, 4, 10, 6, tzinfo=UTC)
"""A Friday."""
DAY = timedelta(days=1)
BEGINS = NOW - 9 * DAY
FEED = Feed(FeedId("arxiv"), "arxiv", "https://export.arxiv.org/api/query", ("cs.CL",))
ONE, TWO, THREE = "2604.00001", "2604.00002", "2604.00003"


def announced(number: str, kind: AnnouncementKind = "new", version: int = 1) -> Announcement:
    return Announcement(ItemId(f"arxiv:{number}"), kind, version)


@dataclass
class FakeArxiv:
    """Announces papers per category today, and knows papers by number; keeps what it was asked."""

    listings: Mapping[str, Sequence[Announcement] | SourceError] = field(default_factory=dict)
    papers: Sequence[Item] | Exception = ()
    fitting: Sequence[Item] | None = None
    """What also fits the feed's query; all papers if None."""
    day: date | None = None
    """The day that its listings state; today if None."""
    read: list[str] = field(default_factory=list)
    asked: list[list[str]] = field(default_factory=list)

    async def listing(self, feed: Feed, category: str, now: datetime) -> Listing:
        self.read.append(category)
        found = self.listings.get(category, ())
        if isinstance(found, SourceError):
            raise found
        return Listing(self.day or now.date(), tuple(found))

    async def by_number(self, feed: Feed, wanted: Sequence[ItemId], matching: bool) -> Fetched:
        self.asked.append([id.removeprefix("arxiv:") for id in wanted])
        if isinstance(self.papers, Exception):
            raise self.papers
        known = self.papers if self.fitting is None or not matching else self.fitting
        return Fetched(tuple(item for item in known if item.id in wanted))


def recent(number: str, **changes: object) -> Item:
    return paper(number, **{"published_at": NOW - DAY, **changes})


def see(ledger: Ledger, *items: Item, feed: str = "arxiv") -> None:
    """Record what a feed that began nine days ago showed by itself."""
    state = FeedState(begins_at=BEGINS, last_success_at=NOW)
    ledger.intake.record(FeedId(feed), [Sighting(item, "") for item in items], state, NOW)


def compare(
    ledger: Ledger, source: FakeArxiv, feed: Feed = FEED, now: datetime = NOW, report: FeedReport | None = None
) -> tuple[FeedReport, dict[date, Tally]]:
    """Reconcile one feed; return its report, and the days that were told of."""
    report = report or FeedReport(feed.id, fetched=1)
    (after,), tallies = asyncio.run(reconcile(ledger, {"arxiv": source}, [feed], [report], now))
    return after, {tally.day: tally for tally in tallies}


def test_a_day_of_which_all_is_recorded_is_complete(ledger: Ledger) -> None:
    """What the search gave already is counted and not asked for; the kinds are told apart."""
    see(ledger, recent(ONE), recent(TWO))
    source = FakeArxiv({"cs.CL": [announced(ONE), announced(TWO, "cross")]})

    _, days = compare(ledger, source)

    tally = days[NOW.date()]
    assert (tally.is_complete, tally.announced, tally.recorded, dict(tally.kinds)) == (
        True,
        2,
        2,
        {"new": 1, "cross": 1},
    )
    assert source.asked == []


def test_what_the_search_did_not_give_is_fetched_by_number(ledger: Ledger) -> None:
    """An announced paper that is not here is asked for, recorded as new, and counted in the report."""
    see(ledger, recent(ONE))
    source = FakeArxiv({"cs.CL": [announced(ONE), announced(TWO)]}, [recent(TWO)])

    report, days = compare(ledger, source)

    assert source.asked == [[TWO]]
    assert (report.fetched, report.new, report.marks) == (2, 1, ((ItemId(f"arxiv:{TWO}"), FEED.id, 1),))
    assert days[NOW.date()].is_complete
    assert days[NOW.date()].standings == {"recorded": 1, "fetched": 1}
    assert [item.id for item in ledger.stories.pending()] == [f"arxiv:{ONE}", f"arxiv:{TWO}"]


def test_what_cannot_be_had_is_named_and_asked_for_again(ledger: Ledger) -> None:
    """A missing paper is asked for at each later run, until it comes; then its day is complete."""
    see(ledger)
    listings = {"cs.CL": [announced(ONE), announced(TWO)]}

    _, first = compare(ledger, FakeArxiv(listings, [recent(ONE)]))
    _, second = compare(ledger, FakeArxiv({}, []), now=NOW + 3 * DAY)
    _, third = compare(ledger, FakeArxiv({}, [recent(TWO)]), now=NOW + 4 * DAY)

    today = NOW.date()
    assert (first[today].missing, second[today].missing, third[today].missing) == ((TWO,), (TWO,), ())
    assert third[today].is_complete


def test_a_paper_that_a_later_search_gave_is_no_longer_missing(ledger: Ledger) -> None:
    """It is not asked for by number then."""
    see(ledger)
    compare(ledger, FakeArxiv({"cs.CL": [announced(ONE)]}))
    see(ledger, recent(ONE))
    source = FakeArxiv()

    _, days = compare(ledger, source, now=NOW + DAY / 4)

    assert (days[NOW.date()].standings, source.asked) == ({"recorded": 1}, [])


def test_a_paper_that_does_not_come_for_a_month_is_given_up_and_stays_named(ledger: Ledger) -> None:
    """Nothing is forgotten silently: its day stays incomplete."""
    see(ledger)
    compare(ledger, FakeArxiv({"cs.CL": [announced(ONE)]}))

    _, days = compare(ledger, FakeArxiv(), now=NOW + 31 * DAY)

    tally = days[NOW.date()]
    assert (tally.missing, tally.given_up, tally.is_complete) == ((), (ONE,), False)
    assert ledger.announcements.missing(FEED.id) == []


def test_a_replaced_paper_gets_its_new_version(ledger: Ledger) -> None:
    """A known paper is asked for at the announced version, and a version that is not there yet is named."""
    see(ledger, recent(ONE), recent(TWO))
    source = FakeArxiv(
        {"cs.CL": [announced(ONE, "replace", 2), announced(TWO, "replace", 2)]},
        [recent(ONE, version=2), recent(TWO)],
    )

    _, days = compare(ledger, source)

    assert days[NOW.date()].missing == (f"{TWO}v2",)
    assert ledger.intake.known({ItemId(f"arxiv:{ONE}")})[ItemId(f"arxiv:{ONE}")].version == 2


def test_a_withdrawal_that_a_listing_announces_is_news_of_the_story(ledger: Ledger) -> None:
    """arXiv withdraws by a replacement whose comment says so: however old the paper, its story tells it."""
    see(ledger, recent(ONE))
    judge(ledger)
    comment = "This paper has been withdrawn by the authors"
    source = FakeArxiv({"cs.CL": [announced(ONE, "replace", 2)]}, [recent(ONE, version=2, comment=comment)])

    compare(ledger, source)
    judge(ledger)

    (news,) = ledger.history.item(f"arxiv:{ONE}")["revisions"]
    assert (news["kind"], comment in news["change"]) == ("withdrawn", True)


def judge(ledger: Ledger) -> None:
    """Put what was seen into stories."""
    embedder = FakeEmbedder()
    index = LedgerIndex(lambda: ledger.stories.vectors(items_space(embedder)))
    asyncio.run(dedupe(ledger.stories, index, embedder, NOW, silent))


def test_replacements_of_papers_from_before_the_feed_are_passed_over(ledger: Ledger) -> None:
    """A third version of last year's paper is no news of today, and is not missing either."""
    see(ledger)
    source = FakeArxiv({"cs.CL": [announced("2501.00001", "replace", 3)]})

    _, days = compare(ledger, source)

    assert (days[NOW.date()].is_complete, days[NOW.date()].standings, source.asked) == (True, {"older": 1}, [])


def test_an_old_paper_that_is_cross_listed_is_indexed_and_not_announced(ledger: Ledger) -> None:
    """It is recorded as older than the feed, like what a first reading shows of before."""
    see(ledger)
    old = paper("2401.00001", published_at=NOW - 800 * DAY)
    source = FakeArxiv({"cs.CL": [announced("2401.00001", "cross")]}, [old])

    report, days = compare(ledger, source)

    assert days[NOW.date()].is_complete
    assert ledger.intake.outcomes(report.marks) == {"baseline": 1}


def test_what_the_feeds_own_query_does_not_want_is_not_missing(ledger: Ledger) -> None:
    """Of the listing's papers only those that fit are recorded; one that the API does not know at all is missing."""
    see(ledger)
    feed = replace(FEED, query="all:moe")
    papers = [recent(ONE), recent(TWO)]
    source = FakeArxiv({"cs.CL": [announced(ONE), announced(TWO), announced(THREE)]}, papers, papers[:1])

    report, days = compare(ledger, source, feed)

    tally = days[NOW.date()]
    assert (tally.standings, tally.missing) == ({"fetched": 1, "outside": 1, "missing": 1}, (THREE,))
    assert (report.new, source.asked) == (1, [[ONE, TWO, THREE], [TWO, THREE]])


def test_a_listing_that_fails_leaves_the_day_unchecked(ledger: Ledger) -> None:
    """What the other categories announced is compared all the same, and a later run of the day tries again."""
    see(ledger, recent(ONE))
    feed = replace(FEED, categories=("cs.CL", "cs.AI"))
    broken = SourceError("busy", reason="http-500")

    _, first = compare(ledger, FakeArxiv({"cs.CL": broken, "cs.AI": [announced(ONE)]}), feed)
    _, second = compare(ledger, FakeArxiv({"cs.AI": [announced(ONE)]}), feed, NOW + DAY / 4)

    assert first[NOW.date()].reason == "the listing of cs.CL failed: http-500"
    assert (first[NOW.date()].is_complete, first[NOW.date()].recorded) == (False, 1)
    assert second[NOW.date()].is_complete


def test_a_mirror_without_listings_is_asked_once(ledger: Ledger) -> None:
    """Where one category has no listing the others have none: the day is not checked, and says so."""
    see(ledger)
    feed = replace(FEED, categories=("cs.CL", "cs.AI"))
    source = FakeArxiv({"cs.CL": SourceError("gone", reason="http-404")})

    _, days = compare(ledger, source, feed)

    assert (days[NOW.date()].reason, source.read) == ("the listing of cs.CL failed: http-404", ["cs.CL"])


def test_weekdays_without_a_run_are_told_as_not_checked(ledger: Ledger) -> None:
    """A listing stands for a day: those of days without a run cannot be read any more."""
    see(ledger)
    compare(ledger, FakeArxiv())

    _, days = compare(ledger, FakeArxiv(), now=NOW + 5 * DAY)

    reasons = {f"{day:%a}": tally.reason for day, tally in days.items()}
    assert reasons == {"Mon": "no run read that day's listing", "Tue": "no run read that day's listing", "Wed": ""}


def test_a_weekend_announces_nothing(ledger: Ledger) -> None:
    """On Saturday an empty listing says nothing about any day, and one category is enough to know."""
    see(ledger)
    feed = replace(FEED, categories=("cs.CL", "cs.AI"))
    source = FakeArxiv()

    _, days = compare(ledger, source, feed, NOW + DAY)

    assert (days, source.read) == ({}, ["cs.CL"])


def test_a_holiday_announces_nothing_either_and_is_complete(ledger: Ledger) -> None:
    """On a weekday an empty listing is a day without announcements, read once."""
    see(ledger)
    source = FakeArxiv()

    _, days = compare(ledger, source)
    compare(ledger, source, now=NOW + DAY / 4)

    assert (days[NOW.date()].is_complete, days[NOW.date()].announced, source.read) == (True, 0, ["cs.CL"])


def test_before_mondays_listing_is_out_nothing_is_said_of_monday(ledger: Ledger) -> None:
    """An empty listing of Sunday leaves Monday to a later run; one of Friday tells of Friday."""
    see(ledger, recent(ONE))
    friday, monday = NOW.date(), NOW + 3 * DAY

    _, late = compare(ledger, FakeArxiv({"cs.CL": [announced(ONE)]}, day=friday), now=NOW + DAY)
    _, early = compare(ledger, FakeArxiv(day=friday + 2 * DAY), now=monday)
    _, later = compare(ledger, FakeArxiv({"cs.CL": [announced(ONE)]}), now=monday + DAY / 4)

    assert (list(late), late[friday].is_complete) == ([friday], True)
    assert list(early) == [friday]
    assert list(later) == [monday.date()]


@pytest.mark.slow
def test_a_comparison_that_dies_anywhere_is_ended_by_the_next(tmp_path: Path, blank_ledger: Path) -> None:
    """Whichever call to the ledger is the last, done or not, the next run leaves what an undisturbed one does."""
    died = True
    calls = 0
    while died:
        calls += 1
        ledger = Ledger(sqlite_url(Path(shutil.copy(blank_ledger, tmp_path / f"{calls}.db"))))
        see(ledger, recent(ONE))
        source = FakeArxiv({"cs.CL": [announced(ONE), announced(TWO), announced(THREE)]}, [recent(TWO)])

        died = dies(ledger, source, Fuse(calls, after=calls % 2 == 0))
        _, days = compare(ledger, source, now=NOW + DAY / 4)

        tally = days[NOW.date()]
        assert (tally.announced, tally.recorded, tally.missing) == (3, 2, (THREE,))
        assert [item.id for item in ledger.stories.pending()] == [f"arxiv:{ONE}", f"arxiv:{TWO}"]
        ledger.close()
    assert calls > 8


def dies(ledger: Ledger, source: FakeArxiv, fuse: Fuse) -> bool:
    """Reconcile a feed with a ledger whose calls burn a fuse; tell whether that ended it."""
    mortal = SimpleNamespace(
        intake=Mortal(ledger.intake, fuse, "intake"),
        announcements=Mortal(ledger.announcements, fuse, "announcements"),
    )
    try:
        asyncio.run(reconcile(mortal, {"arxiv": source}, [FEED], [FeedReport(FEED.id, fetched=1)], NOW))
    except Death:
        return True
    return False


def test_feeds_that_share_a_category_read_its_listing_once(ledger: Ledger) -> None:
    """Two feeds of one category cost one request."""
    see(ledger)
    other = replace(FEED, id=FeedId("other"), query="all:moe")
    source = FakeArxiv({"cs.CL": [announced(ONE)]}, [recent(ONE)])
    reports = [FeedReport(FEED.id), FeedReport(other.id)]

    _, tallies = asyncio.run(reconcile(ledger, {"arxiv": source}, [FEED, other], reports, NOW))

    assert [(tally.feed, tally.is_complete) for tally in tallies] == [(FEED.id, True), (other.id, True)]
    assert source.read == ["cs.CL"]


@pytest.mark.parametrize("failure", [SourceError("busy", reason="http-503"), RuntimeError("a fault of ours")])
def test_numbers_that_cannot_be_asked_for_stay_missing(ledger: Ledger, failure: Exception) -> None:
    """A failure while asking is told in the feed's report and stops nothing."""
    see(ledger)

    report, days = compare(ledger, FakeArxiv({"cs.CL": [announced(ONE)]}, failure))

    assert days[NOW.date()].missing == (ONE,)
    assert report.note.startswith("announced papers could not be asked for by number: ")


def test_an_api_that_refused_everything_is_not_asked_by_number(ledger: Ledger) -> None:
    """What its listing names is kept for the next run."""
    see(ledger)
    source = FakeArxiv({"cs.CL": [announced(ONE)]}, [recent(ONE)])

    _, days = compare(ledger, source, report=FeedReport(FEED.id, failed=1, reason="timeout"))
    _, later = compare(ledger, source, now=NOW + DAY / 4)

    assert (days[NOW.date()].missing, later[NOW.date()].is_complete) == ((ONE,), True)


def test_only_what_was_asked_for_is_recorded(ledger: Ledger) -> None:
    """An API that answers with other papers does not get them in."""
    see(ledger)

    class Pushing(FakeArxiv):
        async def by_number(self, feed: Feed, wanted: Sequence[ItemId], matching: bool) -> Fetched:
            return Fetched((recent(THREE),))

    report, _ = compare(ledger, Pushing({"cs.CL": [announced(ONE)]}))

    assert (report.fetched, report.new) == (1, 0)


@pytest.mark.parametrize(
    ("feed", "report"),
    [
        (replace(FEED, categories=(), query="all:moe"), FeedReport(FEED.id)),
        (FEED, FeedReport(FEED.id, asked=False)),
        (replace(FEED, kind="feed"), FeedReport(FEED.id)),
    ],
)
def test_feeds_without_listings_are_left_as_they_are(ledger: Ledger, feed: Feed, report: FeedReport) -> None:
    """Without categories, paused, or of another kind: nothing is compared."""
    source = FakeArxiv({"cs.CL": [announced(ONE)]})

    after, days = compare(ledger, source, feed, report=report)

    assert (after, days, source.read) == (report, {}, [])
