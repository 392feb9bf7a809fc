"""Deliver: the outbox → receipts. A send is recorded before and after; one failing channel delays no other.

Each kind of channel has a line of its own, worked through as many deliveries at once as its route allows, one unless
the channel can be asked: so a process that dies leaves at most one of a kind in doubt. Several processes may work on
one outbox.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from digestbot.domain import (
    CHANNEL_KINDS,
    Channel,
    ChannelKind,
    Delivery,
    DeliveryState,
    DigestId,
    Receipt,
    Suspension,
)
from digestbot.errors import DeliveryError
from digestbot.ports import Progress, Route

LEASE = timedelta(minutes=10)
BATCH = 100
"""How many deliveries a worker takes in hand at once."""
_FIRST_RETRY = timedelta(minutes=5)
_MAX_ATTEMPTS = 8
"""With a wait that doubles from five minutes, the last try is about ten hours after the first."""
_UNREACHABLE = 3
"""After so many tries in a row that found no way out at all, the rest of a line waits."""
_HANDED_BACK = "handed back by a process that was asked to stop"


class Outbox(Protocol):
    """What this step asks of the ledger."""

    def claim(
        self,
        kind: ChannelKind,
        now: datetime,
        owner: str,
        wall: datetime,
        lease: timedelta,
        limit: int,
        digest: DigestId | None = None,
    ) -> list[Delivery]: ...
    def begin(self, key: str, owner: str, wall: datetime, lease: timedelta) -> bool: ...
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
    def release(self, keys: Sequence[str], owner: str, reason: str, due_at: datetime) -> None: ...
    def suspensions(self) -> list[Suspension]: ...
    def suspend(self, channel: Channel, now: datetime, reason: str) -> None: ...


@dataclass
class Line:
    """One kind of channel, and what is needed to work through its part of the outbox."""

    outbox: Outbox
    kind: ChannelKind
    route: Route | None
    owner: str
    now: datetime
    wall: Callable[[], datetime]
    shut: Mapping[Channel, str]
    """Addresses that nothing is sent to, and why."""
    digest: DigestId | None = None
    """The one digest that is sent; None for all that are due."""
    waiting: int = 0
    missed: int = 0
    """How many tries in a row found no way out at all."""
    stops: bool = False
    """Whether the process was asked to stop: what is being sent comes to its end, the rest is handed back."""
    receipts: list[Receipt] = field(default_factory=list)

    @property
    def goes_on(self) -> bool:
        """Whether more is taken in hand."""
        return self.missed < _UNREACHABLE and not self.stops


@dataclass(frozen=True)
class Try:
    """What became of a try: what is recorded, when it is tried again, and whether the way out was shut altogether."""

    state: DeliveryState
    reason: str = ""
    reference: str = ""
    due_at: datetime | None = None
    unreachable: bool = False


async def deliver(
    outbox: Outbox,
    routes: Mapping[ChannelKind, Route],
    owner: str,
    now: datetime,
    wall: Callable[[], datetime],
    progress: Progress,
    kinds: Sequence[ChannelKind] = CHANNEL_KINDS,
    digest: DigestId | None = None,
) -> list[Receipt]:
    """Send everything that is due, or what is of one digest; return a receipt for each try.

    `wall` is the real clock, by which leases run. What waits for channels of other kinds than these stays as it is, for
    a process that reaches them.
    """
    suspensions = await asyncio.to_thread(outbox.suspensions)
    shut = {found.channel: found.reason for found in suspensions}
    # Of one digest only what can be sent from here: a kind without a route would put off what others can send.
    asked = [kind for kind in kinds if digest is None or kind in routes]
    lines = [Line(outbox, kind, routes.get(kind), owner, now, wall, shut, digest) for kind in asked]

    def show() -> None:
        progress("deliver", sum(len(line.receipts) for line in lines), sum(line.waiting for line in lines))

    show()
    # Even a fault of ours in one sender lets the others finish before it is told.
    ended = await _together(lines, asyncio.gather(*(_work(line, show) for line in lines), return_exceptions=True))
    faults = [end for end in ended if isinstance(end, BaseException)]
    if faults:
        raise faults[0]
    return [receipt for line in lines for receipt in line.receipts]


async def _together(
    lines: Sequence[Line], working: asyncio.Future[list[BaseException | None]]
) -> list[BaseException | None]:
    try:
        # Shielded: a send that is cancelled in the middle would be in doubt.
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        for line in lines:
            line.stops = True
        await working
        raise


async def _work(line: Line, show: Callable[[], None]) -> None:
    try:
        await _work_through(line, show)
    finally:
        if line.route:
            await asyncio.to_thread(line.route.sender.close)


async def _work_through(line: Line, show: Callable[[], None]) -> None:
    while line.goes_on:
        hand = line.kind, line.now, line.owner, line.wall(), LEASE, BATCH, line.digest
        batch = await asyncio.to_thread(line.outbox.claim, *hand)
        if not batch:
            return
        line.waiting += len(batch)
        left = deque(batch)
        lanes = (_lane(line, left, show) for _ in range(line.route.at_once if line.route else 1))
        # A fault of ours in one lane lets the deliveries of the others come to their end.
        ended = await asyncio.gather(*lanes, return_exceptions=True)
        faults = [end for end in ended if isinstance(end, BaseException)]
        if faults:
            raise faults[0]
        if left:
            why, due_at = (
                (_HANDED_BACK, line.now) if line.stops else (line.receipts[-1].reason, line.now + _FIRST_RETRY)
            )
            rest = [delivery.key for delivery in left]
            await asyncio.to_thread(line.outbox.release, rest, line.owner, why, due_at)


async def _lane(line: Line, left: deque[Delivery], show: Callable[[], None]) -> None:
    """Settle one delivery after the other, until none is left or no more is to be taken."""
    while left and line.goes_on:
        delivery = left.popleft()
        ended = await _settled(line, delivery)
        line.missed = line.missed + 1 if ended.unreachable else 0
        line.receipts.append(_receipt(delivery, ended, line.now))
        show()


async def _settled(line: Line, delivery: Delivery) -> Try:
    ended = await _tried(line, delivery)
    # Still in doubt: left in hand, it comes again with its doubt when the lease has run out or this process ends.
    if ended.state != "sending":
        await asyncio.to_thread(
            line.outbox.settle,
            delivery.key,
            ended.state,
            line.now,
            reference=ended.reference,
            reason=ended.reason,
            due_at=ended.due_at,
        )
    return ended


async def _tried(line: Line, delivery: Delivery) -> Try:
    channel, route = delivery.channel, line.route
    if channel in line.shut:
        return Try("dead", f"nothing is sent to this address any more: {line.shut[channel]}")
    if route is None and channel.kind == "terminal":
        return Try("dead", "the terminal of an earlier run is gone")
    if route is None:
        state: DeliveryState = "sending" if delivery.doubt else "pending"
        reason = f"no {channel.kind} channel is set up now; it goes out when one is"
        return Try(state, reason, due_at=line.now + _FIRST_RETRY)
    place = channel if channel.address else replace(channel, address=route.address)
    return await _answered(route, place, delivery) or await _sent(line, route, place, delivery)


async def _answered(route: Route, place: Channel, delivery: Delivery) -> Try | None:
    """What the channel says of a delivery that is in doubt; None where it has to be sent (again)."""
    if not delivery.doubt:
        return None
    try:
        found = await route.sender.find(delivery.digest, place, delivery.key)
    except DeliveryError as error:
        return Try("in_doubt" if error.permanent else "sending", str(error))
    if found:
        return Try("sent", reference=found)
    if found is None and not route.resend:
        return Try("in_doubt", "a run died while sending and this channel cannot be asked whether it arrived")
    return None


async def _sent(line: Line, route: Route, place: Channel, delivery: Delivery) -> Try:
    if not await asyncio.to_thread(line.outbox.begin, delivery.key, line.owner, line.wall(), LEASE):
        return Try("sending", "another process took it over")
    try:
        return Try("sent", reference=await route.sender.send(delivery.digest, place, delivery.key))
    except DeliveryError as error:
        if error.nobody:
            await asyncio.to_thread(line.outbox.suspend, delivery.channel, line.now, str(error))
        return after_failure(error, delivery, line.now, route.resend)


def after_failure(error: DeliveryError, delivery: Delivery, now: datetime, resend: bool) -> Try:
    """Return what a failed try means: given up, in doubt, or tried again after a wait that doubles.

    `resend` repeats what may have arrived, under the same key.
    """
    if error.in_doubt and not resend:
        return Try("in_doubt", str(error))
    if error.permanent or delivery.attempts >= _MAX_ATTEMPTS:
        return Try("dead", str(error))
    wait = _FIRST_RETRY * 2 ** (delivery.attempts - 1) * (1 + jitter(f"{delivery.key} {delivery.attempts}"))
    return Try("pending", str(error), due_at=now + wait, unreachable=error.unreachable)


def jitter(seed: str) -> float:
    """Return up to a fifth, the same for the same seed, so that what failed together is not tried again together."""
    return hashlib.sha256(seed.encode(errors="replace")).digest()[0] / 255 / 5


def _receipt(delivery: Delivery, ended: Try, now: datetime) -> Receipt:
    return Receipt(delivery.digest.id, delivery.channel, ended.state, now, ended.reference, ended.reason)
