"""Looks after documents: their links are checked and what is not well is proposed to be mended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from digestbot.adapters.ledger import Ledger
from digestbot.app.documents import document_of, documents_of
from digestbot.app.reaching import user_agent
from digestbot.domain import Proposal
from digestbot.health.answers import Check
from digestbot.pipeline.health import addresses, check_links, is_due, propose_repairs
from digestbot.settings import Settings

LOOKED_AT_ONCE = 200
"""Links that a tick looks at: with a second between two requests to a host it must not hold up the feeds."""


@dataclass(frozen=True)
class Tended:
    """What is known of a document's links, and what was proposed."""

    checks: Mapping[str, Check]
    proposals: list[Proposal]


def tend(
    settings: Settings,
    ledger: Ledger,
    name: str,
    now: datetime,
    limit: int = 0,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Tended:
    """Look at those links of a roadmap whose time has come, `limit` at most if given, and propose repairs."""
    return asyncio.run(_tend(settings, ledger, name, now, limit, told))


def tend_what_is_due(settings: Settings, ledger: Ledger, now: datetime) -> list[Proposal] | None:
    """Do so for every roadmap of which links wait to be looked at; return what was proposed, None where none waits."""
    made: list[Proposal] | None = None
    for files in documents_of(settings, ledger):
        roadmap = files.read()
        if is_due(roadmap, ledger.links.checks(addresses(roadmap)), now):
            made = (made or []) + tend(settings, ledger, files.name, now, LOOKED_AT_ONCE).proposals
    return made


async def _tend(
    settings: Settings,
    ledger: Ledger,
    name: str,
    now: datetime,
    limit: int,
    told: Callable[[int, int], None],
) -> Tended:
    from digestbot.adapters.http import PoliteHttp

    roadmap = document_of(settings, name, ledger).read()
    http = PoliteHttp(settings.allow_nets, user_agent(settings))
    try:
        archive = settings.archive_url or ""
        checks = await check_links(ledger.links, http, roadmap, now, limit, archive, told)
    finally:
        await http.aclose()
    return Tended(checks, await propose_repairs(ledger.publications, roadmap, checks, now))
