"""The phrases of reviews in simplified Chinese, by their English."""

from __future__ import annotations

from collections.abc import Mapping

from digestbot.render.review_words import GROUNDS, GROUNDS_ZH, KINDS, KINDS_ZH

_COMMAND = {
    "Decide on proposed changes of the roadmap, one after the other": "逐条审核路线图的修改建议",
    "Only changes of this roadmap": "只看此路线图的修改",
    "Only changes in this section": "只看此部分的修改",
    "Only changes of this kind": "只看此类修改",
    "Only what should have been decided by now": "只看已逾期的建议",
    "{name} was deleted, so proposals are shown nowhere. Choose another channel: `/settings`.": (
        "{name} 已被删除，建议无处显示。请用 `/settings` 选择其他频道。"
    ),
    "No proposal waits for a decision.": "没有等待决定的建议。",
    "Next proposal": "下一条建议",
    "Go to another": "跳到其他建议",
}
_NAMES = {
    english: chinese
    for own, others in ((KINDS, KINDS_ZH), (GROUNDS, GROUNDS_ZH))
    for english, chinese in zip(own.values(), others.values(), strict=True)
}
_CARD = {
    "Confidence": "把握",
    "Proposed by": "提出者",
    "Due": "期限",
    "overdue": "已逾期",
    "Votes": "投票",
    "{count} wanted": "还需 {count} 票",
    "Why": "理由",
    "In place of": "取代",
    "Signs": "依据",
    "Put off until {at}.": "推迟到 {at}。",
    "The roadmap has moved on: {why}": "路线图已有变动：{why}",
    "Look at the source first: it may speak to models ({signs}).": "请先查看来源：其文字可能针对模型（{signs}）。",
    "Accepted by {who}, {at}; on its way into the roadmap.": "{who} 已于 {at} 采纳，即将写入路线图。",
    "Accepted in other words by {who}, {at}; on its way into the roadmap.": (
        "{who} 已于 {at} 修改后采纳，即将写入路线图。"
    ),
    "Accepted by {who}, {at}. It stands in the roadmap.": "{who} 已于 {at} 采纳，已写入路线图。",
    "Rejected by {who}, {at}.": "{who} 已于 {at} 拒绝。",
    "Taken back by {who}; it stands in the roadmap no more.": "{who} 已撤回，路线图中不再包含。",
    "Stale: it fits the roadmap no more.": "已过期：不再适合当前路线图。",
}
_BUTTONS = {
    "Accept": "采纳",
    "Edit": "修改",
    "Reject": "拒绝",
    "Later": "稍后",
    "Accept in other words": "修改后采纳",
    "The line that introduces it": "介绍它的一行文字",
    "The new lines": "新的内容",
    "The change: - goes, + comes": "改动：- 删除，+ 新增",
    "Reject the proposal": "拒绝建议",
    "In your words": "用你的话说明",
    "Where it belongs: SECTION/CHAPTER": "应放在：部分/章节",
    "Until when is it put off?": "推迟到什么时候？",
    "Until tomorrow": "到明天",
    "For three days": "三天",
    "For a week": "一周",
    "For two weeks": "两周",
    "For a month": "一个月",
}
_ANSWERS = {
    "Your vote counts; {count} more wanted.": "你的投票已计入，还需 {count} 票。",
    "Accepted: it stands in the roadmap now.": "已采纳：现已写入路线图。",
    "Accepted; it goes into the roadmap as soon as it can.": "已采纳；会尽快写入路线图。",
    "Rejected.": "已拒绝。",
    "That is decided already. {what}": "这条建议已有决定。{what}",
    "It was changed since you saw it: look at it again.": "你查看之后它有了变化：请再看一次。",
    "There is no such proposal any more.": "该建议已不存在。",
    "Nothing was left of it: reject the proposal instead.": "没有留下任何内容：请改为拒绝该建议。",
    "This is too long for a form of Discord's: `digestbot review edit {id}` takes it in a terminal.": (
        "内容过长，Discord 的表单放不下：请在终端使用 `digestbot review edit {id}`。"
    ),
    "Proposals are decided on a server, by its reviewers.": "建议由服务器上的审核者决定。",
    "This server does not decide on the roadmap. Whoever runs the bot lets it with the setting "
    "`DIGESTBOT_REVIEW_SERVERS`; its number is `{id}`.": (
        "本服务器不参与路线图的决定。机器人的运营者可用设置 `DIGESTBOT_REVIEW_SERVERS` 允许；编号为 `{id}`。"
    ),
    "No role decides here yet: whoever manages the server chooses it by `/settings`.": (
        "本服务器还没有负责审核的身份组：请服务器管理者用 `/settings` 选择。"
    ),
    "Only people with the role <@&{role}> may decide.": "只有拥有身份组 <@&{role}> 的人可以决定。",
    "Choose a role of its own: @everyone is no role to decide or ping.": (
        "请选择一个单独的身份组：@everyone 不能用来审核或提及。"
    ),
    "A forum takes no such messages: choose a text channel or a thread.": (
        "论坛不能接收这类消息：请选择文字频道或子区。"
    ),
}
_OUTCOMES = {
    "{what}, which you suggested, could not be read.": "你推荐的 {what} 无法读取。",
    "{what}, which you suggested, was read; the roadmap teaches something else.": (
        "你推荐的 {what} 已阅读，但不属于路线图的内容。"
    ),
    "{what}, which you suggested, was read and filed into {place}. Digests tell of it.": (
        "你推荐的 {what} 已阅读并归入 {place}，摘要会提到它。"
    ),
    "{what}, which you suggested, stands in the roadmap now, in {place}. Thank you!": (
        "你推荐的 {what} 已写入路线图的 {place}。谢谢！"
    ),
    "{what}, which you suggested, was not taken into the roadmap.": "你推荐的 {what} 未被收入路线图。",
}
REVIEWING: Mapping[str, str] = {**_COMMAND, **_NAMES, **_CARD, **_BUTTONS, **_ANSWERS, **_OUTCOMES}
