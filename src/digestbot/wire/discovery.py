"""Finds the feeds that a page offers, and where else one may look; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree

from digestbot.wire.pages import decoded
from digestbot.wire.parsed import string, web
from digestbot.wire.plaintext import clean_title

_MAX_PAGE_BYTES = 4 << 20
_MAX_OFFERS = 20
_FEED_TYPES = (
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/json",
    "application/xml", "text/xml",
)  # fmt: skip
_USUAL = ("feed", "rss.xml", "atom.xml", "index.xml", "feed.json")
"""Where blogs' own programs put their feed: WordPress and Ghost, Hexo, Jekyll, Hugo, micro.blog."""
_FEED_NAMES = (
    "feed",
    "rss",
    "atom",
    "rss.xml",
    "atom.xml",
    "feed.xml",
    "index.xml",
    "index.rdf",
    "feed.json",
    "feed.atom",
)


@dataclass(frozen=True)
class Offer:
    """A feed as a page names it. `title` may be empty; `plain` says that only an ordinary link looks like one."""

    url: str
    title: str = ""
    plain: bool = False


def offers_in(body: bytes, url: str) -> tuple[Offer, ...]:
    """Return the feeds that a page offers, in its order: those of its head (WHATWG HTML, 4.6.7.1), then likely links.

    A feed of comments comes after the others. `url` is the page's address.
    """
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, recover=True
    )
    text = decoded(body[:_MAX_PAGE_BYTES]).replace("\0", "")
    try:
        root = etree.fromstring(text.encode("utf-8", "ignore"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return ()
    if root is None:
        return ()
    base = next((web(string(one.get("href")), url) for one in root.iter("base")), "") or url
    found: dict[str, Offer] = {}
    for offer in (*_declared(root, base), *_likely(root, base)):
        found.setdefault(offer.url, offer)
    ordered = sorted(found.values(), key=lambda offer: (offer.plain, _is_of_comments(offer)))
    return tuple(ordered[:_MAX_OFFERS])


def usual_places(url: str) -> tuple[str, ...]:
    """Return where a site's feed may lie though no page says so: beside the page first, then at the top."""
    folder = urljoin(url, ".")
    roots = dict.fromkeys((folder, urljoin(url, "/")))
    return tuple(urljoin(root, name) for root in roots for name in _USUAL)


def _declared(root: etree._Element, base: str) -> Iterator[Offer]:
    for link in root.iter("link"):
        relations = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        address = web(string(link.get("href")), base)
        # WordPress names its programs' interface (wp-json) in the same words.
        is_feed = kind in _FEED_TYPES and not ("json" in kind and "/wp-json/" in address)
        if address and is_feed and ("alternate" in relations or "feed" in relations):
            yield Offer(address, clean_title(link.get("title") or ""))


def _likely(root: etree._Element, base: str) -> Iterator[Offer]:
    for link in root.iter("a"):
        address = web(string(link.get("href")), base)
        last = urlsplit(address).path.rstrip("/").rpartition("/")[2].lower() if address else ""
        if last in _FEED_NAMES or last.endswith((".rss", ".atom")):
            yield Offer(address, clean_title(link.get("title") or ""), plain=True)


def _is_of_comments(offer: Offer) -> bool:
    return "comment" in offer.title.lower() or "/comments/" in offer.url.lower() or "评论" in offer.title
