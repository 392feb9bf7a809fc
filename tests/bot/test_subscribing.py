"""Subscribing from Discord: who may, where the bot can post, what is changed, paused and ended, after a restart too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import pytest
from fakes import NOW
from server import MAY_POST, Server, message_of, on_discord, story, text_of

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Channel, Subscription

pytestmark = pytest.mark.slow
WISHES: dict[str, Any] = {
    "sections": "I, II",
    "keywords": "kv cache，量化",
    "cadence": "weekly",
    "weekday": "fri",
    "at": "09:30",
    "zone": "Europe/Berlin",
    "language": "zh-Hans",
    "length": "short",
}


def subscribed(server: Server, id: str = "here", **changes: Any) -> Subscription:
    """Record a subscription of the server's channel."""
    made = Subscription(id, (Channel("discord", str(server.papers.id)),), created_at=NOW, **changes)
    server.ledger.subscriptions.save([made])
    return made


def test_all_that_is_wished_is_kept(ledger: Ledger) -> None:
    """Every option is the key of the same name on the command line."""

    async def scenario(server: Server) -> None:
        result = await server.ada.slash(server.papers, "subscribe", **WISHES)
        (made,) = server.subscriptions()

        assert made.channels == (Channel("discord", str(server.papers.id)),)
        assert (made.rule.sections, made.rule.keywords) == (("I", "II"), ("kv cache", "量化"))
        assert (made.cadence.kind, made.cadence.weekday, made.cadence.at) == ("weekly", "fri", "09:30")
        assert (made.cadence.zone, made.shape.lang, made.shape.length) == ("Europe/Berlin", "zh-Hans", "short")
        assert (made.created_at, made.since) == (NOW, NOW)
        assert "`weekly fri 09:30` Europe/Berlin" in text_of(result)

    on_discord(ledger, scenario)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sections": "XL"}, "has no section"),
        ({"chapters": "nope"}, "has no chapter"),
        ({"at": "25:00"}, "is not understood"),
        ({"zone": "Mars/Olympus"}, "there is no time zone"),
        ({"keywords": "@everyone \u202e" * 30}, ""),
    ],
    ids=["section", "chapter", "time", "zone", "keywords"],
)
def test_what_cannot_be_is_told_with_its_mending(ledger: Ledger, given: dict[str, str], said: str) -> None:
    """Nothing is saved of it, and nobody is pinged by it."""

    async def scenario(server: Server) -> None:
        result = await server.ada.slash(server.papers, "subscribe", **given)

        assert said in text_of(result)
        assert "@everyone" not in text_of(result)
        assert not said or server.subscriptions() == []

    on_discord(ledger, scenario)


def test_only_managers_subscribe_channels_unless_they_let_everyone(ledger: Ledger) -> None:
    """The refusal says who may, and how the asker gets it privately."""

    async def scenario(server: Server) -> None:
        refused = await server.bob.slash(server.papers, "subscribe")
        assert "Manage Server" in text_of(refused)
        assert server.subscriptions() == []

        await server.ada.slash(server.papers, "settings", who="everyone")
        await server.bob.slash(server.papers, "subscribe")

        assert len(server.subscriptions()) == 1

    on_discord(ledger, scenario)


def test_a_channel_that_the_bot_cannot_post_in_is_explained(ledger: Ledger) -> None:
    """What is missing is named as Discord's settings call it; one that it does not even see, too."""

    async def scenario(server: Server) -> None:
        me = server.guild.me
        assert me is not None
        mute = discord.PermissionOverwrite(send_messages=False, embed_links=False)
        muted = server.guild.create_text_channel("muted", overwrites={me: mute})

        result = await server.ada.slash(server.papers, "subscribe", where=muted)

        assert "in #muted" in text_of(result)
        assert "**Send Messages**, **Embed Links**" in text_of(result)
        assert server.subscriptions() == []

    on_discord(ledger, scenario)


def test_forums_are_subscribed_and_categories_are_not(ledger: Ledger) -> None:
    """A digest in a forum is a post of its own; a category holds no messages."""

    async def scenario(server: Server) -> None:
        forum, category = server.guild.create_forum_channel("forum"), server.guild.create_category("all")

        await server.ada.slash(server.papers, "subscribe", where=forum)
        refused = await server.ada.slash(server.papers, "subscribe", where=category)

        assert [one.channels[0].address for one in server.subscriptions()] == [str(forum.id)]
        assert "A category takes no messages" in text_of(refused)

    on_discord(ledger, scenario)


