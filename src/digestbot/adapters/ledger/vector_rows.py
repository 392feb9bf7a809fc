"""Reads stored vectors."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from digestbot.adapters.ledger.engine import batches
from digestbot.adapters.ledger.schema import vectors


def vectors_of(connection: sa.Connection, space: str, subjects: Collection[str]) -> dict[str, NDArray[np.float32]]:
    """Return the stored vectors of these subjects; those without one are left out."""
    found: dict[str, NDArray[np.float32]] = {}
    for batch in batches(sorted(subjects)):
        where = (vectors.c.space == space, vectors.c.subject.in_(batch))
        rows = connection.execute(sa.select(vectors.c.subject, vectors.c.vector).where(*where))
        found.update((row.subject, vector(row.vector)) for row in rows)
    return found


def vector(blob: bytes) -> NDArray[np.float32]:
    """Return a vector as it was stored, in half precision."""
    return np.frombuffer(blob, dtype="<f2").astype(np.float32)
