"""The ledger against a real database: SQLite always, PostgreSQL too where it is installed."""

from __future__ import annotations

import re
import shutil
import socket
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fakes import NOW, article, digest, item, paper, proposal, summary, verdict
from services import free_port

from digestbot.adapters.ledger import Ledger, copy_ledger, safe_url, sqlite_url
from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import metadata, summaries
from digestbot.announcements import Announcement, Tally
from digestbot.domain import (
    Act,
    Cadence,
    Channel,
    DigestId,
    Document,
    FeedId,
    FeedState,
    Filters,
    Ground,
    Group,
    Item,
    ItemId,
    Known,
    Link,
    Lookup,
    News,
    Outcome,
    Placing,
    Point,
    ProposalId,
    Quote,
    Rule,
    Shape,
    Shelved,
    Sighting,
    StoryId,
    Subscription,
    Suspect,
    Usage,
)
from digestbot.errors import ConfigError, StoreError
from digestbot.joining import COMMON
from digestbot.roadmap import parse
from digestbot.roadmap.history import Event, memory_of
from digestbot.search import PASSAGES, TERMS
from digestbot.search.cutting import Part, cut, shelve
from digestbot.search.words import stems

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
BLOG, OTHER = FeedId("blog"), FeedId("other")
S1, S2 = StoryId("s1"), StoryId("s2")
GONE = f"{socket.gethostname()}:1:0"
"""A process that surely lives no more: the first process of this machine was not started at its first tick."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path, blank_ledger: Path) -> str:
    """The URL of an empty, migrated database."""
    if request.param == "sqlite":
        return sqlite_url(Path(shutil.copy(blank_ledger, tmp_path / "ledger.db")))
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """The ledger on that database."""
    found = Ledger(url)
    yield found
    found.close()


def see(
    ledger: Ledger, *entries: Item, feed: FeedId = BLOG, now: datetime = NOW, outcome: Outcome | None = None
) -> None:
    """Record entries as shown by a feed."""
    seen = [Sighting(entry, outcome or "") for entry in entries]
    ledger.intake.record(feed, seen, FeedState(last_success_at=now), now)


def tell(ledger: Ledger, id: StoryId, *members: Item, now: datetime = NOW) -> None:
    """Record a story of members that were seen."""
    see(ledger, *members, now=now)
    ledger.stories.record([], [Group(id, members[0].id, tuple(member.id for member in members))], now)


def publish(ledger: Ledger, *channels: Channel, id: str = "d1", now: datetime = NOW) -> None:
    """Record a digest of the story s1 for some channels, each under its kind as key."""
    found = digest(id, created_at=now)
    ledger.publications.record_digests([(found, [S1], {f"{id}-{channel.kind}": channel for channel in channels})])


class TestAnnouncements:
    """What was announced, and how it stands."""

    ARXIV = FeedId("arxiv")
    TODAY = NOW.date()
    ONE = Announcement(ItemId("arxiv:2604.00001"), "new")
    TWO = Announcement(ItemId("arxiv:2604.00002"), "replace", 2)

    def test_a_day_is_told_with_what_is_missing(self, ledger: Ledger) -> None:
        """A day's line counts kinds and standings and names what is missing, with the version that was announced."""
        ledger.announcements.record(self.ARXIV, self.TODAY, "", {self.ONE: "recorded", self.TWO: "missing"}, NOW)

        (tally,) = ledger.announcements.tallies()

        kinds, standings = {"new": 1, "replace": 1}, {"recorded": 1, "missing": 1}
        assert tally == Tally(self.ARXIV, self.TODAY, "", kinds, standings, ("2604.00002v2",))
        assert ledger.announcements.missing(self.ARXIV) == [(self.TODAY, self.TWO)]

    def test_a_day_that_is_read_again_keeps_what_was_settled(self, ledger: Ledger) -> None:
        """Reading a listing twice adds what is new in it and changes no standing."""
        ledger.announcements.record(self.ARXIV, self.TODAY, "timeout", {self.TWO: "missing"}, NOW)
        ledger.announcements.settle(self.ARXIV, [(self.TODAY, self.TWO.item, "fetched")])

        ledger.announcements.record(self.ARXIV, self.TODAY, "", {self.ONE: "missing", self.TWO: "missing"}, NOW)

        (tally,) = ledger.announcements.tallies()
        assert (tally.recorded, tally.missing, tally.reason) == (1, ("2604.00001",), "")
        assert ledger.announcements.checked(self.ARXIV) == {self.TODAY: ""}

    def test_days_are_told_newest_first_and_by_feed_or_day(self, ledger: Ledger) -> None:
        """Lines can be asked for by feed, by day, and up to a number."""
        for feed, day in (("a", self.TODAY - DAY), ("a", self.TODAY), ("b", self.TODAY)):
            ledger.announcements.record(FeedId(feed), day, "timeout", {}, NOW)
        told = ledger.announcements

        assert [(t.feed, t.day) for t in told.tallies("a")] == [("a", self.TODAY), ("a", self.TODAY - DAY)]
        assert [t.feed for t in told.tallies(day=self.TODAY)] == ["a", "b"]
        assert [t.feed for t in told.tallies(limit=1)] == ["a"]

    def test_a_paper_tells_where_it_was_announced(self, ledger: Ledger) -> None:
        """Each announcement of a paper comes with its feed, day, kind and version."""
        ledger.announcements.record(self.ARXIV, self.TODAY, "", {self.TWO: "fetched"}, NOW)

        (found,) = ledger.announcements.of_item(self.TWO.item)

        assert (found["feed"], found["day"], found["kind"], found["version"]) == (self.ARXIV, self.TODAY, "replace", 2)


