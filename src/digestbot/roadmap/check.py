"""What is wrong with a roadmap in itself: links that lead nowhere inside it, doubles, chapters with nothing in them.

Whether addresses on the web still answer is not asked here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Literal
from urllib.parse import unquote

from digestbot.keys import canonical_url
from digestbot.roadmap.folder import included_path, parts_of
from digestbot.roadmap.lines import split
from digestbot.roadmap.passage import Link
from digestbot.roadmap.records import FilePart, Roadmap
from digestbot.roadmap.sheets import Document, read_document

_ID = re.compile(r"(?<![\w-])(?:id|name)\s{0,3}=\s{0,3}[\"']?([^\s\"'>]{1,200})", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_MARKDOWN = re.compile(r"\.(?:md|markdown)$", re.IGNORECASE)
_SHOWN_CHARS = 80


@dataclass(frozen=True)
class Flaw:
    """Something to mend. `line` counts in `path`, a file of the roadmap's folder, or in the one file if that is "".

    An `error` leads a reader nowhere; a `warning` may be meant so.
    """

    severity: Literal["error", "warning"]
    line: int
    what: str
    path: str = ""


def flaws(roadmap: Roadmap) -> tuple[Flaw, ...]:
    """Return what is wrong, in the order of the document."""
    lines = split(roadmap.text)
    document = read_document(lines)
    found = [*_links(roadmap, document, lines), *_includes(lines), *_chapters(roadmap)]
    if all(chapter.implied for chapter in roadmap.chapters):
        found.append(Flaw("warning", 1, "it has no chapters: stories are filed into whole sections"))
    return tuple(_placed(flaw, roadmap.parts) for flaw in sorted(found, key=lambda flaw: flaw.line))


def _links(roadmap: Roadmap, document: Document, lines: Sequence[str]) -> Iterator[Flaw]:
    anchors = _anchors(document, lines)
    paths = {part.path for part in roadmap.parts}
    at = {number: part.path for part in roadmap.parts for number in range(part.first_line, part.last_line + 1)}
    for block in document.reading.blocks:
        for link in block.links:
            if what := _nowhere(link, anchors, at.get(link.line, ""), paths):
                yield Flaw("error", link.line, what)


def _nowhere(link: Link, anchors: frozenset[str], path: str, paths: set[str]) -> str:
    """Return why a link leads nowhere, "" where it does not or where nobody here can know."""
    url = link.url.strip()
    if url[:8].lower().startswith(("http://", "https://")):
        return "" if canonical_url(url) else f"{url[:_SHOWN_CHARS]!r} is no address"
    if url.startswith("#"):
        known = len(url) == 1 or unquote(url[1:]).lower() in anchors
        return "" if known else f"{url[:_SHOWN_CHARS]!r} is no heading of it"
    file = unquote(re.split(r"[?#]", url, maxsplit=1)[0])
    if not paths or not _MARKDOWN.search(file) or _SCHEME.match(url) or url.startswith("/"):
        return ""
    found = normpath(join(dirname(path), file)) in paths
    return "" if found else f"{file[:_SHOWN_CHARS]!r} is no file of the folder"


def _anchors(document: Document, lines: Sequence[str]) -> frozenset[str]:
    """Return what links inside the document can name: headings as GitHub and Jekyll spell them, ids and names."""
    slugs, given = Counter[str](), set[str]()
    for heading in document.reading.headings:
        # What GitHub keeps: letters, digits, underscores and hyphens, blanks as hyphens; doubles are counted.
        slug = re.sub(r"[^\w\- ]", "", heading.title.lower()).replace(" ", "-")
        given |= {slug, slug.strip("-"), re.sub(r"-{2,}", "-", slug).strip("-"), heading.id.lower()}
        given.add(f"{slug}-{slugs[slug]}")
        slugs[slug] += 1
    written = (match[1].lower() for line in lines if "=" in line for match in _ID.finditer(line))
    return frozenset(given | set(written))


def _includes(lines: Sequence[str]) -> Iterator[Flaw]:
    followed = {part.mark for part in parts_of(lines) if part.kind == "included"}
    for number, line in enumerate(lines, start=1):
        if (path := included_path(line)) and number + 1 not in followed:
            what = f"it includes {path[:_SHOWN_CHARS]!r}, which was not found" if followed else ""
            what = what or f"it includes {path[:_SHOWN_CHARS]!r}: read the folder that both are in"
            yield Flaw("warning", number, what)


def _chapters(roadmap: Roadmap) -> Iterator[Flaw]:
    titles = Counter(chapter.title for chapter in roadmap.chapters)
    for chapter in roadmap.chapters:
        if titles[chapter.title] > 1 and not chapter.implied:
            yield Flaw("warning", chapter.first_line, f"{titles[chapter.title]} chapters are called {chapter.title!r}")
        if not (chapter.prose or chapter.resources or chapter.goal):
            yield Flaw("warning", chapter.first_line, f"the chapter {chapter.title!r} has nothing in it")
        seen = set[str]()
        for resource in chapter.resources:
            address = canonical_url(resource.url)
            if address in seen:
                yield Flaw("warning", resource.line, f"{resource.url[:_SHOWN_CHARS]!r} stands in its chapter already")
            seen.add(address)


def _placed(flaw: Flaw, parts: Sequence[FilePart]) -> Flaw:
    """Count a line of a folder's document in its own file."""
    own = next((part for part in parts if part.first_line <= flaw.line <= part.last_line), None)
    if own is None:
        return flaw
    before = _lines_before(own, parts)
    return Flaw(flaw.severity, flaw.line - own.first_line + 1 + before, flaw.what, own.path)


def _lines_before(own: FilePart, parts: Sequence[FilePart]) -> int:
    earlier = (part for part in parts if part.path == own.path and part.first_line < own.first_line)
    return sum(part.last_line - part.first_line + 1 for part in earlier)
