"""Which processes live on one ledger, and which of several servers schedules: leases, renewed while they live."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from digestbot.app.storing import ledger_of
from digestbot.domain import Role
from digestbot.errors import StoreError
from digestbot.processes import me
from digestbot.settings import Settings

LEASE = timedelta(seconds=15)
"""Three beats: so long after the leader's death, on whatever host, another one takes over."""
SCHEDULER = "scheduler"


class Presence:
    """This process's entry among those that live on the ledger."""

    def __init__(self, settings: Settings, role: Role) -> None:
        self._settings, self._role, self.owner = settings, role, me()

    def beat(self) -> None:
        """Say that this process lives; without the database nobody hears it."""
        with suppress(StoreError), ledger_of(self._settings) as ledger:
            ledger.leases.attend(self._role, self.owner, datetime.now(UTC), LEASE)

    def end(self) -> None:
        """Say that it lives no more."""
        with suppress(StoreError), ledger_of(self._settings) as ledger:
            ledger.leases.depart(self._role, self.owner)


class Leadership:
    """This process's part in the election among servers."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._until, self.owner = settings, datetime.min.replace(tzinfo=UTC), me()
        self._presence = Presence(settings, "server")

    @property
    def is_held(self) -> bool:
        """Whether this process schedules now: its lease was renewed lately enough to stand."""
        return datetime.now(UTC) < self._until

    def beat(self) -> bool:
        """Take or renew the lease; return whether this process has just become the leader."""
        led, wall = self.is_held, datetime.now(UTC)
        # Without the database nobody leads: the lease runs out, and is taken again when it is back.
        with suppress(StoreError), ledger_of(self._settings) as ledger:
            if ledger.leases.take(SCHEDULER, self.owner, wall, LEASE) is None:
                self._until = wall + LEASE
        self._presence.beat()
        return self.is_held and not led

    def resign(self) -> None:
        """Give the lease back, so that another one takes over at its next beat."""
        self._until = datetime.min.replace(tzinfo=UTC)
        with suppress(StoreError), ledger_of(self._settings) as ledger:
            ledger.leases.release(SCHEDULER, self.owner)
        self._presence.end()
