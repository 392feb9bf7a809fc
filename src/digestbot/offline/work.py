"""Holds what is known of one work, and reads it from records of other people's shapes.

Must not compare works.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from digestbot.keys import strong_keys
from digestbot.offline.people import split_authors

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_ARXIV_ID = re.compile(r"(?:arxiv:)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.IGNORECASE)
_MAX_CHARS = 20_000


@dataclass(frozen=True)
class Work:
    """What a source says about one work; an empty field is unknown.

    `keys` are strong identifiers as `digestbot.keys.strong_keys` writes them; `kind` is the source's own word for the
    sort of thing (paper, blog, video ...).
    """

    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    url: str = ""
    venue: str = ""
    year: int | None = None
    kind: str = ""
    keys: frozenset[str] = frozenset()


def work_from(record: Mapping[str, object]) -> Work:
    """Return the work a record describes; unknown fields are passed over, null and "" mean absent.

    Read are title (or name), abstract (or summary, description), authors (or author) as a list or one string, url (or
    link), venue (or journal, booktitle), year as a number or text, date (or published) as ISO text when there is no
    year, doi, arxiv_id, kind, and id where it is an arXiv id.
    """
    url = _text(record, "url", "link")
    keys = strong_keys(url, doi=_text(record, "doi"))
    for field in ("arxiv_id", "id"):
        if match := _ARXIV_ID.fullmatch(_text(record, field)):
            keys |= {f"arxiv:{match[1].lower()}"}
    return Work(
        title=_text(record, "title", "name"),
        abstract=_text(record, "abstract", "summary", "description"),
        authors=_authors(record.get("authors") or record.get("author")),
        url=url,
        venue=_text(record, "venue", "journal", "booktitle"),
        year=_year(record),
        kind=_text(record, "kind"),
        keys=keys,
    )


def year_in(text: str) -> int | None:
    """Return the last plausible year of publication (1800-2099) that a text names, or None."""
    found = _YEAR.findall(text)
    return int(found[-1]) if found else None


def _text(record: Mapping[str, object], *names: str) -> str:
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()[:_MAX_CHARS]
    return ""


def _authors(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return split_authors(value[:_MAX_CHARS])
    if not isinstance(value, (list, tuple)):
        return ()
    names = (entry.get("name") if isinstance(entry, Mapping) else entry for entry in value[:500])
    return tuple(name.strip()[:200] for name in names if isinstance(name, str) and name.strip())


def _year(record: Mapping[str, object]) -> int | None:
    value = record.get("year")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return int(value) if 1800 <= value < 2100 else None
    if isinstance(value, str) and (year := year_in(value[:40])) is not None:
        return year
    return year_in(_text(record, "date", "published")[:10])
