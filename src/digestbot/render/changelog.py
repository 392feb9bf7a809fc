"""The page of what happened to a roadmap week by week, as Markdown in its language; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from digestbot.render.escape import plain, safe_url
from digestbot.render.markdown import escaped
from digestbot.roadmap import Roadmap
from digestbot.roadmap.changelog import Entry, Week

_WORDS = {
    "en": {
        "title": "What changed in {}",
        "week": "Week of {} to {}",
        "nothing": "Nothing has changed since the roadmap was first seen.",
        "added": "Added",
        "removed": "Removed",
        "renamed": "Renamed",
        "moved": "Moved",
        "section": "section",
        "chapter": "chapter",
        "resource": "",
        "from": "from {}",
        "by": "by hand",
        "decided": "{}, {}",
    },
    "zh": {
        "title": "{}的变更",
        "week": "{} 至 {} 一周",
        "nothing": "自首次读入以来没有变更。",
        "added": "新增",
        "removed": "移除",
        "renamed": "改名",
        "moved": "移动",
        "section": "部分",
        "chapter": "章节",
        "resource": "",
        "from": "原为：{}",
        "by": "手工修改",
        "decided": "{}，{}",
    },
}
_MAX_TITLE, _MAX_WHY = 200, 300


def changelog_markdown(roadmap: Roadmap, weeks: Sequence[Week]) -> str:
    """Return the page, the latest week first, ending in a newline."""
    words = _WORDS["zh" if roadmap.lang == "zh" else "en"]
    blocks = [f"# {words['title'].format(escaped(plain(roadmap.title, _MAX_TITLE)))}"]
    for week in weeks:
        blocks.append(f"## {words['week'].format(week.monday, week.monday + timedelta(days=6))}")
        blocks += _places(week.entries, words)
    return "\n\n".join(blocks if weeks else [*blocks, words["nothing"]]) + "\n"


def _places(entries: Sequence[Entry], words: dict[str, str]) -> Iterator[str]:
    """Yield for each chapter its heading and what happened in it, in order of first mention."""
    by_place: dict[str, list[str]] = {}
    for entry in entries:
        place = " › ".join(escaped(plain(title, _MAX_TITLE)) for title in (entry.section, entry.chapter) if title)
        by_place.setdefault(place, []).append(_line(entry, words))
    for place, lines in by_place.items():
        if place:
            yield f"### {place}"
        yield "\n".join(lines)


def _line(entry: Entry, words: dict[str, str]) -> str:
    title, url = escaped(plain(entry.title, _MAX_TITLE)) or "?", safe_url(entry.url)
    name = f"[{title}](<{url}>)" if url else title
    what = " ".join(filter(None, (words[entry.how], words[entry.what], name)))
    former = words["from"].format(escaped(plain(entry.former, _MAX_TITLE))) if entry.former else ""
    decided = words["decided"].format(escaped(plain(entry.by, 80)), entry.proposal) if entry.proposal else words["by"]
    why = f": {escaped(plain(entry.why, _MAX_WHY))}" if entry.why else ""
    return f"- {what}{f', {former}' if former else ''} ({decided}){why}"
