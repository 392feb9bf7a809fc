"""A feed as its author wrote it, and the small values that every format is made of; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import urljoin, urlsplit

from digestbot.wire.plaintext import clean_title

MAX_ENTRIES = 5_000
MAX_AUTHORS = 200
MAX_ENCLOSURES = 20
_MAX_ADDRESS_CHARS = 2_000
_MAX_TERMS = 50


@dataclass(frozen=True)
class ParsedItem:
    """An entry as its feed wrote it: `id` is the guid, `link` absolute http(s); both, like the title, may be empty.

    `text` is plain text, `html` what it was made from, `links` are the absolute links of the text, at most 50.
    """

    id: str = ""
    title: str = ""
    link: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    text: str = ""
    html: str = ""
    authors: tuple[str, ...] = ()
    lang: str = ""
    links: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class ParsedFeed:
    """A feed's entries in its own order. `format` is such as `rss20` or `json11`; `error` says what was mended."""

    title: str
    link: str
    format: str
    items: tuple[ParsedItem, ...]
    error: str = ""


def string(value: object) -> str:
    """Return a string or a number as a string without outer spaces, "" for anything else."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def web(link: str, base: str) -> str:
    """Return an absolute http(s) address, "" for anything else."""
    if not link or len(link) > _MAX_ADDRESS_CHARS:
        return ""
    try:
        joined = urljoin(base, link) if base else link
        parts = urlsplit(joined)
    except ValueError:
        return ""
    return joined if parts.scheme in ("http", "https") and parts.netloc and joined.isprintable() else ""


def names_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return people's names, each once, those that are none left out."""
    return tuple(dict.fromkeys(filter(None, (clean_title(name)[:200] for name in islice(names, MAX_AUTHORS)))))


def terms(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of categories, each once, 50 at most."""
    return tuple(dict.fromkeys(filter(None, (clean_title(name)[:100] for name in islice(names, _MAX_TERMS)))))


def primary_language(tag: str) -> str:
    """Return the first part of a language tag in lower case (`zh` for `zh-CN`), "" for what is none (RFC 5646)."""
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_][\w-]*)?\s*$", tag)
    return match[1].lower() if match else ""
