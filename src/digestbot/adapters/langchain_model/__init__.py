"""A chat model behind the Model port: any that LangChain opens, by `provider:name`.

`opening` makes one, `model` knows what is asked of it, `asking` asks in batches and reads the replies, `agent` lets it
look things up, `listening` hears what that one writes and `beginnings` reads what of it is whole, `embeddings` opens an
embedding of the same provider, `pacing` keeps to its provider's rates and tries again, `failures` says what an SDK's
exception means.
"""

from __future__ import annotations

from digestbot.adapters.langchain_model.asking import CALLS_AT_ONCE, PATIENCE
from digestbot.adapters.langchain_model.checking import check_model
from digestbot.adapters.langchain_model.embeddings import OpenAIEmbedder, open_embedder
from digestbot.adapters.langchain_model.model import FILING_BATCH, ChatModel
from digestbot.adapters.langchain_model.opening import open_model
from digestbot.adapters.langchain_model.pacing import Pace

__all__ = [
    "CALLS_AT_ONCE",
    "FILING_BATCH",
    "PATIENCE",
    "ChatModel",
    "OpenAIEmbedder",
    "Pace",
    "check_model",
    "open_embedder",
    "open_model",
]
