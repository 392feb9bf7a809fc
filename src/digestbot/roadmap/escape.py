"""Text and addresses from outside, written so that Markdown shows them as they are and does nothing with them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from digestbot.errors import ReviewError

_MAX_TEXT_CHARS = 500
_MAX_URL_CHARS = 2000
# Braces are there for Liquid and kramdown, dollars for mathematics, pipes for tables.
_ACTIVE = re.compile(r"[\\`*\[\]<>{}|~$]|(?<!\w)_|_(?!\w)|&(?=#?\w{1,40};)")
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z]{2,12}:)//|(?P<www>\bwww)\.", re.IGNORECASE)
_LINK_BREAKING = re.compile(r"[\s<>()\[\]\\`|\"'{}^*$~]")
_ENTITY = re.compile(r"&(?=#?\w{1,40};)", re.ASCII)


def escaped(text: str) -> str:
    """Return text as one line of Markdown that shows it as it is, at most 500 characters of it.

    Controls and marks that turn the direction of writing are dropped; an address in it does not become a link.
    """
    plain = " ".join("".join(map(_printable, text[: 4 * _MAX_TEXT_CHARS])).split())
    if len(plain) > _MAX_TEXT_CHARS:
        plain = plain[: _MAX_TEXT_CHARS - 1].rstrip() + "…"
    active = _ACTIVE.sub(lambda match: "\\" + match[0], plain)
    return _ADDRESS.sub(lambda match: f"{match['scheme']}\\//" if match["scheme"] else f"{match['www']}\\.", active)


def link_target(url: str) -> str:
    """Return a web address as a Markdown link holds it; raises ReviewError for any other address."""
    url = url.strip()
    if not re.match(r"https?://[^\s/?#]", url, re.IGNORECASE) or len(url) > _MAX_URL_CHARS:
        raise ReviewError(f"{url[:80]!r} is not a web address of at most {_MAX_URL_CHARS} characters: give another")
    visible = "".join(quote(char, safe="") if _is_hidden(char) else char for char in url)
    return _ENTITY.sub("&amp;", _LINK_BREAKING.sub(lambda match: f"%{ord(match[0]):02X}", visible))


def _printable(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if _is_hidden(char) and char != "\u200d" else char


def _is_hidden(char: str) -> bool:
    """Whether a character shows nothing: controls, format marks, halves of surrogates, separators."""
    return char != " " and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp", "Zs")
