"""Every group of commands that the bot has."""

from __future__ import annotations

from digestbot.bot import status
from digestbot.bot.desk import AddCommands

GROUPS: tuple[AddCommands, ...] = (status.add_commands,)
