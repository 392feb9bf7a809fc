"""A bot that looks after reviewers' channels without a pause. Started and killed by test_review_post_kills.

python discord_reviewer.py HOME PORT CERTIFICATE GUILDS
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from discord_wire.server import TOKEN, connector, trusting
from fakes import NOW

from digestbot.app import bot_desk_of, ledger_of
from digestbot.bot.client import Bot
from digestbot.bot.groups import GROUPS
from digestbot.domain.answers import Answer, Asked
from digestbot.settings import Settings


async def _explained(asked: Asked) -> AsyncIterator[Answer]:
    """Answer nothing: nobody asks."""
    for answer in list[Answer]():
        yield answer


async def main(home: str, port: str, certificate: str, guilds: str) -> None:
    """Be on Discord until killed; `certificate` is the double's own, in PEM."""
    settings = Settings.model_validate({"home": home, "now": NOW, "review_servers": guilds})
    trusted = trusting(certificate)
    with ledger_of(settings) as ledger, ThreadPoolExecutor(2) as threads:
        desk = bot_desk_of(lambda: settings, ledger, lambda line: sys.stderr.write(f"{line}\n"), threads, _explained)
        async with Bot(desk, GROUPS, connector(int(port), trusted), 0.02, rounds_s=0.05) as bot:
            await bot.start(TOKEN)


if __name__ == "__main__":
    home, port, certificate, guilds = sys.argv[1:]
    asyncio.run(main(home, port, Path(certificate).read_text(), guilds))
