"""Servers that the tests start for themselves, from what Debian installs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

_OPTIONS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=60"]
"""What a server needs that is thrown away: speed, and no port."""


def postgres_folder() -> Path | None:
    """Return where PostgreSQL's programs are; None where it is not installed."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((place for place in reversed(places) if (place / "initdb").exists()), None)


@contextmanager
def postgres(programs: Path, folder: Path) -> Iterator[sa.URL]:
    """Run a PostgreSQL of our own on a socket in a folder; give the URL of its first database."""
    owner = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if owner:
        shutil.chown(folder, owner)
    data, log = folder / "data", folder / "log"
    options = " ".join(f"-c {option}" for option in [*_OPTIONS, f"unix_socket_directories={folder}"])
    control: list[str | Path] = [programs / "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60"]

    def call(*command: str | Path) -> None:
        subprocess.run(command, check=True, user=owner, stdout=subprocess.DEVNULL, cwd=folder)

    call(programs / "initdb", "-D", data, "-U", "digestbot", "-A", "trust", "-E", "UTF8", "--no-sync")
    call(*control, "-o", options, "start")
    try:
        yield sa.URL.create(
            "postgresql+psycopg", username="digestbot", database="postgres", query={"host": str(folder)}
        )
    finally:
        call(*control, "-m", "immediate", "stop")


def run_sql(server: sa.URL, statement: str) -> None:
    """Run a statement that no transaction may hold, such as CREATE DATABASE."""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
