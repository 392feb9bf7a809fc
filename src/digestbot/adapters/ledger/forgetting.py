"""What is deleted with a person: all they were sent, and every name from which somebody could tell that they were here.

A subscription's id can be made of an address, and digests, deliveries and Message-IDs are named after both.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger.contents import drop_unused
from digestbot.adapters.ledger.engine import batches
from digestbot.adapters.ledger.schema import digest_entries, digests, outbox, runs
from digestbot.render.mail import mailbox

FORGOTTEN = "(forgotten)"


def traces(connection: sa.Connection, ids: Collection[str], keys: Collection[str]) -> set[str]:
    """Return the names of subscriptions, of what they were sent, and of deliveries and what channels called those."""
    names = {*ids, *keys}
    for batch in batches(ids):
        names |= set(connection.execute(sa.select(digests.c.id).where(digests.c.subscription.in_(batch))).scalars())
    for batch in batches(keys):
        names |= set(connection.execute(sa.select(outbox.c.reference).where(outbox.c.key.in_(batch))).scalars())
    return names - {""}


def delete_sent(connection: sa.Connection, ids: Collection[str]) -> tuple[int, int]:
    """Delete all that subscriptions were sent; return how many digests and deliveries that were."""
    theirs = sa.select(digests.c.id).where(digests.c.subscription.in_(ids))
    deliveries = connection.execute(sa.delete(outbox).where(outbox.c.digest.in_(theirs))).rowcount
    connection.execute(sa.delete(digest_entries).where(digest_entries.c.subscription.in_(ids)))
    sent = connection.execute(sa.delete(digests).where(digests.c.subscription.in_(ids))).rowcount
    drop_unused(connection)
    return sent, deliveries


def blank(connection: sa.Connection, address: str, names: Collection[str]) -> int:
    """Blank an address and names out of reports of runs and of reasons of other deliveries; return of how many."""
    spoken = re.compile(re.escape(mailbox(address)), re.IGNORECASE)
    changed = 0
    for row in connection.execute(sa.select(runs.c.id, runs.c.report)).all():
        report = _blanked(row.report, spoken, names)
        if report != row.report:
            connection.execute(sa.update(runs).where(runs.c.id == row.id).values(report=report))
            changed += 1
    for row in connection.execute(sa.select(outbox.c.key, outbox.c.reason).where(outbox.c.reason != "")).all():
        if spoken.search(row.reason):
            reason = spoken.sub(FORGOTTEN, row.reason)
            connection.execute(sa.update(outbox).where(outbox.c.key == row.key).values(reason=reason))
            changed += 1
    return changed


def _blanked(value: Any, spoken: re.Pattern[str], names: Collection[str]) -> Any:
    """Return a JSON value without the address in its texts, and without the texts that are one of the names."""
    if isinstance(value, dict):
        return {key: _blanked(one, spoken, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_blanked(one, spoken, names) for one in value]
    if isinstance(value, str):
        return FORGOTTEN if value in names else spoken.sub(FORGOTTEN, value)
    return value
