"""Makes an item of what arXiv says of a paper, however it says it: one cleaning for its API and its snapshot. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from digestbot.domain import FeedId, Item, ItemId
from digestbot.keys import canonical_url, strong_keys
from digestbot.wire.arxiv_pages import author_links
from digestbot.wire.plaintext import clean_text, clean_title
from digestbot.wire.tex import plain_tex


@dataclass(frozen=True)
class Paper:
    """A paper in arXiv's own words, TeX and line ends included; `address` is that of any of its versions."""

    address: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    published_at: datetime
    updated_at: datetime
    version: int
    categories: Iterable[str]
    comment: str = ""
    journal: str = ""
    doi: str = ""


def item_of(paper: Paper, feed: FeedId) -> Item:
    """Return the paper as an item of a feed; its address must be one of arXiv's."""
    key = next(key for key in strong_keys(paper.address) if key.startswith("arxiv:"))
    doi = [f"https://doi.org/{paper.doi}"] if paper.doi.startswith("10.") else []
    given = author_links(f"{paper.comment}\n{paper.abstract}")
    return Item(
        id=ItemId(key),
        feed=feed,
        url=canonical_url(paper.address),
        title=plain_tex(clean_title(paper.title)),
        text=_plain(paper.abstract),
        published_at=paper.published_at,
        updated_at=paper.updated_at,
        authors=tuple(clean_title(name) for name in paper.authors),
        medium="paper",
        lang="en",
        version=paper.version,
        categories=tuple(dict.fromkeys(filter(None, paper.categories))),
        comment=_comment(paper),
        links=tuple(dict.fromkeys([*doi, *given])),
    )


def _comment(paper: Paper) -> str:
    """Return the authors' comment, and after it the journal reference that they add when the paper is published."""
    said, journal = _plain(paper.comment)[:2_000], _plain(paper.journal)[:500]
    return " ".join(filter(None, (said, f"Published in {journal}" if journal else "")))


def _plain(text: str) -> str:
    return plain_tex(clean_text(text.replace("\n", " ")))