def test_direct_messages_are_for_everybody(ledger: Ledger) -> None:
    """A first message shows that they arrive; in the talk itself the same commands work."""

    async def scenario(server: Server) -> None:
        await server.bob.slash(server.papers, "subscribe", private=True)
        (made,) = server.subscriptions()
        talk = server.bob.user.dm_channel
        assert made.channels == (Channel("discord", str(talk.id)),)
        assert talk.last_message is not None

        listed = await server.bob.user.slash("subscriptions")
        elsewhere = await server.ada.slash(server.papers, "subscriptions")

        assert made.id in text_of(listed)
        assert made.id not in text_of(elsewhere)

    on_discord(ledger, scenario)


def test_a_channel_has_ten_subscriptions_at_most(ledger: Ledger) -> None:
    """More would be noise, or an attack."""

    async def scenario(server: Server) -> None:
        for n in range(10):
            subscribed(server, f"s{n}")

        refused = await server.ada.slash(server.papers, "subscribe")

        assert "has 10 subscriptions" in text_of(refused)

    on_discord(ledger, scenario)


def test_a_subscription_is_changed_paused_and_ended_after_a_restart(ledger: Ledger) -> None:
    """Lists, buttons and the form know what they are about by their ids alone."""

    async def scenario(server: Server) -> None:
        subscribed(server)
        shown = await server.ada.slash(server.papers, "subscriptions")
        await server.restart()

        await server.ada.select(message_of(shown), ["here"], custom_id="s:sub:")
        await server.ada.select(message_of(shown), ["zh-Hant"], custom_id="s:sub-lang:here")
        await server.ada.select(message_of(shown), ["headlines"], custom_id="s:sub-length:here")
        form = await server.ada.click(message_of(shown), custom_id="p:sub-edit:here")
        wished = {"sections": "II", "chapters": "", "keywords": "a, b", "cadence": "weekdays 07:00", "zone": ""}
        await server.ada.submit_modal(form, wished)
        await server.ada.click(message_of(shown), custom_id="p:sub-pause:here")

        (made,) = server.subscriptions()
        assert (made.shape.lang, made.shape.length, made.rule.sections) == ("zh-Hant", "headlines", ("II",))
        assert (made.rule.keywords, made.cadence.kind, made.cadence.at) == (("a", "b"), "weekdays", "07:00")
        assert made.paused_until is not None
        assert made.paused_until.year == 2200
        await server.ada.click(message_of(shown), custom_id="p:sub-resume:here")
        assert server.subscriptions()[0].paused_until == NOW
        await server.ada.click(message_of(shown), custom_id="p:sub-remove:here")
        await server.ada.click(message_of(shown), custom_id="p:sub-show:here")
        assert len(server.subscriptions()) == 1
        await server.ada.click(message_of(shown), custom_id="p:sub-remove:here")
        await server.ada.click(message_of(shown), custom_id="p:sub-sure:here")
        assert server.subscriptions() == []

    on_discord(ledger, scenario)


def test_a_wrong_form_changes_nothing(ledger: Ledger) -> None:
    """What is wrong is told, with the ways to write it, in Chinese too."""

    async def scenario(server: Server) -> None:
        before = subscribed(server)
        shown = await server.ada.slash(server.papers, "subscriptions")
        await server.ada.select(message_of(shown), ["here"], custom_id="s:sub:")
        form = await server.ada.click(message_of(shown), custom_id="p:sub-edit:here")
        sent = {"sections": "", "chapters": "", "keywords": "", "cadence": "now and then", "zone": "UTC"}

        result = await server.ada.submit_modal(form, sent)

        assert "无法采用" in text_of(result)
        assert "weekly mon 08:00" in text_of(result)
        assert server.subscriptions() == [before]

    on_discord(ledger, scenario, locale="zh-CN")


