"""The composition root's part for models: settings → the offline model, chat models, their rates and their budget."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from digestbot.adapters.ledger import Ledger
from digestbot.chat import prompts
from digestbot.chat.budget import Limit, Purse
from digestbot.errors import ConfigError
from digestbot.pipeline.models import Models
from digestbot.settings import Settings
from digestbot.shipped import shipped

if TYPE_CHECKING:
    from digestbot.adapters.langchain_model import ChatModel


Prompts = Mapping[str, prompts.Prompt]
"""Prompts by their names."""


def prompts_of(settings: Settings) -> Prompts:
    """Return the prompts that count, the operator's own before the shipped ones; raises ConfigError."""
    return prompts.load(shipped("prompts"), settings.home / "prompts")


def models_of(settings: Settings, ledger: Ledger, now: datetime, texts: Prompts | None = None) -> Models:
    """Return the offline model, and the chat models that the settings name with the budget before them.

    `texts` are the prompts they ask with; those that count now if left out.
    """
    from digestbot.adapters.offline_model import OfflineModel

    if settings.model == "offline":
        return Models(OfflineModel())
    purse = Purse(limits_of(settings, ledger, now))
    chat = _opened(settings, settings.model, purse, texts=texts)
    return Models(
        OfflineModel(),
        chat,
        purse.nearly_spent,
        small=_opened(settings, settings.small_model, purse, texts=texts) if settings.small_model else None,
        fallback=_opened(settings, settings.fallback_model, purse, texts=texts) if settings.fallback_model else None,
        agent=chat,
        headlines=settings.when_spent == "headlines",
    )


def answerer_of(settings: Settings, ledger: Ledger, now: datetime) -> ChatModel | None:
    """Return the chat model that answers questions, the small one where a budget is nearly spent; None for offline.

    Raises BudgetError when no more may be spent.
    """
    if settings.model == "offline":
        return None
    purse = Purse(limits_of(settings, ledger, now))
    small = settings.small_model if purse.nearly_spent() else None
    return _opened(settings, small or settings.model, purse)


def dry_models_of(settings: Settings) -> Models:
    """Return models that make no call, and count what they would have taken; the offline model does the work."""
    from digestbot.adapters.offline_model import OfflineModel

    return Models(OfflineModel(), _opened(settings, settings.model, Purse(), dry=True))


def limits_of(settings: Settings, ledger: Ledger, now: datetime) -> list[Limit]:
    """Return the budgets that are set, each with what was spent of it."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    for span, begins in (("day", day), ("month", day.replace(day=1))):
        spent = ledger.spending.spent(begins)
        for unit, used in (("usd", spent.cost_usd or 0.0), ("tokens", float(spent.tokens))):
            most = getattr(settings, f"budget_{unit}_per_{span}")
            if most is not None:
                found.append(Limit(span, unit, float(most), used))
    return found


def _opened(settings: Settings, spec: str, purse: Purse, dry: bool = False, texts: Prompts | None = None) -> ChatModel:
    from digestbot.adapters.langchain_model import Pace, open_model

    if spec == "offline":
        raise ConfigError(
            "DIGESTBOT_SMALL_MODEL and DIGESTBOT_FALLBACK_MODEL name chat models: leave them empty for none"
        )
    return open_model(
        spec,
        texts or prompts_of(settings),
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else "",
        base_url=settings.openai_base_url or "",
        timeout_s=settings.model_timeout_s,
        pace=Pace(settings.model_requests_per_minute, settings.model_tokens_per_minute),
        purse=purse,
        dry=dry,
        context_tokens=settings.model_context_tokens,
        thinking_tokens=settings.model_thinking_tokens,
        streams=settings.model_stream == "on",
    )
