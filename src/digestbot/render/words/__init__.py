"""The languages that a digest can speak: each phrase in English and in Chinese, simplified and traditional.

Only our own words stand here; titles and summaries stay in the language that they were written in.
"""

from __future__ import annotations

from collections.abc import Mapping

from digestbot.domain import DigestLang
from digestbot.render.words.chinese import SIMPLIFIED, TRADITIONAL
from digestbot.render.words.english import ENGLISH
from digestbot.render.words.phrases import Plural, Words

__all__ = ["ENGLISH", "SIMPLIFIED", "TRADITIONAL", "Plural", "Words", "counted", "digest_lang", "listed", "words_of"]

_LANGUAGES: Mapping[str, Words] = {words.code: words for words in (ENGLISH, SIMPLIFIED, TRADITIONAL)}


def words_of(lang: str) -> Words:
    """Return the words of a language; English for one that has none here."""
    return _LANGUAGES.get(lang, ENGLISH)


def digest_lang(asked: str, roadmap_lang: str) -> DigestLang:
    """Return the language of a digest: the one asked for, else the roadmap's own where we speak it, else English."""
    if asked in ("en", "zh-Hans", "zh-Hant"):
        return asked  # type: ignore[return-value]  # one of the three
    lang = roadmap_lang.lower()
    if lang.startswith("zh"):
        return "zh-Hant" if any(part in lang for part in ("hant", "tw", "hk")) else "zh-Hans"
    return "en"


def counted(number: int, phrase: Plural, **parts: str) -> str:
    """Return a phrase with its number, thousands separated."""
    return phrase[number != 1].format(n=f"{number:,}", **parts)


def listed(parts: list[str], words: Words) -> str:
    """Return parts as a list in a sentence."""
    return words.list_comma.join(parts)
