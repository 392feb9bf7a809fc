"""Opens the chat model that a setting names; no connection is made yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from digestbot.adapters.langchain_model.asking import Manners
from digestbot.adapters.langchain_model.model import FILING_BATCH, FILING_WRITTEN_TOKENS, ChatModel
from digestbot.adapters.langchain_model.pacing import Pace
from digestbot.chat.budget import Purse, price
from digestbot.chat.prompts import Prompt
from digestbot.chat.room import Room
from digestbot.errors import ConfigError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_OPENAI_HOST = "api.openai.com"
_CONTEXT_TOKENS = 16_384
"""What a server of one's own is believed to hold, where nobody says: forty stories fit. One that holds less refuses a
call or cuts its reply, and is asked about fewer from then on."""
_THINKING_TOKENS = 8_000
_LOCAL_THINKING_TOKENS = 2_000
_MOST_ELSEWHERE = 8_000
"""Of other providers all calls have one cap; more than this some of their models refuse."""


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
    context_tokens: int | None = None,
    thinking_tokens: int | None = None,
    streams: bool = True,
) -> ChatModel:
    """Return the chat model that `provider:name` means; opens no connection yet.

    An OpenAI-compatible server is `openai:name` with its `base_url`; its price is unknown. Key and address are for the
    provider `openai` alone, others read their own settings from the environment. What a model reads and writes in a
    call, and what it may write before its answer, is as said, else what most such models have. Raises ConfigError.
    """
    provider = _provider(spec, api_key or base_url)
    elsewhere = provider == "openai" and is_elsewhere(base_url)
    room = Room(
        context_tokens or (_CONTEXT_TOKENS if elsewhere else None),
        (_LOCAL_THINKING_TOKENS if elsewhere else _THINKING_TOKENS) if thinking_tokens is None else thinking_tokens,
    )
    options: dict[str, Any] = {"timeout": timeout_s, "max_retries": 0}
    if provider == "openai":
        options |= _of_openai(api_key, base_url)
    else:
        options["max_tokens"] = min(room.cap(0, FILING_BATCH, FILING_WRITTEN_TOKENS), _MOST_ELSEWHERE)
    manners = Manners(
        price=None if elsewhere else price(spec),
        structure={"method": "json_schema", "strict": True} if provider == "openai" else {},
        bounds=elsewhere,
        length=length_words(elsewhere) if provider == "openai" else None,
        streams=streams,
    )
    llm = _model(spec, options)
    return ChatModel(spec, llm, prompts, manners, pace=pace, purse=purse, dry=dry, room=room, study_s=2 * timeout_s)


def _provider(spec: str, reachable: str) -> str:
    """Return the provider that a setting names; `reachable` is the key or the address that OpenAI's needs."""
    provider, _, name = spec.partition(":")
    if not provider or not name:
        raise ConfigError(
            f"DIGESTBOT_MODEL is {spec!r}: expected 'offline' or 'provider:name', such as openai:gpt-5-mini"
        )
    if provider == "openai" and not reachable:
        raise ConfigError(f"DIGESTBOT_MODEL is {spec!r} but OPENAI_API_KEY is not set")
    return provider


def _of_openai(api_key: str, base_url: str) -> dict[str, Any]:
    """Return the options of OpenAI's client that others do not know."""
    return {
        # langchain-openai shares one client in a process. A connection that it kept would belong to the event loop of
        # an earlier run, and the first call of the next run would fail on it: every second run did without the model.
        "default_headers": {"Connection": "close"},
        "base_url": base_url or None,
        "api_key": api_key or "none",  # a local server asks for no key, the client insists on one
        "stream_usage": True,  # at another address than OpenAI's the client would not ask for the count
        "stream_chunk_timeout": None,  # the client's own time-out ends a silence, and `Caps` the whole
    }


def is_elsewhere(base_url: str) -> bool:
    """Tell whether an address is another server's than OpenAI's own, whose prices and limits are known."""
    return bool(base_url) and urlsplit(base_url).hostname != _OPENAI_HOST


def _model(spec: str, options: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    provider, _, name = spec.partition(":")
    try:
        model: BaseChatModel = init_chat_model(name, model_provider=provider, **options)
    except (ImportError, ValueError, TypeError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise ConfigError(f"DIGESTBOT_MODEL {spec!r} cannot be opened: {first}") from error
    return model


def length_words(elsewhere: bool) -> Callable[[int], Mapping[str, Any]]:
    """Return how a call says how long its reply may be: OpenAI has a new word, other servers know the old one."""
    if elsewhere:
        return lambda tokens: {"extra_body": {"max_tokens": tokens}}
    return lambda tokens: {"max_completion_tokens": tokens}
