"""What is kept: the data folder, the ledger, the indexes, the feeds file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from digestbot import catalogue, feeds
from digestbot.adapters.feeds_file import FeedsFile
from digestbot.adapters.index import ChromaIndex, ChromaStore, LedgerIndex
from digestbot.adapters.ledger import Ledger, safe_url
from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.domain import Feed
from digestbot.errors import StoreError
from digestbot.languages import canonical
from digestbot.ports import Embedder, Index
from digestbot.roadmap import Roadmap
from digestbot.search import Hit, search
from digestbot.settings import Settings
from digestbot.shipped import shipped


def database_url(settings: Settings) -> str:
    """Return the ledger's URL: the setting, or SQLite in the data folder."""
    if settings.database_url:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{settings.home / 'ledger.db'}"


def open_ledger(settings: Settings) -> Ledger:
    """Open the ledger, making the data folder if it is missing."""
    make_home(settings.home)
    return Ledger(database_url(settings))


@contextmanager
def ledger_of(settings: Settings) -> Iterator[Ledger]:
    """Open the ledger for the length of a context."""
    ledger = open_ledger(settings)
    try:
        yield ledger
    finally:
        ledger.close()


def load_feeds(settings: Settings, file: Path | None) -> tuple[Feed, ...]:
    """Return the feeds of a file, of the data folder's feeds.yaml, or of the shipped one, in this order."""
    if file is None:
        own = settings.home / "feeds.yaml"
        return feeds.load(own) if own.is_file() else feeds.parse(shipped("feeds.yaml").read_text("utf-8"), "feeds.yaml")
    return feeds.load(file)


def feeds_file(settings: Settings) -> FeedsFile:
    """Return the data folder's feeds file, making the folder if it is missing."""
    make_home(settings.home)
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


def update_catalogue(
    ledger: Ledger, index_of: Callable[[str], Index], embedder: Embedder, roadmap: Roadmap, now: datetime
) -> int:
    """Make new stories searchable, and bring the index of documents up to date; return how many vectors it gained."""
    lang = canonical(roadmap.lang)
    fresh = [catalogue.document_of(filed) for filed in ledger.filings.uncatalogued(roadmap.name, lang)]
    catalogue.add_documents(ledger.corpus, ledger.stories, embedder, fresh)
    space = catalogue.documents_space(embedder)
    return catalogue.update_index(ledger.stories, index_of(space), space, now)


def found_documents(settings: Settings, ledger: Ledger, query: str, limit: int, now: datetime) -> list[Hit]:
    """Return what is found for a query, best first, with the newest stories made searchable before."""
    from digestbot.adapters.embedder import ConceptEmbedder

    embedder = ConceptEmbedder()
    with indexes(settings, ledger, embedder) as index_of:
        update_catalogue(ledger, index_of, embedder, RoadmapFiles(settings.home, settings.roadmap).read(), now)
        return search(ledger.corpus, index_of(catalogue.documents_space(embedder)), embedder, query, limit)


def make_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"the data folder {str(home)!r} cannot be made: {error.strerror}; set DIGESTBOT_HOME"
        ) from error


def index_trouble(settings: Settings) -> str:
    """Return why the index cannot be used, "" when it can; one that another process of ours owns is fine."""
    if not settings.chroma_url:
        return ""
    try:
        store = ChromaStore(settings.chroma_url)
        try:
            store.check()
        finally:
            store.close()
    except StoreError as error:
        return str(error)
    return ""


def free_bytes(home: Path) -> int:
    """Return the free space where the data folder is, or will be."""
    folder = next(parent for parent in (home, *home.absolute().parents) if parent.exists())
    return shutil.disk_usage(folder).free


def shown_database(settings: Settings) -> str:
    """Return the ledger's URL without its password."""
    return safe_url(database_url(settings))
