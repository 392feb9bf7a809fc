"""Discord: whether it takes the bot's token, where the bot is, and what it lacks in the channels it posts to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from digestbot.app import ledger_of
from digestbot.commands.console import counted
from digestbot.commands.doctor.finding import Finding
from digestbot.errors import DigestbotError
from digestbot.settings import Settings

if TYPE_CHECKING:
    import aiohttp

_MOST_CHANNELS = 20
"""Whose permissions are looked up: each takes four requests."""


def discord(
    settings: Settings, network: bool, connector: Callable[[], aiohttp.BaseConnector] | None = None
) -> Iterator[Finding]:
    """Yield how Discord is reached; `connector` makes the way there, for tests."""
    is_set = bool(settings.discord_webhook_url)
    yield Finding("Discord webhook", "ok" if is_set else "off", "set" if is_set else "not set")
    if settings.discord_token is None:
        yield Finding("Discord bot", "off", "not set", "set DIGESTBOT_DISCORD_TOKEN to post and take commands there")
        return
    if not network:
        yield Finding("Discord bot", "off", "set, not tried")
        return
    from digestbot.adapters.discord_chat.standing import standing

    channels = _subscribed_channels(settings)
    try:
        token = settings.discord_token.get_secret_value()
        found = asyncio.run(standing(token, channels[:_MOST_CHANNELS], connector))
    except DigestbotError as error:
        yield Finding("Discord bot", "error", str(error), "mend DIGESTBOT_DISCORD_TOKEN, or the way to discord.com")
        return
    yield discord_finding(found.name, found.guilds, len(channels))
    if found.privileged:
        yield intents_finding(found.privileged)
    yield from discord_places(found.channels)


def discord_finding(name: str, guilds: int, channels: int) -> Finding:
    """Return what is to be said of a bot that Discord knows."""
    says = f"{name}, on {counted(guilds, 'server')}, posts to {counted(channels, 'channel')}"
    if guilds:
        return Finding("Discord bot", "ok", says)
    return Finding("Discord bot", "error" if channels else "ok", says, "add it to a server: 'digestbot bot invite'")


def intents_finding(privileged: Sequence[str]) -> Finding:
    """Return what is to be said of intents that are switched on and never used."""
    says = f"privileged intents are on that digestbot never uses: {', '.join(privileged)}"
    advice = "switch them off in the developer portal › Bot: with them a leaked token reads what people write"
    return Finding("Discord intents", "warning", says, advice)


def discord_places(channels: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what stands in the way of posting to these channels: given by id, as permissions or why there are none."""
    from digestbot.bot.invite import lacking

    for id, granted in channels.items():
        if isinstance(granted, str):
            yield Finding(f"Discord {id}", "error", granted)
        elif lacking(granted):
            missing = ", ".join(lacking(granted))
            advice = f"in Discord open the channel's settings › Permissions, add digestbot and allow {missing}"
            yield Finding(f"Discord {id}", "error", f"the bot lacks {missing}", advice)


def _subscribed_channels(settings: Settings) -> list[str]:
    from digestbot.bot.desk import subscribed

    if not settings.database_url and not (settings.home / "ledger.db").exists():
        return []  # looking makes none
    try:
        with ledger_of(settings) as ledger:
            return sorted(subscribed(ledger.subscriptions.all()))
    except DigestbotError:
        return []  # what is wrong with the ledger is a finding of its own
