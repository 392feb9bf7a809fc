"""What every test may ask for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from digestbot.adapters.ledger import Ledger, sqlite_url


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
