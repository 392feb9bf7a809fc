"""Groups lines into stories in memory, by the rules of the pipeline's dedupe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from digestbot.domain import FeedId, Item, ItemId, Link, Medium
from digestbot.joining import ABOUT, BLOCKING, COMMON, ORIGINAL_FIRST, components
from digestbot.offline.sameness import likely
from digestbot.offline.vectors import embed
from digestbot.offline.work import work_from
from digestbot.pipeline.dedupe import keys_of, words_of
from digestbot.pipeline.pairs import judge_pair

_MEDIA: Mapping[str, Medium] = {
    "paper": "paper",
    "video": "video",
    "code": "repository",
    "repository": "repository",
    "blog": "post",
    "post": "post",
}

Group = tuple[Any, Any, str | None]


def grouped(records: Sequence[Mapping[str, Any]]) -> list[Group]:
    """Return for each record (story, id of the record it repeats or None, why or None), whatever the records' order.

    A story has the id of its lead: the original work, the oldest of them.
    """
    items = [_item(number, record) for number, record in enumerate(records)]
    vectors = embed([words_of(item) for item in items])
    links = []
    for a, b, named in _candidates(items):
        similarity = float(vectors[a] @ vectors[b])
        if not named and not likely(items[a].title, items[b].title, similarity):
            continue
        link = judge_pair(items[a], items[b], similarity)
        if link:
            links.append((a, b, link))
    return _stories(records, items, links)


def _stories(
    records: Sequence[Mapping[str, Any]], items: Sequence[Item], links: Sequence[tuple[int, int, Link]]
) -> list[Group]:
    basis: dict[int, str] = {}
    for a, b, link in links:
        basis.setdefault(a, link.basis)
        basis.setdefault(b, link.basis)
    answers: list[Group] = [("", None, None)] * len(records)
    for component in components(range(len(records)), [(a, b) for a, b, _ in links]):
        ordered = sorted(component, key=lambda place: _age(items[place], records[place]))
        lead = min(ordered, key=lambda place: ORIGINAL_FIRST.index(items[place].medium))
        story = records[lead]["id"]
        for place in component:
            answers[place] = (story, None, None) if place == lead else (story, story, basis.get(place))
    return answers


def _candidates(items: Sequence[Item]) -> Iterator[tuple[int, int, bool]]:
    """Yield each pair that shares a key, and whether the key identifies."""
    by_key: defaultdict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        for key in keys_of(item):
            by_key[key].append(place)
    seen: dict[tuple[int, int], bool] = {}
    for key, places in by_key.items():
        named = not key.startswith(BLOCKING)
        if len(places) > COMMON and not named:
            continue
        if key.startswith(ABOUT):
            works = by_key.get(key.removeprefix(ABOUT), [])
            seen.update(((min(a, b), max(a, b)), True) for a in works for b in places if a != b)
            continue
        # Members of a large group of one identifier are all linked to its first: pairs of pairs would only repeat it.
        pairs = (
            ((places[0], b) for b in places[1:])
            if len(places) > COMMON
            else ((a, b) for n, a in enumerate(places) for b in places[n + 1 :])
        )
        for pair in pairs:
            seen[pair] = seen.get(pair, False) or named
    return ((a, b, named) for (a, b), named in sorted(seen.items()))


def _age(item: Item, record: Mapping[str, Any]) -> tuple[datetime, str]:
    return (item.published_at or datetime.max.replace(tzinfo=UTC), str(record["id"]))


def _item(number: int, record: Mapping[str, Any]) -> Item:
    work = work_from(record)
    keys = sorted(work.keys, key=lambda key: (not key.startswith(("arxiv:", "doi:", "youtube:")), key))
    kind = _MEDIA.get(work.kind.lower(), "paper" if any(key.startswith(("arxiv:", "doi:")) for key in keys) else "post")
    return Item(
        id=ItemId(keys[0] if keys else f"line:{number}"),
        feed=FeedId("stdin"),
        url=work.url,
        title=work.title,
        text=work.abstract,
        published_at=_day(record.get("date") or record.get("published")),
        authors=work.authors,
        medium=kind,
    )


def _day(value: object) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(str(value)[:10]), time(), UTC)
    except ValueError:
        return None
