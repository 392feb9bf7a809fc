"""What digests say, kept once for all who got the same: ten thousand readers of one rule share one row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import digest_contents, digests
from digestbot.domain import Digest

READ = (digests.c.id, digests.c.subscription, digests.c.body, digests.c.content)
"""What `digests_of` has to be given of each row."""


class Contents:
    """Contents that were read, kept until other digests are asked for; may be used by several threads."""

    def __init__(self) -> None:
        self._known: dict[str, Digest] = {}

    def digests_of(self, connection: sa.Connection, found: Collection[Mapping[Any, Any]]) -> list[Digest]:
        """Return the digests of rows, in their order; those that say the same share what they say."""
        wanted = {row["content"] for row in found if row["content"]}
        known = {id: content for id, content in self._known.items() if id in wanted}
        for batch in batches(wanted - known.keys()):
            query = sa.select(digest_contents).where(digest_contents.c.id.in_(batch))
            known |= {row.id: rows.digest(row.body) for row in connection.execute(query)}
        self._known = known
        return [_digest(row, known) for row in found]


def _digest(row: Mapping[Any, Any], known: Mapping[str, Digest]) -> Digest:
    if not row["content"]:
        return rows.digest(row["body"])
    return rows.addressed(known[row["content"]], row["body"])


def record(database: Database, connection: sa.Connection, found: Iterable[Digest]) -> None:
    """Record digests that are not there yet, and once what several of them say."""
    known: dict[Digest, str] = {}
    bodies, made = {}, []
    for digest in found:
        content = digest.content()
        if content not in known:
            body = rows.digest_body(content)
            known[content] = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
            bodies[known[content]] = body
        made.append(
            {
                "id": digest.id,
                "subscription": digest.subscription,
                "created_at": digest.created_at,
                "body": {"id": digest.id, "subscription": digest.subscription, "earlier": list(digest.earlier)},
                "content": known[content],
            }
        )
    database.insert_new(connection, digest_contents, [{"id": id, "body": body} for id, body in bodies.items()])
    database.insert_new(connection, digests, made)


def drop_unused(connection: sa.Connection) -> None:
    """Delete what no digest says any more."""
    if connection.dialect.name == "postgresql":
        # Who records a digest meanwhile waits, or is waited for: its content is not taken away from under it.
        connection.execute(sa.text("LOCK TABLE digest_contents IN SHARE ROW EXCLUSIVE MODE"))
    used = sa.select(digests.c.content)
    connection.execute(sa.delete(digest_contents).where(digest_contents.c.id.not_in(used)))
