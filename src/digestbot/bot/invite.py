"""What the bot may do on a server: the scopes and permissions of its invitation, and which of them a channel lacks."""

from __future__ import annotations

import discord

SCOPES = ("bot", "applications.commands")
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    embed_links=True,
    read_message_history=True,
)
"""What it takes to post a digest, and to find again what was posted; nothing to manage, and no right to ping.

A role that digests ping has to allow that itself.
"""
_NAMES = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}
"""As Discord's settings call them."""


def invite_url(application: int) -> str:
    """Return the address at which somebody who manages a server adds the bot to it."""
    return discord.utils.oauth_url(application, permissions=PERMISSIONS, scopes=SCOPES)


def lacking(granted: discord.Permissions) -> list[str]:
    """Return the permissions that are missing, by the names in Discord's settings."""
    return [name for flag, name in _NAMES.items() if not getattr(granted, flag)]


def names() -> list[str]:
    """Return all permissions that it asks for, by the names in Discord's settings."""
    return list(_NAMES.values())
