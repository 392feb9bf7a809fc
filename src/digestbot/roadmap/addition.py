"""Writes a new resource into a chapter the way the document writes its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from digestbot.errors import ReviewError
from digestbot.roadmap.change import apply
from digestbot.roadmap.escape import escaped, link_target
from digestbot.roadmap.folder import is_mark
from digestbot.roadmap.hunk import Change, change_lines
from digestbot.roadmap.kinds import IN_CHINESE, STATED
from digestbot.roadmap.lines import bare, split
from digestbot.roadmap.records import Chapter, Resource, Roadmap

_BULLET = re.compile(r"(?P<indent>(?:[ \t]|>[ ]?)*)(?P<mark>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]{1,4})")
# What follows a link in a list item: the kind in brackets, then what parts it from the words on its merit.
_AFTER_LINK = re.compile(
    r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)(?P<label>\s?[(（](?P<kind>[^()（）]{1,24})[)）])?(?P<sign>\s?[:：]|\s[-–—]+|——|，|,)?"
)
_MAX_NEIGHBOURS = 12


def propose_resource(roadmap: Roadmap, chapter_id: str, title: str, url: str, kind: str, merit: str) -> Change:
    """Return the change that puts a resource into a chapter, in the document's own list style.

    It follows the chapter's last resource of its kind, else its last listed resource, else the chapter's text. Raises
    ReviewError when the chapter is unknown, the address is not one of the web, or no place leaves the rest as it is.
    """
    chapter = roadmap.chapter(chapter_id)
    if chapter is None:
        raise ReviewError(f"roadmap {roadmap.name!r} has no chapter {chapter_id!r}: choose another")
    lines = split(roadmap.text)
    address = link_target(url)
    for after, neighbour in _places(chapter, kind, lines):
        style = _style(roadmap, chapter, lines, neighbour)
        item = style.item(escaped(title) or escaped(url), address, kind, escaped(merit))
        around = _with_blank_lines([item], lines, after, style) if neighbour is None or style.is_loose else [item]
        change = change_lines(roadmap, chapter_id, after, 0, around)
        if _only_adds(roadmap, apply(roadmap, change), chapter_id, address):
            return change
    raise ReviewError(f"no place in chapter {chapter_id!r} takes a list item without harm to the rest: edit it by hand")


def resource_line(
    roadmap: Roadmap, chapter: Chapter, place: Resource | None, title: str, url: str, kind: str, merit: str
) -> str:
    """Return a list item for a resource in a chapter's style; with the mark of the item in whose place it stands."""
    lines = split(roadmap.text)
    style = _style(roadmap, chapter, lines, place)
    match = _BULLET.match(bare(lines[place.item[0] - 1])) if place and place.item else None
    own = replace(style, mark=match[0]) if match else style
    return own.item(escaped(title) or escaped(url), link_target(url), kind, escaped(merit))


def merits(roadmap: Roadmap, chapter: Chapter, limit: int = _MAX_NEIGHBOURS) -> list[str]:
    """Return the words by which a chapter's resources are introduced, of the whole document's where it has too few."""
    lines = split(roadmap.text)
    own = list(_merits(chapter.resources, lines))
    others = (merit for other in roadmap.chapters if other is not chapter for merit in _merits(other.resources, lines))
    return [*own, *islice(others, max(0, limit - len(own)))][:limit]


def _merits(resources: Sequence[Resource], lines: Sequence[str]) -> Iterator[str]:
    for resource in resources:
        line = bare(lines[resource.line - 1]) if resource.item else ""
        match = _AFTER_LINK.search(line)
        if match and match["sign"] and (merit := line[match.end() :].strip()):
            yield merit


@dataclass(frozen=True)
class _Style:
    """How a document writes a resource: `mark` with indent and gap, `label` as pattern for the kind, then `sign`."""

    mark: str
    label: str
    sign: str
    words: dict[str, str]
    is_loose: bool

    def item(self, title: str, address: str, kind: str, merit: str) -> str:
        label = self.label.format(self.words.get(kind, kind)) if kind in STATED.values() else ""
        return f"{self.mark}[{title}]({address}){label}" + (f"{self.sign}{merit}" if merit else "")


def _places(chapter: Chapter, kind: str, lines: Sequence[str]) -> Iterator[tuple[int, Resource | None]]:
    """Yield line numbers to put the resource after, best first, with the neighbour whose style it takes."""
    listed = [resource for resource in chapter.resources if resource.item]
    if listed:
        shallow = min(_indent(resource, lines) for resource in listed)
        outer = [resource for resource in listed if _indent(resource, lines) == shallow]
        same_kind = [resource for resource in outer if resource.kind == kind and not _is_numbered(resource, lines)]
        for resource in dict.fromkeys([*same_kind[-1:], outer[-1]]):
            if resource.item:
                yield resource.item[1], resource
    yield min(chapter.end_of_content, len(lines)), None
    yield min(chapter.end_of_heading, len(lines)), None


