"""Backfill: what is loaded as history, that it is loaded once, and that no digest or proposal comes of it."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fakes import NOW, Death, FakeEmbedder, item, outline, paper, silent, verdict

from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.adapters.ledger.schema import metadata
from digestbot.adapters.ray_batches import crew_of, is_installed
from digestbot.domain import BACKFILL, FeedId, FeedState, Filters, Item, Outline, Sighting, Story, Verdict
from digestbot.errors import ConfigError
from digestbot.pipeline.backfill import Books, Tally, backfill, judge_here
from digestbot.pipeline.dedupe import dedupe
from digestbot.pipeline.preparing import Chunk, Preparer, Wanted

LONG_AGO = datetime(2019, 5, 1, 12, tzinfo=UTC)
EMBEDDER = FakeEmbedder()


def file(stories: Sequence[Story], outline: Outline) -> list[Verdict]:
    """File every story about sequences, the others nowhere."""
    return [
        verdict(story.id, roadmap=outline.name, section="I" if "equence" in story.lead.title else "none")
        for story in stories
    ]


def old(number: str, **changes: Any) -> Item:
    """Return a paper of 2019 with words of its own."""
    text = f"In {number} we look at {number[5:]} of all things, and at {number[::-1]} beside it."
    held = {"title": f"Sequence {number}", "text": text, "published_at": LONG_AGO, "feed": BACKFILL} | changes
    return paper(number, **held)


TWIN = "We keep the keys and values of a prompt in a rolling cache, and show that decoding stays exact."
PAPERS = (
    old("1905.00001"),
    old("1905.00002", title="Baking sourdough"),
    old("1905.00003", title="Rolling Sequence Caches for Long Prompts", text=TWIN, authors=("Ada Lovelace",)),
    old("1905.00004"),
    old("1905.00005", title="Rolling Sequence Caches for Long Prompts", text=TWIN, authors=("Ada Lovelace",)),
    old("1905.00006", title="Rolling Sequence Caches for Long Prompts", text=TWIN, authors=("Ada Lovelace",)),
    old("1905.00007", title="Nothing of it"),
)


def preparer(**changes: Any) -> Preparer:
    """Return what prepares papers for the small roadmap."""
    return replace(Preparer(Wanted(), (outline(),), file, EMBEDDER, EMBEDDER, NOW), **changes)


def chunks(papers: Sequence[Item] = PAPERS, size: int = 3, done: Sequence[int] = ()) -> Iterator[Chunk]:
    """Cut papers into chunks, those that are done left out."""
    parts = [tuple(papers[start : start + size]) for start in range(0, len(papers), size)]
    return (Chunk(n, n, len(parts), items=part) for n, part in enumerate(parts, 1) if n not in done)


def load(ledger: Ledger, papers: Sequence[Item] = PAPERS, limit: int | None = None, now: datetime = NOW) -> Tally:
    """Load papers under one name, going on where an earlier call came to."""
    books = Books(ledger.loading, ledger.stories, EMBEDDER, EMBEDDER, judge_here)
    begun, done = ledger.loading.begin("history", now), sorted(ledger.loading.done("history"))
    prepared = map(preparer(), chunks(papers, done=done))
    return backfill(books, "history", prepared, begun, limit, nullcontext, lambda tally: None)


def everything(ledger_file: Path) -> dict[str, Any]:
    """Return all rows of a ledger, in order, but for the numbers that rows are counted by."""
    engine = sa.create_engine(sqlite_url(ledger_file))
    with engine.connect() as connection:
        found = {
            table.name: sorted(str(tuple(row)) for row in connection.execute(sa.select(*columns(table))))
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found


def columns(table: sa.Table) -> list[sa.Column[Any]]:
    """Return a table's columns without the one that is counted up."""
    return [one for one in table.columns if one.name != "number"]


