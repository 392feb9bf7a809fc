"""Commands that only read: what they answer, to whom, in which language, and what they offer while one types."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
from fakes import NOW
from server import Server, message_of, on_discord, story, text_of

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Channel, Opinion, Subscription

READING = {
    "help": ({}, "/digest preview", "你从摘要中收藏的内容"),
    "latest": ({}, "Post a", "Post a"),
    "latest ": ({"section": "II"}, "Nothing was filed there", "最近 30 天没有"),
    "why": ({"url": "https://blog.example/a"}, "filed into the roadmap", "归入路线图"),
    "why ": ({"url": "https://blog.example/none"}, "No feed has shown that", "没有来源出现过它"),
    "roadmap": ({}, "Section I: Foundations of Sequential Prediction", "Section I: Foundations"),
    "roadmap ": ({"section": "I"}, "- ", "- "),
    "roadmap  ": ({"section": "XL"}, "The roadmap has no section XL", "路线图没有部分 XL"),
    "feeds": ({}, "arxiv: not read yet", "arxiv: 尚未阅读"),
    "feeds ": ({"feed": "arxiv"}, "last read", "上次阅读"),
    "feeds  ": ({"feed": "nope"}, "There is no feed nope", "没有来源 nope"),
    "status": ({}, "No channel of this server", "本服务器还没有频道"),
    "saved": ({}, "You have saved nothing yet", "你还没有收藏"),
    "subscriptions": ({}, "Nothing is subscribed here yet", "此处还没有订阅"),
    "digest preview": ({}, "Nothing is subscribed here yet", "此处还没有订阅"),
}


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_each_answers_whoever_asks_in_their_language(ledger: Ledger, locale: str) -> None:
    """Anybody may read; the answer is theirs alone."""
    story(ledger, "a")

    async def scenario(server: Server) -> None:
        for name, (options, english, chinese) in READING.items():
            result = await server.bob.slash(server.papers, name.strip(), **options)

            assert result.ephemeral, name
            assert (english if locale == "en-US" else chinese) in text_of(result), name

    on_discord(ledger, scenario, locale=locale)


def test_descriptions_and_choices_have_chinese(ledger: Ledger) -> None:
    """Discord is told both languages, the traditional characters too; what is typed has one name."""

    async def scenario(server: Server) -> None:
        tree = server.env.bot.tree  # type: ignore[attr-defined]
        told = [
            await one.get_translated_payload(tree, tree.translator)
            for one in tree.get_commands(type=discord.AppCommandType.chat_input)
        ]
        subscribe = next(one for one in told if one["name"] == "subscribe")
        cadence = next(one for one in subscribe["options"] if one["name"] == "cadence")

        assert all("zh-CN" in one["description_localizations"] for one in told)
        assert all(set(one["name_localizations"]) == set() for one in told)
        assert all("zh-TW" in one["description_localizations"] for one in subscribe["options"])
        assert cadence["choices"][1]["name_localizations"]["zh-CN"] == "每天"
        menus = tree.get_commands(type=discord.AppCommandType.message)
        named = [await menu.get_translated_payload(tree, tree.translator) for menu in menus]
        assert {one["name_localizations"]["zh-CN"] for one in named} == {"推荐此链接", "讲解此内容"}

    on_discord(ledger, scenario)


def test_an_answer_is_shared_where_it_is_asked_for(ledger: Ledger) -> None:
    """Only then does everybody see it; places are called by their titles."""
    story(ledger, "a")

    async def scenario(server: Server) -> None:
        await server.bob.slash(server.papers, "latest", share=True)

        [shown] = [message.embeds[0] for message in server.papers.history(viewer=server.ada)]
        assert shown.title == "Latest"
        assert "· Section I: Foundations of Sequential Prediction" in str(shown.description)

    on_discord(ledger, scenario)


def test_what_is_typed_is_completed(ledger: Ledger) -> None:
    """Sections and chapters by id or title, after a comma too; feeds, zones, and the subscriptions of this server."""

    async def scenario(server: Server) -> None:
        here = Subscription("here", (Channel("discord", str(server.papers.id)),), created_at=NOW)
        ledger.subscriptions.save([here, Subscription("mine", (Channel("smtp", "a@b.example"),), created_at=NOW)])

        async def offered(name: str, option: str, typed: str) -> list[str]:
            found = await server.bob.autocomplete(server.papers, name, option, typed)
            assert len(found) <= 25
            return [one["value"] for one in found]

        assert (await offered("subscribe", "sections", "I, neural"))[0] == "I, II"
        assert "preliminaries" not in await offered("subscribe", "sections", "")
        assert await offered("subscribe", "chapters", "attention") != []
        assert await offered("subscribe", "zone", "berlin") == ["Europe/Berlin"]
        assert await offered("feeds", "feed", "arxiv") == ["arxiv"]
        assert await offered("latest", "section", "II") == ["II", "III", "VII", "VIII"]
        assert await offered("digest preview", "subscription", "") == ["here"]
        assert await offered("roadmap", "section", "@everyone" * 10) == []

    on_discord(ledger, scenario)


@pytest.mark.slow
def test_the_roadmap_is_browsed_by_lists(ledger: Ledger) -> None:
    """From the whole to a section to a chapter and back, in one message, after a restart too."""

    async def scenario(server: Server) -> None:
        shown = await server.bob.slash(server.papers, "roadmap")
        await server.restart()
        await server.bob.select(message_of(shown), ["I"], custom_id="s:map:section")
        assert "Section I" in text_of(shown)
        await server.bob.select(message_of(shown), ["I#0"], custom_id="s:map:chapter-0")
        assert "https://" in text_of(shown)
        await server.bob.select(message_of(shown), ["-"], custom_id="s:map:section")

        assert "Section II" in text_of(shown)

    on_discord(ledger, scenario)


def test_what_was_saved_is_shown_to_its_owner(ledger: Ledger) -> None:
    """Others have their own."""

    async def scenario(server: Server) -> None:
        name = f"discord:{server.bob.id}"
        ledger.opinions.say(Opinion(name, "saved", "s1", NOW, "d1", "A post", "https://blog.example/a"))

        assert "A post" in text_of(await server.bob.slash(server.papers, "saved"))
        assert "A post" not in text_of(await server.ada.slash(server.papers, "saved"))

    on_discord(ledger, scenario)


@pytest.mark.slow
def test_a_search_finds_by_words_and_by_meaning(ledger: Ledger, tmp_path: Path) -> None:
    """It is the search of the command line; what nothing is known of is told, and no text is too odd to ask."""
    story(ledger, "a", title="Sparse attention halves the cost of long contexts")

    async def scenario(server: Server) -> None:
        found = await server.bob.slash(server.papers, "search", query="long context attention")
        odd = await server.bob.slash(server.papers, "search", query='@everyone "*" OR \x00 ```')
        empty = await server.bob.slash(server.papers, "search", query="\u200b\u202e")

        assert "[Sparse attention" in text_of(found)
        assert "@everyone" not in (message_of(odd).embeds[0].description or "")
        assert "Write some words" in text_of(empty)

    on_discord(ledger, scenario, home=tmp_path)


@pytest.mark.slow
def test_too_many_questions_are_refused_for_a_while(ledger: Ledger) -> None:
    """The answer says when it goes again; others are not held up by it."""

    async def scenario(server: Server) -> None:
        for _ in range(20):
            await server.bob.slash(server.papers, "help")

        refused = await server.bob.slash(server.papers, "help")
        other = await server.ada.slash(server.papers, "help")

        assert "You have asked too often. Try again in 60 s." in text_of(refused)
        assert "/subscribe" in text_of(other)

    on_discord(ledger, scenario)
