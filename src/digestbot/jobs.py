"""APScheduler wiring only: one job, how often, with which limits. What is due is decided elsewhere, from the ledger."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

PERIOD_S = 30
BEAT_S = 5


def tick_until(stop: Event, tick: Callable[[], object], beat: Callable[[], bool]) -> None:
    """Call `tick` at once and then every 30 s in a thread, until `stop` is set; one under way is let end.

    A tick that is late is made up for once, whatever was missed, and never runs beside itself. `beat` is called every
    5 s in a thread of its own, first of all; where it returns True a tick comes at once.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.interval import IntervalTrigger

    # It warns whenever a tick takes longer than the period, which is nothing to warn of here.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    executors = {"default": ThreadPoolExecutor(1), "beat": ThreadPoolExecutor(1)}
    # The default drops a run that starts more than a second late.
    once = {"max_instances": 1, "coalesce": True, "misfire_grace_time": PERIOD_S}
    scheduler = BackgroundScheduler(executors=executors, timezone=UTC)

    def beat_once() -> None:
        if beat():
            scheduler.modify_job("tick", next_run_time=datetime.now(UTC))

    beat()
    every = IntervalTrigger(seconds=PERIOD_S)
    scheduler.add_job(tick, every, id="tick", next_run_time=datetime.now(UTC), **once)
    scheduler.add_job(beat_once, IntervalTrigger(seconds=BEAT_S), id="beat", executor="beat", **once)
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)
