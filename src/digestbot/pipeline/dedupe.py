"""Dedupe: items → stories. The same work is seen once; in doubt two items stay apart, since a false merge loses one.

Candidates come from equal keys in the ledger; the index only adds some. A story is whatever its links connect, whatever
the order of arrival, as far as no person has decided otherwise. Only where more pairs look alike than are judged
(COMMON, _CLOSEST, _NEIGHBOURS) can the order decide which of them are.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from digestbot.catalogue import VectorLedger, items_space, update_index
from digestbot.domain import Group, Item, ItemId, Link, News, StoryId, Web
from digestbot.identity import own_keys, stated_keys
from digestbot.joining import ABOUT, BLOCKING, groups_of
from digestbot.offline.blocking import blocking_keys
from digestbot.offline.sameness import likely
from digestbot.pipeline.pairs import Comparison, Judged, subjects, weighed
from digestbot.ports import Embedder, Index, Progress
from digestbot.updates import of_arrival, of_version

_NEIGHBOURS = 5
_CLOSEST = 30
"""How many pairs of an item that share a blocking key or a neighbourhood are judged at most."""
_NEAR = 0.8
"""Cosine similarity from which the index's neighbours are judged at all."""


class StoryLedger(VectorLedger, Protocol):
    """What this step asks of the ledger."""

    def pending(self) -> list[Item]: ...
    def rechecks(self) -> list[tuple[Item | None, Item]]: ...
    def add_keys(self, keys: Mapping[ItemId, Collection[str]]) -> None: ...
    def names(self, ids: Collection[ItemId]) -> dict[ItemId, frozenset[str]]: ...
    def sharing(self, ids: Sequence[ItemId]) -> set[tuple[ItemId, ItemId]]: ...
    def resembling(self, ids: Sequence[ItemId]) -> set[tuple[ItemId, ItemId]]: ...
    def items(self, ids: Collection[ItemId]) -> dict[ItemId, Item]: ...
    def titles(self, ids: Collection[ItemId]) -> dict[ItemId, str]: ...
    def vectors_of(self, space: str, subjects: Collection[str]) -> dict[str, NDArray[np.float32]]: ...
    def web(self, ids: Collection[ItemId]) -> Web: ...
    def judged(self, ids: Collection[StoryId]) -> set[StoryId]: ...
    def under_way(self, ids: Collection[ItemId]) -> set[ItemId]: ...
    def add_links(self, found: Sequence[Link], doubts: Sequence[Link]) -> None: ...
    def record(self, found: Sequence[Link], groups: Sequence[Group], now: datetime) -> None: ...
    def checked(self, ids: Collection[ItemId]) -> None: ...


async def dedupe(ledger: StoryLedger, index: Index, embedder: Embedder, now: datetime, progress: Progress) -> int:
    """Put every pending item into a story, new or known; return how many there were.

    Items with a new version or a newly learnt address are judged once more, and what is new about their stories is
    recorded.
    """
    return await asyncio.to_thread(_dedupe, ledger, index, embedder, now, progress)


def _dedupe(ledger: StoryLedger, index: Index, embedder: Embedder, now: datetime, progress: Progress) -> int:
    pending, again = ledger.pending(), ledger.rechecks()
    fresh = list({item.id: item for item in [*pending, *(item for _, item in again)]}.values())
    total = len(fresh)
    progress("dedupe", 0, total)
    if not fresh:
        return 0
    ledger.add_keys({item.id: keys_of(item) for item in fresh})
    space = items_space(embedder)
    _embed(ledger, embedder, fresh)
    update_index(ledger, index, space, now)

    ids = [item.id for item in fresh]
    named, near = ledger.sharing(ids), ledger.resembling(ids)
    own = ledger.vectors_of(space, ids)
    near |= _neighbours(index, ids, np.stack([own[id] for id in ids]))
    items = {item.id: item for item in fresh}
    found = compared(ledger, embedder, items, named, near, lambda pairs: weighed(pairs, progress, total))
    # Links are a record of their own, the same at every try: what they make is read back with all that they touch.
    ledger.add_links(found.links, found.doubts)
    regroup(ledger, ids, now, {item.id for item in pending}, again)
    ledger.checked({item.id for _, item in again})
    progress("dedupe", total, total)
    return len(pending)


def compared(
    ledger: StoryLedger,
    embedder: Embedder,
    fresh: Mapping[ItemId, Item],
    named: set[tuple[ItemId, ItemId]],
    near: set[tuple[ItemId, ItemId]],
    judge_all: Callable[[Comparison], Judged],
) -> Judged:
    """Judge the pairs of fresh items, each with another item: all that share a name, of those near what is likely.

    Names and vectors of all of them must be in the ledger already, the fresh items themselves need not.
    """
    vector_of = _vectors(ledger, embedder, {id for pair in named | near for id in pair})
    titles = ledger.titles({id for pair in near for id in pair} - fresh.keys())
    pairs = named | _likely(near - named, titles | {id: item.title for id, item in fresh.items()}, vector_of)
    items = {**ledger.items({b for _, b in pairs} - fresh.keys()), **fresh}
    ordered = sorted({(a, b) if a < b else (b, a) for a, b in pairs if a in items and b in items})
    alike = tuple((a, b, float(vector_of[a] @ vector_of[b])) for a, b in ordered)
    return judge_all(Comparison(items, ledger.names({id for pair in ordered for id in pair}), alike))


