"""`digestbot search` says what had to do without what is set."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import NOW
from services import free_port

from digestbot.commands.library import search_command
from digestbot.search import READ
from digestbot.settings import load


@pytest.mark.slow
def test_a_search_says_that_the_server_of_the_index_is_away(
    tmp_path: Path, blank_ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger's own vectors answer, and whoever asks is told why it takes longer."""
    (tmp_path / "ledger.db").write_bytes(blank_ledger.read_bytes())
    settings = load(home=tmp_path, chroma_url=f"http://127.0.0.1:{free_port()}")

    status = search_command(settings, "attention", 3, READ, NOW, as_json=True)

    told = capsys.readouterr()
    assert "The ledger's own vectors answer: " in told.err
    assert status == int(not told.out)
