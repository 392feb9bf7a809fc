"""Reads the lines of arXiv's public metadata snapshot (`arxiv-metadata-oai-snapshot.json`), a JSON object each. Pure.

A line is somebody else's: what it holds is checked field by field, and one that cannot be believed is refused whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from digestbot.domain import FeedId, Item
from digestbot.known_sites import arxiv_place
from digestbot.wire.arxiv_papers import Paper, item_of
from digestbot.wire.instants import instant

_ZONES = timedelta(days=1)
"""How far in the future a day may lie that names no zone."""
_MAX_AUTHORS, _MAX_CATEGORIES = 5_000, 50
_HALF = re.compile("[\ud800-\udfff]")
_VERSION = re.compile(r"v([1-9]\d{0,2})")

Record = Mapping[str, Any]


class RefusedLine(ValueError):
    """A line that is no paper; its message says why, in a few words without the line's own."""


def paper_in(line: bytes, feed: FeedId, now: datetime) -> Item:
    """Return the paper that a line holds as an item of a feed. Raises RefusedLine."""
    record = _record(line)
    if (place := arxiv_place(_text(record, "id"))) is None:
        raise RefusedLine("its id is none of arXiv's")
    title, abstract = _text(record, "title"), _text(record, "abstract")
    if not title.strip():
        raise RefusedLine("it has no title")
    published, updated, version = _dates(record)
    if max(published, updated) > now + _ZONES:
        raise RefusedLine("it is dated in the future")
    paper = Paper(
        address=place.url,
        title=title,
        abstract=abstract,
        authors=_authors(record),
        published_at=published,
        updated_at=updated,
        version=version,
        categories=_text(record, "categories").split()[:_MAX_CATEGORIES],
        comment=_text(record, "comments"),
        journal=_text(record, "journal-ref"),
        doi=_text(record, "doi").split(" ")[0],
    )
    return item_of(paper, feed)


def _record(line: bytes) -> Record:
    try:
        found = json.loads(line.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError:
        raise RefusedLine("its bytes are not UTF-8") from None
    except (ValueError, RecursionError):
        raise RefusedLine("it is not JSON") from None
    if not isinstance(found, dict):
        raise RefusedLine("it is no object")
    return found


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RefusedLine(f"its {name} is no text")
    if _HALF.search(value):
        raise RefusedLine(f"its {name} holds half a character")
    return value


def _authors(record: Record) -> tuple[str, ...]:
    """Return the names, first names first; the snapshot splits each into last name, first names and suffix."""
    parsed = record.get("authors_parsed") or []
    if not isinstance(parsed, list) or not all(isinstance(one, list) for one in parsed):
        raise RefusedLine("its authors_parsed is no list of lists")
    names = (_name([part for part in one[:3] if isinstance(part, str)]) for one in parsed[:_MAX_AUTHORS])
    return tuple(filter(None, names))


def _name(parts: list[str]) -> str:
    last, first, suffix = [*parts, "", "", ""][:3]
    return _HALF.sub("", " ".join(f"{first} {last} {suffix}".split()))


def _dates(record: Record) -> tuple[datetime, datetime, int]:
    """Return when the first and the last version came, and that one's number."""
    versions = record.get("versions") or []
    if not isinstance(versions, list) or not all(isinstance(one, dict) for one in versions):
        raise RefusedLine("its versions are no list of objects")
    days = [_day(one, "created") for one in versions] or [_day(record, "update_date")]
    said = [_VERSION.fullmatch(_text(one, "version")) for one in versions]
    numbers = [int(match[1]) for match in said if match]
    return min(days), max(days), max(numbers, default=1)


def _day(record: Record, name: str) -> datetime:
    found = instant(_text(record, name))
    if found is None or found < datetime(1980, 1, 1, tzinfo=UTC):
        raise RefusedLine(f"its {name} is no date")
    return found
