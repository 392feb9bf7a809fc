"""`digestbot roadmap health`: looks at a document's links, and says what is proposed for those that are not well."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime

from digestbot.app import ledger_of
from digestbot.app.tending import tend
from digestbot.commands.console import counted, plain, progress, terminal, write_json
from digestbot.settings import Settings


def health_command(settings: Settings, name: str, limit: int, now: datetime, as_json: bool) -> int:
    """Look at the links whose time has come, and write what is not well; return 1 when something is not."""
    where = terminal()
    with ledger_of(settings) as ledger, progress(where) as show:
        found = tend(settings, ledger, name, now, limit, lambda done, total: show("fetch", done, total))
    ill = [check for check in found.checks.values() if check.state not in ("fine", "refused")]
    ill.sort(key=lambda check: (check.state, check.url))
    if as_json:
        for check in ill:
            write_json(asdict(check))
        return int(bool(ill))
    rows = [(c.state, c.url, c.moved_to or c.archived or c.reason or plain(c.said)) for c in ill]
    where.table(("state", "address", "what was seen"), rows, wide="address")
    states = Counter(check.state for check in found.checks.values())
    where.say(", ".join(f"{count} {state}" for state, count in states.most_common()) or "There are no links.")
    if found.proposals:
        where.say(f"{counted(len(found.proposals), 'new proposal')}: digestbot review list")
    return int(bool(ill))