def ended(ledger: Ledger, item: Item) -> list[tuple[str, str]]:
    """Return who showed an item, and where that ended."""
    return [(one["feed"], one["outcome"]) for one in ledger.history.item(item.id)["sightings"]]


def see(ledger: Ledger, entry: Item) -> None:
    """Let a feed show an entry, and put it into its story."""
    ledger.intake.record(FeedId("blog"), [Sighting(entry, "")], FeedState(), NOW)
    index = LedgerIndex(lambda: ledger.stories.vectors(f"{EMBEDDER.name}.items"))
    asyncio.run(dedupe(ledger.stories, index, EMBEDDER, NOW, silent))


def test_papers_end_as_the_line_would_end_them(ledger: Ledger) -> None:
    """Each is filed, off the roadmap, or the duplicate of an older one, once, under the feed that no file lists."""
    tally = load(ledger)

    outcomes = [ended(ledger, one) for one in PAPERS]
    assert outcomes == [
        [(BACKFILL, one)] for one in ("filed", "off_roadmap", "filed", "filed", "duplicate", "duplicate", "off_roadmap")
    ]
    assert tally.outcomes == {
        "filed": 3,
        "off_roadmap": 2,
        "duplicate": 2,
        "known": 0,
        "left_out": 0,
        "refused": 0,
    }
    assert ledger.stories.pending() == []
    assert ledger.filings.untriaged() == []


def test_history_is_found_and_gone_by_but_never_told(ledger: Ledger) -> None:
    """It is searched and a precedent; no later step sees it, no foot counts it, no trend and no preview names it."""
    load(ledger)

    story = ledger.stories.linked([PAPERS[0].id])[PAPERS[0].id]
    since = NOW - timedelta(days=1)
    assert [one.split("#")[0] for one in ledger.corpus.matching(["1905.00001"[5:]], Filters(), 5)] == [story]
    assert ledger.placings.precedents([story], "map")[story].section == "I"
    assert ledger.filings.unread("map") == []
    assert ledger.filings.judged_since("map", since, 0.0) == []
    assert ledger.filings.unplaced("other", since) == []
    assert ledger.candidates.dated("map", since) == []
    assert ledger.candidates.unfiled("map", "en", since) == []
    assert ledger.candidates.foot(since).outcomes == {}


def test_a_post_about_a_paper_of_history_is_news(ledger: Ledger) -> None:
    """It brings the story to triage as if nobody had judged it; from then on the story is one like the others."""
    load(ledger)
    post = item(title=f"On {PAPERS[0].title}", text=PAPERS[0].text, links=(PAPERS[0].url,))

    see(ledger, post)

    (story,) = ledger.filings.untriaged()
    assert [one.id for one in story.members] == [PAPERS[0].id, post.id]
    ledger.filings.record_verdicts([(verdict(story.id), "filed", "it is")], NOW)
    assert [one.id for one in ledger.filings.unread("map")] == [story.id]
    assert ended(ledger, post) == [("blog", "filed")]
    assert story.id not in ledger.corpus.documents([story.id])


def test_a_paper_of_history_can_be_suggested(ledger: Ledger) -> None:
    """That it was loaded does not make it one that was told."""
    load(ledger)

    known = ledger.intake.known([PAPERS[0].id])[PAPERS[0].id]

    assert known.only_indexed


def test_what_is_known_is_passed_over(ledger: Ledger) -> None:
    """An item that a feed showed stays as it is, and loading again under another name loads nothing."""
    see(ledger, replace(PAPERS[0], feed=FeedId("blog"), title="As the feed told it"))
    first = load(ledger)

    books = Books(ledger.loading, ledger.stories, EMBEDDER, EMBEDDER, judge_here)
    again = backfill(books, "other", map(preparer(), chunks()), NOW, None, nullcontext, lambda tally: None)

    assert (first.new, first.outcomes["known"]) == (6, 1)
    assert (again.new, again.outcomes["known"]) == (0, 7)
    assert ended(ledger, PAPERS[0]) == [("blog", "")]


