"""Cuts running text into sentences: English papers and posts, Chinese, bullet lists, and whatever a page holds.

Every sentence is a verbatim piece of the text; nothing is repaired here. Must not know what the sentences are for.
"""

from __future__ import annotations

import re

_CLOSERS = "\"'\u201d\u2019\u00bb)\\]\u300d\u300f\uff09\u3011\u300b"
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff"
_BULLET = r"(?:[-*+\u2022\u00b7\u2013\u25aa\u25cf]|\(?\d{1,2}[.)])[ \t]+"
# A full stop, a mark, or a line end; runs are bounded so that a megabyte of dots stays linear.
_MARK = re.compile(
    rf"(?P<cjk>[\u3002\uff01\uff1f\uff1b]{{1,9}}[{_CLOSERS}]{{0,3}})"
    rf"|(?P<stop>[.!?\u2026]{{1,9}}[{_CLOSERS}]{{0,3}})"
    r"|(?P<line>[ \t]{0,99}\r?\n\s{0,99})"
)
_MATH = re.compile(r"\$(?=\S)[^$\n]{1,200}(?<=\S)\$(?!\d)|\\\((?:(?!\\\)).){1,200}\\\)")
_STARTS_BULLET = re.compile(_BULLET)
_NUMBERED = re.compile(r"\(?\d{1,2}[.)]{1,2}$")
_LAST_WORD = re.compile(r"[^\s(\[{\"'\u201c]+$")
_NEXT_WORD = re.compile(r"[\"'\u201c\u2018(\[]{0,3}([\w\u2019'-]{1,30})")

_ALWAYS_OPEN = frozenset(
    re.findall(
        r"\S+",
        "e.g i.e cf vs viz resp approx ca dr mr mrs ms prof st eqn eqs figs secs refs tabs thm lem w.r.t i.i.d a.k.a "
        "ph.d",
    )
)
_OPEN_BEFORE_DIGIT = frozenset(
    re.findall(
        r"\S+", "fig figs eq eqs sec sect tab ref refs no nos vol vols pp p ch chap thm lem prop def alg app ver v art"
    )
)
# After these a sentence may end or go on; the next word decides.
_OPEN_UNLESS_STARTER = frozenset(re.findall(r"\S+", "al etc inc ltd corp co jr sr u.s u.k e.u a.m p.m est dept univ"))
_STARTERS = frozenset(
    re.findall(
        r"\S+",
        "we the this these those in our it its to however here there while although moreover furthermore additionally "
        "a an as for "
        "by with on from at such specifically finally first second third results experiments experimental recent "
        "recently existing "
        "unfortunately since when if both many most some despite unlike code they i you he she that what how why and "
        "but so",
    )
)
_SHORT_LINE, _LONG_LINE = 45, 110


def split(text: str) -> list[str]:
    """Return the sentences of a text in their order, each stripped of white space at its ends and none empty."""
    mathematics = [match.span() for match in _MATH.finditer(text)]
    found: list[str] = []
    start, passed = 0, 0
    for match in _MARK.finditer(text):
        while passed < len(mathematics) and mathematics[passed][1] <= match.start():
            passed += 1
        inside = passed < len(mathematics) and mathematics[passed][0] < match.start()
        if inside or not _is_border(text, match, start):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def _is_border(text: str, match: re.Match[str], start: int) -> bool:
    if match.lastgroup == "cjk":
        return True
    if match.lastgroup == "line":
        return _breaks_line(text, match, start)
    return _ends_sentence(text, match, start)


def _breaks_line(text: str, match: re.Match[str], start: int) -> bool:
    """Tell whether a line end is more than a wrap: a blank line, a bullet, a heading, or the end of a paragraph."""
    if match.group().count("\n") > 1 or _STARTS_BULLET.match(text, match.end(), match.end() + 8):
        return True
    following = text[match.end() : match.end() + 1]
    if not following or following.islower():
        return False
    line_start = max(
        text.rfind("\n", max(0, match.start() - _LONG_LINE), match.start()) + 1, match.start() - _LONG_LINE
    )
    length = match.start() - max(line_start, 0)
    before = text[max(start, match.start() - 1) : match.start()]
    return before not in (",", "-", "\uff0c", "\u3001") and (length < _SHORT_LINE or length >= _LONG_LINE)


def _ends_sentence(text: str, match: re.Match[str], start: int) -> bool:
    end = match.end()
    following = text[end : end + 1]
    if not following:
        return True
    mark = match.group()
    if not following.isspace():
        return _runs_on(text, match)
    if mark[0] == "." and mark[:2] != ".." and _is_abbreviation(text, match, start):
        return False
    upcoming = text[end : end + 40].lstrip(" \t\r\n\"'\u201c\u2018([")
    return not upcoming[:1].islower() or _looks_named(upcoming)


def _runs_on(text: str, match: re.Match[str]) -> bool:
    """Tell whether a mark without a space behind it ends a sentence, as in `results.We show` or before Chinese."""
    end = match.end()
    before = text[max(0, match.start() - 1) : match.start()]
    if re.match(rf"[{_CJK}]", text[end]) and "." not in match.group():
        return True
    following = _NEXT_WORD.match(text, end)
    if not following or not before.islower() or len(match.group()) > 2:
        return False
    word = following.group(1)
    return (
        word[:1].isupper() and word.lower() in _STARTERS and text[following.end() : following.end() + 1] in (" ", ",")
    )


def _is_abbreviation(text: str, match: re.Match[str], start: int) -> bool:
    """Tell whether the full stop belongs to the word before it and the sentence goes on."""
    stretch = text[max(start, match.start() - 24) : match.start()]
    last = _LAST_WORD.search(stretch)
    if not last:
        return False
    word = last.group().lower()
    rest = text[match.end() : match.end() + 40].lstrip()
    following = _NEXT_WORD.match(rest)
    upcoming = following.group(1) if following else ""
    if word in _ALWAYS_OPEN:
        return True
    if word in _OPEN_BEFORE_DIGIT:
        return rest[:1].isdigit() or (word not in ("no", "p", "v", "app", "art") and rest[:1] in "([\\$~")
    if word in _OPEN_UNLESS_STARTER:
        return upcoming.lower() not in _STARTERS or not upcoming[:1].isupper()
    if _NUMBERED.fullmatch(last.group() + ".") and stretch[: last.start()].strip() == "" and match.start() - start < 6:
        return True
    return len(word) == 1 and last.group().isupper() and upcoming[:1].isupper() and upcoming.lower() not in _STARTERS


def _looks_named(upcoming: str) -> bool:
    """Tell whether a word in lower case may open a sentence, as iOS or mBERT do."""
    return any(c.isupper() for c in upcoming.split()[0])
