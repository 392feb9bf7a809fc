"""The composition root's part for questions: settings → what was read, a model that may answer, a memory of answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from digestbot.adapters.embedder import SearchEmbedder
from digestbot.adapters.ledger import Ledger
from digestbot.app.documents import installed
from digestbot.app.models import answerer_of
from digestbot.app.storing import indexes, ledger_of, update_catalogue
from digestbot.errors import BudgetError
from digestbot.explain.asking import Deps
from digestbot.explain.library import ReadLibrary
from digestbot.roadmap import outline
from digestbot.search import documents_space
from digestbot.settings import Settings

if TYPE_CHECKING:
    from digestbot.explain.ports import Answerer


@contextmanager
def explaining(settings: Settings, now: datetime) -> Iterator[tuple[Deps, Ledger]]:
    """Give what questions are answered with, and the ledger, for the length of a context."""
    embedder = SearchEmbedder()
    with ledger_of(settings) as ledger, indexes(settings, ledger, embedder) as index_of:
        roadmap = installed(settings, ledger, now)[0].read()
        update_catalogue(ledger, index_of, embedder, roadmap, now)
        library = ReadLibrary(ledger.corpus, index_of(documents_space(embedder)), embedder, now.date())
        answerer, why_not = _answerer(settings, ledger, now)
        most = settings.explain_per_day, settings.explain_per_day_and_server
        deps = Deps(
            library, ledger.answers, roadmap, outline(roadmap), answerer, *most, why_not, lambda: index_of.lacking
        )
        yield deps, ledger


def _answerer(settings: Settings, ledger: Ledger, now: datetime) -> tuple[Answerer | None, str]:
    """Return the chat model that answers, or why there is none although one is set."""
    try:
        return answerer_of(settings, ledger, now), ""
    except BudgetError as error:
        return None, str(error)
