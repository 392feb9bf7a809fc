"""The roadmaps that are set, each as its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from digestbot.adapters.ledger import Ledger
from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.adapters.roadmap_git.memory import LedgerMemory
from digestbot.app.clock import clock_of
from digestbot.app.rereading import rereading
from digestbot.errors import ConfigError
from digestbot.roadmap import Roadmap
from digestbot.settings import Settings


def documents_of(
    settings: Settings, ledger: Ledger | None = None, now: datetime | None = None
) -> tuple[RoadmapFiles, ...]:
    """Return the roadmaps that stories are filed into, the main one first; raises ConfigError for two of one name.

    With a ledger, places have the ids that it remembers, and it remembers what changed.
    """
    found = tuple(_files(settings, setting, ledger, now) for setting in settings.roadmaps)
    names = [files.name for files in found]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise ConfigError(
            f"two roadmaps are called {twice!r}: rename a file, or mend DIGESTBOT_ROADMAP and DIGESTBOT_MORE_ROADMAPS"
        )
    return found


def installed(
    settings: Settings, ledger: Ledger | None = None, now: datetime | None = None
) -> tuple[RoadmapFiles, ...]:
    """Return the same, with the shipped roadmaps put into the data folder where they are missing."""
    found = documents_of(settings, ledger, now)
    found[0].install()
    return found


def document_of(
    settings: Settings, name: str = "", ledger: Ledger | None = None, now: datetime | None = None
) -> RoadmapFiles:
    """Return a roadmap by its name, one of those that are set or one of the data folder's; the main one by "".

    A path to Markdown is as good as a name. Nothing is read: whether there is such a roadmap, `read` says.
    """
    chosen = documents_of(settings, ledger, now)
    return next((files for files in chosen if not name or files.name == name), None) or _files(
        settings, name, ledger, now
    )


def reader_of(files: RoadmapFiles) -> Callable[[], Roadmap]:
    """Return what gives a roadmap, and parses it anew only where its files have changed."""
    return rereading(lambda: files.path, files.read)


def check_sections(given: Sequence[str], roadmaps: Iterable[Roadmap]) -> None:
    """Raise ConfigError for the first section that none of the roadmaps has."""
    known = [section.id for roadmap in roadmaps for section in roadmap.sections]
    for id in given:
        if id not in known:
            raise ConfigError(f"there is no section {id!r}: use {', '.join(dict.fromkeys(known))}")


def _files(settings: Settings, setting: str, ledger: Ledger | None, now: datetime | None) -> RoadmapFiles:
    clock = (lambda: now) if now else clock_of(settings)
    memory = LedgerMemory(ledger.outlines, clock) if ledger else None
    return RoadmapFiles(settings.home, setting, memory)
