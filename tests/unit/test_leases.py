"""A run's lease: held alone, renewed while it works, given back."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from digestbot.adapters.ledger import Ledger
from digestbot.app import alone
from digestbot.errors import StoreError


class FakeLeases:
    """Counts how often a lease is taken, fails once in between, and says when it was taken three times."""

    def __init__(self) -> None:
        self.until: list[datetime] = []
        self.released = False
        self.thrice = Event()

    def take(self, name: str, owner: str, wall: datetime, span: timedelta) -> str | None:
        """Grant the lease; the second try meets a busy ledger."""
        self.until.append(wall + span)
        if len(self.until) == 2:
            raise StoreError("busy")
        if len(self.until) == 4:
            self.thrice.set()
        return None

    def release(self, name: str, owner: str) -> None:
        """Note that it was given back."""
        self.released = True


def test_a_lease_is_renewed_while_a_run_works() -> None:
    """It is taken again and again for a later end, whatever a busy ledger says once, and given back at the end."""
    leases = FakeLeases()
    ledger = cast("Ledger", SimpleNamespace(leases=leases))

    with alone(ledger, renewed_s=0.001):
        assert leases.thrice.wait(5)

    assert leases.until == sorted(leases.until)
    assert leases.released


def test_a_run_that_fails_gives_its_lease_back(ledger: Ledger) -> None:
    """The next one need not wait."""
    with pytest.raises(ZeroDivisionError), alone(ledger):
        _: Any = 1 / 0

    with alone(ledger):
        pass
