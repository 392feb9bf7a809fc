"""Runs git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from digestbot.errors import StoreError

IDENTITY = ("-c", "user.name=digestbot", "-c", "user.email=digestbot@localhost")
_TIMEOUT_S = 120.0
"""For a push over a slow line; all else takes milliseconds."""


def git(folder: Path, *words: str, given: str | None = None, more: Mapping[str, str] | None = None) -> str:
    """Return what git says in a folder, of UTF-8 with line ends as they are; raises StoreError with git's own words."""
    # A caller's GIT_DIR (set in hooks) would name another repository, and nobody is there to sign or to be asked.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **(more or {})}
    command = ["git", "-C", str(folder), "-c", "commit.gpgSign=false", "-c", "core.quotePath=false", *words]
    try:
        done = subprocess.run(
            command,
            input=None if given is None else given.encode("utf-8"),
            capture_output=True,
            check=False,
            env=environment,
            timeout=_TIMEOUT_S,
            stdin=subprocess.DEVNULL if given is None else None,
        )
    except subprocess.TimeoutExpired as error:
        raise StoreError(f"git {_verb(words)!r} took longer than {_TIMEOUT_S:.0f} s in {str(folder)!r}") from error
    except OSError as error:
        raise StoreError(f"git cannot be run: {error.strerror}; install it") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise StoreError(f"git {_verb(words)!r} failed in {str(folder)!r}: {said}")
    return done.stdout.decode("utf-8", "surrogateescape")


def _verb(words: tuple[str, ...]) -> str:
    """Return git's command among its options."""
    rest = iter(words)
    for word in rest:
        if word == "-c":
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return ""
