"""The straight line: one ingest and one digest pass, in this order.

    fetch → dedupe → triage → read → summarize → propose      (ingest; per feed, then per item or story)
                                  publish → deliver            (digest; per subscription)

Every step takes from the ledger what lacks it and records what it did, so that a run which is killed anywhere is
finished by the next one, and a second run on the same input changes nothing. Every item ends in one outcome:

    filed         it carries a story into a section          baseline   older than the feed's first reading
    off_roadmap   it carries a story that belongs nowhere    known      recorded by an earlier run
    duplicate     the same work, or the same item elsewhere  filtered   nothing in it to file
    joined        it adds a medium or a version to a story   failed     none of these: a fault of ours
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from digestbot.announcements import Tally
from digestbot.domain import (
    CHANNEL_KINDS,
    ChannelKind,
    Digest,
    Feed,
    FeedKind,
    Outcome,
    Outline,
    Proposal,
    Receipt,
    Step,
    Subscription,
    Usage,
)
from digestbot.languages import canonical
from digestbot.pipeline.dedupe import StoryLedger, dedupe
from digestbot.pipeline.deliver import Outbox, deliver
from digestbot.pipeline.fetch import FeedReport, IntakeLedger, fetch
from digestbot.pipeline.models import Models
from digestbot.pipeline.propose import ProposalLedger, Proposals, Reviews, propose
from digestbot.pipeline.publish import Candidates, Digests, Marks, publish
from digestbot.pipeline.read import PAGES_OF_A_HOST, ArticleLedger, NameLedger, Readers, read
from digestbot.pipeline.reconcile import AnnouncementLedger, SeenLedger, reconcile
from digestbot.pipeline.summarize import SummaryLedger, summarize
from digestbot.pipeline.triage import TriageLedger, triage
from digestbot.ports import Embedder, FeedSource, Index, PageReader, Progress, References, Route, Transcripts
from digestbot.render.words import digest_lang
from digestbot.roadmap import Roadmap

OUTCOMES: tuple[Outcome, ...] = (
    "filed",
    "off_roadmap",
    "duplicate",
    "joined",
    "known",
    "filtered",
    "baseline",
    "failed",
)


class Intake(IntakeLedger, SeenLedger, Protocol):
    """The ledger's intake, with what the report asks of it."""

    def outcomes(self, marks: Sequence[tuple[Any, Any, int]]) -> Mapping[str, int]: ...


class Filings(TriageLedger, ArticleLedger, SummaryLedger, ProposalLedger, Protocol):
    """The ledger's filings, as all the steps from triage to propose see them."""


class Stories(StoryLedger, NameLedger, Protocol):
    """The ledger's stories, as dedupe and read see them."""


class Publications(Proposals, Digests, Protocol):
    """The ledger's publications, as propose and publish see them."""


class Ledger(Protocol):
    """The ledger, part by part."""

    @property
    def intake(self) -> Intake: ...
    @property
    def announcements(self) -> AnnouncementLedger: ...
    @property
    def stories(self) -> Stories: ...
    @property
    def filings(self) -> Filings: ...
    @property
    def candidates(self) -> Candidates: ...
    @property
    def subscriptions(self) -> Marks: ...
    @property
    def publications(self) -> Publications: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def outbox(self) -> Outbox: ...


@dataclass(frozen=True)
class SendDeps:
    """Everything from outside that a digest pass uses."""

    ledger: Ledger
    routes: Mapping[ChannelKind, Route]
    progress: Progress
    owner: str
    """This process's name, under which it claims deliveries."""
    wall: Callable[[], datetime]
    """The real clock, by which leases run."""
    kinds: Sequence[ChannelKind] = field(default=CHANNEL_KINDS, kw_only=True)
    """The channels that this process sends to."""


@dataclass(frozen=True)
class Deps(SendDeps):
    """Everything from outside that the line uses."""

    sources: Mapping[FeedKind, FeedSource]
    pages: PageReader
    transcripts: Transcripts
    index: Index
    embedder: Embedder
    models: Models
    full_texts: int = PAGES_OF_A_HOST
    """How many papers a run reads in full."""


@dataclass
class Spent:
    """What a step took."""

    seconds: float = 0.0
    usage: Usage = field(default_factory=Usage)


@dataclass
class Report:
    """What a run did; `outcomes` sum to the entries that its feeds showed."""

    now: datetime
    feeds: list[FeedReport] = field(default_factory=list)
    announced: list[Tally] = field(default_factory=list)
    """What arXiv's listings announced and what became of it, day by day."""
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    steps: dict[Step, Spent] = field(default_factory=dict)
    digests: list[Digest] = field(default_factory=list)
    deliveries: list[Receipt] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    degraded: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """A roadmap that stories are filed into, with what helps a chat model to file."""

    roadmap: Roadmap
    outline: Outline
    references: References | None = None
    """None where there is no chat model to help."""


