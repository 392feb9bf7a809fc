"""Decides which items are one story: what links connect, as far as nobody has said that two of them are not one work.

Pure. The answer depends on the items, the links and the decisions alone, never on the order in which they came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from digestbot.domain import Decision, Group, Item, ItemId, Link, Outcome, StoryId, Web

ORIGINAL_FIRST = ("paper", "repository", "post", "video")
"""Media from the likeliest to be the original work to the likeliest to be about it: the first leads a story, and of
several the one that was published first."""

BLOCKING = "b:"
"""How a key begins that many different works may share; all others identify."""
ABOUT = "about:"
"""How a key begins that names the work an item is about: it finds that work, not all else that is about it."""
COMMON = 50
"""A blocking key that more items share than this names a topic, not a work: joining on it costs more than it finds."""

Node = TypeVar("Node", bound=Hashable)


def components(
    nodes: Iterable[Node], edges: Iterable[tuple[Node, Node]], apart: Iterable[tuple[Node, Node]] = ()
) -> list[list[Node]]:
    """Return the connected components of a graph; edges to nodes that are not there are passed over.

    Edges count from the first to the last: one that would bring two nodes together that belong apart is left out.
    """
    members = {node: {node} for node in nodes}
    parent = {node: node for node in members}
    strangers: dict[Node, set[Node]] = {}
    for a, b in apart:
        strangers.setdefault(a, set()).add(b)
        strangers.setdefault(b, set()).add(a)

    def root(node: Node) -> Node:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in edges:
        if a not in parent or b not in parent:
            continue
        small, large = sorted((root(a), root(b)), key=lambda node: len(members[node]))
        if small == large or any(strangers.get(node, set()) & members[large] for node in members[small]):
            continue
        parent[small] = large
        members[large] |= members.pop(small)
    groups: dict[Node, list[Node]] = {}
    for node in parent:
        groups.setdefault(root(node), []).append(node)
    return list(groups.values())


def partition(ids: Iterable[ItemId], links: Iterable[Link], decisions: Collection[Decision]) -> list[list[ItemId]]:
    """Return which items are together: by decision first, then by links, the surest first.

    A link that would connect two items that were decided to be two works is left out: where several could go, it is
    the weakest, and among equals the one with the greater ids.
    """
    surest = sorted(links, key=lambda link: (-link.score, link.a, link.b))
    decided = sorted((decision.a, decision.b) for decision in decisions if decision.same)
    apart = [(decision.a, decision.b) for decision in decisions if not decision.same]
    return components(ids, [*decided, *((link.a, link.b) for link in surest)], apart)


def apart(item: ItemId, others: Collection[ItemId], by: str, reason: str, now: datetime) -> list[Decision]:
    """Return the decision that an item is not one work with any of the others."""
    return [_decision(item, other, False, by, reason, now) for other in sorted(others) if other != item]


def together(
    one: Sequence[ItemId], other: Sequence[ItemId], known: Iterable[Decision], by: str, reason: str, now: datetime
) -> list[Decision]:
    """Return the decision that two stories, each with its lead first, are one work, whatever was decided before."""
    overruled = {
        (decision.a, decision.b)
        for decision in known
        if not decision.same
        and {decision.a, decision.b} <= {*one, *other}
        and (decision.a in one) != (decision.b in one)
    }
    pairs = sorted(overruled | {(min(one[0], other[0]), max(one[0], other[0]))})
    return [_decision(a, b, True, by, reason, now) for a, b in pairs]


def _decision(a: ItemId, b: ItemId, same: bool, by: str, reason: str, now: datetime) -> Decision:
    return Decision(min(a, b), max(a, b), same, by, reason, now)


def groups_of(
    web: Web,
    judged: Collection[StoryId],
    under_way: Collection[ItemId],
    bases: Mapping[ItemId, str],
) -> list[Group]:
    """Return every story of a web, sorted by id.

    A story's id goes on with its lead; the parts that were split off it get ids of their own, and of the stories
    that come together the one of the oldest member lives on.
    """
    order = [item.id for item in web.items]
    rank = {id: place for place, id in enumerate(order)}
    items = {item.id: item for item in web.items}
    parts = [sorted(part, key=rank.__getitem__) for part in partition(order, web.links, web.decisions)]
    parts.sort(key=lambda part: rank[part[0]])
    part_of = {id: place for place, part in enumerate(parts) for id in part}
    owner = {story: part_of[_heir(story, web, order)] for story in dict.fromkeys(web.story_of.values())}
    groups, taken = [], set(owner)
    for place, part in enumerate(parts):
        were = list(dict.fromkeys(web.story_of[id] for id in part if id in web.story_of))
        before = [story for story in were if owner[story] == place]
        found = group([items[id] for id in part], before, bool(set(judged) & set(before)), under_way, bases)
        if not before:
            found = replace(found, story=new_id(part[0], taken), split_from=were[0] if were else None)
            found = replace(found, reopened=_carrier(found, under_way))
            taken.add(found.story)
        groups.append(found)
    return sorted(groups, key=lambda group: group.story)


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
    lead = min(members, key=_originality)
    story = before[0] if before else new_id(members[0].id, ())
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


def _originality(item: Item) -> tuple[int, datetime, ItemId]:
    published = item.published_at or datetime.max.replace(tzinfo=UTC)
    return ORIGINAL_FIRST.index(item.medium), published, item.id


def _heir(story: StoryId, web: Web, order: Sequence[ItemId]) -> ItemId:
    """Return the item with which a story's id goes on: its lead, or its oldest member where the lead has left."""
    members = [id for id in order if web.story_of.get(id) == story]
    return web.leads[story] if web.leads.get(story) in members else members[0]


def new_id(first: ItemId, taken: Collection[StoryId]) -> StoryId:
    """Return the id of a story from its oldest member, another one where a story has it that was split."""
    for again in ("", "|apart", "|apart again"):
        id = StoryId("s" + hashlib.sha256(f"{first}{again}".encode()).hexdigest()[:10])
        if id not in taken:
            return id
    raise AssertionError(f"three stories of {first!r} at one time")


def _carrier(found: Group, under_way: Collection[ItemId]) -> ItemId | None:
    """Return the item that must carry a story which was split off to triage; None where one is under way anyway."""
    if found.split_from is None or any(id in under_way and id not in found.outcomes for id in found.members):
        return None
    return found.lead
