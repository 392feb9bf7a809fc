"""`digestbot roadmap import | export`: bringing roadmaps in, and out again."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from digestbot.adapters.roadmap_git.folders import SUFFIXES, read_folder
from digestbot.adapters.roadmap_git.shelf import put
from digestbot.adapters.roadmap_source import decoded, fetched, read_file
from digestbot.app import document_of, ledger_of, user_agent
from digestbot.commands.console import counted, terminal
from digestbot.errors import ConfigError, StoreError
from digestbot.files import replace_file
from digestbot.roadmap import Roadmap, join_files, parse, part_files
from digestbot.roadmap.changelog import new_chapters, new_resources
from digestbot.roadmap.check import flaws
from digestbot.roadmap.marking import marked, one_file
from digestbot.settings import Settings


def import_command(settings: Settings, source: str, name: str, replace: bool) -> int:
    """Put a file, a folder or what stands at an address among the data folder's roadmaps, and say what was read."""
    files = _read(settings, source)
    path = put(settings.home, name, files, source, replace=replace)
    roadmap = parse(files[""] if "" in files else join_files(files), name)
    where = terminal()
    where.say(f"Put {roadmap.title!r} into {path}.")
    where.say(
        f"It has {counted(len(roadmap.sections), 'section')}, {counted(len(roadmap.chapters), 'chapter')} and "
        f"{counted(len(roadmap.addresses), 'link')}, language {roadmap.lang}."
    )
    if found := flaws(roadmap):
        where.say(f"{counted(len(found), 'flaw')} to look at: digestbot roadmap check {name}")
    where.say(f"Is it read right? digestbot roadmap show {name}. To file into it: DIGESTBOT_ROADMAP={name}")
    return 0


def export_command(settings: Settings, name: str, output: Path, mark_days: int, replace: bool, now: datetime) -> int:
    """Write a roadmap's text to a file, a folder or standard output; what is there already only if told so."""
    where = terminal()
    with ledger_of(settings) as ledger:
        roadmap = document_of(settings, name, ledger, now).read()
        since = now - timedelta(days=mark_days)
        events = ledger.outlines.events(roadmap.name, since) if mark_days else []
    text = roadmap.text
    if mark_days:
        text = marked(roadmap, new_resources(roadmap, events, since), new_chapters(roadmap, events, since))
    if str(output) == "-":
        where.write(one_file(text))
        return 0
    for path, content in _files(roadmap, text, output).items():
        _write(path, content, replace)
        where.say(f"wrote {path}")
    return 0


def _read(settings: Settings, source: str) -> dict[str, str]:
    """Return the texts of a roadmap by their paths, "" for a single one."""
    if source.lower().startswith(("http://", "https://")):
        return {"": asyncio.run(_fetched(settings, source))}
    path = Path(source).expanduser()
    if path.is_dir():
        return {own: decoded(content, own) for own, content in read_folder(path).items()}
    return {"": read_file(path)}


async def _fetched(settings: Settings, url: str) -> str:
    from digestbot.adapters.http import PoliteHttp

    http = PoliteHttp(settings.allow_nets, user_agent(settings))
    try:
        return await fetched(http, url)
    finally:
        await http.aclose()


def _files(roadmap: Roadmap, text: str, output: Path) -> dict[Path, str]:
    """Return what to write where: a folder's files into a folder, or as one where the output is a Markdown file."""
    parts = part_files(text) if roadmap.parts else {}
    if parts and not output.name.endswith(SUFFIXES):
        return {output / path: content for path, content in parts.items()}
    return {output: one_file(text)}


def _write(path: Path, content: str, replace: bool) -> None:
    if path.exists() and not replace:
        raise ConfigError(f"{str(path)!r} is there already: name another --output, or say --replace")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content.encode("utf-8"))
    except OSError as error:
        raise StoreError(f"{str(path)!r} cannot be written: {error.strerror}") from error
