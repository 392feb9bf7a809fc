"""`digestbot suggestions`: what became of the addresses that people handed in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from digestbot.app import ledger_of
from digestbot.commands.console import counted, terminal, write_json
from digestbot.responses import answers, news, tell
from digestbot.settings import Settings


def suggestions_command(settings: Settings, by: str, only_new: bool, now: datetime, as_json: bool) -> int:
    """Write what became of each address; with `only_new` what was not told before, which it is by this."""
    with ledger_of(settings) as ledger:
        found = answers(ledger.suggestions, ledger.history, ledger.reviews, by)
        if only_new:
            found = news(found)
            tell(ledger.reviews, found, now)
    if as_json:
        for one in found:
            write_json(asdict(one))
        return 0
    where = terminal()
    rows = [(a.by, a.standing, a.place, "\n".join(filter(None, (a.title, a.url, a.reason)))) for a in found]
    where.table(("by", "standing", "place", "what"), rows, wide="what")
    where.say(counted(len(found), "suggestion") if found else "There is nothing to tell.")
    return 0
