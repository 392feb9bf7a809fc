"""An answer that a person watches on a terminal while a chat model writes it."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from threading import Event

import calling
import pytest
from endpoint import PIECE, Endpoint, serve

pytestmark = pytest.mark.slow

ABSTRACT = (
    "Speculative decoding is a technique for accelerating the inference of large language models. "
    "Speculative decoding works by letting a small draft model propose tokens that the large model then verifies."
)
WHAT, HOW = (f"{text.rstrip('.')}." for text in ABSTRACT.split(". "))
CLAIMS = [{"part": part, "text": text, "sources": ["S1"]} for part, text in (("how", HOW), ("what", WHAT))]
REPLY = json.dumps({"enough": True, "claims": CLAIMS, "missing": ""})
WIPE = "\x1b[6F\x1b[J"
"""The question, its level, an empty line, a heading and the two rows of a claim."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with a paper in it."""
    monkeypatch.chdir(tmp_path)
    calling.unset_settings(monkeypatch)
    monkeypatch.setenv("DIGESTBOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DIGESTBOT_NOW", "2026-05-04")
    paper = {"id": "2604.1", "title": "Drafting well", "abstract": ABSTRACT, "url": "https://arxiv.org/abs/2604.1"}
    papers = tmp_path / "papers.jsonl"
    papers.write_text(json.dumps(paper | {"date": "2026-04-10"}) + "\n", "utf-8")
    calling.call("load", papers)
    return tmp_path / "home"


def watched(endpoint: Endpoint, heard: Callable[[str], object]) -> str:
    """Return what a terminal of 120 columns was sent; `heard` is told all of it so far, again and again."""
    given = {"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": "k", "DIGESTBOT_MODEL": "openai:m", "TERM": "xterm"}
    words = [sys.executable, "-m", "digestbot", "explain", "speculative decoding"]
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        os.execve(words[0], words, {**os.environ, **given})
    seen = ""
    try:
        while part := os.read(terminal, 65_536):
            seen += part.decode("utf-8", "replace")
            heard(seen)
    except OSError:  # how Linux tells that the other side closed
        pass
    assert os.waitpid(child, 0)[1] == 0
    return seen.replace("\r\n", "\n")


def test_claims_come_while_they_are_written(home: Path) -> None:
    """The first stands there before the model goes on; nothing is written twice."""
    first = Event()

    with serve(lambda ids: REPLY) as endpoint:
        endpoint.pauses = lambda piece: first.wait(30) if piece == len(REPLY) // PIECE - 2 else None
        seen = watched(endpoint, lambda so_far: first.set() if HOW[:40] in so_far else None)

    assert first.is_set()
    assert [seen.count(text[:60]) for text in (HOW, WHAT, "https://arxiv.org/abs/2604.1")] == [1, 1, 1]
    assert "\x1b[J" not in seen


def test_what_breaks_off_is_wiped_away(home: Path) -> None:
    """The offline answer takes its place on the screen, and says that the model gave none."""
    half = REPLY[: REPLY.index(WHAT) + 20]

    with serve(lambda ids: half) as endpoint:
        seen = watched(endpoint, lambda so_far: None)

    before, _, after = seen.partition(WIPE)
    assert HOW[:60] in before
    assert "technique" not in before
    assert "openai:m gave no answer" in after
    assert after.count(WHAT[:60]) == 1
