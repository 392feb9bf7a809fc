"""A folder of files as one document: the order in which they are read, joined to one text and parted again.

Between the parts stand lines of our own, comments that occur in none of the files; so the text alone says what is
whose, and parting what was joined gives every file back byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import basename, dirname, join, normpath
from typing import Literal
from urllib.parse import quote, unquote

from digestbot.roadmap.lines import bare, ending, split
from digestbot.roadmap.records import FilePart

PartKind = Literal["file", "included", "continued"]
_KINDS: dict[str, PartKind] = {"file": "file", "included": "included", "continued": "continued"}
_MARK = re.compile(
    r"<!-- digestbot (?P<token>\d{1,9}) (?P<kind>file|included|continued): (?P<path>[^\s,]+)(?P<open>, open end)? -->"
)
_INCLUDE = re.compile(
    r"\s*(?:\{%-?\s*include(?:_relative)?\s+(?P<liquid>[^\s%]+)[^%]*%\}|\{\{#include\s+(?P<book>[^\s}]+)\s*\}\}"
    r"|-{1,2}8<-{1,2}\s+[\"'](?P<snippet>[^\"']+)[\"']|!\[\[(?P<note>[^\]|#]+)\]\])\s*$"
)
_LINK = re.compile(
    r"\]\(\s*<?(?P<path>[^\s()<>#?]+\.(?:md|markdown))[^\s()<>]*>?\s*(?:\"[^\"]*\"\s*)?\)", re.IGNORECASE
)
_ENTRIES = ("index.md", "_index.md", "readme.md", "summary.md")
_FOLDERS_OF_INCLUDES = ("", "_includes", "includes")
_MAX_DEPTH = 8


@dataclass(frozen=True)
class Part:
    """Some lines of a file, in their place in the document; `mark` is the number of the line that announces them."""

    kind: PartKind
    path: str
    mark: int
    lines: range
    is_open: bool

    @property
    def place(self) -> FilePart:
        return FilePart(self.path, self.lines.start, self.lines.stop - 1)


def join_files(files: Mapping[str, str]) -> str:
    """Return files as one text, by their relative paths; what an index includes or links to stands in its order."""
    if not files:
        return ""
    pieces = list(_Order(files).pieces())
    token = _free_token(files.values())
    texts = (f"{_mark(token, kind, path, lines)}\n{_whole(lines)}" for kind, path, lines in pieces)
    return "".join(texts)


def part_files(text: str) -> dict[str, str]:
    """Return the files that a text was joined from, by their paths; nothing for a text that was not joined."""
    lines, files = split(text), dict[str, list[str]]()
    for part in parts_of(lines):
        own = lines[part.lines.start - 1 : part.lines.stop - 1]
        if part.is_open and own:
            own = [*own[:-1], bare(own[-1])]
        files.setdefault(part.path, []).extend(own)
    return {path: "".join(own) for path, own in files.items()}


def parts_of(lines: Sequence[str]) -> list[Part]:
    """Return the parts of a joined document, none where its first line is no mark of ours."""
    first = _MARK.fullmatch(bare(lines[0])) if lines else None
    if first is None:
        return []
    found = [(number, match) for number, line in enumerate(lines, start=1) if (match := _MARK.fullmatch(bare(line)))]
    marks = [(n, match) for n, match in found if match["token"] == first["token"] and _is_inside(match["path"])]
    if not marks or marks[0][0] > 1:
        return []
    ends = [*(number for number, _ in marks[1:]), len(lines) + 1]
    return [
        Part(_KINDS[match["kind"]], unquote(match["path"]), number, range(number + 1, end), bool(match["open"]))
        for (number, match), end in zip(marks, ends, strict=True)
    ]


def _is_inside(path: str) -> bool:
    """Whether a path leads nowhere but into the folder: marks may stand in a document that came from elsewhere."""
    plain = unquote(path)
    return not plain.startswith("/") and normpath(plain) == plain and plain.split("/")[0] not in ("", ".", "..")


def included_path(line: str) -> str:
    """Return the path that a line of its own includes (Liquid, mdBook, PyMdown, Obsidian), "" if it includes none."""
    match = _INCLUDE.fullmatch(bare(line)) if "include" in line or "8<" in line or "![[" in line else None
    if match is None:
        return ""
    path = next(filter(None, match.groups()), "").strip("\"'")
    return f"{path}.md" if match["note"] and "." not in basename(path) else path


def is_mark(line: str) -> bool:
    """Whether a line is one of those between files, which belong to none."""
    return _MARK.fullmatch(bare(line)) is not None


def is_index(path: str) -> bool:
    """Whether a file is one that folders are entered by."""
    return basename(path).lower() in _ENTRIES


class _Order:
    """Walks the files from the index on; each is read once."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._left = set(files)

    def pieces(self) -> Iterator[tuple[PartKind, str, list[str]]]:
        included = {path for own in self._files for path in self._included(own)}
        ranked = sorted(sorted(self._files), key=_rank)
        # Files that only include each other come last, but they come.
        for path in [*(path for path in ranked if path not in included), *ranked]:
            yield from self._read("file", path, 0)
            for linked in self._linked(path) if is_index(path) else ():
                yield from self._read("file", linked, 0)

    def _read(self, kind: PartKind, path: str, depth: int) -> Iterator[tuple[PartKind, str, list[str]]]:
        if path not in self._left:
            return
        self._left.remove(path)
        own = list[str]()
        for line in split(self._files[path]):
            own.append(line)
            target = self._target(path, included_path(line))
            if target in self._left and depth < _MAX_DEPTH:
                yield kind, path, own
                yield from self._read("included", target, depth + 1)
                kind, own = "continued", []
        yield kind, path, own

    def _included(self, path: str) -> Iterator[str]:
        text = self._files[path]
        if "include" in text or "8<" in text or "![[" in text:
            yield from filter(None, (self._target(path, included_path(line)) for line in split(text)))

    def _linked(self, path: str) -> Iterator[str]:
        for match in _LINK.finditer(self._files[path]):
            yield self._target(path, unquote(match["path"]))

    def _target(self, path: str, wanted: str) -> str:
        """Return the path of the file that is meant, "" where there is none."""
        if not wanted or "://" in wanted:
            return ""
        folders = (dirname(path), *_FOLDERS_OF_INCLUDES)
        candidates = (normpath(join(folder, wanted.lstrip("/"))) for folder in folders)
        return next((found for found in candidates if found in self._files and found != path), "")


def _rank(path: str) -> tuple[object, ...]:
    """Order paths as a reader would: an index before its folder, folders behind files, numbers by their size."""
    folders, name = dirname(path).split("/") if dirname(path) else [], basename(path)
    entry = _ENTRIES.index(name.lower()) if name.lower() in _ENTRIES else len(_ENTRIES)
    return (*((1, 0, _natural(folder)) for folder in folders), (0, entry, _natural(name)))


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Cut a name so that numbers in it sort by their size."""
    pieces = re.findall(r"\d{1,18}|\D+|\d+", name.lower())
    return tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces)


def _free_token(texts: Iterable[str]) -> int:
    """Return the first number that no mark in the files bears already."""
    taken = {int(match["token"]) for text in texts for match in _MARK.finditer(text)}
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def _mark(token: int, kind: PartKind, path: str, lines: Sequence[str]) -> str:
    is_open = bool(lines and not ending(lines[-1]))
    return f"<!-- digestbot {token} {kind}: {quote(path)}{', open end' if is_open else ''} -->"


def _whole(lines: Sequence[str]) -> str:
    text = "".join(lines)
    return f"{text}\n" if lines and not ending(lines[-1]) else text
