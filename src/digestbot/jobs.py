"""APScheduler wiring only: one job, how often, with which limits. What is due is decided elsewhere, from the ledger."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

PERIOD_S = 30


def tick_until(stop: Event, tick: Callable[[], object]) -> None:
    """Call `tick` at once and then every 30 s in a thread, until `stop` is set; one under way is let end.

    A tick that is late is made up for once, whatever was missed, and never runs beside itself.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.interval import IntervalTrigger

    # It warns whenever a tick takes longer than the period, which is nothing to warn of here.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone=UTC)
    scheduler.add_job(
        tick,
        IntervalTrigger(seconds=PERIOD_S),
        next_run_time=datetime.now(UTC),
        max_instances=1,
        coalesce=True,
        # The default drops a run that starts more than a second late.
        misfire_grace_time=PERIOD_S,
    )
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)
