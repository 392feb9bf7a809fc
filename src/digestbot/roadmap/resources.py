"""Changes of the resources that a document has: replaced, retired, merged, corrected, put into another order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from digestbot.errors import ReviewError
from digestbot.keys import canonical_url
from digestbot.roadmap.addition import resource_line
from digestbot.roadmap.change import apply
from digestbot.roadmap.escape import escaped, link_target
from digestbot.roadmap.hunk import Change, Edit, changes_of_edits, chapter_of
from digestbot.roadmap.lines import bare, split
from digestbot.roadmap.records import Chapter, Resource, Roadmap

_ANCHOR = r"<a\b[^>]*\bhref\s*=\s*[\"']?{url}[\"']?[^>]*>(?P<title>.*?)</a>"
_INLINE = r"!?\[(?P<title>(?:[^\[\]\\]|\\.|\[[^\]]*\])*)\]\(\s*<?{url}>?(?:\s+[\"'(][^)]*)?\s*\)"


def replace_resource(
    roadmap: Roadmap, chapter_id: str, old_url: str, title: str, url: str, kind: str, merit: str
) -> tuple[Change, ...]:
    """Return the change that puts another resource in the place of one, in its own line and style.

    A resource that heads no list item of one line changes only its title and address. Raises ReviewError when the
    chapter has no such resource.
    """
    chapter, resource = _resource(roadmap, chapter_id, old_url)
    lines = split(roadmap.text)
    if resource.item and resource.item[0] == resource.item[1]:
        new = resource_line(roadmap, chapter, resource, title, url, kind, merit)
        return _checked(roadmap, [Edit(chapter_id, resource.line - 1, 1, [new])], {old_url: -1, url: 1})
    pattern = re.compile(_INLINE.format(url=re.escape(resource.url)))
    fresh, count = pattern.subn(lambda _: f"[{escaped(title)}]({link_target(url)})", bare(lines[resource.line - 1]))
    if not count:
        raise _by_hand(resource)
    return _checked(roadmap, [Edit(chapter_id, resource.line - 1, 1, [fresh])], {old_url: -count, url: count})


def readdress(roadmap: Roadmap, old_url: str, url: str) -> tuple[Change, ...]:
    """Return the changes that put another address wherever chapters link to one; titles and words stay.

    Raises ReviewError when no chapter has it in a way that can be changed.
    """
    lines, edits, counts = split(roadmap.text), list[Edit](), Counter[str]()
    for chapter in roadmap.chapters:
        for number in sorted({one.line for one in chapter.resources if one.url == old_url}):
            line = bare(lines[number - 1])
            fresh, count = _readdressed(line, old_url, url)
            if count:
                edits.append(Edit(chapter.id, number - 1, 1, [fresh]))
                counts[old_url] += sum(one.url == old_url for one in chapter.resources if one.line == number)
    if not edits:
        raise ReviewError(f"no chapter of {roadmap.name!r} links to {old_url!r} as it is: edit it by hand")
    return _checked(roadmap, edits, {old_url: -counts[old_url], url: counts[old_url]})


def retire_resource(roadmap: Roadmap, chapter_id: str, url: str) -> tuple[Change, ...]:
    """Return the change that takes a resource out: its list item, or in prose the link alone, whose words stay.

    Raises ReviewError when the chapter has no such resource, or other resources stand in its item.
    """
    edit, count = _retiring(roadmap, *_resource(roadmap, chapter_id, url))
    return _checked(roadmap, [edit], {url: -count})


def merge_resources(
    roadmap: Roadmap, kept: tuple[str, str], merged: tuple[str, str], url: str = ""
) -> tuple[Change, ...]:
    """Return the changes after which one resource stands for two, each given by its chapter and address.

    The line that is kept stays as it is, but for another address if `url` gives one. Raises ReviewError as
    `retire_resource`.
    """
    chapter, stays = _resource(roadmap, *kept)
    edit, count = _retiring(roadmap, *_resource(roadmap, *merged))
    if not url or url == stays.url:
        return _checked(roadmap, [edit], {merged[1]: -count})
    line = bare(split(roadmap.text)[stays.line - 1])
    fresh, found = _readdressed(line, stays.url, url)
    if not found:
        raise _by_hand(stays)
    moved = sum(one.url == stays.url for one in chapter.resources if one.line == stays.line)
    meant = Counter({url: moved})
    meant.subtract({stays.url: moved})
    meant.subtract({merged[1]: count})
    return _checked(roadmap, [edit, Edit(chapter.id, stays.line - 1, 1, [fresh])], meant)


def correct_line(roadmap: Roadmap, chapter_id: str, line: int, old: str, new: str) -> tuple[Change, ...]:
    """Return the change that puts some words in the place of others on a line of a chapter.

    Raises ReviewError when the line does not have them exactly once.
    """
    lines = split(roadmap.text)
    there = bare(lines[line - 1]) if 0 < line <= len(lines) else ""
    if not old or there.count(old) != 1:
        raise ReviewError(f"line {line} of {roadmap.name!r} does not say {old[:80]!r} once: reload the roadmap")
    # Words that go take the space behind them along.
    gone = next((words for words in (f"{old} ", f" {old}") if not new and words in there), old)
    return _checked(roadmap, [Edit(chapter_id, line - 1, 1, [there.replace(gone, escaped(new))])], {})


def reorder_resources(roadmap: Roadmap, chapter_id: str, order: Sequence[str]) -> tuple[Change, ...]:
    """Return the change that puts list items of a chapter, by their addresses, into another order.

    They change places among themselves: what stands between them stays. Raises ReviewError when one of them is no list
    item of its own, or when they are in this order already.
    """
    chapter = chapter_of(roadmap, chapter_id)
    lines = split(roadmap.text)
    items = {one.url: one.item for one in chapter.resources if one.item and one.url in order}
    spans = sorted(filter(None, items.values()))
    if len(items) != len(order) or any(a[1] >= b[0] for a, b in pairwise(spans)):
        raise ReviewError(f"not all of these stand in chapter {chapter_id!r} as list items of their own")
    wanted = [items[url] for url in order]
    if wanted == spans:
        raise ReviewError(f"chapter {chapter_id!r} is in this order already: nothing is left to do")
    edits = [
        Edit(chapter_id, at[0] - 1, at[1] - at[0] + 1, [bare(line) for line in lines[now[0] - 1 : now[1]]])
        for at, now in zip(spans, wanted, strict=True)
        if now and now != at
    ]
    return _checked(roadmap, edits, {})


def _resource(roadmap: Roadmap, chapter_id: str, url: str) -> tuple[Chapter, Resource]:
    chapter = chapter_of(roadmap, chapter_id)
    found = next((one for one in chapter.resources if one.url == url), None) or next(
        (one for one in chapter.resources if canonical_url(one.url) == canonical_url(url)), None
    )
    if found is None:
        raise ReviewError(f"chapter {chapter_id!r} has no link to {url!r} any more: nothing is left to do")
    return chapter, found


def _retiring(roadmap: Roadmap, chapter: Chapter, resource: Resource) -> tuple[Edit, int]:
    """Return the edit that takes a resource out, and how many links go with it."""
    lines = split(roadmap.text)
    if resource.item:
        first, last = resource.item
        within = [one for one in chapter.resources if first <= one.line <= last and one is not resource]
        if not within:
            return Edit(chapter.id, first - 1, _with_gap(lines, first, last) - first + 1, []), 1
    fresh, count = _unlinked(bare(lines[resource.line - 1]), resource.url)
    if not count:
        raise _by_hand(resource)
    return Edit(chapter.id, resource.line - 1, 1, [fresh]), count


def _readdressed(line: str, old_url: str, url: str) -> tuple[str, int]:
    """Return a line with another address in the place of one, and how often it stood there."""
    target = link_target(url)
    return re.subn(rf"{re.escape(old_url)}(?![\w/?#&=%+~-])", lambda _: target, line)


def _unlinked(line: str, url: str) -> tuple[str, int]:
    """Return a line with the links to an address taken off their titles, and how many there were."""
    count = 0
    for form in (_INLINE, _ANCHOR):
        line, found = re.subn(form.format(url=re.escape(url)), lambda match: match["title"], line, flags=re.IGNORECASE)
        count += found
    return line, count


def _with_gap(lines: Sequence[str], first: int, last: int) -> int:
    """Return the last line to take out with an item: with the blank one behind it where one stands before it, too."""
    before = first < 2 or not bare(lines[first - 2]).strip()
    return last + 1 if before and last < len(lines) and not bare(lines[last]).strip() else last


def _checked(roadmap: Roadmap, edits: Sequence[Edit], expected: Mapping[str, int]) -> tuple[Change, ...]:
    """Return the changes of edits; raises ReviewError when they would do more to links and headings than is meant."""
    changes = changes_of_edits(roadmap, edits)
    changed = apply(roadmap, *changes)
    difference = links_of(changed)
    difference.subtract(links_of(roadmap))
    meant = Counter[str]()
    for url, count in expected.items():
        meant[canonical_url(url)] += count
    if {k: n for k, n in difference.items() if n} != {k: n for k, n in meant.items() if n}:
        raise ReviewError(
            f"chapter {edits[0].chapter!r} cannot be changed without harm to other links: edit it by hand"
        )
    if headings_of(changed) != headings_of(roadmap):
        raise ReviewError(f"chapter {edits[0].chapter!r} cannot be changed without harm to headings: edit it by hand")
    return changes


def links_of(roadmap: Roadmap) -> Counter[str]:
    """Return how often each address stands in chapters and sections."""
    inside = [one for chapter in roadmap.chapters for one in chapter.resources]
    return Counter(canonical_url(one.url) for one in [*inside, *(o for s in roadmap.sections for o in s.resources)])


def headings_of(roadmap: Roadmap) -> list[tuple[str, str]]:
    """Return the titles of sections with those of their chapters, in order."""
    return [(section.title, chapter.title) for section in roadmap.sections for chapter in section.chapters]


def _by_hand(resource: Resource) -> ReviewError:
    return ReviewError(
        f"the link to {resource.url!r} on line {resource.line} is written in a way of its own: edit it by hand"
    )
