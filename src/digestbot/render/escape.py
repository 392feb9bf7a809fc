"""Outside text made safe to show: what every renderer passes its strings and addresses through first.

Everything here is a plain function of its argument; what a single format needs on top of it (Markdown's
backslashes, Discord's mentions, HTML's entities) is the business of that format's own module.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

MAX_URL_CHARS = 2000
"""Longer addresses are shown as text: mail clients and browsers cut them anyway."""

# ECMA-48 sequences, as ESC pairs and as single C1 characters. A string (OSC, DCS, ...) goes with its payload only when
# it is terminated; otherwise the opener alone goes, so that a stray one cannot swallow the rest of a title.
_STRINGS = re.compile(
    r"(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\x9d\x90\x98\x9e\x9f]*(?:\x07|\x1b\\|\x9c)"
)
_SEQUENCES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]")

# Not the whole of Unicode's Cf: the Arabic number signs (U+0600 and on) are visible.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are not white space
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0"  # blanks that count as letters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff"  # zero width
    "\ufe00-\ufe0d\U000e0000-\U000e0fff"  # variation selectors and tags, which can carry hidden text
    "\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a]"  # noncharacters, annotations
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED_MARKS = re.compile(f"({_MARKS}{{3}}){_MARKS}+")


def plain(text: str, limit: int = 0) -> str:
    """Return one line of visible text, at most `limit` characters long (0: any length).

    Terminal sequences, control, bidirectional, zero-width and other invisible characters are gone, piles of
    combining marks are thinned, lone surrogates are U+FFFD, and white space is single spaces.
    """
    text = _SEQUENCES.sub("", _STRINGS.sub("", text))
    text = _SURROGATES.sub("\ufffd", _HIDDEN.sub("", text))
    return clip(" ".join(_STACKED_MARKS.sub(r"\1", text).split()), limit)


def clip(text: str, limit: int) -> str:
    """Return `text`, cut with an ellipsis to at most `limit` characters (0: any length), at a space if one is near."""
    if not limit or len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ", limit * 3 // 4)
    return (cut[:space] if space > 0 else cut).rstrip() + "…"


def safe_url(url: str) -> str:
    """Return an http or https address in ASCII that no quote, bracket or space can break out of, or "" for any other.

    Addresses with a user name are refused (`https://bank.example@evil.example` reads as the bank); international
    hosts are shown in their IDNA form, so that a lookalike cannot pass for the original.
    """
    url = url.strip()
    if len(url) > MAX_URL_CHARS or re.search(r"[\s\\]", url) or _HIDDEN.search(url) or _SURROGATES.search(url):
        return ""
    try:
        parts = urlsplit(url)
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    authority = host if port is None else f"{host}:{port}"
    query = f"?{_quoted(parts.query)}" if parts.query else ""
    fragment = f"#{_quoted(parts.fragment)}" if parts.fragment else ""
    return f"{parts.scheme}://{authority}{_quoted(parts.path) or '/'}{query}{fragment}"


def masked(address: str) -> str:
    """Return where a channel leads without what may be secret: of a web address, its host; others as they are."""
    scheme, mark, rest = address.partition("://")
    if not mark:
        return plain(address, 100)
    return plain(f"{scheme}://{re.split(r'[/?#]', rest.rpartition('@')[2])[0]}/…", 100)


def slug(text: str, limit: int = 40) -> str:
    """Return lower-case ASCII letters, digits and single hyphens: fit for a file name or a mail header, never empty."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:limit].strip("-") or "digest"


def _ascii_host(host: str) -> str:
    """Return a host name or address for a URL; raises ValueError (UnicodeError is one) when it is none."""
    if ":" in host:
        return f"[{host}]" if re.fullmatch(r"[0-9a-f:.]+", host) else ""
    name = host.encode("idna").decode("ascii")
    return name if re.fullmatch(r"[a-z0-9._-]+", name) else ""


def _quoted(part: str) -> str:
    return quote(part, safe="%/:@!$&*+,;=~?-._")
