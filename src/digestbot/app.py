"""The composition root: settings → adapters → Deps."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from digestbot import __version__, catalogue, feeds
from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.feeds_file import FeedsFile
from digestbot.adapters.index import ChromaIndex, ChromaStore, LedgerIndex
from digestbot.adapters.ledger import Ledger, copy_ledger, safe_url, sqlite_url
from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.adapters.suggested import PaperFinder, SuggestedSource
from digestbot.announcements import tally_values
from digestbot.app_models import models_of
from digestbot.domain import Cadence, Channel, ChannelKind, Digest, Feed, FeedId, FeedKind, Subscription
from digestbot.errors import ConfigError, StoreError
from digestbot.known_sites import ARXIV_API
from digestbot.languages import canonical
from digestbot.pipeline.line import Deps, Report, SendDeps, run, send
from digestbot.pipeline.models import Models
from digestbot.ports import Embedder, FeedSource, Http, Index, PageReader, Progress, Route, Transcripts, VideoReader
from digestbot.processes import me
from digestbot.references import RoadmapReferences
from digestbot.render.links import Links
from digestbot.roadmap import Roadmap, outline
from digestbot.settings import Settings
from digestbot.shipped import shipped
from digestbot.subscriptions.default import AT_ONCE, standing_ones

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from digestbot.adapters.discovery import FeedFinder
    from digestbot.web.tokens import Tokens

SUGGESTED = Feed(FeedId("suggested"), "suggested", "")
"""The feed that no file lists: what people handed in by address."""
_FEEDS_PER_PROCESS = 100
_MOST_PROCESSES = 4
"""A process takes 0.3 s to start and 60 MB; a hundred feeds take it half a second to read."""
_RUN_LEASE = timedelta(minutes=10)
_RENEWED_S = 120.0
"""How often a run's lease is renewed: what another host's run left behind when it died stands for ten minutes."""


def database_url(settings: Settings) -> str:
    """Return the ledger's URL: the setting, or SQLite in the data folder."""
    if settings.database_url:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{settings.home / 'ledger.db'}"


def open_ledger(settings: Settings) -> Ledger:
    """Open the ledger, making the data folder if it is missing."""
    _make_home(settings.home)
    return Ledger(database_url(settings))


@contextmanager
def ledger_of(settings: Settings) -> Iterator[Ledger]:
    """Open the ledger for the length of a context."""
    ledger = open_ledger(settings)
    try:
        yield ledger
    finally:
        ledger.close()


def user_agent(settings: Settings) -> str:
    """Return who asks, and where to write to when it asks too much: the sender of the mails, once that is set."""
    contact = "" if settings.mail_from.endswith("@localhost") else f" (+mailto:{settings.mail_from})"
    return f"digestbot/{__version__}{contact}"


def load_feeds(settings: Settings, file: Path | None) -> tuple[Feed, ...]:
    """Return the feeds of a file, of the data folder's feeds.yaml, or of the shipped one, in this order."""
    if file is None:
        own = settings.home / "feeds.yaml"
        return feeds.load(own) if own.is_file() else feeds.parse(shipped("feeds.yaml").read_text("utf-8"), "feeds.yaml")
    return feeds.load(file)


def feeds_file(settings: Settings) -> FeedsFile:
    """Return the data folder's feeds file, making the folder if it is missing."""
    _make_home(settings.home)
    return FeedsFile(settings.home, shipped("feeds.yaml").read_text("utf-8"))


@contextmanager
def indexes(settings: Settings, ledger: Ledger, embedder: Embedder) -> Iterator[Callable[[str], Index]]:
    """Give the index of each space: Chroma where this process may own it, else the ledger's vectors read whole."""
    store: ChromaStore | None = None
    # Where another process of ours owns the folder, or the server is down, the ledger's own vectors say the same.
    with suppress(StoreError):
        found = ChromaStore(settings.chroma_url or settings.home / "chroma")
        found.check()
        store = found

    def index_of(space: str) -> Index:
        return ChromaIndex(store, space) if store else LedgerIndex(lambda: ledger.stories.vectors(space))

    try:
        yield index_of
    finally:
        if store:
            store.close()


@dataclass(frozen=True)
class Reach:
    """What reads from outside."""

    sources: Mapping[FeedKind, FeedSource]
    pages: PageReader
    transcripts: Transcripts
    papers: PaperFinder
    videos: VideoReader


