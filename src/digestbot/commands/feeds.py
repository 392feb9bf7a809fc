"""`feeds list`, `test`, `pause` and `resume`: how the feeds are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digestbot.app import ledger_of, load_feeds, looking
from digestbot.commands.console import Terminal, counted, plain, terminal, write_json
from digestbot.domain import Feed, FeedId, FeedState, Window
from digestbot.errors import ConfigError, SourceError
from digestbot.feeds.addresses import masked
from digestbot.pipeline.fetch import window_of
from digestbot.settings import Settings

_TITLES = 5


def list_command(settings: Settings, now: datetime, as_json: bool) -> int:
    """Write every feed of the file with what the ledger remembers of it."""
    feeds = load_feeds(settings, None)
    with ledger_of(settings) as ledger:
        states = ledger.intake.states()
    known = [(feed, states.get(feed.id, FeedState())) for feed in feeds]
    if as_json:
        for feed, state in known:
            write_json(_values(feed, state))
        return 0
    where = terminal()
    rows = [(health(state), state.last_success_at, _next(state, now), _what(feed, state)) for feed, state in known]
    where.table(("health", "last success", "next", "feed"), rows, wide="feed")
    if not feeds:
        where.say("There are no feeds: 'digestbot feeds add URL' adds one.")
    return 0


def health(state: FeedState) -> str:
    """Return how a feed is, in a few words."""
    if state.paused_why:
        return f"paused: {state.paused_why}"
    if state.error_streak:
        return f"failed {counted(state.error_streak, 'time')}: {state.reason}"
    return "ok" if state.last_success_at else "not read yet"


def _next(state: FeedState, now: datetime) -> object:
    if state.paused_why:
        return "never"
    return "now" if state.next_check_at is None or state.next_check_at <= now else state.next_check_at


def _what(feed: Feed, state: FeedState) -> str:
    source = " ".join((*feed.categories, feed.query)).strip() if feed.kind == "arxiv" else masked(feed.url)
    moved = f"\nmoved to {masked(state.moved_to)}" if state.moved_to else ""
    kind = "" if feed.kind == "feed" else f" ({feed.kind})"
    return f"{feed.id}{kind}\n{source}{moved}"


def _values(feed: Feed, state: FeedState) -> dict[str, object]:
    return {
        "id": feed.id,
        "kind": feed.kind,
        "url": masked(feed.url),
        "categories": list(feed.categories),
        "query": feed.query,
        "roadmaps": list(feed.roadmaps),
        "every_minutes": int(feed.every.total_seconds()) // 60 if feed.every else None,
        "lang": feed.lang,
        "last_success_at": state.last_success_at,
        "error_streak": state.error_streak,
        "reason": state.reason,
        "failing_since": state.failing_since,
        "next_check_at": state.next_check_at,
        "moved_to": masked(state.moved_to) if state.moved_to else "",
        "paused_at": state.paused_at,
        "paused_why": state.paused_why,
    }


@dataclass(frozen=True)
class Trial:
    """What came of reading a feed once; times are aware UTC, `seconds` is the whole of it."""

    what: str
    items: tuple[tuple[str, str, datetime | None], ...]
    """(title, address, date) in the feed's order."""
    seconds: float
    title: str = ""
    format: str = ""
    url: str = ""
    bytes: int = 0
    problems: tuple[str, ...] = ()


def test_command(settings: Settings, asked: str, now: datetime, as_json: bool) -> int:
    """Read a feed of the file, or an address, and write what came; 1 when it cannot be read."""
    found = next((feed for feed in load_feeds(settings, None) if feed.id == asked), None)
    if found is None and "/" not in asked and "." not in asked:
        raise ConfigError(f"there is no feed {asked!r}: 'digestbot feeds list' names them, or give an address")
    shown = found.id if found else masked(asked)
    where = terminal()
    try:
        if found and found.kind != "feed":
            trial = asyncio.run(_try_source(settings, found, now))
        else:
            trial = asyncio.run(_try_address(settings, found.url if found else asked, shown))
    except SourceError as error:
        if as_json:
            write_json({"feed": shown, "ok": False, "reason": error.reason, "error": str(error)})
        else:
            where.say(f"{shown} failed: {error.reason}: {error}")
            where.say(_advice(error))
        return 1
    if as_json:
        write_json(_trial_values(trial))
    else:
        _tell(where, trial)
    return 0


