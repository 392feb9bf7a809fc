"""How it goes, put together from the ledger, the settings and this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digestbot.adapters.ledger import Ledger
from digestbot.app.leading import SCHEDULER
from digestbot.app.models import limits_of
from digestbot.app.storing import free_bytes, index_trouble
from digestbot.domain import Feed
from digestbot.operators import is_noticed
from digestbot.settings import Settings
from digestbot.status import SPAN, Process, Spent, Status, feed_healths, next_digest
from digestbot.subscriptions.default import MORNING, standing_ones

if TYPE_CHECKING:
    from starlette.applications import Starlette


def watch_pages(status: Callable[[], Status]) -> Starlette:
    """Return what answers monitoring as an ASGI application; `status` is asked anew each time."""
    from digestbot.web.watch import application

    return application(status)


def status_now(settings: Settings, ledger: Ledger, feeds: Sequence[Feed], now: datetime) -> Status:
    """Return the picture of an instant."""
    subscriptions = standing_ones(settings, ledger.subscriptions.all(), terminal=False, cadence=MORNING)
    spent = ledger.spending.spent(now.replace(hour=0, minute=0, second=0, microsecond=0))
    limits = limits_of(settings, ledger, now)
    return Status(
        now=now,
        counts=ledger.watching.counts(now - SPAN, now),
        feeds=feed_healths(feeds, ledger.intake.states()),
        subscriptions=len(subscriptions),
        next_digest_at=next_digest(subscriptions, ledger.subscriptions.handled(), now),
        budgets=tuple(Spent(limit.said(), limit.spent / limit.most) for limit in limits if limit.most),
        tokens=spent.tokens,
        cost_usd=spent.cost_usd or 0.0,
        free_bytes=free_bytes(settings.home),
        index=index_trouble(settings),
        suggested=len(ledger.suggestions.pending()),
        processes=_processes(ledger),
        noticed=tuple(one.alert for one in ledger.alerts.standing() if is_noticed(one.alert.key)),
    )


def _processes(ledger: Ledger) -> tuple[Process, ...]:
    wall = datetime.now(UTC)
    leader = ledger.leases.holder(SCHEDULER, wall)
    return tuple(Process(role, name, role == "server" and name == leader) for role, name in ledger.leases.living(wall))
