"""What a command writes to may be full, and what it is given may be in no encoding: one line and a status say so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def call(home: Path, *words: str | bytes, out: str = "") -> tuple[int, list[str]]:
    """Run a command whose answer goes to a device, if one is named; return its status and what it said."""
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "DIGESTBOT_HOME": str(home)}
    with open(out or os.devnull, "w") as stream:
        command: list[str | bytes] = [sys.executable, "-m", "digestbot", *words]
        found = subprocess.run(
            command, env=env, cwd=home, stdout=stream, stderr=subprocess.PIPE, text=True, timeout=120
        )
    return found.returncode, found.stderr.splitlines()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "words",
    [("--help",), ("--version",), ("config", "show"), ("config", "show", "--json"), ("roadmap", "list", "--json")],
)
def test_a_full_disk_is_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Whatever writes it, at once or at its end."""
    status, said = call(tmp_path, *words, out="/dev/full")

    assert status == 1
    assert len(said) == 1
    assert said[0].startswith("digestbot: what was to be written cannot be: No space left on device")


@pytest.mark.parametrize(
    "words", [(b"search", b"caf\xe9"), (b"digest", b"show", b"\xff"), (b"subscribe", b"--to", b"\xfe")]
)
def test_words_that_are_not_utf_8_are_a_wrong_usage(tmp_path: Path, words: tuple[bytes, ...]) -> None:
    """They are told, and reach neither the ledger nor a mail."""
    status, said = call(tmp_path, *words)

    assert status == 2
    assert len(said) == 1
    assert "is not UTF-8" in said[0]
