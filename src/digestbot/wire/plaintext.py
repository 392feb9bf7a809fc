"""Turns markup from outside into plain text; pure.

What a reader of the page would not see (scripts, hidden elements, invisible characters) is left out, so that it can
neither be summarized nor talk to a model.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from lxml import etree

MAX_TEXT_CHARS = 200_000
MAX_TITLE_CHARS = 500
MAX_LINKS = 50
_MAX_HTML_CHARS = 2_000_000
_MAX_URL_CHARS = 2_000

_DROPPED_TAGS = (
    "script style noscript template head title svg iframe canvas button select "
    "textarea input option datalist dialog nav"
)
_DROPPED = frozenset(_DROPPED_TAGS.split())
_BLOCK_TAGS = (
    "address article aside blockquote br caption center dd details div dl dt fieldset figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 header hr li main ol p pre section summary table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:\.0+)?(?:[a-z%]*)\s*(?:;|!|$)"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]+"
)
"""Controls, zero-width and direction marks, variation selectors, lone surrogates, tag characters that hide text."""
_SPACES = re.compile(r"\s+")
_MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:#\d+|#[xX][0-9A-Fa-f]+|[A-Za-z]\w{1,31});")
_FRAME = re.compile(r"(<iframe\b[^<>]*)>", re.IGNORECASE)
_BARE_FRAME = re.compile(r"(<iframe\b[^<>]*)/>", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"'\\^`{}|\[\]\u3000-\u303f\uff00-\uffef]{4,2000}", re.IGNORECASE)


def clean_text(text: str) -> str:
    """Return text without invisible characters, spaces collapsed, empty lines gone; at most 200,000 characters."""
    lines = (_SPACES.sub(" ", line).strip() for line in _INVISIBLE.sub("", text).splitlines())
    return "\n".join(line for line in lines if line)[:MAX_TEXT_CHARS].rstrip()


def clean_title(text: str) -> str:
    """Return a title on one line: plain text of at most 500 characters, shortened at a word and marked so."""
    line = _SPACES.sub(" ", _INVISIBLE.sub("", text_of(text) if _MARKUP.search(text) else text)).strip()
    if len(line) <= MAX_TITLE_CHARS:
        return line
    return line[: MAX_TITLE_CHARS - 1].rsplit(" ", 1)[0].rstrip() + "…"


def text_of(markup: str) -> str:
    """Return the visible text of HTML (or of text that is none), a line per block."""
    return read_html(markup, "")[0]


def read_html(markup: str, base: str) -> tuple[str, tuple[str, ...]]:
    """Return the visible text of HTML and its absolute http(s) links in order, at most 50; `base` resolves the rest."""
    if not _MARKUP.search(markup):
        return clean_text(markup), links_in(markup)
    pieces: list[str] = []
    links: dict[str, None] = {}
    root = _parsed(markup)
    if root is None:
        return "", ()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if not tag or tag in _DROPPED or is_hidden(element):
                walk.skip_subtree()
                continue
            link = absolute(element.get("href", ""), base) if tag == "a" else ""
            if link and len(links) < MAX_LINKS:
                links[link] = None
            pieces.append("\n" if tag in _BLOCKS else "")
            pieces.append(_SPACES.sub(" ", element.text or ""))
        else:
            pieces.append("\n" if tag in _BLOCKS else "")
            pieces.append(_SPACES.sub(" ", element.tail or ""))
    return clean_text("".join(pieces)), tuple(links)


def links_in(text: str) -> tuple[str, ...]:
    """Return the http(s) addresses written out in plain text, in order, at most 50."""
    found = (match.group().rstrip(".,;:!?)*_") for match in _URL.finditer(text[:MAX_TEXT_CHARS]))
    return tuple(dict.fromkeys(found))[:MAX_LINKS]


def _parsed(markup: str) -> etree._Element | None:
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, recover=True
    )
    data = _frames_closed(_INVISIBLE.sub("", markup[:_MAX_HTML_CHARS])).encode("utf-8", "ignore")
    try:
        return etree.fromstring(b"<div>" + data + b"</div>", parser)
    except etree.XMLSyntaxError:
        return None


def _frames_closed(markup: str) -> str:
    """Return markup whose frames end: an `<iframe/>` out of XML would take all the text after it along."""
    unclosed = _BARE_FRAME if "</iframe" in markup.lower() else _FRAME
    return unclosed.sub(r"\1></iframe>", markup)


def is_hidden(element: etree._Element) -> bool:
    """Tell whether an element says itself that nobody sees it."""
    if not element.attrib:
        return False
    hides = element.get("hidden") is not None or element.get("aria-hidden", "").lower() == "true"
    return hides or _HIDING.search(element.get("style", "")) is not None


def absolute(href: str, base: str) -> str:
    """Return an address whole, "" for what is none of the web."""
    try:
        link = urljoin(base, href.strip())
        parts = urlsplit(link)
    except ValueError:
        return ""
    is_web = parts.scheme in ("http", "https") and parts.netloc
    return link if is_web and len(link) <= _MAX_URL_CHARS and link.isprintable() else ""
