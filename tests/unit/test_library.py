"""Searches and answers say what had to do without what is set."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from asked import Notebook, deps
from fakes import NOW
from services import free_port

from digestbot.app.storing import INDEX_AWAY
from digestbot.commands.explaining import explain_command
from digestbot.commands.library import search_command
from digestbot.domain.answers import Asked
from digestbot.explain.asking import explained
from digestbot.explain.values import answer_values
from digestbot.render.answers import answer_text
from digestbot.render.discord_answer import answer_messages
from digestbot.search import READ
from digestbot.settings import load
from digestbot.web.answers import whole


def test_an_answer_says_that_the_index_was_away() -> None:
    """In the same words wherever it is read; whoever gets the answer later, when the index is back, is told nothing."""
    memory = Notebook()
    asked = deps(memory=memory, lacking=lambda: INDEX_AWAY)

    first = asyncio.run(explained(asked, Asked("speculative decoding"), NOW))
    again = asyncio.run(explained(deps(memory=memory), Asked("speculative decoding"), NOW))

    shown = [
        answer_text(first, 80, False).replace("\n", " "),
        str(answer_values(first)),
        str(answer_messages(first, threads=True)),
        str(whole(first)),
    ]
    assert [INDEX_AWAY.partition(",")[0] in one for one in shown] == [True] * 4
    assert again.cached
    assert again.note == ""


@pytest.mark.slow
def test_a_question_hears_that_the_server_of_the_index_is_away(
    tmp_path: Path, blank_ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the server's address: an answer may be read by anybody."""
    (tmp_path / "ledger.db").write_bytes(blank_ledger.read_bytes())
    settings = load(home=tmp_path, chroma_url=f"http://127.0.0.1:{free_port()}")

    explain_command(settings, Asked("What is attention?"), None, NOW, as_json=True)

    assert json.loads(capsys.readouterr().out)["note"] == INDEX_AWAY


@pytest.mark.slow
def test_a_search_says_that_the_server_of_the_index_is_away(
    tmp_path: Path, blank_ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger's own vectors answer, and whoever asks is told why it takes longer."""
    (tmp_path / "ledger.db").write_bytes(blank_ledger.read_bytes())
    settings = load(home=tmp_path, chroma_url=f"http://127.0.0.1:{free_port()}")

    status = search_command(settings, "attention", 3, READ, NOW, as_json=True)

    told = capsys.readouterr()
    assert INDEX_AWAY in told.err.replace("The search", "the search")
    assert status == int(not told.out)
