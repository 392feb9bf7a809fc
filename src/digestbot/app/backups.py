"""Backups: all that cannot be made anew, as one file, taken while everything runs; and back again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from digestbot import __version__
from digestbot.adapters.archive import is_archive, names_in, read_archive, write_archive
from digestbot.adapters.ledger import Ledger, copy_ledger, count_rows, save_ledger, sqlite_url
from digestbot.app.storing import database_url, make_home
from digestbot.errors import StoreError
from digestbot.settings import Settings

_LEDGER = "ledger.db"
_MADE_ANEW = ("chroma", "chroma.lock", "logs", "tmp")
"""What a restored bot fills again."""


def back_up(settings: Settings, target: Path, now: datetime) -> dict[str, Any]:
    """Write the ledger and the data folder's files into a new archive; return what is in it.

    Raises StoreError where it cannot be written.
    """
    if not target.absolute().parent.is_dir():
        raise StoreError(f"the backup {str(target)!r} cannot be written: there is no folder {str(target.parent)!r}")
    with TemporaryDirectory(prefix=".backup-", dir=target.absolute().parent) as folder:
        stage = Path(folder)
        save_ledger(database_url(settings), stage / _LEDGER)
        for name in _kept(settings.home):
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):  # a mail that moved on, a file that was let go
                shutil.copy2(settings.home / name, stage / name)
        told = {"version": __version__, "rows": count_rows(sqlite_url(stage / _LEDGER))}
        size = write_archive(target, {name: stage / name for name in names_in(stage)}, told, now)
        files = sum(1 for _ in names_in(stage))
    return {"file": str(target), "bytes": size, "files": files, **told}


def restore(settings: Settings, source: Path) -> dict[str, Any]:
    """Bring a backup back into a data folder, and a database, that hold no ledger yet; return what was in it.

    Files that are there already must be those of the backup: nothing is overwritten, and a restore that was killed can
    be repeated. The ledger comes last. Raises StoreError for a damaged backup, and where there is a ledger already.
    """
    make_home(settings.home)
    _refuse_ledger(settings)
    with TemporaryDirectory(prefix=".restore-", dir=settings.home) as folder:
        stage = Path(folder)
        listed = read_archive(source, stage)
        rows = count_rows(sqlite_url(stage / _LEDGER))
        if rows != listed["rows"]:
            raise StoreError(f"{str(source)!r} is damaged: its ledger does not hold what it says")
        _forget_index(stage / _LEDGER)
        names = [name for name in names_in(stage) if name != _LEDGER and not name.startswith(f"{_LEDGER}-")]
        strangers = [name for name in names if _differs(stage / name, settings.home / name)]
        if strangers:
            raise StoreError(f"{strangers[0]!r} is there already and differs: restore into an empty data folder")
        for name in names:
            (settings.home / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(stage / name, settings.home / name)
        if settings.database_url:
            copy_ledger(sqlite_url(stage / _LEDGER), database_url(settings))
        else:
            os.rename(stage / _LEDGER, settings.home / _LEDGER)
    return {"made_at": listed["made_at"], "version": listed["version"], "files": len(names), "rows": rows}


def _refuse_ledger(settings: Settings) -> None:
    if settings.database_url and any(count_rows(database_url(settings)).values()):
        raise StoreError("the database holds a ledger already: restore into an empty one")
    if not settings.database_url and (settings.home / _LEDGER).exists():
        raise StoreError(f"{str(settings.home)!r} holds a ledger already: restore into another DIGESTBOT_HOME")


def _forget_index(file: Path) -> None:
    """The index is not in a backup: what is in the ledger is indexed anew."""
    ledger = Ledger(sqlite_url(file))
    try:
        for space in ledger.stories.spaces():
            ledger.stories.mark_indexed(space, [], None)
    finally:
        ledger.close()


def _kept(home: Path) -> Iterator[str]:
    """Yield the files to keep; a repository's objects come last, so that all that its references name are there.

    Backups that lie beside them are left out: each would hold all before it, and be twice as large.
    """
    names = [
        name
        for name in names_in(home)
        if name.split("/")[0] not in _MADE_ANEW and not name.startswith(_LEDGER) and not is_archive(home / name)
    ]
    yield from sorted((name for name in names if not name.startswith(".")), key=lambda name: "/.git/objects/" in name)


def _differs(one: Path, other: Path) -> bool:
    return other.is_dir() or (other.is_file() and one.read_bytes() != other.read_bytes())
