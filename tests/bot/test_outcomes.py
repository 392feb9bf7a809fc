"""Suggesters are told what became of their addresses: each outcome once, where they can be reached."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import NOW, proposal
from server import Server, on_discord, story

from digestbot.adapters.ledger import Ledger
from digestbot.domain import StoryId

pytestmark = pytest.mark.slow


async def suggested(server: Server, name: str = "a") -> None:
    """Let Bob suggest an address in the channel, and a run read it."""
    url = f"https://e.example/{name}"
    await server.bob.slash(server.papers, "suggest", url=url)
    told = story(server.ledger, name, url=url)
    server.ledger.suggestions.read(url, told.id)


async def look(server: Server) -> None:
    """Let the bot make a round."""
    bot: Any = server.env.bot
    await bot.look_after()


def notes(messages: Any) -> list[str]:
    """Return what messages say."""
    return [embed.description or "" for message in messages for embed in message.embeds]


@pytest.mark.parametrize(("locale", "word"), [("en-US", "was not taken"), ("zh-CN", "未被收入")])
def test_a_suggester_is_told_in_a_direct_message_once(ledger: Ledger, locale: str, word: str) -> None:
    """First that it was filed, then what reviewers said; after a crash before the record nothing comes again."""

    async def scenario(server: Server) -> None:
        await suggested(server)
        await look(server)
        filed = notes(server.bob.user.dm_channel.history())
        ledger.publications.record_proposals(
            [proposal(story="s-a", stories=(StoryId("s-a"),), state="rejected", note="too *narrow*")]
        )
        await look(server)
        ledger.reviews.told([("https://other.example/", "filed")], NOW)
        forgotten = ledger.reviews.answers
        object.__setattr__(ledger.reviews, "answers", lambda: forgotten() - {("https://e.example/a", "not wanted")})
        await server.restart()
        await look(server)

        told = notes(server.bob.user.dm_channel.history())

        assert len(filed) == 1
        assert len(told) == 2
        assert word in told[1]
        assert "too \\*narrow\\*" in told[1]
        assert notes(server.papers.history()) == []

    on_discord(ledger, scenario, locale=locale)


def test_who_takes_no_direct_messages_is_told_where_they_suggested_it(ledger: Ledger) -> None:
    """With their name and without a ping, once."""

    async def scenario(server: Server) -> None:
        await suggested(server)
        server.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
        await look(server)
        await look(server)

        (message,) = server.papers.history()

        assert f"<@{server.bob.id}>" in notes([message])[0]
        assert "filed into" in notes([message])[0]
        assert message.content == ""
        assert message.mentions == []

    on_discord(ledger, scenario)


def test_who_was_forgotten_is_told_nothing(ledger: Ledger) -> None:
    """Neither is somebody who suggested in a terminal, or what still waits."""

    async def scenario(server: Server) -> None:
        await suggested(server)
        ledger.suggestions.forget(f"discord:{server.bob.id}")
        ledger.suggestions.suggest(["https://e.example/t"], "ada", NOW)
        await server.bob.slash(server.papers, "suggest", url="https://e.example/waits")

        await look(server)

        assert notes(server.papers.history()) == []
        assert notes(server.bob.user.dm_channel.history()) == []

    on_discord(ledger, scenario)
