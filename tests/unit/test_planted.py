"""The planted corpus: sixty works over ten days are sixty stories, and nothing else is joined."""

from __future__ import annotations

import asyncio
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import planted
import pytest
from fakes import silent

from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.catalogue import items_space
from digestbot.domain import FeedId, FeedState, Sighting, StoryId
from digestbot.pipeline.dedupe import dedupe

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, blank_ledger: Path) -> Iterator[Ledger]:
    """A ledger that has seen the whole corpus, a run a day."""
    file = tmp_path_factory.mktemp("planted") / "ledger.db"
    ledger, embedder = Ledger(sqlite_url(Path(shutil.copy(blank_ledger, file)))), ConceptEmbedder()
    index = LedgerIndex(lambda: ledger.stories.vectors(items_space(embedder)))
    for day in range(planted.DAYS):
        now = planted.FIRST_DAY + timedelta(days=day, hours=12)
        seen = [Sighting(entry.item, "") for entry in planted.everything() if entry.day == day]
        ledger.intake.record(FeedId("blog"), seen, FeedState(last_success_at=now), now)
        asyncio.run(dedupe(ledger.stories, index, embedder, now, silent))
    yield ledger
    ledger.close()


def works_of(ledger: Ledger) -> dict[str, set[StoryId]]:
    """Return the stories of each work."""
    everything = planted.everything()
    story_of = ledger.stories.linked([entry.item.id for entry in everything])
    found = defaultdict(set)
    for entry in everything:
        found[entry.work].add(story_of[entry.item.id])
    return found


def test_the_corpus_is_as_large_as_it_says() -> None:
    """Sixty works of three entries at least, in three media and a fourth for code, over ten days."""
    entries = planted.stories()
    media = {(entry.work, entry.item.medium) for entry in entries}

    assert len({entry.work for entry in entries}) == 60
    assert {medium for _, medium in media} == {"paper", "post", "video", "repository"}
    assert {entry.day for entry in planted.everything()} == set(range(planted.DAYS))
    assert len({entry.item.id for entry in planted.everything()}) == len(planted.everything())


def test_every_planted_work_is_one_story(corpus: Ledger) -> None:
    """Paper, venue version, post, talk, repository and copies of one work are together, whenever they came."""
    apart = {work: stories for work, stories in works_of(corpus).items() if len(stories) > 1}

    assert apart == {}


def test_nothing_else_is_joined(corpus: Ledger) -> None:
    """No two works share a story: parts, sequels, benchmarks, lists and links in passing stand alone."""
    owners = defaultdict(set)
    for work, stories in works_of(corpus).items():
        for story in stories:
            owners[story].add(work)

    assert {story: works for story, works in owners.items() if len(works) > 1} == {}


def test_the_original_work_leads(corpus: Ledger) -> None:
    """Where there is a paper, it leads, even if a post came first."""
    papers = {entry.work for entry in planted.stories() if entry.item.medium == "paper"}
    led = {story.lead.medium for story in corpus.filings.untriaged() if story.lead.title.split(":")[0] in papers}

    assert led == {"paper"}


def test_every_link_says_why(corpus: Ledger) -> None:
    """Nothing is joined without a reason on record."""
    lives = [corpus.history.item(entry.item.id) for entry in planted.stories()]

    assert all(life["links"] and all(link["basis"] for link in life["links"]) for life in lives)
