"""Turns text into what the full text holds: stems of English words and pairs of Chinese characters.

SQLite's and PostgreSQL's own tokenizers know no Chinese and stem differently; both are given these terms, which consist
of letters and digits alone.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from threading import local
from typing import Any
from urllib.parse import unquote, urlsplit

from digestbot.offline.terms import terms

_PLAIN = re.compile(r"[^\w]", re.ASCII)
_MAX_CHARS = 40
_SPELLED = {"c++": "cplusplus"}
_ABBREVIATED = re.compile(r"[^\W\d_aeiouy]{3,}s", re.ASCII)
"""A stem without a vowel, of which the stemmer takes no plural's s: it leaves "LLMs" apart from "LLM"."""
_URL_WORD = re.compile(r"[^\W\d_]{3,}")
_URL_NOISE = frozenset(
    re.findall(r"\S+", "abs arxiv article articles blog com course github html index org pdf post posts www")
)


def stems(text: str) -> list[str]:
    """Return the index terms of a text in their order; none is longer than 40 characters."""
    return [stem for term in terms(_simplified(text)) if (stem := _stem(term))]


def url_words(url: str) -> list[str]:
    """Return the stems of the words of an address's path: often all that says what a post is about."""
    words = _URL_WORD.findall(unquote(urlsplit(url).path)) if url else []
    return [stem for word in words if word.casefold() not in _URL_NOISE for stem in stems(word)]


@lru_cache(maxsize=200_000)
def _stem(term: str) -> str:
    if not term.isascii():
        return term[:_MAX_CHARS]
    plain = _SPELLED.get(term) or _PLAIN.sub("", term)
    stem = str(_STEMMERS.english.stemWord(plain))[:_MAX_CHARS] if plain else ""
    return stem[:-1] if _ABBREVIATED.fullmatch(stem) and not stem.endswith("ss") else stem


def _simplified(text: str) -> str:
    """Return Chinese in simplified characters: a question in either script finds both."""
    if text.isascii() or not any("\u4e00" <= c <= "\u9fff" for c in text):
        return text
    from digestbot.offline.traditional import simplified

    return simplified(text)


class _Stemmers(local):
    """A stemmer for each thread: snowball's keeps the word that it is at in itself, and two at once break it."""

    @cached_property
    def english(self) -> Any:
        import snowballstemmer

        return snowballstemmer.stemmer("english")


_STEMMERS = _Stemmers()
