"""Where things are kept: the data folder and its disk, secrets in files, the ledger, the index, and what was left."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from digestbot.app import desk_of, free_bytes, indexes, ledger_of, shown_database
from digestbot.app.storing import schema_of
from digestbot.catalogue import items_space
from digestbot.commands.console import counted
from digestbot.commands.doctor.finding import Finding, State
from digestbot.errors import DigestbotError
from digestbot.review.rules import TAKEN
from digestbot.setting_sources import places, variable_of
from digestbot.settings import Settings, secret_names

_LEAST_FREE_BYTES, _FULL_BYTES = 500 << 20, 20 << 20


def folder(settings: Settings) -> Finding:
    """Return whether the data folder can be written, by writing what leaves no trace."""
    there = next(parent for parent in (settings.home, *settings.home.absolute().parents) if parent.exists())
    trouble: OSError | None = None
    try:
        with tempfile.TemporaryFile(dir=there) as stream:
            stream.write(b"\0" * 4096)
    except OSError as error:
        trouble = error
    return folder_finding(settings.home, free_bytes(settings.home), trouble)


def folder_finding(home: Path, free: int, trouble: OSError | None) -> Finding:
    """Return what is to be said of a data folder by its free bytes, and by what came of writing there."""
    says = f"{home}, {free / (1 << 30):.1f} GiB free"
    if trouble and trouble.errno not in (errno.ENOSPC, errno.EDQUOT):
        advice = "set DIGESTBOT_HOME to a folder of your own"
        return Finding("data folder", "error", f"{says}, not writable: {trouble.strerror}", advice)
    if trouble or free < _FULL_BYTES:
        return Finding("data folder", "error", f"{says}: its disk is full", "make room: nothing can be recorded")
    if free < _LEAST_FREE_BYTES:
        return Finding("data folder", "warning", says, "make room: the ledger grows by about 1 MB a day")
    return Finding("data folder", "ok", says)


def secrets(settings: Settings) -> Finding:
    """Return whether files that hold secrets are closed to other people."""
    open_ones = [str(file) for file in _secret_files(settings) if file.is_file() and file.stat().st_mode & 0o007]
    if not open_ones:
        return Finding("secrets", "ok", "no file with a secret is open to everybody")
    says = f"everybody on this machine can read {', '.join(open_ones)}"
    return Finding(
        "secrets", "error", says, f"chmod 600 {' '.join(open_ones)}, and change the secrets if others log in"
    )


def _secret_files(settings: Settings) -> Iterator[Path]:
    """Yield the files that a secret stands in: those that settings name, and those with settings in them."""
    secret, files = set(secret_names()), {".env": Path(".env"), "settings.toml": settings.home / "settings.toml"}
    for place in places(settings.home):
        if place.name in files and secret & place.values.keys():
            yield files[place.name]
        yield from (Path(str(place.values[f"{name}_file"])) for name in secret if f"{name}_file" in place.values)
    yield settings.home / "web.secret"


def ledger(settings: Settings, network: bool) -> Finding:
    """Return whether the ledger can be used as it is; one of another version is not touched."""
    if not settings.database_url and not (settings.home / "ledger.db").exists():
        return Finding("ledger", "off", "not made yet", "'digestbot init' or the first run makes it")
    tries = network or not settings.database_url
    try:
        found, head = schema_of(settings, connect=tries)
        if not tries:
            return Finding("ledger", "off", f"{shown_database(settings)}, not tried")
        if found is not None and found < head:
            return older_finding(shown_database(settings), found, head)
        with ledger_of(settings) as opened:
            counts = opened.history.counts()
    except DigestbotError as error:
        return Finding("ledger", "error", str(error), "check DIGESTBOT_DATABASE_URL and that the database is up")
    return Finding("ledger", "ok", f"{shown_database(settings)}: {counts['items']} items, {counts['stories']} stories")


def older_finding(shown: str, found: str, head: str) -> Finding:
    """Return what is to be said of a ledger whose schema is older than this program's."""
    # Of SQLite a backup takes the file as it is; elsewhere it copies rows, and knows those of its own version.
    first = "'digestbot backup FILE'" if shown.startswith("sqlite") else "back the database up by its own tools"
    says = f"{shown} has schema {found}, this digestbot brings it to {head}"
    advice = f"{first} first; the next start or command does it, and older programs refuse it then"
    return Finding("ledger", "warning", says, advice)


