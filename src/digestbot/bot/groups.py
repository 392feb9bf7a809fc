"""Every group of commands that the bot has."""

from __future__ import annotations

from digestbot.bot import (
    buttons,
    digest,
    feeds,
    forget,
    help,
    latest,
    roadmap,
    settings,
    status,
    subscribe,
    subscriptions,
    suggest,
    why,
)
from digestbot.bot.desk import AddCommands

GROUPS: tuple[AddCommands, ...] = (
    subscribe.add_commands,
    subscriptions.add_commands,
    digest.add_commands,
    latest.add_commands,
    why.add_commands,
    suggest.add_commands,
    roadmap.add_commands,
    feeds.add_commands,
    status.add_commands,
    settings.add_commands,
    help.add_commands,
    forget.add_commands,
    buttons.add_commands,
)
