"""The git repository in which a roadmap lives: commits a change of ours and nothing of what the user has in hand.

A file stands in a repository three times: in its last commit, in what is staged, and in the work tree. A change is put
into the first two here, each from its own text, so that what the user did not commit stays uncommitted. No checkout, no
merge, no hook: a commit is built aside and the branch moved to it if it did not move meanwhile.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from digestbot.adapters.roadmap_git.git import git
from digestbot.errors import StoreError

_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
}
_NO_BLOB = "0" * 40


class Repository:
    """A repository with a work tree; `top` is its folder."""

    def __init__(self, top: Path) -> None:
        self.top = top

    @classmethod
    def of(cls, path: Path) -> Repository | None:
        """Return the repository that a file or folder lies in, itself and no link to it; None for none or no git."""
        path = path.resolve()
        folder = path if path.is_dir() else path.parent
        if not shutil.which("git") or not folder.is_dir():
            return None
        if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
            return None
        try:
            return cls(Path(git(folder, "rev-parse", "--show-toplevel").removesuffix("\n")))
        except StoreError as error:
            if "not a git repository" in str(error):  # something else is called .git
                return None
            raise

    def hindrance(self, paths: list[Path]) -> str:
        """Return why nothing can be committed to these files now, "" where it can."""
        folder = Path(git(self.top, "rev-parse", "--absolute-git-dir").removesuffix("\n"))
        for name, what in _UNDER_WAY.items():
            if (folder / name).exists():
                return f"{what} is under way in {str(self.top)!r}: finish it first"
        if git(self.top, "ls-files", "--unmerged", "--", *map(self._name, paths)):
            return f"there are conflicts in {str(self.top)!r}: settle them first"
        with suppress(StoreError):
            git(self.top, "symbolic-ref", "--quiet", "HEAD")
            return ""
        return f"no branch is checked out in {str(self.top)!r}: check one out first"

    def committed(self, path: Path) -> str | None:
        """Return a file's text in the last commit, as a checkout would write it; None where it is not in there."""
        return self._text(f"HEAD:{self._name(path)}")

    def staged(self, path: Path) -> str | None:
        """Return a file's text among what is staged; None where it is not in there."""
        return self._text(f":{self._name(path)}")

    def commit(
        self, texts: Mapping[Path, str], staged: Mapping[Path, str], message: str, identity: tuple[str, str]
    ) -> str:
        """Commit texts of files on top of the last commit, and stage others; return the commit's short name.

        `identity` is the author's name and address. The staged ones go first: a crash in between leaves more staged
        than is committed, never a staged file that would take the commit back. Raises StoreError when the branch has
        moved.
        """
        head = self._head()
        for path, text in staged.items():
            self._stage(path, text)
        tree = self._tree(head, texts)
        author, mail = identity
        who = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", author), ("EMAIL", mail))
        }
        parents = ("-p", head) if head else ()
        commit = git(self.top, "commit-tree", tree, *parents, "-F", "-", given=message, more=who).strip()
        subject = message.partition("\n")[0]
        git(self.top, "update-ref", "-m", f"commit: {subject}", "HEAD", commit, head or _NO_BLOB)
        return git(self.top, "rev-parse", "--short", commit).strip()

    def find(self, trailer: str, paths: list[Path]) -> str:
        """Return the short name of the last commit on the branch to these files with this line, "" for none."""
        if not self._head():
            return ""
        search = ("--fixed-strings", f"--grep={trailer}", "--format=%h%n%B%x00")
        found = git(self.top, "log", *search, "--", *map(self._name, paths))
        for entry in found.split("\0"):
            name, *lines = entry.strip().splitlines() or [""]
            if trailer in lines:  # whole lines: an id may begin like another
                return name
        return ""

    def push(self) -> str:
        """Send the branch to where it comes from; return why that failed, "" where it worked. Never forced."""
        try:
            git(self.top, "push", "--quiet")
        except StoreError as error:
            return str(error)
        return ""

    def _head(self) -> str:
        with suppress(StoreError):
            return git(self.top, "rev-parse", "--quiet", "--verify", "HEAD").strip()
        return ""

    def _text(self, name: str) -> str | None:
        with suppress(StoreError):
            return git(self.top, "cat-file", "--filters", name)
        return None

    def _name(self, path: Path) -> str:
        return path.resolve().relative_to(self.top.resolve()).as_posix()

    def _blob(self, path: Path, text: str) -> str:
        return git(self.top, "hash-object", "-w", "--stdin", "--path", self._name(path), given=text).strip()

    def _mode(self, path: Path) -> str:
        listed = git(self.top, "ls-files", "--stage", "--", self._name(path)).split(maxsplit=1)
        return listed[0] if listed else "100644"

    def _stage(self, path: Path, text: str) -> None:
        entry = f"{self._mode(path)},{self._blob(path, text)},{self._name(path)}"
        git(self.top, "update-index", "--add", "--cacheinfo", entry)

    def _tree(self, head: str, texts: Mapping[Path, str]) -> str:
        """Return the tree of the last commit with these texts in it, made in an index of its own."""
        with tempfile.TemporaryDirectory(prefix="digestbot-") as scratch:
            own = {"GIT_INDEX_FILE": os.path.join(scratch, "index")}
            if head:
                git(self.top, "read-tree", head, more=own)
            for path, text in texts.items():
                entry = f"{self._mode(path)},{self._blob(path, text)},{self._name(path)}"
                git(self.top, "update-index", "--add", "--cacheinfo", entry, more=own)
            return git(self.top, "write-tree", more=own).strip()
