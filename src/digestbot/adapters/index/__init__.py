"""The index of vectors: Chroma where this process may use it, else the ledger's own vectors, read whole and exactly."""

from __future__ import annotations

from digestbot.adapters.index.chroma import ChromaIndex, ChromaStore, Server
from digestbot.adapters.index.scan import LedgerIndex
from digestbot.adapters.index.steady import SteadyIndex

__all__ = ["ChromaIndex", "ChromaStore", "LedgerIndex", "Server", "SteadyIndex"]
