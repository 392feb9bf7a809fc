"""`digestbot bot`: the Discord bot in a process of its own, and how it is invited."""

from __future__ import annotations

import asyncio
import signal
from contextlib import closing

from digestbot.app import Explainer, run_bot, token_of
from digestbot.commands.console import terminal, write_json
from digestbot.memory import hand_back_memory
from digestbot.settings import Settings


def bot_command(settings: Settings) -> int:
    """Run until SIGTERM or Ctrl-C, which let it say goodbye; a second one ends it in its tracks."""
    token_of(settings)
    hand_back_memory()
    where = terminal()

    async def run() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()

        def ask_to_stop(number: signal.Signals) -> None:
            where.say("stopping")
            stop.set()
            loop.remove_signal_handler(number)

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ask_to_stop, number)
        with closing(Explainer(lambda: settings)) as explainer:
            await run_bot(lambda: settings, stop, where.say, explainer.explain)

    asyncio.run(run())
    return 0


def invite_command(settings: Settings, as_json: bool) -> int:
    """Write the address that invites the bot, as Discord knows it."""
    from digestbot.adapters.discord_chat.standing import standing
    from digestbot.bot.invite import SCOPES, invite_url, names

    found = asyncio.run(standing(token_of(settings)))
    url = invite_url(found.application)
    if as_json:
        write_json({"url": url, "bot": found.name, "scopes": list(SCOPES), "permissions": names()})
        return 0
    where = terminal()
    where.write(url + "\n")
    where.say(f"Open it as somebody who manages the server. {found.name} asks for: {', '.join(names())}.")
    if not found.public:
        where.say("Only you can open it: the bot is not public (developer portal › Bot › Public Bot).")
    return 0
