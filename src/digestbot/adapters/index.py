"""The index of vectors: Chroma where this process owns it, else the ledger's own vectors, read whole and exactly.

Chroma's embedded client corrupts its folder when two processes open it (chroma issues 6975 and 7040): a lock file next
to the folder decides who may, and everybody else does without.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digestbot.errors import StoreError

_EF_SEARCH = 200
"""Chroma's default of 100 misses neighbours (a fifth of exact self-queries on 23,000 random vectors)."""
_EF_CONSTRUCTION, _MAX_NEIGHBORS = 200, 32
"""Chroma's 100 and 16 lose 13 of 1,000 texts of words that the embedding does not know; papers are found with both."""
_ADD_BATCH = 2000
_QUERY_BATCH = 500
_SCAN_BATCH = 100
"""Rows compared with the whole table at a time: 40 MB of similarities at 100,000 vectors."""

Vectors = Callable[[], tuple[list[str], NDArray[np.float32]]]


class ChromaStore:
    """A Chroma database: embedded in a folder that this process owns, or on a server."""

    def __init__(self, place: Path | str) -> None:
        """Take the folder's lock, or name a server's URL; opened at the first use. Raises StoreError when locked."""
        self._place = place
        self._client: Any = None
        self._lock = _lock(place) if isinstance(place, Path) else None

    def client(self) -> Any:
        """Return Chroma's client, opened at the first call: importing it costs most of a second.

        Raises StoreError when the folder or the server cannot be used.
        """
        if self._client is None:
            import chromadb
            from chromadb.config import Settings
            from chromadb.errors import ChromaError

            quiet = Settings(anonymized_telemetry=False)
            try:
                if isinstance(self._place, Path):
                    self._client = chromadb.PersistentClient(path=str(self._place), settings=quiet)
                else:
                    host, port, ssl = _address(self._place)
                    self._client = chromadb.HttpClient(host=host, port=port, ssl=ssl, settings=quiet)
            except (ValueError, OSError, ChromaError) as error:
                raise StoreError(
                    f"the index at {str(self._place)!r} cannot be opened: {error}; "
                    "run 'digestbot reindex', or check DIGESTBOT_CHROMA_URL"
                ) from error
        return self._client

    def discard(self) -> None:
        """Throw an embedded database away before it is opened, whatever state its files are in."""
        if isinstance(self._place, Path) and self._client is None:
            shutil.rmtree(self._place, ignore_errors=True)
            self._place.unlink(missing_ok=True)

    def check(self) -> None:
        """Raise StoreError when a server cannot be reached; a folder is ours already."""
        if not isinstance(self._place, Path):
            self.client()

    def close(self) -> None:
        """Give the folder back, so that another process may own it, or leave the server."""
        if self._client is not None:
            # chromadb 1.5's clients of a server, of which one holds another, leave their connections open.
            owners = [self._client, getattr(self._client, "_admin_client", None)]
            sessions = [getattr(getattr(owner, "_server", None), "_session", None) for owner in owners]
            self._client.close()
            self._client = None
            for session in filter(None, sessions):
                session.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


class ChromaIndex:
    """One collection of a Chroma database: the vectors of one space."""

    keeps = True

    def __init__(self, store: ChromaStore, space: str) -> None:
        """Take the database and the space; the collection is opened at the first use."""
        self._store = store
        self._name = re.sub(r"[^A-Za-z0-9_-]", "-", space)[:60]
        self._collection: Any = None

    def add(self, subjects: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add vectors, or replace those of the same subjects."""
        collection = self._open()
        for start in range(0, len(subjects), _ADD_BATCH):
            part = slice(start, start + _ADD_BATCH)
            collection.upsert(ids=list(subjects[part]), embeddings=np.ascontiguousarray(vectors[part]))

    def near(self, vectors: NDArray[np.float32], limit: int) -> list[list[tuple[str, float]]]:
        """Return for each row up to `limit` (subject, cosine similarity), most similar first."""
        collection = self._open()
        found: list[list[tuple[str, float]]] = []
        for start in range(0, len(vectors), _QUERY_BATCH):
            batch = np.ascontiguousarray(vectors[start : start + _QUERY_BATCH])
            answer = collection.query(query_embeddings=batch, n_results=limit, include=["distances"])
            found.extend(
                [(subject, 1 - float(distance)) for subject, distance in zip(ids, distances, strict=True)]
                for ids, distances in zip(answer["ids"], answer["distances"], strict=True)
            )
        return found

    def count(self) -> int:
        """Return how many vectors it holds."""
        return int(self._open().count())

    def clear(self) -> None:
        """Throw the collection away; the next use begins an empty one."""
        self._open()
        self._store.client().delete_collection(self._name)
        self._collection = None

    def _open(self) -> Any:
        if self._collection is None:
            self._collection = self._store.client().get_or_create_collection(
                self._name,
                embedding_function=None,
                configuration={
                    "hnsw": {
                        "space": "cosine",
                        "ef_search": _EF_SEARCH,
                        "ef_construction": _EF_CONSTRUCTION,
                        "max_neighbors": _MAX_NEIGHBORS,
                    }
                },
            )
        return self._collection


class LedgerIndex:
    """Reads the ledger's vectors and compares them all: exact, and fast enough beside the process that owns Chroma."""

    keeps = False

    def __init__(self, vectors: Vectors) -> None:
        """Take the function that reads (subjects, vectors) from the ledger."""
        self._vectors = vectors

    def add(self, subjects: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Do nothing: the ledger has them already."""

    def near(self, vectors: NDArray[np.float32], limit: int) -> list[list[tuple[str, float]]]:
        """Return for each row up to `limit` (subject, cosine similarity), most similar first."""
        subjects, table = self._vectors()
        if not subjects:
            return [[] for _ in vectors]
        found: list[list[tuple[str, float]]] = []
        for start in range(0, len(vectors), _SCAN_BATCH):
            for row in vectors[start : start + _SCAN_BATCH] @ table.T:
                found.append([(subjects[int(i)], float(row[int(i)])) for i in _largest(row, limit)])
        return found

    def count(self) -> int:
        """Return how many vectors the ledger has."""
        return len(self._vectors()[0])

    def clear(self) -> None:
        """Do nothing: there is nothing but the ledger."""


def _largest(row: NDArray[np.float32], limit: int) -> NDArray[np.intp]:
    """Return the places of the largest values, largest first, the earlier of equal ones first."""
    places = np.arange(len(row))
    if len(row) > limit:
        places = np.flatnonzero(row >= np.partition(row, -limit)[-limit])
    return places[np.argsort(-row[places], kind="stable")][:limit]


def _lock(folder: Path) -> int:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"the index in {str(folder)!r} cannot be made: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise StoreError(f"the index in {str(folder)!r} is open in another digestbot process") from error
    return handle


def _address(url: str) -> tuple[str, int, bool]:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    ssl = parts.scheme == "https"
    return parts.hostname or "localhost", parts.port or (443 if ssl else 8000), ssl
