"""Changes of several places at once: all or none, read back from one diff, taken back without a trace."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from digestbot.errors import ReviewError
from digestbot.roadmap import Change, Edit, Roadmap, apply, changes_of, changes_of_edits, diff, parse, revert
from digestbot.roadmap.lines import split

FOLDER = Path(__file__).parent.parent / "data" / "roadmaps"
TEXTS = {
    "mixed": (FOLDER / "mixed.md").read_text(encoding="utf-8"),
    "plain": "# T\n\n"
    + "".join(f"## C{n}\n\n" + "".join(f"- item {n}.{m}\n" for m in range(12)) + "\n" for n in range(4)),
    "carriage returns": "# T\r\n\r\n## A\r\n\r\n- a\r\n- b\r\n\r\n## B\r\n\r\n- c\r\n- d\r\n",
    "no final line end": "## A\n- a\n- b\n\n## B\n- c\n- d",
}


def some_edits(roadmap: Roadmap, chance: random.Random) -> list[Edit]:
    """Return up to four random edits that do not overlap."""
    edits: list[Edit] = []
    taken: set[int] = set()
    count = len(split(roadmap.text))
    for chapter in chance.sample(roadmap.chapters, min(3, len(roadmap.chapters))):
        last = min(chapter.last_line, count)
        after = chance.randint(chapter.first_line - 1, last)
        gone = chance.randint(0, min(3, last - after))
        if taken & set(range(after - 1, after + gone + 2)):
            continue
        taken |= set(range(after - 1, after + gone + 2))
        new = [f"new {chance.random()}" for _ in range(chance.randint(0 if gone else 1, 3))]
        edits.append(Edit(chapter.id, after, gone, new))
    return edits


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_random_changes_of_several_places_come_back(text: str) -> None:
    """Applied, written as a diff, read again and taken back: the same bytes, whatever the line ends."""
    roadmap, chance, made = parse(text, "n"), random.Random(8), 0
    for _ in range(40):
        edits = some_edits(roadmap, chance)
        changes = changes_of_edits(roadmap, edits)
        changed = apply(roadmap, *changes)

        again = changes_of(diff(roadmap, changes, "n.md"), changes[0].chapter, roadmap.version)

        assert apply(roadmap, *again).text == changed.text
        assert revert(changed, *changes).text == text
        assert revert(changed, *again).text == text
        made += len(changes)
    assert made > 40


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_git_applies_the_diff(tmp_path: Path) -> None:
    """A diff of several hunks is one that other tools read: git makes the same document of it."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    roadmap = parse(TEXTS["plain"], "n")
    changes = changes_of_edits(roadmap, [Edit("c0", 6, 1, ["- x"]), Edit("c1", 19, 0, ["- y"]), Edit("c3", 50, 2, [])])
    (tmp_path / "n.md").write_text(roadmap.text, "utf-8")

    subprocess.run(["git", "apply", "-"], cwd=tmp_path, check=True, text=True, input=diff(roadmap, changes, "n.md"))

    assert (tmp_path / "n.md").read_text("utf-8") == apply(roadmap, *changes).text


def test_close_edits_of_a_chapter_become_one_change() -> None:
    """Edits whose contexts would meet are one hunk, with the lines between them in it."""
    roadmap = parse(TEXTS["plain"], "n")

    (change,) = changes_of_edits(roadmap, [Edit("c0", 6, 1, ["- x"]), Edit("c0", 9, 1, ["- y"])])

    assert change.old == ("- item 0.2\n", "- item 0.3\n", "- item 0.4\n", "- item 0.5\n")
    assert change.new == ("- x\n", "- item 0.3\n", "- item 0.4\n", "- y\n")


def test_edits_that_overlap_are_refused() -> None:
    """Two edits of one line have no order that both could mean."""
    roadmap = parse(TEXTS["plain"], "n")

    with pytest.raises(ReviewError, match="overlap"):
        changes_of_edits(roadmap, [Edit("c0", 6, 2, []), Edit("c0", 7, 1, ["- y"])])


def test_all_places_are_found_in_a_later_version_or_none_is_changed() -> None:
    """Lines added above move every place; a place that is gone stops the whole change."""
    roadmap = parse(TEXTS["plain"], "n")
    changes = changes_of_edits(roadmap, [Edit("c0", 6, 1, ["- x"]), Edit("c2", 36, 1, ["- y"])])
    later = parse(TEXTS["plain"].replace("# T\n", "# T\n\nHello.\n"), "n")
    gone = parse(TEXTS["plain"].replace("- item 2.2\n", "- mine\n"), "n")

    assert apply(later, *changes).text == apply(roadmap, *changes).text.replace("# T\n", "# T\n\nHello.\n")
    with pytest.raises(ReviewError, match="no place is left"):
        apply(gone, *changes)


def test_what_made_a_chapter_is_found_again_when_the_document_moved() -> None:
    """A chapter put behind another stands outside of it: taking it back looks further than the chapter."""
    roadmap = parse(TEXTS["plain"], "n")
    changes: tuple[Change, ...] = changes_of_edits(roadmap, [Edit("c0", 16, 0, ["## New", "", "- z", ""])])
    changed = apply(roadmap, *changes)
    later = parse(changed.text.replace("# T\n", "# T\n\nHello.\n"), "n")

    assert revert(later, *changes).text == TEXTS["plain"].replace("# T\n", "# T\n\nHello.\n")
