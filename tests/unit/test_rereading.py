"""What is read again when its files change, and only then."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.app.documents import reader_of
from digestbot.app.rereading import rereading


def test_a_file_is_read_once_until_it_is_another(tmp_path: Path) -> None:
    """What was read stays while nothing changes, and goes with the next change, also when the file goes."""
    file, reads = tmp_path / "a.md", count(1)
    read = rereading(lambda: file, lambda: next(reads))

    before = [read(), read()]
    file.write_text("now it is there", encoding="utf-8")
    there = [read(), read()]
    file.unlink()
    gone = read()

    assert (before, there) == ([1, 1], [2, 2])
    assert gone == 3


def test_a_folder_is_read_again_for_any_of_its_files(tmp_path: Path) -> None:
    """A file that was written anew, at whatever depth, makes the folder another one."""
    deep, reads = tmp_path / "part" / "b.md", count(1)
    deep.parent.mkdir()
    deep.write_text("one", encoding="utf-8")
    read = rereading(lambda: tmp_path, lambda: next(reads))

    before = [read(), read()]
    deep.write_text("two", encoding="utf-8")
    os.utime(deep, ns=(1, 1))

    assert before == [1, 1]
    assert read() == 2


def test_a_roadmap_is_parsed_anew_when_its_file_changes(tmp_path: Path) -> None:
    """And only then."""
    file = tmp_path / "map.md"
    file.write_text("# One\n\n## A\n", encoding="utf-8")
    read = reader_of(RoadmapFiles(tmp_path, str(file)))

    first, again = read(), read()
    file.write_text("# Two\n\n## A\n", encoding="utf-8")
    os.utime(file, ns=(1, 1))

    assert again is first
    assert read().title == "Two"