async def run(
    deps: Deps,
    feeds: Sequence[Feed],
    subscriptions: Sequence[Subscription],
    plans: Sequence[Plan],
    now: datetime,
    since: datetime | None = None,
) -> Report:
    """Do one ingest and one digest pass; return what was done.

    What is new is filed into each of the roadmaps, of which there is one at least; the first is the main one. Summaries
    are in a roadmap's language and in those of the subscriptions' digests. Without routes nothing is sent, and what
    waits in the outbox stays as it is.
    """
    report, ledger, show = Report(now), deps.ledger, deps.progress

    with _timed(report, "fetch"):
        reports = await fetch(ledger.intake, deps.sources, feeds, now, since, show)
        report.feeds, report.announced = await reconcile(ledger, deps.sources, feeds, reports, now)
    with _timed(report, "dedupe"):
        await dedupe(ledger.stories, deps.index, deps.embedder, now, show)
    with _timed(report, "triage") as spent:
        for plan in plans:
            spent.usage += await triage(
                ledger.filings, deps.models, plan.outline, now, show, plan.references, is_beside=plan is not plans[0]
            )
    with _timed(report, "read"):
        for plan in plans:
            readers = _readers(deps, feeds, canonical(plan.outline.lang))
            await read(ledger.filings, ledger.stories, readers, plan.outline.name, now, show)
    with _timed(report, "summarize") as spent:
        for plan in plans:
            langs = summary_langs(_telling(subscriptions, plan, plans), plan.outline)
            spent.usage += await summarize(ledger.filings, deps.models, plan.outline, langs, now, show)
    with _timed(report, "propose") as spent:
        for plan in plans:
            lang = canonical(plan.outline.lang)
            done = await propose(
                ledger.filings, ledger.publications, ledger.reviews, deps.models, plan.roadmap, lang, now, show
            )
            report.proposals += done.proposals
            spent.usage += done.usage
    report.degraded = list(deps.models.degraded)

    await _digest(deps, report, subscriptions, plans)
    _count(report, ledger.intake)
    return report


def summary_langs(subscriptions: Sequence[Subscription], outline: Outline) -> set[str]:
    """Return the languages that summaries are wanted in: the roadmap's, and those of the digests that tell of it."""
    telling = [one for one in subscriptions if one.rule.roadmap in ("", outline.name)]
    return {canonical(outline.lang), *(canonical(digest_lang(one.shape.lang, outline.lang)) for one in telling)}


def _telling(subscriptions: Sequence[Subscription], plan: Plan, plans: Sequence[Plan]) -> list[Subscription]:
    """Return the subscriptions that tell of a roadmap; those that name none tell of the main one, the first."""
    name = plan.outline.name
    return [one for one in subscriptions if one.rule.roadmap == name or (not one.rule.roadmap and plan is plans[0])]


def _readers(deps: Deps, feeds: Sequence[Feed], lang: str) -> Readers:
    endpoints = {feed.id: feed.url for feed in feeds if feed.kind == "arxiv"}
    return Readers(deps.pages, deps.transcripts, lang, endpoints, deps.full_texts)


async def send(deps: SendDeps, subscriptions: Sequence[Subscription], plans: Sequence[Plan], now: datetime) -> Report:
    """Do one digest pass alone: digests for what is due of what was read before, and everything that waits to go."""
    report = Report(now)
    await _digest(deps, report, subscriptions, plans)
    return report


async def _digest(deps: SendDeps, report: Report, subscriptions: Sequence[Subscription], plans: Sequence[Plan]) -> None:
    ledger, now, degraded = deps.ledger, report.now, "; ".join(report.degraded)
    with _timed(report, "publish"):
        for plan in plans:
            mine, lang = _telling(subscriptions, plan, plans), canonical(plan.outline.lang)
            report.digests += await publish(
                ledger.candidates, ledger.subscriptions, ledger.publications, mine, plan.outline, lang, now, degraded
            )
    with _timed(report, "deliver"):
        if deps.routes:
            report.deliveries = await deliver(
                ledger.outbox, deps.routes, deps.owner, now, deps.wall, deps.progress, deps.kinds
            )


def _count(report: Report, intake: Intake) -> None:
    ended = intake.outcomes([mark for feed in report.feeds for mark in feed.marks])
    for outcome in OUTCOMES:
        report.outcomes[outcome] = ended.get(outcome, 0)
    report.outcomes["known"] = sum(feed.known for feed in report.feeds)
    report.outcomes["filtered"] += sum(len(feed.left_out) for feed in report.feeds)


@contextmanager
def _timed(report: Report, step: Step) -> Iterator[Spent]:
    spent = report.steps[step] = Spent()
    started = time.perf_counter()
    yield spent
    spent.seconds = time.perf_counter() - started
