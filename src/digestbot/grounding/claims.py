"""Reads out of a sentence what must be checked: its numbers, names, links, mentions, quotes and comparisons.

The same reading serves the sentence and its sources, so that both sides are normalized alike. Must not judge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LINK = re.compile(
    rf"(?:https?|ftp)://[^\s<>\"'\u201d\u2019{_CJK}\u3000-\u303f\uff01-\uff5e]{{1,2000}}"
    rf"|\b(?:javascript|data|file|mailto|vbscript|tel):[^\s<>\"'{_CJK}]{{1,2000}}"
    rf"|(?<![\w@./-])(?:[a-z0-9-]{{1,63}}\.){{1,6}}(?:com|org|net|io|ai|dev|edu|gov|cn|gg|co|me|ly|app|xyz|info|"
    rf"example|invalid|test)"
    rf"(?![\w-])(?:/[^\s<>\"'{_CJK}\u3000-\u303f\uff01-\uff5e]{{0,2000}})?",
    re.IGNORECASE,
)
_MARKDOWN_LINK = re.compile(
    r"!?\[([^\[\]]{0,300})\]\(\s{0,9}([^()\s]{0,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,2000})?)[^()]{0,300}\)"
)
_REFERENCE_LINK = re.compile(r"!?\[[^\[\]]{1,300}\]\[[^\[\]]{0,100}\]")
_MENTION = re.compile(
    r"<(?:@[!&]?|#|:\w{1,32}:)\d{1,25}>|[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}|"
    r"(?<![\w@`/])@[A-Za-z_][\w.-]{1,38}",
    re.IGNORECASE,
)
_QUOTE = re.compile(
    r"\u201c([^\u201c\u201d]{2,600})\u201d|(?<![\w\"])\"([^\"]{2,600})\"(?!\w)|``([^`']{2,600})''|"
    r"\u300c([^\u300c\u300d]{2,600})\u300d"
)
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_\u00c0-\u024f.,])(?<![A-Za-z\u00c0-\u024f]-)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|"
    r"\d{1,30}(?:\.\d{1,30})?)"
    r"(?P<unit>\s?\\?%|\s?\\times|\s?\u00d7|[- ]?(?:percentage points?|percent|per cent|pp|fold|times|x|hundred|"
    r"thousand|million|billion|"
    r"trillion|milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?|gb|mb|kb|"
    r"tb|gib|mib|"
    r"[kmbt])(?![A-Za-z0-9])|\s?(?P<han>倍|个百分点|十亿|百万|亿|万|"
    r"毫秒|秒|分钟|小时|天|周|个月|年))?(?(han)|(?![A-Za-z0-9]))",
    re.IGNORECASE,
)
_WORD = re.compile(
    r"[A-Za-z\u00c0-\u024f0-9][A-Za-z\u00c0-\u024f0-9_]*(?:(?:[-.'\u2019+&/](?=[A-Za-z\u00c0-\u024f0-9]))[A-Za-z\u00c0-\u024f0-9_]+)*\+{0,2}"
)
_COUNTING = (
    "zero|one|two both pair dual twice|three triple thrice|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
    "fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty"
)
_SPELLED = {word: value for value, words in enumerate(_COUNTING.split("|")) for word in words.split()}
_SPELLED_CHECKED = frozenset(
    re.findall(r"\S+", "two three four five six seven eight nine ten eleven twelve thirteen fifteen twenty")
)
_HAN_DIGITS = dict(zip("两二三四五六七八九十", (2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))
# Only factors: a Chinese summary counts what its source lists, and such a count is a translation.
_HAN_FACTOR = re.compile(r"(?<![\u4e00十])([两二三四五六七八九十])倍")
# The number of a list's entry, at the start or behind a mark: `1)`, `(2)`, `3. `.
_ORDINAL = re.compile(
    r"(?:^|(?<=[\s:;,(\u3002\uff0c\u3001\u2022-]))\(?\d{1,2}(?:\)|\.(?=\s)|\u3001)(?=\s|[A-Za-z\u4e00-\u9fff*])|"
    r"^\W{0,4}\d{1,2}\.(?!\d)"
)
_UNITS = {
    "%": "%", "percent": "%", "per cent": "%", "percentage point": "%", "percentage points": "%", "pp": "%",
    "个百分点": "%", "times": "x", "x": "x", "\u00d7": "x", "fold": "x", "倍": "x",
    "ms": "ms", "millisecond": "ms", "毫秒": "ms", "s": "s", "sec": "s", "second": "s", "秒": "s",
    "min": "min", "minute": "min", "分钟": "min", "h": "h", "hr": "h", "hour": "h", "小时": "h",
    "day": "day", "天": "day",
    "week": "week", "周": "week", "month": "month", "个月": "month", "year": "year", "年": "",
    "gb": "gb", "gib": "gb",
    "mb": "mb", "mib": "mb", "kb": "kb", "tb": "tb",
}  # fmt: skip
_SCALES = {
    "hundred": 100, "thousand": 10**3, "k": 10**3, "million": 10**6, "m": 10**6, "billion": 10**9, "b": 10**9,
    "trillion": 10**12,
    "t": 10**12, "万": 10**4, "百万": 10**6, "亿": 10**8, "十亿": 10**9,
}  # fmt: skip
COMPARES = re.compile(
    r"\b(?:out-?perform\w*|beat|beats|beating|beaten|surpass\w*|exceed\w*|superior|inferior|(?:more|less|fewer|"
    r"\w{2,}er|worse|(?:more|less) \w+) than|"
    r"state[- ]of[- ]the[- ]art|sota|best|wins?|defeat\w*|out-?class\w*|over the (?:baselines?|state))\b|"
    r"compared (?:to|with)|"
    r"\bimprov\w+ (?:over|upon|on)\b|优于|超过|超越|胜过|击败|"
    r"最先进|领先|强于|好于|高于|最佳|最优",
    re.IGNORECASE,
)
# What counts as a claim that one thing is better; "more than 30 tasks" or "compared with" alone does not.
CLAIMS_BETTER = re.compile(
    r"\b(?:out-?perform\w*|beat|beats|beating|beaten|surpass\w*|superior to|(?:better|worse|faster|stronger|cheaper|"
    r"smaller|larger) than|"
    r"more \w+ than|state[- ]of[- ]the[- ]art|sota|defeat\w*|out-?class\w*)\b|"
    r"优于|超越|胜过|击败|最先进|强于|好于|"
    r"超过(?!\s?\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Number:
    """A value with its unit's short name, empty for none; `span` is how it was written."""

    value: Decimal
    unit: str
    span: str


