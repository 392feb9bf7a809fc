"""Alerts raised and cleared, and what operators are told of them and of runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from digestbot import operators
from digestbot.adapters.ledger import Ledger
from digestbot.app.running import unseen
from digestbot.app.watching import status_now
from digestbot.domain import Alert, Channel, ChannelKind, Digest, Feed, Raised
from digestbot.errors import ConfigError
from digestbot.operators import OPERATORS
from digestbot.pipeline.line import Report, SendDeps, send
from digestbot.pipeline.publish import delivery_key
from digestbot.ports import Route
from digestbot.processes import me
from digestbot.settings import Settings
from digestbot.status import alerts
from digestbot.subscriptions.channels import parsed


@dataclass(frozen=True)
class Own:
    """What the process at work noticed itself: what stands, and whether it serves, so that it knows what is over."""

    alerts: Sequence[Alert] = ()
    serves: bool = False


def operators_channels(settings: Settings) -> tuple[Channel, ...]:
    """Return where operators are told; raises ConfigError for what names no channel."""
    written = settings.operators.get_secret_value().split(",") if settings.operators else []
    try:
        return tuple(parsed(one) for one in written if one.strip())
    except ValueError as error:
        raise ConfigError(f"DIGESTBOT_OPERATORS: {error}") from None


def review_alerts(
    settings: Settings,
    ledger: Ledger,
    feeds: Sequence[Feed],
    now: datetime,
    report: Report | None = None,
    own: Own | None = None,
) -> list[Raised]:
    """Raise and clear alerts by how it goes now, and owe the operators a word of that and of the run; return both."""
    channels, own = operators_channels(settings), own or Own()
    status = status_now(settings, ledger, feeds, now)
    seen = [one for one in alerts(status) if not operators.is_noticed(one.key)]
    found = [*seen, *own.alerts]
    if report and (alert := operators.model_alert(report)):
        found.append(alert)
    failed = _failed(ledger, report) if report else []

    def judges(key: str) -> bool:
        if operators.of_servers(key):
            return own.serves
        return key != operators.MODEL or (report is not None and operators.asked_a_model(report))

    def write(changes: Sequence[Raised]) -> tuple[Digest, Mapping[str, Channel]] | None:
        hear = settings.operators_hear
        return owed(operators.notice(changes, now, hear, report, failed), channels)

    return ledger.alerts.change(found, now, write, judges)


def owed(told: Digest | None, channels: Sequence[Channel]) -> tuple[Digest, Mapping[str, Channel]] | None:
    """Return what is to be recorded of a word to the operators; None where there is none, or nowhere to say it."""
    return (told, {delivery_key(told.id, one): one for one in channels}) if told and channels else None


def _failed(ledger: Ledger, report: Report) -> list[Alert]:
    states = ledger.intake.states()
    began = [feed.id for feed in report.feeds if feed.id in states and states[feed.id].failing_since == report.now]
    mine = [one for one in report.deliveries if not one.digest.startswith(f"{OPERATORS}-")]
    return operators.failures(replace(report, deliveries=mine), began)


def send_word(
    settings: Settings, ledger: Ledger, now: datetime, routes: Callable[[], Mapping[ChannelKind, Route]]
) -> Report | None:
    """Deliver what waits, such as a word to the operators that was just recorded; None where nothing does."""
    if not (settings.operators and ledger.outbox.is_waiting(now, datetime.now(UTC))):
        return None
    deps = SendDeps(ledger, routes(), unseen, me(), lambda: datetime.now(UTC))
    return asyncio.run(send(deps, [], [], now))
