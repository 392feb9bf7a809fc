"""`digestbot roadmap list | show | check | changes`: looking at roadmaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from digestbot.adapters.ledger import Ledger
from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.adapters.roadmap_git.shelf import shelved
from digestbot.app import document_of, documents_of, ledger_of
from digestbot.commands.console import Terminal, counted, plain, terminal, write_json
from digestbot.errors import ConfigError
from digestbot.keys import canonical_url
from digestbot.render.changelog import changelog_markdown
from digestbot.roadmap import Chapter, Resource, Roadmap, Section
from digestbot.roadmap.changelog import changelog, new_chapters, new_resources
from digestbot.roadmap.check import flaws
from digestbot.roadmap.marking import NEW
from digestbot.settings import Settings


def list_command(settings: Settings, as_json: bool) -> int:
    """Write every roadmap that there is, those that stories are filed into first."""
    used = {files.name: files for files in documents_of(settings)}
    others = [RoadmapFiles(settings.home, one.name) for one in shelved(settings.home) if one.name not in used]
    rows = [_row(files, "main" if at == 0 else "filed into") for at, files in enumerate(used.values())]
    rows += [_row(files, "") for files in others]
    if as_json:
        for row in rows:
            write_json(row)
        return 0
    where = terminal()
    columns = ("name", "use", "language", "sections", "chapters", "links", "title")
    where.table(columns, [[row[name] for name in columns] for row in rows], wide="title")
    where.say("Look at one: digestbot roadmap show NAME. DIGESTBOT_ROADMAP and DIGESTBOT_MORE_ROADMAPS choose them.")
    return 0


def show_command(settings: Settings, name: str, chapter: str, days: int, now: datetime, as_json: bool) -> int:
    """Write a roadmap's outline, or a chapter with its resources."""
    with ledger_of(settings) as ledger:
        roadmap = document_of(settings, name, ledger, now).read()
        fresh = _Fresh(ledger, roadmap, now - timedelta(days=days))
    where = terminal()
    if chapter:
        return _show_part(where, roadmap, chapter, fresh, as_json)
    if as_json:
        write_json(_outline_values(roadmap, fresh))
        return 0
    where.out.print(plain(roadmap.title), style="bold", markup=False)
    where.table(("new", "links", "title", "id"), list(_outline_rows(roadmap, fresh)), wide="id")
    where.say(f"{_counts(roadmap)}. One of them: digestbot roadmap show {roadmap.name} --chapter ID")
    return 0


def check_command(settings: Settings, name: str, as_json: bool) -> int:
    """Write what is wrong inside a roadmap; 1 where something leads nowhere."""
    files = document_of(settings, name)
    roadmap = files.read()
    found = flaws(roadmap)
    where = terminal()
    if as_json:
        for flaw in found:
            write_json(asdict(flaw))
    else:
        rows = [(flaw.severity, f"{flaw.path}:{flaw.line}".lstrip(":"), flaw.what) for flaw in found]
        where.table(("", "line", "what"), rows, wide="what")
        where.say(f"{files.path}: {_counts(roadmap)}; {counted(len(found), 'flaw') if found else 'nothing is wrong'}.")
    return int(any(flaw.severity == "error" for flaw in found))


def changes_command(settings: Settings, name: str, weeks: int, now: datetime, as_json: bool) -> int:
    """Write what changed in a roadmap, week by week."""
    with ledger_of(settings) as ledger:
        roadmap = document_of(settings, name, ledger, now).read()
        events = ledger.outlines.events(roadmap.name, now - timedelta(weeks=weeks))
        found = changelog(roadmap, events, ledger.publications.proposals())
    if as_json:
        for week in found:
            write_json({"week": week.monday.isoformat(), "entries": [asdict(entry) for entry in week.entries]})
        return 0
    terminal().write(changelog_markdown(roadmap, found))
    return 0


class _Fresh:
    """What is new in a roadmap since an instant."""

    def __init__(self, ledger: Ledger, roadmap: Roadmap, since: datetime) -> None:
        events = ledger.outlines.events(roadmap.name, since)
        self.addresses = new_resources(roadmap, events, since)
        self.chapters = new_chapters(roadmap, events, since)

    def has(self, resource: Resource) -> bool:
        return canonical_url(resource.url) in self.addresses

    def count(self, chapter: Chapter) -> int:
        return sum(map(self.has, chapter.resources))

    def sign(self, chapter: Chapter) -> str:
        count = f"+{self.count(chapter)}" if self.count(chapter) else ""
        return " ".join(filter(None, (NEW if chapter.id in self.chapters else "", count)))