def leftovers(settings: Settings) -> Finding:
    """Return whether something is held that a process which is gone may have left."""
    wall, held = datetime.now(UTC), []
    with suppress(DigestbotError), ledger_of(settings) as opened:
        for name in ("run", "backfill"):
            if owner := opened.leases.holder(name, wall):
                held.append(f"a {name} is under way, by process {owner}")
    advice = ["wait for it to end; what a dead process on another machine left frees itself within ten minutes"] * len(
        held
    )
    locks = [file for file in (settings.home / "roadmaps" / ".git").glob("*.lock") if _is_old(file)]
    for lock in locks:
        held.append(f"git left {lock} behind")
        advice.append(f"if no git runs there: rm {lock}")
    if not held:
        return Finding("locks", "ok", "nothing is held")
    return Finding("locks", "error" if locks else "warning", "; ".join(held), "; ".join(dict.fromkeys(advice)))


def _is_old(file: Path) -> bool:
    return datetime.now(UTC).timestamp() - file.stat().st_mtime > 60


def index(settings: Settings, network: bool) -> Finding:
    """Return whether the index can be used, and has what the ledger has."""
    if not settings.chroma_url and not (settings.home / "chroma").exists():
        return Finding("index", "off", "not made yet", "")
    if settings.chroma_url and not network:
        return Finding("index", "off", f"{settings.chroma_url}, not tried")
    from digestbot.adapters.embedder import ConceptEmbedder

    embedder = ConceptEmbedder()
    advice = f"check {variable_of('chroma_url')}, or run 'digestbot reindex'"
    try:
        with ledger_of(settings) as opened, indexes(settings, opened, embedder) as index_of:
            if index_of.trouble:
                return Finding("index", "error", index_of.trouble, advice)
            found = index_of(items_space(embedder))
            if not found.keeps:
                return Finding("index", "ok", "open in another digestbot process, which owns it")
            held, recorded = found.count(), len(opened.stories.vectors(items_space(embedder))[0])
    except Exception as error:
        return Finding("index", "error", f"{type(error).__name__}: {error}", advice)
    if held != recorded:
        return Finding("index", "warning", f"{held} vectors, the ledger has {recorded}", "run 'digestbot reindex'")
    return Finding("index", "ok", f"{held} vectors, as many as the ledger has")


def review(settings: Settings) -> Finding:
    """Return who decides, what waits, and what was decided and does not stand in the roadmap yet."""
    try:
        with ledger_of(settings) as opened:
            desk = desk_of(settings, opened)
            waits = len(desk.ledger.proposals(state="open"))
            stuck = [one for state in TAKEN for one in desk.ledger.proposals(state=state)]
            names = {one.roadmap for one in stuck} | set(settings.roadmaps)
            hindrances = {desk.document_of(name).hindrance() for name in names} - {""} if not desk.hub else set()
    except DigestbotError as error:
        return Finding("review", "error", str(error))
    who = counted(len(desk.policy.reviewers), "reviewer") if desk.policy.reviewers else "whoever runs it decides"
    says = f"{who}, {counted(waits, 'proposal')} open"
    if not stuck:
        advice = "; ".join(sorted(hindrances))
        return Finding("review", "warning" if advice else "ok", says, advice)
    state: State = "ok" if desk.hub else "warning"
    why = "; ".join(sorted(hindrances)) or "the next run or review command brings it there"
    return Finding("review", state, f"{says}, {len(stuck)} decided and not in the roadmap yet", "" if desk.hub else why)
