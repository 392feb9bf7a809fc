"""What a tick does: what the ledger says is due, and what a server tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

from structlog.stdlib import BoundLogger

from digestbot import __version__
from digestbot.app import Given, deliver_line, ledger_of, routes_of, run_line, send_line, tidied_daily
from digestbot.app.absence import Absence
from digestbot.app.operating import Own
from digestbot.app.reloading import Setup
from digestbot.app.tending import tend_what_is_due
from digestbot.commands.console import silent
from digestbot.commands.reporting import log_report, tell_operators
from digestbot.domain import Alert, ChannelKind, Feed, Proposal
from digestbot.errors import BusyError, DigestbotError, StoppedError, StoreError
from digestbot.log import logger
from digestbot.operators import TICK
from digestbot.pipeline.line import Report
from digestbot.ports import Route
from digestbot.schedule import due_feeds
from digestbot.settings import Settings
from digestbot.subscriptions.cadence import awaited
from digestbot.subscriptions.default import MORNING, standing_ones

_REVIEWED = timedelta(minutes=5)
"""How often alerts are looked through where nothing happens."""


@dataclass(frozen=True)
class Due:
    """What is to be done now: feeds to read, and whether there is a digest to make or a delivery to try."""

    feeds: tuple[Feed, ...]
    digests: bool


def due(settings: Settings, feeds: tuple[Feed, ...], now: datetime, wall: datetime) -> Due:
    """Return what the ledger says is due; `wall` is the real clock, by which deliveries are held."""
    with ledger_of(settings) as ledger:
        asked = due_feeds(feeds, ledger.intake.states(), now)
        handled, latest = ledger.subscriptions.handled(), ledger.candidates.latest()
        subscriptions = standing_ones(settings, ledger.subscriptions.all(), terminal=False, cadence=MORNING)
        awaiting = any(awaited(one, handled.get(one.id), latest, now) for one in subscriptions)
        return Due(asked, awaiting or ledger.outbox.is_waiting(now, wall))


def tended(settings: Settings, now: datetime) -> list[Proposal] | None:
    """Look after the documents' links where that is set; return what was proposed, None where none waited."""
    if settings.link_checks == "off":
        return None
    with ledger_of(settings) as ledger:
        return tend_what_is_due(settings, ledger, now)


class Ticks:
    """The ticks of one server, and what they remember from one to the next."""

    def __init__(self, setup: Setup, stop: Event | None = None) -> None:
        self.setup, self._stop = setup, stop
        self._begun = self._done = self._led = False
        self._trouble: Alert | None = None
        self._reviewed_at: datetime | None = None
        self._told: list[Alert] = []
        self._absence = Absence(setup.settings.home)

    def do(self, now: datetime, *, leads: bool, asked: bool = False) -> None:
        """Do a tick and log what came of it; whatever goes wrong in it, the next one comes.

        What has changed in settings and files is taken first, and told where somebody `asked` even if nothing has. A
        server that does not lead makes nothing new: it helps to deliver what waits.
        """
        log = logger()
        if not self._begun:
            log.info("started", version=__version__, home=str(self._settings.home))
            self._begun = True
        self._renew(log, asked)
        try:
            self._work(now, log, leads)
            self._led = leads
        except StoppedError as error:
            log.info("tick cut short", now=now.isoformat(), reason=str(error))
        except BusyError as error:
            log.warning("tick put off", now=now.isoformat(), reason=str(error))
        except DigestbotError as error:
            log.error("tick failed", now=now.isoformat(), reason=str(error))
            self._failed(now, log, str(error))
        except Exception as error:
            log.exception("tick failed by a fault of ours", now=now.isoformat(), error=type(error).__name__)
            self._failed(now, log, f"by a fault of ours, {type(error).__name__}")

    @property
    def _settings(self) -> Settings:
        return self.setup.settings

    def _routes(self) -> dict[ChannelKind, Route]:
        return routes_of(self._settings, None, 100, False, self.setup.templates)

    def _renew(self, log: BoundLogger, asked: bool) -> None:
        news = self.setup.renew()
        for one in news:
            tell = log.error if one.event == "refused" else log.info
            tell(one.event, part=one.part, settings=one.names, reason=one.reason)
        if asked and not news:
            log.info("reloaded", note="nothing has changed")

    def _work(self, now: datetime, log: BoundLogger, leads: bool) -> None:
        report = self._done_what_is_due(now) if leads else self._delivered(now)
        if report is not None:
            self._done = self._done or leads
            self._tidy(now, log)
            log_report(log, self._settings, report)
        if not leads:
            return
        if report is None and (made := tended(self._settings, now)) is not None:
            log.info("links looked at", proposals=len(made))
        self._absence.end(self._settings, now)
        late = self._reviewed_at is None or abs(now - self._reviewed_at) >= _REVIEWED
        changed = self._told != self.setup.alerts()
        if report or changed or self._trouble or late:
            self._trouble = None
            self._review(now, log, report)

    def _done_what_is_due(self, now: datetime) -> Report | None:
        """Do what is due, at first whatever a killed process left; None where nothing is."""
        found = due(self._settings, self.setup.feeds, now, datetime.now(UTC))
        if found.feeds or not self._done:
            given = Given(found.feeds, now, silent, self._routes())
            return run_line(self._settings, given, MORNING, self.setup.prompts, self._stop)
        if found.digests:
            return send_line(self._settings, now, silent, self._routes(), MORNING, self._stop)
        return None

    def _delivered(self, now: datetime) -> Report | None:
        return deliver_line(self._settings, now, self._routes(), self._stop)

    def _tidy(self, now: datetime, log: BoundLogger) -> None:
        with ledger_of(self._settings) as ledger:
            if gone := {name: count for name, count in tidied_daily(self._settings, ledger, now).items() if count}:
                log.info("tidied", **gone)

    def _review(self, now: datetime, log: BoundLogger, report: Report | None) -> None:
        trouble = [self._trouble] if self._trouble else []
        own = Own([*self.setup.alerts(), *trouble], serves=True)
        tell_operators(log, self._settings, self.setup.feeds, now, report, own, self._routes)
        self._reviewed_at, self._told = now, self.setup.alerts()

    def _failed(self, now: datetime, log: BoundLogger, reason: str) -> None:
        """Raise an alert that ticks fail; where it cannot be recorded since the ledger is away, tell that instead."""
        self._trouble = Alert(TICK, f"ticks fail: {reason}", "see the log of 'digestbot serve'")
        try:
            self._review(now, log, None)
        except StoreError as error:
            if self._led and self._absence.begin(self._settings, now, str(error), self._routes, log.warning):
                log.error("ledger away", reason=str(error), note="operators are told at most once an hour")
        except DigestbotError as error:
            log.error("operators cannot be told", reason=str(error))
