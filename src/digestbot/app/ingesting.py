"""One run of the line on an open ledger: what it is given, what it works with, and what can be searched after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from digestbot import catalogue
from digestbot.adapters.embedder import ConceptEmbedder, SearchEmbedder
from digestbot.adapters.ledger import Ledger
from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.adapters.suggested import SuggestedSource
from digestbot.app.ending import worked
from digestbot.app.reaching import Reach, fetching
from digestbot.app.searching import searcher_of, update_meanings
from digestbot.app.storing import Indexes, indexes, update_catalogue
from digestbot.domain import ChannelKind, Feed, FeedId, Subscription
from digestbot.errors import BudgetError, ModelError
from digestbot.known_sites import ARXIV_API
from digestbot.pipeline.line import Deps, Plan, Report, run
from digestbot.pipeline.models import Models
from digestbot.ports import Embedder, Index, PageReader, Progress, Route
from digestbot.processes import me
from digestbot.references import RoadmapReferences
from digestbot.roadmap import Roadmap, outline
from digestbot.settings import Settings

SUGGESTED = Feed(FeedId("suggested"), "suggested", "")
"""The feed that no file lists: what people handed in by address."""


@dataclass(frozen=True)
class Given:
    """What a run is given by whoever starts it."""

    feeds: tuple[Feed, ...]
    now: datetime
    progress: Progress
    routes: Mapping[ChannelKind, Route]
    """Where digests may go; without any, what waits to be sent stays as it is."""
    since: datetime | None = None
    """Feeds are asked for what was published from then on; None for since the last good reading of each."""
    arxiv_url: str = ""
    """Where arXiv answers about papers that were handed in; "" for where the feeds ask it."""


@dataclass(frozen=True)
class Ingest:
    """One run on an open ledger; `documents` are its roadmaps, the main one first."""

    settings: Settings
    ledger: Ledger
    documents: Sequence[RoadmapFiles]
    subscriptions: Sequence[Subscription]
    models: Models
    given: Given

    def do(self, stop: Event | None = None) -> Report:
        """Do the run, bring what is searched up to date, and return what was done; raises StoppedError after `stop`."""
        roadmaps, embedder = [files.read() for files in self.documents], ConceptEmbedder()
        searcher = searcher_of(self.settings, self.ledger, self.given.now)
        with indexes(self.settings, self.ledger, embedder) as index_of:
            index = index_of(catalogue.items_space(embedder))
            report = worked(self._read_and_send(roadmaps, index, embedder), stop)
            for roadmap in roadmaps:
                update_catalogue(self.ledger, index_of, SearchEmbedder(), roadmap, self.given.now)
            report.degraded += self._lacking(index_of, searcher)
        return report

    async def _read_and_send(self, roadmaps: Sequence[Roadmap], index: Index, embedder: Embedder) -> Report:
        given = self.given
        # What people suggested is one more feed of whatever run comes next.
        feeds = given.feeds if self.ledger.suggestions.pending() == [] else (*given.feeds, SUGGESTED)
        async with fetching(self.settings, feeds=len(given.feeds)) as reach:
            plans = _plans(self.ledger, roadmaps, index, embedder, reach.pages)
            deps = self._deps(reach, index, embedder)
            return await run(deps, feeds, self.subscriptions, plans, given.now, given.since)

    def _deps(self, reach: Reach, index: Index, embedder: Embedder) -> Deps:
        url = self.given.arxiv_url or arxiv_url(self.given.feeds)
        suggested = SuggestedSource(self.ledger.suggestions, reach.papers, reach.pages, reach.videos, url)
        return Deps(
            ledger=self.ledger,
            sources={**reach.sources, "suggested": suggested},
            pages=reach.pages,
            transcripts=reach.transcripts,
            full_texts=self.settings.full_texts,
            index=index,
            embedder=embedder,
            models=self.models,
            routes=self.given.routes,
            progress=self.given.progress,
            owner=me(),
            wall=lambda: datetime.now(UTC),
        )

    def _lacking(self, index_of: Indexes, searcher: Embedder) -> list[str]:
        """Make what is new searchable by its meaning; return what did not work, in words."""
        lacking = []
        try:
            update_meanings(self.ledger, index_of, searcher, self.given.now)
        except (ModelError, BudgetError) as error:
            lacking.append(f"not all can be searched by {searcher.name} yet: {error}")
        if index_of.trouble:
            lacking.append(f"{index_of.lacking}: {index_of.trouble}")
        return lacking


def arxiv_url(feeds: Sequence[Feed]) -> str:
    """Return where the feeds ask arXiv, its own address where none does."""
    return next((feed.url for feed in feeds if feed.kind == "arxiv"), ARXIV_API)


def _plans(
    ledger: Ledger, roadmaps: Sequence[Roadmap], index: Index, embedder: Embedder, pages: PageReader
) -> list[Plan]:
    """Return each roadmap with what is known of it, the main one first."""
    outlines = [(roadmap, outline(roadmap)) for roadmap in roadmaps]
    return [
        Plan(one, plan, RoadmapReferences(one, plan, ledger.placings, index, embedder, pages)) for one, plan in outlines
    ]
