"""A ledger that cannot be reached: told to the operators past it, and recorded in it when it is back.

One that comes and goes is told once, and then at most once an hour, with how often it was away.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from digestbot import operators
from digestbot.app.operating import operators_channels, owed
from digestbot.app.storing import ledger_of
from digestbot.domain import Alert, ChannelKind, Raised
from digestbot.errors import DigestbotError
from digestbot.files import replace_file
from digestbot.pipeline.publish import delivery_key
from digestbot.ports import Route
from digestbot.settings import Settings

_QUIET = timedelta(hours=1)
"""After a word to the operators, so long there is no other one that it is away again."""


@dataclass(frozen=True)
class _Away:
    """Absences that operators did not hear the end of; with no `times`, only when they were told last."""

    since: datetime
    """When the first of them began."""
    reason: str
    """Of the latest."""
    told_at: datetime
    times: int = 1
    is_told: bool = True
    """Whether they heard that it is away."""
    until: datetime | None = None
    """When the latest was over; None while the ledger is away."""

    def is_quiet(self, now: datetime) -> bool:
        return now - self.told_at < _QUIET

    def raised(self) -> Raised:
        """Return it as operators are told of it."""
        often = f" (away {self.times} times since {self.since:%Y-%m-%d %H:%M} UTC)" if self.times > 1 else ""
        alert = Alert(operators.LEDGER, f"{self.reason}{often}", "see 'digestbot doctor'")
        return Raised(alert, self.since, cleared_at=self.until)


class Absence:
    """Since when the ledger is away; a file beside it remembers that, so that a restart neither repeats nor forgets.

    Where that file cannot be written either, as on a full disk, only this process remembers it. It tells all the same:
    the next one, which never led, does not repeat it.
    """

    def __init__(self, home: Path) -> None:
        self._file = home / "ledger-away.json"
        self._known: _Away | None = None

    def begin(
        self,
        settings: Settings,
        now: datetime,
        reason: str,
        routes: Callable[[], Mapping[ChannelKind, Route]],
        tell: Callable[..., object],
    ) -> bool:
        """Remember that the ledger is away; False where there is nothing new in that.

        The operators are told, over each channel at most once, but for an absence that follows another too soon: of
        that they are told when it still lasts after the quiet time.
        """
        known = self._known or self._read()
        away = _begun(known, now, reason)
        if away == known:
            return False
        unwritten = self._remember(away)
        if unwritten:
            tell("not remembered over a restart", reason=unwritten)
            away = self._known = replace(away, reason=f"{unwritten}; {reason}")
        if away.is_told:
            self._tell(settings, now, away.raised(), routes, tell)
        return True

    def end(self, settings: Settings, now: datetime) -> None:
        """Record absences that are over, and owe the operators a word of them, unless they heard of others just now."""
        known = self._known or self._read()
        if known is None:
            self._forget()
            return
        over = replace(known, until=known.until or now)
        if over.times and (over.is_told or not over.is_quiet(now)):
            channels = operators_channels(settings)
            with ledger_of(settings) as ledger:
                ledger.alerts.passed(
                    over.raised(), lambda changes: owed(operators.notice(changes, now, "alerts"), channels)
                )
            over = replace(over, times=0, told_at=now, is_told=False)
        if not over.times and not over.is_quiet(now):
            self._forget()
        elif over != known:
            self._remember(over)

    def _tell(
        self,
        settings: Settings,
        now: datetime,
        raised: Raised,
        routes: Callable[[], Mapping[ChannelKind, Route]],
        tell: Callable[..., object],
    ) -> None:
        told = operators.notice([raised], now, "alerts")
        for channel in operators_channels(settings) if told else ():
            assert told is not None
            try:
                route = routes()[channel.kind]
                place = channel if channel.address else replace(channel, address=route.address)
                asyncio.run(route.sender.send(told, place, delivery_key(told.id, channel)))
            except (DigestbotError, KeyError) as error:
                tell("operators not told", channel=channel.kind, reason=str(error))

    def _remember(self, away: _Away) -> str:
        """Keep it in the file, and by this process; return why the file could not be written, "" where it was."""
        self._known = away
        try:
            replace_file(self._file, json.dumps(asdict(away), default=datetime.isoformat).encode())
        except OSError as error:
            return f"the data folder cannot be written: {error.strerror}"
        return ""

    def _forget(self) -> None:
        self._known = None
        with suppress(OSError):
            self._file.unlink()

    def _read(self) -> _Away | None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            found: dict[str, Any] = json.loads(self._file.read_text("utf-8"))
            instants = {name: datetime.fromisoformat(found[name]) for name in ("since", "told_at")}
            until = datetime.fromisoformat(found["until"]) if found["until"] else None
            return _Away(**found | instants | {"until": until})
        return None


def _begun(known: _Away | None, now: datetime, reason: str) -> _Away:
    """Return what is known when the ledger is found away; the same where nothing is new."""
    if known is None:
        return _Away(now, reason, told_at=now)
    if known.until is None:
        late = not known.is_told and not known.is_quiet(now)
        return replace(known, is_told=True, told_at=now) if late else known
    told = not known.is_quiet(now)
    return _Away(
        since=known.since if known.times else now,
        reason=reason,
        told_at=now if told else known.told_at,
        times=known.times + 1,
        is_told=told,
    )