class TestIntake:
    """Feeds, items and sightings."""

    def test_a_feed_that_was_never_read_has_an_empty_state(self, ledger: Ledger) -> None:
        """Nothing is remembered of an unknown feed."""
        assert ledger.intake.state(BLOG) == FeedState()

    def test_a_feed_s_state_comes_back_as_it_was(self, ledger: Ledger) -> None:
        """Validators, the instant of the last good reading, and the streak of failures with its reason."""
        state = FeedState(
            'W/"x"', "Sun, 12 Apr 2026 00:00:00 GMT", NOW, 2, "timeout", NOW - DAY, NOW + DAY, DAY / 3, NOW - DAY,
            "https://new.example/feed", NOW + DAY, NOW, "failing",
        )  # fmt: skip

        ledger.intake.record(BLOG, [], replace(state, error_streak=1), NOW)
        ledger.intake.record(BLOG, [], state, NOW)

        assert ledger.intake.state(BLOG) == state
        assert ledger.intake.states() == {BLOG: state}

    def test_a_paused_feed_is_resumed_as_if_it_had_never_failed(self, ledger: Ledger) -> None:
        """A pause has its reason and no next check; what a feed is known by outlives it, its failures do not."""
        good = FeedState("e", "m", NOW - DAY, begins_at=NOW - DAY, interval=DAY, moved_to="https://new.example/feed")
        failing = replace(good, error_streak=5, reason="dns", failing_since=NOW, closed_until=NOW, next_check_at=NOW)
        ledger.intake.record(BLOG, [], failing, NOW)

        ledger.intake.pause(BLOG, "by hand", NOW)
        paused = ledger.intake.state(BLOG)
        ledger.intake.resume(BLOG)

        assert paused == replace(failing, paused_at=NOW, paused_why="by hand", next_check_at=None)
        assert ledger.intake.state(BLOG) == good

    def test_a_feed_can_be_paused_before_it_was_read(self, ledger: Ledger) -> None:
        """A person may not want a feed at all."""
        ledger.intake.pause(BLOG, "by hand", NOW)

        assert ledger.intake.states() == {BLOG: FeedState(paused_at=NOW, paused_why="by hand")}

    def test_an_item_comes_back_as_it_was(self, ledger: Ledger) -> None:
        """Every field of an item survives, other scripts and absent dates among them."""
        entry = item(
            title="大语言模型 — “quoted” 😀", authors=("李华", "Ada"), published_at=None, updated_at=NOW, version=3,
            categories=("cs.CL",), comment="8 pages", links=("https://a.example/?q=1",), lang="zh",
        )  # fmt: skip

        see(ledger, entry)

        assert ledger.stories.items([entry.id]) == {entry.id: entry}

    def test_instants_are_stored_in_utc(self, ledger: Ledger) -> None:
        """An instant of another zone is the same instant in UTC afterwards."""
        east = timezone(timedelta(hours=8))

        see(ledger, item(published_at=datetime(2026, 4, 12, 2, tzinfo=east)))

        [found] = ledger.stories.pending()
        assert found.published_at == datetime(2026, 4, 11, 18, tzinfo=UTC)
        assert found.published_at.tzinfo is UTC

    def test_known_tells_versions_and_feeds(self, ledger: Ledger) -> None:
        """An item is known by its latest version and by every feed that showed it; strangers are left out."""
        see(ledger, item())
        see(ledger, item(version=2), feed=OTHER, outcome="joined")

        assert ledger.intake.known({item().id, ItemId("url:x")}) == {item().id: Known(2, frozenset({BLOG, OTHER}))}

    def test_a_later_version_replaces_the_words_and_nothing_else(self, ledger: Ledger) -> None:
        """The item keeps its feed and its first sighting; text, title and version are the later one's."""
        see(ledger, item(), now=NOW - DAY)

        see(ledger, item(version=2, title="Better", feed=OTHER), feed=OTHER, outcome="joined")

        life = ledger.history.item(item().id)["item"]
        assert (life["title"], life["version"], life["feed"]) == ("Better", 2, "blog")
        assert life["first_seen_at"] == NOW - DAY

    def test_a_duplicate_adds_a_sighting_and_no_item(self, ledger: Ledger) -> None:
        """What another feed showed before stays as that feed showed it."""
        see(ledger, item())

        see(ledger, item(title="Copied"), feed=OTHER, outcome="duplicate")

        life = ledger.history.item(item().id)
        assert life["item"]["title"] == item().title
        assert [(seen["feed"], seen["outcome"]) for seen in life["sightings"]] == [("blog", ""), ("other", "duplicate")]

    def test_recording_a_reading_again_changes_nothing(self, ledger: Ledger) -> None:
        """A reading that is repeated after a crash leaves the rows of the first."""
        see(ledger, item(), now=NOW - DAY)
        before = ledger.history.item(item().id)

        see(ledger, item(title="Changed"))

        assert ledger.history.item(item().id) == before

    def test_outcomes_count_each_sighting_where_it_ended(self, ledger: Ledger) -> None:
        """Sightings under way count as failed; those not asked for do not count."""
        see(ledger, item("a"), item("b"))
        see(ledger, item("c"), outcome="baseline")
        see(ledger, item("d"), outcome="filtered")
        marks = {(item(name).id, BLOG, 1) for name in "abc"}

        assert ledger.intake.outcomes(marks) == {"failed": 2, "baseline": 1}

    def test_more_items_than_a_statement_takes(self, ledger: Ledger) -> None:
        """A feed of thousands of entries is recorded and found again."""
        entries = [item(str(n)) for n in range(1300)]

        see(ledger, *entries)

        assert len(ledger.intake.known({entry.id for entry in entries})) == 1300
        assert ledger.intake.outcomes({(entry.id, BLOG, 1) for entry in entries}) == {"failed": 1300}


class TestStories:
    """Keys, links, groups and vectors."""

    def test_pending_items_come_in_order_of_arrival(self, ledger: Ledger) -> None:
        """First by the run that saw them, then by their own date, those without one last, then by id."""
        late, early = item("late", published_at=NOW), item("early", published_at=NOW - DAY)
        undated = item("undated", published_at=None)
        see(ledger, item("new", published_at=NOW - 9 * DAY))
        see(ledger, undated, late, early, now=NOW - DAY)

        found = [entry.id for entry in ledger.stories.pending()]

        assert found == [early.id, late.id, undated.id, item("new").id]

    def test_items_that_share_a_key_are_candidates(self, ledger: Ledger) -> None:
        """A pair is given for each of the items asked for; keys of one item alone give none."""
        a, b, c = item("a").id, item("b").id, item("c").id
        ledger.stories.add_keys({a: {"arxiv:1", "b:x"}, b: {"arxiv:1"}, c: {"b:x", "alone"}})

        assert ledger.stories.sharing([a]) == {(a, b)}
        assert ledger.stories.resembling([a]) == {(a, c)}
        assert ledger.stories.sharing([b, c]) == {(b, a)}
        assert ledger.stories.resembling([b, c]) == {(c, a)}
        assert ledger.stories.sharing([]) == ledger.stories.resembling([]) == set()

    def test_what_is_about_a_work_meets_the_work_and_not_all_else_about_it(self, ledger: Ledger) -> None:
        """A famous paper has hundreds of posts: each is weighed against the paper, not against the others."""
        work, post, video = item("work").id, item("post").id, item("video").id
        ledger.stories.add_keys({work: {"arxiv:1"}, post: {"about:arxiv:1"}, video: {"about:arxiv:1"}})

        assert ledger.stories.sharing([work]) == {(work, post), (work, video)}
        assert ledger.stories.sharing([post]) == {(post, work)}

    def test_a_key_that_many_share_finds_nobody_unless_it_identifies(self, ledger: Ledger) -> None:
        """Items with a blocking key that one too many has are no candidates; with one address they are."""
        ids = [item(str(n)).id for n in range(COMMON + 1)]
        ledger.stories.add_keys({id: {"b:topic"} for id in ids[1:]})
        assert len(ledger.stories.resembling(ids[1:2])) == COMMON - 1
        ledger.stories.add_keys({ids[0]: {"b:topic"}})
        assert ledger.stories.resembling(ids[:1]) == set()

        ledger.stories.add_keys({id: {"url:same"} for id in ids})

        assert len(ledger.stories.sharing(ids[:1])) == COMMON

    def test_what_a_thousand_items_share_costs_each_of_them_alike(self, ledger: Ledger) -> None:
        """Each meets the key's first holders only, which is enough to join every one of them."""
        ids = sorted(item(f"{n:04}").id for n in range(4 * COMMON))
        ledger.stories.add_keys({id: {"url:same"} for id in ids})

        found = ledger.stories.sharing(ids)

        first = set(ids[: COMMON + 1])
        assert {b for _, b in found} == first
        assert {a for a, b in found if b == ids[0]} == set(ids[1:])

    def test_titles_and_stored_vectors_are_given_for_those_that_have_some(self, ledger: Ledger) -> None:
        """Unknown items are left out, and so are vectors of another space."""
        see(ledger, item("a"), item("b"))
        row = np.array([0.5, 0.25], np.float32)
        ledger.stories.add_vectors("space", {item("a").id: row})
        ledger.stories.add_vectors("another", {item("b").id: row})
        ids = [item(name).id for name in "abc"]

        assert ledger.stories.titles(ids) == {item("a").id: "Post a", item("b").id: "Post b"}
        assert {id: list(v) for id, v in ledger.stories.vectors_of("space", ids).items()} == {ids[0]: [0.5, 0.25]}

    def test_adding_keys_again_is_harmless(self, ledger: Ledger) -> None:
        """Keys are a set."""
        ledger.stories.add_keys({item().id: {"k"}})
        ledger.stories.add_keys({item().id: {"k", "l"}})

        assert ledger.history.find([], ["l"]) == [item().id]

    @pytest.mark.slow
    def test_what_is_added_in_bulk_is_counted_at_once(self, postgres_url: str) -> None:
        """PostgreSQL plans by what it counted: not as if a table were empty until its own worker comes by."""
        ledger, engine = Ledger(postgres_url), sa.create_engine(postgres_url, poolclass=sa.NullPool)
        ledger.stories.add_keys({item(f"{n}").id: {"a", f"b:{n}"} for n in range(500)})
        ledger.close()

        with engine.connect() as connection:
            counted = connection.execute(sa.text("SELECT reltuples FROM pg_class WHERE relname = 'item_keys'"))

            assert counted.scalar_one() == 1_000

    def test_a_group_makes_a_story(self, ledger: Ledger) -> None:
        """Its members are linked, none of them is pending, and the ended ones have their outcome."""
        a, b = item("a"), item("b")
        see(ledger, a, b)
        link = Link(a.id, b.id, 0.9, "titles alike")

        ledger.stories.record([link], [Group(S1, a.id, (a.id, b.id), outcomes={b.id: ("duplicate", "same work")})], NOW)

        assert ledger.stories.linked([a.id, b.id, ItemId("x")]) == {a.id: S1, b.id: S1}
        assert ledger.stories.members({S1}) == [(a.id, S1), (b.id, S1)]
        assert ledger.stories.pending() == []
        assert ledger.stories.under_way([a.id, b.id]) == {a.id}
        assert ledger.history.item(b.id)["links"] == [{"a": a.id, "b": b.id, "score": 0.9, "basis": "titles alike"}]

    def test_a_story_can_grow_and_change_its_lead(self, ledger: Ledger) -> None:
        """A later member that is the original work leads from then on."""
        tell(ledger, S1, item("a"))
        see(ledger, paper())

        ledger.stories.record([], [Group(S1, paper().id, (item("a").id, paper().id))], NOW)

        [found] = ledger.filings.untriaged()
        assert (found.lead.id, len(found.members)) == (paper().id, 2)

    def test_merged_stories_keep_what_was_known_of_either(self, ledger: Ledger) -> None:
        """The older story keeps its own rows and takes over what only the younger had; the old id leads to it."""
        a, b = item("a"), item("b")
        tell(ledger, S1, a)
        tell(ledger, S2, b)
        ledger.filings.record_verdicts([(verdict(S2), "filed", ""), (verdict(S1, section="II"), "filed", "")], NOW)
        ledger.filings.record_articles([article(S2)], NOW)
        ledger.filings.record_summaries([summary(S2)], NOW)
        ledger.publications.record_proposals([proposal(story=S2)])
        ledger.publications.record_digests([(digest(), [S2], {})])
        ledger.corpus.add([shelved(S2, "younger")])

        ledger.stories.record([], [Group(S1, a.id, (a.id, b.id), merged=(S2,))], NOW)

        life = ledger.history.item(b.id)
        assert [found["section"] for found in life["verdicts"]] == ["II"]
        assert [len(life[part]) for part in ("articles", "summaries", "proposals", "digests")] == [1, 1, 1, 1]
        assert ledger.history.find([S2], []) == [a.id, b.id]
        assert ledger.corpus.count() == 0
        assert ledger.history.counts()["stories"] == 1

    def test_a_merged_story_that_merges_again_is_still_found(self, ledger: Ledger) -> None:
        """An alias follows its story through every later merge."""
        a, b, c = item("a"), item("b"), item("c")
        for id, entry in ((S1, a), (S2, b), (StoryId("s3"), c)):
            tell(ledger, id, entry)
        ledger.stories.record([], [Group(S2, b.id, (b.id, c.id), merged=(StoryId("s3"),))], NOW)

        ledger.stories.record([], [Group(S1, a.id, (a.id, b.id, c.id), merged=(S2,))], NOW)

        assert ledger.history.find(["s3"], []) == [a.id, b.id, c.id]

    def test_judged_stories_have_a_verdict(self, ledger: Ledger) -> None:
        """Only stories with a verdict are judged."""
        ledger.filings.record_verdicts([(verdict(S1), "filed", "")], NOW)

        assert ledger.stories.judged({S1, S2}) == {S1}

    def test_vectors_come_back_to_half_precision(self, ledger: Ledger) -> None:
        """A space's vectors come back under their subjects, sorted, and no other space's."""
        table = np.array([[0.6, 0.8], [1, 0]], np.float32)

        ledger.stories.add_vectors("one", {"b": table[0], "a": table[1]})
        ledger.stories.add_vectors("two", {"c": table[0]})
        subjects, found = ledger.stories.vectors("one")

        assert subjects == ["a", "b"]
        assert found == pytest.approx(table[::-1], abs=1e-3)
        assert ledger.stories.vectors("none")[1].shape == (0, 0)

    def test_vectors_wait_until_the_index_has_them(self, ledger: Ledger) -> None:
        """Unindexed vectors come in order up to a limit, no more once marked, all again once the marks are taken."""
        one = np.ones(2, np.float32)
        ledger.stories.add_vectors("space", {"b": one, "a": one, "c": one})

        assert [subject for subject, _ in ledger.stories.unindexed("space", 2)] == ["a", "b"]
        ledger.stories.mark_indexed("space", ["a", "b"], NOW)
        assert [subject for subject, _ in ledger.stories.unindexed("space", 9)] == ["c"]
        ledger.stories.mark_indexed("space", [], None)
        assert len(ledger.stories.unindexed("space", 9)) == 3

    def test_a_replaced_vector_is_indexed_anew(self, ledger: Ledger) -> None:
        """New words under the same id give the index something to do."""
        ledger.stories.add_vectors("space", {"a": np.ones(2, np.float32)})
        ledger.stories.mark_indexed("space", ["a"], NOW)

        ledger.stories.add_vectors("space", {"a": np.zeros(2, np.float32)})

        [(subject, vector)] = ledger.stories.unindexed("space", 9)
        assert (subject, vector.tolist()) == ("a", [0, 0])