@asynccontextmanager
async def fetching(settings: Settings, feeds: int = 1) -> AsyncIterator[Reach]:
    """Give everything that reads from outside, all over one polite client."""
    from digestbot.adapters.arxiv_api import ArxivSource
    from digestbot.adapters.http import PoliteHttp
    from digestbot.adapters.pages import TrafilaturaPages
    from digestbot.adapters.syndication import SyndicationSource
    from digestbot.adapters.transcripts import YoutubeTranscripts
    from digestbot.adapters.worker import Worker
    from digestbot.adapters.youtube import YoutubeSource

    http = PoliteHttp(settings.allow_nets, user_agent(settings))
    worker = Worker(processes=worker_processes(feeds))
    pages, papers, videos = TrafilaturaPages(http, worker), ArxivSource(http), YoutubeSource(http, worker)
    try:
        yield Reach(
            sources={
                "arxiv": papers,
                "feed": SyndicationSource(http, worker),
                "youtube": videos,
            },
            pages=pages,
            transcripts=YoutubeTranscripts(http, http),
            papers=papers,
            videos=videos,
        )
    finally:
        await worker.aclose()
        await http.aclose()


@dataclass(frozen=True)
class Look:
    """What looks for feeds; `sources` read those that are more than a document at an address."""

    finder: FeedFinder
    sources: Mapping[FeedKind, FeedSource]


