"""Deliver: the outbox → receipts. A send is recorded before and after; one failing channel delays no other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from digestbot.domain import ChannelKind, Delivery, DeliveryState, Receipt
from digestbot.errors import DeliveryError
from digestbot.ports import Progress, Route

LEASE = timedelta(minutes=10)
_FIRST_RETRY = timedelta(minutes=5)
_MAX_ATTEMPTS = 8
"""With a wait that doubles from five minutes, the last try is about ten hours after the first."""


class Outbox(Protocol):
    """What this step asks of the ledger."""

    def claim(self, now: datetime, owner: str, wall: datetime, lease: timedelta) -> list[Delivery]: ...
    def settle(
        self,
        key: str,
        state: DeliveryState,
        now: datetime,
        *,
        reference: str = "",
        reason: str = "",
        due_at: datetime | None = None,
    ) -> None: ...


async def deliver(
    outbox: Outbox, routes: Mapping[ChannelKind, Route], owner: str, now: datetime, wall: datetime, progress: Progress
) -> list[Receipt]:
    """Send everything that is due; return a receipt for each, in the order of the outbox."""
    waiting = await asyncio.to_thread(outbox.claim, now, owner, wall, LEASE)
    progress("deliver", 0, len(waiting))
    done = 0

    async def one(delivery: Delivery) -> Receipt:
        nonlocal done
        receipt = await _deliver(outbox, routes, delivery, now)
        done += 1
        progress("deliver", done, len(waiting))
        return receipt

    # Even a fault of ours in one sender lets the others finish before it is told.
    ended = await asyncio.gather(*(one(delivery) for delivery in waiting), return_exceptions=True)
    faults = [end for end in ended if isinstance(end, BaseException)]
    if faults:
        raise faults[0]
    return [end for end in ended if isinstance(end, Receipt)]


async def _deliver(outbox: Outbox, routes: Mapping[ChannelKind, Route], delivery: Delivery, now: datetime) -> Receipt:
    receipt, due_at = await _try(routes, delivery, now)
    if receipt.state == "sending":
        # Still in doubt: left claimed, it comes again with its doubt when the lease has run out or this process ends.
        return receipt
    await asyncio.to_thread(
        outbox.settle,
        delivery.key,
        receipt.state,
        now,
        reference=receipt.reference,
        reason=receipt.reason,
        due_at=due_at,
    )
    return receipt


async def _try(
    routes: Mapping[ChannelKind, Route], delivery: Delivery, now: datetime
) -> tuple[Receipt, datetime | None]:
    digest, channel = delivery.digest, delivery.channel
    route = routes.get(channel.kind)
    if route is None and channel.kind == "terminal":
        return Receipt(digest.id, channel, "dead", now, reason="the terminal of an earlier run is gone"), None
    if route is None:
        reason = f"no {channel.kind} channel is set up now; it goes out when one is"
        state: DeliveryState = "sending" if delivery.doubt else "pending"
        return Receipt(digest.id, channel, state, now, reason=reason), now + _FIRST_RETRY
    sender, place = route.sender, channel if channel.address else replace(channel, address=route.address)
    if delivery.doubt:
        try:
            found = await sender.find(digest, place, delivery.key)
        except DeliveryError as error:
            state = "in_doubt" if error.permanent else "sending"
            return Receipt(digest.id, channel, state, now, reason=str(error)), None
        if found:
            return Receipt(digest.id, channel, "sent", now, reference=found), None
        if found is None:
            reason = "a run died while sending and this channel cannot be asked whether it arrived"
            return Receipt(digest.id, channel, "in_doubt", now, reason=reason), None
    try:
        reference = await sender.send(digest, place, delivery.key)
    except DeliveryError as error:
        state, due_at = after_failure(error, delivery.attempts, now)
        return Receipt(digest.id, channel, state, now, reason=str(error)), due_at
    return Receipt(digest.id, channel, "sent", now, reference=reference), None


def after_failure(error: DeliveryError, attempts: int, now: datetime) -> tuple[DeliveryState, datetime | None]:
    """Return the state after a failed try, and when to try again if it is pending."""
    if error.in_doubt:
        return "in_doubt", None
    if error.permanent or attempts >= _MAX_ATTEMPTS:
        return "dead", None
    return "pending", now + _FIRST_RETRY * 2 ** (attempts - 1)
