"""Addresses of feeds: which are one source, how they are shown, and what id a new one gets; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from urllib.parse import parse_qsl, urlsplit

from digestbot.domain import Feed, FeedId
from digestbot.keys import strong_keys

_TOLD = frozenset({
    "channel_id", "playlist_id", "user", "format", "feed", "type", "cat", "category", "categories", "tag", "tags",
    "lang", "language", "page", "limit", "search_query", "sortby", "sortorder", "max_results",
})  # fmt: skip
"""Parameters that say which feed it is; any other may be a reader's own key."""
_SECRET_SEGMENT = re.compile(r"(?=[^/]*\d)(?:[0-9a-f]{16,}|(?=[^/]*[A-Z])(?=[^/]*[a-z])[A-Za-z0-9_]{20,})(?=[./]|$)")
_MAX_ID_CHARS = 40
_DULL = re.compile(r"^(?:www|blog|feeds?|rss|com|org|net|io|xml|atom|index|html?|php|json)$")


def source_key(feed: Feed) -> str:
    """Return what makes two feeds one source: the address in its one spelling, for arXiv also what is asked for."""
    # A page and its feed may be one address for a reader; "www." and tracking parameters never tell feeds apart.
    spelled = next((key for key in sorted(strong_keys(feed.url)) if key.startswith("url:")), feed.url)
    return f"{spelled} {sorted(feed.categories)} {feed.query}" if feed.kind == "arxiv" else spelled


def same_source(feeds: Iterable[Feed], wanted: Feed) -> Feed | None:
    """Return the feed that reads already what a new one would, None if none does."""
    key = source_key(wanted)
    for feed in feeds:
        covers = feed.kind == wanted.kind == "arxiv" and not (feed.query or wanted.query) and feed.url == wanted.url
        if source_key(feed) == key or (covers and set(wanted.categories) <= set(feed.categories)):
            return feed
    return None


def masked(url: str) -> str:
    """Return an address as it may be shown: no user, password, fragment or what may be somebody's own key."""
    if "://" not in url:  # a channel's name
        return url
    try:
        parts = urlsplit(url)
        words = [f"{name}={value if name.lower() in _TOLD else '…'}" for name, value in parse_qsl(parts.query, True)]
    except ValueError:
        return re.sub(r"\?.*", "?…", re.sub(r"//[^/@]*@", "//…@", url))
    user = "…@" if "@" in parts.netloc else ""
    path = "/".join(_SECRET_SEGMENT.sub("…", segment) for segment in parts.path.split("/"))
    query = "?" + "&".join(words) if words else "?…" if parts.query else ""
    return f"{parts.scheme}://{user}{parts.netloc.rpartition('@')[2]}{path}{query}"


def new_id(title: str, url: str, taken: Collection[str]) -> FeedId:
    """Return an id for a feed: of its title, or where that has no letters an id may have, of its address."""
    name = _slug(title) or _slug(_telling_parts(url)) or "feed"
    numbered = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return FeedId(next(one for one in numbered if one not in taken))


def _slug(text: str) -> str:
    plain = "".join(one for one in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(one))
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", plain))
    slug = ""
    for word in words:
        if len(slug) + len(word) > _MAX_ID_CHARS:
            break
        slug = f"{slug}-{word}" if slug else word
    # A title of which one letter in many is left over, as of a Chinese one, says nothing.
    return slug if len(slug) >= 3 and len("".join(words)) * 2 >= len(re.sub(r"\W", "", plain)) else ""


def _telling_parts(url: str) -> str:
    parts = urlsplit(url)
    words = re.split(r"[./]", f"{parts.hostname or ''}{parts.path}")
    return " ".join(word for word in words if not _DULL.match(word.lower()))
