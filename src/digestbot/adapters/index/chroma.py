"""Chroma, embedded in a folder that this process owns, or on a server.

Chroma's embedded client corrupts its folder when two processes open it (chroma issues 6975 and 7040): a lock file next
to the folder decides who may, and everybody else does without.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from digestbot.errors import StoreError

_EF_SEARCH = 200
"""Chroma's default of 100 misses neighbours (a fifth of exact self-queries on 23,000 random vectors)."""
_EF_CONSTRUCTION, _MAX_NEIGHBORS = 200, 32
"""Chroma's 100 and 16 lose 13 of 1,000 texts of words that the embedding does not know; papers are found with both."""
_ADD_BATCH = 2000
_QUERY_BATCH = 500
_GREETING_S = 5.0
_ANSWER_S = 60.0
"""Chroma's client would wait for a server for ever."""


@dataclass(frozen=True)
class Server:
    """A Chroma server: its URL, whose path names a database of it, and the token that what guards it asks for."""

    url: str
    token: str = ""


class ChromaStore:
    """A Chroma database: embedded in a folder that this process owns, or on a server."""

    def __init__(self, place: Path | Server) -> None:
        """Take the folder's lock, or name a server; opened at the first use. Raises StoreError when locked."""
        self._place = place
        self._client: Any = None
        self._lock = _lock(place) if isinstance(place, Path) else None

    def client(self) -> Any:
        """Return Chroma's client, opened at the first call: importing it costs most of a second.

        Raises StoreError when the folder or the server cannot be used.
        """
        if self._client is None:
            with _translated(self._place, "cannot be opened"):
                self._client = _embedded(self._place) if isinstance(self._place, Path) else _remote(self._place)
        return self._client

    def collection(self, name: str) -> Any:
        """Return the collection of a name, made where there is none. Raises StoreError."""
        shape = {
            "space": "cosine",
            "ef_search": _EF_SEARCH,
            "ef_construction": _EF_CONSTRUCTION,
            "max_neighbors": _MAX_NEIGHBORS,
        }
        client = self.client()
        with self.used():
            return client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": shape})

    @contextmanager
    def used(self) -> Iterator[None]:
        """Turn what goes wrong in a use of the database into a StoreError."""
        with _translated(self._place, "cannot be used"):
            yield

    def discard(self) -> None:
        """Throw an embedded database away before it is opened, whatever state its files are in."""
        if isinstance(self._place, Path) and self._client is None:
            shutil.rmtree(self._place, ignore_errors=True)
            self._place.unlink(missing_ok=True)

    def check(self) -> None:
        """Raise StoreError when a server cannot be reached; a folder is ours already."""
        if isinstance(self._place, Server):
            self.client()

    def close(self) -> None:
        """Give the folder back, so that another process may own it, or leave the server."""
        if self._client is not None:
            sessions = _sessions(self._client)
            self._client.close()
            self._client = None
            for session in sessions:
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
            with self._store.used():
                collection.upsert(ids=list(subjects[part]), embeddings=np.ascontiguousarray(vectors[part]))

    def near(self, vectors: NDArray[np.float32], limit: int) -> list[list[tuple[str, float]]]:
        """Return for each row up to `limit` (subject, cosine similarity), most similar first."""
        collection = self._open()
        found: list[list[tuple[str, float]]] = []
        for start in range(0, len(vectors), _QUERY_BATCH):
            batch = np.ascontiguousarray(vectors[start : start + _QUERY_BATCH])
            with self._store.used():
                answer = collection.query(query_embeddings=batch, n_results=limit, include=["distances"])
            found.extend(
                [(subject, 1 - float(distance)) for subject, distance in zip(ids, distances, strict=True)]
                for ids, distances in zip(answer["ids"], answer["distances"], strict=True)
            )
        return found

    def count(self) -> int:
        """Return how many vectors it holds."""
        collection = self._open()
        with self._store.used():
            return int(collection.count())

    def clear(self) -> None:
        """Throw the collection away; the next use begins an empty one."""
        self._open()
        with self._store.used():
            self._store.client().delete_collection(self._name)
        self._collection = None

    def _open(self) -> Any:
        if self._collection is None:
            self._collection = self._store.collection(self._name)
        return self._collection


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


def _embedded(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


def _remote(server: Server) -> Any:
    """Return the client of a server that answers, in a database that is made where there is none of its name."""
    import chromadb
    import httpx
    from chromadb.config import DEFAULT_DATABASE, Settings

    parts = urlsplit(server.url)
    ssl, host = parts.scheme == "https", parts.hostname or "localhost"
    port, database = parts.port or (443 if ssl else 8000), parts.path.strip("/")
    # Proxies ask for the one, Chroma's own cloud for the other.
    headers = {"Authorization": f"Bearer {server.token}", "X-Chroma-Token": server.token} if server.token else {}
    place = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    # Chroma's client greets the server with no time limit when it is made, so that we greet it first.
    with httpx.Client(base_url=place, headers=headers, timeout=_GREETING_S) as greeting:
        greeting.get("/api/v2/heartbeat").raise_for_status()
        if database:
            _make_database(greeting, database)
    reach: dict[str, Any] = {"host": host, "port": port, "ssl": ssl, "headers": headers}
    quiet = Settings(anonymized_telemetry=False)
    client = chromadb.HttpClient(**reach, settings=quiet, database=database or DEFAULT_DATABASE)
    for session in _sessions(client):
        session.timeout = _ANSWER_S
    return client


def _make_database(greeting: Any, name: str) -> None:
    """Make a database where there is none of its name; another process may do so at the same time."""
    place = "/api/v2/tenants/default_tenant/databases"
    if greeting.get(f"{place}/{name}").status_code == HTTPStatus.NOT_FOUND:
        made = greeting.post(place, json={"name": name})
        if made.status_code != HTTPStatus.CONFLICT:
            made.raise_for_status()


def _sessions(client: Any) -> list[Any]:
    """Return the connections of chromadb 1.5's clients of a server: one holds another, and neither closes its own."""
    owners = [client, getattr(client, "_admin_client", None)]
    found = [getattr(getattr(owner, "_server", None), "_session", None) for owner in owners]
    return [session for session in found if session is not None]


@contextmanager
def _translated(place: Path | Server, what: str) -> Iterator[None]:
    import httpx
    from chromadb.errors import ChromaError

    name = str(place) if isinstance(place, Path) else place.url
    try:
        yield
    except (ValueError, OSError, ChromaError, httpx.HTTPError) as error:
        raise StoreError(
            f"the index at {name!r} {what}: {str(error) or type(error).__name__}; "
            "run 'digestbot reindex', or check DIGESTBOT_CHROMA_URL"
        ) from error