def _style(roadmap: Roadmap, chapter: Chapter, lines: Sequence[str], neighbour: Resource | None) -> _Style:
    """Take the style from the chapter's own resources, and from the document's where it has none."""
    own = [resource for resource in chapter.resources if resource.item]
    others = [resource for other in roadmap.chapters for resource in other.resources if resource.item]
    models = own[-_MAX_NEIGHBOURS:] or others[:_MAX_NEIGHBOURS]
    tails = [match for resource in models if (match := _AFTER_LINK.search(bare(lines[resource.line - 1])))]
    labelled = [match for match in tails if match["label"] and STATED.get(match["kind"].strip().lower())]
    has_label = 2 * len(labelled) > len(tails) or not models
    label = re.sub(r"[^\s()（）]+.*?(?=[)）])", "{}", labelled[-1]["label"]) if labelled else _label(roadmap.lang)
    words = {STATED[match["kind"].strip().lower()]: match["kind"].strip() for match in _labels(others, lines)}
    spoken = IN_CHINESE if roadmap.lang == "zh" and not words else {}
    return _Style(
        mark=_mark(neighbour or (models[-1] if models else None), lines, is_new=neighbour is None),
        label=label if has_label else "",
        sign=_sign(roadmap.lang, tails),
        words={**spoken, **words},
        is_loose=neighbour is not None and _is_loose(own, neighbour, lines),
    )


def _labels(resources: Sequence[Resource], lines: Sequence[str]) -> Iterator[re.Match[str]]:
    for resource in resources:
        match = _AFTER_LINK.search(bare(lines[resource.line - 1]))
        if match and match["kind"] and match["kind"].strip().lower() in STATED:
            yield match


def _label(lang: str) -> str:
    return "（{}）" if lang == "zh" else " ({})"


def _sign(lang: str, tails: Sequence[re.Match[str]]) -> str:
    """Return what most items put between the link and the words on its merit."""
    signs = [match["sign"] for match in tails if match["sign"]]
    sign = max(signs, key=signs.count) if signs else ("：" if lang == "zh" else ":")
    return sign if sign.strip() in ("：", "——", "，") else f"{sign} "


def _mark(model: Resource | None, lines: Sequence[str], *, is_new: bool) -> str:
    """Return indent, bullet and gap of an item like the model's; a numbered one counts on."""
    match = _BULLET.match(bare(lines[model.item[0] - 1]).removeprefix("\ufeff")) if model and model.item else None
    if match is None:
        return "- "
    mark, indent = match["mark"], "" if is_new else match["indent"]
    if mark[:-1].isdigit():
        mark = "1" + mark[-1] if is_new else str(int(mark[:-1]) + 1) + mark[-1]
    return f"{indent}{mark}{match['gap']}"


def _is_numbered(resource: Resource, lines: Sequence[str]) -> bool:
    match = _BULLET.match(bare(lines[resource.item[0] - 1])) if resource.item else None
    return bool(match and match["mark"][:-1].isdigit())


def _indent(resource: Resource, lines: Sequence[str]) -> int:
    match = _BULLET.match(bare(lines[resource.item[0] - 1])) if resource.item else None
    return len(match["indent"].expandtabs(4)) if match else 0


def _is_loose(own: Sequence[Resource], neighbour: Resource, lines: Sequence[str]) -> bool:
    """Whether the items of the neighbour's list stand apart by blank lines."""
    spans = [resource.item for resource in own if resource.item]
    for (_, last), (first, end) in pairwise(spans):
        if neighbour.item in ((first, end), spans[0]) and first > last + 1:
            return all(not bare(line).strip() for line in lines[last : first - 1])
    return False


def _with_blank_lines(item: list[str], lines: Sequence[str], after: int, style: _Style) -> list[str]:
    """Part an item from text before and behind it."""
    above = bare(lines[after - 1]).removeprefix("\ufeff") if after and not is_mark(lines[after - 1]) else ""
    before = [""] if above.strip() else []
    behind = [""] if after < len(lines) and bare(lines[after]).strip() and not is_mark(lines[after]) else []
    return [*before, *item, *behind]


def _only_adds(roadmap: Roadmap, changed: Roadmap, chapter_id: str, address: str) -> bool:
    """Whether the chapter has one more resource and everything else is as it was."""
    before = {chapter.id: [resource.url for resource in chapter.resources] for chapter in roadmap.chapters}
    after = {chapter.id: [resource.url for resource in chapter.resources] for chapter in changed.chapters}
    url = address.replace("&amp;", "&")
    if url not in after.get(chapter_id, []):
        return False
    after[chapter_id].remove(url)
    headings = [[(part.id, part.title) for part in page.sections] for page in (roadmap, changed)]
    return before == after and headings[0] == headings[1]
