"""Looks at XML before a parser does: refuses declared entities, tells pages, mends charsets and prefixes; pure."""

from __future__ import annotations

import re

from digestbot.errors import SourceError

# In a document's prolog: what may hide a declaration from a plain search, then the declaration and the root element.
_PROLOG = re.compile(
    rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|\"[^\"]*\"|'[^']*'|(?P<entity><!ENTITY[^>]*)|(?P<root><[A-Za-z_:\x80-\xff])",
    re.DOTALL | re.IGNORECASE,
)
_HARMLESS_ENTITY = re.compile(
    rb"<!ENTITY\s+[\w.-]+\s+(?:\"(?:[^\"<&%]{0,32}|&#\w{1,8};)\"|'(?:[^'<&%]{0,32}|&#\w{1,8};)')\s*"
)


def refuse_entities(body: bytes) -> None:
    """Raise SourceError (`xml-entities`) if a document declares entities other than short text or one character.

    Nested ones grow without bound when expanded, external ones read files; no feed needs either.
    """
    for match in _PROLOG.finditer(body.replace(b"\0", b"") if b"\0" in body[:64] else body):
        if match["root"]:
            return
        if match["entity"] and not _HARMLESS_ENTITY.fullmatch(match["entity"]):
            raise SourceError("the document declares xml entities", reason="xml-entities")


_ASIDE = rb"(?>(?><\?.*?\?>)|(?><!--.*?-->)|\s)*+"
"""What may stand before a root element; atomic, since comments in a row could be split in ever so many ways."""
_PAGE = re.compile(
    _ASIDE
    + rb"(?:<(?:html|head|body)\b|<!doctype\s+html\b[^>]*>"
    + _ASIDE
    + rb"(?!<(?:\w+:)?(?:rss|feed|rdf|channel)\b))",
    re.IGNORECASE | re.DOTALL,
)
"""A page's beginning; some feeds carry a page's doctype."""


def is_page(start: bytes) -> bool:
    """Tell whether a document is an HTML page, by its first bytes."""
    return _PAGE.match(start) is not None


def unprefixed(body: bytes) -> bytes:
    """Return an RSS document whose elements have a prefix that it never declares (`<rss:item>`) without that prefix."""
    if b"<rss:item" not in body or b"xmlns:rss" in body:
        return body
    return re.sub(rb"<(/?)rss:", rb"<\1", body)


_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def respelled(body: bytes, content_type: str) -> bytes:
    """Return a body that claims to be UTF-8 but is written in a Chinese encoding as UTF-8; any other as it is.

    Single accented bytes of a Western encoding nearly never pair up into characters of GB 2312 throughout.
    """
    declared = [match[1].decode() for match in [_ENCODING.search(body[:300])] if match]
    declared += [match[1] for match in [_CHARSET.search(content_type)] if match]
    if any(name.lower() not in ("utf-8", "utf8") for name in declared):
        return body
    for encoding in ("utf-8", "gb18030"):
        try:
            text = body.decode(encoding)
        except ValueError:
            continue
        return text.encode() if encoding == "gb18030" and _is_common_chinese(text) else body
    return body


def _is_common_chinese(text: str) -> bool:
    foreign = "".join(character for character in text if not character.isascii())
    return len(foreign.encode("gb2312", "ignore")) >= 0.9 * 2 * len(foreign)