class TestFilings:
    """Verdicts, articles, summaries and what is still to do."""

    def test_a_story_is_looked_at_again_when_something_is_new_of_it(self, ledger: Ledger) -> None:
        """An item that joins a story that was done, or news of it, brings it back; what is older does not."""
        tell(ledger, S1, item("a"))
        filings = ledger.filings
        filings.record_verdicts([(verdict(), "filed", "it fits")], NOW)
        filings.record_articles([article()], NOW)
        filings.record_summaries([summary()], NOW)
        assert filings.renewed("map", "en", NOW - DAY) == []  # it is not done yet
        filings.mark_done("propose", "map", [(S1, "not proposed")], NOW)
        assert filings.renewed("map", "en", NOW - DAY) == []

        see(ledger, item("b"), now=NOW + DAY)
        ledger.stories.record([], [Group(S1, item("a").id, (item("a").id, item("b").id))], NOW + DAY)

        assert [found.story.id for found in filings.renewed("map", "en", NOW + DAY)] == [S1]
        assert filings.renewed("map", "en", NOW + 2 * DAY) == []
        news = (News("accepted", "iclr", "It was accepted at ICLR."),)
        ledger.stories.record([], [Group(S1, item("a").id, (item("a").id,), news=news)], NOW + 3 * DAY)
        assert [found.story.id for found in filings.renewed("map", "en", NOW + 2 * DAY)] == [S1]

    def test_another_roadmap_takes_what_was_judged(self, ledger: Ledger) -> None:
        """Stories with a verdict, but none for it, are its own to judge; what it files is no longer off the roadmap."""
        tell(ledger, S1, item("a"))
        tell(ledger, S2, item("b"))
        filings = ledger.filings
        filings.record_verdicts([(verdict(section="none"), "off_roadmap", "elsewhere")], NOW)

        waiting = [found.id for found in filings.unplaced("other", NOW - DAY)]
        late = filings.unplaced("other", NOW + DAY)
        filings.record_verdicts([(replace(verdict(), roadmap="other"), "filed", "it fits")], NOW)

        outcomes = {row["id"]: row["outcome"] for row in ledger.history.items("map")}
        assert (waiting, late, filings.unplaced("other", NOW - DAY)) == ([S1], [], [])
        assert outcomes == {item("a").id: "filed", item("b").id: ""}

    def test_a_story_goes_from_step_to_step(self, ledger: Ledger) -> None:
        """Each step finds what the one before has done and it has not."""
        tell(ledger, S1, item())
        filings = ledger.filings

        assert [found.id for found in filings.untriaged()] == [S1]
        filings.record_verdicts([(verdict(), "filed", "it fits")], NOW)
        assert filings.untriaged() == []
        assert [found.id for found in filings.unread("map")] == [S1]
        filings.record_articles([article()], NOW)
        assert filings.unread("map") == []
        [(told, judged, text)] = filings.unsummarized("map", "en")
        assert (told.id, judged, text) == (S1, verdict(), article())
        filings.record_summaries([summary()], NOW)
        assert filings.unsummarized("map", "en") == []
        [found] = filings.undone("propose", "map", "en")
        assert (found.story.lead, found.verdict, found.article, found.summary) == (
            item(),
            verdict(),
            article(),
            summary(),
        )
        filings.mark_done("propose", "map", [(S1, "not proposed")], NOW)
        assert filings.undone("propose", "map", "en") == []
        [candidate] = ledger.candidates.candidates("map", "en", None)
        assert (candidate.filed, candidate.first_seen_at, candidate.ready_at) == (found, NOW, NOW)
        assert ledger.candidates.held(["default"], [S1]) == {}
        publish(ledger)
        assert ledger.candidates.held(["default", "another"], [S1]) == {"default": {S1: "d1"}}

    def test_the_most_relevant_are_read_first(self, ledger: Ledger) -> None:
        """Where not all can be read in full, those come first that readers would sooner see."""
        for id, name, relevance in ((S1, "a", 0.2), (S2, "b", 0.9)):
            tell(ledger, id, item(name))
            ledger.filings.record_verdicts([(verdict(id, relevance=relevance), "filed", "it fits")], NOW)

        assert [found.id for found in ledger.filings.unread("map")] == [S2, S1]

    def test_what_was_open_of_an_item_is_filled(self, ledger: Ledger) -> None:
        """Authors, day and language are written; the item's words stay as its feed gave them."""
        tell(ledger, S1, item(published_at=None))

        ledger.stories.complete([item(title="Another", authors=("Ada",), published_at=NOW, lang="en")])

        assert ledger.stories.items([item().id]) == {item().id: item(authors=("Ada",), published_at=NOW, lang="en")}

    def test_what_was_bought_and_what_is_suspicious_is_found_again(self, ledger: Ledger) -> None:
        """A bought summary comes back whole under its key; a suspicious story keeps its latest signs."""
        whole = summary(
            points=(Point("It grew.", "result", "1:05"),), why="It helps.", place="map/first", lost=("No.",)
        )
        earlier, later = Suspect(S1, 0.6, (("a", "b"),)), Suspect(S1, 0.8, (("sets a task", "write a poem"),))
        filings = ledger.filings

        filings.keep_bought({"k": whole}, NOW)
        for suspect in (earlier, later):
            filings.record_suspects([suspect], NOW)

        assert filings.bought(["k", "other"]) == {"k": whole}
        assert filings.suspects([S1, S2]) == {S1: later}

    def test_points_of_before_they_had_kinds_are_still_read(self, ledger: Ledger, url: str) -> None:
        """A summary that an earlier version wrote has texts alone for points."""
        ledger.filings.record_summaries([summary()], NOW)
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sa.update(summaries).values(points=["One point."]))
        engine.dispose()

        assert ledger.filings.summaries([S1], "en") == {S1: summary()}

    def test_what_is_off_the_roadmap_goes_no_further(self, ledger: Ledger) -> None:
        """A story that belongs nowhere is neither read nor summarized nor published."""
        tell(ledger, S1, item())

        ledger.filings.record_verdicts([(verdict(section="none"), "off_roadmap", "elsewhere")], NOW)

        assert ledger.filings.unread("map") == []
        assert ledger.intake.outcomes({(item().id, BLOG, 1)}) == {"off_roadmap": 1}

    def test_each_roadmap_and_language_has_its_own_rest(self, ledger: Ledger) -> None:
        """A story filed into one roadmap is nothing to another; a summary in one language is none in another."""
        tell(ledger, S1, item())
        ledger.filings.record_verdicts([(verdict(), "filed", "")], NOW)
        ledger.filings.record_articles([article()], NOW)
        ledger.filings.record_summaries([summary()], NOW)

        assert ledger.filings.undone("propose", "other", "en") == []
        assert len(ledger.filings.unsummarized("map", "zh")) == 1
        assert ledger.filings.undone("propose", "map", "zh") == []

    def test_only_items_under_way_get_the_verdict_s_outcome(self, ledger: Ledger) -> None:
        """What had ended before the verdict keeps its outcome."""
        see(ledger, item("b"), outcome="baseline")
        tell(ledger, S1, item("a"), item("b"))

        ledger.filings.record_verdicts([(verdict(), "filed", "it fits")], NOW)

        assert {row["id"]: row["outcome"] for row in ledger.history.items("map")} == {
            item("a").id: "filed", item("b").id: "baseline",
        }  # fmt: skip

    def test_a_story_is_searchable_once(self, ledger: Ledger) -> None:
        """A summarized story waits for the catalogue until it is a document."""
        tell(ledger, S1, item())
        ledger.filings.record_verdicts([(verdict(), "filed", "")], NOW)
        ledger.filings.record_articles([article()], NOW)
        ledger.filings.record_summaries([summary()], NOW)
        assert len(ledger.filings.uncatalogued("map", "en")) == 1

        ledger.corpus.add([shelved(S1, "A title")])

        assert ledger.filings.uncatalogued("map", "en") == []

    def test_a_foot_tells_what_was_done_since_the_last_digest(self, ledger: Ledger) -> None:
        """Outcomes, tokens and cost count from an instant on, such as the last digest's; failing feeds as they are."""
        see(ledger, item("old"), now=NOW - DAY, outcome="baseline")
        ledger.filings.record_usage("triage", "chat", "", 5, Usage(100, 0.1), NOW - DAY)
        publish(ledger, now=NOW - DAY)
        see(ledger, item("new"), outcome="filtered")
        see(ledger, item("under way"))
        ledger.filings.record_usage("triage", "chat", "", 5, Usage(7, 0.25), NOW)
        ledger.intake.record(OTHER, [], FeedState(error_streak=1, reason="dns"), NOW)

        found = ledger.candidates.foot(ledger.candidates.last_digests()["default"])
        first = ledger.candidates.foot(NOW - 9 * DAY)

        assert (found.outcomes, found.tokens, found.cost_usd) == ({"filtered": 1}, 7, 0.25)
        assert found.failed_feeds == (("other", "dns"),)
        assert (first.outcomes, first.tokens) == ({"baseline": 1, "filtered": 1}, 107)

    def test_a_feed_that_is_given_up_is_told_once(self, ledger: Ledger) -> None:
        """The digest after its pause says so, later ones do not; what a person paused is no news to readers."""
        given_up = FeedState(error_streak=5, reason="dns", paused_at=NOW, paused_why="failing")
        ledger.intake.record(OTHER, [], given_up, NOW)
        ledger.intake.pause(BLOG, "by hand", NOW)

        before = ledger.candidates.foot(NOW - DAY)
        after = ledger.candidates.foot(NOW)

        assert before.failed_feeds == (("other", "dns; paused, since it is failing"),)
        assert after.failed_feeds == ()

    def test_an_unknown_price_makes_the_foot_s_cost_unknown(self, ledger: Ledger) -> None:
        """A cost that is not known is told as such, and not counted against the budget."""
        ledger.filings.record_usage("triage", "chat", "", 1, Usage(7, None), NOW)
        ledger.filings.record_usage("triage", "chat", "", 1, Usage(7, 0.5), NOW)

        assert ledger.candidates.foot(NOW - DAY).cost_usd is None
        assert ledger.spending.spent(NOW) == Usage(14, 0.5)

    def test_spending_counts_from_an_instant(self, ledger: Ledger) -> None:
        """Yesterday's calls are not today's."""
        ledger.filings.record_usage("triage", "chat", "", 1, Usage(7, 0.5), NOW - DAY)
        ledger.filings.record_usage("triage", "chat", "", 1, Usage(7, 0.25), NOW)

        assert ledger.spending.spent(NOW) == Usage(7, 0.25)
        assert ledger.spending.spent(NOW + MINUTE) == Usage(0, 0.0)

    def test_costs_are_told_by_step_prompt_and_model(self, ledger: Ledger) -> None:
        """Calls are summed where step, prompt and model are the same; one unknown price makes their cost unknown."""
        ledger.filings.record_usage("triage", "chat", "file@2", 5, Usage(100, 0.1, 20, 2), NOW)
        ledger.filings.record_usage("triage", "chat", "file@2", 3, Usage(50, 0.2, 10, 1), NOW)
        ledger.filings.record_usage("triage", "chat", "study@1", 1, Usage(9, None, 2, 1), NOW)
        ledger.filings.record_usage("triage", "chat", "file@2", 5, Usage(100, 0.1, 20, 2), NOW - DAY)

        filing, study = ledger.spending.costs(NOW)

        assert {name: filing[name] for name in ("calls", "stories", "tokens", "output_tokens")} == {
            "calls": 3,
            "stories": 8,
            "tokens": 150,
            "output_tokens": 30,
        }
        assert filing["cost_usd"] == pytest.approx(0.3)
        assert (study["prompt"], study["cost_usd"]) == ("study@1", None)

    def test_a_verdict_comes_back_as_it_was(self, ledger: Ledger) -> None:
        """Rubric, cost, doubt and lookups are kept; what is not known stays unknown."""
        see(ledger, item("a"))
        tell(ledger, S1, item("a"))
        lookups = (Lookup("look_up", "images", "It sees images."),)
        whole = verdict(novelty=0.4, level="advanced", tokens=7, cost_usd=None, needs_review="why", lookups=lookups)
        ledger.filings.record_verdicts([(whole, "filed", "")], NOW)
        ledger.filings.record_articles([article()], NOW)

        ((_, found, _),) = ledger.filings.unsummarized("map", "en")

        assert found == whole

    def test_precedents_were_filed_surely_or_reviewed(self, ledger: Ledger) -> None:
        """A story is a precedent where nobody doubts its place: by its confidence, or by a reviewer's word."""
        see(ledger, item("a"))
        tell(ledger, S1, item("a"))
        doubtful = verdict(confidence=0.4)
        ledger.filings.record_verdicts([(doubtful, "filed", "")], NOW)
        unsure = ledger.placings.precedents(["s1", "s2"], "map")
        ledger.publications.record_proposals([proposal(state="accepted")])
        reviewed = ledger.placings.precedents(["s1"], "map")
        by_item = ledger.placings.precedents([item("a").id, item("b").id], "map")
        ledger.filings.record_verdicts([(verdict(needs_review="why"), "filed", "")], NOW)

        assert unsure == {}
        assert {id: (p.section, p.chapter, p.origin) for id, p in reviewed.items()} == {S1: ("I", "first", "reviewed")}
        assert by_item == {item("a").id: reviewed[S1]}
        assert [row["needs_review"] for row in ledger.placings.to_review("map")] == ["why"]
        assert ledger.placings.to_review("another") == []

    def test_a_person_s_word_is_a_precedent_and_changes_the_verdict(self, ledger: Ledger) -> None:
        """It is the story's verdict from then on, ends its review, and speaks for others, also if it says nowhere."""
        see(ledger, item("a"))
        tell(ledger, S1, item("a"))
        ledger.filings.record_verdicts([(verdict(confidence=0.4, needs_review="why"), "filed", "")], NOW)
        placing = Placing(item("a").id, "map", "none", "", "ada", "No.", NOW, "I/first by offline")

        ledger.placings.place(placing, placing.on(verdict()), "off_roadmap", "No.")

        assert ledger.filings.placed([S1], "map") == {S1: placing}
        assert ledger.filings.placed([S1], "another") == {}
        assert ledger.placings.verdict(S1, "map") == placing.on(verdict())
        assert ledger.placings.to_review("map") == []
        assert [(p.section, p.origin) for p in ledger.placings.precedents(["s1"], "map").values()] == [
            ("none", "reviewed")
        ]
        assert [row["outcome"] for row in ledger.history.item(item("a").id)["sightings"]] == ["off_roadmap"]
        assert [row["by"] for row in ledger.history.item(item("a").id)["placings"]] == ["ada"]

    def test_the_last_word_of_a_person_counts(self, ledger: Ledger) -> None:
        """Every decision is kept; what holds is the latest."""
        see(ledger, item("a"))
        tell(ledger, S1, item("a"))
        ledger.filings.record_verdicts([(verdict(), "filed", "")], NOW)

        for hours, section in enumerate(("II", "I")):
            placing = Placing(item("a").id, "map", section, "", "ada", "So.", NOW + timedelta(hours=hours))
            ledger.placings.place(placing, placing.on(verdict()), "filed", "So.")

        assert ledger.filings.placed([S1], "map")[S1].section == "I"
        assert len(ledger.history.item(item("a").id)["placings"]) == 2

    @pytest.mark.parametrize(
        ("ground", "wanted", "place"),
        [
            ("wrong-place", "II/second", ("II", "second", "reviewed")),
            ("off-topic", "", ("none", "", "reviewed")),
            ("weak", "", ("I", "first", "filed")),
        ],
    )
    def test_a_rejection_says_where_a_story_belongs(
        self, ledger: Ledger, ground: Ground, wanted: str, place: tuple[str, str, str]
    ) -> None:
        """The place that a reviewer named is the precedent, or that there is none; a weak work stays in its place."""
        see(ledger, item("a"))
        tell(ledger, S1, item("a"))
        ledger.filings.record_verdicts([(verdict(confidence=0.9), "filed", "")], NOW)
        ledger.publications.record_proposals([proposal()])
        no = Act(proposal().id, 1, NOW, "ada", "reject", "rejected", 1, ground, "", wanted)

        ledger.reviews.advance(replace(proposal(), state="rejected", steps=1), no)

        found = ledger.placings.precedents(["s1"], "map")["s1"]
        assert (found.section, found.chapter, found.origin) == place


