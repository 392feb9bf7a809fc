"""`digestbot add`: hand in papers, pages, videos and repositories by address."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from digestbot.app import document_of, ledger_of, load_feeds, read_suggestions
from digestbot.commands.console import Terminal, plain, progress, terminal, write_json
from digestbot.errors import ConfigError, StoreError
from digestbot.pipeline.line import Report
from digestbot.settings import Settings
from digestbot.suggestions import Suggested, outcome, suggest

_SAYS = {
    "new": "new to the ledger",
    "waiting": "suggested before, not read yet",
    "known": "a known story",
    "refused": "refused",
}


def add_command(
    settings: Settings, given: Sequence[str], feeds_file: Path | None, by: str, now: datetime, as_json: bool
) -> int:
    """Hand in addresses and read them at once; 1 when one is no address or could not be read."""
    texts = list(addresses(given, sys.stdin))
    if not texts:
        raise ConfigError("no address was given: name some, or '-' and one a line on standard input")
    where = terminal()
    with ledger_of(settings) as ledger:
        found = suggest(ledger.suggestions, ledger.history, texts, by or getpass.getuser(), now)
    for one in found:
        where.say(_standing(one))
    asked = [one for one in found if one.standing in ("new", "waiting")]
    busy = bool(asked) and _read(settings, feeds_file, now, where) is None
    with ledger_of(settings) as ledger:
        ends = [outcome(ledger.suggestions, ledger.history, one) for one in found]
    for end in ends:
        if as_json:
            write_json(end)
        else:
            where.write(_line(settings, dict(end), busy))
    return int(any(end["standing"] == "refused" for end in ends))


def addresses(given: Sequence[str], lines: Iterable[str]) -> Iterable[str]:
    """Yield the addresses that were given, in order, each once; `-` stands for the lines."""
    seen: set[str] = set()
    for text in given:
        for one in lines if text == "-" else (text,):
            address = one.strip()
            if address and not address.startswith("#") and address not in seen:
                seen.add(address)
                yield address


def _read(settings: Settings, feeds_file: Path | None, now: datetime, where: Terminal) -> Report | None:
    """Run the line over what was suggested, without sending anything; None while another run is under way."""
    feeds = load_feeds(settings, feeds_file)
    try:
        with progress(where) as show:
            return read_suggestions(settings, feeds, now, show)
    except StoreError as error:
        if "another run" not in str(error):
            raise
        where.say(f"{error}. The next run reads what was suggested.")
        return None


def _standing(one: Suggested) -> str:
    about = f", {one.title!r} in story {one.story}" if one.standing == "known" else ""
    why = f": {one.reason}" if one.reason else ""
    return f"{plain(one.given)[:200]}: {_SAYS[one.standing]}{plain(about)}{plain(why)}"


def _line(settings: Settings, end: dict[str, Any], busy: bool) -> str:
    name = plain(end["title"] or end["url"] or end["given"])
    if end["standing"] == "refused":
        return f"{name}: not taken: {plain(end['reason'])}\n"
    if not end["outcome"]:
        return f"{name}: {'waits for the next run' if busy else 'not read yet: the next run tries again'}\n"
    place = ""
    if end["outcome"] == "filed":
        roadmap = document_of(settings).name
        place = f" in {' › '.join(filter(None, (roadmap, end['section'], end['chapter'])))}"
    return f"{name}: {end['outcome'].replace('_', ' ')}{plain(place)}: {plain(end['reason'])}\n"
