"""What every test may ask for."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import hypothesis
import pytest
import sqlalchemy as sa
from services import chroma, chroma_program, postgres, postgres_folder, run_sql

from digestbot.adapters.ledger import Ledger, sqlite_url

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from world import World

# What takes long says nothing of what is right, and machines are busy: speed is measured in bench/. Fifty examples a
# test keep the fast tests within a minute.
hypothesis.settings.register_profile("house", deadline=None, max_examples=50)
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True)
def _loggers_as_before() -> Iterator[None]:
    """Leave the loggers of the process as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def blank_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated, empty ledger: copying it is ten times as fast as migrating."""
    file = tmp_path_factory.mktemp("ledger") / "blank.db"
    Ledger(sqlite_url(file)).close()
    return file


@pytest.fixture
def ledger(tmp_path: Path, blank_ledger: Path) -> Iterator[Ledger]:
    """An empty ledger on a new SQLite file."""
    found = Ledger(sqlite_url(Path(shutil.copy(blank_ledger, tmp_path / "ledger.db"))))
    yield found
    found.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.URL]:
    """A PostgreSQL of our own with a migrated, empty database named `blank`; the URL of another to connect to."""
    programs = postgres_folder()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    # Not under pytest's own folder: that one is closed to the user whom the server runs as.
    with tempfile.TemporaryDirectory() as folder, postgres(programs, Path(folder)) as server:
        run_sql(server, "CREATE DATABASE blank")
        Ledger(server.set(database="blank").render_as_string(hide_password=False)).close()
        yield server


@pytest.fixture
def postgres_url(postgres_server: sa.URL) -> Iterator[str]:
    """The URL of an empty, migrated database on PostgreSQL."""
    name = f"test_{uuid4().hex}"
    run_sql(postgres_server, f"CREATE DATABASE {name} TEMPLATE blank")
    yield postgres_server.set(database=name).render_as_string(hide_password=False)
    run_sql(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that the demo made, for pages on it; nobody changes it."""
    from world import make_demo

    home = tmp_path_factory.mktemp("demo") / "home"
    make_demo(home)
    return home


@pytest.fixture(scope="session")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The pages on the demo's week; tests read them and change nothing."""
    from world import world

    with world(demo, tmp_path_factory.mktemp("site") / "home") as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser; skips where there is none."""
    from browsing import chromium

    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Chroma server, started from the package that is installed here."""
    program = chroma_program()
    if program is None:
        pytest.skip("chroma's command is not installed")
    with ExitStack() as stack:
        try:
            url = stack.enter_context(chroma(program, tmp_path_factory.mktemp("chroma")))
        except OSError as error:
            pytest.skip(f"chroma's server does not start here: {error}")
        yield url
