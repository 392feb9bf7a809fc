"""The composition root's part for search: which embedding compares meanings, and what it has not seen yet.

What is decided (the same work? which precedent?) keeps the bundled embedding, whose thresholds were measured.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from digestbot import catalogue
from digestbot.adapters.embedder import SearchEmbedder
from digestbot.adapters.ledger import Ledger
from digestbot.app.documents import documents_of
from digestbot.app.models import limits_of
from digestbot.app.storing import indexes, update_catalogue
from digestbot.chat.budget import Purse
from digestbot.domain import Filters, Usage
from digestbot.errors import BudgetError, ModelError
from digestbot.ports import Embedder, Index
from digestbot.search import READ, Hit, documents_space, search
from digestbot.settings import Settings

BUNDLED = "bundled"


def searcher_of(settings: Settings, ledger: Ledger, now: datetime) -> Embedder:
    """Return the embedding that searches use, its calls within the budgets and recorded. Raises ConfigError."""
    if settings.embeddings == BUNDLED:
        return SearchEmbedder()
    from digestbot.adapters.langchain_model import Pace, open_embedder

    def paid(model: str, texts: int, usage: Usage) -> None:
        ledger.filings.record_usage("embed", model, "", texts, usage, now)

    return open_embedder(
        settings.embeddings,
        paid,
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else "",
        base_url=settings.openai_base_url or "",
        timeout_s=settings.model_timeout_s,
        pace=Pace(settings.model_requests_per_minute, settings.model_tokens_per_minute),
        purse=Purse(limits_of(settings, ledger, now)),
    )


def update_meanings(ledger: Ledger, index_of: Callable[[str], Index], searcher: Embedder, now: datetime) -> int:
    """Embed what the searching embedding has not seen, and index it; return how many vectors the index gained.

    Raises ModelError or BudgetError where it came to an end early: what it did stays, the next time goes on.
    """
    space = documents_space(searcher)
    try:
        if searcher.name != SearchEmbedder().name:
            catalogue.embed_lacking(ledger.corpus, ledger.stories, searcher)
    finally:
        gained = catalogue.update_index(ledger.stories, index_of(space), space, now)
    return gained


def hits_of(
    ledger: Ledger,
    index_of: Callable[[str], Index],
    searcher: Embedder,
    query: str,
    limit: int,
    now: datetime,
    filters: Filters = READ,
) -> tuple[list[Hit], str]:
    """Return what a query finds, and why the bundled embedding had to do; "" where it was the one that is set."""
    trouble = ""
    try:
        update_meanings(ledger, index_of, searcher, now)
        space = documents_space(searcher)
        return search(ledger.corpus, index_of(space), searcher, query, limit, filters), trouble
    except (ModelError, BudgetError) as error:
        trouble = str(error)
    bundled = SearchEmbedder()
    return search(ledger.corpus, index_of(documents_space(bundled)), bundled, query, limit, filters), trouble


def found_documents(
    settings: Settings, ledger: Ledger, query: str, limit: int, now: datetime, filters: Filters = READ
) -> tuple[list[Hit], list[str]]:
    """Bring what is searched up to date, and return what a query finds, and what had to do without what is set."""
    bundled = SearchEmbedder()
    with indexes(settings, ledger, bundled) as index_of:
        for files in documents_of(settings, ledger, now):
            update_catalogue(ledger, index_of, bundled, files.read(), now)
        hits, trouble = hits_of(ledger, index_of, searcher_of(settings, ledger, now), query, limit, now, filters)
        notes = [f"The bundled embedding answers: {trouble}"] if trouble else []
        if index_of.trouble:
            notes.append(f"{index_of.lacking.capitalize()}: {index_of.trouble}")
        return hits, notes
