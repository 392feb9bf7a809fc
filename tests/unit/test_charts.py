"""Charts and what they count: weeks, reading time, and pictures that hold nothing but a picture."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from digests import HOSTILE
from fakes import NOW
from lxml import etree

from digestbot.domain import Counted, FeedId
from digestbot.web.charts import lying, stacked
from digestbot.web.weeks import begin, reading_minutes, weekly

SVG = "{http://www.w3.org/2000/svg}"


def counted(at: datetime, **changes: Any) -> Counted:
    """Return a story that was first seen at an instant."""
    given: dict[str, Any] = {
        "section": "VI", "chapter": "", "title": "", "feed": FeedId("arxiv"), "medium": "paper",
        "lang": "en", "chars": 987,
    } | changes  # fmt: skip
    return Counted(at=at, **given)


def test_weeks_end_with_today() -> None:
    """The last week is seven whole days up to the end of today, so that its count compares with the others'."""
    found = weekly([], NOW, 2)

    assert begin(NOW, 2) == datetime(2026, 3, 30, tzinfo=NOW.tzinfo)
    assert found.starts == (date(2026, 3, 30), date(2026, 4, 6))


@pytest.mark.parametrize(("age_days", "weeks"), [(1, 4), (34, 5), (35, 6), (54, 8), (55, 8), (400, 4)])
def test_weeks_before_the_first_story_are_not_counted(age_days: int, weeks: int) -> None:
    """A young ledger shows the weeks that it knows, four at least, and never more than are asked for."""
    assert len(weekly([counted(NOW - timedelta(days=age_days))], NOW, 8).starts) == weeks


def test_each_story_is_counted_in_its_week_once() -> None:
    """A story is counted by section, medium and feed in the week in which it was first seen; earlier ones nowhere."""
    seen = [
        counted(begin(NOW, 2) - timedelta(seconds=1)),
        counted(begin(NOW, 2)),
        counted(begin(NOW, 1) - timedelta(seconds=1), section="III", feed=FeedId("blog"), medium="post"),
        counted(NOW),
    ]

    found = weekly(seen, NOW, 2)

    assert found.sections == {"VI": (1, 1), "III": (1, 0)}
    assert found.media == {"paper": (1, 1), "post": (1, 0)}
    assert found.feeds == (("arxiv", 2), ("blog", 1))
    assert found.minutes == (2, 1)
    assert found.total == 3


@pytest.mark.parametrize(
    ("lang", "chars", "minutes"), [("en", 987, 1), ("", 987, 1), ("zh-CN", 510, 2), ("zh", 255, 1)]
)
def test_chinese_is_read_by_its_own_measure(lang: str, chars: int, minutes: float) -> None:
    """A Chinese character takes a reader longer than a Latin letter."""
    assert reading_minutes(chars, lang) == minutes


def test_a_chart_is_one_named_picture_without_script_or_style() -> None:
    """A drawing has role, name and text for those who cannot see it, and nothing that a strict policy would refuse."""
    drawn = etree.fromstring(
        stacked("weeks", "Stories", "Ten stories", ["6 Apr", "13 Apr"], {"I": [3, 0], "II": [1, 6]})
    )

    tags = {element.tag for element in drawn.iter()}
    assert tags <= {f"{SVG}{tag}" for tag in ("svg", "title", "desc", "g", "path", "rect", "text")}
    assert not any("style" in element.attrib for element in drawn.iter())
    assert drawn.attrib["role"] == "img"
    assert drawn.attrib["aria-labelledby"] == "weeks-title weeks-desc"
    assert [drawn.findtext(f"{SVG}{tag}") for tag in ("title", "desc")] == ["Stories", "Ten stories"]
    assert [bar.findtext(f"{SVG}title") for bar in drawn.iter(f"{SVG}g") if bar.get("class") == "bar"] == [
        "I, 6 Apr: 3", "II, 6 Apr: 1", "II, 13 Apr: 6",
    ]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_names_from_outside_stay_text_in_a_chart(text: str) -> None:
    """Whatever a feed or a section is called, the picture stays well-formed and holds it as text alone."""
    for drawn in (lying("feeds", text, text, {text: 3, "b": 1}), stacked("weeks", text, text, [text], {text: [2]})):
        tags = {etree.QName(element).localname for element in etree.fromstring(drawn).iter()}

        assert tags <= {"svg", "title", "desc", "g", "path", "rect", "text"}
