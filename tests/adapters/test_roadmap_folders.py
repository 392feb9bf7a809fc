"""Roadmaps that are folders: read whole, never beyond the folder, written back file by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from digestbot.adapters.roadmap_git import RoadmapFiles, RoadmapStore
from digestbot.errors import ConfigError, ReviewError
from digestbot.review import Signed
from digestbot.roadmap import apply, parse, propose_resource, render

SIGNED = Signed("Add it\n", "Digestbot-Proposal: p1 r1")
FILES = {"index.md": "# Whole\n\n## A\n{% include a.md %}\n", "_includes/a.md": "### a\n\nwords", "b.md": "# B\r\n"}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a folder that is a roadmap, beside things that are none of it."""
    folder = tmp_path / "book"
    for path, text in (FILES | {".git/x.md": "# no", "node_modules/y.md": "# no", "notes.txt": "# no"}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    (tmp_path / "secret.md").write_text("# secret")
    (folder / "c.md").symlink_to(tmp_path / "secret.md")
    return folder


def test_a_folder_is_read_as_one_roadmap(book: Path, tmp_path: Path) -> None:
    """Its Markdown files are read, not what is hidden, installed or linked from elsewhere; its name is the folder's."""
    roadmap = RoadmapFiles(tmp_path, str(book)).read()

    assert (roadmap.name, roadmap.title) == ("book", "Whole")
    assert [section.title for section in roadmap.sections] == ["A", "B"]
    assert sorted({part.path for part in roadmap.parts}) == sorted(FILES)


def test_a_folder_of_the_data_folder_has_a_name(book: Path, tmp_path: Path) -> None:
    """A folder among the data folder's roadmaps is meant by its name."""
    (tmp_path / "roadmaps").mkdir()
    book.rename(tmp_path / "roadmaps" / "own")

    assert RoadmapFiles(tmp_path, "own").read().title == "Whole"


def test_a_change_is_written_into_its_file(book: Path, tmp_path: Path) -> None:
    """Only the file that a change is for is another one afterwards, and only by the change."""
    files = RoadmapFiles(tmp_path, str(book))
    before = files.read()
    changed = apply(before, propose_resource(before, "a", "New", "https://new.example/x", "paper", "good."))

    RoadmapStore(files, tmp_path / "home").write(lambda _: changed, SIGNED)

    after = {path: (book / path).read_bytes().decode() for path in FILES}
    assert after == FILES | {"_includes/a.md": "### a\n\nwords\n\n- [New](https://new.example/x) (paper): good."}
    assert render(files.read()) == changed.text


def test_a_folder_without_markdown_is_refused(tmp_path: Path) -> None:
    """What to do is said where a folder holds nothing to read."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(ConfigError, match="holds no Markdown"):
        RoadmapFiles(tmp_path, str(tmp_path / "empty")).read()


def test_a_mark_that_leads_out_of_the_folder_is_none(tmp_path: Path) -> None:
    """A document that carries marks of ours cannot make files elsewhere."""
    folder = tmp_path / "book"
    folder.mkdir()
    text = "<!-- digestbot 2 file: ../out.md -->\n# Out\n"
    (folder / "a.md").write_text(text)
    store = RoadmapStore(RoadmapFiles(tmp_path, str(folder)), tmp_path / "home")
    forged = f"{render(store.read())}<!-- digestbot 1 file: new.md -->\n# Out\n"

    store.write(lambda before: before, SIGNED)
    with pytest.raises(ReviewError, match="would make or drop files"):
        store.write(lambda before: parse(forged, before.name), SIGNED)

    assert (folder / "a.md").read_text() == text
    assert not (tmp_path / "out.md").exists()
    assert not (folder / "new.md").exists()