class TestCandidates:
    """What could be told, and to whom it was told."""

    def test_a_window_begins_when_verdict_or_summary_was_made(self, ledger: Ledger) -> None:
        """A story that became ready before an instant is left out; one judged again since is there again."""
        for number, name in enumerate("abc"):
            tell(ledger, StoryId(name), item(name), now=NOW - 9 * DAY)
            ledger.filings.record_verdicts([(verdict(name), "filed", "")], NOW - number * DAY)
            ledger.filings.record_articles([article(name)], NOW - 9 * DAY)
            ledger.filings.record_summaries([summary(name)], NOW - 9 * DAY)

        found = ledger.candidates.candidates("map", "en", NOW - DAY)

        assert [(one.filed.story.id, one.ready_at) for one in found] == [("a", NOW), ("b", NOW - DAY)]
        assert {one.first_seen_at for one in found} == {NOW - 9 * DAY}

    def test_what_cannot_be_told_says_why(self, ledger: Ledger) -> None:
        """Stories off the roadmap, not filed or not summarized are listed with that; a ready one is not."""
        for name, section in (("a", "none"), ("b", "I"), ("c", "I")):
            tell(ledger, StoryId(name), item(name))
            ledger.filings.record_verdicts([(verdict(name, section=section), "filed", "")], NOW)
        tell(ledger, StoryId("d"), item("d"))
        ledger.filings.record_articles([article("c")], NOW)
        ledger.filings.record_summaries([summary("c")], NOW)

        found = ledger.candidates.unfiled("map", "en", NOW)

        assert [(one.story, one.off_roadmap, one.reason) for one in found] == [
            ("a", True, "Shares its words."), ("b", False, "not summarized yet"), ("d", False, "not filed yet"),
        ]  # fmt: skip
        assert [one.title for one in ledger.candidates.dated("map", NOW)] == ["Post b", "Post c"]

    def test_when_anything_became_new_is_known(self, ledger: Ledger) -> None:
        """The latest verdict, summary or news counts; of an empty ledger there is none."""
        empty = ledger.candidates.latest()
        tell(ledger, S1, item("a"))
        ledger.filings.record_verdicts([(verdict(), "filed", "")], NOW - DAY)
        judged = ledger.candidates.latest()
        ledger.filings.record_summaries([summary()], NOW)

        assert (empty, judged, ledger.candidates.latest()) == (None, NOW - DAY, NOW)
        assert ledger.candidates.summaries([S1, S2], "en") == {S1: summary()}
        assert ledger.candidates.summaries([S1], "zh") == {}


