"""The document with a sign at what is new in it, for reading; never written back."""

from __future__ import annotations

import re
from collections.abc import Collection

from digestbot.keys import canonical_url
from digestbot.roadmap.folder import included_path, is_mark
from digestbot.roadmap.lines import bare, ending, split
from digestbot.roadmap.records import Resource, Roadmap

NEW = "🆕"
_ITEM = re.compile(r"(?:[ \t]|>[ ]?)*(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}(?:\[[ xX]\][ \t]+)?")
_HEADING = re.compile(r"(?P<title>[ ]{0,3}#{1,6}[ \t].*?)(?P<end>[ \t]*#*[ \t]*)")


def marked(roadmap: Roadmap, addresses: Collection[str], chapters: Collection[str]) -> str:
    """Return the text with a sign before new resources, by their canonical addresses, and behind new chapters' titles.

    A link that is not found in its line as written is passed over.
    """
    lines = split(roadmap.text)
    for resource in _resources(roadmap):
        if canonical_url(resource.url) in addresses and resource.line <= len(lines):
            lines[resource.line - 1] = _with_sign(lines[resource.line - 1], resource)
    for chapter in roadmap.chapters:
        match = _HEADING.fullmatch(bare(lines[chapter.first_line - 1])) if chapter.id in chapters else None
        if match:
            line = lines[chapter.first_line - 1]
            lines[chapter.first_line - 1] = f"{match['title']} {NEW}{match['end']}{ending(line)}"
    return "".join(lines)


def one_file(text: str) -> str:
    """Return a text that was joined from files without the lines between them, and without those that include them."""
    lines = split(text)
    if not lines or not is_mark(lines[0]):
        return text
    behind = [*lines[1:], ""]
    kept = (line for line, after in zip(lines, behind, strict=True) if not (included_path(line) and is_mark(after)))
    return "".join(line for line in kept if not is_mark(line))


def _resources(roadmap: Roadmap) -> list[Resource]:
    own = [*roadmap.resources, *(resource for section in roadmap.sections for resource in section.resources)]
    return [*own, *(resource for chapter in roadmap.chapters for resource in chapter.resources)]


def _with_sign(line: str, resource: Resource) -> str:
    """Put the sign before a list item's words, or before the link inside prose."""
    item = _ITEM.match(line) if resource.item and resource.item[0] == resource.line else None
    if item:
        return line if line[item.end() :].startswith(NEW) else f"{line[: item.end()]}{NEW} {line[item.end() :]}"
    at = line.find(resource.url)
    opening = max(line.rfind("[", 0, at), line.rfind("<a", 0, at)) if at >= 0 else -1
    opening = at if at >= 0 and opening < 0 else opening
    if opening < 0 or line[:opening].endswith(f"{NEW} "):
        return line
    return f"{line[:opening]}{NEW} {line[opening:]}"
