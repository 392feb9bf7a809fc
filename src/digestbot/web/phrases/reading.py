"""What the pages say that anybody may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digestbot.render.words import Plural
from digestbot.web.phrases import Spoken


@dataclass(frozen=True)
class Reading:
    """The words of home, digests, stories, roadmaps, search, sources and about; `{…}` is filled in."""

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
    points: str
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
    sources: str
    sources_intro: str
    source: str
    state: str
    last_read: str
    week_items: str
    states: Mapping[str, str]
    healthy: str
    never: str
    opml: str
    about: str
    about_intro: str
    what_was_read: str
    outcomes_hint: str
    items: Plural
    stories_known: Plural
    documents_known: Plural
    digests_made: Plural
    last_run: str
    models: str
    models_none: str
    models_hint: str
    step: str
    model: str
    calls: str
    tokens: str
    cost: str
    unknown: str
    total: str
    code: str
    privacy: str
    privacy_text: str


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
        points="What it says",
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
        sources="Sources",
        sources_intro="What is read, and how well that goes.",
        source="Source",
        state="State",
        last_read="Last read",
        week_items="Items this week",
        states={"good": "good", "failing": "failing", "paused": "paused", "not read yet": "not read yet"},
        healthy="{good} of {all} sources are read well.",
        never="never",
        opml="All sources as OPML",
        about="About this site",
        about_intro="digestbot reads papers, posts and videos, files what matters into a learning roadmap with a "
        "summary taken from the source, and proposes additions that people accept, edit or reject.",
        what_was_read="What was read",
        outcomes_hint="Every item that was seen, by where it ended.",
        items=("{n} item", "{n} items"),
        stories_known=("{n} story", "{n} stories"),
        documents_known=("{n} document can be searched", "{n} documents can be searched"),
        digests_made=("{n} digest within a day", "{n} digests within a day"),
        last_run="Last run",
        models="Who decides and writes, and what it costs",
        models_none="No chat model was used within the last 30 days: a small trained model files, and summaries "
        "consist of the sources' own sentences.",
        models_hint="Calls of chat models within the last 30 days.",
        step="Step",
        model="Model",
        calls="Calls",
        tokens="Tokens",
        cost="Cost",
        unknown="unknown",
        total="In all",
        code="Every summary is checked against its source, sentence by sentence; what the source does not show is left "
        "out and counted. Where a story is filed, and who decided so, stands on its page.",
        privacy="Privacy",
        privacy_text="These pages load nothing from elsewhere, run no script to be read, set no cookie for reading, "
        "and count nobody.",
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
        points="主要内容",
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
        sources="来源",
        sources_intro="读取哪些来源，以及是否顺利。",
        source="来源",
        state="状态",
        last_read="上次读取",
        week_items="本周条目",
        states={"good": "正常", "failing": "失败", "paused": "已暂停", "not read yet": "尚未读取"},
        healthy="{all} 个来源中有 {good} 个读取正常。",
        never="从未",
        opml="以 OPML 导出全部来源",
        about="关于本站",
        about_intro="digestbot 阅读论文、文章和视频，把重要的内容连同取自来源的摘要归入学习路线图，"
        "并提出增补建议，由人接受、修改或拒绝。",
        what_was_read="读取了什么",
        outcomes_hint="所有见过的条目，按其去向。",
        items=("{n} 个条目", "{n} 个条目"),
        stories_known=("{n} 条内容", "{n} 条内容"),
        documents_known=("可搜索 {n} 篇", "可搜索 {n} 篇"),
        digests_made=("一天内 {n} 期摘要", "一天内 {n} 期摘要"),
        last_run="上次运行",
        models="由谁决定和撰写，费用多少",
        models_none="最近 30 天没有使用聊天模型：由训练好的小模型归类，摘要由来源自己的句子构成。",
        models_hint="最近 30 天对聊天模型的调用。",
        step="步骤",
        model="模型",
        calls="调用",
        tokens="词元",
        cost="费用",
        unknown="未知",
        total="合计",
        code="每条摘要都逐句与来源核对；来源未载的句子会删去并计数。内容归入何处、由谁决定，都写在它的页面上。",
        privacy="隐私",
        privacy_text="这些页面不从别处加载任何东西，阅读时不运行脚本，不设 Cookie，也不统计任何人。",
    ),
)
