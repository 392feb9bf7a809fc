"""What a roadmap says to know first."""

from __future__ import annotations

from dataclasses import replace

from digestbot.domain import Chapter, Outline, Section
from digestbot.reading_order import known_first

ROADMAP = Outline(
    "map", "A Map", "en", "v1",
    (
        Section("I", "One", "", (Chapter("a", "Counting", ""), Chapter("b", "Adding", "", "Patience."))),
        Section("II", "Two", "", (Chapter("c", "Boats", ""), Chapter("d", "Ships", "")), prerequisites="Water."),
        Section("III", "Three", "", (Chapter("e", "Maps", ""),)),
    ),
)  # fmt: skip


def test_what_to_know_first_is_the_roadmaps_own_statement_and_order() -> None:
    """A chapter's statement goes before its section's; the chapter before it follows; the first chapter needs none."""
    assert known_first(ROADMAP) == {
        "a": (),
        "b": ("Patience", "Counting"),
        "c": ("Water",),
        "d": ("Water", "Boats"),
        "e": ("Ships",),
    }


def test_an_essay_is_no_prerequisite() -> None:
    """A statement too long for a line is left out rather than cut."""
    long = replace(ROADMAP.sections[1], prerequisites="Water and more of it. " * 20)

    found = known_first(replace(ROADMAP, sections=(long,)))

    assert found["d"] == ("Boats",)
