"""An embedding of OpenAI's, or of any server that speaks its interface, behind the Embedder port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digestbot.adapters.langchain_model.failures import Failure, embedding_failure_of
from digestbot.adapters.langchain_model.opening import is_elsewhere
from digestbot.adapters.langchain_model.pacing import Pace
from digestbot.chat.budget import Price, Purse, price, tokens_of
from digestbot.domain import Usage
from digestbot.errors import ConfigError, ModelError

_BATCH = 100
"""Texts a call: with 2,000 characters each, a sixth of the 300,000 tokens that OpenAI takes at once."""

Paid = Callable[[str, int, Usage], None]


class OpenAIEmbedder:
    """Embeds by calls that are paced, tried again, booked in the purse before, and told to `paid` after: name, texts
    and what they took.

    Works on a thread without a loop of its own. Raises ModelError where a call brings no vectors, BudgetError where
    no more may be spent.
    """

    def __init__(
        self, name: str, client: Any, price: Price | None, purse: Purse, paid: Paid, pace: Pace | None = None
    ) -> None:
        """Take the name `openai:model`, and the client of LangChain's embeddings, which tells what a call took."""
        self.name = name
        self._client = client
        self._price = price
        self._purse = purse
        self._paid = paid
        self._pace = pace or Pace()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return rows of unit length, of shape (texts, dimensions)."""
        parts = [self._embedded(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)

    def _embedded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        expected = self._usage(sum(map(tokens_of, texts)))
        self._purse.book(expected)
        answer = asyncio.run(
            self._pace.tried(lambda: self._call(texts), expected.tokens, lambda e: embedding_failure_of(e, self.name))
        )
        if isinstance(answer, Failure):
            self._purse.settle(expected, Usage())
            raise answer.error
        took = self._usage(getattr(answer.usage, "prompt_tokens", 0) or expected.tokens)
        self._purse.settle(expected, took)
        self._paid(self.name, len(texts), took)
        return self._rows(answer, len(texts))

    async def _call(self, texts: Sequence[str]) -> Any:
        # The client that waits, on a thread: one that does not is bound to the loop of its first call. An empty text
        # is refused by OpenAI.
        words = [text.strip() or "-" for text in texts]
        model = self.name.partition(":")[2]
        return await asyncio.to_thread(self._client.create, input=words, model=model, encoding_format="float")

    def _rows(self, answer: Any, count: int) -> NDArray[np.float32]:
        """Return the vectors of a reply at unit length; raises ModelError where there is not one for every text."""
        found = {int(one.index): one.embedding for one in answer.data or ()}
        try:
            rows = np.array([found[place] for place in range(count)], dtype=np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{self.name}: the reply has not a vector of one length for every text") from error
        lengths = np.linalg.norm(rows, axis=1, keepdims=True) if rows.ndim == 2 and rows.size else np.zeros(1)
        if not (np.isfinite(lengths).all() and lengths.all()):
            raise ModelError(f"{self.name}: the reply holds vectors that point nowhere")
        unit: NDArray[np.float32] = (rows / lengths).astype(np.float32)
        return unit

    def _usage(self, tokens: int) -> Usage:
        return Usage(tokens, self._price.cost_usd(tokens, 0) if self._price else None, 0, 1)


def open_embedder(
    spec: str,
    paid: Paid,
    *,
    api_key: str = "",
    base_url: str = "",
    timeout_s: float = 60.0,
    pace: Pace | None = None,
    purse: Purse | None = None,
) -> OpenAIEmbedder:
    """Return the embedder that `openai:name` means; opens no connection yet. Raises ConfigError."""
    provider, _, name = spec.partition(":")
    if provider != "openai" or not name:
        raise ConfigError(
            f"DIGESTBOT_EMBEDDINGS is {spec!r}: expected 'bundled' or 'openai:name', such as"
            " openai:text-embedding-3-small; other servers speak its interface at OPENAI_BASE_URL"
        )
    if not api_key and not base_url:
        raise ConfigError(f"DIGESTBOT_EMBEDDINGS is {spec!r} but OPENAI_API_KEY is not set")
    from langchain_openai import OpenAIEmbeddings
    from pydantic import SecretStr

    opened = OpenAIEmbeddings(
        model=name,
        api_key=SecretStr(api_key or "none"),  # a local server asks for no key, the client insists on one
        base_url=base_url or None,
        timeout=timeout_s,
        max_retries=0,
        check_embedding_ctx_length=False,
    )
    known = None if is_elsewhere(base_url) else price(spec)
    return OpenAIEmbedder(spec, opened.client, known, purse or Purse(), paid, pace)
