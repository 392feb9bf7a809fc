"""`load`, `search` and `reindex`: what can be found again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from digestbot import catalogue
from digestbot.adapters.embedder import ConceptEmbedder, SearchEmbedder
from digestbot.adapters.index import ChromaStore
from digestbot.app import chroma_place, documents_of, found_documents, indexes, ledger_of, searcher_of
from digestbot.app.documents import check_sections
from digestbot.commands.console import counted, terminal, write_json
from digestbot.commands.filters import Lines, Record, has_title, string
from digestbot.commands.options import singular
from digestbot.domain import Document, Filters
from digestbot.errors import ConfigError, StoreError
from digestbot.languages import read
from digestbot.render.escape import plain
from digestbot.search import documents_space
from digestbot.settings import Settings

_EQUAL = 0.9995
"""Cosine similarity of vectors that are equal but for their half precision."""
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
"""What JSON can write and no database keeps: NUL and lone surrogates."""


def load_command(settings: Settings, file: Path, now: datetime) -> int:
    """Index every line of a file under its own id, never merged; 1 if a line was bad."""
    embedder, count = SearchEmbedder(), 0
    with ledger_of(settings) as ledger, indexes(settings, ledger, embedder) as index_of:
        try:
            with file.open(encoding="utf-8", errors="surrogateescape") as source:
                lines = Lines(source, _has_place)
                for batch in lines.batches(1000):
                    found = [catalogue.piece_of(_document(record)) for record in batch]
                    catalogue.add_documents(ledger.corpus, ledger.stories, embedder, found)
                    count += len(batch)
        except OSError as error:
            raise ConfigError(f"{str(file)!r} cannot be read: {error.strerror}") from error
        space = documents_space(embedder)
        catalogue.update_index(ledger.stories, index_of(space), space, now)
    bad = f"; {counted(lines.bad, 'bad line')} left out" if lines.bad else ""
    terminal().say(f"Loaded {counted(count, 'document')}{bad}.")
    return int(lines.bad > 0)


def wanted(sections: Sequence[str], kinds: Sequence[str], langs: Sequence[str], since: date | None) -> Filters:
    """Return the filters of a search: the roadmap itself is searched where its kind is asked for.

    Raises ConfigError for a language that there is not.
    """
    sources = ("story", "loaded", *(kind for kind in kinds if kind == "roadmap"))
    return Filters(
        tuple(sections), tuple(singular(plain(kind)) for kind in kinds), tuple(map(read, langs)), sources, since
    )


def search_command(settings: Settings, query: str, limit: int, filters: Filters, now: datetime, as_json: bool) -> int:
    """Write the documents found, best first; 1 when there are none."""
    with ledger_of(settings) as ledger:
        check_sections(filters.sections, [files.read() for files in documents_of(settings, ledger, now)])
        hits, notes = found_documents(settings, ledger, query, limit, now, filters)
    for note in notes:
        terminal().say(note)
    if as_json:
        for hit in hits:
            write_json({"id": hit.document.id, "score": hit.score})
    elif hits:
        rows = [(h.document.date, f"{h.document.title}\n{h.document.url or h.document.id}") for h in hits]
        terminal().table(("date", "document"), rows, wide="document")
    else:
        terminal().say(f"Nothing is known of {query!r}.")
    return int(not hits)


def reindex_command(settings: Settings, now: datetime, as_json: bool) -> int:
    """Rebuild the index from the ledger and prove it by counts; embed what a new embedding has not seen.

    Words are counted anew, too: an earlier version may have counted them in another way.
    """
    embedder = SearchEmbedder()
    report = {}
    with ledger_of(settings) as ledger:
        searcher = searcher_of(settings, ledger, now)
        catalogue.count_words(ledger.corpus)
        if searcher.name != embedder.name:  # before anything is thrown away: it may fail
            catalogue.embed_lacking(ledger.corpus, ledger.stories, searcher)
    if not settings.chroma_url:
        _discard(settings)
    with ledger_of(settings) as ledger, indexes(settings, ledger, embedder) as index_of:
        searched = {documents_space(one): None for one in (embedder, searcher)}
        for space in (catalogue.items_space(ConceptEmbedder()), *searched):
            index = index_of(space)
            if not index.keeps:
                # Says which of the two it is: a folder in another process's hands, or a server that is down.
                ChromaStore(chroma_place(settings)).check()
                raise StoreError("the index was out of reach for a moment: run 'digestbot reindex' again")
            index.clear()
            ledger.stories.mark_indexed(space, [], None)
            catalogue.update_index(ledger.stories, index, space, now)
            subjects, table = ledger.stories.vectors(space)
            report[space] = {
                "ledger": len(subjects),
                "index": index.count(),
                **_spot_check(index, subjects, table),
            }
    if as_json:
        write_json(report)
    else:
        terminal().table(
            ("space", "in the ledger", "in the index", "looked for", "not found again"),
            [(space, *numbers.values()) for space, numbers in report.items()],
        )
    return int(any(numbers["ledger"] != numbers["index"] or numbers["lost"] for numbers in report.values()))


def _discard(settings: Settings) -> None:
    """Throw the embedded index away unopened: files that cannot be read cannot be emptied either."""
    store = ChromaStore(settings.home / "chroma")
    store.discard()
    store.close()


def _spot_check(index: Any, subjects: list[str], table: Any) -> dict[str, int]:
    """Ask the index for every hundredth vector itself: how many were asked for, how many do not come back.

    An equal vector in its place is as good: copies of one text crowd each other out.
    """
    places = list(range(0, len(subjects), max(1, len(subjects) // 100)))
    found = index.near(table[places], 5) if places else []
    back = [
        any(subject == subjects[place] or similarity > _EQUAL for subject, similarity in near)
        for place, near in zip(places, found, strict=True)
    ]
    return {"checked": len(places), "lost": back.count(False)}


def _has_place(record: Record) -> str:
    if problem := has_title(record):
        return problem
    return "its id holds NUL or half a character" if _UNKEPT.search(str(record["id"])) else ""


def _document(record: Record) -> Document:
    def told(name: str) -> str:
        return _UNKEPT.sub("", string(record.get(name)))

    return Document(
        id=str(record["id"]),
        title=told("title"),
        text=told("abstract") or told("description"),
        url=told("url"),
        kind=told("kind"),
        lang=told("lang"),
        date=told("date"),
    )
