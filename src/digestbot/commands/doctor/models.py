"""Models: whether they are there, take the key and know the name; nothing is asked that costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from digestbot.app import BUNDLED, ledger_of, searcher_of
from digestbot.commands.console import counted
from digestbot.commands.doctor.finding import Finding
from digestbot.errors import DigestbotError
from digestbot.search import PASSAGES, documents_space
from digestbot.settings import Settings


def models(settings: Settings, network: bool) -> Iterator[Finding]:
    """Yield how the chat models are, the main one first."""
    if settings.model == "offline":
        yield Finding("model", "ok", "offline: nothing is sent anywhere and nothing costs")
        return
    others = {"small model": settings.small_model, "fallback model": settings.fallback_model}
    for what, spec in {"model": settings.model, **others}.items():
        if spec:
            yield _model(settings, what, spec, network)


def _model(settings: Settings, what: str, spec: str, network: bool) -> Finding:
    from digestbot.adapters.langchain_model import check_model, open_model

    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
    url = settings.openai_base_url or ""
    try:
        open_model(spec, {}, api_key=key, base_url=url)
        told = check_model(spec, key, url) if network else "not tried"
    except DigestbotError as error:
        variable = f"DIGESTBOT_{what.upper().replace(' ', '_')}"
        return Finding(what, "error", str(error), f"mend {variable} and what it needs, or set it to offline")
    budget = settings.budget_usd_per_day
    says = f"{spec}, {'no budget' if budget is None else f'at most ${budget:.2f} a day'}{f'; {told}' if told else ''}"
    advice = "set DIGESTBOT_BUDGET_USD_PER_DAY to limit what it may cost" if budget is None else ""
    return Finding(what, "ok", says, advice)


def embeddings(settings: Settings) -> Finding:
    """Return by what a search compares meanings, and whether all has been embedded."""
    if settings.embeddings == BUNDLED:
        return Finding("embeddings", "ok", "the bundled ones")
    if not settings.database_url and not (settings.home / "ledger.db").exists():
        return Finding("embeddings", "off", f"{settings.embeddings}: nothing to search yet")
    try:
        with ledger_of(settings) as ledger:
            searcher = searcher_of(settings, ledger, datetime.now(UTC))
            lacking = ledger.corpus.lacking(documents_space(searcher))
            known = ledger.corpus.counts([PASSAGES]).get(PASSAGES, 0)
    except DigestbotError as error:
        return Finding("embeddings", "error", str(error), "mend DIGESTBOT_EMBEDDINGS, or take it away")
    says = f"{settings.embeddings}: has {known - lacking} of {counted(known, 'passage')}"
    if lacking:
        advice = "run 'digestbot reindex', which embeds the rest and is paid for; a run or a search does, too"
        return Finding("embeddings", "warning", says, advice)
    return Finding("embeddings", "ok", says)
