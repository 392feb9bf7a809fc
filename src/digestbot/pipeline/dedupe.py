"""Dedupe: items → stories. The same work is seen once; in doubt two items stay apart, since a false merge loses one.

Candidates come from equal keys in the ledger; the index only adds some. Whatever the order of arrival, the same links
are found, and a story is whatever is connected by them.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from digestbot.catalogue import VectorLedger, items_space, update_index
from digestbot.domain import Group, Item, ItemId, Link, Outcome, StoryId
from digestbot.keys import mentioned_keys, strong_keys
from digestbot.offline.blocking import blocking_keys
from digestbot.offline.sameness import judge
from digestbot.offline.work import Work
from digestbot.ports import BLOCKING, Embedder, Index, Progress

_NEIGHBOURS = 5
_NEAR = 0.8
"""Cosine similarity from which the index's neighbours are judged at all."""
_ABOUT = 0.35
"""Cosine similarity a post needs with the one paper that it links to count as a post about it."""
ORIGINAL_FIRST = ("paper", "repository", "post", "video")
"""Media from the likeliest to be the original work to the likeliest to be about it: the first leads a story."""


Node = TypeVar("Node", bound=Hashable)


class StoryLedger(VectorLedger, Protocol):
    """What this step asks of the ledger."""

    def pending(self) -> list[Item]: ...
    def add_keys(self, keys: Mapping[ItemId, Collection[str]]) -> None: ...
    def sharing(self, ids: Sequence[ItemId]) -> set[tuple[ItemId, ItemId]]: ...
    def items(self, ids: Collection[ItemId]) -> dict[ItemId, Item]: ...
    def linked(self, ids: Collection[ItemId]) -> dict[ItemId, StoryId]: ...
    def members(self, ids: Collection[StoryId]) -> list[tuple[ItemId, StoryId]]: ...
    def judged(self, ids: Collection[StoryId]) -> set[StoryId]: ...
    def under_way(self, ids: Collection[ItemId]) -> set[ItemId]: ...
    def record(self, found: Sequence[Link], groups: Sequence[Group], now: datetime) -> None: ...


async def dedupe(ledger: StoryLedger, index: Index, embedder: Embedder, now: datetime, progress: Progress) -> int:
    """Put every pending item into a story, new or known; return how many there were."""
    return await asyncio.to_thread(_dedupe, ledger, index, embedder, now, progress)


def _dedupe(ledger: StoryLedger, index: Index, embedder: Embedder, now: datetime, progress: Progress) -> int:
    pending = ledger.pending()
    total = len(pending)
    progress("dedupe", 0, total)
    if not pending:
        return 0
    ledger.add_keys({item.id: keys_of(item) for item in pending})
    vectors = embedder.embed([words_of(item) for item in pending])
    ledger.add_vectors(items_space(embedder), {item.id: vector for item, vector in zip(pending, vectors, strict=True)})
    update_index(ledger, index, items_space(embedder), now)

    ids = [item.id for item in pending]
    pairs = ledger.sharing(ids) | _neighbours(index, ids, vectors)
    items = {item.id: item for item in pending}
    others = ledger.items({b for _, b in pairs} - items.keys())
    items.update(others)
    known = embedder.embed([words_of(item) for item in others.values()]) if others else np.zeros((0, vectors.shape[1]))
    vector_of = dict(zip([*ids, *others], [*vectors, *known], strict=True))
    found = _judge_all(pairs, items, vector_of, progress, total)
    ledger.record(found, _groups(ledger, pending, found), now)
    progress("dedupe", total, total)
    return total


def keys_of(item: Item) -> frozenset[str]:
    """Return the keys by which items are found: what it is, the one paper that it is about, and blocking keys."""
    about = _papers(item)
    told = {f"about:{next(iter(about))}"} if len(about) == 1 else set()
    blocking = {BLOCKING + key for key in blocking_keys(item.title, item.text)}
    return frozenset({item.id, *strong_keys(item.url), *told, *blocking})


def words_of(item: Item) -> str:
    """Return the words that an item is embedded by."""
    return f"{item.title}\n{item.text[:2000]}"


def _papers(item: Item) -> set[str]:
    """The arXiv papers that an item is or links to."""
    if item.id.startswith("arxiv:"):
        return {item.id}
    keys = {key for link in item.links for key in strong_keys(link)} | mentioned_keys(item.text)
    return {key for key in keys if key.startswith("arxiv:")}


def _neighbours(index: Index, ids: Sequence[ItemId], vectors: NDArray[np.float32]) -> set[tuple[ItemId, ItemId]]:
    found = index.near(vectors, _NEIGHBOURS + 1)
    return {
        (id, ItemId(subject))
        for id, near in zip(ids, found, strict=True)
        for subject, similarity in near
        if subject != id and similarity >= _NEAR
    }


