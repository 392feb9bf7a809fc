"""Keeps the bot connected until it is told to stop: what passes is tried again, what a person must mend is raised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import discord

from digestbot.bot.client import Bot
from digestbot.errors import ConfigError

FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 300.0
BAD_TOKEN = "Discord refused the bot's token: copy it anew from the developer portal into DIGESTBOT_DISCORD_TOKEN"


async def live(
    make: Callable[[], Bot],
    token: str,
    stop: asyncio.Event,
    tell: Callable[[str], object],
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Run a bot until `stop` is set; it reconnects and resumes by itself, and begins anew when Discord was not there.

    Raises ConfigError when the token or the bot's settings at Discord are at fault.
    """
    wait_s = FIRST_WAIT_S
    while not stop.is_set():
        try:
            await _one_life(make(), token, stop)
        except discord.LoginFailure:
            raise ConfigError(BAD_TOKEN) from None
        except discord.PrivilegedIntentsRequired as error:
            raise ConfigError("Discord asks for privileged intents, which digestbot never wants") from error
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            tell(f"Discord cannot be reached ({type(error).__name__}); trying again in {wait_s:.0f} s")
            await _first(stop.wait(), sleep(wait_s))
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)


async def _one_life(bot: Bot, token: str, stop: asyncio.Event) -> None:
    """Run one client; it is closed in any case, so that Discord shows it offline at once."""
    async with bot:
        running = asyncio.ensure_future(bot.start(token))
        await _first(running, stop.wait())
        if not running.done():
            await bot.close()
        await running


async def _first(*waits: Awaitable[object]) -> None:
    """Wait for whichever comes first; the other waits end, but for one that is a task already."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task, wait in zip(tasks, waits, strict=True):
        if task is not wait and not task.done():
            task.cancel()
