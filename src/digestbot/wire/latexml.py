"""Reads the HTML that arXiv and ar5iv make of a paper's TeX with LaTeXML: running text, sections, mathematics; pure."""

from __future__ import annotations

import re

from lxml import etree

from digestbot.wire.plaintext import clean_text, clean_title
from digestbot.wire.tex import plain_tex

_PAPER = "//*[contains(concat(' ', normalize-space(@class), ' '), ' ltx_document ')]"
_LEFT_OUT = (
    "ltx_bibliography", "ltx_authors", "ltx_dates", "ltx_page_footer", "ltx_page_header", "ltx_TOC", "ltx_tag_note",
    "ltx_note", "ltx_role_footnotetext", "ltx_ERROR", "ltx_pagination", "ltx_classification", "ltx_keywords",
    "ltx_tabular", "ltx_equationgroup_eqnos", "ltx_tag_equation", "ltx_acknowledgements", "ltx_index",
)  # fmt: skip
"""What is not the paper's own running text: lists, names, footnotes, the cells of tables, numbers of equations."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCK_TAGS = "p div section article figure figcaption table tr li ul ol dl dt dd blockquote"
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_TITLE = "ltx_title_document"


def is_latexml(root: etree._Element) -> bool:
    """Tell whether a page is a paper as LaTeXML writes it."""
    return bool(root.xpath(_PAPER))


def paper_text(root: etree._Element) -> str:
    """Return a paper's text: headings as lines `## …`, a paragraph a line, formulas as plain text, no bibliography."""
    document = root.xpath(_PAPER)[0]
    pieces: list[str] = []
    walk = etree.iterwalk(document, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        classes = element.get("class", "").split()
        if event == "start" and (not tag or _is_left_out(tag, classes)):
            walk.skip_subtree()
        elif event == "start" and tag == "math":
            pieces.append(_formula(element))
            walk.skip_subtree()
        elif event == "start" and tag in _HEADINGS:
            pieces.append(f"\n## {_heading(element)}\n")
            walk.skip_subtree()
        elif event == "start":
            pieces += ["\n" if tag in _BLOCKS else "", _flat(element.text)]
        else:
            # Also of what was skipped: the text behind a footnote belongs to the sentence around it.
            pieces += ["\n" if tag in _BLOCKS else "", _flat(element.tail) if element is not document else ""]
    text = clean_text("".join(pieces))
    return re.sub(r" +([,.;:)\]])", r"\1", text)


def paper_title(root: etree._Element) -> str:
    """Return a paper's title, "" where it has none."""
    found = root.xpath(f"//*[contains(@class, '{_TITLE}')]")
    return clean_title(_heading(found[0])) if found else ""


def _is_left_out(tag: str, classes: list[str]) -> bool:
    return tag in ("nav", "footer", "header", "button") or _TITLE in classes or any(c in _LEFT_OUT for c in classes)


def _formula(element: etree._Element) -> str:
    """Return a formula as plain text, from the TeX that LaTeXML keeps beside it."""
    return plain_tex(f"${element.get('alttext') or ''.join(element.itertext())}$").strip("$")


def _heading(element: etree._Element) -> str:
    formulas = {math: _formula(math) for math in element.iter("math")}
    parts: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walk:
        if event == "start" and inner in formulas:
            parts.append(formulas[inner])
            walk.skip_subtree()
        elif event == "start":
            parts.append(_flat(inner.text))
        elif inner is not element:
            parts.append(_flat(inner.tail))
    return " ".join("".join(parts).split())


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
