"""Fills a ledger with many filed stories, a day after the other, as if they had been read over a year.

Texts are sentences of recorded papers put together anew; vectors are those of recorded papers with noise, since
embedding a hundred thousand texts takes an hour and says nothing of pages.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from offline_corpus import Row

from digestbot import catalogue
from digestbot.adapters.embedder import SearchEmbedder
from digestbot.adapters.ledger import Ledger
from digestbot.domain import (
    Article,
    Digest,
    DigestId,
    DigestSection,
    Entry,
    FeedId,
    FeedState,
    Filed,
    Foot,
    Group,
    Item,
    ItemId,
    Point,
    Sighting,
    Story,
    StoryId,
    Summary,
    Verdict,
)
from digestbot.offline.sentences import split
from digestbot.roadmap import Roadmap

END = datetime(2026, 5, 4, 6, tzinfo=UTC)
A_DAY = 250
_KNOWN = 400
"""Recorded papers whose real vectors the others are made from."""


class Noisy:
    """Gives texts vectors that look like real ones, at no cost."""

    def __init__(self, real: Sequence[str]) -> None:
        """Take texts whose own vectors the others are near to."""
        embedder = SearchEmbedder()
        self.name = embedder.name
        self._table = embedder.embed(list(real))
        self._chance = np.random.default_rng(3)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each text."""
        chosen = self._table[self._chance.integers(0, len(self._table), len(texts))]
        rows = chosen + self._chance.normal(0, 0.02, chosen.shape).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def fill(ledger: Ledger, roadmap: Roadmap, recorded: Sequence[Row], count: int) -> list[StoryId]:
    """Record so many filed stories, the last on the day of END, and a digest a day; return their ids."""
    chance = random.Random(7)
    noisy = Noisy([f"{row['title']}\n{row['abstract']}" for row in recorded[:_KNOWN]])
    catalogue.update_roadmap(ledger.corpus, ledger.stories, noisy, roadmap)
    made: list[StoryId] = []
    days = -(-count // A_DAY)
    for day in range(days):
        now = END - timedelta(days=days - 1 - day)
        filed = [_filed(number, recorded, roadmap, chance, now) for number in range(len(made), len(made) + A_DAY)]
        _record(ledger, noisy, filed, now)
        made += [one.story.id for one in filed]
    return made


def _record(ledger: Ledger, noisy: Noisy, filed: Sequence[Filed], now: datetime) -> None:
    leads = [one.story.lead for one in filed]
    ledger.intake.record(FeedId("stock"), [Sighting(lead, "filed") for lead in leads], FeedState(), now)
    ledger.stories.record([], [Group(one.story.id, one.story.lead.id, (one.story.lead.id,)) for one in filed], now)
    ledger.filings.record_verdicts([(one.verdict, "filed", "") for one in filed], now)
    ledger.filings.record_articles([one.article for one in filed], now)
    ledger.filings.record_summaries([one.summary for one in filed], now)
    catalogue.add_documents(ledger.corpus, ledger.stories, noisy, [catalogue.document_of(one) for one in filed])
    stories = [one.story.id for one in filed[:40]]
    ledger.publications.record_digests([(_digest(filed[:40], now), stories, {})])


def _filed(number: int, recorded: Sequence[Row], roadmap: Roadmap, chance: random.Random, now: datetime) -> Filed:
    sources = chance.sample(recorded, 3)
    words = [word for row in sources[:2] for word in row["title"].split()]
    title = " ".join(chance.sample(words, min(9, len(words))))
    text = " ".join(sentence for row in sources for sentence in split(row["abstract"] or row["title"])[:3])
    section = chance.choice([one for one in roadmap.sections if one.filing and one.chapters])
    id = StoryId(f"s{number:010d}")
    lead = Item(
        ItemId(f"arxiv:9{number // 100_000:03d}.{number % 100_000:05d}"), FeedId("stock"),
        f"https://arxiv.org/abs/{number}", title, text, now - timedelta(days=1),
        authors=("Ada Lovelace", "Alan Turing"), medium="paper", lang="en",
    )  # fmt: skip
    sure, relevant = chance.random(), chance.random()
    sentences = split(text)
    return Filed(
        Story(id, lead, (lead,)),
        Verdict(id, roadmap.name, section.id, chance.choice(section.chapters).id, sure, relevant, "", "offline"),
        Article(id, text, "abstract"),
        Summary(id, "en", sentences[0], tuple(map(Point, sentences[1:4])), tuple(sentences[:4]), "offline", "abstract"),
    )


def _digest(filed: Sequence[Filed], now: datetime) -> Digest:
    entries = tuple(
        Entry(one.story.id, one.story.lead.title, one.story.lead.url, "paper", one.summary.tldr,
              tuple(point.text for point in one.summary.points), "", one.verdict.relevance, "abstract")
        for one in filed
    )  # fmt: skip
    parts = (DigestSection("all", "All", entries),)
    return Digest(DigestId(f"{now:%Y%m%d}-default-00"), "default", "Roadmap", now, "", parts, (), Foot({"filed": 250}))


def some_stories(ledger: Ledger, chance: random.Random, count: int) -> Iterator[StoryId]:
    """Yield stories of the ledger at random."""
    total = ledger.watching.counts(END, END).stories
    yield from (StoryId(f"s{chance.randrange(total):010d}") for _ in range(count))
