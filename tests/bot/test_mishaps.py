"""What goes wrong beneath people's hands: forms that come too late, messages that go, Discord and ledgers that fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import digests
import discord
import pytest
from asked import NOW
from reviewers import Reviewers, propose, shelve
from server import Server, message_of, on_discord, text_of
from test_explaining import TOPIC, mention

from digestbot.adapters.ledger import Ledger
from digestbot.bot.faults import Mistake, words_for
from digestbot.bot.streaming import Place, tell_answer
from digestbot.bot.turns import Full, Turns
from digestbot.domain import DigestId, ProposalId
from digestbot.domain.answers import Answer, Asked
from digestbot.errors import DigestbotError, StoreError

ID = ProposalId("p12345678")
BLANK = Answer("a", Asked("x"), "x", "en", "answered", "offline", "1", NOW)


def broken(status: int, code: int = 0) -> discord.HTTPException:
    """Return an error of Discord's as discord.py raises it."""
    kind = {404: discord.NotFound, 503: discord.DiscordServerError}.get(status, discord.HTTPException)
    response: Any = SimpleNamespace(status=status, reason="as it came")
    return kind(response, {"code": code, "message": "no"})


def chained(error: Exception, cause: Exception) -> Exception:
    """Return an error with a cause."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "said", "told"),
    [
        (chained(Mistake("Wait."), Full(mine=True)), "Wait.", []),
        (chained(StoreError("it is locked"), OSError("locked")), "The ledger is busy", ["p:up: it is locked"]),
        (ValueError("x"), "Sorry", ["p:up failed, fault"]),
    ],
)
def test_what_is_said_of_an_error_does_not_depend_on_its_cause(error: Exception, said: str, told: list[str]) -> None:
    """A mistake that was raised from something else is a mistake, and a busy ledger is no fault of ours."""
    lines: list[str] = []

    text = words_for(error, "p:up", "en", lines.append)

    assert text.startswith(said)
    assert [line.startswith(start) for line, start in zip(lines, told, strict=True)] == [True] * len(told)


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_form_of_an_earlier_process_is_given_back(ledger: Ledger, tmp_path: Path, locale: str) -> None:
    """Whoever wrote long has their words back, harmless, and nothing is decided."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        await reviewers.sync()
        form = await reviewers.ada.click(reviewers.card(), custom_id=f"p:review-reject:{ID}#1")
        await reviewers.restart()

        said = await reviewers.ada.submit_modal(form, {"reason": "Too *narrow*, @everyone", "ground": ["weak"]})

        assert said.ephemeral
        assert ("Open it again" if locale == "en-US" else "请重新打开") in text_of(said)
        assert "> Too \\*narrow\\*" in text_of(said)
        assert "@everyone" not in text_of(said)
        assert ledger.reviews.proposal(ID)[0].state == "open"

    on_discord(ledger, scenario, home=tmp_path, locale=locale)


@pytest.mark.slow
def test_a_storm_of_mentions_is_told_twice_that_it_is_too_much(ledger: Ledger) -> None:
    """What everybody reads is not written as often as somebody mentions the bot."""

    async def scenario(server: Server) -> None:
        for _ in range(60):
            await server.bob.send(server.papers, f"{mention(server)} {TOPIC}")
        said = [one for one in server.papers.history() if one.embeds]

        assert len(said) == 20 + 2
        assert "too often" in str(said[-1].embeds[0].description)

    on_discord(ledger, scenario)


@pytest.mark.slow
def test_a_mention_that_cannot_be_answered_is_told_so(ledger: Ledger) -> None:
    """As whoever uses a command is told; the operator finds the fault by its number."""

    async def dead(asked: Asked) -> AsyncIterator[Answer]:
        yield BLANK
        raise DigestbotError("the process that answers ended")

    async def scenario(server: Server) -> None:
        bot: Any = server.env.bot
        bot.desk = replace(bot.desk, library=replace(bot.desk.library, explain=dead))

        await server.bob.send(server.papers, f"{mention(server)} {TOPIC}")

        assert "went wrong on our side" in str(server.papers.history()[-1].embeds[0].description)
        assert any("a mention failed, fault" in line for line in server.lines)

    on_discord(ledger, scenario)


async def answered(show: Any) -> list[Any]:
    """Answer a question that grows at a place whose edits are `show`; return what was shown."""
    shown: list[Any] = []
    tried = asyncio.Event()

    async def one(embeds: Any, items: Any) -> None:
        tried.set()
        await show(len(shown))
        shown.append(embeds)

    async def growing(asked: Asked) -> AsyncIterator[Answer]:
        yield BLANK
        await tried.wait()
        yield replace(BLANK, state="thin")

    tree: Any = SimpleNamespace(turns=Turns(1))
    desk: Any = SimpleNamespace(library=SimpleNamespace(explain=growing))
    await tell_answer(tree, desk, Asked("x", who="discord:1"), Place(one, one), "en")
    return shown


@pytest.mark.slow
def test_an_edit_that_discord_fails_at_does_not_end_the_answer() -> None:
    """The next one shows more."""
    failures = [broken(503)]

    async def show(count: int) -> None:
        if failures:
            raise failures.pop()

    assert len(asyncio.run(answered(show))) == 1


@pytest.mark.slow
def test_whoever_deletes_an_answer_wants_no_more_of_it() -> None:
    """It ends without a word; an answer that may not be written any more does not."""

    async def deleted(count: int) -> None:
        raise broken(404, 10008)

    async def unknown(count: int) -> None:
        raise broken(404, 10015)

    assert asyncio.run(answered(deleted)) == []
    with pytest.raises(discord.NotFound):
        asyncio.run(answered(unknown))


@pytest.mark.slow
def test_a_digest_of_nothing_explains_nothing(ledger: Ledger) -> None:
    """Discord takes no form with an empty list."""
    digest = replace(digests.long(1), id=DigestId("d1"), sections=())

    async def scenario(server: Server) -> None:
        last = (await server.post(digest))[-1]

        said = await server.bob.click(last, custom_id="p:explain:d1")

        assert "nothing new" in text_of(said)

    on_discord(ledger, scenario)


@pytest.mark.slow
def test_a_reviewers_channel_that_is_gone_is_told(ledger: Ledger, tmp_path: Path) -> None:
    """Where the server's operators look, and to whoever runs the bot, once; its setting is taken back."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers, bot = Reviewers(server, operations_channel=str(server.papers.id)), server.env.bot
        await reviewers.sync()
        place: Any = bot.get_channel(reviewers.channel.id)

        await place.delete()
        await server.env.settle()
        propose(ledger, "p22222222")
        await bot.look_after()  # type: ignore[attr-defined]  # of our Bot

        assert "#reviews was deleted" in str(server.papers.history()[-1].content)
        assert ledger.guilds.get(str(server.guild.id)).review_channel == ""
        assert len([line for line in server.lines if "is gone" in line]) == 1

    on_discord(ledger, scenario, home=tmp_path)


@pytest.mark.slow
def test_forgetting_all_day_gives_no_more_questions(ledger: Ledger) -> None:
    """What is forgotten is not counted any more: three times a day are enough."""

    async def scenario(server: Server) -> None:
        said = []
        for _ in range(4):
            page = await server.bob.slash(server.papers, "forget-me")
            said.append(await server.bob.click(message_of(page)))

        assert ["too often" in text_of(one) for one in said] == [False, False, False, True]

    on_discord(ledger, scenario)
