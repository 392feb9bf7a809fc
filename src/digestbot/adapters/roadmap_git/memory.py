"""Gives the places of a roadmap the ids that the ledger remembers, and remembers what happened since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from digestbot.roadmap import Roadmap, identify
from digestbot.roadmap.history import Event, Memory, happened, memory_of


class OutlineLedger(Protocol):
    """What remembering asks of the ledger."""

    def memory(self, roadmap: str) -> Memory | None: ...
    def remember(
        self, roadmap: str, before: Memory | None, after: Memory, found: tuple[Event, ...], now: datetime
    ) -> bool: ...


class LedgerMemory:
    """Fulfils `files.Memory`: a version that was never looked at is compared with the last one that was."""

    def __init__(self, outlines: OutlineLedger, now: Callable[[], datetime]) -> None:
        self._outlines, self._now = outlines, now

    def recall(self, roadmap: Roadmap) -> Roadmap:
        """Return the roadmap with the ids that its places have had."""
        before = self._outlines.memory(roadmap.name)
        known = identify(roadmap, before.places) if before else roadmap
        if before is None or before.version != roadmap.version:
            after = memory_of(known, before)
            # Where another process was quicker it saw the same, for the ids are made from the two versions alone.
            self._outlines.remember(roadmap.name, before, after, happened(before, after) if before else (), self._now())
        return known
