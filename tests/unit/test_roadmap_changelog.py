"""The page of changes: by week and chapter, in the document's language, with who decided, without what was undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fakes import proposal

from digestbot.render.changelog import changelog_markdown
from digestbot.roadmap import parse
from digestbot.roadmap.changelog import changelog, new_resources
from digestbot.roadmap.history import Event
from digestbot.roadmap.marking import marked, one_file

NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
MAP = parse("# T\n## A\n### x\n- [n](https://n.example/a)\n", "map")
ADDED = Event("resource", "added", "x", "n", "https://n.example/a")


def test_a_change_is_told_with_who_decided_it_and_why() -> None:
    """What a proposal brought has its reviewer and its line; what nobody decided was done by hand."""
    taken = proposal(url="http://n.example/a/", merit="It is *good*.", state="applied", decided_by="ada", roadmap="map")
    by_hand = Event("chapter", "renamed", "x", "x", former="y")

    page = changelog_markdown(MAP, changelog(MAP, [(NOW, ADDED), (NOW, by_hand)], [taken]))

    assert (
        "## Week of 2026-04-06 to 2026-04-12\n\n### A › x\n\n- Added [n](<https://n.example/a>) (ada, p1): It is"
        in page
    )
    assert "\\*good\\*" in page
    assert "### A\n\n- Renamed chapter x, from y (by hand)\n" in page


def test_weeks_begin_on_monday_and_the_latest_comes_first() -> None:
    """A change on Sunday evening is of the old week, one after midnight (UTC) of the new one."""
    weeks = changelog(MAP, [(NOW, ADDED), (NOW + timedelta(hours=6), ADDED)], [])

    assert [week.monday.isoformat() for week in weeks] == ["2026-04-13", "2026-04-06"]


def test_what_was_undone_in_its_week_is_left_out() -> None:
    """Something that came and went within a week is no change of it; without any, the page says so."""
    gone = Event("resource", "removed", "x", "n", "https://n.example/a")

    weeks = changelog(MAP, [(NOW, ADDED), (NOW, gone), (NOW - timedelta(days=7), gone)], [])

    assert [[entry.how for entry in week.entries] for week in weeks] == [["removed"]]
    assert "Nothing has changed" in changelog_markdown(MAP, ())


def test_a_link_that_moved_and_came_back_is_left_out() -> None:
    """A link that is where it was at the week's beginning has not moved in it; one that went on has."""
    there = Event("resource", "moved", "y", "n", "https://n.example/a", former="x")
    back = Event("resource", "moved", "x", "n", "https://n.example/a", former="y")
    onward = Event("resource", "moved", "z", "n", "https://n.example/a", former="y")

    assert changelog(MAP, [(NOW, there), (NOW, back)], []) == ()
    assert len(changelog(MAP, [(NOW, there), (NOW, onward)], [])[0].entries) == 2


def test_a_chinese_roadmap_has_a_chinese_page() -> None:
    """The page is in the document's language."""
    roadmap = parse("# 路线\n## 数据\n### 清洗\n", "map")

    page = changelog_markdown(roadmap, changelog(roadmap, [(NOW, Event("chapter", "added", "清洗", "清洗"))], []))

    assert page == "# 路线的变更\n\n## 2026-04-06 至 2026-04-12 一周\n\n### 数据\n\n- 新增 章节 清洗 (手工修改)\n"


def test_what_is_new_is_what_came_since_and_is_still_there() -> None:
    """A link counts as new from its day on, for as long as the document has it."""
    gone = Event("resource", "added", "x", "m", "https://m.example/a")

    found = new_resources(MAP, [(NOW, ADDED), (NOW, gone), (NOW - timedelta(days=9), ADDED)], NOW - timedelta(days=1))

    assert found == {"https://n.example/a"}


def test_new_things_get_a_sign_where_they_stand() -> None:
    """List items, links in prose and chapters are marked once; everything else stays as it is."""
    text = (
        "# T\n## A\n### x ##\n- [ ] [n](https://n.example/a)\nand [o](https://o.example) and [n](https://n.example/b)\n"
    )
    roadmap = parse(text, "map")

    page = marked(roadmap, {"https://n.example/a", "https://n.example/b"}, {"x"})

    assert page == (
        "# T\n## A\n### x 🆕 ##\n- [ ] 🆕 [n](https://n.example/a)\n"
        "and [o](https://o.example) and 🆕 [n](https://n.example/b)\n"
    )
    assert one_file(page) == page
