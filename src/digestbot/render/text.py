"""A digest as text for a terminal and for the plain part of a mail; pure."""

from __future__ import annotations

from collections.abc import Iterator

from digestbot.domain import Digest, DigestSection, Entry
from digestbot.render import wording
from digestbot.render.columns import columns, wrap
from digestbot.render.escape import safe_url
from digestbot.render.foot import foot_lines
from digestbot.render.words import Words

MIN_WIDTH = 20

_BOLD, _DIM, _LINK, _ACCENT = "1", "2", "36", "1;33"
_INDENT = "    "


def digest_text(digest: Digest, width: int = 80, colour: bool = False, review: str = "") -> str:
    """Return the digest as lines of at most `width` columns (addresses are never broken), ending in a newline.

    `review` is the page that lists proposals, empty where there are no pages.

    Escape sequences occur only with `colour`, and only ours: those of outside text are removed.
    """
    width, words = max(width, MIN_WIDTH), wording.of(digest)
    lines: list[tuple[str, str]] = [*_head(digest, width)]
    number = 1
    for section in wording.shown(digest):
        lines += _section(section, number, width, words)
        number += len(section.entries)
    lines += _trends(digest, width)
    lines += _proposals(digest, width, review)
    lines += _foot(digest, width)
    return "".join(_painted(line, style if colour else "") + "\n" for style, line in lines)


def _painted(line: str, style: str) -> str:
    return f"\x1b[{style}m{line}\x1b[0m" if style and line else line


def _styled(style: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    return ((style, line) for line in lines)


def _head(digest: Digest, width: int) -> Iterator[tuple[str, str]]:
    heading = wrap(wording.subject(digest), width)
    yield from _styled(_BOLD, heading)
    yield _DIM, "═" * max(columns(line) for line in heading)
    lead = wording.lead(digest)
    if lead:
        yield "", ""
        yield from _styled("", wrap(lead, width))


def _section(section: DigestSection, number: int, width: int, words: Words) -> Iterator[tuple[str, str]]:
    heading = wrap(wording.section_title(section, words), width)
    yield "", ""
    yield "", ""
    yield from _styled(_ACCENT, heading)
    yield _DIM, "─" * max(columns(line) for line in heading)
    for entry in section.entries:
        yield "", ""
        yield from _entry(entry, number, width, words)
        number += 1
    if section.brief:
        yield "", ""
        yield _BOLD, _INDENT + words.brief
    for entry in section.brief:
        yield from _brief(entry, width, words)


def _entry(entry: Entry, number: int, width: int, words: Words) -> Iterator[tuple[str, str]]:
    yield from _styled(_BOLD, wrap(wording.title(entry.title, words), width, f"{number:>2}. ", _INDENT))
    yield from _styled(_DIM, wrap(wording.meta(entry, words), width, _INDENT, _INDENT))
    url = safe_url(entry.url)
    if url:
        yield _LINK, _INDENT + url
    change = wording.change(entry, words)
    if change:
        yield "", ""
        yield from _styled(_BOLD, wrap(change, width, _INDENT, _INDENT))
    body = f"{wording.tldr(entry)} {wording.basis_note(entry, words)}".strip()
    if body:
        yield "", ""
        yield from _styled("", wrap(body, width, _INDENT, _INDENT))
    for point in wording.points(entry):
        yield from _styled("", wrap(point, width, _INDENT + "• ", _INDENT + "  "))
    why = wording.why(entry)
    if why:
        yield from _styled(_DIM, wrap(f"{words.why}{words.colon}{why}", width, _INDENT, _INDENT))
    before = wording.before(entry, words)
    if before:
        yield from _styled(_DIM, wrap(f"{words.before}{words.colon}{before}", width, _INDENT, _INDENT))
    for medium, title, raw in wording.others(entry, words):
        text = f"{words.also}{words.list_comma}{medium}{words.colon}{title} {safe_url(raw)}".rstrip()
        yield from _styled(_DIM, wrap(text, width, _INDENT, _INDENT))


def _brief(entry: Entry, width: int, words: Words) -> Iterator[tuple[str, str]]:
    parts = (wording.title(entry.title, words), wording.meta(entry, words), wording.change(entry, words))
    line = " · ".join(part for part in parts if part)
    yield from _styled("", wrap(line, width, _INDENT + "• ", _INDENT + "  "))
    url = safe_url(entry.url)
    if url:
        yield _LINK, f"{_INDENT}  {url}"


def _trends(digest: Digest, width: int) -> Iterator[tuple[str, str]]:
    if wording.left_out(digest):
        yield "", ""
        yield from _styled(_DIM, wrap(wording.left_out(digest), width, _INDENT, _INDENT))
    lines, heading = wording.trends(digest), wording.of(digest).trends
    if not lines:
        return
    yield "", ""
    yield "", ""
    yield _ACCENT, heading
    yield _DIM, "─" * columns(heading)
    for line in lines:
        yield from _styled("", wrap(line, width, "  • ", _INDENT))


def _proposals(digest: Digest, width: int, review: str) -> Iterator[tuple[str, str]]:
    listed = wording.proposals(digest, review)
    if not listed:
        return
    yield "", ""
    yield "", ""
    yield _ACCENT, wording.of(digest).proposals
    yield _DIM, "─" * columns(wording.of(digest).proposals)
    for text, command in listed:
        yield from _styled("", wrap(text, width, "  • ", _INDENT))
        yield _LINK, _INDENT + command
    more = wording.more_proposals(digest, review)
    if more:
        yield from _styled(_DIM, wrap(more, width, _INDENT, _INDENT))


def _foot(digest: Digest, width: int) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield _DIM, "─" * min(width, 40)
    for line in foot_lines(digest):
        yield from _styled(_DIM, wrap(line, width))
