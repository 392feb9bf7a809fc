"""The feeds file: changed by one at a time, whole or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from digestbot.adapters.feeds_file import FeedsFile
from digestbot.errors import ConfigError, StoreError


def test_a_new_file_begins_as_the_shipped_one(tmp_path: Path) -> None:
    """Reading writes nothing; the first change writes the shipped text with what was changed."""
    file = FeedsFile(tmp_path, "# shipped\n")

    assert (file.read(), file.path.exists()) == ("# shipped\n", False)
    assert file.change(lambda text: f"{text}x")
    assert file.path.read_text() == "# shipped\nx"


def test_what_fails_changes_nothing(tmp_path: Path) -> None:
    """A rule that raises, and one that gives the same text, leave the very same file."""
    file = FeedsFile(tmp_path, "")
    file.path.write_bytes(b"\xef\xbb\xbfa\r\n")
    before = file.path.stat().st_ino

    def refuse(text: str) -> str:
        raise ConfigError("no")

    with pytest.raises(ConfigError):
        file.change(refuse)
    assert not file.change(lambda text: text)
    assert (file.path.read_bytes(), file.path.stat().st_ino) == (b"\xef\xbb\xbfa\r\n", before)


def test_changes_at_once_are_all_kept(tmp_path: Path) -> None:
    """Each change begins with what the one before it left."""

    def add(number: int) -> bool:
        return FeedsFile(tmp_path, "").change(lambda text: f"{text}{number}\n")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))

    assert sorted(map(int, (tmp_path / "feeds.yaml").read_text().split())) == list(range(40))


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Where feeds.yaml leads to a file kept elsewhere, that one is changed, and its mode stays."""
    kept, home = tmp_path / "kept.yaml", tmp_path / "home"
    home.mkdir()
    kept.write_text("a")
    kept.chmod(0o640)
    (home / "feeds.yaml").symlink_to(kept)

    FeedsFile(home, "").change(lambda text: f"{text}b")

    assert (home / "feeds.yaml").is_symlink()
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == ("ab", 0o640)


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A folder in the file's place is told as what cannot be written, and no part is left behind."""
    file = FeedsFile(tmp_path, "")
    (tmp_path / ".feeds.yaml.part").mkdir()

    with pytest.raises(StoreError, match="cannot be written"):
        file.change(lambda text: "x")
    assert not file.path.exists()
