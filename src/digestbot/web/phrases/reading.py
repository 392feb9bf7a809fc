"""What the pages say that anybody may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digestbot.render.words import Plural
from digestbot.web.phrases import Spoken


@dataclass(frozen=True)
class Reading:
    """The words of home, digests, stories, roadmaps and search; `{…}` is filled in."""

    new: str
    latest: str
    today: str
    today_none: str
    week: str
    week_none: str
    stories: Plural
    this_week: Plural
    feed: str
    older: str
    newest: str
    none_filed: str
    read_at: str
    summary: str
    gives: str
    basis: Mapping[str, str]
    written_by: str
    person: str
    offline: str
    dropped: Plural
    evidence: str
    evidence_hint: str
    media: str
    filed: str
    why: str
    by: str
    relevance: str
    confidence: str
    unconfirmed: str
    placed_by_hand: str
    rubric: Mapping[str, str]
    life: str
    first_seen: str
    told: str
    earlier: str
    related: str
    digests: str
    digests_intro: str
    digests_none: str
    roadmaps: str
    contents: str
    sections_n: Plural
    chapters: Plural
    links: Plural
    new_links: Plural
    new_mark: str
    no_stories: str
    flags: Mapping[str, str]
    filed_here: str
    table: str
    search: str
    search_for: str
    search_button: str
    all: str
    section: str
    medium: str
    language: str
    since: str
    until: str
    filters: str
    found: Plural
    found_most: str
    found_none: str
    more_found: str
    search_hint: str
    last_read: str


READING = Spoken(
    Reading(
        new="New",
        latest="Latest digest",
        today="Today",
        today_none="Nothing was filed within the last day.",
        week="This week",
        week_none="Nothing was filed within the last seven days.",
        stories=("{n} story", "{n} stories"),
        this_week=("{n} this week", "{n} this week"),
        feed="Feed",
        older="Older stories",
        newest="Back to the newest",
        none_filed="Nothing was filed here yet.",
        read_at="Read it at {host}",
        summary="In short",
        gives="What it gives to the roadmap",
        basis={
            "full text": "Summarized from the full text.",
            "transcript": "Summarized from the transcript.",
            "abstract": "Summarized from the abstract only.",
            "description": "Summarized from the description only.",
            "feed text": "Summarized from what its feed says only.",
        },
        written_by="Written by {model}.",
        person="a reviewer",
        offline="the offline model",
        dropped=(
            "{n} sentence was left out: the source does not show it.",
            "{n} sentences were left out: the source does not show them.",
        ),
        evidence="Evidence",
        evidence_hint="The sentences of the source that the summary rests on.",
        media="Where to find it",
        filed="Where it is filed, and why",
        why="Why",
        by="Decided by",
        relevance="Relevance",
        confidence="Confidence",
        unconfirmed="This place awaits a reviewer.",
        placed_by_hand="A reviewer put it here: {reason}",
        rubric={"novelty": "Novelty", "evidence": "Evidence", "usefulness": "Usefulness"},
        life="What happened to it",
        first_seen="First seen",
        told="Told in a digest",
        earlier="Earlier coverage",
        related="Related",
        digests="Digests",
        digests_intro="Every digest as it was sent.",
        digests_none="No digest was made yet.",
        roadmaps="Roadmaps",
        contents="Contents",
        sections_n=("{n} section", "{n} sections"),
        chapters=("{n} chapter", "{n} chapters"),
        links=("{n} link", "{n} links"),
        new_links=("{n} new", "{n} new"),
        new_mark="new",
        no_stories="takes no stories",
        flags={
            "moved": "moved",
            "gone": "may be gone",
            "failing": "does not answer",
            "dead": "dead link",
            "walled": "needs a login",
            "retracted": "retracted",
            "archived": "no longer maintained",
        },
        filed_here="Filed here, newest first",
        table="Table",
        search="Search",
        search_for="Search for",
        search_button="Search",
        all="All",
        section="Section",
        medium="Medium",
        language="Language",
        since="Published from",
        until="Published until",
        filters="Narrow it down",
        found=("{n} story", "{n} stories"),
        found_most="The {n} best stories",
        found_none="Nothing was found. Try fewer or other words, or fewer filters.",
        more_found="More",
        search_hint="Words or a question, in English or Chinese.",
        last_read="Last read",
    ),
    Reading(
        new="新内容",
        latest="最新摘要",
        today="今天",
        today_none="最近一天没有归入新内容。",
        week="本周",
        week_none="最近七天没有归入新内容。",
        stories=("{n} 条", "{n} 条"),
        this_week=("本周 {n} 条", "本周 {n} 条"),
        feed="订阅源",
        older="更早的内容",
        newest="回到最新",
        none_filed="这里还没有内容。",
        read_at="前往 {host} 阅读",
        summary="简而言之",
        gives="对路线图的意义",
        basis={
            "full text": "摘要依据全文。",
            "transcript": "摘要依据字幕。",
            "abstract": "摘要仅依据论文摘要。",
            "description": "摘要仅依据简介。",
            "feed text": "摘要仅依据订阅源文本。",
        },
        written_by="由{model}撰写。",
        person="审核者",
        offline="离线模型",
        dropped=("有 {n} 句因来源未载而删去。", "有 {n} 句因来源未载而删去。"),
        evidence="依据",
        evidence_hint="摘要所依据的来源原句。",
        media="出处",
        filed="归类及理由",
        why="理由",
        by="决定者",
        relevance="相关度",
        confidence="把握",
        unconfirmed="归类有待审核。",
        placed_by_hand="由审核者归入：{reason}",
        rubric={"novelty": "新颖", "evidence": "论据", "usefulness": "用处"},
        life="经过",
        first_seen="首次发现",
        told="收入摘要",
        earlier="此前的报道",
        related="相关内容",
        digests="摘要",
        digests_intro="历次发送的摘要。",
        digests_none="还没有摘要。",
        roadmaps="路线图",
        contents="目录",
        sections_n=("{n} 个部分", "{n} 个部分"),
        chapters=("{n} 章", "{n} 章"),
        links=("{n} 个链接", "{n} 个链接"),
        new_links=("{n} 个新增", "{n} 个新增"),
        new_mark="新",
        no_stories="不归入内容",
        flags={
            "moved": "已迁移",
            "gone": "可能失效",
            "failing": "无响应",
            "dead": "链接失效",
            "walled": "需要登录",
            "retracted": "已撤稿",
            "archived": "不再维护",
        },
        filed_here="归入此处的内容，由新到旧",
        table="表格",
        search="搜索",
        search_for="搜索内容",
        search_button="搜索",
        all="全部",
        section="部分",
        medium="媒介",
        language="语言",
        since="发表不早于",
        until="发表不晚于",
        filters="缩小范围",
        found=("{n} 条", "{n} 条"),
        found_most="最相关的 {n} 条",
        found_none="没有找到。请减少或更换词语，或放宽条件。",
        more_found="更多",
        search_hint="词语或问题，中文英文均可。",
        last_read="上次读取",
    ),
)
