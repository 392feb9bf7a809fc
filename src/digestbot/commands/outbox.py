"""`digestbot outbox`: what is on its way, what went wrong, and people's say in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from digestbot.adapters.ledger import Ledger
from digestbot.app import ledger_of
from digestbot.commands.console import terminal, write_json
from digestbot.domain import DeliveryState
from digestbot.errors import ConfigError, ReviewError
from digestbot.render.escape import masked
from digestbot.settings import Settings

_OPEN: tuple[DeliveryState, ...] = ("pending", "sending", "in_doubt", "dead")
_SHORT = 12
"""Characters of a key in a table; any beginning that only one has is enough."""


def list_command(settings: Settings, states: Sequence[DeliveryState], limit: int, as_json: bool) -> int:
    """Write the deliveries in some states, all but the sent ones if none are named."""
    with ledger_of(settings) as ledger:
        found = ledger.outbox.deliveries(states=states or _OPEN, limit=limit)
    if as_json:
        for row in found:
            write_json(_shown(row))
        return 0
    where = terminal()
    rows = [
        (row["key"][:_SHORT], row["state"], _place(row), row["attempts"], row["due_at"], row["reason"]) for row in found
    ]
    where.table(("key", "state", "channel", "tries", "due", "reason"), rows, wide="reason")
    if not found:
        where.say("Nothing is waiting, in doubt or given up.")
    elif any(row["state"] in ("in_doubt", "dead") for row in found):
        where.say("Send again: digestbot outbox resend KEY\nLeave it: digestbot outbox drop KEY")
    return 0


def show_command(settings: Settings, key: str, as_json: bool) -> int:
    """Write one delivery whole."""
    with ledger_of(settings) as ledger:
        row = _shown(_one(ledger, key))
    if as_json:
        write_json(row)
    else:
        terminal().table(("field", "value"), list(row.items()), wide="value")
    return 0


def resend_command(settings: Settings, keys: Sequence[str], every_dead: bool, now: datetime) -> int:
    """Make deliveries that were given up or are in doubt due at once; they go out with the next run."""
    if bool(keys) == every_dead:
        raise ConfigError("name the deliveries to send again, or --dead for all that were given up")
    with ledger_of(settings) as ledger:
        rows = ledger.outbox.deliveries(states=["dead"]) if every_dead else [_one(ledger, key) for key in keys]
        for row in rows:
            _move(ledger, row, "pending", now, "sent again by hand")
    terminal().say(f"Due now: {len(rows)}. The next run sends.")
    return 0


def drop_command(settings: Settings, keys: Sequence[str], now: datetime) -> int:
    """Give deliveries up for good."""
    with ledger_of(settings) as ledger:
        rows = [_one(ledger, key) for key in keys]
        for row in rows:
            _move(ledger, row, "dead", now, "dropped by hand")
    terminal().say(f"Dropped: {', '.join(row['key'][:_SHORT] for row in rows)}.")
    return 0


def suspended_command(settings: Settings, as_json: bool) -> int:
    """Write the addresses that nothing is sent to."""
    with ledger_of(settings) as ledger:
        found = ledger.outbox.suspensions()
    if as_json:
        for one in found:
            write_json({"kind": one.channel.kind, "address": one.channel.address, "at": one.at, "reason": one.reason})
        return 0
    where = terminal()
    rows = [(one.at, one.channel.kind, one.channel.address, one.reason) for one in found]
    where.table(("since", "kind", "address", "reason"), rows, wide="reason")
    where.say("Send there again: digestbot outbox resume ADDRESS" if found else "No address is suspended.")
    return 0


def resume_command(settings: Settings, address: str) -> int:
    """Send to an address again."""
    with ledger_of(settings) as ledger:
        if not ledger.outbox.resume(address):
            raise ReviewError(f"{address!r} is not suspended; see digestbot outbox suspended")
    terminal().say(f"{address} gets mail again from the next digest on; what was given up: digestbot outbox resend.")
    return 0


def _one(ledger: Ledger, key: str) -> dict[str, Any]:
    found = ledger.outbox.deliveries(prefix=key, limit=2) if key else []
    if not found:
        raise ReviewError(f"no delivery has the key {key!r}; see digestbot outbox list")
    if len(found) > 1:
        raise ReviewError(f"several deliveries begin with {key!r}; give more of the key")
    return found[0]


def _move(ledger: Ledger, row: dict[str, Any], state: DeliveryState, now: datetime, reason: str) -> None:
    expected: tuple[DeliveryState, ...] = ("dead", "in_doubt") if state == "pending" else ("pending", "in_doubt")
    if not ledger.outbox.move(row["key"], expected, state, now, reason):
        raise ReviewError(
            f"delivery {row['key'][:_SHORT]} is {row['state']}: only what is {' or '.join(expected)}, and in no "
            "worker's hand, can be moved"
        )


def _place(row: dict[str, Any]) -> str:
    return f"{row['kind']} {masked(row['address'])}".strip()


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"address": masked(row["address"])}
