"""What stands on every page."""

from __future__ import annotations

from dataclasses import dataclass

from digestbot.web.phrases import Spoken


@dataclass(frozen=True)
class Layout:
    """The frame of a page."""

    lang: str
    skip: str
    tagline: str
    pages: str
    more: str
    languages: str
    nav: tuple[tuple[str, str], ...]
    """Paths below the root and what they are called."""
    foot: tuple[tuple[str, str], ...]
    made: str
    markdown: str


LAYOUT = Spoken(
    Layout(
        lang="en",
        skip="Skip to the content",
        tagline="A living roadmap, read for you",
        pages="Pages",
        more="More",
        languages="Language",
        nav=(
            ("/", "New"),
            ("/roadmaps", "Roadmap"),
            ("/digests", "Digests"),
            ("/trends", "Trends"),
            ("/explain", "Ask"),
            ("/review", "Review"),
            ("/search", "Search"),
        ),
        foot=(("/feeds", "Sources"), ("/about", "About this site"), ("/subscribe", "Subscribe by mail")),
        made="Read, filed and summarized by digestbot.",
        markdown="This page as Markdown",
    ),
    Layout(
        lang="zh-Hans",
        skip="跳到正文",
        tagline="替您阅读的学习路线图",
        pages="页面",
        more="更多",
        languages="语言",
        nav=(
            ("/", "新内容"),
            ("/roadmaps", "路线图"),
            ("/digests", "摘要"),
            ("/trends", "趋势"),
            ("/explain", "提问"),
            ("/review", "审核"),
            ("/search", "搜索"),
        ),
        foot=(("/feeds", "来源"), ("/about", "关于本站"), ("/subscribe", "邮件订阅")),
        made="由 digestbot 阅读、归类并撰写摘要。",
        markdown="本页的 Markdown 版本",
    ),
)
