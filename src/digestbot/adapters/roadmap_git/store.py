"""Brings changes into a roadmap where it lives: its file or files, and the git repository around them.

What the user wrote and did not commit stays as it is, in the file and out of our commits.
"""

from __future__ import annotations

import fcntl
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from digestbot.adapters.roadmap_git.files import RoadmapFiles
from digestbot.adapters.roadmap_git.repository import Repository
from digestbot.errors import ReviewError, StoreError
from digestbot.files import replace_file
from digestbot.review import Patch, Signed, Written
from digestbot.roadmap import Roadmap, join_files, part_files
from digestbot.roadmap.places import reparse

BOT = ("digestbot", "digestbot@localhost")
_TRIES = 5
_PATIENCE_S = 60.0
_PAUSE_S = 0.05
_CONFLICT = re.compile(r"^(?:<{7} .*|>{7} .*|={7})$", re.MULTILINE)


class RoadmapStore:
    """Fulfils `review.Document` for one roadmap."""

    def __init__(
        self, files: RoadmapFiles, home: Path, *, identity: tuple[str, str] = BOT, is_pushed: bool = False
    ) -> None:
        """Keep locks in the data folder `home`; `identity` is the name and address under which commits are made."""
        self._files, self._home = files, home
        self._identity, self._is_pushed = identity, is_pushed

    def read(self) -> Roadmap:
        """Return the roadmap as it is now."""
        return self._files.read()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the roadmap; the kernel gives the lock back when its process dies. Raises StoreError after a minute."""
        folder = self._home / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        name = sha256(str(self._files.path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        with (folder / f"roadmap-{name}.lock").open("ab") as lock:
            until = time.monotonic() + _PATIENCE_S
            while not _held(lock.fileno()):
                if time.monotonic() > until:
                    raise StoreError(f"the roadmap {str(self._files.path)!r} is being changed elsewhere: try again")
                time.sleep(_PAUSE_S)
            yield

    def hindrance(self) -> str:
        """Return why the roadmap must not be changed now, "" where it may be."""
        roadmap = self.read()
        for path, text in self._texts(roadmap).items():
            if len({mark[0] for mark in _CONFLICT.findall(text)}) == len("<=>"):
                return f"there are conflict marks in {str(path)!r}: settle them first"
        repository = Repository.of(self._files.path)
        paths = [path for path in self._texts(roadmap) if path.exists()]
        return repository.hindrance(paths) if repository and paths else ""

    def write(self, patch: Patch, signed: Signed) -> Written:
        """Make a change in the files, each in one step, and commit it where they are in a repository."""
        before, after = self._replaced(patch)
        repository = Repository.of(self._files.path)
        if repository is None:
            return Written()
        if hindrance := repository.hindrance(list(self._texts(after))):
            raise StoreError(hindrance)
        written = self._committed(repository, before, after, patch, signed)
        if not (written.commit and self._is_pushed):
            return written
        refusal = repository.push()
        return Written(written.commit, f"{written.commit} was not pushed: {refusal}" if refusal else "")

    def _replaced(self, patch: Patch) -> tuple[Roadmap, Roadmap]:
        """Change the files, as often as somebody writes them at the same moment; return them before and after."""
        for _ in range(_TRIES):
            before = self.read()
            after = patch(before)
            old, new = self._texts(before), self._texts(after)
            if set(new) != set(old):
                # Lines that look like our marks between files would write wherever they name.
                raise ReviewError("the change would make or drop files of the roadmap: edit it by hand")
            changed = {path: text for path, text in new.items() if old[path] != text}
            if self.read().version == before.version:
                for path, text in changed.items():
                    _replace(path, text)
                return before, after
        raise StoreError(f"the roadmap {str(self._files.path)!r} is being written by somebody else: try again")

    def _committed(
        self, repository: Repository, before: Roadmap, after: Roadmap, patch: Patch, signed: Signed
    ) -> Written:
        """Commit the change on top of the last commit's own text, and put it into what is staged."""
        texts = self._texts(after)
        if found := repository.find(signed.trailer, list(texts)):
            return Written(found)
        heads = {path: text for path in texts if (text := repository.committed(path)) is not None}
        if not heads and not self._is_ours(repository):
            return Written(note=f"not committed: git does not follow {str(self._files.path)!r}")
        if not heads:
            heads = self._texts(before)
            repository.commit(heads, heads, f"Keep the roadmap {before.name}\n", self._identity)
        staged = {path: text for path in heads if (text := repository.staged(path)) is not None}
        try:
            committed = self._patched(before, heads, patch)
            index = self._patched(before, staged, patch)
        except ReviewError:
            return Written(note="not committed: it stands in the file, next to changes of yours; commit it with them")
        if not committed:
            return Written(note="" if before.text != after.text else "it is committed already")
        return Written(repository.commit(committed, index, signed.message, self._identity))

    def _patched(self, document: Roadmap, texts: Mapping[Path, str], patch: Patch) -> dict[Path, str]:
        """Return those of the files' other texts that a change alters, altered."""
        joined = self._joined(texts)
        after = self._texts(patch(reparse(document, joined)))
        return {path: text for path, text in after.items() if texts.get(path) != text}

    def _texts(self, roadmap: Roadmap) -> dict[Path, str]:
        """Return the files of a roadmap by where they are."""
        root = self._files.path
        parts = part_files(roadmap.text) if root.is_dir() else {}
        if parts:
            return {root / name: text for name, text in parts.items()}
        return {root: roadmap.text}

    def _joined(self, texts: Mapping[Path, str]) -> str:
        root = self._files.path
        if root.is_dir():
            return join_files({path.relative_to(root).as_posix(): text for path, text in texts.items()})
        return next(iter(texts.values()), "")

    def _is_ours(self, repository: Repository) -> bool:
        return repository.top.resolve() == (self._home / "roadmaps").resolve()


def _held(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _replace(path: Path, text: str) -> None:
    """Put a text in a file's place; a link to the file stays one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path.resolve(), text.encode("utf-8"))
    except OSError as error:
        raise StoreError(f"the roadmap {str(path)!r} cannot be written: {error.strerror}") from error
