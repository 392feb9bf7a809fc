"""What headings say: ids, numbers, whether a section is taught or only leads in; and the language of a text."""

from __future__ import annotations

import re
import unicodedata

from digestbot.domain import OFF_ROADMAP

_MAX_ID_CHARS = 80
_LABEL = r"(?:section|part|chapter|unit|module|week|lesson|step|phase|stage|level)"
_ROMAN = r"(?P<roman>(?=[IVXL])L?X{0,4}(?:IX|IV|V?I{0,4}))"
_ROMAN_HEADING = re.compile(rf"^(?:{_LABEL}\s+{_ROMAN}(?=\s*(?:[:：.、—–-]|$)))", re.IGNORECASE)
_BARE_ROMAN = re.compile(rf"^{_ROMAN}\s*[.:：、)]\s*(?=\S)")
_NUMBER = re.compile(
    r"^(?:[(（]?(?:\d{1,2}(?:\.\d+)*|[一二三四五六七八九十百]{1,4})(?:[.、)）:：]|\s*[-–—]\s|\s)|\d+(?:\.\d+)+)\s*(?=\S)"
)
_PREFIX = re.compile(
    rf"^(?:{_LABEL}\s+(?:\d+|[ivxl]+)|第\s?[\d零〇一二三四五六七八九十百]+\s?[章节節部篇讲講课課步])\s*[:：.、—–-]?\s*",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff'’]")
# Marks that stand on letters, in Latin and Indic scripts, are not letters to `\w`.
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0900-\u0dff])*")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")

_LEADING_IN = frozenset(
    """
    preliminaries|preliminary|prerequisite|prerequisites|introduction|intro|resources|other resources|license
    additional resources|further resources|more resources|learning resources|useful resources|external resources
    references|bibliography|citation|citations|citing|about|licence|contributing|contribution|contributions
    contributors|acknowledgement|acknowledgements|acknowledgment|acknowledgments|credits|thanks|table of contents
    contents|toc|index|preface|foreword|background|organization|how to use|how to contribute|getting started|faq
    changelog|change log|appendix|appendices|further reading|notes|contact|contacts|community|support|sponsors|sponsor
    star history|disclaimer|feedback|todo|news|updates|what's new|why|motivation|conclusion|goal|goals|objectives
    learning objectives|afterword|thoughts|authors
    预备知识|前置知识|前置|前置要求|前置准备|先修|先修知识|先修课程|基础准备|基础知识|准备工作|前言|引言|序言|序|导言|导读|介绍|简介
    项目简介|项目介绍|课程简介|课程介绍|本书简介|关于|关于我|关于作者|关于本项目|目录|参考|参考文献|参考资料|参考资源|资源
    学习资源|其他资源|许可|许可证|许可协议|开源协议|协议|版权|版权声明|贡献|如何贡献|参与贡献|贡献者|致谢|附录|更新日志|后记
    写在前面|写在最后|常见问题|使用说明|如何使用|联系我们|引用|总结|结语|结束语|说明|目标|学习目标|本章目标
    預備知識|前置知識|先修知識|先修課程|基礎準備|基礎知識|準備工作|導言|導讀|介紹|簡介|關於|目錄|參考|參考文獻|參考資料
    資源|學習資源|授權|致謝|附錄|更新日誌|總結|結語|目標|學習目標
    """.replace("\n", "|")
    .replace("  ", "")
    .split("|")
)
_LEADING_IN_START = re.compile(
    r"(?:preliminar(?:y|ies)|prerequisites?|about (?:this|the|me|us|our)\b|how to (?:use|read|contribute)"
    r"|contributing to|licen[sc]e|table of contents|预备知识|前置知识|先修|关于本|預備知識|前置知識|關於本)",
    re.IGNORECASE,
)
_MEDIA = frozenset(
    """
    papers|paper|articles|article|blogs|blog|blog posts|posts|videos|video|video lectures|lectures|books|book|textbooks
    courses|course|tutorials|tutorial|code|repositories|repos|projects|tools|datasets|slides|links|goal|goals|reading
    readings|exercises|homework|surveys|survey|podcasts|documentation|docs|optional|summary
    论文|文章|博客|视频|书籍|图书|课程|教程|代码|项目|工具|数据集|链接|阅读|习题|作业|综述|推荐阅读|延伸阅读|文档|小结
    論文|部落格|影片|書籍|課程|程式碼|專案|連結|閱讀
    """.replace("\n", "|")
    .replace("  ", "")
    .split("|")
)


def slug(title: str) -> str:
    """Return a title's words in lower case joined by hyphens, letters of every script kept; "" if it has none."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", title)).lower()
    return "-".join(_WORD.findall(plain))[:_MAX_ID_CHARS].strip("-")


class Ids:
    """Gives ids out once each: the second of a kind becomes `-2`."""

    def __init__(self) -> None:
        self._taken = {OFF_ROADMAP, ""}
        self._last: dict[str, int] = {}

    def take(self, wanted: str, fallback: str) -> str:
        """Return the id asked for, or one like it that is free."""
        stem = wanted or fallback
        free = stem
        while free in self._taken:
            self._last[stem] = self._last.get(stem, 1) + 1
            free = f"{stem}-{self._last[stem]}"
        self._taken.add(free)
        return free


def section_id(title: str, given: str) -> str:
    """Return the id a section asks for: its Roman numeral, the id given in the document, or its slug."""
    return roman(title) or given_id(given) or slug(without_number(title))


def chapter_id(title: str, given: str) -> str:
    """Return the id a chapter asks for: the one given in the document, or its slug without its number."""
    return given_id(given) or slug(without_prefix(title))


def given_id(given: str) -> str:
    """Return an id written in the document if it is one word of ordinary characters, else its slug."""
    return given if re.fullmatch(r"[\w.:-]{1,80}", given) else slug(given)


def roman(title: str) -> str:
    """Return the Roman numeral of a heading such as "Section IV: …" or "IV. …", "" if it has none."""
    plain = _undecorated(title)
    match = _ROMAN_HEADING.match(plain) or _BARE_ROMAN.match(plain)
    return match["roman"].upper() if match else ""


def without_number(title: str) -> str:
    """Return a title without the bare number in front, so that an id outlives renumbering."""
    plain = _undecorated(title)
    return _NUMBER.sub("", plain, count=1) or plain


def without_prefix(title: str) -> str:
    """Return a title without its number, "Chapter 4:", "第四章" and the like."""
    plain = _undecorated(title)
    plain = _PREFIX.sub("", plain, count=1) or plain
    return _NUMBER.sub("", plain, count=1) or plain


def leads_in(title: str) -> bool:
    """Whether a heading names preliminaries, references or another part that nothing is filed into."""
    plain = without_prefix(title).strip(" :：.!！*").lower()
    return plain in _LEADING_IN or _LEADING_IN_START.match(plain) is not None


def names_no_topic(title: str) -> bool:
    """Whether a heading only says what kind of thing stands below it, such as "Papers" or "参考资料"."""
    plain = without_prefix(title).strip(" :：.!！*").lower()
    return plain in _MEDIA or plain in _LEADING_IN


def language(text: str) -> str:
    """Return `zh` if a text has more Chinese characters than Latin words, else `en`."""
    return "zh" if len(_HAN.findall(text)) > len(_LATIN_WORD.findall(text)) else "en"


def _undecorated(title: str) -> str:
    """Drop emoji and other signs in front of the first letter, digit or bracket."""
    return re.sub(r"^[^\w(（]+", "", _INVISIBLE.sub("", title)).strip()
