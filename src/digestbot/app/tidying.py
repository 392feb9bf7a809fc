"""Letting go of what is old, as the settings say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from digestbot.adapters.ledger import Ledger
from digestbot.settings import Settings

_DAY = timedelta(days=1)


def tidied(settings: Settings, ledger: Ledger, now: datetime, dry: bool = False) -> dict[str, int]:
    """Let go of old texts and records and return how many of each kind went; a `dry` one only counts."""
    texts, records = timedelta(days=settings.keep_texts_days), timedelta(days=settings.keep_records_days)
    return ledger.housekeeping.tidy(now, texts, records, dry=dry)


def tidied_daily(settings: Settings, ledger: Ledger, now: datetime) -> dict[str, int]:
    """Do the same where nobody did it within a day; the lease stands for that day, not for a process."""
    if ledger.leases.take("tidy", f"done:{now.isoformat()}", datetime.now(UTC), _DAY):
        return {}
    return tidied(settings, ledger, now)
