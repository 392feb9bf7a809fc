"""What a running server logs: a wide line for each item, failed feed, delivery and tick, and alerts as they change."""

from __future__ import annotations

from datetime import datetime

from structlog.stdlib import BoundLogger

from digestbot.app import ledger_of, status_now
from digestbot.domain import Feed
from digestbot.pipeline.line import Report
from digestbot.settings import Settings
from digestbot.status import alerts


def tell_alerts(
    log: BoundLogger, settings: Settings, feeds: tuple[Feed, ...], now: datetime, told: frozenset[str]
) -> frozenset[str]:
    """Log alerts as they come up and as they go, not at every tick; return those that stand, `told` are from before."""
    with ledger_of(settings) as ledger:
        found = frozenset(alerts(status_now(settings, ledger, feeds, now)))
    for line in sorted(found - told):
        log.warning("alert raised", note=line)
    for line in sorted(told - found):
        log.info("alert cleared", note=line)
    return found


def log_report(log: BoundLogger, settings: Settings, report: Report) -> None:
    """Log a wide line for each item that ended, feed that failed and delivery, then one for the whole."""
    with ledger_of(settings) as ledger:
        for values in ledger.watching.ended(report.now):
            log.info("item", **values)
    for feed in report.feeds:
        if feed.failed:
            log.warning("feed failed", feed=feed.id, reason=feed.reason)
    for receipt in report.deliveries:
        tell = log.info if receipt.state == "sent" else log.warning
        tell(
            "delivery", digest=receipt.digest, channel=receipt.channel.kind, state=receipt.state, reason=receipt.reason
        )
    spent = report.steps.values()
    log.info(
        "tick",
        now=report.now.isoformat(),
        feeds=len(report.feeds),
        failed=[feed.id for feed in report.feeds if feed.failed],
        new=sum(feed.new for feed in report.feeds),
        **{name: count for name, count in report.outcomes.items() if count},
        digests=len(report.digests),
        proposals=len(report.proposals),
        seconds=round(sum(one.seconds for one in spent), 1),
        tokens=sum(one.usage.tokens for one in spent),
        degraded=report.degraded,
    )
