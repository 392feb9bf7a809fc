"""What the bot's tests begin with: a desk over a ledger, with the shipped roadmap."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fakes import NOW

from digestbot.adapters.ledger import Ledger
from digestbot.app import bot_desk_of
from digestbot.bot.desk import Desk
from digestbot.settings import Settings


def desk(
    ledger: Ledger, tell: Callable[[str], object], threads: ThreadPoolExecutor, home: Path = Path("/nowhere")
) -> Desk:
    """Return a desk whose clock stands at NOW."""
    return bot_desk_of(Settings.model_validate({"home": home, "now": NOW}), ledger, tell, threads)
