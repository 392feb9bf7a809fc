"""The words of the pages and of the mails that they send, in English and Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digestbot.web.phrases import Spoken


@dataclass(frozen=True)
class PageWords:
    """What pages say; `{…}` is filled in."""

    lang: str
    subscribe: str
    intro: str
    address: str
    sections: str
    all_sections: str
    cadence: str
    cadences: dict[str, str]
    at: str
    zone: str
    zone_hint: str
    language: str
    length: str
    lengths: dict[str, str]
    send: str
    leave_empty: str
    asked_title: str
    asked: str
    closed_title: str
    closed: str
    too_often_title: str
    too_often: str
    too_soon: str
    refused_title: str
    refused: str
    wrong: str
    wrong_address: str
    wrong_zone: str
    wrong_time: str
    confirm_title: str
    confirm_ask: str
    confirm_button: str
    confirmed_title: str
    confirmed: str
    already_title: str
    already: str
    unsubscribe_title: str
    unsubscribe_ask: str
    unsubscribe_button: str
    unsubscribed_title: str
    unsubscribed: str
    settings_title: str
    settings_of: str
    save: str
    saved: str
    pause: str
    spans: dict[str, str]
    pause_button: str
    paused: str
    paused_open: str
    resume_button: str
    resumed: str
    feed: str
    stop: str
    shared_title: str
    shared: str
    gone_title: str
    gone: str
    missing_title: str
    missing: str
    broken_title: str
    broken: str
    confirm_subject: str
    confirm_mail: str
    settings_subject: str
    settings_mail: str
    mail_foot: str


EN = PageWords(
    lang="en",
    subscribe="Subscribe",
    intro="New papers, posts and videos, filed by section and sent by mail. You can change or stop it at any time.",
    address="Mail address",
    sections="Sections",
    all_sections="Tick none to get all of them.",
    cadence="How often",
    cadences={
        "daily": "Every day",
        "weekdays": "Monday to Friday",
        "weekly": "Once a week, on Mondays",
        "instant": "As soon as there is something new",
        "keep": "As it is now ({written})",
    },
    at="At",
    zone="Time zone",
    zone_hint="Such as Europe/Berlin, Asia/Shanghai or UTC.",
    language="Language of the digest",
    length="Length",
    lengths={"full": "Full", "short": "Short", "headlines": "Headlines"},
    send="Subscribe",
    leave_empty="Leave this field empty",
    asked_title="Look into your mailbox",
    asked="If this address can be subscribed, a mail with a link is on its way to it. The link works for two days. "
    "Nothing comes in a quarter of an hour? Look into the spam folder, or ask again.",
    closed_title="Sign-up is closed",
    closed="Whoever runs this digest adds its readers.",
    too_often_title="Too many tries",
    too_often="That was asked often within the last hour. Try again later.",
    too_soon="That was asked often within the last minute. Wait a minute, then try again.",
    refused_title="Not signed in any more",
    refused="Nothing was changed. Your pass may have ended, or you have signed out, or in anew, since you opened "
    "that page. Go back to copy what you wrote, sign in, and open the page again.",
    wrong="This cannot be taken as it is:",
    wrong_address="the mail address is none",
    wrong_zone="there is no such time zone",
    wrong_time="the time is none, such as 08:00",
    confirm_title="Subscribe {address}?",
    confirm_ask="This is what will be sent:",
    confirm_button="Yes, subscribe",
    confirmed_title="You are subscribed",
    confirmed="Each digest has links to change what you get and to stop it.",
    already_title="Already subscribed",
    already="This address is subscribed. Nothing was changed; the links in a digest change it.",
    unsubscribe_title="Unsubscribe {address}?",
    unsubscribe_ask="This digest will not be sent to you any more.",
    unsubscribe_button="Yes, unsubscribe",
    unsubscribed_title="You are unsubscribed",
    unsubscribed="Nothing more is sent. What is on its way at this moment may still arrive.",
    settings_title="Your digest",
    settings_of="For {address}",
    save="Save",
    saved="Saved.",
    pause="Pause",
    spans={"1w": "For a week", "2w": "For two weeks", "4w": "For four weeks", "": "Until I resume it"},
    pause_button="Pause",
    paused="Paused until {until}. What comes meanwhile is in the next digest.",
    paused_open="Paused until you resume it. What comes meanwhile is in the next digest.",
    resume_button="Resume",
    resumed="It goes on.",
    feed="The same in a feed reader, by an address to keep to yourself:",
    stop="Unsubscribe",
    shared_title="These settings are shared",
    shared="This digest goes to others, too. Whoever runs it can change it; you can leave it.",
    gone_title="This link does not work",
    gone="It is too old, was cut off, or what it led to is gone. A later mail has links that work.",
    missing_title="There is no such page",
    missing="The address may be incomplete.",
    broken_title="Something went wrong",
    broken="Nothing was changed. Try again later.",
    confirm_subject="Please confirm your subscription",
    confirm_mail="Somebody, probably you, asked for this digest to be sent to {address}.\n\n"
    "To get it, open this page and confirm:\n\n{link}\n\n"
    "The link works until {until} UTC. If you did not ask for it, do nothing: nothing will be sent.",
    settings_subject="Your subscription",
    settings_mail="Somebody, probably you, asked for a digest to be sent to {address}. It gets one already.\n\n"
    "To change what it gets, or to stop it, open this page:\n\n{link}\n\n"
    "If you did not ask, do nothing: nothing changes.",
    mail_foot="This mail was sent because the address was entered at {site}",
)

ZH = PageWords(
    lang="zh-Hans",
    subscribe="订阅",
    intro="新论文、文章和视频，按章节归档，以邮件发送。您可以随时更改或停止。",
    address="邮箱地址",
    sections="章节",
    all_sections="一个都不选，就是全部。",
    cadence="频率",
    cadences={
        "daily": "每天",
        "weekdays": "周一至周五",
        "weekly": "每周一次（周一）",
        "instant": "一有新内容就发送",
        "keep": "保持现状（{written}）",
    },
    at="时间",
    zone="时区",
    zone_hint="例如 Asia/Shanghai、Europe/Berlin 或 UTC。",
    language="摘要语言",
    length="篇幅",
    lengths={"full": "完整", "short": "简短", "headlines": "仅标题"},
    send="订阅",
    leave_empty="此处请留空",
    asked_title="请查看您的邮箱",
    asked="如果该地址可以订阅，一封带链接的邮件已经发出，链接两天内有效。一刻钟后仍未收到？请查看垃圾邮件，或再申请一次。",
    closed_title="未开放订阅",
    closed="读者由运行者添加。",
    too_often_title="尝试次数过多",
    too_often="最近一小时内申请过多，请稍后再试。",
    too_soon="最近一分钟内请求过多，请等一分钟再试。",
    refused_title="登录已失效",
    refused="未作任何更改。可能是您的令牌已失效，或打开该页面后您曾退出或重新登录。请返回复制已写的内容，登录后重新打开该页面。",
    wrong="以下内容无法接受：",
    wrong_address="邮箱地址无效",
    wrong_zone="没有这个时区",
    wrong_time="时间无效，应类似 08:00",
    confirm_title="订阅 {address}？",
    confirm_ask="将发送以下内容：",
    confirm_button="是，订阅",
    confirmed_title="订阅成功",
    confirmed="每封摘要中都有更改和停止的链接。",
    already_title="已经订阅",
    already="该地址已订阅，没有任何更改；摘要中的链接可以更改。",
    unsubscribe_title="退订 {address}？",
    unsubscribe_ask="此摘要将不再发送给您。",
    unsubscribe_button="是，退订",
    unsubscribed_title="已退订",
    unsubscribed="不会再发送。此刻正在途中的邮件可能仍会到达。",
    settings_title="您的摘要",
    settings_of="发送至 {address}",
    save="保存",
    saved="已保存。",
    pause="暂停",
    spans={"1w": "一周", "2w": "两周", "4w": "四周", "": "直到我恢复"},
    pause_button="暂停",
    paused="暂停至 {until}。期间的内容会在下一封摘要中。",
    paused_open="已暂停，直到您恢复。期间的内容会在下一封摘要中。",
    resume_button="恢复",
    resumed="已恢复。",
    feed="也可用阅读器订阅同样的内容，地址请勿外传：",
    stop="退订",
    shared_title="此设置为多人共用",
    shared="此摘要也发送给其他人。运行者可以更改；您可以退出。",
    gone_title="此链接无效",
    gone="链接已过期、不完整，或其内容已不存在。较新的邮件中有有效链接。",
    missing_title="没有这个页面",
    missing="地址可能不完整。",
    broken_title="出错了",
    broken="没有任何更改，请稍后再试。",
    confirm_subject="请确认您的订阅",
    confirm_mail="有人（可能是您）申请将此摘要发送至 {address}。\n\n"
    "如需接收，请打开此页面并确认：\n\n{link}\n\n"
    "链接有效至 {until} UTC。如果不是您申请的，请忽略：不会发送任何内容。",
    settings_subject="您的订阅",
    settings_mail="有人（可能是您）申请将摘要发送至 {address}。该地址已经订阅。\n\n"
    "如需更改或停止，请打开此页面：\n\n{link}\n\n如果不是您申请的，请忽略：不会有任何更改。",
    mail_foot="发送此邮件，是因为有人在此处填写了该地址：{site}",
)


_WORDS = Spoken(EN, ZH)


def words_of(lang: str) -> PageWords:
    """Return the words in a language, English for any but Chinese."""
    return _WORDS.of(lang)


def preferred_lang(accept_language: str) -> str:
    """Return the one of our languages that a browser asks for (RFC 9110, section 12.5.4)."""
    best, found = 0.0, "en"
    for part in accept_language[:500].split(","):
        tag, _, rest = part.strip().partition(";")
        weight = re.fullmatch(r"\s*q=(0(?:\.\d{1,3})?|1(?:\.0{1,3})?)\s*", rest)
        quality = float(weight[1]) if weight else float(not rest)
        if quality > best and tag.lower().partition("-")[0] in ("en", "zh"):
            best, found = quality, words_of(tag).lang
    return found