class TestSubscriptions:
    """People's own subscriptions and their marks."""

    def test_a_subscription_comes_back_as_it_was(self, ledger: Ledger) -> None:
        """Every part of a subscription is kept; saving it again replaces it, removing forgets it with its mark."""
        one = Subscription(
            "ada", (Channel("smtp", "ada@reader.example"),), Rule(keywords=('"KV cache"',), media=("paper",)),
            Cadence("weekly", "07:30", "fri", zone="Europe/Berlin", quiet="22:00-07:00"),
            Shape("zh-Hant", "short", 7, "count", "note"), NOW, NOW - DAY, NOW + DAY,
        )  # fmt: skip

        ledger.subscriptions.save([one, replace(one, id="bob")])
        ledger.subscriptions.mark_handled(["ada", "bob"], NOW)
        ledger.subscriptions.save([replace(one, id="bob", paused_until=None)])

        assert ledger.subscriptions.all() == [one, replace(one, id="bob", paused_until=None)]
        ledger.subscriptions.remove("ada")
        assert (ledger.subscriptions.get("ada"), ledger.subscriptions.handled()) == (None, {"bob": NOW})

    def test_a_digest_marks_its_subscription(self, ledger: Ledger) -> None:
        """With a digest it is recorded, in one transaction, up to when its subscription was looked after."""
        publish(ledger)

        assert ledger.subscriptions.handled() == {"default": NOW}


