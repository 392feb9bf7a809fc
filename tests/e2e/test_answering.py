"""Questions answered in a process of their own, as the Discord bot asks them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from asked import NOW, PAPERS
from endpoint import PIECE, serve

from digestbot.app.answering import Explainer
from digestbot.app.storing import ledger_of
from digestbot.commands.library import load_command
from digestbot.domain.answers import Answer, Asked
from digestbot.errors import DigestbotError
from digestbot.settings import Settings

pytestmark = pytest.mark.slow


def settings_of(home: Path, **changes: object) -> Settings:
    """Return settings whose clock stands still."""
    return Settings.model_validate({"home": home, "now": NOW, **changes})


async def last(explainer: Explainer, question: str) -> Answer:
    """Return the whole answer to a question."""
    async for answer in explainer.explain(Asked(question, who="discord:1", place="discord:2")):
        found = answer
    return found


def load(home: Path) -> None:
    """Put the papers into the ledger."""
    lines = home.parent / "papers.jsonl"
    rows = [{"id": id, "title": title, "abstract": text} for id, (title, text) in PAPERS.items()]
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    load_command(settings_of(home), lines, NOW)


def with_explainer(settings: Settings, scenario: Callable[[Explainer], Awaitable[None]], idle_s: float = 30) -> None:
    """Run a scenario with one that answers."""

    async def run() -> None:
        with closing(Explainer(settings, idle_s)) as explainer:
            await scenario(explainer)

    asyncio.run(asyncio.wait_for(run(), 60))


def test_questions_are_answered_beside_one_another_and_recorded(tmp_path: Path) -> None:
    """Each gets its own answer, with where it was asked; an empty library has nothing to say."""
    load(tmp_path / "home")

    async def scenario(explainer: Explainer) -> None:
        told, thin = await asyncio.gather(last(explainer, "speculative decoding"), last(explainer, "Kalman filters"))

        assert (told.state, thin.state) == ("answered", "thin")
        assert told.asked.place == "discord:2"
        with ledger_of(settings_of(tmp_path / "home")) as ledger:
            assert ledger.answers.answer(told.id) == told

    with_explainer(settings_of(tmp_path / "home"), scenario)


def test_a_models_answer_comes_as_it_is_written(tmp_path: Path) -> None:
    """The first claim is here while the model writes the second; what it took is in the ledger."""
    load(tmp_path / "home")
    here, texts = Event(), [text.split(". ")[0] + "." for _, text in list(PAPERS.values())[:3]]
    claims = [{"part": "what", "text": text, "sources": ["S1", "S2", "S3"]} for text in texts]
    reply = json.dumps({"enough": True, "claims": claims, "missing": ""})

    async def scenario(explainer: Explainer) -> None:
        counts = []
        async for answer in explainer.explain(Asked("speculative decoding")):
            counts.append(len(answer.claims))
            if answer.claims:
                here.set()

        assert counts[:2] == [0, 1]
        assert (counts[-1], answer.model) == (3, "openai:m")
        with ledger_of(settings_of(tmp_path / "home")) as ledger:
            assert ledger.answers.answer(answer.id) == answer
            assert ledger.spending.spent(NOW).tokens == 1100

    with serve(lambda ids: reply) as endpoint:
        endpoint.pauses = lambda piece: here.wait(20) if piece == len(reply) // PIECE // 2 else None
        model = {"model": "openai:m", "openai_base_url": endpoint.url, "openai_api_key": "k"}
        with_explainer(settings_of(tmp_path / "home", **model), scenario)


def test_a_process_that_ended_is_followed_by_another(tmp_path: Path) -> None:
    """Whether it had nothing to do or was killed in the middle: nobody who asks sees it."""
    load(tmp_path / "home")

    async def scenario(explainer: Explainer) -> None:
        await last(explainer, "speculative decoding")
        assert explainer._study is not None
        first = explainer._study.process
        asking = asyncio.ensure_future(last(explainer, "long contexts"))
        await asyncio.sleep(0)
        first.kill()
        after = await asking

        assert after.asked.question == "long contexts"
        assert explainer._study.process is not first

    with_explainer(settings_of(tmp_path / "home"), scenario)


def test_an_idle_process_ends(tmp_path: Path) -> None:
    """It costs nothing where nobody asks."""
    load(tmp_path / "home")

    async def scenario(explainer: Explainer) -> None:
        await last(explainer, "speculative decoding")
        assert explainer._study is not None
        await asyncio.to_thread(explainer._study.process.join, 20)

        assert explainer._study.process.exitcode == 0
        assert (await last(explainer, "speculative decoding")).cached

    with_explainer(settings_of(tmp_path / "home"), scenario, idle_s=0.05)


def test_what_cannot_be_answered_is_told(tmp_path: Path) -> None:
    """A model that is not set up right is named, and the next question is heard."""

    async def scenario(explainer: Explainer) -> None:
        for _ in range(2):
            with pytest.raises(DigestbotError, match="nobody:nothing"):
                await last(explainer, "speculative decoding")

    with_explainer(settings_of(tmp_path / "home", model="nobody:nothing"), scenario)


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_ends_after_the_loop_ends_quietly(tmp_path: Path) -> None:
    """A surface that stops lets go of the process late: what that says then has no listener, and breaks nothing."""
    load(tmp_path / "home")
    explainer = Explainer(settings_of(tmp_path / "home"), 30)

    answer = asyncio.run(last(explainer, "speculative decoding"))
    explainer.close()

    assert answer.asked.question == "speculative decoding"
