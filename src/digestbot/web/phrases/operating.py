"""What the pages say of the sources, and of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digestbot.render.words import Plural
from digestbot.web.phrases import Spoken


@dataclass(frozen=True)
class Operating:
    """The words of sources and about; `{…}` is filled in."""

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


OPERATING = Spoken(
    Operating(
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
    Operating(
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
        "并提出增补建议，由人采纳、修改或拒绝。",
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
