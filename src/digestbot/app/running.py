"""Runs: the whole line, its end alone, what people suggested, and a trial."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from digestbot import catalogue
from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.ledger import Ledger, copy_ledger, sqlite_url
from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.adapters.suggested import SuggestedSource
from digestbot.app.models import models_of
from digestbot.app.reaching import fetching
from digestbot.app.reports import report_values
from digestbot.app.storing import database_url, indexes, ledger_of, update_catalogue
from digestbot.domain import Cadence, Channel, ChannelKind, Feed, FeedId, Subscription
from digestbot.errors import StoreError
from digestbot.known_sites import ARXIV_API
from digestbot.pipeline.line import Deps, Report, SendDeps, run, send
from digestbot.pipeline.models import Models
from digestbot.ports import Progress, Route
from digestbot.processes import me
from digestbot.references import RoadmapReferences
from digestbot.roadmap import outline
from digestbot.settings import Settings
from digestbot.subscriptions.default import AT_ONCE, standing_ones

SUGGESTED = Feed(FeedId("suggested"), "suggested", "")
"""The feed that no file lists: what people handed in by address."""


_RUN_LEASE = timedelta(minutes=10)


_RENEWED_S = 120.0
"""How often a run's lease is renewed: what another host's run left behind when it died stands for ten minutes."""


def subscriptions_of(
    settings: Settings, ledger: Ledger, routes: Mapping[ChannelKind, Route], cadence: Cadence = AT_ONCE
) -> list[Subscription]:
    """Return the subscriptions that a run looks after; `cadence` is that of the one which the settings make."""
    return standing_ones(settings, ledger.subscriptions.all(), "terminal" in routes, cadence=cadence)


def run_line(
    settings: Settings,
    feeds: tuple[Feed, ...],
    now: datetime,
    since: datetime | None,
    progress: Progress,
    routes: Mapping[ChannelKind, Route],
    cadence: Cadence = AT_ONCE,
) -> Report:
    """Do one run and record its report. Raises StoreError while another process does one on this ledger.

    `cadence` is that of the subscription which the settings make.
    """
    documents = RoadmapFiles(settings.home, settings.roadmap)
    with ledger_of(settings) as ledger, alone(ledger):
        documents.install()
        subscriptions = subscriptions_of(settings, ledger, routes, cadence)
        report = _run(settings, ledger, documents, feeds, subscriptions, now, since, progress, routes)
        ledger.publications.record_run(now, datetime.now(UTC), report_values(report))
    return report


def send_line(
    settings: Settings,
    now: datetime,
    progress: Progress,
    routes: Mapping[ChannelKind, Route],
    cadence: Cadence = AT_ONCE,
) -> Report:
    """Send what is due of what was read before. Raises StoreError while another process does a run on this ledger.

    `cadence` is that of the subscription which the settings make.
    """
    documents = RoadmapFiles(settings.home, settings.roadmap)
    with ledger_of(settings) as ledger, alone(ledger):
        documents.install()
        deps = SendDeps(ledger, routes, progress, me(), lambda: datetime.now(UTC))
        subscriptions = subscriptions_of(settings, ledger, routes, cadence)
        return asyncio.run(send(deps, subscriptions, outline(documents.read()), now))


def read_suggestions(settings: Settings, feeds: tuple[Feed, ...], now: datetime, progress: Progress) -> Report:
    """Take what was suggested along the line, up to where it would be sent: the next digest tells of it.

    `feeds` are not read; arXiv's own address is theirs. Raises StoreError while another process does a run.
    """
    documents = RoadmapFiles(settings.home, settings.roadmap)
    with ledger_of(settings) as ledger, alone(ledger):
        documents.install()
        # Not recorded as a run: no feed was asked.
        return _run(settings, ledger, documents, (), [], now, None, progress, {}, _arxiv_url(feeds))


def _arxiv_url(feeds: tuple[Feed, ...]) -> str:
    return next((feed.url for feed in feeds if feed.kind == "arxiv"), ARXIV_API)


def try_line(
    settings: Settings,
    feeds: tuple[Feed, ...],
    now: datetime,
    since: datetime | None,
    progress: Progress,
    routes: Mapping[ChannelKind, Route],
    scratch: Path,
    models: Models | None = None,
) -> Report:
    """Do the same run on a copy of the ledger in a scratch folder, with the offline model: nothing is kept or paid.

    Other models may be given; they must not make calls either.
    """
    target = sqlite_url(scratch / "ledger.db")
    source = database_url(settings)
    if settings.database_url or (settings.home / "ledger.db").exists():
        copy_ledger(source, target)
    # A trial costs nothing: what a chat model took would be recorded in the copy only, and no budget would bound it.
    mine = {"home": scratch, "database_url": None, "chroma_url": None, "model": "offline"}
    copy = settings.model_copy(update=mine)
    documents = RoadmapFiles(settings.home, settings.roadmap)
    with ledger_of(copy) as ledger:
        for space in (catalogue.items_space(ConceptEmbedder()), catalogue.documents_space(ConceptEmbedder())):
            ledger.stories.mark_indexed(space, [], None)  # the copy has an index of its own, and it is empty
        here = tuple(Channel(kind) for kind in routes)
        subscriptions = [replace(one, channels=here) for one in subscriptions_of(settings, ledger, routes)]
        return _run(copy, ledger, documents, feeds, subscriptions, now, since, progress, routes, models=models)


def _run(
    settings: Settings,
    ledger: Ledger,
    documents: RoadmapFiles,
    feeds: tuple[Feed, ...],
    subscriptions: list[Subscription],
    now: datetime,
    since: datetime | None,
    progress: Progress,
    routes: Mapping[ChannelKind, Route],
    arxiv_url: str = "",
    models: Models | None = None,
) -> Report:
    roadmap = documents.read()
    embedder, taxonomy = ConceptEmbedder(), outline(roadmap)
    # What people suggested is one more feed of whatever run comes next.
    asked = feeds if ledger.suggestions.pending() == [] else (*feeds, SUGGESTED)

    async def work() -> Report:
        async with fetching(settings, feeds=len(feeds)) as reach:
            suggested = SuggestedSource(
                ledger.suggestions, reach.papers, reach.pages, reach.videos, arxiv_url or _arxiv_url(feeds)
            )
            deps = Deps(
                ledger=ledger,
                sources={**reach.sources, "suggested": suggested},
                pages=reach.pages,
                transcripts=reach.transcripts,
                full_texts=settings.full_texts,
                index=index_of(catalogue.items_space(embedder)),
                embedder=embedder,
                models=models or models_of(settings, ledger, now),
                references=RoadmapReferences(
                    roadmap,
                    taxonomy,
                    ledger.placings,
                    index_of(catalogue.documents_space(embedder)),
                    embedder,
                    reach.pages,
                ),
                routes=routes,
                progress=progress,
                owner=me(),
                wall=lambda: datetime.now(UTC),
            )
            return await run(deps, asked, subscriptions, roadmap, taxonomy, now, since)

    with indexes(settings, ledger, embedder) as index_of:
        report = asyncio.run(work())
        update_catalogue(ledger, index_of, embedder, roadmap, now)
    return report


@contextmanager
def alone(ledger: Ledger, renewed_s: float = _RENEWED_S) -> Iterator[None]:
    """Hold the ledger's run for the length of a context; raises StoreError while another process has it."""
    owner, over = me(), Event()
    held = ledger.leases.take("run", owner, datetime.now(UTC), _RUN_LEASE)
    if held:
        raise StoreError(f"another run is under way (process {held}): wait for it to end")

    def renew() -> None:
        while not over.wait(renewed_s):
            # A ledger that is busy now is asked again in time; a run does no harm twice, so that it goes on meanwhile.
            with suppress(StoreError):
                ledger.leases.take("run", owner, datetime.now(UTC), _RUN_LEASE)

    renewing = Thread(target=renew, name="lease", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()
        ledger.leases.release("run", owner)
