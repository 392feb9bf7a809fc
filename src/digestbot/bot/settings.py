"""`/settings`: what a server wants of the bot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from digestbot.bot import choices
from digestbot.bot.access import check_manager, check_takes_posts
from digestbot.bot.answers import acknowledge, answer
from digestbot.bot.desk import Desk
from digestbot.bot.faults import Mistake
from digestbot.bot.telling import LANGUAGES
from digestbot.bot.tree import Interaction, Tree
from digestbot.bot.words import lang_of, t
from digestbot.domain import Guild

WHO = {"managers": "People who manage the server", "everyone": "Everyone"}
ANSWERS = {"shared": "Everyone in the channel", "private": "Whoever asked, alone"}
FIELDS = {
    "reviewers": "Reviewers' role",
    "review_channel": "Channel for reviews",
    "operations_channel": "Channel for notices",
    "ping_role": "Role to ping with digests",
    "lang": "Language of new subscriptions",
}
_UNSET = [Choice(name=locale_str(label), value=name) for name, label in FIELDS.items()]
_ANSWERS = [Choice(name=locale_str(label), value=name) for name, label in ANSWERS.items()]
_WHO = [Choice(name=locale_str(label), value=name) for name, label in WHO.items()]


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command."""

    @tree.command(name="settings", description="What this server wants of the bot; shows it where nothing is changed")
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(
        reviewers="The role that decides on proposed changes of the roadmap",
        review_channel="Where proposals are shown to them",
        operations_channel="Where the bot says what went wrong, such as a deleted channel",
        language="The language of new subscriptions",
        ping_role="The role that digests mention",
        who="Who may subscribe channels and change their subscriptions",
        answers="Who sees explanations",
        unset="A setting to take back",
    )
    @app_commands.choices(language=choices.languages(), who=_WHO, answers=_ANSWERS, unset=_UNSET)
    async def settings(
        interaction: Interaction,
        reviewers: discord.Role | None = None,
        review_channel: app_commands.AppCommandChannel | None = None,
        operations_channel: app_commands.AppCommandChannel | None = None,
        language: Choice[str] | None = None,
        ping_role: discord.Role | None = None,
        who: Choice[str] | None = None,
        answers: Choice[str] | None = None,
        unset: Choice[str] | None = None,
    ) -> None:
        check_manager(interaction)
        await acknowledge(interaction)
        for place in (review_channel, operations_channel):
            if place is not None:
                check_takes_posts(interaction, place)
                _check_is_line(interaction, place)
        for role in (reviewers, ping_role):
            if role is not None and role.is_default():
                raise Mistake(
                    t(lang_of(interaction), "Choose a role of its own: @everyone is no role to decide or ping.")
                )
        named = {"reviewers": reviewers, "review_channel": review_channel, "operations_channel": operations_channel}
        given: dict[str, Any] = {name: str(one.id) for name, one in (named | {"ping_role": ping_role}).items() if one}
        given |= {"lang": language.value} if language else {}
        given |= {"who_subscribes": who.value} if who else {}
        given |= {"answers": answers.value} if answers else {}
        given |= {unset.value: ""} if unset else {}
        known = await desk.do(changed, desk, interaction.guild, given)
        await answer(interaction, shown(known, lang_of(interaction), _unpingable(interaction, ping_role)))


def changed(desk: Desk, guild: discord.Guild | None, given: Mapping[str, Any]) -> Guild:
    """Save what is given of a server's settings and return all of them."""
    assert guild is not None
    known = desk.guilds.get(str(guild.id))
    if given:
        known = replace(known, name=known.name or guild.name, **given)
        desk.guilds.save(known)
    return known


def shown(known: Guild, lang: str, note: str = "") -> str:
    """Return a server's settings."""
    none = t(lang, "not set")
    values = {
        "reviewers": f"<@&{known.reviewers}>" if known.reviewers else none,
        "review_channel": f"<#{known.review_channel}>" if known.review_channel else none,
        "operations_channel": f"<#{known.operations_channel}>" if known.operations_channel else none,
        "ping_role": f"<@&{known.ping_role}>" if known.ping_role else none,
        "lang": LANGUAGES.get(known.lang, none),
    }
    lines = [f"**{t(lang, label)}:** {values[name]}" for name, label in FIELDS.items()]
    lines.append(f"**{t(lang, 'Who may subscribe')}:** {t(lang, WHO[known.who_subscribes])}")
    lines.append(f"**{t(lang, 'Who sees explanations')}:** {t(lang, ANSWERS[known.answers])}")
    return "\n".join(filter(None, [*lines, note]))


def _check_is_line(interaction: Interaction, place: app_commands.AppCommandChannel) -> None:
    """Raise Mistake for a channel whose messages are not one below the other."""
    if place.type in (discord.ChannelType.forum, discord.ChannelType.media):
        raise Mistake(t(lang_of(interaction), "A forum takes no such messages: choose a text channel or a thread."))


def _unpingable(interaction: Interaction, role: discord.Role | None) -> str:
    if role is None or role.mentionable:
        return ""
    said = "Nobody will be pinged yet: switch on *Allow anyone to @mention this role* in the role's settings."
    return t(lang_of(interaction), said)
