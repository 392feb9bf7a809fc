"""Posts digests to Discord as the bot, over REST alone: no gateway is needed, so that any worker can do it."""

from __future__ import annotations

from digestbot.adapters.discord_chat.sender import DiscordChatSender, Lookups

__all__ = ["DiscordChatSender", "Lookups"]
