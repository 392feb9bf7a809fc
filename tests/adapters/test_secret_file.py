"""The secret in a file of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from digestbot.adapters.secret_file import secret_of
from digestbot.errors import ConfigError


def test_a_secret_is_made_once_and_is_its_owners(tmp_path: Path) -> None:
    """The second who asks gets the first one's, and nobody else on the machine can read it."""
    file = tmp_path / "secret"

    first, second = secret_of(file), secret_of(file)

    assert first == second
    assert len(first) >= 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_secret_that_others_could_read_is_closed(tmp_path: Path) -> None:
    """A file that was copied with wide permissions gets narrow ones."""
    file = tmp_path / "secret"
    file.write_text("s" * 40)
    file.chmod(0o644)

    secret_of(file)

    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_no_secret_is_refused(tmp_path: Path) -> None:
    """An empty or short file signs nothing: a link could be guessed."""
    file = tmp_path / "secret"
    file.write_text("short\n")

    with pytest.raises(ConfigError, match="delete the file"):
        secret_of(file)
