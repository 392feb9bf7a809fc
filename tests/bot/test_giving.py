"""What readers hand in and say: suggestions, saves and votes below digests, and that it can all be forgotten."""

from __future__ import annotations

from dataclasses import replace

import digests
import pytest
from fakes import NOW
from server import Server, message_of, on_discord, story, text_of

from digestbot.adapters.ledger import Ledger
from digestbot.bot.suggest import links_of
from digestbot.domain import Channel, DigestId, Subscription

pytestmark = pytest.mark.slow
HOSTILE = (
    "@everyone @here <@1> <@&2> <#3>",
    "[free](https://evil.example) discord.gg/abc https://discord.com/invite/abc",
    "\u202eabc\u200b\u2066 \ud800 \x00 \x1b[31m",
    "```" * 30 + "||x||" + "# " * 20,
    "💥" * 240,
)


def test_a_suggestion_waits_for_the_next_run(ledger: Ledger) -> None:
    """It is recorded under who made it; what waits, what is known and what is no address are told apart."""
    story(ledger, "a")

    async def scenario(server: Server) -> None:
        said = [
            text_of(await server.bob.slash(server.papers, "suggest", url=url))
            for url in ("2604.01234", "https://arxiv.org/abs/2604.01234", "https://blog.example/a", "nonsense @here")
        ]

        assert "Thank you" in said[0]
        assert "was suggested before" in said[1]
        assert "is known already" in said[2]
        assert "cannot be taken" in said[3]
        assert "@here" not in said[3]
        assert ledger.suggestions.pending() == ["https://arxiv.org/abs/2604.01234"]
        url = ledger.suggestions.pending()[0]
        assert ledger.suggestions.of([url])[url].by == f"discord:{server.bob.id}"

    on_discord(ledger, scenario)


def test_a_message_s_links_are_suggested_from_its_menu(ledger: Ledger) -> None:
    """The entry takes what the message links to; one without links is told."""

    async def scenario(server: Server) -> None:
        linked = await server.ada.send(server.papers, "see <https://blog.example/x>, and (https://blog.example/y).")
        plain = await server.ada.send(server.papers, "no link")

        taken = await server.bob.context_menu(server.papers, "Suggest this link", linked)
        refused = await server.bob.context_menu(server.papers, "Suggest this link", plain)

        assert text_of(taken).count("Thank you") == 2
        assert "has no link" in text_of(refused)
        assert ledger.suggestions.pending() == ["https://blog.example/x", "https://blog.example/y"]

    on_discord(ledger, scenario)


def test_links_of_a_message_are_few() -> None:
    """However many there are, and whatever stands around them."""
    many = " ".join(f"**https://e.example/{n}**" for n in range(20))

    assert links_of(many, []) == [f"https://e.example/{n}" for n in range(5)]
    assert links_of("x", ["https://e.example/", None, "javascript:alert(1)"]) == ["https://e.example/"]


def test_suggestions_have_a_daily_quota(ledger: Ledger) -> None:
    """Past it the answer says in how many hours there is room."""

    async def scenario(server: Server) -> None:
        for start in range(0, 20, 5):
            text = " ".join(f"https://e.example/{n}" for n in range(start, start + 5))
            message = await server.ada.send(server.papers, text)
            await server.bob.context_menu(server.papers, "Suggest this link", message)

        refused = await server.bob.slash(server.papers, "suggest", url="https://e.example/99")

        assert len(ledger.suggestions.pending()) == 20
        assert "Try again in 24 h" in text_of(refused)

    on_discord(ledger, scenario)


def test_more_pages_through_a_long_digest_after_a_restart(ledger: Ledger) -> None:
    """Each page is shown to who pressed only, and the last has no button."""

    async def scenario(server: Server) -> None:
        opening = (await server.post(replace(digests.long(40), id=DigestId("d-long"))))[0]
        await server.restart()

        page, seen = await server.bob.click(opening, custom_id="p:more:d-long#0"), 1
        while message_of(page).components:
            page, seen = await server.bob.click(message_of(page), custom_id=f"p:more:d-long#{seen}"), seen + 1
            assert page.ephemeral

        assert seen > 3

    on_discord(ledger, scenario)


