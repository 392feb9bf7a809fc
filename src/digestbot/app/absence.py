"""A ledger that cannot be reached: told to the operators past it, once, and recorded in it when it is back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from digestbot import operators
from digestbot.app.operating import operators_channels, owed
from digestbot.app.storing import ledger_of
from digestbot.domain import Alert, ChannelKind, Raised
from digestbot.errors import DigestbotError
from digestbot.pipeline.publish import delivery_key
from digestbot.ports import Route
from digestbot.settings import Settings


class Absence:
    """Since when the ledger is away; a file beside it remembers that, so that a restart neither repeats nor forgets.

    Where that file cannot be written either, as on a full disk, only this process remembers it. It tells all the same:
    the next one, which never led, does not repeat it.
    """

    def __init__(self, home: Path) -> None:
        self._file = home / "ledger-away.json"
        self._known: Raised | None = None

    def begin(
        self,
        settings: Settings,
        now: datetime,
        reason: str,
        routes: Callable[[], Mapping[ChannelKind, Route]],
        tell: Callable[..., object],
    ) -> bool:
        """Remember that the ledger is away; False where that is known already.

        The operators are told when it is new, over each channel at most once.
        """
        if self._known or self._read():
            return False
        try:
            with self._file.open("x") as stream:
                json.dump({"since": now.isoformat(), "reason": reason}, stream)
        except OSError as error:
            self._forget()
            unwritten = f"the data folder cannot be written: {error.strerror}"
            tell("not remembered over a restart", reason=unwritten)
            reason = f"{unwritten}; {reason}"
        self._known = Raised(Alert(operators.LEDGER, reason, "see 'digestbot doctor'"), now)
        told = operators.notice([self._known], now, "alerts")
        for channel in operators_channels(settings) if told else ():
            assert told is not None
            try:
                route = routes()[channel.kind]
                place = channel if channel.address else replace(channel, address=route.address)
                asyncio.run(route.sender.send(told, place, delivery_key(told.id, channel)))
            except (DigestbotError, KeyError) as error:
                tell("operators not told", channel=channel.kind, reason=str(error))
        return True

    def end(self, settings: Settings, now: datetime) -> None:
        """Record an absence that is over, and owe the operators a word of it; nothing where there was none."""
        known = self._known or self._read()
        if known is None:
            self._forget()
            return
        over = replace(known, cleared_at=now)
        channels = operators_channels(settings)
        with ledger_of(settings) as ledger:
            ledger.alerts.passed(over, lambda changes: owed(operators.notice(changes, now, "alerts"), channels))
        self._forget()
        self._known = None

    def _forget(self) -> None:
        with suppress(OSError):
            self._file.unlink()

    def _read(self) -> Raised | None:
        with suppress(OSError, ValueError, KeyError):
            found: dict[str, Any] = json.loads(self._file.read_text("utf-8"))
            alert = Alert(operators.LEDGER, str(found["reason"]), "see 'digestbot doctor'")
            return Raised(alert, datetime.fromisoformat(found["since"]))
        return None
