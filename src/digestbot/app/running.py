"""Runs: the whole line, its end alone, what people suggested, and a trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from digestbot.adapters.ledger import Ledger, copy_ledger, sqlite_url
from digestbot.app.documents import documents_of, installed
from digestbot.app.ending import worked
from digestbot.app.ingesting import Given, Ingest, arxiv_url
from digestbot.app.models import Prompts, models_of
from digestbot.app.reports import report_values
from digestbot.app.reviewing import desk_of
from digestbot.app.searching import BUNDLED
from digestbot.app.storing import database_url, ledger_of
from digestbot.domain import REACHED_FROM_ANYWHERE, Cadence, Channel, ChannelKind, Feed, Step, Subscription
from digestbot.errors import BusyError, StoreError
from digestbot.pipeline.line import Plan, Report, SendDeps, send
from digestbot.pipeline.models import Models
from digestbot.ports import Progress, Route
from digestbot.processes import me
from digestbot.review import finish
from digestbot.roadmap import outline
from digestbot.settings import Settings
from digestbot.subscriptions.default import AT_ONCE, standing_ones

_RUN_LEASE = timedelta(minutes=10)


_RENEWED_S = 120.0
"""How often a run's lease is renewed: what another host's run left behind when it died stands for ten minutes."""


def subscriptions_of(
    settings: Settings, ledger: Ledger, routes: Mapping[ChannelKind, Route], cadence: Cadence = AT_ONCE
) -> list[Subscription]:
    """Return the subscriptions that a run looks after; `cadence` is that of the one which the settings make."""
    return standing_ones(settings, ledger.subscriptions.all(), "terminal" in routes, cadence=cadence)


def run_line(
    settings: Settings,
    given: Given,
    cadence: Cadence = AT_ONCE,
    prompts: Prompts | None = None,
    stop: Event | None = None,
) -> Report:
    """Do one run and record its report.

    `cadence` is that of the subscription which the settings make, `prompts` those that were checked before. Raises
    BusyError while another process does one on this ledger, and StoppedError soon after `stop` is set.
    """
    now = given.now
    with ledger_of(settings) as ledger, alone(ledger):
        documents = installed(settings, ledger, now)
        finish(desk_of(settings, ledger), now)
        subscriptions = subscriptions_of(settings, ledger, given.routes, cadence)
        models = models_of(settings, ledger, now, prompts)
        report = Ingest(settings, ledger, documents, subscriptions, models, given).do(stop)
        ledger.publications.record_run(now, datetime.now(UTC), report_values(report))
    return report


def send_line(
    settings: Settings,
    now: datetime,
    progress: Progress,
    routes: Mapping[ChannelKind, Route],
    cadence: Cadence = AT_ONCE,
    stop: Event | None = None,
) -> Report:
    """Send what is due of what was read before, also while another process does a run on this ledger.

    `cadence` is that of the subscription which the settings make. Raises StoppedError soon after `stop` is set.
    """
    with ledger_of(settings) as ledger:
        documents = installed(settings, ledger, now)
        finish(desk_of(settings, ledger), now)
        deps = SendDeps(ledger, routes, progress, me(), lambda: datetime.now(UTC))
        subscriptions = subscriptions_of(settings, ledger, routes, cadence)
        read = [files.read() for files in documents]
        return worked(send(deps, subscriptions, [Plan(roadmap, outline(roadmap)) for roadmap in read], now), stop)


def deliver_line(
    settings: Settings, now: datetime, routes: Mapping[ChannelKind, Route], stop: Event | None = None
) -> Report | None:
    """Try what waits for channels that any machine reaches and make no digest; None where nothing waits.

    What is kept in a folder is left to the process that leads: here it might be another machine's. Raises StoppedError
    soon after `stop` is set.
    """
    with ledger_of(settings) as ledger:
        kinds = _from_anywhere(routes)
        if not ledger.outbox.is_waiting(now, datetime.now(UTC), kinds):
            return None
        deps = SendDeps(ledger, routes, unseen, me(), lambda: datetime.now(UTC), kinds=kinds)
        return worked(send(deps, [], [], now), stop)


def waits_to_go(settings: Settings, now: datetime, routes: Mapping[ChannelKind, Route]) -> bool:
    """Tell whether `deliver_line` has something to do; without the database it has not."""
    with suppress(StoreError), ledger_of(settings) as ledger:
        return ledger.outbox.is_waiting(now, datetime.now(UTC), _from_anywhere(routes))
    return False


def _from_anywhere(routes: Mapping[ChannelKind, Route]) -> tuple[ChannelKind, ...]:
    return tuple(kind for kind in REACHED_FROM_ANYWHERE if kind in routes)


def unseen(step: Step, done: int, total: int) -> None:
    """Show no progress."""


def read_suggestions(settings: Settings, feeds: tuple[Feed, ...], now: datetime, progress: Progress) -> Report:
    """Take what was suggested along the line, up to where it would be sent: the next digest tells of it.

    `feeds` are not read; arXiv's own address is theirs. Raises StoreError while another process does a run.
    """
    given = Given((), now, progress, {}, arxiv_url=arxiv_url(feeds))
    with ledger_of(settings) as ledger, alone(ledger):
        documents = installed(settings, ledger, now)
        # Not recorded as a run: no feed was asked.
        return Ingest(settings, ledger, documents, [], models_of(settings, ledger, now), given).do()


def try_line(settings: Settings, given: Given, scratch: Path, models: Models | None = None) -> Report:
    """Do the same run on a copy of the ledger in a scratch folder, with the offline model: nothing is kept or paid.

    Other models may be given; they must not make calls either.
    """
    target = sqlite_url(scratch / "ledger.db")
    source = database_url(settings)
    if settings.database_url or (settings.home / "ledger.db").exists():
        copy_ledger(source, target)
    # A trial costs nothing: what a chat model took would be recorded in the copy only, and no budget would bound it.
    mine = {"home": scratch, "database_url": None, "chroma_url": None, "model": "offline", "embeddings": BUNDLED}
    copy = settings.model_copy(update=mine)
    with ledger_of(copy) as ledger:
        documents = documents_of(settings, ledger, given.now)
        for space in ledger.stories.spaces():
            ledger.stories.mark_indexed(space, [], None)  # the copy has an index of its own, and it is empty
        here = tuple(Channel(kind) for kind in given.routes)
        subscriptions = [replace(one, channels=here) for one in subscriptions_of(settings, ledger, given.routes)]
        used = models or models_of(copy, ledger, given.now)
        return Ingest(copy, ledger, documents, subscriptions, used, given).do()


@contextmanager
def alone(ledger: Ledger, what: str = "run", renewed_s: float = _RENEWED_S) -> Iterator[None]:
    """Hold the ledger's run, or backfill, for a context; raises BusyError while another process has it."""
    owner, over = me(), Event()
    held = ledger.leases.take(what, owner, datetime.now(UTC), _RUN_LEASE)
    if held:
        raise BusyError(f"another {what} is under way (process {held}): wait for it to end")

    def renew() -> None:
        while not over.wait(renewed_s):
            # A ledger that is busy now is asked again in time; a run does no harm twice, so that it goes on meanwhile.
            with suppress(StoreError):
                ledger.leases.take(what, owner, datetime.now(UTC), _RUN_LEASE)

    renewing = Thread(target=renew, name="lease", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()
        ledger.leases.release(what, owner)
