"""A ledger comes into being and is copied whole, by however many processes, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fakes import NOW, digest, item
from services import run_sql
from test_ledger import ledger, url

from digestbot.adapters.ledger import Ledger, copy_ledger, count_rows, sqlite_url
from digestbot.domain import Channel, FeedId, FeedState, Sighting, StoryId
from digestbot.errors import StoreError

__all__ = ["ledger", "url"]


def known(ledger: Ledger) -> None:
    """Record an item and a digest."""
    ledger.intake.record(FeedId("blog"), [Sighting(item("a"), "failed", "why")], FeedState(), NOW)
    ledger.publications.record_digests([(digest("d1"), [StoryId("s1")], {"k1": Channel("file")})])


def test_a_copy_that_fails_leaves_nothing(ledger: Ledger, url: str, tmp_path: Path) -> None:
    """One transaction holds all of it: a target that refuses one row has none of the others either."""
    source = sqlite_url(tmp_path / "source.db")
    first = Ledger(source)
    known(first)
    first.close()
    ledger.publications.record_digests([(digest("d1"), [StoryId("s1")], {"k1": Channel("smtp", "mine")})])
    before = count_rows(url)

    with pytest.raises(StoreError, match="cannot be used"):
        copy_ledger(source, url)

    assert count_rows(url) == before


@pytest.mark.slow
def test_a_copy_is_whole_and_goes_on_counting(ledger: Ledger, url: str, tmp_path: Path) -> None:
    """Every table has as many rows as before, and what is recorded next gets a number of its own."""
    known(ledger)
    target = sqlite_url(tmp_path / "target.db")

    copy_ledger(url, target)

    assert count_rows(target) == count_rows(url)
    there = Ledger(target)
    there.publications.record_run(NOW, NOW, {})
    there.close()


@pytest.mark.slow
def test_processes_that_start_at_once_make_one_ledger(postgres_server: sa.URL) -> None:
    """Of several that find an empty database one makes the tables, and the others use them."""
    name = f"at_once_{uuid4().hex}"
    run_sql(postgres_server, f"CREATE DATABASE {name}")
    place = postgres_server.set(database=name).render_as_string(hide_password=False)

    with ThreadPoolExecutor(4) as threads:
        ledgers = list(threads.map(Ledger, [place] * 4))

    known(ledgers[0])
    assert [len(found.outbox.deliveries()) for found in ledgers] == [1] * 4
    for found in ledgers:
        found.close()
