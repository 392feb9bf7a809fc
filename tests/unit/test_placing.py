"""How a person names the place of a story."""

from __future__ import annotations

import pytest
from fakes import NOW, outline, verdict

from digestbot.commands.placing import place_named
from digestbot.domain import REVIEWER, ItemId, Placing
from digestbot.errors import ReviewError


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("I", ("I", "")),
        ("i / FIRST", ("I", "first")),
        ("Images/Second chapter", ("II", "second")),
        ("II/1", ("II", "second")),
        ("None", ("none", "")),
    ],
)
def test_places_have_several_names(words: str, place: tuple[str, str]) -> None:
    """Ids and titles in any case name a place, and a chapter's number in its section."""
    assert place_named(words, outline()) == place


@pytest.mark.parametrize(
    ("words", "says"),
    [("III", "use one of I, II, none"), ("I/second", "it has first"), ("none/x", "no section 'none'"), ("/", "''")],
)
def test_a_place_that_is_not_there_is_refused(words: str, says: str) -> None:
    """What does not exist is answered with what does; preliminaries take no stories."""
    with pytest.raises(ReviewError, match=says):
        place_named(words, outline())


def test_a_person_s_word_ends_every_doubt() -> None:
    """Place, reason and author are the person's, the confidence is full, the rest stays."""
    doubtful = verdict(needs_review="why", confidence=0.3, relevance=0.7)

    placed = Placing(ItemId("a"), "map", "II", "second", "ada", "It sees.", NOW).on(doubtful)

    assert (placed.section, placed.chapter, placed.reason, placed.model) == ("II", "second", "It sees.", REVIEWER)
    assert (placed.confidence, placed.needs_review, placed.relevance) == (1.0, "", 0.7)