def test_stories_are_saved_from_a_digest(ledger: Ledger) -> None:
    """Several at once; they are there with the next `/saved`."""

    async def scenario(server: Server) -> None:
        last = (await server.post(replace(digests.long(3), id=DigestId("d1"))))[-1]
        await server.restart()

        asked = await server.bob.click(last, custom_id="p:save:d1")
        await server.bob.select(message_of(asked), ["0", "2"], custom_id="s:save:d1#0")

        assert len(ledger.opinions.of(f"discord:{server.bob.id}", "saved", 9)) == 2
        assert ledger.opinions.of(f"discord:{server.ada.id}", "saved", 9) == []

    on_discord(ledger, scenario)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_vote_has_a_story_and_a_reason(ledger: Ledger, locale: str) -> None:
    """The last word of a person about a thing counts; the whole digest can be meant."""

    async def scenario(server: Server) -> None:
        last = (await server.post(replace(digests.long(3), id=DigestId("d1"))))[-1]
        up = await server.bob.click(last, custom_id="p:up:d1")
        await server.bob.submit_modal(up, {"story": ["-"], "reason": ""})
        down = await server.bob.click(last, custom_id="p:down:d1")

        said = await server.bob.submit_modal(down, {"story": ["-"], "reason": "too long"})

        (vote,) = ledger.opinions.of(f"discord:{server.bob.id}", "vote", 9)
        assert (vote.about, vote.liked, vote.reason) == ("d1", False, "too long")
        assert ("Thank you" if locale == "en-US" else "谢谢") in text_of(said)

    on_discord(ledger, scenario, locale=locale)


def test_hostile_reasons_and_titles_break_nothing(ledger: Ledger) -> None:
    """They are kept as plain text, and nothing that is shown again can ping, link or hide."""

    async def scenario(server: Server) -> None:
        last = (await server.post(replace(digests.hostile(), id=DigestId("d1"))))[-1]
        for text in HOSTILE:
            form = await server.bob.click(last, custom_id="p:down:d1")
            await server.bob.submit_modal(form, {"story": ["0"], "reason": text.replace("\ud800", "")})
            await server.bob.slash(server.papers, "why", url=text.replace("\ud800", "?")[:300])
        asked = await server.bob.click(last, custom_id="p:save:d1")
        await server.bob.select(message_of(asked), ["0", "1"], custom_id="s:save:d1#0")
        shown = text_of(await server.bob.slash(server.papers, "saved"))

        assert not any(mark in shown for mark in ("@everyone", "@here", "<@", "\u202e", "\x00", "\x1b"))
        assert all("@everyone" not in message.content for message in server.papers.history())

    on_discord(ledger, scenario)


def test_a_digest_that_is_gone_is_told(ledger: Ledger) -> None:
    """Old buttons answer."""

    async def scenario(server: Server) -> None:
        last = (await server.post(replace(digests.long(3), id=DigestId("d1"))))[-1]
        ledger.readers.forget("nobody")
        server.ledger.subscriptions.save([Subscription(digests.long(3).subscription, (Channel("discord", "77"),))])
        ledger.readers.forget("77")

        result = await server.bob.click(last, custom_id="p:save:d1")

        assert "no longer kept" in text_of(result)

    on_discord(ledger, scenario)


def test_a_person_is_forgotten_once_they_are_sure(ledger: Ledger) -> None:
    """Their subscriptions, votes and name go; what servers subscribed and what others said stays."""

    async def scenario(server: Server) -> None:
        here = Subscription("here", (Channel("discord", str(server.papers.id)),), created_at=NOW)
        ledger.subscriptions.save([here])
        await server.bob.slash(server.papers, "subscribe", private=True)
        await server.bob.slash(server.papers, "suggest", url="https://e.example/1")
        last = (await server.post(replace(digests.long(3), id=DigestId("d1"))))[-1]
        for person in (server.ada, server.bob):
            form = await person.click(last, custom_id="p:up:d1")
            await person.submit_modal(form, {"story": ["-"], "reason": "mine"})

        asked = await server.bob.slash(server.papers, "forget-me")
        assert len(server.subscriptions()) == 2
        await server.bob.click(message_of(asked), custom_id=f"p:forget:{server.bob.id}")

        assert server.subscriptions() == [here]
        assert ledger.opinions.of(f"discord:{server.bob.id}", "vote", 9) == []
        assert len(ledger.opinions.of(f"discord:{server.ada.id}", "vote", 9)) == 1
        assert ledger.suggestions.of(["https://e.example/1"])["https://e.example/1"].by == "somebody"

    on_discord(ledger, scenario)


def test_a_fault_of_ours_has_an_id_that_the_operator_sees(ledger: Ledger) -> None:
    """The asker gets an apology with the id, and nothing of what went wrong."""

    async def scenario(server: Server) -> None:
        library = server.env.bot.desk.library  # type: ignore[attr-defined]
        object.__setattr__(library, "feeds", lambda: 1 / 0)

        result = await server.bob.slash(server.papers, "feeds")

        (line,) = [line for line in server.lines if "fault" in line]
        id = line.split("fault ")[1][:8]
        assert f"fault `{id}`" in text_of(result)
        assert "ZeroDivisionError" in line
        assert "division" not in text_of(result)
        assert len(server.env.errors) == 1
        server.env._errors.clear()

    on_discord(ledger, scenario)