@dataclass(frozen=True)
class Word:
    """A Latin word as written, and where it starts in its sentence."""

    text: str
    start: int


def clean(text: str) -> str:
    """Return text with compatibility forms unified and invisible characters gone, so that nothing hides from a
    pattern."""
    unified = unicodedata.normalize("NFKC", text)
    return "".join(c for c in unified if unicodedata.category(c) not in ("Cf", "Cc") or c in "\n\t ")


def links(sentence: str) -> list[str]:
    """Return the links of a sentence as written, without the punctuation that follows them."""
    return [_trimmed(match.group()) for match in _LINK.finditer(sentence)]


def link_key(link: str) -> str:
    """Return the form under which two spellings of one link are equal: scheme, `www.` and a last slash do not count."""
    rest = re.sub(r"^https?://(?:www\.)?|^www\.", "", _trimmed(link.strip()), flags=re.IGNORECASE)
    host, slash, path = rest.partition("/")
    return (host.casefold() + slash + path).rstrip("/")


def mentions(sentence: str) -> list[str]:
    """Return the mentions, mail addresses and channel references of a sentence."""
    return [match.group() for match in _MENTION.finditer(_LINK.sub(_blank, sentence))]


def markdown_targets(sentence: str) -> list[tuple[str, str]]:
    """Return each Markdown link as written with its target, empty where the target stands elsewhere."""
    inline = [(match.group(), match.group(2)) for match in _MARKDOWN_LINK.finditer(sentence)]
    return inline + [(match.group(), "") for match in _REFERENCE_LINK.finditer(sentence)]


def quotes(sentence: str) -> list[str]:
    """Return the quoted spans of a sentence without their marks."""
    return [next(group for group in match.groups() if group) for match in _QUOTE.finditer(sentence)]


def numbers(sentence: str, *, every_word: bool = False) -> Iterator[Number]:
    """Yield the numbers of a sentence, spelled ones up to twenty included.

    Words that merely can count, such as `one` and `both`, are numbers only with `every_word`.
    """
    text = without_links(sentence) if every_word else _ORDINAL.sub(_blank, without_links(sentence))
    for match in _NUMBER.finditer(text):
        yield _number(match.group("digits"), match.group("unit") or "", match.group().strip())
    for match in re.finditer(r"[a-z]+", text.lower()):
        if match.group() in (_SPELLED if every_word else _SPELLED_CHECKED):
            yield _spelled(match, text)
    for match in _HAN_FACTOR.finditer(text):
        yield Number(Decimal(_HAN_DIGITS[match.group(1)]), "x", match.group())


def is_quantity(word: str) -> bool:
    """Tell whether a word is a number with its unit, as `7B` and `2.3x` are, and no name."""
    return _NUMBER.fullmatch(word) is not None


def words(sentence: str) -> list[Word]:
    """Return the Latin words of a sentence, inner hyphens, dots and apostrophes included, links left out."""
    return [Word(match.group(), match.start()) for match in _WORD.finditer(without_links(sentence))]


def without_links(sentence: str) -> str:
    """Return a sentence of the same length with its links and mentions blanked."""
    return _MENTION.sub(_blank, _LINK.sub(_blank, sentence))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _trimmed(link: str) -> str:
    link = link.rstrip(".,;:!?*_'\"\u3002\uff0c")
    while link.endswith((")", "]", "}")) and link.count(link[-1]) > link.count(
        {")": "(", "]": "[", "}": "{"}[link[-1]]
    ):
        link = link[:-1].rstrip(".,;:!?*_")
    return link


def _number(digits: str, written_unit: str, span: str) -> Number:
    unit = written_unit.lower().strip(" -\\")
    value = Decimal(digits.replace(",", "")) * _SCALES.get(unit, 1)
    return Number(
        value.normalize(), "" if unit in _SCALES else _UNITS.get(unit, _UNITS.get(unit.removesuffix("s"), "")), span
    )


def _spelled(match: re.Match[str], text: str) -> Number:
    unit = re.match(
        r"[- ](percent|per cent|fold|times|hundred|thousand|million|billion|hours?|days?|weeks?|months?|years?)\b",
        text[match.end() :][:20].lower(),
    )
    span = text[match.start() : match.end()] + (unit.group() if unit else "")
    return _number(str(_SPELLED[match.group()]), unit.group(1) if unit else "", span)
