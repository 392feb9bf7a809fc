"""The bot's connection to Discord's REST API: discord.py without its gateway, our own pace on top of its buckets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import aiohttp
import discord

from digestbot.adapters.discord_chat.once import trace

PER_SECOND = 40.0
"""Of the 50 requests that Discord takes of a bot in a second; the rest is for whoever types a command meanwhile."""
LONGEST_WAIT_S = 60.0
"""A longer wait is left to the outbox, which waits without holding a worker."""
ANSWER_S = 90.0
"""For one request with all of discord.py's own tries."""


class Link:
    """A client that is logged in when it is first asked for, in whichever loop that is."""

    def __init__(
        self, token: str, connector: Callable[[], aiohttp.BaseConnector] | None = None, per_second: float = PER_SECOND
    ) -> None:
        self._token, self._connector, self._gap_s = token, connector, 1 / per_second
        self._client: discord.Client | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._opening: asyncio.Lock | None = None
        self._next_at = 0.0

    async def client(self) -> discord.Client:
        """Return the client; raises what discord.py raises where the token is refused."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._client, self._loop, self._opening, self._next_at = None, loop, asyncio.Lock(), 0.0
        assert self._opening is not None
        async with self._opening:
            if self._client is None:
                self._client = await self._opened()
        return self._client

    async def turn(self) -> None:
        """Wait until the next request may go."""
        now = asyncio.get_running_loop().time()
        at = max(self._next_at, now)
        self._next_at = at + self._gap_s
        if at > now:
            await asyncio.sleep(at - now)

    def close(self) -> None:
        """Close the connection; called from another thread than the loop's, while the loop runs."""
        client, loop = self._client, self._loop
        self._client = None
        if client is not None and loop is not None and loop.is_running():
            asyncio.run_coroutine_threadsafe(client.close(), loop).result(ANSWER_S)

    async def _opened(self) -> discord.Client:
        quiet()
        made = discord.Client(
            intents=discord.Intents(guilds=True),
            connector=self._connector() if self._connector else None,
            max_ratelimit_timeout=LONGEST_WAIT_S,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=trace(),
        )
        try:
            async with asyncio.timeout(ANSWER_S):
                await made.login(self._token)
        except BaseException:
            await made.close()
            raise
        return made


def quiet() -> None:
    """Keep discord.py from writing to stderr what is no news to an operator, such as each wait."""
    logging.getLogger("discord").setLevel(logging.CRITICAL)
