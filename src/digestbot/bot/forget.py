"""`/forget-me`: what the bot knows of somebody is deleted, once they are sure."""

from __future__ import annotations

import discord
from discord import app_commands

from digestbot.bot.access import who
from digestbot.bot.answers import acknowledge, answer, replace_answer
from digestbot.bot.desk import Desk, desk_of
from digestbot.bot.tree import Interaction, Press, Tree, count, tree_of
from digestbot.bot.words import lang_of, t


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command with its button."""

    @tree.command(name="forget-me", description="Delete what the bot knows of you")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def forget_me(interaction: Interaction) -> None:
        await acknowledge(interaction)
        lang = lang_of(interaction)
        said = (
            "Delete the subscriptions of your direct messages with what they were sent, what you saved, voted and "
            "asked, and your name on what you suggested? It cannot be taken back. Messages that were posted stay; so "
            "does what servers subscribed."
        )
        button = Press("forget", str(interaction.user.id), t(lang, "Delete it"), discord.ButtonStyle.danger)
        await answer(interaction, t(lang, said), [button])

    tree.presses["forget"] = _forgotten


async def _forgotten(interaction: Interaction, asked: str) -> None:
    """Delete it; the id is that of whoever pressed, whatever the button says."""
    await interaction.response.defer()
    count(interaction, tree_of(interaction).quotas.forgetting)
    talk = await interaction.user.create_dm()
    desk, name = desk_of(interaction), who(interaction)
    said, asked_before, named = await desk.do(forgotten, desk, name, str(talk.id))
    text = t(
        lang_of(interaction),
        "Deleted, with {said} opinions, {count} questions and your name on {named} suggestions.",
        said=said,
        count=asked_before,
        named=named,
    )
    await replace_answer(interaction, text)


def forgotten(desk: Desk, name: str, talk: str) -> tuple[int, int, int]:
    """Delete what there is of somebody; return how many opinions, questions and names on suggestions that was."""
    library = desk.library
    said, asked, named = library.opinions.forget(name), library.answers.forget(name), library.suggestions.forget(name)
    library.readers.forget(talk)
    return said, asked, named