def _judge_all(
    pairs: set[tuple[ItemId, ItemId]],
    items: Mapping[ItemId, Item],
    vectors: Mapping[ItemId, NDArray[np.float32]],
    progress: Progress,
    total: int,
) -> list[Link]:
    ordered = sorted({(a, b) if a < b else (b, a) for a, b in pairs if a in items and b in items})
    found = []
    for done, (a, b) in enumerate(ordered, 1):
        link = judge_pair(items[a], items[b], float(vectors[a] @ vectors[b]))
        if link:
            found.append(link)
        if done % 200 == 0:
            progress("dedupe", total * done // len(ordered), total)
    return found


def judge_pair(a: Item, b: Item, similarity: float) -> Link | None:
    """Return the link between two items if they are one work, told why; None in doubt."""
    one, other = (a.id, b.id) if a.id < b.id else (b.id, a.id)
    shared = {a.id} & {b.id} or strong_keys(a.url) & strong_keys(b.url)
    if shared:
        return Link(one, other, 1.0, f"same {min(shared)}")
    paper = _about(a, b)
    if paper:
        return Link(one, other, round(similarity, 3), f"it links one paper, {paper}") if similarity >= _ABOUT else None
    verdict = judge(_work(a), _work(b))
    return Link(one, other, round(verdict.score, 3), verdict.basis) if verdict.same else None


def _about(a: Item, b: Item) -> str:
    """The paper that one of the two is and that is the only one the other links to."""
    for paper, other in ((a, b), (b, a)):
        if paper.medium == "paper" and other.medium != "paper" and _papers(other) == {paper.id}:
            return paper.id
    return ""


def _work(item: Item) -> Work:
    year = item.published_at.year if item.published_at else None
    return Work(
        item.title, item.text[:4000], item.authors, item.url, year=year, kind=item.medium, keys=strong_keys(item.url)
    )


def _groups(ledger: StoryLedger, pending: Sequence[Item], found: Sequence[Link]) -> list[Group]:
    touched = {id for link in found for id in (link.a, link.b)} - {item.id for item in pending}
    stories = set(ledger.linked(touched).values())
    story_of = dict(ledger.members(stories))
    rank = {id: place for place, id in enumerate([*story_of, *(item.id for item in pending)])}
    first_of = {story: id for id, story in reversed(story_of.items())}
    everything = {item.id: item for item in pending} | ledger.items(story_of)
    judged, under_way = ledger.judged(stories), ledger.under_way(rank)
    bases = _bases(found)
    groups = []
    edges = [(link.a, link.b) for link in found] + [(first_of[story], id) for id, story in story_of.items()]
    for component in components(rank, edges):
        ordered = sorted(component, key=lambda id: rank[id])
        before = list(dict.fromkeys(story_of[id] for id in ordered if id in story_of))
        groups.append(group([everything[id] for id in ordered], before, bool(judged & set(before)), under_way, bases))
    return sorted(groups, key=lambda g: g.story)


def group(
    members: Sequence[Item],
    before: Sequence[StoryId],
    judged: bool,
    under_way: Collection[ItemId],
    bases: Mapping[ItemId, str],
) -> Group:
    """Return the story of items that belong together, in order of arrival; `before` are the stories they were in.

    Of the items under way, one carries a story without a verdict on to triage: the lead, or else the first that adds
    another medium to it. The others end here, as duplicates of the lead's medium or joined to it.
    """
    lead = min(members, key=lambda item: ORIGINAL_FIRST.index(item.medium))
    story = before[0] if before else StoryId("s" + hashlib.sha256(members[0].id.encode()).hexdigest()[:10])
    waiting = [item for item in members if item.id in under_way]
    able = [item for item in waiting if item.id == lead.id] + [i for i in waiting if i.medium != lead.medium]
    carrier = None if judged or not able else able[0]
    outcomes: dict[ItemId, tuple[Outcome, str]] = {}
    for item in waiting:
        if item is carrier:
            continue
        outcome: Outcome = "duplicate" if item.medium == lead.medium else "joined"
        outcomes[item.id] = (outcome, f"same work as {lead.id}: {bases.get(item.id, 'in its story')}")
    return Group(story, lead.id, tuple(item.id for item in members), tuple(before[1:]), outcomes)


def _bases(found: Sequence[Link]) -> dict[ItemId, str]:
    bases: dict[ItemId, str] = {}
    for link in found:
        bases.setdefault(link.a, link.basis)
        bases.setdefault(link.b, link.basis)
    return bases


def components(nodes: Iterable[Node], edges: Iterable[tuple[Node, Node]]) -> list[list[Node]]:
    """Return the connected components of a graph; edges to nodes that are not there are passed over."""
    parent = {node: node for node in nodes}

    def root(node: Node) -> Node:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in edges:
        if a in parent and b in parent:
            parent[root(a)] = root(b)
    groups: dict[Node, list[Node]] = {}
    for node in parent:
        groups.setdefault(root(node), []).append(node)
    return list(groups.values())
