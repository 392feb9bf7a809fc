"""A secret of our own in a file that only its owner can read, made at first use."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from digestbot.errors import ConfigError

_LEAST_CHARS = 32


def secret_of(file: Path) -> str:
    """Return the secret in a file, a new one where there is none; raises ConfigError for what is no secret."""
    try:
        _make(file)
        found = file.read_text("ascii").strip()
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the secret in {str(file)!r} cannot be read or made: {error}") from error
    if len(found) < _LEAST_CHARS:
        raise ConfigError(f"the secret in {str(file)!r} is shorter than {_LEAST_CHARS} characters: delete the file")
    return found


def _make(file: Path) -> None:
    """Make the file whole or not at all, and never a second time: two processes may come first."""
    if file.exists():
        return
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as writing:
            writing.write(secrets.token_urlsafe(48) + "\n")
            writing.flush()
            os.fsync(writing.fileno())
        try:
            os.link(part, file)
        except FileExistsError:
            return
    finally:
        part.unlink(missing_ok=True)
