"""What the page of trends says."""

from __future__ import annotations

from dataclasses import dataclass

from digestbot.render.words import Plural
from digestbot.web.phrases import Spoken


@dataclass(frozen=True)
class Charting:
    """The words of charts and of the tables beside them; `{…}` is filled in."""

    lang: str
    title: str
    lead: Plural
    span: str
    spans: Plural
    none: str
    rising: str
    by_section: str
    by_section_about: str
    by_source: str
    by_source_about: str
    reading: str
    reading_about: str
    reading_hint: str
    chart: str
    numbers: str
    section: str
    week_of: str
    total: str
    source: str
    stories: str
    share: str
    others: Plural
    hours: str
    time: str
    short_date: str


CHARTING = Spoken(
    Charting(
        lang="en",
        title="Trends",
        lead=("{n} story in the {weeks} weeks up to today", "{n} stories in the {weeks} weeks up to today"),
        span="Look back",
        spans=("{n} week", "{n} weeks"),
        none="Nothing was filed in these weeks.",
        rising="What is rising",
        by_section="Stories by section",
        by_section_about="Most in the week of {best}: {count}. In all weeks most in {section}.",
        by_source="Where they came from",
        by_source_about="How many stories each source showed first. Most came from {source}.",
        reading="Time to read it all",
        reading_about="Hours that the texts of each week take to read, {hours} in the middle week.",
        reading_hint="By the length of what could be had: a full text, a transcript or only an abstract. "
        "987 characters a minute in English, 255 in Chinese (IReST, 2012).",
        chart="chart",
        numbers="numbers",
        section="Section",
        week_of="Week of",
        total="All",
        source="Source",
        stories="Stories",
        share="Share",
        others=("{n} other", "{n} others"),
        hours="hours",
        time="{hours} h {minutes} min",
        short_date="{day} {month}",
    ),
    Charting(
        lang="zh-Hans",
        title="趋势",
        lead=("截至今天的 {weeks} 周内共 {n} 条内容",) * 2,
        span="回看",
        spans=("{n} 周",) * 2,
        none="这几周没有归档任何内容。",
        rising="正在升温",
        by_section="各章节的内容数",
        by_section_about="{best} 起的一周最多，共 {count} 条；各周合计以“{section}”为最多。",
        by_source="来自哪里",
        by_source_about="各来源最先带来的内容数，最多的是 {source}。",
        reading="全部读完需要的时间",
        reading_about="读完每周文本所需的小时数，中位周为 {hours} 小时。",
        reading_hint="按所能取得的文本长度计算：全文、字幕，或仅有摘要。"
        "英文每分钟 987 个字符，中文 255 字（IReST，2012）。",
        chart="图",
        numbers="数据",
        section="章节",
        week_of="起始日",
        total="合计",
        source="来源",
        stories="内容数",
        share="占比",
        others=("其他 {n} 个",) * 2,
        hours="小时",
        time="{hours} 小时 {minutes} 分",
        short_date="{month}月{day}日",
    ),
)