class TestPublications:
    """Digests, the outbox, proposals and runs."""

    def test_a_digest_comes_back_as_it_was(self, ledger: Ledger) -> None:
        """Digests are kept whole, the newest first."""
        publish(ledger, id="d1", now=NOW - DAY)
        publish(ledger, id="d2")

        assert ledger.publications.digests(5) == [digest("d2"), digest("d1", created_at=NOW - DAY)]
        assert ledger.publications.digests(1) == [digest("d2")]

    def test_recording_a_digest_again_changes_nothing(self, ledger: Ledger) -> None:
        """A repeated digest neither comes twice nor wakes its deliveries."""
        publish(ledger, Channel("file"))
        ledger.outbox.settle("d1-file", "sent", NOW, reference="here")

        publish(ledger, Channel("file"))

        assert len(ledger.publications.digests(5)) == 1
        assert [row["state"] for row in ledger.outbox.deliveries()] == ["sent"]

    def test_proposals_come_back_as_they_were(self, ledger: Ledger) -> None:
        """Proposals come oldest first, by state or since an instant; recording one again leaves it alone."""
        old, new = proposal("p1", created_at=NOW - DAY), proposal("p2", state="rejected")

        ledger.publications.record_proposals([new, old])
        ledger.publications.record_proposals([replace(old, title="Changed")])

        assert ledger.publications.proposals() == [old, new]
        assert ledger.publications.proposals(state="open") == [old]
        assert ledger.publications.proposals(since=NOW) == [new]
        ledger.publications.record_proposals([])

    def test_a_proposal_is_found_by_the_beginning_of_its_id(self, ledger: Ledger) -> None:
        """A prefix finds all it fits; characters with a meaning in SQL mean themselves."""
        ledger.publications.record_proposals([proposal("p12"), proposal("p13")])

        assert [found.id for found in ledger.publications.proposal("p1")] == ["p12", "p13"]
        assert [found.id for found in ledger.publications.proposal("p12")] == ["p12"]
        assert ledger.publications.proposal("%") == ledger.publications.proposal("p_") == []

    def test_only_one_of_two_acts_is_taken(self, ledger: Ledger) -> None:
        """An act comes right after those that whoever acts has seen; the second one is told that it came too late."""
        ledger.publications.record_proposals([proposal()])
        accepted = replace(proposal(), state="accepted", decided_at=NOW, decided_by="ada", steps=1)
        rejected = replace(accepted, state="rejected", decided_by="alan")

        first = ledger.reviews.advance(accepted, Act(proposal().id, 1, NOW, "ada", "accept", "accepted"))
        second = ledger.reviews.advance(rejected, Act(proposal().id, 1, NOW, "alan", "reject", "rejected"))

        assert (first, second) == (True, False)
        assert ledger.reviews.proposal("p1") == [accepted]
        assert [act.by for act in ledger.reviews.acts([proposal().id])] == ["ada"]

    def test_acts_come_back_as_they_were_recorded(self, ledger: Ledger) -> None:
        """Of each proposal in order, those of others left out; all of them by their instant."""
        ledger.publications.record_proposals([proposal("p1"), proposal("p2", url="https://e.example/2")])
        no = Act(ProposalId("p1"), 1, NOW + MINUTE, "ada", "reject", "open", 1, "wrong-place", "why", "I/second")
        yes = Act(ProposalId("p2"), 1, NOW, "ada", "accept", "accepted")
        ledger.reviews.advance(replace(proposal("p1"), steps=1), no)
        ledger.reviews.advance(replace(proposal("p2"), state="accepted", steps=1), yes)

        assert ledger.reviews.acts([ProposalId("p1")]) == [no]
        assert ledger.reviews.all_acts() == [yes, no]

    def test_a_suggester_is_told_of_a_standing_once(self, ledger: Ledger) -> None:
        """What was told is remembered by address and standing."""
        ledger.reviews.told([("https://e.example/a", "filed"), ("https://e.example/a", "filed")], NOW)
        ledger.reviews.told([("https://e.example/a", "filed"), ("https://e.example/a", "applied")], NOW)

        assert ledger.reviews.answers() == {("https://e.example/a", "filed"), ("https://e.example/a", "applied")}

    def test_the_last_run_is_remembered(self, ledger: Ledger) -> None:
        """When it was and how long it took; None where there was none."""
        before = ledger.watching.counts(NOW, NOW)
        ledger.publications.record_run(NOW, NOW, {"steps": {"fetch": {"seconds": 1}}})
        ledger.publications.record_run(NOW + MINUTE, NOW + MINUTE, {"steps": {"fetch": {"seconds": 2}}})

        after = ledger.watching.counts(NOW, NOW)
        assert (before.last_run_at, before.last_run_s) == (None, 0.0)
        assert (after.last_run_at, after.last_run_s) == (NOW + MINUTE, 2.0)


class TestPublishingAtOnce:
    """Several processes that compose for the same subscriptions."""

    def test_who_comes_second_records_nothing(self, ledger: Ledger) -> None:
        """A digest made by marks that another process has moved since is left out; one that nobody touched is kept."""
        handled = ledger.subscriptions.handled()
        first, second, other = (digest(id, subscription=of) for id, of in (("d1", "a"), ("d2", "a"), ("d3", "b")))

        done = [
            ledger.publications.record_digests([(one, [S1], {}) for one in made], handled)
            for made in ([first], [second, other])
        ]

        assert done == [{"d1"}, {"d3"}]
        assert {one.id for one in ledger.publications.digests(9)} == {"d1", "d3"}

    def test_what_was_looked_after_is_looked_after_again(self, ledger: Ledger) -> None:
        """With the marks as they are now, the next digest is recorded."""
        publish(ledger, Channel("file"))
        later = digest("d2", created_at=NOW + MINUTE)

        done = ledger.publications.record_digests([(later, [S2], {})], ledger.subscriptions.handled())

        assert done == {"d2"}


class TestContents:
    """What digests say, kept once."""

    def test_those_who_get_the_same_share_it(self, ledger: Ledger) -> None:
        """Two digests that differ in whose they are come back whole, from one row."""
        one = digest("d1", subscription="a")
        two = replace(one, id=DigestId("d2"), subscription="b", earlier=(DigestId("d0"),))

        ledger.publications.record_digests([(one, [], {}), (two, [], {})])

        found = {made.id: made for made in ledger.publications.digests(9)}
        assert found == {"d1": one, "d2": two}
        assert found[one.id].sections is found[two.id].sections


class TestLeases:
    """Exclusive work among processes."""

    def test_of_many_who_come_at_once_one_gets_it(self, url: str) -> None:
        """A lease and a delivery go to exactly one of the processes that ask at the same time."""
        ledgers = [Ledger(url) for _ in range(4)]
        publish(ledgers[0], Channel("file"))

        def ask(number: int) -> tuple[bool, int]:
            ledger, owner = ledgers[number], f"there:{number}:1"
            taken = ledger.leases.take("run", owner, NOW, MINUTE) is None
            return taken, len(ledger.outbox.claim("file", NOW, owner, NOW, MINUTE))

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(ask, range(4)))
        for ledger in ledgers:
            ledger.close()

        assert sum(taken for taken, _ in answers) == 1
        assert sum(claimed for _, claimed in answers) == 1

    @pytest.mark.parametrize(
        ("owner", "wall", "held"),
        [
            ("there:1:1", NOW, None),
            ("there:2:2", NOW, "there:1:1"),
            ("there:2:2", NOW + MINUTE, None),
        ],
    )
    def test_a_lease_has_one_owner_until_it_runs_out(
        self, ledger: Ledger, owner: str, wall: datetime, held: str | None
    ) -> None:
        """Its owner renews it, another is told who holds it, and after its end anybody takes it."""
        ledger.leases.take("run", "there:1:1", NOW, MINUTE)

        assert ledger.leases.take("run", owner, wall, MINUTE) == held

    def test_a_dead_owner_s_lease_is_taken_at_once(self, ledger: Ledger) -> None:
        """A process of this machine that is gone holds nothing."""
        ledger.leases.take("run", GONE, NOW, DAY)

        assert ledger.leases.take("run", "there:2:2", NOW, MINUTE) is None

    def test_only_the_owner_gives_a_lease_back(self, ledger: Ledger) -> None:
        """Releasing what another holds does nothing; leases of other names are others."""
        ledger.leases.take("run", "there:1:1", NOW, MINUTE)

        ledger.leases.release("run", "there:2:2")
        assert ledger.leases.take("run", "there:2:2", NOW, MINUTE) == "there:1:1"
        assert ledger.leases.take("index", "there:2:2", NOW, MINUTE) is None
        ledger.leases.release("run", "there:1:1")
        assert ledger.leases.take("run", "there:2:2", NOW, MINUTE) is None


