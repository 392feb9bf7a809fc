"""Writes vectors, and reads them as they were stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import vectors


def vectors_of(connection: sa.Connection, space: str, subjects: Collection[str]) -> dict[str, NDArray[np.float32]]:
    """Return the stored vectors of these subjects; those without one are left out."""
    found: dict[str, NDArray[np.float32]] = {}
    for batch in batches(sorted(subjects)):
        where = (vectors.c.space == space, vectors.c.subject.in_(batch))
        rows = connection.execute(sa.select(vectors.c.subject, vectors.c.vector).where(*where))
        found.update((row.subject, vector(row.vector)) for row in rows)
    return found


def add_vectors(
    database: Database, connection: sa.Connection, space: str, found: Mapping[str, NDArray[np.float32]]
) -> None:
    """Store the vectors of a space in a transaction that is open; replaced ones are indexed anew."""
    marks = [
        {"subject": subject, "space": space, "vector": row.astype("<f2").tobytes(), "indexed_at": None}
        for subject, row in found.items()
    ]
    database.upsert(connection, vectors, marks)


def vector(blob: bytes) -> NDArray[np.float32]:
    """Return a vector as it was stored, in half precision."""
    return np.frombuffer(blob, dtype="<f2").astype(np.float32)
