"""Alerts in a real database: SQLite always, PostgreSQL too where it is installed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import NOW, digest
from test_ledger import ledger, url

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Alert, Channel, Digest, DigestId, Raised

__all__ = ["ledger", "url"]

HOUR = timedelta(hours=1)
FULL = Alert("disk", "only 1 MB are free", "make room")


def nothing(changes: Sequence[Raised]) -> None:
    """Tell nobody."""


def test_an_alert_is_raised_once_and_cleared_once(ledger: Ledger) -> None:
    """What stands is not raised again, what is over not cleared again, and what comes back is raised anew."""
    steps = [[FULL], [replace(FULL, says="only 0 MB are free")], [], [], [FULL]]

    found = [ledger.alerts.change(step, NOW + n * HOUR, nothing) for n, step in enumerate(steps)]

    assert [[(one.alert.key, one.cleared_at is None) for one in step] for step in found] == [
        [("disk", True)],
        [],
        [("disk", False)],
        [],
        [("disk", True)],
    ]
    assert [one.raised_at for one in ledger.alerts.standing()] == [NOW + 4 * HOUR]
    assert found[2][0].raised_at == NOW


def test_what_a_process_cannot_judge_stays(ledger: Ledger) -> None:
    """A look from outside does not clear what only the server knows."""
    ledger.alerts.change([Alert("restart", "changed"), FULL], NOW, nothing)

    ledger.alerts.change([], NOW + HOUR, nothing, lambda key: key != "restart")

    assert [one.alert.key for one in ledger.alerts.standing()] == ["restart"]


def test_a_word_is_recorded_with_its_alert_or_not_at_all(ledger: Ledger) -> None:
    """A process that dies in between leaves neither: the next look raises the alert and owes the word."""

    def dies(changes: Sequence[Raised]) -> None:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        ledger.alerts.change([FULL], NOW, dies)

    assert ledger.alerts.standing() == []
    assert len(ledger.alerts.change([FULL], NOW, nothing)) == 1


def test_of_several_that_look_at_once_one_raises(url: str) -> None:
    """However many processes see it at the same moment, the operators are owed one word."""

    def look(number: int) -> int:
        one = Ledger(url)

        def write(changes: Sequence[Raised]) -> tuple[Digest, dict[str, Channel]] | None:
            told = replace(digest(), id=DigestId(f"operators-{number}"))
            return (told, {f"k{number}": Channel("file")}) if changes else None

        try:
            return len(one.alerts.change([FULL], NOW, write))
        finally:
            one.close()

    with ThreadPoolExecutor(6) as threads:
        raised = list(threads.map(look, range(6)))
    after = Ledger(url)
    words = after.outbox.deliveries()
    after.close()

    assert sum(raised) == 1
    assert len(words) == 1


def test_an_absence_is_recorded_once(ledger: Ledger) -> None:
    """It came and went while nothing could be recorded; who tells of it again is not heard."""
    told: list[int] = []

    for _ in range(2):
        ledger.alerts.passed(Raised(FULL, NOW, NOW + HOUR), lambda changes: told.append(len(changes)))

    assert told == [1]
    assert ledger.alerts.standing() == []
