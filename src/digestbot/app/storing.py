"""What is kept: the data folder, the ledger, the indexes, the feeds file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from digestbot import catalogue, feeds
from digestbot.adapters.feeds_file import FeedsFile
from digestbot.adapters.index import ChromaIndex, ChromaStore, LedgerIndex, Server, SteadyIndex
from digestbot.adapters.ledger import Ledger, existing_url, safe_url, schema_found
from digestbot.domain import Feed
from digestbot.errors import StoreError
from digestbot.languages import canonical
from digestbot.ports import Embedder, Index
from digestbot.roadmap import Roadmap
from digestbot.search import documents_space
from digestbot.settings import Settings
from digestbot.shipped import shipped


def database_url(settings: Settings) -> str:
    """Return the ledger's URL: the setting, or SQLite in the data folder."""
    if settings.database_url:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{settings.home / 'ledger.db'}"


def existing(settings: Settings) -> Settings:
    """Make the ledger if need be, and return the settings by which it is never made again while a server runs.

    Else the ledger that somebody moved away would be followed by an empty one, and everything be told anew.
    """
    kept = existing_url(database_url(settings))
    if kept == database_url(settings):
        return settings
    open_ledger(settings).close()
    return settings.model_copy(update={"database_url": SecretStr(kept)})


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


def chroma_place(settings: Settings) -> Path | Server:
    """Return where Chroma is: the server that is set, or a folder in the data folder."""
    if not settings.chroma_url:
        return settings.home / "chroma"
    return Server(settings.chroma_url, settings.chroma_token.get_secret_value() if settings.chroma_token else "")


INDEX_AWAY = "the search index is away, the ledger's own vectors answer"


class Indexes:
    """The index of each space: Chroma where this process may use it, else the ledger's vectors read whole."""

    def __init__(self, ledger: Ledger, store: ChromaStore | None, trouble: str = "") -> None:
        self._ledger, self._store, self._trouble = ledger, store, trouble
        self._made: list[SteadyIndex] = []

    @property
    def trouble(self) -> str:
        """Why the server could not be used, now or from the start; "" while there is nothing to tell."""
        return next((made.trouble for made in self._made if made.trouble), self._trouble)

    @property
    def lacking(self) -> str:
        """What is told of it wherever somebody searches, "" while there is nothing to tell; names no address."""
        return INDEX_AWAY if self.trouble else ""

    def __call__(self, space: str) -> Index:
        """Return the index of a space."""
        own = LedgerIndex(lambda: self._ledger.stories.vectors(space))
        if self._store is None or self.trouble:
            return own
        self._made.append(SteadyIndex(ChromaIndex(self._store, space), own))
        return self._made[-1]


@contextmanager
def indexes(settings: Settings, ledger: Ledger, embedder: Embedder) -> Iterator[Indexes]:
    """Give the indexes for the length of a context.

    Where another process of ours owns the folder, or the server is down, the ledger's own vectors say the same.
    """
    store, place, trouble = None, chroma_place(settings), ""
    try:
        found = ChromaStore(place)
        found.check()
        store = found
    except StoreError as error:
        trouble = "" if isinstance(place, Path) else str(error)
    try:
        yield Indexes(ledger, store, trouble)
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
    catalogue.update_roadmap(ledger.corpus, ledger.stories, embedder, roadmap)
    space = documents_space(embedder)
    return catalogue.update_index(ledger.stories, index_of(space), space, now)


def make_home(home: Path) -> None:
    """Make the data folder, for its owner alone, where it is missing; raises StoreError."""
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
        store = ChromaStore(chroma_place(settings))
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


def schema_of(settings: Settings, *, connect: bool = True) -> tuple[str | None, str]:
    """Return the schema that the ledger has, None for an empty database, and the one of this program; changes neither.

    Raises StoreError where the database cannot be reached, and ConfigError where its URL cannot be used, which is all
    that is tried without `connect`.
    """
    return schema_found(database_url(settings), connect=connect)


def shown_database(settings: Settings) -> str:
    """Return the ledger's URL without its password."""
    return safe_url(database_url(settings))
