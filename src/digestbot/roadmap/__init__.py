"""The living document as a value: parse it, find a place in it, apply a change, render it.

Pure: no file, no network, no clock. Rendering a roadmap gives the bytes it was parsed from, and a change touches only
its own lines.
"""

from __future__ import annotations

from digestbot.roadmap.addition import merits, propose_resource
from digestbot.roadmap.change import apply, changed_chapter, line_of, revert
from digestbot.roadmap.folder import join_files, part_files
from digestbot.roadmap.hunk import Change, Edit, change_lines, changes_of_edits, chapter_version
from digestbot.roadmap.outline import links, outline, titles
from digestbot.roadmap.parse import parse, render
from digestbot.roadmap.patch import changes_of, diff
from digestbot.roadmap.places import Place, identify, places_of, reparse
from digestbot.roadmap.records import Chapter, FilePart, Resource, Roadmap, Section

__all__ = [
    "Change",
    "Chapter",
    "FilePart",
    "Edit",
    "Place",
    "Resource",
    "Roadmap",
    "Section",
    "apply",
    "change_lines",
    "changed_chapter",
    "changes_of",
    "changes_of_edits",
    "chapter_version",
    "diff",
    "identify",
    "join_files",
    "line_of",
    "links",
    "merits",
    "outline",
    "parse",
    "part_files",
    "places_of",
    "propose_resource",
    "render",
    "reparse",
    "revert",
    "titles",
]
