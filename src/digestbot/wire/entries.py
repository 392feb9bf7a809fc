"""Makes items of a feed's entries; pure."""

from __future__ import annotations

import hashlib
import re

from digestbot.domain import Feed, FeedId, Item, ItemId, Medium
from digestbot.keys import arxiv_version, canonical_url, strong_keys
from digestbot.wire.parsed import ParsedItem
from digestbot.wire.recognition import repository_of
from digestbot.wire.tex import plain_tex

_MAX_ID_CHARS = 300
_ID_KINDS = ("arxiv:", "doi:", "youtube:", "url:")


def item_id(url: str, guid: str, feed: FeedId) -> ItemId:
    """Return what an entry is: by paper, DOI, video or address, else by its guid within its feed.

    An id is at most 300 characters long; a longer one keeps its start and ends in its SHA-256.
    """
    keys = strong_keys(url)
    found = next((key for kind in _ID_KINDS for key in sorted(keys) if key.startswith(kind)), "")
    if not found:
        found = f"guid:{feed}:{hashlib.sha256(guid.encode('utf-8', 'replace')).hexdigest()[:16]}"
    if len(found) > _MAX_ID_CHARS:
        digest = hashlib.sha256(found.encode("utf-8", "replace")).hexdigest()
        found = f"{found[: _MAX_ID_CHARS - len(digest) - 1]}#{digest}"
    return ItemId(found)


def item_of(entry: ParsedItem, feed: Feed, medium: Medium) -> Item:
    """Return the entry as an item of `feed`; one without a date takes the date of its last change."""
    ident = item_id(entry.link, entry.id or f"{entry.title or entry.text}\n{entry.published or ''}", feed.id)
    if ident.startswith("arxiv:"):
        return _announced(entry, feed, ident)
    return Item(
        id=ident,
        feed=feed.id,
        url=entry.link,
        title=_titled(entry.title or entry.text.partition("\n")[0][:120], feed.url),
        text=entry.text,
        published_at=entry.published or entry.updated,
        updated_at=entry.updated,
        authors=entry.authors,
        medium="paper" if ident.startswith("doi:") else medium,
        lang=feed.lang or entry.lang,
        categories=entry.categories,
        links=tuple(dict.fromkeys((*entry.links, *entry.enclosures)))[:50],
    )


def _titled(title: str, url: str) -> str:
    """Return the title of an entry, for a repository's release or commit with its name: "v1.2" alone tells nothing."""
    repository = repository_of(url)
    name = repository.partition("/")[2]
    if not repository or not title or re.search(rf"\b{re.escape(name)}\b", title, re.IGNORECASE):
        return title
    return f"{name}: {title}" if "/commits" in url else f"{name} {title}"


_ANNOUNCEMENT = re.compile(r"arXiv:\S{4,30}?(?:v(?P<version>\d{1,3}))? Announce Type: [\w-]+\s+Abstract: ?")
"""How arXiv's own RSS opens a description (seen 2026)."""


def _announced(entry: ParsedItem, feed: Feed, ident: ItemId) -> Item:
    """Return an entry of arXiv's listings as a paper, the same as its API gives it, or as near as can be."""
    opening = _ANNOUNCEMENT.match(entry.text)
    version = int(opening["version"] or 1) if opening else arxiv_version(entry.link) or 1
    names = entry.authors[0].split(", ") if len(entry.authors) == 1 else entry.authors
    return Item(
        id=ident,
        feed=feed.id,
        url=canonical_url(entry.link),
        title=plain_tex(entry.title),
        text=plain_tex(entry.text[opening.end() :] if opening else entry.text),
        published_at=entry.published or entry.updated,
        updated_at=entry.updated,
        authors=tuple(name.strip() for name in names if name.strip()),
        medium="paper",
        lang=entry.lang or "en",
        version=version,
        categories=entry.categories,
        links=entry.links,
    )


def items_of(entries: tuple[ParsedItem, ...], feed: Feed, medium: Medium) -> tuple[Item, ...]:
    """Return the entries as items in their order, each id once; one without link, id, title and text is none."""
    items: dict[ItemId, Item] = {}
    for entry in entries:
        if not (entry.link or entry.id or entry.title or entry.text):
            continue
        item = item_of(entry, feed, medium)
        items.setdefault(item.id, item)
    return tuple(items.values())
