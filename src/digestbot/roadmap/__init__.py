"""The living document as a value: parse it, find a place in it, apply a change, render it.

Pure: no file, no network, no clock. Rendering a roadmap gives the bytes it was parsed from, and a change touches only
its own lines.
"""

from __future__ import annotations

from digestbot.roadmap.addition import propose_resource
from digestbot.roadmap.change import Change, apply, change_lines, changed_chapter, diff, line_of, revert
from digestbot.roadmap.outline import links, outline
from digestbot.roadmap.parse import parse, render
from digestbot.roadmap.patch import change_of
from digestbot.roadmap.records import Chapter, Resource, Roadmap, Section

__all__ = [
    "Change",
    "Chapter",
    "Resource",
    "Roadmap",
    "Section",
    "apply",
    "change_lines",
    "change_of",
    "changed_chapter",
    "diff",
    "line_of",
    "links",
    "outline",
    "parse",
    "propose_resource",
    "render",
    "revert",
]
