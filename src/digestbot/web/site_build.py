"""Makes files of the pages that anybody may read, and keeps a folder of them as new as the ledger.

Starts at the first page and follows every link, so that none of them leads nowhere. A file is written only when it has
changed, and replaced in one step; what is no longer a page goes last. Files that were not made here are never touched.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from digestbot.errors import ConfigError
from digestbot.files import replace_file
from digestbot.web.rendering import Page, rendered, style
from digestbot.web.site_files import Find, Target, finder, still, still_feed
from digestbot.web.surface import Ask, Body, Missing, Moved, Surface
from digestbot.web.words import words_of

LIST = ".digestbot-site.json"
"""Which files of the folder are ours, each with the hash of what is in it."""
_MAX_LIST_BYTES = 200_000_000
_HANDFUL = 200
"""Pages whose stories are read together."""
_CHARSET = '<meta charset="utf-8">'


@dataclass
class Built:
    """What became of a folder: how many pages it holds, and what was written, left as it was and taken away."""

    pages: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    size: int = 0
    hashes: dict[str, str] = field(default_factory=dict)


def build(
    surface: Surface,
    folder: Path,
    langs: tuple[str, ...],
    show: Callable[[int, int], None] = lambda done, total: None,
    announce: Callable[[Sequence[str]], None] = lambda stories: None,
) -> Built:
    """Bring a folder up to date; `show` is told how many pages are done of those that are known.

    `announce` is told the ids of the stories whose pages come next, so that they can be read together. Raises
    ConfigError where a file to be written is there already and was not made here.
    """
    former, built = _listed(folder), Built()
    for file, content in _pages(surface, langs, show, announce):
        built.pages += 1
        built.size += len(content)
        built.hashes[file] = hashlib.sha256(content).hexdigest()
        if former.get(file) == built.hashes[file] and (folder / file).is_file():
            built.unchanged += 1
            continue
        _write(folder, file, content, former)
        built.written += 1
    # From here on the old files are only taken away: what is there is whole, whenever this is cut off.
    for file in sorted(former.keys() - built.hashes.keys()):
        (folder / file).unlink(missing_ok=True)
        built.removed += 1
    _keep_list(folder, built.hashes)
    return built


def _pages(
    surface: Surface,
    langs: tuple[str, ...],
    show: Callable[[int, int], None],
    announce: Callable[[Sequence[str]], None],
) -> Iterable[tuple[str, bytes]]:
    """Yield each file with what is in it, the first page last, since it leads to the newest."""
    # An address in a feed is whole: without one there are no feeds.
    find = finder(langs, surface.base, feeds=bool(surface.public_url))
    first = [target for lang in langs if (target := find(f"{surface.base}/{lang}/"))]
    waiting, known = deque(first), {target.file for target in first}
    kept = []
    for done, target in enumerate(_handfuls(waiting, announce), 1):
        content, leads = _made(surface, target, find, langs)
        for one in leads:
            if one.file not in known:
                known.add(one.file)
                waiting.append(one)
        show(done, len(known))
        if target in first:
            kept.append((target.file, content))
        else:
            yield target.file, content
    yield from kept


def _handfuls(waiting: deque[Target], announce: Callable[[Sequence[str]], None]) -> Iterable[Target]:
    """Yield what waits until nothing does, with a word of the stories among the next ones before them."""
    while waiting:
        handful = [waiting.popleft() for _ in range(min(_HANDFUL, len(waiting)))]
        announce([one.params["id"] for one in handful if one.path.startswith("/stories/")])
        yield from handful


def _made(surface: Surface, target: Target, find: Find, langs: tuple[str, ...]) -> tuple[bytes, tuple[Target, ...]]:
    """Return a page's file and what it leads to."""
    root = surface.base if target.lang == langs[0] else f"{surface.base}/{target.lang}"
    ask = Ask(target.lang, target.path, target.params, target.query, root, surface.base)
    try:
        found = target.view(surface, ask)
    except Moved as moved:
        # What a browser would be sent on to stands in this file, too.
        there = find(ask.at(*moved.to))
        return _made(surface, replace(there, file=target.file), find, langs) if there else _gone(target, ask, find)
    except Missing:
        return _gone(target, ask, find)
    if isinstance(found, Body):
        body, leads = still_feed(found.content, surface.public_url, find)
        return body.encode(), leads
    return _still(found, target, ask, find)


def _gone(target: Target, ask: Ask, find: Find) -> tuple[bytes, tuple[Target, ...]]:
    """Return a page that says that there is none: a link to it was right when it was written."""
    words = words_of(ask.lang)
    return _still(
        Page("message", words, {"title": words.gone_title, "text": words.gone, "link": ""}), target, ask, find
    )


def _still(page: Page, target: Target, ask: Ask, find: Find) -> tuple[bytes, tuple[Target, ...]]:
    html, leads = still(rendered(page, ask), target, find)
    return html.replace(_CHARSET, f"{_CHARSET}\n{_policy('<script' in html)}", 1).encode(), leads


def _policy(scripts: bool) -> str:
    """Return the policy that a server of ours would send: a page may use its own style sheet, and perhaps `scripts`."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    ours = "script-src 'self'; " if scripts else ""
    rules = f"default-src 'none'; style-src 'sha256-{digest}'; {ours}img-src data:; base-uri 'none'; form-action 'none'"
    return f'<meta http-equiv="Content-Security-Policy" content="{rules}">'


def _listed(folder: Path) -> Mapping[str, str]:
    """Return the files that were made before, none in a new folder; raises ConfigError for a list that is broken."""
    path = folder / LIST
    if not path.is_file():
        return {}
    broken = ConfigError(f"{str(path)!r} is not the list that an earlier build left: build into an empty folder")
    if path.stat().st_size > _MAX_LIST_BYTES:
        raise broken
    try:
        found: Any = json.loads(path.read_text("utf-8"))
        listed = {str(file): str(digest) for file, digest in found["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise broken from error
    if any(Path(file).is_absolute() or ".." in Path(file).parts for file in listed):
        raise broken
    return listed


def _write(folder: Path, file: str, content: bytes, former: Mapping[str, str]) -> None:
    path = folder / file
    if path.exists() and file not in former:
        raise ConfigError(f"{str(path)!r} is there and was not made by a build: move it away, or build elsewhere")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)


def _keep_list(folder: Path, hashes: Mapping[str, str]) -> None:
    document = {"made_by": "digestbot site build", "files": dict(sorted(hashes.items()))}
    replace_file(folder / LIST, json.dumps(document, indent=0).encode())
