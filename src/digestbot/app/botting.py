"""The Discord bot put together: its desk, its commands, and its life, alone or beside the scheduler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING

from digestbot.app.storing import ledger_of
from digestbot.errors import ConfigError, DigestbotError
from digestbot.settings import Settings

if TYPE_CHECKING:
    import aiohttp

_THREADS = 4
"""For the ledger: one that writes holds the others up, so that more of them would only wait."""
Connector = Callable[[], "aiohttp.BaseConnector"]


def token_of(settings: Settings) -> str:
    """Return the bot's token; raises ConfigError where none is set."""
    if settings.discord_token is None:
        raise ConfigError("no Discord bot is set up: set DIGESTBOT_DISCORD_TOKEN, see 'A Discord bot' in the README")
    return settings.discord_token.get_secret_value()


async def run_bot(
    settings: Settings, stop: asyncio.Event, tell: Callable[[str], object], connector: Connector | None = None
) -> None:
    """Run the bot until `stop` is set; `connector` makes the way to Discord, for tests."""
    from digestbot.adapters.discord_chat.link import quiet
    from digestbot.bot.client import Bot
    from digestbot.bot.desk import Desk
    from digestbot.bot.groups import GROUPS
    from digestbot.bot.life import live

    token = token_of(settings)
    quiet()
    with ledger_of(settings) as ledger, ThreadPoolExecutor(_THREADS, thread_name_prefix="bot") as threads:
        desk = Desk(
            guilds=ledger.guilds,
            subscriptions=ledger.subscriptions,
            outbox=ledger.outbox,
            clock=lambda: settings.now or datetime.now(UTC),
            tell=tell,
            threads=threads,
        )
        await live(lambda: Bot(desk, GROUPS, connector() if connector else None), token, stop, tell)


@contextmanager
def bot_beside(settings: Settings, tell: Callable[[str], object], connector: Connector | None = None) -> Iterator[None]:
    """Keep the bot running in a thread of its own for the length of a context, where a token is set.

    What ends it is told; whatever else the process does goes on without it.
    """
    if settings.discord_token is None:
        yield
        return
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    def run() -> None:
        try:
            loop.run_until_complete(run_bot(settings, stop, tell, connector))
        except DigestbotError as error:
            tell(f"the Discord bot ended: {error}")
        except Exception as error:
            tell(f"the Discord bot ended by a fault of ours: {type(error).__name__}: {error}")

    thread = Thread(target=run, name="discord", daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
