"""`digestbot config`: the settings as they count, and where each comes from."""

from __future__ import annotations

from digestbot.commands.console import terminal, write_json
from digestbot.settings import origins


def show_command(origin: bool, everything: bool, as_json: bool) -> int:
    """Write the settings that are not at their defaults, or all; a secret is masked in every form."""
    shown = [one for one in origins() if everything or one.origin != "default"]
    if as_json:
        write_json([one.__dict__ for one in shown])
        return 0
    where = terminal()
    columns = ("setting", "origin", "value") if origin else ("setting", "value")
    rows = [(one.name, one.origin, one.value) if origin else (one.name, one.value) for one in shown]
    where.table(columns, rows, wide="value")
    if not shown:
        where.say("every setting is at its default; --all shows them")
    return 0
