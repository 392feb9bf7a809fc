"""What happened to a document between two looks at it, told once, under the ids that its places keep."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digestbot.adapters.roadmap_git.memory import LedgerMemory
from digestbot.roadmap import identify, parse
from digestbot.roadmap.history import Event, Memory, happened, memory_of

NOW = datetime(2026, 4, 12, tzinfo=UTC)
BASE = (
    "# T\n## A\n### x\n- [one](https://one.example)\n- [two](https://two.example)\n### y\nwords on y only\n"
    "## B\n### z\n"
)

CHANGES = {
    "nothing": ("# T", "# T", []),
    "words alone": ("words on y only", "other words on y", []),
    "a link added": (
        "### z\n",
        "### z\n[n](https://new.example/?utm_source=q)\n",
        [Event("resource", "added", "z", "n", "https://new.example/")],
    ),
    "a link removed": (
        "- [two](https://two.example)\n",
        "",
        [Event("resource", "removed", "x", "two", "https://two.example/")],
    ),
    "a link moved": (
        "- [two](https://two.example)\n### y\n",
        "### y\n- [two](https://two.example)\n",
        [Event("resource", "moved", "y", "two", "https://two.example/", former="x")],
    ),
    "a link in one more chapter": (
        "### z\n",
        "### z\n[again](https://one.example)\n",
        [Event("resource", "added", "z", "again", "https://one.example/")],
    ),
    "a link before the first section": (
        "# T\n",
        "# T\n\n[n](https://new.example)\n",
        [Event("resource", "added", "", "n", "https://new.example/")],
    ),
    "a chapter renamed": ("### x", "### x-rays", [Event("chapter", "renamed", "x", "x-rays", former="x")]),
    "a chapter added": ("### z\n", "### z\n### new\n", [Event("chapter", "added", "new", "new")]),
    "a chapter removed": ("### y\nwords on y only\n", "", [Event("chapter", "removed", "y", "y")]),
    "a chapter moved": (
        "### y\nwords on y only\n## B\n",
        "## B\n### y\nwords on y only\n",
        [Event("chapter", "moved", "y", "y", former="a")],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_happened_is_told(old: str, new: str, expected: list[Event]) -> None:
    """Links, chapters and sections that came, went, moved or were renamed are told; words alone are not."""
    assert old in BASE
    before = memory_of(parse(BASE, "n"))
    later = identify(parse(BASE.replace(old, new), "n"), before.places)

    assert list(happened(before, memory_of(later, before))) == expected


class Notes:
    """A ledger that remembers in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Memory] = {}
        self.told: list[Event] = []

    def memory(self, roadmap: str) -> Memory | None:
        return self.kept.get(roadmap)

    def remember(
        self, roadmap: str, before: Memory | None, after: Memory, found: tuple[Event, ...], now: datetime
    ) -> bool:
        self.kept[roadmap] = after
        self.told += found
        return True


def test_a_roadmap_is_remembered_and_compared_with_its_last_version() -> None:
    """The first look tells nothing, the same version nothing again, and a later one what changed, ids kept."""
    notes = Notes()
    memory = LedgerMemory(notes, lambda: NOW)

    memory.recall(parse(BASE, "n"))
    memory.recall(parse(BASE, "n"))
    first = list(notes.told)
    renamed = memory.recall(parse(BASE.replace("### x\n", "### rays\n"), "n"))
    again = memory.recall(parse(BASE.replace("### x\n", "### beams\n"), "n"))

    assert first == []
    assert [chapter.id for chapter in renamed.chapters] == [chapter.id for chapter in again.chapters] == ["x", "y", "z"]
    assert [event.title for event in notes.told] == ["rays", "beams"]
