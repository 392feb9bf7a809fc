"""docs/discord.md names every command of the bot with its options, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from digestbot.bot.client import Bot
from digestbot.bot.groups import GROUPS
from digestbot.bot.help import typed

PAGE = (Path(__file__).parents[2] / "docs" / "discord.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| (?:`/)?([A-Za-z][a-z -]+)`? \| (.*) \|$", PAGE.partition("| in Discord |")[2], re.M))


def tree() -> app_commands.CommandTree[Any]:
    """Return the bot's commands; none of them is called, so that it needs no desk."""
    nobody: Any = None
    return Bot(nobody, GROUPS).tree


def test_every_command_has_its_row_and_every_row_its_command() -> None:
    """Those that are typed and those in menus."""
    menus = [one.name for one in tree().get_commands(type=discord.AppCommandType.message)]
    listed = PAGE.partition("| in Discord |")[2].partition("\n\n")[0]

    names = [*(one.qualified_name for one in typed(tree())), *menus]

    assert sorted(re.findall(r"^\| (?:`/)?([A-Za-z][a-z -]+?)`? \|", listed, re.M)) == sorted(names)


def test_every_option_is_named_and_described() -> None:
    """A row names the options of its command, and Discord shows a word on each."""
    for command in typed(tree()):
        for option in command.parameters:
            assert f"`{option.name}`" in ROWS[command.qualified_name], f"/{command.qualified_name} {option.name}"
            assert str(option.description) != "…"
