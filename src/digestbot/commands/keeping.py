"""`digestbot backup` and `restore`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from digestbot.app import back_up, restore
from digestbot.commands.console import counted, terminal, write_json
from digestbot.settings import Settings


def backup_command(settings: Settings, file: Path, now: datetime, as_json: bool) -> int:
    """Write a backup and say what is in it."""
    made = back_up(settings, file, now)
    if as_json:
        write_json(made)
        return 0
    size = f"{made['bytes'] / (1 << 20):.1f} MB"
    rows = sum(made["rows"].values())
    terminal().say(f"{file}: {size}, {counted(made['files'], 'file')}, {counted(rows, 'row')} of the ledger")
    return 0


def restore_command(settings: Settings, file: Path, as_json: bool) -> int:
    """Bring a backup back and say what it was."""
    found = restore(settings, file)
    if as_json:
        write_json(found)
        return 0
    where = terminal()
    rows = sum(found["rows"].values())
    where.say(
        f"restored what was saved at {found['made_at']}: {counted(found['files'], 'file')}, {counted(rows, 'row')}"
    )
    where.say("the index is filled by the next run, or at once by 'digestbot reindex'")
    return 0