def shelved(id: str, *texts: str, **fields: Any) -> tuple[Document, list[Shelved]]:
    """Return a document of passages with these texts, the first of which is its title, too."""
    document = Document(id, texts[0], **fields)
    return document, shelve(document, cut(document, [Part("text", text) for text in texts]))


class TestCorpus:
    """Documents, their passages and their words."""

    def found(self, ledger: Ledger, words: str, limit: int = 10, **wanted: Any) -> list[str]:
        """Return the ids of the passages that hold some of these words."""
        return ledger.corpus.matching(stems(words), Filters(**wanted), limit)

    def test_passages_are_found_by_their_words(self, ledger: Ledger) -> None:
        """Any form of any of the words finds, the rarer ones first; Chinese is found by its own words."""
        ledger.corpus.add(
            [
                shelved("a", "a cache of keys"),
                shelved("b", "a cache of values and keys"),
                shelved("c", "大语言模型的推理"),
                shelved("d", "bread"),
            ]
        )

        assert self.found(ledger, "value caching") == ["b", "a"]
        assert self.found(ledger, "语言模型") == self.found(ledger, "語言模型") == ["c"]
        assert len(self.found(ledger, "keys", limit=1)) == 1
        assert self.found(ledger, "nothing known") == []

    def test_a_passage_is_found_by_the_title_of_its_document(self, ledger: Ledger) -> None:
        """Every passage of a document carries its title; the first has the document's own id."""
        ledger.corpus.add([shelved("a", "Paged attention", "Memory in blocks.")])

        assert sorted(self.found(ledger, "attention")) == ["a", "a#1"]
        assert self.found(ledger, "blocks") == ["a#1"]
        assert [one.text for one in ledger.corpus.passages_of("a")] == ["Paged attention", "Memory in blocks."]

    @pytest.mark.parametrize(
        "query", ["", '"', 'a" OR "b', "keys*", "NEAR(", "'; DROP TABLE documents; --", "& | !", "C++ don't", "1e5 4.2"]
    )
    def test_no_query_breaks_the_search(self, ledger: Ledger, query: str) -> None:
        """Whatever is asked for is looked for as words."""
        ledger.corpus.add([shelved("a", "a cache of keys"), shelved("b", "C++ and don't, 1e5 of 4.2")])

        self.found(ledger, query)

        assert ledger.corpus.count() == 2

    def test_a_document_is_replaced_by_its_id(self, ledger: Ledger) -> None:
        """The old words find it no more, the new ones do; within one call the last one counts."""
        ledger.corpus.add([shelved("a", "old words", "and more")])

        ledger.corpus.add([shelved("a", "Newer"), shelved("a", "Newest")])

        assert self.found(ledger, "old") == self.found(ledger, "newer") == []
        assert self.found(ledger, "newest") == ["a"]
        assert ledger.corpus.documents(["a", "b"]) == {"a": Document("a", "Newest")}

    def test_terms_are_counted_as_passages_come_and_go(self, ledger: Ledger) -> None:
        """The counts are those of the passages that are there, however often these were replaced."""
        ledger.corpus.add([shelved("a", "cache", "cache of keys"), shelved("b", "keys")])
        before = ledger.corpus.version()
        ledger.corpus.add([shelved("a", "cache", "cache of keys")])
        ledger.corpus.remove(["b"])

        counts = ledger.corpus.counts(["cach", "key", "of", "nowhere"])

        assert (counts["cach"], counts["key"], counts["of"], counts.get("nowhere", 0)) == (2, 1, 1, 0)
        assert (counts[PASSAGES], counts[TERMS]) == (2, 6)
        assert ledger.corpus.version() != before
        assert self.found(ledger, "keys") == ["a#1"]

    @pytest.mark.parametrize(
        ("wanted", "ids"),
        [
            ({}, ["a", "b", "c"]),
            ({"kinds": ("video",)}, ["b"]),
            ({"langs": ("zh",)}, ["c"]),
            ({"sources": ("story", "loaded")}, ["a", "b"]),
            ({"sources": ("roadmap",)}, ["c"]),
            ({"sections": ("III",)}, ["c"]),
            ({"since": date(2026, 4, 2)}, ["b"]),
            ({"until": date(2026, 4, 1)}, ["a"]),
            ({"kinds": ("paper",), "since": date(2026, 4, 2)}, []),
        ],
    )
    def test_filters_say_what_may_be_found(self, ledger: Ledger, wanted: Any, ids: list[str]) -> None:
        """By kind, language, source, section and day; what has no day meets no bound of days."""
        ledger.corpus.add(
            [
                shelved("a", "cache", kind="paper", date="2026-04-01T08:00"),
                shelved("b", "cache", kind="video", date="2026-04-02"),
                shelved("c", "模型 cache", kind="roadmap", source="roadmap", section="III"),
            ]
        )

        assert sorted(self.found(ledger, "cache", **wanted)) == ids
        assert sorted(ledger.corpus.allowed(Filters(**wanted), 3) or []) == ids
        assert sorted(ledger.corpus.meeting(["a", "b", "c"], Filters(**wanted))) == ids

    def test_a_story_stands_where_its_verdict_put_it(self, ledger: Ledger) -> None:
        """A story that was filed anew is found in its new section at once."""
        tell(ledger, S1, item())
        ledger.corpus.add([shelved(S1, "cache", source="story")])
        ledger.filings.record_verdicts([(verdict(section="II"), "filed", "")], NOW)

        assert ledger.corpus.documents([S1])[S1].section == "II"
        assert self.found(ledger, "cache", sections=("II",)) == [S1]
        assert self.found(ledger, "cache", sections=("I",)) == []

    def test_more_than_a_few_allowed_are_not_listed(self, ledger: Ledger) -> None:
        """Whoever asks learns that there are too many to compare one by one."""
        ledger.corpus.add([shelved(name, "cache") for name in "abc"])

        assert ledger.corpus.allowed(Filters(), 2) is None


