"""The languages that a digest can speak: each phrase in English and in Chinese, simplified and traditional.

Only our own words stand here; titles and summaries stay in the language that they were written in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digestbot.domain import DigestLang

Plural = tuple[str, str]
"""A phrase with `{n}` for one and for any other number; the same twice where a language makes no difference."""

# Spelled here because strftime's month names follow the machine's locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NUMBERS = tuple(str(number) for number in range(1, 13))


@dataclass(frozen=True)
class Words:
    """Every phrase of a digest in one language; what stands in braces is filled in."""

    code: str
    months: tuple[str, ...]
    date: str
    subject: str
    list_comma: str
    last_comma: str
    colon: str
    stop: str
    brackets: str
    quoted: str
    digest: str
    no_title: str
    nothing_new: str
    empty: str
    note: str
    stories: Plural
    proposals: str
    brief: str
    how: str
    why: str
    before: str
    semicolon: str
    also: str
    asked_for: str
    et_al: str
    and_two: str
    labels: Mapping[str, str]
    first_told: str
    media: Mapping[str, str]
    levels: Mapping[str, str]
    bases: Mapping[str, str]
    other_basis: str
    written: str
    languages: Mapping[str, str]
    parts: Mapping[str, str]
    unconfirmed: str
    shares: str
    """What the offline model files by: words that a story and a chapter share, or none of them more than others."""
    closest: str
    reasons: Mapping[str, str]
    cut: Plural
    left_out: Plural
    whole: str
    settings: str
    unsubscribe: str
    more_proposals: str
    a_change: str
    more: str
    read: Plural
    read_none: str
    outcomes: Mapping[str, str]
    feeds_failed: Plural
    writer: str
    offline: str
    dropped: Plural
    headlines: Plural
    no_tokens: str
    tokens: Plural
    cost_unknown: str
    cost_little: str
    degraded: str
    new: Plural
    updates: Plural
    nothing_but: str
    with_updates: str
    in_section: str
    in_sections: str
    only_one: str
    then: str
    then_one: str
    trends: str
    growth: str
    no_growth: str
    too_early: str
    topic: Plural


ENGLISH = Words(
    code="en",
    months=_MONTHS,
    date="{day} {month} {year}",
    subject="{heading}: {count}, {day}",
    list_comma=", ",
    last_comma=" and ",
    colon=": ",
    stop=".",
    brackets="({})",
    quoted="“{}”",
    digest="Digest",
    no_title="(no title)",
    nothing_new="nothing new",
    empty="Nothing new was filed into these sections.",
    note="There is nothing new for you this time.",
    stories=("{n} story", "{n} stories"),
    proposals="Proposals waiting for review",
    brief="In brief",
    how="How this digest was made",
    why="Why",
    before="Know first",
    semicolon="; ",
    also="Also",
    asked_for="You asked for {what}.",
    et_al="{name} et al.",
    and_two="{one} and {two}",
    labels={"Update": "Update", "Withdrawn": "Withdrawn"},
    first_told="(First told on {day}.)",
    media={"paper": "paper", "post": "post", "video": "video", "repository": "repository"},
    levels={"introductory": "introductory", "intermediate": "intermediate", "advanced": "advanced"},
    bases={
        "abstract": "(from the abstract only)",
        "description": "(from the description only)",
        "feed text": "(from the feed's text only)",
        "transcript": "(from the transcript)",
    },
    other_basis="(from the {basis} only)",
    written="(in {lang})",
    languages={"en": "English", "zh": "simplified Chinese", "zh-Hant": "traditional Chinese"},
    parts={"new": "New: ", "how": "How: ", "result": "Result: ", "limits": "Limits: "},
    unconfirmed=" Its place awaits a reviewer.",
    shares="Shares {words} with it.",
    closest="Closest to it by its words as a whole.",
    reasons={
        "section": "section {what}",
        "chapter": "chapter {what}",
        "keyword": "{what}",
        "medium": "the medium {what}",
        "level": "the level {what}",
        "language": "the language {what}",
    },
    cut=(
        "{n} more story of this digest did not fit here. Its Markdown file, or a mail's plain text, holds them all.",
        "{n} more stories of this digest did not fit here. Its Markdown file, or a mail's plain text, holds them all.",
    ),
    whole="Read it all on the web",
    settings="Change what you get",
    unsubscribe="Unsubscribe",
    left_out=(
        "{n} more story fits what you asked for; it lies beyond your digest's length.",
        "{n} more stories fit what you asked for; they lie beyond your digest's length.",
    ),
    more_proposals="and {n} more: digestbot review list",
    a_change="a change to the roadmap",
    more="and {n} more",
    read=("Read {n} item: {what}.", "Read {n} items: {what}."),
    read_none="No new items were read.",
    outcomes={
        "filed": "filed",
        "joined": "joined to a known story",
        "off_roadmap": "off the roadmap",
        "duplicate": "duplicates",
        "filtered": "filtered out",
        "known": "known already",
        "baseline": "older than the first run",
        "failed": "failed",
    },
    feeds_failed=("{n} feed could not be read: {what}.", "{n} feeds could not be read: {what}."),
    writer="Filed and summarized by {what}.",
    offline="the offline model",
    headlines=(
        "{n} story stands by its title alone: the budget for summaries was spent.",
        "{n} stories stand by their titles alone: the budget for summaries was spent.",
    ),
    dropped=(
        "{n} sentence of its summaries was left out: no source shows it.",
        "{n} sentences of its summaries were left out: no source shows them.",
    ),
    no_tokens="No tokens were spent.",
    tokens=("{n} token, {cost}.", "{n} tokens, {cost}."),
    cost_unknown="cost unknown",
    cost_little="less than $0.0001",
    degraded="Made with less than usual: {what}.",
    new=("{n} new story", "{n} new stories"),
    updates=("{n} update on an earlier story", "{n} updates on earlier stories"),
    nothing_but="Nothing new but {updates}.",
    with_updates="{new} and {updates}",
    in_section="{new} in {section}.",
    in_sections="{new} in {n} sections, most of them in {section}.",
    only_one="If you read only one: “{title}”. {tldr}",
    then="Then {what}.",
    then_one="“{title}” in {section}",
    trends="Trends of the week",
    growth="{title}: {n} stories this week, {before} a week in the {weeks} weeks before (by chance once in {odds}).",
    no_growth="No chapter grew more than the {weeks} weeks before let expect.",
    too_early="Too early for trends: two earlier weeks are needed, {weeks} known.",
    topic=(
        "No chapter fits {n} story about “{words}”, such as {examples}.",
        "No chapter fits {n} stories about “{words}”, such as {examples}.",
    ),
)

SIMPLIFIED = Words(
    code="zh-Hans",
    months=_NUMBERS,
    date="{year}年{month}月{day}日",
    subject="{heading}：{count}，{day}",
    list_comma="、",
    last_comma="和",
    colon="：",
    stop="。",
    brackets="（{}）",
    quoted="“{}”",
    digest="摘要",
    no_title="（无标题）",
    nothing_new="没有新内容",
    empty="这些章节没有新内容。",
    note="这一次没有您订阅的新内容。",
    stories=("{n} 条", "{n} 条"),
    proposals="等待审核的建议",
    brief="简讯",
    how="本期摘要的来历",
    why="理由",
    before="先修",
    semicolon="；",
    also="另见",
    asked_for="您订阅了{what}。",
    et_al="{name} 等",
    and_two="{one}、{two}",
    labels={"Update": "更新", "Withdrawn": "撤回"},
    first_told="（首次报道于{day}。）",
    media={"paper": "论文", "post": "文章", "video": "视频", "repository": "代码库"},
    levels={"introductory": "入门", "intermediate": "进阶", "advanced": "深入"},
    bases={
        "abstract": "（仅据摘要）",
        "description": "（仅据简介）",
        "feed text": "（仅据订阅源文本）",
        "transcript": "（据字幕）",
    },
    other_basis="（仅据 {basis}）",
    written="（{lang}）",
    languages={"en": "英文", "zh": "简体中文", "zh-Hant": "繁体中文"},
    parts={"new": "新意：", "how": "方法：", "result": "结果：", "limits": "局限："},
    unconfirmed=" 归类有待审核。",
    shares="与之共有{words}。",
    closest="整体用词与之最为接近。",
    reasons={
        "section": "第 {what} 部分",
        "chapter": "章节 {what}",
        "keyword": "{what}",
        "medium": "媒介“{what}”",
        "level": "难度“{what}”",
        "language": "语言 {what}",
    },
    cut=(
        "另有 {n} 条放不下，全文见本期的 Markdown 文件或邮件的纯文本部分。",
        "另有 {n} 条放不下，全文见本期的 Markdown 文件或邮件的纯文本部分。",
    ),
    whole="在网页上阅读全文",
    settings="更改订阅设置",
    unsubscribe="退订",
    left_out=("另有 {n} 条也符合您的订阅，但超出了篇幅。", "另有 {n} 条也符合您的订阅，但超出了篇幅。"),
    more_proposals="另有 {n} 条：digestbot review list",
    a_change="对路线图的一处修改",
    more="以及另外 {n} 个",
    read=("共读取 {n} 条：{what}。", "共读取 {n} 条：{what}。"),
    read_none="没有读取到新条目。",
    outcomes={
        "filed": "归入章节",
        "joined": "并入已有报道",
        "off_roadmap": "与路线图无关",
        "duplicate": "重复",
        "filtered": "被过滤",
        "known": "先前已知",
        "baseline": "早于首次运行",
        "failed": "失败",
    },
    feeds_failed=("{n} 个订阅源无法读取：{what}。", "{n} 个订阅源无法读取：{what}。"),
    writer="由{what}归类并撰写摘要。",
    offline="离线模型",
    dropped=("摘要中有 {n} 句因来源未载而删去。", "摘要中有 {n} 句因来源未载而删去。"),
    headlines=("预算已用完，{n} 篇仅列标题。", "预算已用完，{n} 篇仅列标题。"),
    no_tokens="未消耗词元。",
    tokens=("{n} 个词元，{cost}。", "{n} 个词元，{cost}。"),
    cost_unknown="费用未知",
    cost_little="不到 $0.0001",
    degraded="本期条件受限：{what}。",
    new=("{n} 条新内容", "{n} 条新内容"),
    updates=("{n} 条旧闻的更新", "{n} 条旧闻的更新"),
    nothing_but="没有新内容，只有{updates}。",
    with_updates="{new}和{updates}",
    in_section="“{section}”有 {new}。",
    in_sections="{n} 个部分共有 {new}，以“{section}”最多。",
    only_one="如果只读一条：《{title}》。{tldr}",
    then="其次是{what}。",
    then_one="“{section}”中的《{title}》",
    trends="本周趋势",
    growth="{title}：本周 {n} 条，此前 {weeks} 周平均每周 {before} 条（纯属偶然的机会约为 {odds} 分之一）。",
    no_growth="与此前 {weeks} 周相比，没有章节明显增长。",
    too_early="暂时谈不上趋势：至少需要此前两周的记录，目前有 {weeks} 周。",
    topic=(
        "{n} 条关于“{words}”的内容没有合适的章节，例如{examples}。",
        "{n} 条关于“{words}”的内容没有合适的章节，例如{examples}。",
    ),
)

TRADITIONAL = Words(
    code="zh-Hant",
    months=_NUMBERS,
    date="{year}年{month}月{day}日",
    subject="{heading}：{count}，{day}",
    list_comma="、",
    last_comma="和",
    colon="：",
    stop="。",
    brackets="（{}）",
    quoted="「{}」",
    digest="摘要",
    no_title="（無標題）",
    nothing_new="沒有新內容",
    empty="這些章節沒有新內容。",
    note="這一次沒有您訂閱的新內容。",
    stories=("{n} 則", "{n} 則"),
    proposals="等待審核的建議",
    brief="簡訊",
    how="本期摘要的來歷",
    why="理由",
    before="先修",
    semicolon="；",
    also="另見",
    asked_for="您訂閱了{what}。",
    et_al="{name} 等",
    and_two="{one}、{two}",
    labels={"Update": "更新", "Withdrawn": "撤回"},
    first_told="（首次報導於{day}。）",
    media={"paper": "論文", "post": "文章", "video": "影片", "repository": "程式碼庫"},
    levels={"introductory": "入門", "intermediate": "進階", "advanced": "深入"},
    bases={
        "abstract": "（僅據摘要）",
        "description": "（僅據簡介）",
        "feed text": "（僅據訂閱源文字）",
        "transcript": "（據字幕）",
    },
    other_basis="（僅據 {basis}）",
    written="（{lang}）",
    languages={"en": "英文", "zh": "簡體中文", "zh-Hant": "繁體中文"},
    parts={"new": "新意：", "how": "方法：", "result": "結果：", "limits": "侷限："},
    unconfirmed=" 歸類有待審核。",
    shares="與之共有{words}。",
    closest="整體用詞與之最為接近。",
    reasons={
        "section": "第 {what} 部分",
        "chapter": "章節 {what}",
        "keyword": "{what}",
        "medium": "媒介「{what}」",
        "level": "難度「{what}」",
        "language": "語言 {what}",
    },
    cut=(
        "另有 {n} 則放不下，全文見本期的 Markdown 檔案或郵件的純文字部分。",
        "另有 {n} 則放不下，全文見本期的 Markdown 檔案或郵件的純文字部分。",
    ),
    whole="在網頁上閱讀全文",
    settings="更改訂閱設定",
    unsubscribe="退訂",
    left_out=("另有 {n} 則也符合您的訂閱，但超出了篇幅。", "另有 {n} 則也符合您的訂閱，但超出了篇幅。"),
    more_proposals="另有 {n} 則：digestbot review list",
    a_change="對路線圖的一處修改",
    more="以及另外 {n} 個",
    read=("共讀取 {n} 則：{what}。", "共讀取 {n} 則：{what}。"),
    read_none="沒有讀取到新條目。",
    outcomes={
        "filed": "歸入章節",
        "joined": "併入已有報導",
        "off_roadmap": "與路線圖無關",
        "duplicate": "重複",
        "filtered": "被過濾",
        "known": "先前已知",
        "baseline": "早於首次執行",
        "failed": "失敗",
    },
    feeds_failed=("{n} 個訂閱源無法讀取：{what}。", "{n} 個訂閱源無法讀取：{what}。"),
    writer="由{what}歸類並撰寫摘要。",
    offline="離線模型",
    dropped=("摘要中有 {n} 句因來源未載而刪去。", "摘要中有 {n} 句因來源未載而刪去。"),
    headlines=("預算已用完，{n} 篇僅列標題。", "預算已用完，{n} 篇僅列標題。"),
    no_tokens="未消耗詞元。",
    tokens=("{n} 個詞元，{cost}。", "{n} 個詞元，{cost}。"),
    cost_unknown="費用未知",
    cost_little="不到 $0.0001",
    degraded="本期條件受限：{what}。",
    new=("{n} 則新內容", "{n} 則新內容"),
    updates=("{n} 則舊聞的更新", "{n} 則舊聞的更新"),
    nothing_but="沒有新內容，只有{updates}。",
    with_updates="{new}和{updates}",
    in_section="「{section}」有 {new}。",
    in_sections="{n} 個部分共有 {new}，以「{section}」最多。",
    only_one="如果只讀一則：《{title}》。{tldr}",
    then="其次是{what}。",
    then_one="「{section}」中的《{title}》",
    trends="本週趨勢",
    growth="{title}：本週 {n} 則，此前 {weeks} 週平均每週 {before} 則（純屬偶然的機會約為 {odds} 分之一）。",
    no_growth="與此前 {weeks} 週相比，沒有章節明顯增長。",
    too_early="暫時談不上趨勢：至少需要此前兩週的紀錄，目前有 {weeks} 週。",
    topic=(
        "{n} 則關於「{words}」的內容沒有合適的章節，例如{examples}。",
        "{n} 則關於「{words}」的內容沒有合適的章節，例如{examples}。",
    ),
)

_LANGUAGES: Mapping[str, Words] = {words.code: words for words in (ENGLISH, SIMPLIFIED, TRADITIONAL)}


def words_of(lang: str) -> Words:
    """Return the words of a language; English for one that has none here."""
    return _LANGUAGES.get(lang, ENGLISH)


def digest_lang(asked: str, roadmap_lang: str) -> DigestLang:
    """Return the language of a digest: the one asked for, else the roadmap's own where we speak it, else English."""
    if asked in ("en", "zh-Hans", "zh-Hant"):
        return asked  # type: ignore[return-value]  # one of the three
    lang = roadmap_lang.lower()
    if lang.startswith("zh"):
        return "zh-Hant" if any(part in lang for part in ("hant", "tw", "hk")) else "zh-Hans"
    return "en"


def counted(number: int, phrase: Plural, **parts: str) -> str:
    """Return a phrase with its number, thousands separated."""
    return phrase[number != 1].format(n=f"{number:,}", **parts)


def listed(parts: list[str], words: Words) -> str:
    """Return parts as a list in a sentence."""
    return words.list_comma.join(parts)