def test_a_limit_ends_it_and_the_next_call_goes_on(ledger: Ledger) -> None:
    """So many new papers at most, the first of the source; a chunk that was not taken whole is not done."""
    first, second, third = load(ledger, limit=4), load(ledger, limit=2), load(ledger)

    assert (first.new, second.new, third.new) == (4, 2, 1)
    assert ledger.loading.done("history") == {1, 2, 3}


@pytest.mark.slow
def test_a_death_at_any_write_changes_nothing_in_the_end(tmp_path: Path, blank_ledger: Path) -> None:
    """However often it dies before a commit, the next call leaves the rows of a backfill that never died."""
    whole = Path(shutil.copy(blank_ledger, tmp_path / "whole.db"))
    with opened(whole) as ledger:
        load(ledger)
    expected = everything(whole)

    for moment in range(1, 20):
        file = Path(shutil.copy(blank_ledger, tmp_path / f"{moment}.db"))
        with opened(file) as ledger, dying(moment) as life:
            life["dead"] = died(ledger)
        with opened(file) as ledger:
            load(ledger, now=NOW + timedelta(days=1))
        found = everything(file)
        if not life["dead"]:
            break
        begun_late = moment == 1
        assert begun_late or found == expected

    assert moment > 12


@contextmanager
def opened(file: Path) -> Iterator[Ledger]:
    """Open a ledger for the length of a context."""
    ledger = Ledger(sqlite_url(file))
    yield ledger
    ledger.close()


@contextmanager
def dying(moment: int) -> Iterator[dict[str, bool]]:
    """Raise Death instead of the commit of this number."""
    count = 0

    def step(_connection: object) -> None:
        nonlocal count
        count += 1
        if count == moment:
            raise Death

    sa.event.listen(sa.Engine, "commit", step)
    yield {}
    sa.event.remove(sa.Engine, "commit", step)


def died(ledger: Ledger) -> bool:
    """Load, and tell whether that ended in death."""
    try:
        load(ledger)
    except Death:
        return True
    return False


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (Wanted(), True),
        (Wanted(categories=("cs.CL",)), True),
        (Wanted(categories=("math.CO", "cs.*")), True),
        (Wanted(categories=("cs",)), False),
        (Wanted(since=LONG_AGO, until=LONG_AGO + timedelta(seconds=1)), True),
        (Wanted(since=LONG_AGO + timedelta(seconds=1)), False),
        (Wanted(until=LONG_AGO), False),
    ],
)
def test_filters_look_at_categories_and_at_the_first_day(wanted: Wanted, taken: bool) -> None:
    """A span holds its beginning and not its end; a category may stand for all of its archive."""
    assert wanted.has(old("1905.00001", categories=("cs.CL", "stat.ML"))) is taken


def test_bad_lines_are_counted_and_end_nothing(ledger: Ledger) -> None:
    """A chunk of a dump gives its papers once each, and for every other line its number and the reason."""
    good = {"id": "1905.00001", "title": "Sequence", "abstract": "About it.", "update_date": "2019-05-01"}
    lines = (json.dumps(good).encode(), b"{", None, b"  ", json.dumps(good | {"title": "Again"}).encode())

    found = preparer()(Chunk(1, 5, 5, lines=lines, first_line=11))

    assert [one.item.title for one in found.papers] == ["Sequence"]
    assert found.repeated == 1
    assert found.refused == ("line 12: it is not JSON", "line 13: it is too long")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "head", "ray://head", "127.0.0.1:99999999"])
@pytest.mark.skipif(not is_installed(), reason="Ray is not installed: pip install digestbot[ray]")
def test_a_cluster_that_is_not_there_is_said_at_once(address: str) -> None:
    """Ray would look for it for minutes."""
    with pytest.raises(ConfigError, match="cannot be reached"), crew_of(None, address):
        pass