class TestHistory:
    """What people ask."""

    def test_an_item_is_found_by_whatever_names_it(self, ledger: Ledger) -> None:
        """Its id, one of its keys, its story."""
        tell(ledger, S1, paper())
        ledger.stories.add_keys({paper().id: {"url:https://arxiv.org/abs/2604.00001"}})

        for ids, keys in (
            ([paper().id], []),
            ([], [paper().id]),
            ([], ["url:https://arxiv.org/abs/2604.00001"]),
            ([S1], []),
        ):
            assert ledger.history.find(ids, keys) == [paper().id]
        assert ledger.history.find(["x"], ["y"]) == []

    def test_a_life_tells_everything(self, ledger: Ledger) -> None:
        """From the sighting to the delivery: each step's rows stand in an item's life."""
        tell(ledger, S1, item(), item("b"))
        ledger.filings.record_verdicts([(verdict(), "filed", "it fits")], NOW)
        ledger.filings.record_articles([article()], NOW)
        ledger.filings.record_summaries([summary()], NOW)
        ledger.filings.mark_done("propose", "map", [(S1, "proposed as p1")], NOW)
        ledger.publications.record_proposals([proposal()])
        publish(ledger, Channel("file"))

        life = ledger.history.item(item().id)

        lengths = {part: len(rows) for part, rows in life.items() if part not in ("item", "links") and rows}
        assert lengths == {
            "sightings": 1, "story": 1, "members": 2, "verdicts": 1, "articles": 1, "summaries": 1, "steps": 1,
            "digests": 1, "deliveries": 1, "proposals": 1,
        }  # fmt: skip

    def test_an_item_in_no_story_has_a_life_too(self, ledger: Ledger) -> None:
        """What was only seen is told as seen, without what was said of others that are in no story."""
        see(ledger, item(), item("b"))
        placing = Placing(item("b").id, "map", "none", "", "ada", "No.", NOW)
        ledger.placings.place(placing, placing.on(verdict()), "off_roadmap", "No.")

        life = ledger.history.item(item().id)

        assert [life[part] for part in ("members", "verdicts", "placings")] == [[], [], []]
        assert len(life["sightings"]) == 1

    def test_items_are_listed_newest_first_and_by_choice(self, ledger: Ledger) -> None:
        """By outcome, feed or section, up to a limit."""
        see(ledger, item("old"), now=NOW - DAY, outcome="baseline")
        tell(ledger, S1, item("new"))
        ledger.filings.record_verdicts([(verdict(), "filed", "")], NOW)
        see(ledger, item("other"), feed=OTHER, outcome="filtered")

        def listed(**choice: str) -> list[str]:
            return [row["id"].rpartition("/")[2] for row in ledger.history.items("map", **choice)]  # type: ignore[arg-type]  # no limit among them

        assert listed() == ["new", "other", "old"]
        assert listed(outcome="baseline") == ["old"]
        assert listed(feed="other") == ["other"]
        assert listed(section="I") == ["new"]
        assert len(ledger.history.items("map", limit=2)) == 2

    def test_counts(self, ledger: Ledger) -> None:
        """How many rows the main tables have."""
        see(ledger, item())

        assert ledger.history.counts()["items"] == 1


def test_what_waits_to_be_proposed_keeps_its_instant(ledger: Ledger) -> None:
    """Of the stories that wait, those that did before keep since when, and those that are not named wait no more."""
    publications = ledger.publications
    publications.keep_waiting("map", {StoryId("a"): "no room", StoryId("b"): "no sign"}, NOW)
    publications.keep_waiting("other", {StoryId("a"): "no room"}, NOW)

    publications.keep_waiting("map", {StoryId("b"): "no room", StoryId("c"): "no sign"}, NOW + timedelta(days=1))

    assert publications.waiting("map") == {StoryId("b"): NOW, StoryId("c"): NOW + timedelta(days=1)}
    assert publications.waiting("other") == {StoryId("a"): NOW}


def test_a_proposal_keeps_all_that_is_known_of_it(ledger: Ledger) -> None:
    """Every field of every kind comes back."""
    whole = proposal(
        kind="merge", stories=(S1, StoryId("s2")), subject="x", old_url="https://a.example/1", anchor="c1",
        quotes=(Quote("Words.", "https://a.example/1"),), signs=("accepted: ICLR",), due_at=NOW, revision=2,
    )  # fmt: skip
    ledger.publications.record_proposals([whole])

    assert ledger.publications.proposals() == [whole]


def test_the_migrations_make_the_schema(ledger: Ledger, url: str) -> None:
    """What the migrations build is what the tables say, but for the full-text index, which no table describes."""
    engine = sa.create_engine(url)

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, *_: (
                    name != "words" and not str(name).startswith(("passages_words", "ix_passages_words"))
                ),
            },
        )
        differences = compare_metadata(context, metadata)
    engine.dispose()

    assert differences == []


def test_a_later_schema_is_refused(url: str) -> None:
    """A ledger that a newer version has migrated is left alone."""
    Ledger(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(StoreError, match=r"'9999'.*install the newer version"):
        Ledger(url)


def test_opening_a_ledger_again_finds_everything(url: str) -> None:
    """What was recorded is there after the process has ended."""
    first = Ledger(url)
    see(first, item())
    first.close()

    second = Ledger(url)

    assert second.stories.pending() == [item()]
    second.close()


def test_a_copy_holds_every_row(ledger: Ledger, url: str, tmp_path: Path) -> None:
    """A ledger copied into another database answers alike, its full text included, and counts on."""
    tell(ledger, S1, item())
    ledger.filings.record_verdicts([(verdict(), "filed", "")], NOW)
    ledger.corpus.add([shelved("a", "A cache")])
    ledger.publications.record_run(NOW, NOW, {"n": 1})
    publish(ledger, Channel("file"))

    copy_ledger(url, sqlite_url(tmp_path / "copy.db"))
    copy = Ledger(sqlite_url(tmp_path / "copy.db"))

    assert copy.history.item(item().id) == ledger.history.item(item().id)
    assert copy.history.counts() == ledger.history.counts()
    assert copy.corpus.matching(stems("cache"), Filters(), 5) == ["a"]
    assert copy.corpus.counts(stems("cache")) == ledger.corpus.counts(stems("cache"))
    copy.publications.record_run(NOW + MINUTE, NOW + MINUTE, {"n": 2})
    assert copy.watching.counts(NOW, NOW).last_run_at == NOW + MINUTE
    copy.close()


def test_a_copy_of_nothing_is_an_empty_ledger(tmp_path: Path) -> None:
    """A database without tables gives a ledger without rows, and is not given tables itself."""
    copy_ledger(f"sqlite:///{tmp_path / 'empty.db'}", sqlite_url(tmp_path / "copy.db"))

    copy, source = Ledger(sqlite_url(tmp_path / "copy.db")), Database(f"sqlite:///{tmp_path / 'empty.db'}")
    assert copy.history.counts()["items"] == 0
    assert source.revision() is None
    copy.close()
    source.close()


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "nosuch://host/x",
        "postgresql://user:secret@host:port/x",
        "postgresql://user:p@ss:secret@host/x",
    ],
)
def test_a_url_that_cannot_be_used_is_a_setting_to_mend(url: str) -> None:
    """It is named as such, and never with its password, nor in a trace."""
    with pytest.raises(ConfigError, match="the database URL cannot be used") as caught:
        Ledger(url)

    assert "secret" not in "".join(traceback.format_exception(caught.value))


def test_a_database_that_is_away_is_told_in_a_line() -> None:
    """What failed, where, and what to do next; what libpq says has several lines."""
    pytest.importorskip("psycopg")
    database = Database(f"postgresql+psycopg://ada:secret@127.0.0.1:{free_port()}/x")

    with pytest.raises(StoreError) as caught:
        database.revision()

    said = str(caught.value)
    assert re.fullmatch(r"the ledger cannot be used: .*refused.* \(127\.0\.0\.1:\d+/x\); run 'digestbot doctor'", said)
    assert "secret" not in said


@pytest.mark.parametrize("content", [b"this is no database " * 60, None])
def test_a_file_that_is_no_ledger_is_told(tmp_path: Path, content: bytes | None) -> None:
    """A file of something else, or a folder in its place, is a StoreError."""
    file = tmp_path / "ledger.db"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)

    with pytest.raises(StoreError, match="the ledger cannot be used"):
        Ledger(sqlite_url(file))


def test_a_shown_url_has_no_password() -> None:
    """What doctor prints can be shown to anybody."""
    assert safe_url("postgresql://ada:secret@host/x") == "postgresql://ada:***@host/x"


class TestOutlines:
    """Roadmaps as they were last looked at, and what happened to them."""

    def test_a_roadmap_is_remembered_once(self, ledger: Ledger) -> None:
        """What was remembered comes back whole; who compares with an outdated look is told so and changes nothing."""
        first = memory_of(parse("# T\n## A\n### x\n- [n](https://n.example/a)\n", "map"))
        second = memory_of(parse("# T\n## A\n### x\n### y\n", "map"), first)
        event = Event("chapter", "added", "y", "y")

        told = [
            ledger.outlines.remember("map", None, first, (), NOW),
            ledger.outlines.remember("map", first, second, (event,), NOW + DAY),
            ledger.outlines.remember("map", first, second, (event,), NOW + DAY),
        ]

        assert told == [True, True, False]
        assert ledger.outlines.memory("map") == second
        assert ledger.outlines.memory("other") is None
        assert ledger.outlines.events("map") == [(NOW + DAY, event)]
        assert ledger.outlines.events("map", NOW + 2 * DAY) == []