async def _try_address(settings: Settings, url: str, shown: str) -> Trial:
    async with looking(settings) as look:
        started = asyncio.get_running_loop().time()
        answer, parsed = await look.finder.read(url if "://" in url else f"https://{url}")
        seconds = asyncio.get_running_loop().time() - started
    items = tuple((item.title, item.link, item.published or item.updated) for item in parsed.items)
    moved = (f"it moved for good to {masked(answer.moved_to)}",) if answer.moved_to else ()
    mended = (f"mended: {parsed.error}",) if parsed.error else ()
    return Trial(
        shown, items, seconds, parsed.title, parsed.format, masked(answer.url), len(answer.body),
        (*moved, *mended, *_lacks(items)),
    )  # fmt: skip


async def _try_source(settings: Settings, feed: Feed, now: datetime) -> Trial:
    window: Window = window_of(FeedState(), now, None)
    async with looking(settings) as look:
        started = asyncio.get_running_loop().time()
        fetched = await look.sources[feed.kind].fetch(feed, FeedState(), window)
        seconds = asyncio.get_running_loop().time() - started
    items = tuple((item.title, item.url, item.published_at) for item in fetched.items)
    problems = (*fetched.left_out, *filter(None, (fetched.missing,)), *_lacks(items))
    return Trial(
        feed.id,
        items,
        seconds,
        format=f"{feed.kind}, of the last week" if feed.kind == "arxiv" else feed.kind,
        url=masked(feed.url),
        problems=problems,
    )


def _lacks(items: Sequence[tuple[str, str, datetime | None]]) -> tuple[str, ...]:
    counts = {
        "without a title": sum(not title for title, _, _ in items),
        "without an address": sum(not url for _, url, _ in items),
        "without a date": sum(at is None for _, _, at in items),
        "told twice": len(items) - len({url or title for title, url, _ in items}),
    }
    return tuple(f"{count} of {len(items)} entries {what}" for what, count in counts.items() if count)


def _trial_values(trial: Trial) -> dict[str, object]:
    return {
        "feed": trial.what,
        "ok": True,
        "title": trial.title,
        "format": trial.format,
        "url": trial.url,
        "bytes": trial.bytes,
        "seconds": round(trial.seconds, 3),
        "entries": len(trial.items),
        "items": [{"title": title, "url": url, "published": at} for title, url, at in trial.items[:_TITLES]],
        "problems": list(trial.problems),
    }


def _tell(where: Terminal, trial: Trial) -> None:
    size = f", {trial.bytes:,} bytes" if trial.bytes else ""
    entries = counted(len(trial.items), "entry", "entries")
    where.write(f"{plain(trial.title or trial.what)}\n{trial.url}\n")
    where.write(f"{trial.format}, {entries}{size}, {trial.seconds:.1f} s\n")
    where.table(("date", "title"), [(at, title or url) for title, url, at in trial.items[:_TITLES]], wide="title")
    for problem in trial.problems:
        where.say(f"  {problem}")
    where.say("Nothing was recorded.")


def _advice(error: SourceError) -> str:
    if error.reason == "not-a-feed":
        return "If it is a page, 'digestbot feeds discover URL' looks for its feed."
    if error.reason == "refused-address":
        return "Private addresses are read only where DIGESTBOT_ALLOW_NETS names their network."
    if error.reason in ("http-404", "http-410"):
        return "Nothing is there any more: look for its new address with 'digestbot feeds discover URL'."
    if error.reason == "refused-scheme":
        return "Only http and https addresses are read."
    return "Try it again later, or look at the address in a browser."


def pause_command(settings: Settings, feed: str, now: datetime) -> int:
    """Ask a feed no longer."""
    id = _known(settings, feed)
    with ledger_of(settings) as ledger:
        ledger.intake.pause(id, "by hand", now)
    terminal().say(f"{id} is paused: 'digestbot feeds resume {id}' asks it again.")
    return 0


def resume_command(settings: Settings, feed: str) -> int:
    """Ask a feed again; one that is not paused is asked at the next run all the same."""
    id = _known(settings, feed)
    with ledger_of(settings) as ledger:
        ledger.intake.resume(id)
    terminal().say(f"{id} is asked at the next run.")
    return 0


def _known(settings: Settings, feed: str) -> FeedId:
    if all(one.id != feed for one in load_feeds(settings, None)):
        raise ConfigError(f"there is no feed {feed!r}: 'digestbot feeds list' names them")
    return FeedId(feed)
