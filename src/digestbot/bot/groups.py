"""Every group of commands that the bot has."""

from __future__ import annotations

from digestbot.bot import (
    buttons,
    deciding,
    digest,
    explain,
    feeds,
    forget,
    help,
    latest,
    review,
    roadmap,
    settings,
    status,
    subscribe,
    subscriptions,
    suggest,
    talk,
    why,
)
from digestbot.bot.desk import AddCommands

GROUPS: tuple[AddCommands, ...] = (
    subscribe.add_commands,
    subscriptions.add_commands,
    digest.add_commands,
    latest.add_commands,
    explain.add_commands,
    why.add_commands,
    suggest.add_commands,
    roadmap.add_commands,
    review.add_commands,
    deciding.add_commands,
    feeds.add_commands,
    status.add_commands,
    settings.add_commands,
    help.add_commands,
    forget.add_commands,
    buttons.add_commands,
    talk.add_commands,
)
