"""What a run leaves behind in its data folder, as values that two runs can be compared by."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Remains = Mapping[str, Any]

# These tell of processes and of tries, of which a killed run has more.
_ABOUT_TRIES = {"runs", "leases", "model_calls"}
_COLUMNS_ABOUT_TRIES = {
    "outbox": {"attempts", "owner", "lease_until"},
    # A run gives a host up after some pages that it lacks; the next one asks it again.
    "articles": {"note"},
}


def remains(home: Path) -> Remains:
    """Return every row of the ledger and every file for people; paths are given relative to the data folder."""
    return {
        **_tables(home),
        "digests": _files(home / "digests"),
        "new mail": _files(home / "maildir" / "new"),
        "other mail": _files(home / "maildir" / "cur") | _files(home / "maildir" / "tmp"),
        "index": _indexed(home / "chroma" / "chroma.sqlite3"),
        "roadmaps": {n: b for n, b in _files(home / "roadmaps").items() if not n.startswith(".git/")},
        "roadmap history": _git(home, "log", "--format=%s", "--name-only") + _git(home, "status", "--porcelain"),
    }


def differences(found: Remains, expected: Remains) -> list[str]:
    """Return a line for each thing that is only in one of the two."""
    lines = []
    for part in sorted({*found, *expected}):
        here, there = _facts(found.get(part)), _facts(expected.get(part))
        lines += [f"{part}: more: {fact[:300]}" for fact in sorted(here - there)]
        lines += [f"{part}: less: {fact[:300]}" for fact in sorted(there - here)]
        if len(here) == len(there) and found.get(part) != expected.get(part) and here == there:
            lines.append(f"{part}: something is there twice")
    return lines


def _facts(part: Any) -> set[str]:
    return {repr(fact) for fact in (part.items() if isinstance(part, dict) else part or ())}


def _tables(home: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(home / "ledger.db")
    try:
        # The full text is an index: it has to agree with its table, not with another one's segments.
        connection.execute("INSERT INTO passages_words(passages_words, rank) VALUES ('integrity-check', 1)")
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = [name for name in names if not name.startswith("passages_words") and name not in _ABOUT_TRIES]
        return {name: _rows(connection, name, home) for name in kept}
    finally:
        connection.close()


def _rows(connection: sqlite3.Connection, table: str, home: Path) -> list[tuple[object, ...]]:
    columns = [values[1] for values in connection.execute(f"PRAGMA table_info({table})")]
    kept = [column for column in columns if column not in _COLUMNS_ABOUT_TRIES.get(table, ())]
    found = connection.execute(f"SELECT {', '.join(kept)} FROM {table}")
    rows = [tuple(v.replace(str(home), "HOME") if isinstance(v, str) else v for v in values) for values in found]
    return sorted(rows, key=repr)


def _indexed(file: Path) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(file)
    try:
        return sorted(connection.execute("SELECT embedding_id FROM embeddings"))
    finally:
        connection.close()


def _files(folder: Path) -> dict[str, bytes]:
    """Every file, hidden ones too: what a killed run left half written would be among them."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def _git(home: Path, *words: str) -> list[str]:
    done = subprocess.run(["git", "-C", str(home / "roadmaps"), *words], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).splitlines()
