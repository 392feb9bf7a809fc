"""`mcp`: what an assistant may ask, over the same functions as the commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from secrets import token_hex
from typing import Any

from digestbot import __version__
from digestbot.adapters.ledger import Ledger
from digestbot.adapters.mcp_server import Desk, Rows, mcp_server
from digestbot.app.clock import clock_of
from digestbot.app.documents import check_sections
from digestbot.app.explaining import explaining
from digestbot.commands.options import instant
from digestbot.domain import Level
from digestbot.domain.answers import Asked
from digestbot.explain.asking import Deps, explained
from digestbot.explain.values import answer_values
from digestbot.keys import mentioned_keys, strong_keys
from digestbot.languages import spoken
from digestbot.roadmap import Roadmap
from digestbot.search import Filters
from digestbot.settings import Settings
from digestbot.suggestions import suggest

_PASSAGE_CHARS = 1_500


def mcp_command(settings: Settings, may_suggest: bool) -> int:
    """Serve until standard input ends."""
    clock = clock_of(settings)
    with explaining(settings, clock()) as (deps, ledger):
        server = mcp_server(desk_of(deps, ledger, clock, may_suggest, f"mcp:{token_hex(6)}"), __version__)
        asyncio.run(server.run_stdio_async())
    return 0


def desk_of(deps: Deps, ledger: Ledger, clock: Callable[[], datetime], may_suggest: bool, client: str = "mcp") -> Desk:
    """Return what the tools do; `client` is the name under which questions count: one assistant spends no other's."""

    async def explain(question: str, level: Level, lang: str, since: str) -> dict[str, Any]:
        asked = Asked(question, level, spoken(lang), _day(since), who=client)
        return answer_values(await explained(deps, asked, clock()))

    async def search(query: str, limit: int, section: str, kind: str, since: str) -> Rows:
        day = instant(since, "since").date() if since else None
        check_sections(_given(section), [deps.roadmap])
        filters = Filters(sections=_given(section), kinds=_given(kind), since=day)
        return await asyncio.to_thread(_passages, deps, query, filters, limit)

    async def latest(section: str, limit: int) -> Rows:
        check_sections(_given(section), [deps.roadmap])
        return await asyncio.to_thread(_latest, ledger, deps.roadmap.name, section, limit)

    async def roadmap(section: str) -> Rows:
        return _sections(deps.roadmap, section)

    async def why(item: str) -> Rows:
        return await asyncio.to_thread(_lives, ledger, item)

    async def hand_in(urls: Sequence[str]) -> Rows:
        found = await asyncio.to_thread(suggest, ledger.suggestions, ledger.history, urls, "mcp", clock())
        return [_plain(asdict(one)) for one in found]

    return Desk(explain, search, latest, roadmap, why, hand_in if may_suggest else None)


def _passages(deps: Deps, query: str, filters: Filters, limit: int) -> Rows:
    return [
        {
            "id": one.passage.id,
            "title": one.document.title,
            "url": one.document.url,
            "date": one.document.date,
            "kind": one.document.kind,
            "section": one.section,
            "at": one.passage.at,
            "text": one.passage.text[:_PASSAGE_CHARS],
            "coverage": round(one.coverage, 3),
            "similarity": round(one.similarity, 3),
        }
        for one in deps.library.find(query, filters, limit)
    ]


def _latest(ledger: Ledger, roadmap: str, section: str, limit: int) -> Rows:
    found = ledger.history.items(roadmap, outcome="filed", feed="", section=section, limit=limit)
    return [_plain(row) for row in found]


def _sections(roadmap: Roadmap, asked: str) -> Rows:
    check_sections(_given(asked), [roadmap])
    return [
        {
            "id": section.id,
            "title": section.title,
            "goal": section.goal,
            "prerequisites": section.prerequisites,
            "chapters": [
                {"id": chapter.id, "title": chapter.title}
                | ({"about": chapter.prose, "resources": _resources(chapter.resources)} if asked else {})
                for chapter in section.chapters
            ],
        }
        for section in roadmap.sections
        if asked in ("", section.id)
    ]


def _resources(resources: Sequence[Any]) -> Rows:
    return [{"title": one.title, "url": one.url, "kind": one.kind} for one in resources]


def _lives(ledger: Ledger, asked: str) -> Rows:
    keys = strong_keys(asked) | mentioned_keys(asked) | mentioned_keys(f"arXiv:{asked}")
    return [_plain(ledger.history.item(id)) for id in ledger.history.find({asked}, keys)]


def _plain(value: Any) -> Any:
    """Return JSON values."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _given(word: str) -> tuple[str, ...]:
    return (word,) if word else ()


def _day(since: str) -> str:
    return f"{instant(since, 'since'):%Y-%m-%d}" if since else ""
