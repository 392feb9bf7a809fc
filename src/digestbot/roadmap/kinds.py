"""The kinds of resources: as a document states them, and as an address gives them away."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

STATED = {
    word: kind
    for kind, words in {
        "paper": "paper preprint survey 论文 综述 文献 論文 綜述",
        "post": "post blog article essay newsletter 博客 博文 文章 帖子 随笔 专栏 部落格",
        "video": "video videos talk lecture lectures playlist 视频 讲座 演讲 影片 講座 演講 播放列表",
        "repository": "repository repo code github library notebook tool 仓库 代码 倉庫 程式碼 代码库 项目 工具 笔记本",
        "book": "book textbook handbook 书 书籍 图书 教材 电子书 手册 書 書籍",
        "course": "course class 课程 公开课 課程",
        "notes": "notes slides 讲义 笔记 講義 筆記 课件",
        "tutorial": "tutorial guide 教程 教學 指南 入门",
        "docs": "docs documentation spec 文档 文件",
        "demo": "demo interactive visualization 演示 可视化",
        "dataset": "dataset data benchmark 数据集 基准",
        "podcast": "podcast 播客",
    }.items()
    for word in words.split()
}
IN_CHINESE = {
    "paper": "论文",
    "post": "博客",
    "video": "视频",
    "repository": "代码",
    "book": "书",
    "course": "课程",
    "notes": "讲义",
    "tutorial": "教程",
    "docs": "文档 文件",
    "demo": "演示",
    "dataset": "数据集",
    "podcast": "播客",
}
# After a link: "(paper)", "（论文）", with more words allowed behind a comma: "(paper, 2023)".
_LABEL = re.compile(r"\s{0,3}[(（]\s{0,3}(?P<word>[^\s()（）,，;；]{1,24})(?P<more>[,，;；\s][^()（）]{0,40})?[)）]")
_HOSTS = (
    ("paper", ("arxiv.org", "openreview.net", "aclanthology.org", "doi.org", "proceedings.mlr.press", "jmlr.org")),
    ("paper", ("papers.nips.cc", "proceedings.neurips.cc", "semanticscholar.org", "dl.acm.org", "distill.pub")),
    ("video", ("youtube.com", "youtu.be", "bilibili.com", "vimeo.com", "b23.tv")),
    ("repository", ("github.com", "gitlab.com", "gitee.com", "colab.research.google.com", "kaggle.com")),
    ("course", ("coursera.org", "edx.org", "udacity.com", "udemy.com", "course.fast.ai", "deeplearning.ai")),
    ("docs", ("readthedocs.io", "pytorch.org/docs", "docs.python.org")),
)


def stated_after(text: str) -> str:
    """Return the kind that a text states in brackets at its very beginning, "" if it states none."""
    match = _LABEL.match(text)
    return STATED.get(match["word"].lower(), "") if match else ""


def kind_of(url: str, after: str) -> str:
    """Return the kind of a resource from what stands right after its link, else from its address."""
    return stated_after(after) or _kind_at(url)


def _kind_at(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "post"
    for kind, hosts in _HOSTS:
        if any(host == known or host.endswith("." + known) for known in hosts):
            return kind
    if host.startswith("docs."):
        return "docs"
    return "paper" if parts.path.lower().endswith(".pdf") else "post"
