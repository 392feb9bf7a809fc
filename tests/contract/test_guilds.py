"""Discord servers in a real database: SQLite always, PostgreSQL too where it is installed."""

from __future__ import annotations

from dataclasses import replace

from fakes import NOW
from test_ledger import ledger, url

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Guild

__all__ = ["ledger", "url"]


def test_a_server_comes_back_as_it_was_saved(ledger: Ledger) -> None:
    """The last word counts; one that nobody saved has chosen nothing; a forgotten one is gone."""
    guild = Guild("7", "Readers", reviewers="8", ping_role="9", lang="zh-Hans", joined_at=NOW)
    ledger.guilds.save(guild)
    ledger.guilds.save(replace(guild, left_at=NOW))
    ledger.guilds.save(Guild("6"))

    found = ledger.guilds.all()
    ledger.guilds.forget("6")

    assert found == [Guild("6"), replace(guild, left_at=NOW)]
    assert ledger.guilds.get("6") == Guild("6")
    assert ledger.guilds.all() == [replace(guild, left_at=NOW)]
