"""What stands against a decision on a proposal, as those are told who decide elsewhere than in a terminal.

The review says it in English, in messages of its own and in what it records; here each of them has its Chinese. A test
finds those that are missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from digestbot.languages import CHINESE, TRADITIONAL, canonical
from digestbot.offline.traditional import localized

_ADVICE = re.compile(r"[:;,]?\s*(?:see|look again with|run) 'digestbot [^']*'")
_HOLE = re.compile(r"\{(\w+)\}")
_OURS = ("why", "told", "state", "found", "what", "who")
"""Holes that hold words of our own again."""
_LONGEST = 2_000
_DEEPEST = 3
_REVIEW = {
    "there is no proposal {id}": "没有建议 {id}",
    "{id} could be {ids}: write more of the id": "{id} 可能是 {ids}：请写出更多字符",
    "{who} may look and not decide: reviewers are named in DIGESTBOT_REVIEWERS": (
        "{who} 只能查看，不能决定：审核者由 DIGESTBOT_REVIEWERS 指定"
    ),
    "{id} was decided by somebody else at the same time": "{id} 同时已由他人决定",
    "{id} was changed since you saw it": "{id} 在你查看之后有了变化",
    "{id} is stale, not to be decided on: {why}": "{id} 已过期，无法决定：{why}",
    "{id} was {state} by {who} and is on its way into the roadmap": "{id} {state}（{who}），即将写入路线图",
    "{id} was {state} by {who} on {day}": "{id} {state}（{who}，{day}）",
    "{id} was {state} by {who}": "{id} {state}（{who}）",
    "{id} is {state}: only what stands in the roadmap can be taken back": "{id} {state}：只有路线图中的内容才能撤回",
    "{id} cannot be put off until {until}: that is past": "{id} 不能推迟到 {until}：该时间已过",
    "{id} cannot be brought into the roadmap now: {why}": "{id} 现在无法写入路线图：{why}",
    "the roadmap has changed since {id} was proposed ({why}); {told}": "提出 {id} 之后路线图有了变化（{why}）；{told}",
    "{id} is no new resource: edit its lines instead of the words that introduce it": (
        "{id} 不是新资源：请修改它的内容，而不是介绍它的文字"
    ),
    "{id} cannot be written anew by itself": "{id} 无法自动重写",
    "the roadmap {roadmap} has no place {wanted}: expected SECTION, CHAPTER or both": (
        "路线图 {roadmap} 中没有 {wanted}：请填写部分、章节或两者"
    ),
    "it cannot be taken back: {why}": "无法撤回：{why}",
    "its pull request was closed: {url}": "其拉取请求已被关闭：{url}",
}
_EDITS = {
    "the edit has {places} places and the proposal {count}: keep the lines with @@": (
        "修改后有 {places} 处，建议有 {count} 处：请保留带 @@ 的行"
    ),
    "the edit has {places} places and the proposal {count}: keep their number": (
        "修改后有 {places} 处，建议有 {count} 处：请保持数目不变"
    ),
    "the edit changes nothing: reject the proposal instead, or edit it again": (
        "修改后没有任何变化：请改为拒绝，或重新修改"
    ),
    "the edited line {line} begins with neither a space nor - nor +": "修改的行 {line} 不以空格、- 或 + 开头",
    "the edited line {line} is not line {number} of the roadmap: change its mark alone": (
        "修改的行 {line} 不是路线图的第 {number} 行：请只改行首的标记"
    ),
    "{id} is edited by a line of your own or by its diff: give one of them": (
        "修改 {id} 时，自己的一行文字与改动只能选其一"
    ),
    "the edited text of {id} is no diff: keep the lines that begin with @@": (
        "{id} 修改后的文字不是改动：请保留以 @@ 开头的行"
    ),
    "{url} is not a web address of at most {count} characters: give another": (
        "{url} 不是不超过 {count} 个字符的网址：请换一个"
    ),
}
_PLACES = {
    "no place in chapter {chapter} takes a list item without harm to the rest: edit it by hand": (
        "章节 {chapter} 中没有可以放列表项而不影响其余内容的位置：请手动修改"
    ),
    "roadmap {roadmap} has no chapter {chapter} any more: choose another": (
        "路线图 {roadmap} 已没有章节 {chapter}：请另选"
    ),
    "roadmap {roadmap} has no chapter {chapter}: choose another": "路线图 {roadmap} 没有章节 {chapter}：请另选",
    "chapter {chapter} mixes line ends so that lines would join: edit it by hand": (
        "章节 {chapter} 混用了不同的换行符，行会连在一起：请手动修改"
    ),
    "two changes of chapter {chapter} overlap in this version: propose them again": (
        "章节 {chapter} 的两处改动在此版本中重叠：请重新提出"
    ),
    "two edits of chapter {chapter} overlap: propose them one after the other": (
        "章节 {chapter} 的两处修改重叠：请先后分别提出"
    ),
    "the heading of chapter {chapter} is written in a way of its own: add the chapter by hand": (
        "章节 {chapter} 的标题写法特殊：请手动添加章节"
    ),
    "these items cannot be moved out of chapter {chapter}: edit it by hand": (
        "这些条目无法移出章节 {chapter}：请手动修改"
    ),
    "no chapter can be put behind {chapter} without harm to the rest: edit it by hand": (
        "在 {chapter} 之后放章节会影响其余内容：请手动修改"
    ),
    "lines {lines} are not in chapter {chapter}: reload the roadmap": "第 {lines} 行不在章节 {chapter} 中：请重新读取",
    "chapter {chapter} cannot be changed without harm to other links: edit it by hand": (
        "修改章节 {chapter} 会影响其他链接：请手动修改"
    ),
    "chapter {chapter} cannot be changed without harm to headings: edit it by hand": (
        "修改章节 {chapter} 会影响标题：请手动修改"
    ),
    "not all of these stand in chapter {chapter} as list items of their own": (
        "其中有些不是章节 {chapter} 中单独的列表项"
    ),
    "chapter {chapter} is in this order already: nothing is left to do": "章节 {chapter} 已是此顺序：无需再做",
    "chapter {chapter} has no link to {url} any more: nothing is left to do": (
        "章节 {chapter} 已没有指向 {url} 的链接：无需再做"
    ),
    "the change would make or drop files of the roadmap: edit it by hand": "此改动会新增或删除路线图的文件：请手动修改",
}
_FITTING = {
    "the diff for chapter {chapter} cannot be read: propose the change again": (
        "无法读取章节 {chapter} 的改动：请重新提出"
    ),
    "the change to chapter {chapter} does not fit its own base: propose it again": (
        "对章节 {chapter} 的改动与其依据的版本不符：请重新提出"
    ),
    "the change to chapter {chapter} is in the roadmap already: nothing is left to do": (
        "对章节 {chapter} 的改动已在路线图中：无需再做"
    ),
    "{found} for the change to chapter {chapter}: propose it again on this version": (
        "对章节 {chapter} 的改动{found}：请按此版本重新提出"
    ),
    "the link to {url} on line {line} is written in a way of its own: edit it by hand": (
        "第 {line} 行指向 {url} 的链接写法特殊：请手动修改"
    ),
    "no chapter of {roadmap} links to {url} as it is: edit it by hand": (
        "{roadmap} 中没有章节以此形式链接到 {url}：请手动修改"
    ),
    "line {line} of {roadmap} does not say {words} once: reload the roadmap": (
        "{roadmap} 的第 {line} 行没有恰好出现一次 {words}：请重新读取"
    ),
    "{path} has this change already on {branch}: nothing is left to ask for": (
        "{path} 在 {branch} 上已有此改动：无需再请求"
    ),
}
_HINDRANCES = {
    "{what} is under way in {place}: finish it first": "{place} 中正在进行{what}：请先完成",
    "there are conflicts in {place}: settle them first": "{place} 中有冲突：请先解决",
    "there are conflict marks in {place}: settle them first": "{place} 中有冲突标记：请先解决",
    "no branch is checked out in {place}: check one out first": "{place} 中没有检出分支：请先检出",
    "{commit} was not pushed: {reason}": "{commit} 未能推送：{reason}",
}
_WORDS = {
    "open": "未决定",
    "accepted": "已采纳",
    "edited": "已修改后采纳",
    "rejected": "已拒绝",
    "applied": "已写入路线图",
    "stale": "已过期",
    "reverted": "已撤回",
    "a merge": "合并",
    "a rebase": "变基",
    "a cherry-pick": "拣选",
    "a revert": "还原",
    "somebody": "某人",
    "no place is left": "已没有合适的位置",
    "several places are left": "有多个可能的位置",
    "it fits the roadmap no more": "它不再适合当前路线图",
    "it stands in the roadmap already": "它已在路线图中",
    "the roadmap has this link already": "路线图已有此链接",
    "it was written anew": "它已重写，请再看一次",
    "it was written anew for the present roadmap: look again": "它已按当前路线图重写，请再看一次",
    "it is stale": "它已过期",
    "it is stale, and comes back when it can be written anew": "它已过期，可以重写时会再次出现",
    "the decision stands, and the next review command tries again": "决定仍然有效，下次审核时会再试",
}
_TWO = {"{why}; {told}": "{why}；{told}"}
OBJECTIONS: Mapping[str, str] = {**_WORDS, **_REVIEW, **_EDITS, **_PLACES, **_FITTING, **_HINDRANCES, **_TWO}
"""The Chinese of each; the first that fits counts, so that what holds another stands before it."""


def objection(text: str, lang: str) -> str:
    """Return what the review says in a language, without what to type in a terminal; as it is where it is not ours."""
    english = _ADVICE.sub("", text)
    spoken = canonical(lang)
    return _in_chinese(english[:_LONGEST], spoken, _DEEPEST) if spoken in (CHINESE, TRADITIONAL) else english


def _in_chinese(english: str, lang: str, deep: int) -> str:
    for pattern, chinese in _patterns():
        if found := pattern.fullmatch(english):
            said = localized(chinese) if lang == TRADITIONAL else chinese
            parts = found.groupdict()
            own = {name: _in_chinese(parts[name], lang, deep - 1) for name in _OURS if name in parts and deep}
            return said.format(**parts | own)
    return english


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(english), chinese) for english, chinese in OBJECTIONS.items())


def _pattern(english: str) -> re.Pattern[str]:
    fixed = _HOLE.split(english)
    parts = [re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+?)" for place, part in enumerate(fixed)]
    return re.compile("".join(parts), re.DOTALL)
