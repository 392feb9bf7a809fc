"""`feeds add`, `remove` and `discover`: from what a person says to a line in feeds.yaml."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from digestbot import feeds
from digestbot.adapters.discovery import Found
from digestbot.app import feeds_file, ledger_of, looking
from digestbot.commands.console import counted, plain, terminal, write_json
from digestbot.domain import Feed, FeedId
from digestbot.errors import ConfigError, SourceError
from digestbot.feeds.addresses import masked, new_id, same_source
from digestbot.feeds.reading import read_duration
from digestbot.feeds.writing import problem_with, with_feeds, without_feed
from digestbot.settings import Settings


def add_command(settings: Settings, what: str, id: str, every: str, roadmaps: tuple[str, ...]) -> int:
    """Find a feed and write it into the file; 1 when there is none, or it is there already."""
    where, file = terminal(), feeds_file(settings)
    wanted = Feed(FeedId(id), "feed", "", every=read_duration(every, "--every"), roadmaps=roadmaps)
    try:
        found = asyncio.run(_first(settings, what))
    except SourceError as error:
        where.say(f"{masked(what)} cannot be read: {error.reason}: {error}")
        return 1
    if found is None:
        where.say(f"{masked(what)} is no feed, and no feed was found on it or near it.")
        return 1
    try:
        moved = _moved(settings)
        file.change(lambda text: _with(text, file.path.name, found, wanted, moved))
    except _AlreadyRead as error:
        where.say(f"{error}: nothing was changed.")
        return 1
    feed = feeds.load(file.path)[-1]
    entries = f", {counted(len(found.parsed.items), 'entry', 'entries')}" if found.parsed else ""
    where.say(f"Added {feed.id!r} to {file.path}: {plain(found.title) or feed.kind} ({found.how}{entries}).")
    where.say(f"  {_source(feed)}\nThe next run reads it.")
    return 0


class _AlreadyRead(ConfigError):
    """A feed of the file reads what is to be added."""


def _moved(settings: Settings) -> dict[FeedId, str]:
    """Return where feeds moved for good; a channel's name counts as moved to the channel's feed."""
    with ledger_of(settings) as ledger:
        return {id: state.moved_to for id, state in ledger.intake.states().items() if state.moved_to}


def _with(text: str, name: str, found: Found, wanted: Feed, moved: dict[FeedId, str]) -> str:
    """Return the file's text with the feed that was found at its end; raises ConfigError."""
    there = feeds.parse(text.removeprefix("\ufeff"), name)
    now_at = [replace(feed, url=moved[feed.id]) for feed in there if feed.id in moved]
    twin = same_source((*there, *now_at), found.feed)
    if twin:
        raise _AlreadyRead(f"{_source(found.feed)} is read already, as {twin.id!r}")
    taken = {feed.id for feed in there}
    id = wanted.id or new_id(_name(found), found.feed.url, taken)
    if id in taken:
        raise ConfigError(f"there is a feed {id!r} already: choose another with --id")
    feed = replace(found.feed, id=id, every=wanted.every, roadmaps=wanted.roadmaps)
    if problem := problem_with(feed):
        raise ConfigError(f"{masked(feed.url)} cannot be added: {problem}")
    return with_feeds(text, name, [(feed, found.title)])


def _name(found: Found) -> str:
    """Return what an id is made of: the title of a feed, the name of a repository, arXiv's categories."""
    from digestbot.wire.recognition import repository_of

    if found.feed.kind == "arxiv":
        return " ".join(("arxiv", *found.feed.categories, found.feed.query))
    repository = repository_of(found.feed.url)
    if repository:
        listed = found.feed.url.rpartition("/")[2].removesuffix(".atom")
        return f"{repository.partition('/')[2]} {listed if listed in ('releases', 'tags') else 'commits'}"
    return found.title


async def _first(settings: Settings, what: str) -> Found | None:
    async with looking(settings) as look:
        async for found in look.finder.find(what):
            return found
    return None


def remove_command(settings: Settings, feed: str) -> int:
    """Take a feed out of the file."""
    file = feeds_file(settings)
    file.change(lambda text: without_feed(text, file.path.name, FeedId(feed)))
    terminal().say(f"Removed {feed!r} from {file.path}. What it showed stays in the ledger.")
    return 0


def discover_command(settings: Settings, url: str, as_json: bool) -> int:
    """Write the feeds that a page offers; 1 when there is none."""
    where = terminal()
    try:
        found = asyncio.run(_all(settings, url))
    except SourceError as error:
        where.say(f"{masked(url)} cannot be read: {error.reason}: {error}")
        return 1
    if as_json:
        for one in found:
            write_json(_values(one))
    else:
        rows = [(_entries(one), one.title, f"{_source(one.feed)}\n{one.how}") for one in found]
        where.table(("entries", "title", "feed"), rows, wide="feed")
    if found:
        where.say(f"{counted(len(found), 'feed')}. 'digestbot feeds add URL' adds one.")
    else:
        where.say(f"{masked(url)} is no feed, and no feed was found on it or near it.")
    return int(not found)


async def _all(settings: Settings, url: str) -> list[Found]:
    async with looking(settings) as look:
        return [found async for found in look.finder.find(url)]


def _source(feed: Feed) -> str:
    return " ".join((*feed.categories, feed.query)).strip() if feed.kind == "arxiv" else masked(feed.url)


def _entries(found: Found) -> object:
    return len(found.parsed.items) if found.parsed else None


def _values(found: Found) -> dict[str, object]:
    return {
        "kind": found.feed.kind,
        "url": found.feed.url,
        "categories": list(found.feed.categories),
        "query": found.feed.query,
        "title": found.title,
        "format": found.parsed.format if found.parsed else "",
        "entries": _entries(found),
        "how": found.how,
    }
