"""Backfill: years of papers → the ledger, as history. One process writes; what it writes was prepared by others.

    chunk → prepare (parse, embed, file, cut: any process)  →  dedupe → record (the ledger's process, in order)

History is what the line would have made of the papers by its offline model: items, stories, verdicts, outcomes and
passages to be found. It is never read in full, summarized, proposed or told in a digest.

A chunk is recorded in one transaction with the mark that it is done, so that a killed backfill goes on behind the last
one. Before that only keys, vectors and links are written: they are the same at every try and mean nothing without their
items. Candidates for the same work come from equal keys alone: the index's neighbours would depend on what it holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from digestbot.catalogue import Shelf, items_space, shelf_of, story_piece
from digestbot.domain import Group, Item, ItemId, Link, Outcome, Story, StoryId, Verdict
from digestbot.joining import groups_of, new_id
from digestbot.pipeline.dedupe import StoryLedger, bases_of, compared
from digestbot.pipeline.pairs import Comparison, Judged, weighed
from digestbot.pipeline.preparing import Clock, Prepared, Ready
from digestbot.ports import Embedder
from digestbot.search import documents_space

NEW: tuple[Outcome, ...] = ("filed", "off_roadmap", "duplicate", "joined")
"""Where papers end that were new."""
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Loaded:
    """What a chunk adds to the ledger, all of it or nothing.

    `outcomes` are those of the papers that carry their stories; the groups have those of the others. `alone` maps the
    papers of no group to the stories that they are by themselves.
    """

    backfill: str
    number: int
    items: tuple[Item, ...]
    outcomes: Mapping[ItemId, tuple[Outcome, str]]
    alone: Mapping[ItemId, StoryId]
    groups: tuple[Group, ...]
    verdicts: tuple[Verdict, ...]
    shelves: tuple[Shelf, ...]
    is_done: bool
    """Whether the chunk need not be looked at again."""


class LoadingLedger(Protocol):
    """What this asks of the ledger's part for loading."""

    def begin(self, backfill: str, now: datetime) -> datetime: ...
    def done(self, backfill: str) -> Collection[int]: ...
    def record(self, loaded: Loaded, space: str, now: datetime) -> None: ...


class HistoryStories(StoryLedger, Protocol):
    """What this asks of the ledger's stories."""

    def judged(self, ids: Collection[StoryId], *, history: bool = False) -> set[StoryId]: ...


Judge = Callable[[Comparison], Judged]
"""Judges pairs, wherever: the answer is the same."""


@dataclass(frozen=True)
class Books:
    """The parts of the ledger that a backfill writes, the embeddings that its papers come with, and who compares."""

    loading: LoadingLedger
    stories: HistoryStories
    embedder: Embedder
    searcher: Embedder
    judge: Judge


@dataclass
class Tally:
    """What a backfill did so far; chunks that an earlier one finished are not counted."""

    outcomes: Counter[str] = field(default_factory=Counter)
    """Where papers ended: the line's outcomes, `known` among them, `left_out` by the filters, and `refused` lines."""
    refused: list[str] = field(default_factory=list)
    """The refused lines by their numbers, each with why."""
    chunks: int = 0
    read: int = 0
    total: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    """The processor time that each part of the work took, wherever it ran but for pairs that others judged."""

    @property
    def new(self) -> int:
        """How many papers were new."""
        return sum(self.outcomes[name] for name in NEW)


def backfill(
    books: Books,
    name: str,
    chunks: Iterable[Prepared],
    begun: datetime,
    limit: int | None,
    turn: Callable[[], AbstractContextManager[None]],
    show: Callable[[Tally], None],
) -> Tally:
    """Load chunks in their order until there are `limit` new papers; each in a `turn`, between which others may work.

    All that is loaded under one name is dated by its beginning, so that a killed backfill leaves what a whole one does.
    """
    tally = Tally()
    for prepared in chunks:
        with turn():
            load(books, name, prepared, begun, None if limit is None else limit - tally.new, tally)
        show(tally)
        if limit is not None and tally.new >= limit:
            break
    return tally


def judge_here(comparison: Comparison) -> Judged:
    """Judge pairs in this process."""
    return weighed(comparison, lambda step, done, total: None, 0)


