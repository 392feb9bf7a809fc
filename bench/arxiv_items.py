"""Papers of the data folder as items, as the arXiv source would hand them on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sameness_data import rows

from digestbot.domain import FeedId, Item, ItemId

# Three collections with some papers in common; the last has no authors.
FILES = ("arxiv-month/items", "selection/pool_2025-08", "parallel/zh_en")


def item_of(row: Mapping[str, Any], feed: str = "arxiv") -> Item:
    """Return the paper of a row as an item of a feed, published on its day file's date."""
    return Item(
        id=ItemId(f"arxiv:{row['id']}"),
        feed=FeedId(feed),
        url=f"https://arxiv.org/abs/{row['id']}",
        title=row["title"],
        text=row["abstract"],
        published_at=datetime.fromisoformat(row["date"]).replace(tzinfo=UTC),
        authors=tuple(row.get("authors") or ()),
        medium="paper",
        lang="en",
        categories=tuple(row.get("categories") or ()),
        comment=row.get("comment") or "",
    )


def month(data: Path) -> list[dict[str, Any]]:
    """Return the rows of the arXiv month: 5,897 papers, each with the day files that carry it and how often."""
    return list(rows(data / "arxiv-month/items.jsonl.gz"))


def papers(data: Path) -> list[Item]:
    """Return every paper of three collections once, the month's first: 25,480 of them."""
    found: dict[str, Item] = {}
    for name in FILES:
        for row in rows(data / f"{name}.jsonl.gz"):
            found.setdefault(row["id"], item_of(row))
    return list(found.values())