def test_every_press_is_checked_anew(ledger: Ledger) -> None:
    """Who lost the right to manage meanwhile is refused, and what is ended already is told."""

    async def scenario(server: Server) -> None:
        subscribed(server)
        ledger.guilds.save(replace(ledger.guilds.get(str(server.guild.id)), who_subscribes="everyone"))
        shown = await server.bob.slash(server.papers, "subscriptions")
        await server.bob.select(message_of(shown), ["here"], custom_id="s:sub:")
        ledger.guilds.save(replace(ledger.guilds.get(str(server.guild.id)), who_subscribes="managers"))

        refused = await server.bob.click(message_of(shown), custom_id="p:sub-remove:here")
        ledger.guilds.save(replace(ledger.guilds.get(str(server.guild.id)), who_subscribes="everyone"))
        ledger.subscriptions.remove("here")
        gone = await server.bob.click(message_of(shown), custom_id="p:sub-pause:here")

        assert "Manage Server" in text_of(refused)
        assert "no longer here" in text_of(gone)

    on_discord(ledger, scenario)


def test_settings_are_kept_shown_and_taken_back(ledger: Ledger) -> None:
    """Only managers see the command; a language is that of new subscriptions."""

    async def scenario(server: Server) -> None:
        role = server.guild.create_role("Reviewers", permissions=MAY_POST)
        given: dict[str, Any] = {"reviewers": role, "review_channel": server.papers, "language": "zh-Hans"}

        shown = await server.ada.slash(server.papers, "settings", **given, ping_role=role)
        await server.ada.slash(server.papers, "settings", unset="ping_role", operations_channel=server.papers)
        await server.ada.slash(server.papers, "subscribe")

        known = ledger.guilds.get(str(server.guild.id))
        assert (known.reviewers, known.review_channel) == (str(role.id), str(server.papers.id))
        assert (known.operations_channel, known.ping_role, known.lang) == (str(server.papers.id), "", "zh-Hans")
        assert f"<@&{role.id}>" in text_of(shown)
        assert "Nobody will be pinged yet" in text_of(shown)
        assert server.subscriptions()[0].shape.lang == "zh-Hans"
        assert "settings" not in server.bob.available_commands(server.papers)

    on_discord(ledger, scenario)


def test_a_preview_tells_why_and_why_not(ledger: Ledger) -> None:
    """Stories that the subscription asks for are shown, the others each with its reason; nothing is recorded."""
    story(ledger, "a", "I")
    story(ledger, "b", "II")

    async def scenario(server: Server) -> None:
        made = subscribed(server)
        server.ledger.subscriptions.save([replace(made, rule=replace(made.rule, sections=("I",)))])

        result = await server.bob.slash(server.papers, "digest preview")

        assert "Post a" in text_of(result)
        assert "[Post b](https://blog.example/b): in section II, which is not asked for" in text_of(result)
        assert ledger.publications.digests(9) == []

    on_discord(ledger, scenario)


def test_a_digest_comes_now_and_once(ledger: Ledger) -> None:
    """It is made though it is not due and even though it is paused; the second finds nothing new."""
    story(ledger, "a", "I")

    async def scenario(server: Server) -> None:
        subscribed(server, paused_until=NOW.replace(year=2200))

        sent = await server.ada.slash(server.papers, "digest now")
        again = await server.ada.slash(server.papers, "digest now")
        refused = await server.bob.slash(server.papers, "digest now")

        assert "goes to" in text_of(sent)
        assert "nothing new" in text_of(again)
        assert "Manage Server" in text_of(refused)
        assert [digest.subscription for digest in ledger.publications.digests(9)] == ["here"]
        assert [row["state"] for row in ledger.outbox.deliveries()] == ["pending"]

    on_discord(ledger, scenario)


def test_of_several_subscriptions_one_has_to_be_named(ledger: Ledger) -> None:
    """Which of several is meant has to be said, and is offered."""

    async def scenario(server: Server) -> None:
        subscribed(server, "one")
        subscribed(server, "two")

        asked = await server.ada.slash(server.papers, "digest preview")
        told = await server.ada.slash(server.papers, "digest preview", subscription="two")

        assert "Say which subscription is meant: `one`, `two`." in text_of(asked)
        assert "Nothing would be sent now" in text_of(told)

    on_discord(ledger, scenario)
