"""Makes a clean tree of a page's bytes, and reads what the page says of itself; pure, opens nothing.

What a reader would not see (hidden elements, scripts, comments) is cut out before anything else looks at the page.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

from lxml import etree, html

from digestbot.errors import SourceError
from digestbot.wire.plaintext import MAX_LINKS, absolute, is_hidden

MAX_ELEMENTS = 20_000
"""Beyond these a page is cut: extraction takes 3 s for so many paragraphs, and four times as long for twice as many."""
MAX_DEPTH = 200
"""Deeper ones are cut off: nested tables and lists of this depth are made by broken generators or on purpose."""
_HEAD_BYTES = 256 << 10
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK_TAG = re.compile(r"<link\b([^>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]{1,40})\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252"}
"""What browsers take these names for (WHATWG Encoding, section 4.2)."""
_UNSEEN_TAGS = "script style noscript template svg iframe canvas object embed dialog"
_UNSEEN = frozenset(_UNSEEN_TAGS.split())


def tree_of(body: bytes, content_type: str = "") -> tuple[html.HtmlElement, bool]:
    """Return a page without what nobody sees, and whether it had to be cut.

    Raises SourceError: `no-text` for what holds no element, `too-large` where the tree outgrows the memory there is.
    """
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(decoded(body, content_type).encode("utf-8", "ignore"), parser)
    except etree.XMLSyntaxError as error:
        # libxml2 tells that it ran out of memory as an error of syntax, and says no more of it.
        reason = "too-large" if error.code == etree.ErrorTypes.ERR_NO_MEMORY else "no-text"
        raise SourceError(f"the page cannot be parsed: {str(error)[:100]}", reason=reason) from error
    if root is None:
        raise SourceError("the page is empty", reason="no-text")
    return root, _prune(root)


def decoded(body: bytes, content_type: str = "") -> str:
    """Return the text of a page in the charset that its bytes, its server or the page itself name, in this order.

    Bytes that are good UTF-8 are UTF-8 whatever is said of them: other charsets come out so by chance never.
    """
    marked = [name for mark, name in _BOMS if body.startswith(mark)]
    said = [*_CHARSET.findall(content_type.encode("utf-8", "ignore")), *_CHARSET.findall(body[:4096])[:1]]
    names = [_ALIASES.get(name.decode("ascii").lower(), name.decode("ascii").lower()) for name in said]
    for name in (*marked, "utf-8", *names):
        try:
            return body.decode(name)
        except (LookupError, ValueError):  # an unknown charset, or not this one
            continue
    known = next((name for name in names if _is_charset(name)), "utf-8")
    return body.decode(known, "replace")


def canonical_link(body: bytes, url: str) -> str:
    """Return the address that a page's head calls canonical (RFC 6596), "" where it names none or two."""
    head = re.split(rb"(?i)</head|<body", body[:_HEAD_BYTES], maxsplit=1)[0].decode("utf-8", "replace")
    found = set()
    for tag in _LINK_TAG.findall(_COMMENT.sub("", head)):
        names = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(tag)}
        if "canonical" in names.get("rel", "").lower().split() and names.get("href"):
            found.add(unescape(names["href"]).strip())
    try:
        return urljoin(url, found.pop()) if len(found) == 1 else ""
    except ValueError:  # broken brackets in an address
        return ""


def metas(root: etree._Element) -> dict[str, list[str]]:
    """Return what the page's meta elements say, each name in lower case with its values in order."""
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        value = (element.get("content") or "").strip()
        if name and value:
            found.setdefault(name, []).append(value)
    return found


def links_of(root: etree._Element, url: str) -> tuple[str, ...]:
    """Return the absolute http(s) links inside a page's paragraphs, in order, at most 50; menus have none."""
    found = (absolute(href, url) for href in root.xpath("//p//a/@href")[: 20 * MAX_LINKS])
    return tuple(dict.fromkeys(filter(None, found)))[:MAX_LINKS]


def _is_charset(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _prune(root: etree._Element) -> bool:
    """Take out of a tree what nobody sees and what is too much; tell whether there was too much."""
    unseen, over = _unwanted(root)
    for element in (*unseen, *over):
        _drop(element)
    return bool(over)


def _unwanted(root: etree._Element) -> tuple[list[etree._Element], list[etree._Element]]:
    unseen: list[etree._Element] = []
    over: list[etree._Element] = []
    count = 0
    walk: Iterator[tuple[str, etree._Element]] = etree.iterwalk(root, events=("start", "end"))
    depth = 0
    for event, element in walk:
        depth += 1 if event == "start" else -1
        if event == "end":
            continue
        count += 1
        tag = element.tag if isinstance(element.tag, str) else "script"
        is_unseen = element is not root and (tag in _UNSEEN or is_hidden(element))
        is_over = count > MAX_ELEMENTS or depth > MAX_DEPTH
        if is_unseen or is_over:
            (unseen if is_unseen else over).append(element)
            walk.skip_subtree()  # type: ignore[attr-defined]  # lxml has no types
    return unseen, over


def _drop(element: etree._Element) -> None:
    """Take an element out and leave the text behind it where it was."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)
