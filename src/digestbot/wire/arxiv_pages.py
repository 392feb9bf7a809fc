"""Reads what arXiv answers: pages of its API, before a less careful parser does, and its daily listings; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import cast

from lxml import etree

from digestbot.announcements import KINDS, Announcement, AnnouncementKind, Listing
from digestbot.domain import ItemId
from digestbot.errors import SourceError
from digestbot.identity import PAPER_KEYS
from digestbot.keys import arxiv_version, strong_keys
from digestbot.wire.documents import refuse_entities
from digestbot.wire.plaintext import links_in

MAX_LINKS = 20
_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_ANNOUNCE_TYPE = "{http://arxiv.org/schemas/atom}announce_type"
_SAID_TYPE = re.compile(r"\bAnnounce Type: ([\w-]+)")
_ESCAPED = re.compile(r"\\([_%#&~])")
_BARE_LINK = re.compile(
    r"(?<![\w./@-])(?:(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|huggingface\.co)/[\w.-]+"
    r"|[\w-]+\.(?:github|gitlab)\.io\b)[\w./~%#?=&+-]*"
)


@dataclass(frozen=True)
class ApiPage:
    """A whole page of search results without the entries that cannot be read; `total` counts results on all pages."""

    body: bytes
    total: int
    entries: int
    """How many entries are left in it."""
    left_out: tuple[str, ...] = ()
    """Those that cannot be read, each by its id and why."""


def api_page(body: bytes) -> ApiPage:
    """Return a page of the API; raises SourceError: `not-a-feed` for half a page or none, `bad-query` for a refusal.

    The API's page without entries is such a half page where it counts results: it sometimes answers so.
    """
    root = _parsed(body, "a page of the search")
    if root.tag != f"{_ATOM}feed":
        raise SourceError("a page of the search is not an atom feed", reason="not-a-feed")
    entries = root.findall(f"{_ATOM}entry")
    total = _count(root.findtext(_TOTAL), len(entries))
    if total and not entries:
        raise SourceError(f"a page of the search came without its {total} entries", reason="not-a-feed")
    left_out = []
    for entry in entries:
        if why := _unreadable(entry):
            left_out.append(f"{_id(entry) or 'an entry without id'}: {why}")
            root.remove(entry)
    kept = etree.tostring(root) if left_out else body
    return ApiPage(kept, total, len(entries) - len(left_out), tuple(left_out))


def listing_of(body: bytes, today: date) -> Listing:
    """Return what a listing (RSS 2.0) announces; its day is the one it states, else `today`.

    Raises SourceError: `not-a-feed` for anything that is no listing.
    """
    channel = _parsed(body, "the listing").find("channel")
    if channel is None:
        raise SourceError("the listing is not an rss feed", reason="not-a-feed")
    entries = channel.findall("item")
    found = tuple(_announcements(entries))
    return Listing(_day(channel.findtext("pubDate")) or today, found, len(entries) - len(found))


def author_links(text: str) -> tuple[str, ...]:
    """Return the addresses that a paper's authors give in plain text or TeX: code, models, data, project pages.

    Other papers are none of them. Well-known hosts of code are found without `https://` before them, too.
    """
    text = _ESCAPED.sub(r"\1", text)
    found = dict.fromkeys((*links_in(text), *(f"https://{bare.rstrip('.')}" for bare in _bare(text))))
    papers = tuple(key for key in PAPER_KEYS)
    return tuple(link for link in found if not any(key.startswith(papers) for key in strong_keys(link)))[:MAX_LINKS]


def _bare(text: str) -> Iterator[str]:
    for match in _BARE_LINK.finditer(text):
        yield match.group()


def _parsed(body: bytes, what: str) -> etree._Element:
    refuse_entities(body)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{what} is not whole: {error}", reason="not-a-feed") from error


def _unreadable(entry: etree._Element) -> str:
    """Return why an entry cannot be read, "" where it can; raises SourceError for one that is the API's refusal."""
    id = _id(entry)
    if "/api/errors" in id:
        summary = " ".join((entry.findtext(f"{_ATOM}summary") or "").split())
        raise SourceError(f"the api refuses the query: {summary[:200]!r}", reason="bad-query")
    if not any(key.startswith("arxiv:") for key in strong_keys(id)):
        return "its id names no paper"
    for name in ("published", "updated"):
        said = entry.findtext(f"{_ATOM}{name}") or ""
        if not _is_instant(said):
            return f"{name} {said[:40]!r} is no date"
    return ""


def _id(entry: etree._Element) -> str:
    return (entry.findtext(f"{_ATOM}id") or "").strip()[:200]


def _is_instant(text: str) -> bool:
    try:
        when = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC).year > 1
    except (ValueError, OverflowError):
        return False


def _count(text: str | None, default: int) -> int:
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else default


def _announcements(entries: list[etree._Element]) -> Iterator[Announcement]:
    for entry in entries:
        guid, link = (entry.findtext("guid") or "").strip(), (entry.findtext("link") or "").strip()
        addresses = (f"https://arxiv.org/abs/{guid.removeprefix('oai:arXiv.org:')}", link)
        found = [(key, url) for url in addresses for key in strong_keys(url) if key.startswith("arxiv:")]
        if found:
            key, url = found[0]
            yield Announcement(ItemId(key), _kind(entry), arxiv_version(url) or 1)


def _kind(entry: etree._Element) -> AnnouncementKind:
    said = (entry.findtext(_ANNOUNCE_TYPE) or "").strip()
    if said not in KINDS and (match := _SAID_TYPE.search((entry.findtext("description") or "")[:200])):
        said = match[1]
    return cast("AnnouncementKind", said) if said in KINDS else "new"  # checked right here


def _day(text: str | None) -> date | None:
    """Return the day as arXiv's own clock has it: midnight in New York is the next day's in UTC only by the hour."""
    try:
        return parsedate_to_datetime((text or "").strip()).date()
    except ValueError:
        return None