def worker_processes(feeds: int) -> int:
    """Return how many processes read that many feeds best."""
    return min(1 + feeds // _FEEDS_PER_PROCESS, os.cpu_count() or 1, _MOST_PROCESSES)


@asynccontextmanager
async def looking(settings: Settings) -> AsyncIterator[Look]:
    """Give what looks for feeds and reads them once, over a polite client of its own."""
    from digestbot.adapters.arxiv_api import ArxivSource
    from digestbot.adapters.discovery import FeedFinder
    from digestbot.adapters.http import PoliteHttp
    from digestbot.adapters.worker import Worker
    from digestbot.adapters.youtube import YoutubeSource

    http: Http = PoliteHttp(settings.allow_nets, user_agent(settings))
    worker = Worker()
    try:
        yield Look(FeedFinder(http, worker), {"arxiv": ArxivSource(http), "youtube": YoutubeSource(http, worker)})
    finally:
        await worker.aclose()
        await http.aclose()


def routes_of(
    settings: Settings, write: Callable[[str], object] | None, width: int, colour: bool
) -> dict[ChannelKind, Route]:
    """Return how each kind of channel is reached; `write` prints to the terminal, None when there is none."""
    from digestbot.adapters.atom_sender import AtomSender
    from digestbot.adapters.discord_webhook import DiscordWebhookSender
    from digestbot.adapters.file_sender import FileSender
    from digestbot.adapters.maildir_sender import MaildirSender
    from digestbot.adapters.webhook_sender import WebhookSender
    from digestbot.render.html import checked_template

    template, to = checked_template(settings.home / "templates"), settings.recipients[0]
    routes: dict[ChannelKind, Route] = {
        "file": Route(FileSender(settings.home / "digests", template)),
        "maildir": Route(MaildirSender(settings.mail_from, to, template), str(settings.home / "maildir")),
    }
    if write:
        from digestbot.adapters.terminal import TerminalSender

        routes["terminal"] = Route(TerminalSender(write, width, colour))
    if settings.smtp_url:
        from digestbot.adapters.smtp_sender import SmtpSender

        mails = SmtpSender(
            settings.smtp_url.get_secret_value(),
            settings.mail_from,
            per_minute=settings.smtp_per_minute,
            links_of=mail_links(settings),
            template=template,
        )
        routes["smtp"] = Route(mails, resend=settings.smtp_in_doubt == "resend")
    hook, secret = settings.discord_webhook_url, settings.webhook_secret
    routes["discord_webhook"] = Route(DiscordWebhookSender(), hook.get_secret_value() if hook else "")
    routes["webhook"] = Route(
        WebhookSender(secret.get_secret_value() if secret else "", allow_nets=settings.allow_nets)
    )
    routes["atom"] = Route(AtomSender())
    return routes


def mail_links(settings: Settings) -> Callable[[Digest, Channel], Links]:
    """Return what finds the addresses of pages that a mail holds: none where no pages are reached."""
    if not settings.public_url:
        return lambda digest, channel: Links()
    from digestbot.web.links import links_of

    return links_of(tokens_of(settings), settings.public_url)


def tokens_of(settings: Settings) -> Tokens:
    """Return what signs links, by the secret of the settings or the data folder's own."""
    from digestbot.adapters.secret_file import secret_of
    from digestbot.web.tokens import Tokens

    if settings.web_secret:
        return Tokens(settings.web_secret.get_secret_value())
    _make_home(settings.home)
    return Tokens(secret_of(settings.home / "web.secret"))


def web_pages(settings: Settings, ledger: Ledger, tell: Callable[[str], None]) -> Starlette:
    """Return the web pages as an ASGI application; raises ConfigError where no address to reach them is set."""
    from digestbot.adapters.maildir_sender import MaildirMailer
    from digestbot.adapters.smtp_sender import SmtpMailer
    from digestbot.render.html import checked_template
    from digestbot.web.office import Office
    from digestbot.web.site import Site, application

    if not settings.public_url:
        raise ConfigError("set DIGESTBOT_PUBLIC_URL to the address at which readers reach the pages: mails link to it")
    url, documents = settings.smtp_url, RoadmapFiles(settings.home, settings.roadmap)
    documents.install()
    office = Office(
        ledger.subscriptions,
        ledger.readers,
        ledger.outbox,
        ledger.publications,
        lambda: outline(documents.read()),
        tokens_of(settings),
        settings.public_url,
        settings.mail_from,
        lambda: settings.now or datetime.now(UTC),
    )
    mailer = SmtpMailer(url.get_secret_value(), settings.mail_from) if url else MaildirMailer(settings.home / "maildir")
    template = checked_template(settings.home / "templates")
    return application(Site(office, mailer, settings.sign_up == "open", tell, template))


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


def update_catalogue(
    ledger: Ledger, index_of: Callable[[str], Index], embedder: Embedder, roadmap: Roadmap, now: datetime
) -> int:
    """Make new stories searchable, and bring the index of documents up to date; return how many vectors it gained."""
    lang = canonical(roadmap.lang)
    fresh = [catalogue.document_of(filed) for filed in ledger.filings.uncatalogued(roadmap.name, lang)]
    catalogue.add_documents(ledger.corpus, ledger.stories, embedder, fresh)
    space = catalogue.documents_space(embedder)
    return catalogue.update_index(ledger.stories, index_of(space), space, now)


def report_values(report: Report) -> dict[str, object]:
    """Return a report as JSON values."""
    return {
        "now": report.now.isoformat(),
        "feeds": [
            {
                "id": f.id,
                "fetched": f.fetched,
                "new": f.new,
                "failed": f.failed,
                "reason": f.reason,
                "left_out": list(f.left_out),
                "note": f.note,
            }
            for f in report.feeds
        ],
        "announced": [tally_values(tally) for tally in report.announced],
        "outcomes": dict(report.outcomes),
        "steps": {
            step: {"seconds": round(spent.seconds, 3), "tokens": spent.usage.tokens, "cost_usd": spent.usage.cost_usd}
            for step, spent in report.steps.items()
        },
        "digests": [
            {
                "id": digest.id,
                "subscription": digest.subscription,
                "stories": sum(len(s.entries) + len(s.brief) for s in digest.sections),
            }
            for digest in report.digests
        ],
        "deliveries": [
            {
                "digest": receipt.digest,
                "channel": receipt.channel.kind,
                "state": receipt.state,
                "reference": receipt.reference,
                "reason": receipt.reason,
            }
            for receipt in report.deliveries
        ],
        "proposals": [{"id": p.id, "chapter": p.chapter, "title": p.title, "url": p.url} for p in report.proposals],
        "degraded": report.degraded,
    }


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


def _make_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"the data folder {str(home)!r} cannot be made: {error.strerror}; set DIGESTBOT_HOME"
        ) from error


def free_bytes(home: Path) -> int:
    """Return the free space where the data folder is, or will be."""
    folder = next(parent for parent in (home, *home.absolute().parents) if parent.exists())
    return shutil.disk_usage(folder).free


def shown_database(settings: Settings) -> str:
    """Return the ledger's URL without its password."""
    return safe_url(database_url(settings))
