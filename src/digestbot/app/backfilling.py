"""Backfills, wired up: a dump or a span of days at arXiv → chunks → prepared on cores or a cluster → the ledger."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Protocol

from digestbot import catalogue
from digestbot.adapters.arxiv_api import ArxivSource
from digestbot.adapters.dump_file import chunks_of, mark_of
from digestbot.adapters.embedder import ConceptEmbedder, SearchEmbedder
from digestbot.adapters.http import PoliteHttp
from digestbot.adapters.ledger import Ledger
from digestbot.adapters.offline_model import knows, verdicts_of
from digestbot.adapters.ray_batches import Chunks, crew_of, is_installed
from digestbot.announcements import LAG
from digestbot.app.documents import installed
from digestbot.app.reaching import user_agent
from digestbot.app.running import alone
from digestbot.app.storing import indexes, ledger_of
from digestbot.domain import BACKFILL, Feed, Outline, Story, Verdict
from digestbot.errors import BusyError, ConfigError, SourceError
from digestbot.known_sites import ARXIV_API
from digestbot.pipeline.backfill import Books, Tally, backfill, judge_here
from digestbot.pipeline.fetch import FIRST_WEEK
from digestbot.pipeline.pairs import Comparison, Judged
from digestbot.pipeline.preparing import Chunk, Prepared, Preparer, Wanted
from digestbot.references import Resources
from digestbot.roadmap import Roadmap, outline
from digestbot.search import documents_space
from digestbot.settings import Settings

CHUNK_LINES = 1_000
"""Lines that are prepared and recorded together: what a kill costs again, and for how long the ledger is held."""
SPAN = timedelta(days=3)
"""What is asked of arXiv at a time: of its largest groups a page or two."""
LEFT_TO_FEEDS = FIRST_WEEK + LAG
"""Papers as young as this are left to the feeds, whose first reading announces them."""
_ASKED_AGAIN_S = 1.0


@dataclass(frozen=True)
class Order:
    """What is to be loaded: of a dump, or else of arXiv day by day; and on what it is prepared.

    No `workers` prepare in this process; None takes what there is. `cluster` is the address of a Ray cluster.
    """

    dump: Path | None
    wanted: Wanted
    limit: int | None = None
    workers: int | None = None
    cluster: str = ""


def load_history(
    settings: Settings, feeds: Sequence[Feed], order: Order, now: datetime, show: Callable[[Tally], None]
) -> Tally:
    """Load papers as history; what an earlier call has done is not done again.

    Raises ConfigError for a source that cannot be used, BusyError while another backfill is under way, and SourceError
    where the source came to an end early: what was loaded until then stays.
    """
    wanted = replace(order.wanted, until=min(order.wanted.until or now, now - LEFT_TO_FEEDS))
    source = _dump(order.dump) if order.dump else _days(settings, feeds, wanted)
    with ledger_of(settings) as ledger, alone(ledger, "backfill"):
        read = [files.read() for files in installed(settings, ledger, now)]
        prepare = Preparer(wanted, tuple(map(outline, read)), Filing(read), ConceptEmbedder(), SearchEmbedder(), now)
        name = _name(source.mark, order.wanted)
        begun, done = ledger.loading.begin(name, now), frozenset(ledger.loading.done(name))
        with _crew(order) as crew:
            books = Books(ledger.loading, ledger.stories, prepare.embedder, prepare.searcher, crew.judged)
            chunks = crew.prepared(partial(source.chunks, done), prepare)
            tally = backfill(books, name, chunks, begun, order.limit, partial(_turn, ledger), show)
        at_hand = time.process_time()
        index_history(settings, ledger, now)
        tally.seconds["index"] = time.process_time() - at_hand  # its library works in threads of its own
    return tally


def index_history(settings: Settings, ledger: Ledger, now: datetime) -> None:
    """Bring the index up to date, as far as this process may: a run would have to do it first."""
    with indexes(settings, ledger, SearchEmbedder()) as index_of:
        for space in (catalogue.items_space(ConceptEmbedder()), documents_space(SearchEmbedder())):
            catalogue.update_index(ledger.stories, index_of(space), space, now)


class Filing:
    """Files as a run does offline, but for what runs and reviewers decided on works near: history comes before that."""

    def __init__(self, roadmaps: Sequence[Roadmap]) -> None:
        self._resources = {roadmap.name: Resources(roadmap, ConceptEmbedder()) for roadmap in roadmaps}

    def __call__(self, stories: Sequence[Story], outline: Outline) -> list[Verdict]:
        """Return a verdict for each story; see `preparing.File`."""
        if knows(outline):
            return verdicts_of(stories, outline)
        near = self._resources[outline.name].near([story.lead.title for story in stories])
        return verdicts_of(stories, outline, {story.id: rows for story, rows in zip(stories, near, strict=True)})


@dataclass(frozen=True)
class _Source:
    """Where papers come from: `mark` names what it holds, `chunks` reads all but those that are done."""

    mark: str
    chunks: Callable[[frozenset[int]], Iterator[Chunk]]


def _name(mark: str, wanted: Wanted) -> str:
    """Return the name of a backfill: what was done under it is not done again."""
    told = f"{mark} {CHUNK_LINES} {SPAN} {sorted(wanted.categories)} {wanted.since} {wanted.until}"
    return f"backfill:{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _dump(file: Path) -> _Source:
    return _Source(f"dump {mark_of(file)}", partial(lines_of, file))


def lines_of(file: Path, done: frozenset[int]) -> Iterator[Chunk]:
    """Yield the chunks of a dump that are not done; see `dump_file.chunks_of`."""
    return (chunk for chunk in chunks_of(file, CHUNK_LINES) if chunk.number not in done)


def _days(settings: Settings, feeds: Sequence[Feed], wanted: Wanted) -> _Source:
    """Return what the arXiv feeds would have found in a span of days, or these categories at their address."""
    asked = [replace(feed, id=BACKFILL) for feed in feeds if feed.kind == "arxiv"]
    if wanted.categories:
        url = asked[0].url if asked else ARXIV_API
        asked = [Feed(BACKFILL, "arxiv", url, categories=wanted.categories)]
    if not asked:
        raise ConfigError("feeds.yaml has no feed of kind arxiv: name --categories, or a dump to load")
    if wanted.since is None or wanted.until is None or wanted.since >= wanted.until:
        raise ConfigError(
            f"no days to ask arXiv for: name --since, a day before {wanted.until:%Y-%m-%d} "
            f"(papers of the last {LEFT_TO_FEEDS.days} days are left to the feeds), or a dump to load"
        )
    days = Days(tuple(asked), wanted.since, wanted.until, settings.allow_nets, user_agent(settings))
    return _Source(f"days {asked}", days.chunks)


@dataclass(frozen=True)
class Days:
    """A span of days at arXiv: which papers of it, where, and who asks."""

    feeds: tuple[Feed, ...]
    since: datetime
    until: datetime
    allow_nets: tuple[IPv4Network | IPv6Network, ...]
    user_agent: str

    def chunks(self, done: frozenset[int]) -> Iterator[Chunk]:
        """Yield what was submitted in each part of the span that is not done, in order; one request after another.

        Raises SourceError where arXiv keeps failing; a part of which something is missing comes before that.
        """
        parts = list(self.parts())
        with asyncio.Runner() as runner:
            http = PoliteHttp(self.allow_nets, self.user_agent)
            source = ArxivSource(http)
            try:
                for number, (feed, since, until) in enumerate(parts, 1):
                    if number not in done:
                        found = runner.run(source.submitted(feed, since, until))
                        whole = not found.missing and until - since == SPAN
                        yield Chunk(number, number, len(parts), items=found.items, refused=found.left_out, whole=whole)
                        if found.missing:
                            raise SourceError(f"arXiv: {found.missing}", reason="incomplete")
            finally:
                runner.run(http.aclose())

    def parts(self) -> Iterator[tuple[Feed, datetime, datetime]]:
        """Yield (feed, since, until) in order of time; only the last part may be shorter than the others."""
        since = self.since
        while since < self.until:
            until = min(since + SPAN, self.until)
            for feed in self.feeds:
                yield feed, since, until
            since = until


class _Crew(Protocol):
    """Who prepares and compares."""

    def prepared(self, chunks: Chunks, prepare: Preparer) -> Iterator[Prepared]: ...
    def judged(self, comparison: Comparison) -> Judged: ...


class _Nobody:
    """This process does everything itself."""

    def prepared(self, chunks: Chunks, prepare: Preparer) -> Iterator[Prepared]:
        return map(prepare, chunks())

    def judged(self, comparison: Comparison) -> Judged:
        return judge_here(comparison)


def _crew(order: Order) -> AbstractContextManager[_Crew]:
    is_alone = order.workers == 0 or (order.workers is None and not is_installed())
    return nullcontext(_Nobody()) if is_alone and not order.cluster else crew_of(order.workers, order.cluster)


@contextmanager
def _turn(ledger: Ledger) -> Iterator[None]:
    """Wait until no run is under way, and hold runs off for the length of a context."""
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(alone(ledger))
                break
            except BusyError:
                time.sleep(_ASKED_AGAIN_S)
        yield