def regroup(
    ledger: StoryLedger,
    ids: Collection[ItemId],
    now: datetime,
    arrived: Collection[ItemId] = (),
    versions: Sequence[tuple[Item | None, Item]] = (),
) -> list[Group]:
    """Make the stories of these items and of all that hangs together with them anew; return and record them."""
    web = ledger.web(ids)
    under_way = ledger.under_way([item.id for item in web.items])
    groups = groups_of(web, ledger.judged(set(web.story_of.values())), under_way, bases_of(web.links))
    fresh = set(arrived) & under_way
    groups = [replace(group, news=tuple(news_of(group, web, fresh, versions))) for group in groups]
    ledger.record([], groups, now)
    return groups


def news_of(
    group: Group, web: Web, arrived: Collection[ItemId], versions: Sequence[tuple[Item | None, Item]]
) -> list[News]:
    """Return what new versions of a known story's items and its arrivals, in this order, add to what it had told."""
    members = [item for item in web.items if item.id in group.members]
    known = [item for item in members if item.id in web.story_of]
    former = {item.id: before for before, item in versions if before}
    found: list[News] = []
    for item in known:
        if item.id in former:
            others = [other for other in known if other.id != item.id]
            found += of_version(former[item.id], item, others)
    for item in members:
        if known and item.id in arrived and item not in known:
            found += of_arrival(known, item)
            known.append(item)
    return list({(news.kind, news.subject): news for news in reversed(found)}.values())[::-1]


def keys_of(item: Item) -> frozenset[str]:
    """Return the keys by which items are found: what it is, the one paper that it is about, and blocking keys."""
    told = {ABOUT + key for key in subjects(item)}
    blocking = {BLOCKING + key for key in blocking_keys(item.title, item.text)}
    return frozenset({*own_keys(item), *stated_keys(item), *told, *blocking})


def words_of(item: Item) -> str:
    """Return the words that an item is embedded by."""
    return f"{item.title}\n{item.text[:2000]}"


def _neighbours(index: Index, ids: Sequence[ItemId], vectors: NDArray[np.float32]) -> set[tuple[ItemId, ItemId]]:
    found = index.near(vectors, _NEIGHBOURS + 1)
    return {
        (id, ItemId(subject))
        for id, near in zip(ids, found, strict=True)
        for subject, similarity in near
        if subject != id and similarity >= _NEAR
    }


def _embed(ledger: StoryLedger, embedder: Embedder, items: Sequence[Item]) -> None:
    table = embedder.embed([words_of(item) for item in items])
    ledger.add_vectors(items_space(embedder), {item.id: row for item, row in zip(items, table, strict=True)})


def _vectors(ledger: StoryLedger, embedder: Embedder, ids: Collection[ItemId]) -> dict[str, NDArray[np.float32]]:
    """Read as stored, so that the items of this batch are rounded like those of earlier ones and luck plays no part."""
    space = items_space(embedder)
    found = ledger.vectors_of(space, ids)
    lacking = [*ledger.items(set(ids) - found.keys()).values()]
    if not lacking:
        return found
    _embed(ledger, embedder, lacking)
    return found | ledger.vectors_of(space, [item.id for item in lacking])


def _likely(
    pairs: Collection[tuple[ItemId, ItemId]], titles: Mapping[ItemId, str], vectors: Mapping[str, NDArray[np.float32]]
) -> set[tuple[ItemId, ItemId]]:
    """Leave out the pairs that are not worth judging: most of those that share a blocking key.

    Of the others each item keeps its closest: a feed of hundreds of posts alike must not hold up the good ones.
    """
    closeness = {(a, b): float(vectors[a] @ vectors[b]) for a, b in pairs if a in titles and b in titles}
    kept: set[tuple[ItemId, ItemId]] = set()
    judged: Counter[ItemId] = Counter()
    for (a, b), similarity in sorted(closeness.items(), key=lambda pair: (-pair[1], pair[0])):
        if max(judged[a], judged[b]) < _CLOSEST and likely(titles[a], titles[b], similarity):
            kept.add((a, b))
            judged.update((a, b))
    return kept


def bases_of(found: Sequence[Link]) -> dict[ItemId, str]:
    """Return why each item is in its story: the basis of its surest link."""
    bases: dict[ItemId, str] = {}
    for link in sorted(found, key=lambda link: (-link.score, link.a, link.b)):
        bases.setdefault(link.a, link.basis)
        bases.setdefault(link.b, link.basis)
    return bases
