"""`/help`: what the bot can do, in the words of its commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from discord import app_commands

from digestbot.bot.answers import acknowledge, answer, listed
from digestbot.bot.desk import Desk
from digestbot.bot.tree import Interaction, Tree
from digestbot.bot.words import lang_of, t


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command."""

    @tree.command(name="help", description="What the bot can do")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def help_me(interaction: Interaction) -> None:
        await acknowledge(interaction)
        lang = lang_of(interaction)
        opening = t(lang, "digestbot reads feeds, files what matters into a learning roadmap, and sends digests of it.")
        lines = [f"- `/{one.qualified_name}`: {t(lang, one.description)}" for one in typed(tree)]
        lines.append(t(lang, "In the menu of a message, under *Apps*: *Explain this* and *Suggest this link*."))
        lines.append(t(lang, "Mention me with a question, or reply to an answer: I answer where you are."))
        await answer(interaction, listed(interaction, [opening, *lines]), title="digestbot")


def typed(tree: app_commands.CommandTree[Any]) -> Iterator[app_commands.Command[Any, ..., Any]]:
    """Yield every command that is typed, in order of names."""
    found = (one for one in tree.walk_commands() if isinstance(one, app_commands.Command))
    yield from sorted(found, key=lambda one: one.qualified_name)
