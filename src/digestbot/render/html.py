"""A digest as one self-contained HTML document, for mail and for a file; pure.

No script, no remote image, no style sheet that the meaning hangs on: mail clients drop what they do not like.
The template escapes everything that it is given; addresses have been through `safe_url` before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Template

from digestbot.domain import Digest, DigestId, DigestSection, Entry, Foot, ProposalId, StoryId, Trends
from digestbot.render import wording
from digestbot.render.escape import safe_url
from digestbot.render.foot import foot_lines
from digestbot.render.links import Links
from digestbot.render.template import load, shipped
from digestbot.render.words import Words

MAX_BYTES = 100_000
"""Gmail shows the first 102 kB of a message's HTML and hides the rest behind a link."""

NO_LINKS = Links()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Linked:
    """Text with an address, which is empty when it is not one to link to, and its language (BCP 47), empty if Latin."""

    text: str
    url: str
    lang: str
    medium: str = ""


@dataclass(frozen=True)
class Row:
    """A story as the template shows it."""

    title: Linked
    meta: str
    tldr: str
    note: str
    points: tuple[str, ...]
    why: str
    before: str
    others: tuple[Linked, ...]
    lang: str
    change: str = ""


@dataclass(frozen=True)
class Block:
    """A section as the template shows it; `brief` holds titles with their meta lines."""

    title: str
    rows: tuple[Row, ...]
    brief: tuple[tuple[Linked, str], ...]


def digest_html(
    digest: Digest, links: Links = NO_LINKS, template: Template | None = None, max_bytes: int = MAX_BYTES
) -> str:
    """Return the document by a template, the shipped one if left out, under `max_bytes` in UTF-8 however
    long the digest is.

    What does not fit is cut at a story's end, last sections first, with a line that says how many more there are.
    """
    blocks = tuple(_block(section, wording.of(digest)) for section in wording.shown(digest))
    total = sum(len(block.rows) + len(block.brief) for block in blocks)
    html = _document(digest, blocks, 0, links, template)
    if _fits(html, max_bytes):
        return html
    low, high = 0, total - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(_document(digest, _first(blocks, middle), total - middle, links, template), max_bytes):
            low = middle
        else:
            high = middle - 1
    return _document(digest, _first(blocks, low), total - low, links, template)


def language(text: str) -> str:
    """Return `ja`, `ko` or `zh` for text in those scripts, else "": it decides the shapes of Han characters."""
    if re.search("[\u3040-\u30ff]", text):
        return "ja"
    if re.search("[\uac00-\ud7af]", text):
        return "ko"
    return "zh" if re.search("[\u3400-\u9fff]", text) else ""


def _fits(html: str, max_bytes: int) -> bool:
    return len(html.encode()) <= max_bytes


def _first(blocks: tuple[Block, ...], count: int) -> tuple[Block, ...]:
    """Return the blocks with only the first `count` stories of all, those without one dropped."""
    kept = []
    for block in blocks:
        rows = block.rows[:count]
        brief = block.brief[: count - len(rows)]
        count -= len(rows) + len(brief)
        if rows or brief:
            kept.append(replace(block, rows=rows, brief=brief))
    return tuple(kept)


def checked_template(folder: Path) -> Template:
    """Return the template of a folder, or the shipped one, tried out on a digest that has every part.

    Raises ConfigError with name and line for what is wrong with it.
    """
    return load(folder, values(*sample(), cut=1)) or shipped()


def sample() -> tuple[Digest, Links]:
    """Return a digest that has every part, and links of every kind, to try templates out on."""
    entry = Entry(
        StoryId("s"), "Title", "https://example.org/", "paper", "Summary.", ("Point.",), "Why.", 0.5, "abstract",
        (("video", "Talk", "https://example.org/talk"),), ("Ada Lovelace",), EPOCH, "Update", "News.", EPOCH,
        ("Probability",), "en", "advanced",
    )  # fmt: skip
    digest = Digest(
        DigestId("d"), "s", "Roadmap", EPOCH, "Lead.", (DigestSection("I", "Section", (entry,), (entry,)),),
        ((ProposalId("p"), "Proposal"),), Foot({"filed": 1}), left_out=1, trends=Trends(4),
    )  # fmt: skip
    links = Links("https://example.org/1", "https://example.org/2", "https://example.org/3", "https://example.org/4")
    return digest, links


def _document(digest: Digest, blocks: tuple[Block, ...], cut: int, links: Links, template: Template | None) -> str:
    return (template or shipped()).render(values(digest, links, blocks, cut))


def values(digest: Digest, links: Links, blocks: tuple[Block, ...] | None = None, cut: int = 0) -> dict[str, Any]:
    """Return what a template is given: all stories, or some blocks of them and how many are `cut`."""
    words = wording.of(digest)
    if blocks is None:
        blocks = tuple(_block(section, words) for section in wording.shown(digest))
    return {
        "lang": digest.lang,
        "subject": wording.subject(digest),
        "heading": wording.heading(digest),
        "heading_lang": language(wording.heading(digest)),
        "day": wording.digest_day(digest),
        "count": wording.story_count(digest),
        "lead": wording.lead(digest),
        "blocks": blocks,
        "cut": wording.cut(cut, words),
        "left_out": wording.left_out(digest),
        "trends": wording.trends(digest),
        "proposals": wording.proposals(digest, links.review),
        "more_proposals": wording.more_proposals(digest, links.review),
        "foot": foot_lines(digest),
        "links": links,
        "words": words,
    }


def _block(section: DigestSection, words: Words) -> Block:
    rows = tuple(_row(entry, words) for entry in section.entries)
    brief = tuple(
        (
            _linked(wording.title(entry.title, words), entry.url),
            " · ".join(filter(None, (wording.meta(entry, words), wording.change(entry, words)))),
        )
        for entry in section.brief
    )
    return Block(wording.section_title(section, words), rows, brief)


def _row(entry: Entry, words: Words) -> Row:
    tldr = wording.tldr(entry)
    return Row(
        title=_linked(wording.title(entry.title, words), entry.url),
        meta=wording.meta(entry, words),
        tldr=tldr,
        note=wording.basis_note(entry, words),
        points=wording.points(entry),
        why=wording.why(entry),
        before=wording.before(entry, words),
        others=tuple(_linked(title, url, medium) for medium, title, url in wording.others(entry, words)),
        lang=language(tldr),
        change=wording.change(entry, words),
    )


def _linked(text: str, url: str, medium: str = "") -> Linked:
    return Linked(text, safe_url(url), language(text), medium)
