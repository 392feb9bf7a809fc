"""Changes of a roadmap in a user's repository: ours alone are committed, and nothing of the user's is lost."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from reviewing import CHANGED, DOCUMENT, KNOWN, LINE, OPEN

from digestbot.adapters.roadmap_git import RoadmapFiles, RoadmapStore
from digestbot.errors import ReviewError, StoreError
from digestbot.review import Signed
from digestbot.review.fitting import patch_of, undo_of
from digestbot.roadmap import Change, Roadmap, changes_of, propose_resource

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")]

CHANGES = changes_of(OPEN.diff, OPEN.chapter, OPEN.base)
SIGNED = Signed("Add A title\n\nDigestbot-Proposal: p1 r1\n", "Digestbot-Proposal: p1 r1")
OWN = "\nOf my own.\n"


@dataclass(frozen=True)
class Place:
    """A user's repository with a roadmap in a folder of it."""

    top: Path
    store: RoadmapStore

    @property
    def file(self) -> Path:
        return self.top / "docs" / "map.md"

    def git(self, *words: str) -> str:
        command = ["git", "-C", str(self.top), "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *words]
        return subprocess.run(command, capture_output=True, check=True).stdout.decode()

    def commit(self, message: str = "Mine") -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def write(self) -> str:
        return self.store.write(patch_of(CHANGES), SIGNED).commit

    def committed(self) -> str:
        return self.git("show", "HEAD:docs/map.md")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A repository with the document in its first commit."""
    top = tmp_path / "repo"
    (top / "docs").mkdir(parents=True)
    (top / "docs" / "map.md").write_bytes(DOCUMENT.encode())
    files = RoadmapFiles(tmp_path / "home", str(top / "docs" / "map.md"))
    made = Place(top, RoadmapStore(files, tmp_path / "home"))
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit("First")
    return made


def proposed_for(document: Roadmap) -> tuple[Change, ...]:
    """Return the change that the proposal would be in another text of the document."""
    return (propose_resource(document, OPEN.chapter, OPEN.title, OPEN.url, OPEN.medium, OPEN.merit),)


def test_a_change_is_one_commit_by_the_bot(place: Place) -> None:
    """File, index and last commit agree afterwards; the author is the bot and the message is the decision's."""
    commit = place.write()

    assert (place.file.read_text(), place.committed()) == (CHANGED, CHANGED)
    assert place.git("status", "--porcelain") == ""
    assert place.git("log", "-1", "--format=%h %an %s") == f"{commit} digestbot Add A title\n"
    assert place.git("show", "--numstat", "--format=", "HEAD") == "1\t0\tdocs/map.md\n"


def test_what_the_user_did_not_commit_stays_so(place: Place) -> None:
    """Edits of the same file and of others, staged or not, are neither committed nor lost."""
    (place.top / "other.txt").write_text("staged")
    place.git("add", "other.txt")
    place.file.write_text(DOCUMENT + OWN)

    place.write()

    assert place.file.read_text() == CHANGED + OWN
    assert place.committed() == CHANGED
    assert place.git("status", "--porcelain").splitlines() == [" M docs/map.md", "A  other.txt"]
    assert place.git("diff", "--numstat") == "2\t0\tdocs/map.md\n"


def test_what_the_user_staged_stays_staged(place: Place) -> None:
    """A staged edit of the same file gets the change, too: committing it later does not take the change back."""
    place.file.write_text(DOCUMENT + OWN)
    place.git("add", "docs/map.md")
    place.file.write_text(DOCUMENT + OWN + "And more.\n")

    place.write()

    assert place.committed() == CHANGED
    place.git("commit", "--quiet", "--message", "Mine")
    assert place.committed() == CHANGED + OWN
    assert place.file.read_text() == CHANGED + OWN + "And more.\n"


def test_a_change_next_to_the_user_s_own_is_left_to_the_user(place: Place) -> None:
    """Where the last commit has no place for it the change stands in the file, and the note says to commit it."""
    place.file.write_text(DOCUMENT.replace(KNOWN, "- [Mine](https://blog.example/mine) (post): new here.\n"))
    place.git("add", "docs/map.md")
    before, changes = place.git("rev-parse", "HEAD"), proposed_for(place.store.read())

    written = place.store.write(patch_of(changes), SIGNED)

    assert "new here.\n" + LINE in place.file.read_text()
    assert (written.commit, "commit it with them" in written.note) == ("", True)
    assert place.git("rev-parse", "HEAD") == before


def test_a_change_that_is_committed_is_not_committed_again(place: Place) -> None:
    """After a crash behind the commit the same decision finds its commit and leaves everything as it is."""
    first = place.write()

    assert place.write() == first
    assert place.git("rev-list", "--count", "HEAD") == "2\n"


def test_a_change_that_is_written_is_committed(place: Place) -> None:
    """After a crash between file and commit the commit is made, and the line stands once."""
    place.file.write_text(CHANGED)

    assert place.write()

    assert (place.file.read_text(), place.committed()) == (CHANGED, CHANGED)
    assert place.git("status", "--porcelain") == ""


def test_a_crash_between_index_and_commit_is_finished(place: Place) -> None:
    """More staged than committed is no obstacle: the commit catches up."""
    place.file.write_text(CHANGED)
    place.git("add", "docs/map.md")

    assert place.write()

    assert place.git("status", "--porcelain") == ""


def test_a_change_is_taken_back_alone(place: Place) -> None:
    """What came after it, committed or not, stays."""
    place.write()
    place.file.write_text(CHANGED + OWN)
    place.commit()
    place.file.write_text(CHANGED + OWN + "Uncommitted.\n")

    place.store.write(
        undo_of(CHANGES), Signed("Take it back\n\nDigestbot-Reverts: p1 r1\n", "Digestbot-Reverts: p1 r1")
    )

    assert place.committed() == DOCUMENT + OWN
    assert place.file.read_text() == DOCUMENT + OWN + "Uncommitted.\n"


def merging(place: Place) -> None:
    """Begin a merge that ends in conflicts."""
    place.git("checkout", "--quiet", "-b", "other")
    place.file.write_text(DOCUMENT.replace("About more.", "About less."))
    place.commit()
    place.git("checkout", "--quiet", "main")
    place.file.write_text(DOCUMENT.replace("About more.", "About much."))
    place.commit()
    with pytest.raises(subprocess.CalledProcessError):
        place.git("merge", "other")


def detached(place: Place) -> None:
    """Leave every branch."""
    place.git("checkout", "--quiet", "--detach")


def marked(place: Place) -> None:
    """Write what a merge outside of git leaves."""
    place.file.write_text(f"{DOCUMENT}<<<<<<< mine\na\n=======\nb\n>>>>>>> theirs\n")


@pytest.mark.parametrize(
    ("upset", "why"), [(merging, "conflict|merge"), (detached, "no branch is checked out"), (marked, "conflict marks")]
)
def test_in_the_midst_of_something_nothing_is_changed(place: Place, upset: Callable[[Place], None], why: str) -> None:
    """A merge, a detached head and conflict marks are told, and the file stays as it is."""
    upset(place)
    before = place.file.read_bytes()

    hindrance = place.store.hindrance()

    assert re.search(why, hindrance)
    assert place.file.read_bytes() == before


def test_a_file_that_git_does_not_follow_is_changed_and_not_committed(place: Place) -> None:
    """An ignored or untracked roadmap is the user's business: the change stands in the file, and that is told."""
    place.git("rm", "--quiet", "--cached", "docs/map.md")
    place.git("commit", "--quiet", "--message", "Forget it")

    written = place.store.write(patch_of(CHANGES), SIGNED)

    assert (written.commit, place.file.read_text()) == ("", CHANGED)
    assert "git does not follow" in written.note


def test_a_file_without_repository_is_changed(tmp_path: Path) -> None:
    """Without git around it a roadmap is a file, and no more is told."""
    file = tmp_path / "map.md"
    file.write_text(DOCUMENT)

    written = RoadmapStore(RoadmapFiles(tmp_path / "home", str(file)), tmp_path / "home").write(
        patch_of(CHANGES), SIGNED
    )

    assert (written.commit, written.note, file.read_text()) == ("", "", CHANGED)


def test_line_ends_of_a_checkout_stay(place: Place) -> None:
    """Where git writes other line ends into the work tree than it keeps, the change has those of the work tree."""
    place.git("config", "core.autocrlf", "true")
    place.file.unlink()
    place.git("checkout", "--", "docs/map.md")
    assert place.file.read_bytes() == DOCUMENT.replace("\n", "\r\n").encode()

    place.store.write(patch_of(proposed_for(place.store.read())), SIGNED)

    assert place.file.read_bytes() == CHANGED.replace("\n", "\r\n").encode()
    assert place.committed() == CHANGED
    assert place.git("status", "--porcelain") == ""


def test_a_link_to_the_file_stays_a_link(place: Place, tmp_path: Path) -> None:
    """A roadmap that is named through a symbolic link is changed where it is, and committed there."""
    link = tmp_path / "link.md"
    link.symlink_to(place.file)
    store = RoadmapStore(RoadmapFiles(tmp_path / "home", str(link)), tmp_path / "home")

    store.write(patch_of(CHANGES), SIGNED)

    assert link.is_symlink()
    assert (place.file.read_text(), place.committed()) == (CHANGED, CHANGED)


def test_a_link_out_of_a_repository_leads_to_where_the_file_is(place: Place, tmp_path: Path) -> None:
    """A link in a repository to a file outside of it: the file is changed, and that repository left alone."""
    outside = tmp_path / "outside.md"
    outside.write_text(DOCUMENT)
    place.file.unlink()
    place.file.symlink_to(outside)
    place.commit("Link")
    head = place.git("rev-parse", "HEAD")

    place.write()

    assert place.store.hindrance() == ""
    assert (outside.read_text(), place.git("rev-parse", "HEAD")) == (CHANGED, head)


def test_a_pushed_change_arrives_and_a_refused_one_is_told(place: Place, tmp_path: Path) -> None:
    """The commit is sent to where the branch comes from; where others were quicker nothing is forced or lost."""
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(remote)], check=True)
    place.git("remote", "add", "origin", str(remote))
    place.git("push", "--quiet", "--set-upstream", "origin", "main")
    files = RoadmapFiles(tmp_path / "home", str(place.file))
    pushing = RoadmapStore(files, tmp_path / "home", is_pushed=True)

    first = pushing.write(patch_of(CHANGES), SIGNED)
    assert first.note == ""
    assert place.git("ls-remote", "origin", "main").split()[0].startswith(first.commit)
    place.git("push", "--quiet", "--force", "origin", "HEAD~1:main")
    tip = place.git("commit-tree", "HEAD~1^{tree}", "-p", "HEAD~1", "-m", "Theirs").strip()
    place.git("push", "--quiet", "origin", f"{tip}:main")
    second = pushing.write(undo_of(CHANGES), Signed("Back\n\nDigestbot-Reverts: p1 r1\n", "Digestbot-Reverts: p1 r1"))

    assert second.commit
    assert "was not pushed" in second.note
    assert place.file.read_text() == DOCUMENT


