"""Compares lists of author names across the ways sources write them: full, initials, last name first, cut short.

Must not know what a work is; it gets strings and returns names and counts.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from digestbot.offline.terms import fold

_WORD = re.compile(r"[^\W_]+")
# Some exports put spaces around and inside character references ("h &#252; mmer", "& hellip ;").
_LETTER_REFERENCE = re.compile(r"\s?&\s?#\s?(\d{2,5})\s?;\s?")
_NAMED_REFERENCE = re.compile(r"&\s?(\w{2,8})\s?;")
# UTF-8 read as Latin-1 and cut to question marks, as bibliographies crawled from the web carry it.
_MOJIBAKE = re.compile(
    r"\u00e2\s?\?\s?(?:\?|\u00a6)\s?|\u00e2\u20ac[\u2122\u201c\u201d\u0153\u02dc\u00a6]|&\s?hellip\s?;|\u2026"
)
_ET_AL = re.compile(r"\b(?:et\.?\s*al\.?|and others)(?=\W|$)", re.IGNORECASE)
_INITIALS_ONLY = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,3}")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md"})
_MAX_NAMES = 60
_SPELLING_RATIO = 80.0


@dataclass(frozen=True)
class Name:
    """One person's name: folded surname, first letter of the given name ('' if unknown) and all folded words."""

    surname: str
    initial: str
    words: frozenset[str]


def unescape(text: str) -> str:
    """Return text with HTML character references resolved, also with stray spaces inside, and broken quotes dropped."""
    text = _MOJIBAKE.sub(" ", text)
    if "&" not in text:
        return text
    joined = _LETTER_REFERENCE.sub(lambda m: html.unescape(f"&#{m.group(1)};"), text)
    return html.unescape(_NAMED_REFERENCE.sub(r"&\1;", joined))


def split_authors(text: str) -> tuple[str, ...]:
    """Return the single names of an author line, whether parted by semicolons, "and" or commas."""
    plain = _ET_AL.sub(" ", unescape(text))
    if ";" in plain:
        return _kept(plain.split(";"))
    by_and = _kept(re.split(r"\s+and\s+|\s*&\s*", plain))
    if len(by_and) > 1 and all(name.count(",") == 1 for name in by_and):
        return by_and
    return tuple(_with_trailing_initials(_kept(re.split(r",|\s+and\s+|\s*&\s*", plain))))


def names_of(authors: tuple[str, ...]) -> tuple[Name, ...]:
    """Return the parsed names of at most 60 authors in their order; strings without a letter give none."""
    parsed = (_name(author) for author in authors[:_MAX_NAMES])
    return tuple(name for name in parsed if name is not None)


def common_names(a: tuple[Name, ...], b: tuple[Name, ...]) -> float:
    """Return how many people two lists have in common; an uncertain match counts less than one."""
    if not a or not b:
        return 0.0
    short, long = (a, b) if (len(a), _spelled(a)) <= (len(b), _spelled(b)) else (b, a)
    left, total, open_names = list(long), 0.0, []
    for name in short:
        twin = next((other for other in left if other.words == name.words), None)
        twin = twin or next((other for other in left if name_similarity(name, other) == 1.0), None)
        if twin is None:
            open_names.append(name)
        else:
            left.remove(twin)
            total += 1.0
    return total + _nearly_common(open_names, left)


def name_similarity(a: Name, b: Name) -> float:
    """Return 1 for names that can be one person's, 0 for those that cannot, between for doubtful spellings."""
    initials_agree = not a.initial or not b.initial or a.initial == b.initial
    if a.words == b.words or (a.surname == b.surname and initials_agree):
        return 1.0
    if a.surname == b.surname:
        return 0.3
    shorter = min(len(a.surname), len(b.surname))
    if initials_agree and shorter >= 4 and fuzz.ratio(a.surname, b.surname) >= _SPELLING_RATIO:
        return 0.9
    crossed = (a.surname in b.words or b.surname in a.words) and shorter >= 3
    return 0.7 if crossed else 0.0


def _nearly_common(short: list[Name], long: list[Name]) -> float:
    total, left = 0.0, long[:12]
    for name in short[:12]:
        likeness, place = max(((name_similarity(name, other), -i) for i, other in enumerate(left)), default=(0.0, 0))
        if likeness > 0.0:
            del left[-place]
            total += likeness
    return total


def _spelled(names: tuple[Name, ...]) -> str:
    return " ".join(f"{name.initial} {name.surname}" for name in names)


def _name(author: str) -> Name | None:
    text = fold(_ET_AL.sub(" ", unescape(author[:200])))
    last, comma, first = text.partition(",")
    words = _WORD.findall(f"{first} {last}" if comma else text)
    words = [word for word in words if word not in _SUFFIXES and not word.isdigit()]
    if not words or not any(len(word) > 1 for word in words):
        return None
    surname = words[-1] if len(words[-1]) > 1 else max(words, key=len)
    given = next((word for word in words if word != surname), "")
    return Name(surname, given[:1], frozenset(words))


def _kept(parts: list[str]) -> tuple[str, ...]:
    return tuple(part.strip() for part in parts if part.strip())


def _with_trailing_initials(parts: tuple[str, ...]) -> list[str]:
    """Join "Lehner", "W." back to one name, as in "Lehner, W., Wedekind, H."."""
    joined: list[str] = []
    for part in parts:
        if joined and " " not in joined[-1] and _INITIALS_ONLY.fullmatch(part):
            joined[-1] = f"{part} {joined[-1]}"
        else:
            joined.append(part)
    return joined
