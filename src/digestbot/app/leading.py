"""Which of several servers on one ledger schedules: the one that holds a lease, renewed while it lives."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from digestbot.app.storing import ledger_of
from digestbot.errors import StoreError
from digestbot.processes import me
from digestbot.settings import Settings

LEASE = timedelta(seconds=15)
"""Three beats: so long after the leader's death, on whatever host, another one takes over."""
_NAME = "scheduler"


class Leadership:
    """This process's part in the election."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._until, self.owner = settings, datetime.min.replace(tzinfo=UTC), me()

    @property
    def is_held(self) -> bool:
        """Whether this process schedules now: its lease was renewed lately enough to stand."""
        return datetime.now(UTC) < self._until

    def beat(self) -> bool:
        """Take or renew the lease; return whether this process has just become the leader."""
        led, wall = self.is_held, datetime.now(UTC)
        # Without the database nobody leads: the lease runs out, and is taken again when it is back.
        with suppress(StoreError), ledger_of(self._settings) as ledger:
            if ledger.leases.take(_NAME, self.owner, wall, LEASE) is None:
                self._until = wall + LEASE
        return self.is_held and not led

    def resign(self) -> None:
        """Give the lease back, so that another one takes over at its next beat."""
        self._until = datetime.min.replace(tzinfo=UTC)
        with suppress(StoreError), ledger_of(self._settings) as ledger:
            ledger.leases.release(_NAME, self.owner)
