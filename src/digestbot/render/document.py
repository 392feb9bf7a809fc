"""A part of a roadmap's document as HTML that is safe to show: its Markdown, and the HTML inside it, cleaned; pure.

Nothing of it loads anything, runs anything or leads anywhere but to the web. Links that are new or not well say so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nh3
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from digestbot.keys import canonical_url
from digestbot.render.escape import safe_url
from digestbot.roadmap import Roadmap
from digestbot.roadmap.lines import bare, split

LINK_REL = "nofollow noopener noreferrer ugc"
_MAX_CHARS = 400_000
_TAGS = frozenset(
    re.findall(
        r"\S+",
        "a abbr b blockquote br caption cite code dd del div dl dt em h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s "
        "samp small span strong sub sup table tbody td tfoot th thead tr u ul var",
    )
)
_GONE_WHOLE = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "textarea"})
_LIQUID = re.compile(r"\{[%{][^{}]{0,300}[%}]\}")
_HEADING = re.compile(r"h[1-6]")


@dataclass(frozen=True)
class Mark:
    """What is said of a link: a word, and whether it is good to know (`new`) or a warning (`flag`)."""

    text: str
    kind: str = "new"


def document_html(roadmap: Roadmap, first_line: int, last_line: int, marks: Mapping[str, Mark], label: str) -> str:
    """Return these lines of a document as HTML; `marks` are by canonical address, `label` names a table that scrolls.

    Headings become second-level and lower ones, in their order; addresses within the document lead nowhere here.
    """
    lines = split(roadmap.text)[first_line - 1 : last_line]
    text = _LIQUID.sub(" ", "\n".join(map(bare, lines)))[:_MAX_CHARS]
    found = _markdown().render(text, {"references": _references(roadmap.text)})
    return _safe(_marked(found, marks, label))


@lru_cache(maxsize=16)
def _references(text: str) -> dict[str, Any]:
    """Return where the named links of a whole document lead: a part of it uses those that another one names."""
    env: dict[str, Any] = {}
    _markdown().parse(text[:_MAX_CHARS], env)
    return dict(env.get("references", {}))


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])


def _marked(found: str, marks: Mapping[str, Mark], label: str) -> str:
    if not found.strip():
        return ""
    root = lxml_html.fragment_fromstring(found, create_parent="div")
    highest = min((int(one.tag[1]) for one in root.iter(*(f"h{n}" for n in range(1, 7)))), default=2)
    for one in list(root.iter()):
        if not isinstance(one.tag, str):
            continue
        if _HEADING.fullmatch(one.tag):
            one.tag = f"h{min(6, int(one.tag[1]) - highest + 2)}"
        if one.tag == "img":
            _shown_as_text(one)
        elif one.tag == "a":
            _mark(one, marks)
        else:
            _bare(one)
    for table in list(root.iter("table")):
        _wrapped(table, label)
    return "".join([root.text or "", *(lxml_html.tostring(child, encoding="unicode") for child in root)])


def _mark(link: Any, marks: Mapping[str, Mark]) -> None:
    to = safe_url(link.get("href") or "")
    _bare(link)
    if not to:
        link.tag = "span"
        return
    link.set("href", to)
    mark = marks.get(canonical_url(to))
    if mark:
        badge = lxml_html.Element("span")
        badge.set("class", f"badge {mark.kind}")
        badge.text, badge.tail = mark.text, link.tail
        link.tail = " "
        link.addnext(badge)


def _shown_as_text(image: Any) -> None:
    """Put a picture's own description in its place: nothing is loaded from elsewhere."""
    said = image.get("alt") or ""
    _bare(image)
    image.tag, image.text = "em", said


def _wrapped(table: Any, label: str) -> None:
    """Let a wide table be moved by itself, with the keyboard too."""
    around = lxml_html.Element("div")
    for name, value in (("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", label)):
        around.set(name, value)
    around.tail, table.tail = table.tail, None
    table.addprevious(around)
    around.append(table)


def _bare(element: Any) -> None:
    kept = {name: element.get(name) for name in ("colspan", "rowspan", "start") if element.get(name, "").isdigit()}
    element.attrib.clear()
    for name, value in kept.items():
        element.set(name, value)


def _safe(found: str) -> str:
    return nh3.clean(
        found,
        tags=set(_TAGS),
        clean_content_tags=set(_GONE_WHOLE),
        attributes={
            "a": {"href"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
            "ol": {"start"},
            "div": {"role", "tabindex", "aria-label"},
        },
        allowed_classes={"span": {"badge", "new", "flag"}, "div": {"scroll"}},
        url_schemes={"http", "https"},
        link_rel=LINK_REL,
    )
