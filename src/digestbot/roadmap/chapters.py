"""Changes that make chapters: a new one behind another, or one parted in two, in the document's own headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digestbot.errors import ReviewError
from digestbot.roadmap.addition import resource_line
from digestbot.roadmap.change import apply
from digestbot.roadmap.escape import escaped
from digestbot.roadmap.hunk import Change, Edit, changes_of_edits, chapter_of
from digestbot.roadmap.lines import bare, split
from digestbot.roadmap.records import Chapter, Roadmap
from digestbot.roadmap.resources import headings_of, links_of

_ATX = re.compile(r"(?P<open> {0,3}#{1,6}[ \t]+).*?(?P<close>[ \t]+#+)?[ \t]*")
_HTML = re.compile(r"(?P<open>\s*<h[1-6]\b[^>]*>).*?(?P<close></h[1-6]>)\s*", re.IGNORECASE)
_UNDERLINE = re.compile(r" {0,3}(?P<mark>[=-])[=-]*\s*")
_ID = re.compile(r"\s(?:id|name)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
_LABELS = {
    "goal": re.compile(
        r"(?P<open>\W{0,4}(?:(?:learning )?(?:goals?|objectives?|aims?)|(?:学习|學習|本[章节節])?目[标標的])"
        r"\s?[:：]\W{0,4})\S",
        re.I,
    ),
    "prerequisites": re.compile(
        r"(?P<open>\W{0,4}(?:prerequisites?|prereqs?|(?:前置|先修|预备|預備)(?:知识|知識|要求|课程|課程)?)\s?[:：]\W{0,4})\S",
        re.I,
    ),
}
_OWN_LABELS = {
    ("goal", "en"): "**Goal:** ",
    ("goal", "zh"): "**目标：** ",
    ("prerequisites", "en"): "**Prerequisites:** ",
    ("prerequisites", "zh"): "**前置知识：** ",
}


@dataclass(frozen=True)
class Newcomer:
    """A resource for a chapter that is to be made."""

    title: str
    url: str
    kind: str
    merit: str


def add_chapter(
    roadmap: Roadmap, after: str, title: str, goal: str, prerequisites: str, resources: Sequence[Newcomer]
) -> tuple[Change, ...]:
    """Return the change that puts a new chapter behind another one, on its level and in its style of heading.

    Behind a section that is its own only chapter comes a section like it. Raises ReviewError when the other chapter is
    unknown, or its heading is of a kind that cannot be written again.
    """
    chapter = chapter_of(roadmap, after)
    lines = split(roadmap.text)
    body = [
        line
        for name, said in (("goal", goal), ("prerequisites", prerequisites))
        if said
        for line in (_label(roadmap, lines, name) + escaped(said), "")
    ]
    items = [resource_line(roadmap, chapter, None, one.title, one.url, one.kind, one.merit) for one in resources]
    block = [*_heading(lines, chapter, title), "", *body, *items]
    changes = changes_of_edits(roadmap, [_behind(lines, chapter, block)])
    _check(roadmap, changes, after, title, len(resources))
    return changes


def split_chapter(roadmap: Roadmap, chapter_id: str, title: str, goal: str, urls: Sequence[str]) -> tuple[Change, ...]:
    """Return the changes that move list items, by their addresses, into a new chapter right behind theirs.

    Raises ReviewError when one of them is no list item of its own, or when none would be left.
    """
    chapter = chapter_of(roadmap, chapter_id)
    lines = split(roadmap.text)
    spans = {one.url: one.item for one in chapter.resources if one.item and one.url in urls}
    moved = sorted(filter(None, spans.values()))
    if len(moved) != len(set(urls)) or len(moved) >= sum(one.item is not None for one in chapter.resources):
        raise ReviewError(f"these items cannot be moved out of chapter {chapter_id!r}: edit it by hand")
    items = [bare(line) for first, last in moved for line in lines[first - 1 : last]]
    goals = [_label(roadmap, lines, "goal") + escaped(goal), ""] if goal else []
    block = [*_heading(lines, chapter, title), "", *goals, *items]
    out = [Edit(chapter_id, first - 1, last - first + 1, []) for first, last in moved]
    changes = changes_of_edits(roadmap, [*out, _behind(lines, chapter, block)])
    _check(roadmap, changes, chapter_id, title, 0)
    return changes


def _heading(lines: Sequence[str], chapter: Chapter, title: str) -> list[str]:
    own = [bare(line) for line in lines[chapter.first_line - 1 : chapter.end_of_heading]]
    if len(own) > 1 and (match := _UNDERLINE.fullmatch(own[-1])):
        return [escaped(title), match["mark"] * max(3, len(title))]
    for form in (_ATX, _HTML):
        if match := form.fullmatch(own[0] if own else ""):
            text = escaped(title) if form is _ATX else title.replace("&", "&amp;").replace("<", "&lt;")
            # An id is one chapter's own.
            return [_ID.sub("", match["open"]) + text + (match["close"] or "")]
    raise ReviewError(f"the heading of chapter {chapter.id!r} is written in a way of its own: add the chapter by hand")


def _label(roadmap: Roadmap, lines: Sequence[str], name: str) -> str:
    """Return how the document begins a statement of this name, with marks as they stand."""
    found = (match["open"] for line in lines if (match := _LABELS[name].match(bare(line))))
    own = _OWN_LABELS[name, "zh" if roadmap.lang == "zh" else "en"]
    return next((label for label in found if label.strip()), own)


def _behind(lines: Sequence[str], chapter: Chapter, block: Sequence[str]) -> Edit:
    """Return the edit that puts a block behind a chapter's content, parted by blank lines."""
    end = min(chapter.end_of_content, len(lines))
    before = [""] if end and bare(lines[end - 1]).strip() else []
    behind = [""] if end < len(lines) and bare(lines[end]).strip() else []
    return Edit(chapter.id, end, 0, [*before, *block, *behind])


def _check(roadmap: Roadmap, changes: Sequence[Change], after: str, title: str, resources: int) -> None:
    """Raise ReviewError unless the chapter is made, as one behind the other, and nothing else changed."""
    changed = apply(roadmap, *changes)
    places = [chapter.id for chapter in roadmap.chapters]
    expected = headings_of(roadmap)
    section = next(s for s in roadmap.sections if any(chapter.id == after for chapter in s.chapters))
    name = " ".join(title.split())
    implied = any(chapter.id == after and chapter.implied for chapter in section.chapters)
    expected.insert(places.index(after) + 1, (name if implied else section.title, name))
    grown = sum(links_of(changed).values()) - sum(links_of(roadmap).values())
    if headings_of(changed) != expected or grown != resources:
        raise ReviewError(f"no chapter can be put behind {after!r} without harm to the rest: edit it by hand")