def _row(files: RoadmapFiles, use: str) -> dict[str, Any]:
    try:
        roadmap = files.read()
    except ConfigError as error:
        return {"name": files.name, "use": use, "language": "", "sections": 0, "chapters": 0, "links": 0} | {
            "title": str(error),
            "path": str(files.path),
        }
    return {
        "name": roadmap.name,
        "use": use,
        "language": roadmap.lang,
        "sections": len(roadmap.sections),
        "chapters": len(roadmap.chapters),
        "links": len(roadmap.addresses),
        "title": roadmap.title,
        "path": str(files.path),
    }


def _counts(roadmap: Roadmap) -> str:
    return (
        f"{counted(len(roadmap.sections), 'section')}, {counted(len(roadmap.chapters), 'chapter')}, "
        f"{counted(len(roadmap.addresses), 'link')}"
    )


def _outline_rows(roadmap: Roadmap, fresh: _Fresh) -> Iterator[tuple[object, ...]]:
    for section in roadmap.sections:
        implied = [chapter for chapter in section.chapters if chapter.implied]
        links = len(section.resources) + sum(len(chapter.resources) for chapter in implied)
        signs = " ".join(filter(None, map(fresh.sign, implied)))
        takes = "" if section.filing else " (takes no stories)"
        yield signs, links or "", f"{section.title}{takes}", section.id
        for chapter in section.chapters:
            if not chapter.implied:
                yield fresh.sign(chapter), len(chapter.resources), f"  {chapter.title}", chapter.id


def _outline_values(roadmap: Roadmap, fresh: _Fresh) -> dict[str, Any]:
    return {
        "name": roadmap.name,
        "title": roadmap.title,
        "lang": roadmap.lang,
        "version": roadmap.version,
        "resources": [_resource_values(resource, fresh) for resource in roadmap.resources],
        "sections": [_section_values(section, fresh) for section in roadmap.sections],
    }


def _section_values(section: Section, fresh: _Fresh) -> dict[str, Any]:
    values = {name: getattr(section, name) for name in ("id", "title", "goal", "prerequisites", "filing")}
    return values | {
        "resources": [_resource_values(resource, fresh) for resource in section.resources],
        "chapters": [_chapter_values(chapter, fresh) for chapter in section.chapters],
    }


def _chapter_values(chapter: Chapter, fresh: _Fresh) -> dict[str, Any]:
    names = ("id", "title", "goal", "prerequisites", "first_line", "last_line", "implied")
    return {name: getattr(chapter, name) for name in names} | {
        "new": chapter.id in fresh.chapters,
        "resources": [_resource_values(resource, fresh) for resource in chapter.resources],
    }


def _resource_values(resource: Resource, fresh: _Fresh) -> dict[str, Any]:
    names = ("title", "url", "kind", "line", "words")
    return {name: getattr(resource, name) for name in names} | {"new": fresh.has(resource)}


def _show_part(where: Terminal, roadmap: Roadmap, id: str, fresh: _Fresh, as_json: bool) -> int:
    section = next((section for section in roadmap.sections if section.id == id), None)
    chapter = roadmap.chapter(id)
    part = chapter or section
    if part is None:
        raise ConfigError(f"the roadmap {roadmap.name!r} has no chapter {id!r}: see 'digestbot roadmap show'")
    if as_json:
        write_json(_chapter_values(chapter, fresh) if chapter else _section_values(part, fresh))  # type: ignore[arg-type]
        return 0
    where.out.print(plain(part.title), style="bold", markup=False)
    for label, said in (("Goal", part.goal), ("Prerequisites", part.prerequisites)):
        if said:
            where.write(f"{label}: {plain(said)}\n")
    inner = part.chapters if isinstance(part, Section) else ()
    resources = [*part.resources, *(resource for one in inner for resource in one.resources)]
    rows = [(NEW if fresh.has(one) else "", one.kind, f"{one.title}\n{one.url}") for one in resources]
    where.table(("new", "kind", "resource"), rows, wide="resource")
    return 0
