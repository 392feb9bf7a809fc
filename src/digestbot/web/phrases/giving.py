"""What feeds of ours are called, and where pages offer them."""

from __future__ import annotations

from dataclasses import dataclass

from digestbot.web.phrases import Spoken


@dataclass(frozen=True)
class Giving:
    """The names of feeds; `{…}` is filled in."""

    lang: str
    everything: str
    section: str
    search: str
    subscription: str
    about: str
    about_search: str
    about_subscription: str
    seek: str
    seek_for: str
    seek_needs: str
    seek_none: str


GIVING = Spoken(
    Giving(
        lang="en",
        everything="{roadmap}: everything new",
        section="{title} ({roadmap})",
        search="Search: {query}",
        subscription="Your digest: {roadmap}",
        about="Stories filed into {title}, the newest first.",
        about_search="Stories found by this search, the newest first.",
        about_subscription="What this subscription was sent lately.",
        seek="Search",
        seek_for="Search for",
        seek_needs="Your browser looks through the {most} newest stories. That needs scripts and a web host.",
        seek_none="Nothing was found.",
    ),
    Giving(
        lang="zh-Hans",
        everything="{roadmap}：全部新内容",
        section="{title}（{roadmap}）",
        search="搜索：{query}",
        subscription="您的摘要：{roadmap}",
        about="归入“{title}”的内容，最新在前。",
        about_search="此搜索找到的内容，最新在前。",
        about_subscription="此订阅最近发送的内容。",
        seek="搜索",
        seek_for="搜索内容",
        seek_needs="搜索在您的浏览器中查找最新的 {most} 条内容，需要启用脚本，并通过网站打开。",
        seek_none="没有找到。",
    ),
)
