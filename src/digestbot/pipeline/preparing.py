"""Prepares a chunk of papers for the ledger: all that can be known of each without it. Runs in any process.

What comes out depends on the chunk, the roadmaps and what people decided about places, never on other chunks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from digestbot.catalogue import Shelf, shelf_of, story_piece
from digestbot.domain import BACKFILL, OFF_ROADMAP, Item, Outcome, Outline, Story, Verdict
from digestbot.joining import new_id
from digestbot.pipeline.dedupe import keys_of, words_of
from digestbot.pipeline.triage import outcome_of
from digestbot.ports import Embedder
from digestbot.wire.arxiv_dump import RefusedLine, paper_in

File = Callable[[Sequence[Story], Outline], Sequence[Verdict]]
"""Files stories into a roadmap, one verdict each, in order."""


@dataclass(frozen=True)
class Chunk:
    """A part of a source, by its number there: lines of a dump, None for one that is too long, or papers.

    `read` of `total` of the source were read by its end, in the source's own measure. One that is not `whole` may have
    more to it later.
    """

    number: int
    read: int
    total: int
    lines: tuple[bytes | None, ...] = ()
    first_line: int = 1
    items: tuple[Item, ...] = ()
    refused: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True)
class Wanted:
    """Which papers are wanted: of one of these categories (`cs.*` is all of cs), first submitted in this span."""

    categories: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def has(self, item: Item) -> bool:
        """Tell whether a paper is one of them."""
        at = item.published_at
        if at is None or (self.since and at < self.since) or (self.until and at >= self.until):
            return False
        return not self.categories or any(_within(one, wanted) for one in item.categories for wanted in self.categories)


def _within(category: str, wanted: str) -> bool:
    return category == wanted or (wanted.endswith(".*") and category.partition(".")[0] == wanted[:-2])


@dataclass(frozen=True)
class Ready:
    """A paper with all that can be known of it alone; `shelf` is None where no roadmap has a place for it."""

    item: Item
    keys: frozenset[str]
    vector: NDArray[np.float32]
    verdicts: tuple[Verdict, ...]
    """One for each roadmap, as if the paper were a story of its own."""
    outcome: tuple[Outcome, str]
    shelf: Shelf | None


@dataclass(frozen=True)
class Prepared:
    """What came of a chunk, which goes along without its lines."""

    chunk: Chunk
    papers: tuple[Ready, ...]
    repeated: int
    """How many lines were of a paper that came before in the chunk."""
    left_out: int
    """How many papers were not wanted."""
    refused: tuple[str, ...]
    """The lines that are no papers, each by its number and why."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """What each part of the work took."""


@dataclass(frozen=True)
class Preparer:
    """Prepares chunks; plain values and functions alone, so that it can be sent to other processes."""

    wanted: Wanted
    outlines: tuple[Outline, ...]
    file: File
    embedder: Embedder
    searcher: Embedder
    now: datetime

    def __call__(self, chunk: Chunk) -> Prepared:
        """Return what a chunk holds, filed and embedded."""
        seconds: dict[str, float] = {}
        clock = Clock(seconds)
        items, repeated, refused = _items(chunk, self.now)
        wanted = [item for item in items if self.wanted.has(item)]
        clock.lap("parse")
        ready = self._ready(wanted, clock) if wanted else ()
        bare = Chunk(chunk.number, chunk.read, chunk.total, whole=chunk.whole)
        return Prepared(bare, ready, repeated, len(items) - len(wanted), refused, seconds)

    def _ready(self, items: Sequence[Item], clock: Clock) -> tuple[Ready, ...]:
        vectors = self.embedder.embed([words_of(item) for item in items])
        clock.lap("embed")
        keys = [keys_of(item) for item in items]
        clock.lap("keys")
        stories = [story_alone(item) for item in items]
        filed = [self.file(stories, outline) for outline in self.outlines]
        places = list(zip(*filed, strict=True))
        clock.lap("file")
        outcomes = [outcome_in(verdicts, self.outlines) for verdicts in places]
        kept = [item for item, (outcome, _) in zip(items, outcomes, strict=True) if outcome == "filed"]
        shelves = dict(zip((item.id for item in kept), shelves_of(kept, self.searcher), strict=True))
        clock.lap("shelve")
        return tuple(
            Ready(item, own, vector, verdicts, outcome, shelves.get(item.id))
            for item, own, vector, verdicts, outcome in zip(items, keys, vectors, places, outcomes, strict=True)
        )


def story_alone(item: Item) -> Story:
    """Return the story that an item is by itself."""
    return Story(new_id(item.id, ()), item, (item,))


def shelves_of(items: Sequence[Item], searcher: Embedder) -> list[Shelf]:
    """Return for each paper what can be searched of the story that it is by itself: its title and its abstract."""
    return shelf_of([story_piece(story_alone(item)) for item in items], searcher)


def outcome_in(verdicts: Sequence[Verdict], outlines: Sequence[Outline]) -> tuple[Outcome, str]:
    """Return where a paper ends by the first roadmap that has a place for it, or else by the first."""
    placed = next((place for place, one in enumerate(verdicts) if one.section != OFF_ROADMAP), 0)
    return outcome_of(verdicts[placed], outlines[placed])


def _items(chunk: Chunk, now: datetime) -> tuple[list[Item], int, tuple[str, ...]]:
    """Return the papers of a chunk, each once, how many were repeated, and why others of its lines are none."""
    found, refused = list(chunk.items), list(chunk.refused)
    for number, line in enumerate(chunk.lines, chunk.first_line):
        if line is not None and not line.strip():
            continue
        try:
            if line is None:
                raise RefusedLine("it is too long")
            found.append(paper_in(line, BACKFILL, now))
        except RefusedLine as error:
            refused.append(f"line {number}: {error}")
    items = list({item.id: item for item in reversed(found)}.values())[::-1]
    return items, len(found) - len(items), tuple(refused)


class Clock:
    """Adds up what each part of the work takes, in seconds of this thread's processor time."""

    def __init__(self, seconds: dict[str, float]) -> None:
        """Take the seconds of each part until now; they are counted on."""
        self._seconds = seconds
        self._last = time.thread_time()

    def lap(self, part: str) -> None:
        """Count what passed since the last lap to a part."""
        now = time.thread_time()
        self._seconds[part] = self._seconds.get(part, 0.0) + now - self._last
        self._last = now
