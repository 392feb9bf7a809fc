"""What a running server logs: a wide line for each item, failed feed, delivery and tick, and alerts as they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from structlog.stdlib import BoundLogger

from digestbot.app import ledger_of
from digestbot.app.operating import Own, review_alerts, send_word
from digestbot.commands.console import Terminal
from digestbot.domain import ChannelKind, Feed, Receipt
from digestbot.pipeline.line import Report
from digestbot.ports import Route
from digestbot.settings import Settings


def tell_operators(
    log: BoundLogger,
    settings: Settings,
    feeds: tuple[Feed, ...],
    now: datetime,
    report: Report | None,
    own: Own,
    routes: Callable[[], Mapping[ChannelKind, Route]],
) -> None:
    """Raise and clear alerts, log those that changed, and tell the operators, where any are named, over `routes`."""
    with ledger_of(settings) as ledger:
        for one in review_alerts(settings, ledger, feeds, now, report, own):
            if one.cleared_at:
                log.info("alert cleared", note=one.alert.line, since=one.raised_at.isoformat())
            else:
                log.warning("alert raised", note=one.alert.line)
        sent = send_word(settings, ledger, now, routes) if settings.operators else None
    for receipt in sent.deliveries if sent else ():
        log_delivery(log, receipt)


def say_changes(
    where: Terminal,
    settings: Settings,
    feeds: tuple[Feed, ...],
    now: datetime,
    report: Report,
    routes: Callable[[], Mapping[ChannelKind, Route]],
) -> None:
    """Do the same for a command that ends with its run, and say what changed."""
    with ledger_of(settings) as ledger:
        for one in review_alerts(settings, ledger, feeds, now, report):
            where.say(f"Over: {one.alert.says}" if one.cleared_at else f"! {one.alert.line}")
        send_word(settings, ledger, now, routes)


def log_report(log: BoundLogger, settings: Settings, report: Report) -> None:
    """Log a wide line for each item that ended, feed that failed and delivery, then one for the whole."""
    with ledger_of(settings) as ledger:
        for values in ledger.watching.ended(report.now):
            log.info("item", **values)
    for feed in report.feeds:
        if feed.failed:
            log.warning("feed failed", feed=feed.id, reason=feed.reason)
    for receipt in report.deliveries:
        log_delivery(log, receipt)
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


def log_delivery(log: BoundLogger, receipt: Receipt) -> None:
    """Log what became of a delivery."""
    tell = log.info if receipt.state == "sent" else log.warning
    kind = receipt.channel.kind
    tell("delivery", digest=receipt.digest, channel=kind, state=receipt.state, reason=receipt.reason)