def load(books: Books, name: str, prepared: Prepared, begun: datetime, most: int | None, tally: Tally) -> None:
    """Write a prepared chunk into the ledger, at most so many new papers of it, and count what became of it."""
    clock = Clock(tally.seconds)
    known = books.stories.titles([one.item.id for one in prepared.papers]).keys()
    fresh = [one for one in prepared.papers if one.item.id not in known]
    taken = fresh[:most]
    books.stories.add_keys({one.item.id: one.keys for one in taken})
    books.stories.add_vectors(items_space(books.embedder), {one.item.id: one.vector for one in taken})
    clock.lap("announce")
    found = _links(books, {one.item.id: one.item for one in taken}, clock)
    groups = _groups(books, taken, found.links)
    is_done = prepared.chunk.whole and len(taken) == len(fresh)
    loaded = loaded_of(name, prepared.chunk.number, taken, groups, books.searcher, is_done=is_done)
    clock.lap("group")
    books.loading.record(loaded, documents_space(books.searcher), begun)
    clock.lap("record")
    _count(tally, prepared, loaded, len(known))


def loaded_of(
    name: str, number: int, papers: Sequence[Ready], groups: Sequence[Group], searcher: Embedder, *, is_done: bool
) -> Loaded:
    """Return what papers add to the ledger: those of no group, and those that lead theirs, carry its story."""
    alone = {one.item.id: new_id(one.item.id, ()) for one in papers}
    carried = dict(alone)
    for group in groups:
        for member in group.members:
            alone.pop(member, None)
            if member != group.lead or member in group.outcomes:
                carried.pop(member, None)
            elif member in carried:
                carried[member] = group.story
    carriers = [(one, carried[one.item.id]) for one in papers if one.item.id in carried]
    return Loaded(
        backfill=name,
        number=number,
        items=tuple(one.item for one in papers),
        outcomes={one.item.id: one.outcome for one, _ in carriers},
        alone=alone,
        groups=tuple(groups),
        verdicts=tuple(replace(verdict, story=story) for one, story in carriers for verdict in one.verdicts),
        shelves=tuple(_shelf(one.item, one.shelf, story, searcher) for one, story in carriers if one.shelf),
        is_done=is_done,
    )


def _shelf(item: Item, shelf: Shelf, story: StoryId, searcher: Embedder) -> Shelf:
    """Return what can be searched of a paper under the id of the story that it came to carry."""
    if shelf.document.id == story:
        return shelf
    return shelf_of([story_piece(Story(story, item, (item,)))], searcher)[0]


def _links(books: Books, items: Mapping[ItemId, Item], clock: Clock) -> Judged:
    def judge(pairs: Comparison) -> Judged:
        clock.lap("candidates")
        found = books.judge(pairs)
        clock.lap("judge")
        return found

    ids = list(items)
    named, near = books.stories.sharing(ids), books.stories.resembling(ids)
    found = compared(books.stories, books.embedder, items, named, near, judge)
    books.stories.add_links(found.links, found.doubts)
    clock.lap("candidates")
    return found


def _groups(books: Books, papers: Sequence[Ready], links: Sequence[Link]) -> list[Group]:
    """Return the stories that links make of papers which are not in the ledger yet, and of what is."""
    linked = {id for link in links for id in (link.a, link.b)}
    arrived = sorted(
        (one.item for one in papers if one.item.id in linked), key=lambda item: (item.published_at or _LAST, item.id)
    )
    if not arrived:
        return []
    web = books.stories.web(linked - {item.id for item in arrived})
    held = {(link.a, link.b): link for link in (*web.links, *links)}
    under_way = {item.id for item in arrived} | books.stories.under_way([item.id for item in web.items])
    judged = books.stories.judged(set(web.story_of.values()), history=True)
    whole = replace(web, items=(*web.items, *arrived), links=tuple(held[pair] for pair in sorted(held)))
    return groups_of(whole, judged, under_way, bases_of(whole.links))


def _count(tally: Tally, prepared: Prepared, loaded: Loaded, known: int) -> None:
    ended = dict(loaded.outcomes)
    for group in loaded.groups:
        ended |= group.outcomes
    tally.outcomes.update(ended[item.id][0] for item in loaded.items)
    tally.outcomes.update(known=known + prepared.repeated, left_out=prepared.left_out, refused=len(prepared.refused))
    tally.refused += prepared.refused
    for part, spent in prepared.seconds.items():
        tally.seconds[part] = tally.seconds.get(part, 0.0) + spent
    tally.chunks += 1
    tally.read, tally.total = prepared.chunk.read, prepared.chunk.total
