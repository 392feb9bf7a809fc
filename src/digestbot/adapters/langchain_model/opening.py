"""Opens the chat model that a setting names; no connection is made yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from digestbot.adapters.langchain_model.model import ChatModel
from digestbot.adapters.langchain_model.pacing import Pace
from digestbot.chat.budget import Purse, price
from digestbot.chat.prompts import Prompt
from digestbot.errors import ConfigError

_OPENAI_HOST = "api.openai.com"


def open_model(
    spec: str,
    prompts: Mapping[str, Prompt],
    *,
    api_key: str = "",
    base_url: str = "",
    timeout_s: float = 60.0,
    pace: Pace | None = None,
    purse: Purse | None = None,
    dry: bool = False,
) -> ChatModel:
    """Return the chat model that `provider:name` means; opens no connection yet.

    An OpenAI-compatible server is `openai:name` with its `base_url`; its price is unknown. Key and address are for the
    provider `openai` alone, others read their own settings from the environment. Raises ConfigError.
    """
    from langchain.chat_models import init_chat_model

    provider, _, name = spec.partition(":")
    if not provider or not name:
        raise ConfigError(
            f"DIGESTBOT_MODEL is {spec!r}: expected 'offline' or 'provider:name', such as openai:gpt-5-mini"
        )
    if provider == "openai" and not api_key and not base_url:
        raise ConfigError(f"DIGESTBOT_MODEL is {spec!r} but OPENAI_API_KEY is not set")
    options: dict[str, Any] = {"timeout": timeout_s, "max_retries": 0}
    if provider == "openai":
        options["base_url"] = base_url or None
        options["api_key"] = api_key or "none"  # a local server asks for no key, the client insists on one
    try:
        llm = init_chat_model(name, model_provider=provider, **options)
    except (ImportError, ValueError, TypeError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise ConfigError(f"DIGESTBOT_MODEL {spec!r} cannot be opened: {first}") from error
    structure = {"method": "json_schema", "strict": True} if provider == "openai" else {}
    elsewhere = provider == "openai" and bool(base_url) and urlsplit(base_url).hostname != _OPENAI_HOST
    known = None if elsewhere else price(spec)
    limits: dict[str, Any] = {"pace": pace, "purse": purse, "dry": dry, "bounds": elsewhere}
    return ChatModel(spec, llm, prompts, price=known, structure=structure, **limits)
