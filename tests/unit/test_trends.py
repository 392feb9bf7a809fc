"""Trends: chapters that grow by more than luck, and topics without a chapter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes import NOW

from digestbot.domain import Dated, Topic, Trends
from digestbot.pipeline.trends import tail, trends

DAY = timedelta(days=1)
CHAPTERS = {"a": "Attention", "b": "Baking", "c": "Caching"}


def seen(days_ago: float, chapter: str, count: int = 1, title: str = "T") -> list[Dated]:
    """Return stories of a chapter seen so many days ago."""
    return [Dated(NOW - days_ago * DAY, "I", chapter, title)] * count


def month(*, week: dict[str, int], before: dict[str, int]) -> Trends:
    """Return the trends of a week with these counts, after four weeks with these counts a week."""
    found = [one for days in (24, 17, 10) for chapter, n in before.items() for one in seen(days, chapter, n)]
    found = [one for chapter, n in before.items() for one in seen(34.9, chapter, n)] + found
    return trends([*found, *(one for chapter, n in week.items() for one in seen(2, chapter, n))], CHAPTERS, NOW)


@pytest.mark.parametrize(
    ("count", "total", "chance", "expected"),
    [(0, 5, 0.3, 1.0), (5, 5, 0.5, 1 / 32), (1, 2, 0.5, 0.75), (2, 3, 0.2, 3 * 0.04 * 0.8 + 0.008)],
)
def test_the_tail_of_the_binomial_is_exact(count: int, total: int, chance: float, expected: float) -> None:
    """How often as many or more come up, against values worked out by hand."""
    assert tail(count, total, chance) == pytest.approx(expected)


def test_a_chapter_that_grows_is_told_with_its_counts() -> None:
    """Three times its usual share is more than luck; what keeps its share is not told."""
    found = month(week={"a": 20, "b": 12, "c": 1}, before={"a": 5, "b": 12, "c": 3})

    [growth] = found.growing
    assert (growth.title, growth.count, growth.weekly_before, found.weeks_before) == ("Attention", 20, 5.0, 4)
    assert 0.001 < growth.p < 0.01


def test_a_busy_week_alone_is_no_trend() -> None:
    """When everything triples no chapter grew against the others, and a few more by luck are none either."""
    assert month(week={"a": 15, "b": 36, "c": 9}, before={"a": 5, "b": 12, "c": 3}).growing == ()
    assert month(week={"a": 7, "b": 12, "c": 3}, before={"a": 5, "b": 12, "c": 3}).growing == ()
    assert month(week={"c": 2, "b": 1}, before={"b": 12}).growing == ()


def test_without_two_weeks_before_nothing_is_claimed() -> None:
    """How many weeks are known is told, and no growth."""
    found = trends([*seen(9, "b"), *seen(1, "a", 30)], CHAPTERS, NOW)

    assert (found.weeks_before, found.growing) == (1, ())
    assert trends([], CHAPTERS, NOW) == Trends(0)


def test_topics_that_fit_no_chapter_are_told() -> None:
    """Two words that three chapterless titles share make a topic, with examples; a title counts once."""
    titles = ["Tabular Foundation Priors", "Why Tabular Foundation Works", "On Tabular Foundation Work"]
    stories = [one for title in titles for one in seen(1, "", title=title)]

    found = trends([*stories, *seen(1, "a", 9, "Tabular Foundation"), *seen(1, "", 2, "Odd Ones")], CHAPTERS, NOW)

    assert found.topics == (Topic("tabular foundation", 3, tuple(titles[:2])),)
