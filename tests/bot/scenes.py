"""What the bot's tests begin with: a desk over a ledger, with the shipped roadmap."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from asked import deps
from fakes import NOW

from digestbot.adapters.ledger import Ledger
from digestbot.app import bot_desk_of
from digestbot.bot.desk import Desk
from digestbot.domain.answers import Answer, Asked
from digestbot.explain.asking import explain
from digestbot.settings import Settings


def desk(
    ledger: Ledger,
    tell: Callable[[str], object],
    threads: ThreadPoolExecutor,
    home: Path = Path("/nowhere"),
    **asking: Any,
) -> Desk:
    """Return a desk whose clock stands at NOW; questions are answered from a few papers, with changes of their deps."""

    def explained(asked: Asked) -> AsyncIterator[Answer]:
        return explain(deps(memory=ledger.answers, **asking), asked, NOW)

    settings = Settings.model_validate({"home": home, "now": NOW})
    return bot_desk_of(lambda: settings, ledger, tell, threads, explained)
