"""What the pages say on which proposals are decided, and that one signs in on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digestbot.render.review_words import GROUNDS, GROUNDS_ZH, KINDS, KINDS_ZH
from digestbot.render.words import Plural
from digestbot.web.phrases import Spoken


@dataclass(frozen=True)
class Reviewing:
    """The words of the review and of signing in; `{…}` is filled in."""

    lang: str
    review: str
    intro: str
    waiting: Plural
    none_waiting: str
    none_such: str
    shown: str
    states: Mapping[str, str]
    kinds: Mapping[str, str]
    grounds: Mapping[str, str]
    acts: Mapping[str, str]
    all_states: str
    due_in: Plural
    due_today: str
    overdue: Plural
    older: str
    choose: str
    chosen: str
    accept_chosen: str
    reject_chosen: str
    later_chosen: str
    resource: str
    replaces: str
    story: str
    why: str
    evidence: str
    source: str
    signs: str
    suspicious: str
    moved: str
    gone: str
    change: str
    added: str
    removed: str
    votes_for: str
    votes_against: str
    wanted: Plural
    somebody: str
    decide: str
    accept: str
    edit: str
    edit_line: str
    edit_line_hint: str
    edit_line_button: str
    edit_diff: str
    edit_diff_hint: str
    edit_diff_button: str
    reject: str
    ground: str
    elsewhere: str
    elsewhere_none: str
    reason: str
    later: str
    days: Plural
    revert: str
    revert_button: str
    finish: str
    finish_button: str
    history: str
    next: str
    previous: str
    back: str
    of: str
    done: str
    refused: str
    missing: Plural
    became: Mapping[str, str]
    put_off: str
    none_chosen: str
    keys_title: str
    keys: tuple[tuple[str, str], ...]
    keys_hint: str
    only_look: str
    sign_in: str
    sign_in_first: str
    sign_in_hint: str
    token: str
    wrong_token: str
    too_often: str
    signed_in: str
    roles: Mapping[str, str]
    sign_out: str
    on_to_review: str
    copy: str
    copied: str


REVIEWING = Spoken(
    Reviewing(
        lang="en",
        review="Review",
        intro="Changes that are proposed for the roadmap, each with what it rests on. "
        "Nothing changes before somebody says yes.",
        waiting=("{n} proposal waits", "{n} proposals wait"),
        none_waiting="No proposals wait. The next runs may bring some.",
        none_such="There are no such proposals.",
        shown="Show",
        states={
            "open": "waiting",
            "accepted": "on the way",
            "edited": "on the way, edited",
            "applied": "in the roadmap",
            "rejected": "rejected",
            "stale": "stale",
            "reverted": "taken back",
        },
        kinds=KINDS,
        grounds=GROUNDS,
        acts={
            "accept": "accepted it",
            "edit": "edited and accepted it",
            "reject": "rejected it",
            "later": "put it off",
            "revert": "asked to take it back",
            "stale": "found that it fits no more",
            "asked again": "asked it again",
            "applied": "brought it into the roadmap",
            "not applied": "could not bring it into the roadmap",
            "requested": "asked for it by pull request",
            "closed": "found its pull request closed",
            "reverted": "took it back",
        },
        all_states="all",
        due_in=("due in {n} day", "due in {n} days"),
        due_today="due today",
        overdue=("{n} day overdue", "{n} days overdue"),
        older="Older ones",
        choose="Choose “{title}”",
        chosen="With those that are chosen",
        accept_chosen="Accept",
        reject_chosen="Reject",
        later_chosen="Put off for a week",
        resource="What",
        replaces="In place of",
        story="All that was read about it",
        why="Why",
        evidence="What it rests on",
        source="source",
        signs="What speaks for it",
        suspicious="Look at the source first: its text speaks to models instead of to readers.",
        moved="The roadmap has changed since; the change still fits and is shown where it would go now.",
        gone="It does not fit as it is: {why}",
        change="The change",
        added="added: ",
        removed="removed: ",
        votes_for="for: {names}",
        votes_against="against: {names}",
        wanted=("{n} more vote wanted", "{n} more votes wanted"),
        somebody="a reviewer",
        decide="Decide",
        accept="Accept",
        edit="Edit",
        edit_line="Your own line on it",
        edit_line_hint="It takes the place of the words behind the link.",
        edit_line_button="Accept with this line",
        edit_diff="The change itself",
        edit_diff_hint="- goes, + comes, a space stays. Keep the lines with @@ and the document's own.",
        edit_diff_button="Accept this change",
        reject="Reject",
        ground="Ground",
        elsewhere="It belongs in",
        elsewhere_none="(no other place)",
        reason="Why, in your words",
        later="Later",
        days=("For {n} day", "For {n} days"),
        revert="Take it back",
        revert_button="Take it out of the roadmap again",
        finish="It is decided, and not in the roadmap yet.",
        finish_button="Try again",
        history="What happened",
        next="Next",
        previous="Previous",
        back="All that wait",
        of="{n} of {all}",
        done="Done",
        refused="That could not be done",
        missing=("Your vote counts; {n} more is wanted.", "Your vote counts; {n} more are wanted."),
        became={
            "open": "It waits.",
            "accepted": "It is accepted, and could not be brought into the roadmap yet.",
            "edited": "It is accepted as edited, and could not be brought into the roadmap yet.",
            "applied": "It stands in the roadmap now.",
            "rejected": "It is rejected.",
            "stale": "It fits the roadmap no more.",
            "reverted": "It stands in the roadmap no more.",
        },
        put_off="It is put off until {until}.",
        none_chosen="Nothing was chosen.",
        keys_title="Keys",
        keys=(
            ("j", "next"),
            ("k", "previous"),
            ("x", "choose"),
            ("a", "accept"),
            ("e", "edit"),
            ("r", "reject"),
            ("l", "later"),
            ("Enter", "open"),
        ),
        keys_hint="They work while the list or the proposal has the focus: click it, or go there with Tab.",
        only_look="With your pass you may look, and not decide.",
        sign_in="Sign in",
        sign_in_first="Whoever decides signs in first.",
        sign_in_hint="Whoever runs this makes tokens: digestbot passes add NAME.",
        token="Token",
        wrong_token="This token opens nothing. It may have been revoked, or cut off.",
        too_often="Too many wrong tokens. Try again in an hour.",
        signed_in="Signed in as {name}, {role}.",
        roles={"reader": "reader", "reviewer": "reviewer", "operator": "operator"},
        sign_out="Sign out",
        on_to_review="To the review",
        copy="Copy as Markdown",
        copied="Copied.",
    ),
    Reviewing(
        lang="zh-Hans",
        review="审核",
        intro="对路线图的修改建议，每条都附有依据。有人同意之前，什么都不会改变。",
        waiting=("{n} 条建议等待审核", "{n} 条建议等待审核"),
        none_waiting="没有等待审核的建议，后续运行可能带来新的建议。",
        none_such="没有这样的建议。",
        shown="显示",
        states={
            "open": "等待审核",
            "accepted": "待写入",
            "edited": "已修改，待写入",
            "applied": "已写入路线图",
            "rejected": "已拒绝",
            "stale": "已过时",
            "reverted": "已撤回",
        },
        kinds=KINDS_ZH,
        grounds=GROUNDS_ZH,
        acts={
            "accept": "采纳",
            "edit": "修改后采纳",
            "reject": "拒绝",
            "later": "推迟",
            "revert": "要求撤回",
            "stale": "发现其不再适用",
            "asked again": "重新提出",
            "applied": "写入路线图",
            "not applied": "未能写入路线图",
            "requested": "提交了合并请求",
            "closed": "发现合并请求已关闭",
            "reverted": "撤回",
        },
        all_states="全部",
        due_in=("还有 {n} 天到期", "还有 {n} 天到期"),
        due_today="今天到期",
        overdue=("已逾期 {n} 天", "已逾期 {n} 天"),
        older="更早的",
        choose="选择“{title}”",
        chosen="对所选的建议",
        accept_chosen="采纳",
        reject_chosen="拒绝",
        later_chosen="推迟一周",
        resource="内容",
        replaces="取代",
        story="关于它的全部内容",
        why="理由",
        evidence="依据",
        source="来源",
        signs="支持的迹象",
        suspicious="请先查看来源：其文字是写给模型而非读者的。",
        moved="路线图此后有改动；此修改仍然适用，以下是现在的位置。",
        gone="目前无法适用：{why}",
        change="修改内容",
        added="新增：",
        removed="删除：",
        votes_for="赞成：{names}",
        votes_against="反对：{names}",
        wanted=("还需 {n} 票", "还需 {n} 票"),
        somebody="一位审核者",
        decide="决定",
        accept="采纳",
        edit="修改",
        edit_line="您自己的介绍",
        edit_line_hint="它将取代链接后面的文字。",
        edit_line_button="以此介绍采纳",
        edit_diff="修改本身",
        edit_diff_hint="- 表示删除，+ 表示新增，空格表示保留。请保留 @@ 行和文档原有的行。",
        edit_diff_button="采纳此修改",
        reject="拒绝",
        ground="原因",
        elsewhere="应归入",
        elsewhere_none="（无其他位置）",
        reason="您的说明",
        later="推迟",
        days=("{n} 天", "{n} 天"),
        revert="撤回",
        revert_button="从路线图中移除",
        finish="已作出决定，但尚未写入路线图。",
        finish_button="再试一次",
        history="经过",
        next="下一条",
        previous="上一条",
        back="全部等待审核的建议",
        of="第 {n} 条，共 {all} 条",
        done="已完成",
        refused="未能完成",
        missing=("您的投票有效，还需 {n} 票。", "您的投票有效，还需 {n} 票。"),
        became={
            "open": "等待审核。",
            "accepted": "已采纳，但尚未能写入路线图。",
            "edited": "已按修改采纳，但尚未能写入路线图。",
            "applied": "已写入路线图。",
            "rejected": "已拒绝。",
            "stale": "不再适用于路线图。",
            "reverted": "已从路线图中移除。",
        },
        put_off="已推迟至 {until}。",
        none_chosen="没有选择任何建议。",
        keys_title="快捷键",
        keys=(
            ("j", "下一条"),
            ("k", "上一条"),
            ("x", "选择"),
            ("a", "采纳"),
            ("e", "修改"),
            ("r", "拒绝"),
            ("l", "推迟"),
            ("Enter", "打开"),
        ),
        keys_hint="列表或建议获得焦点时有效：点击它，或用 Tab 键移到那里。",
        only_look="您的通行证只能查看，不能决定。",
        sign_in="登录",
        sign_in_first="作决定前请先登录。",
        sign_in_hint="令牌由运行者生成：digestbot passes add NAME。",
        token="令牌",
        wrong_token="此令牌无效，可能已被撤销，或不完整。",
        too_often="错误次数过多，请一小时后再试。",
        signed_in="已登录：{name}（{role}）。",
        roles={"reader": "读者", "reviewer": "审核者", "operator": "运行者"},
        sign_out="退出登录",
        on_to_review="前往审核",
        copy="复制为 Markdown",
        copied="已复制。",
    ),
)
