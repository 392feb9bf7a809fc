"""What the pages say that anybody may read."""

from __future__ import annotations

from dataclasses import dataclass

from digestbot.render.words import Plural
from digestbot.web.phrases import Spoken


@dataclass(frozen=True)
class Reading:
    """The words of home, digests, stories, roadmaps, search, sources and about."""

    new: str
    today: str
    today_none: str
    week: str
    week_none: str
    stories: Plural
    this_week: Plural
    all_of: str
    more_media: str
    filed_on: str
    read_at: str


READING = Spoken(
    Reading(
        new="New",
        today="Today",
        today_none="Nothing was filed within the last day.",
        week="This week",
        week_none="Nothing was filed within the last seven days.",
        stories=("{n} story", "{n} stories"),
        this_week=("{n} this week", "{n} this week"),
        all_of="All of {section}",
        more_media="also",
        filed_on="filed",
        read_at="Read it at {host}",
    ),
    Reading(
        new="新内容",
        today="今天",
        today_none="最近一天没有归入新内容。",
        week="本周",
        week_none="最近七天没有归入新内容。",
        stories=("{n} 条", "{n} 条"),
        this_week=("本周 {n} 条", "本周 {n} 条"),
        all_of="“{section}”的全部内容",
        more_media="另有",
        filed_on="归入于",
        read_at="前往 {host} 阅读",
    ),
)