def test_a_file_that_is_written_meanwhile_is_read_again(place: Place) -> None:
    """Somebody who saves the file while the change is worked out keeps what they wrote."""
    once = iter([lambda: place.file.write_text(DOCUMENT + OWN)])
    make = patch_of(CHANGES)

    def patch(roadmap: Roadmap) -> Roadmap:
        next(once, lambda: 0)()
        return make(roadmap)

    place.store.write(patch, SIGNED)

    assert place.file.read_text() == CHANGED + OWN


def test_a_file_that_cannot_be_written_stays_whole(place: Place) -> None:
    """A full disk, here a name that is taken by a folder, is a StoreError; the file is as it was."""
    (place.file.parent / ".map.md.part").mkdir()

    with pytest.raises(StoreError, match="cannot be written"):
        place.write()

    assert place.file.read_text() == DOCUMENT


def test_a_change_that_fits_nowhere_is_told(place: Place) -> None:
    """Nothing is written or committed for a change that has no place."""
    place.file.write_text("# Another\n")

    with pytest.raises(ReviewError):
        place.write()

    assert place.file.read_text() == "# Another\n"


def test_one_at_a_time(place: Place) -> None:
    """Whoever holds the roadmap is waited for, also by threads of one process."""
    order: list[str] = []

    def second() -> None:
        with place.store.alone():
            order.append("second")

    with place.store.alone():
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.1)
        order.append("first")
    waiting.join()

    assert order == ["first", "second"]
