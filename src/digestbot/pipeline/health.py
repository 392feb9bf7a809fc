"""Looks at the addresses that documents link to, politely, and proposes what to do about those that are not well."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote, urlsplit

from digestbot.domain import Proposal, ProposalState
from digestbot.errors import SourceError
from digestbot.health.answers import Check, judged
from digestbot.health.proposals import repairs
from digestbot.ports import Http, Response
from digestbot.roadmap import Roadmap

ARCHIVE = "https://archive.org/wayback/available?url="
"""Where the Internet Archive says whether it has a copy (its Wayback Availability API)."""
_MAX_BYTES = 512 << 10
"""Enough for a page's head; the rest is not read."""
_AT_ONCE = 24
_SOONEST = timedelta(hours=20)


class Links(Protocol):
    """What this asks of the ledger."""

    def checks(self, urls: Sequence[str]) -> dict[str, Check]: ...
    def record(self, found: Sequence[Check]) -> None: ...


class Proposals(Protocol):
    """What this asks of the proposals in the ledger."""

    def record_proposals(self, found: Sequence[Proposal]) -> None: ...
    def proposals(self, *, state: ProposalState | None = None, since: datetime | None = None) -> list[Proposal]: ...


async def check_links(
    links: Links,
    http: Http,
    roadmap: Roadmap,
    now: datetime,
    limit: int = 0,
    archive: str = ARCHIVE,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Check]:
    """Look at those addresses of a document whose time has come, `limit` at most if given; return all that is known.

    Hosts are asked one request at a time. What was found is recorded page by page: a check that is killed goes on.
    """
    urls = addresses(roadmap)
    before = await asyncio.to_thread(links.checks, urls)
    due = sorted(
        (url for url in urls if url not in before or before[url].due_at <= now),
        key=lambda url: (url in before, before[url].due_at if url in before else now, url),
    )[: limit or None]
    found = dict(before)
    turns, done = asyncio.Semaphore(_AT_ONCE), 0

    async def look(url: str) -> None:
        nonlocal done
        async with turns:
            check = await _look(http, url, before.get(url), now, archive)
        await asyncio.to_thread(links.record, [check])
        found[url], done = check, done + 1
        told(done, len(due))

    await asyncio.gather(*map(look, due))
    return found


def is_due(roadmap: Roadmap, known: Mapping[str, Check], now: datetime) -> bool:
    """Tell whether enough addresses wait to be looked at: all that became due in a day are looked at together."""
    waiting = [url for url in addresses(roadmap) if url not in known or known[url].due_at <= now]
    last = max((check.checked_at for check in known.values()), default=None)
    return bool(waiting) and (last is None or now - last >= _SOONEST)


def addresses(roadmap: Roadmap) -> list[str]:
    """Return the addresses of a document's chapters, each once, in order."""
    return list(dict.fromkeys(one.url for chapter in roadmap.chapters for one in chapter.resources))


async def propose_repairs(
    proposals: Proposals, roadmap: Roadmap, checks: Mapping[str, Check], now: datetime
) -> list[Proposal]:
    """Propose what to do about all that is not well; return the new proposals."""
    own = [one for one in await asyncio.to_thread(proposals.proposals) if one.roadmap == roadmap.name]
    earlier = [one for one in own if one.created_at != now]
    found = await asyncio.to_thread(repairs, roadmap, checks, earlier, now)
    await asyncio.to_thread(proposals.record_proposals, found)
    return found


async def _look(http: Http, url: str, before: Check | None, now: datetime, archive: str) -> Check:
    check = judged(url, await _answer(http.get(url, accept="text/html,*/*;q=0.5", max_bytes=_MAX_BYTES)), before, now)
    if check.state in ("dead", "walled") and archive:
        return replace(check, archived=await _copy(http, url, archive))
    return check


async def _answer(asked: Awaitable[Response]) -> Response | SourceError:
    try:
        return await asked
    except SourceError as error:
        return error


async def _copy(http: Http, url: str, archive: str) -> str:
    """Return the address of an archive's copy, "" where it has none or does not answer."""
    answer = await _answer(http.get(archive + quote(url, safe=""), accept="application/json", max_bytes=_MAX_BYTES))
    if isinstance(answer, SourceError):
        return ""
    try:
        closest = json.loads(answer.body)["archived_snapshots"]["closest"]
        found = str(closest["url"]) if closest["available"] and str(closest.get("status", "200")) == "200" else ""
    except (ValueError, KeyError, TypeError):
        return ""
    # It names its copies by http, and serves them by https alike.
    found = found.replace("http://web.archive.org/", "https://web.archive.org/", 1)
    return found if urlsplit(found).scheme in ("http", "https") and len(found) <= 2_000 else ""
