"""`feeds import`, `export` and `parse`: lists of feeds and feed documents, in and out; no network."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from digestbot import feeds
from digestbot.app import feeds_file, load_feeds
from digestbot.commands.console import counted, plain, terminal, write_json
from digestbot.domain import Feed, FeedId
from digestbot.errors import ConfigError, SourceError
from digestbot.feeds.addresses import new_id, same_source, source_key
from digestbot.feeds.writing import problem_with, with_feeds
from digestbot.settings import Settings
from digestbot.wire.opml import Row, read_opml, write_opml
from digestbot.wire.parsed import ParsedFeed

_MAX_BYTES = 64 << 20


def import_command(settings: Settings, path: Path) -> int:
    """Add the feeds of an OPML list to the file; 1 when a row of it cannot be used."""
    where, file = terminal(), feeds_file(settings)
    try:
        found = read_opml(_bytes(path))
    except SourceError as error:
        raise ConfigError(f"{_shown(path)} cannot be imported: {error.reason}: {error}") from error
    sorted_rows = _Sorted()

    def rule(text: str) -> str:
        there = feeds.parse(text.removeprefix("\ufeff"), file.path.name)
        sorted_rows.sort(found.rows, there)
        return with_feeds(text, file.path.name, sorted_rows.added) if sorted_rows.added else text

    file.change(rule)
    for told in (*sorted_rows.known, *sorted_rows.refused):
        where.say(f"  {told}")
    if found.mended:
        where.say(f"  the document is not well-formed, {found.mended}: what follows may be missing")
    added = f"Added {counted(len(sorted_rows.added), 'feed')} of {len(found.rows)} to {file.path}"
    where.say(f"{added}; {len(sorted_rows.known)} read already, {len(sorted_rows.refused)} refused.")
    return int(bool(sorted_rows.refused or found.mended))


@dataclass
class _Sorted:
    """The rows of a list by what becomes of them: feeds with their notes, and a sentence for each other row."""

    added: list[tuple[Feed, str]] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def sort(self, rows: Iterable[Row], there: Iterable[Feed]) -> None:
        """Take each row as a feed that is new to those that are there, or say why not."""
        by_source = {source_key(feed): feed for feed in there}
        taken = {feed.id for feed in by_source.values()}
        for row in rows:
            says = f"line {row.line}: {row.title!r}"
            if row.feed is None:
                self.refused.append(f"{says}: {row.problem}")
                continue
            papers = by_source.values() if row.feed.kind == "arxiv" else ()
            twin = by_source.get(source_key(row.feed)) or same_source(papers, row.feed)
            if twin:
                self.known.append(f"{says} is read already, as {twin.id!r}")
                continue
            feed = replace(row.feed, id=_id(row, row.feed, taken))
            if problem := problem_with(feed):
                self.refused.append(f"{says}: {problem}")
                continue
            by_source[source_key(feed)] = feed
            taken.add(feed.id)
            self.added.append((feed, " — ".join(filter(None, (row.title, " › ".join(row.folders))))))


def _id(row: Row, feed: Feed, taken: Collection[str]) -> FeedId:
    if row.wanted_id and row.wanted_id not in taken:
        return FeedId(row.wanted_id)
    named = " ".join(("arxiv", *feed.categories)) if feed.kind == "arxiv" else ""
    return new_id(row.title or named, feed.url, taken)


def export_command(settings: Settings, now: datetime) -> int:
    """Write the feeds as OPML to standard output."""
    sys.stdout.write(write_opml(load_feeds(settings, None), now).decode())
    sys.stdout.flush()
    return 0


def parse_command(path: Path, content_type: str, url: str, as_json: bool) -> int:
    """Write what a feed document holds; 1 when it is not a feed."""
    from digestbot.wire.parsing import parse

    body = _bytes(path)
    readable = True
    try:
        feed = parse(body, content_type, url)
    except SourceError as error:
        feed, readable = ParsedFeed("", "", "", (), f"{error.reason}: {error}"), False
    where = terminal()
    if as_json:
        write_json(_feed_values(feed))
    elif readable:
        where.say(f"{plain(feed.title)} ({feed.format}), {len(feed.items)} items")
        rows = [(item.published or item.updated, item.title, item.link) for item in feed.items]
        where.table(("published", "title", "link"), rows, wide="title")
        if feed.error:
            where.say(f"It was mended: {feed.error}")
    else:
        where.say(f"{_shown(path)} is not a feed: {feed.error}")
    return int(not readable)


def _feed_values(feed: ParsedFeed) -> dict[str, object]:
    items = [
        {
            "id": item.id,
            "title": item.title,
            "link": item.link,
            "published": item.published or item.updated,
            "text": item.text,
        }
        for item in feed.items
    ]
    head = {"title": feed.title, "link": feed.link, "format": feed.format}
    return {"feed": head, "items": items, "error": feed.error or None}


def _bytes(path: Path) -> bytes:
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(_MAX_BYTES)
        with path.open("rb") as file:
            return file.read(_MAX_BYTES)
    except OSError as error:
        raise ConfigError(f"{str(path)!r} cannot be read: {error.strerror}") from error


def _shown(path: Path) -> str:
    return "standard input" if str(path) == "-" else path.name
