"""Subject: which text speaks of a work, and which titles are entries of a series."""

from __future__ import annotations

import pytest

from digestbot.offline.subject import are_different, speaks_of

TITLE = "Tidepool: Caching the Keys of Very Long Prompts"


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (TITLE, "A short word on Tidepool", True),
        (TITLE, "用中文介绍 Tidepool 的做法", True),
        ("Caching the Keys of Very Long Prompts", "How the keys of long prompts are cached: caching explained", True),
        (TITLE, "What I did on my holiday: swimming in the sea", False),
        (TITLE, "", False),
        ("", "Tidepool", False),
        ("Deep Learning: Grafting Roses with Shears", "How deep my learning went on holiday", False),
    ],
)
def test_a_text_speaks_of_a_work_by_its_name_or_half_its_title(title: str, text: str, expected: bool) -> None:
    """The name before the colon, or half of the title's weight in words; common words alone name nothing."""
    assert speaks_of(title, text) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("Tidepool explained", "Subscribe to us"), ("Hawthorn explained", "Subscribe to us"), True),
        (("Tidepool explained", "Subscribe"), ("Tidepool, explained again", "Subscribe"), False),
        (("How Tidepool works", ""), ("How caching works", "We explain Tidepool"), False),
        (("Same words", "x"), ("Same words", "y"), False),
    ],
)
def test_entries_of_a_series_each_name_something_else(
    one: tuple[str, str], other: tuple[str, str], expected: bool
) -> None:
    """Two titles differ when each has a telling word that the other record lacks."""
    assert are_different(one, other) is expected
    assert are_different(other, one) is expected
