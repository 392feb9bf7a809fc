"""The languages that summaries are written in: one code for each, however it is asked for."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH = "en"
CHINESE = "zh"
"""Simplified Chinese, as roadmaps and feeds call it."""
TRADITIONAL = "zh-Hant"
MADE_FROM: Mapping[str, str] = {TRADITIONAL: CHINESE}
"""Languages that no model is asked for: their words are converted from another one's."""
_NAMES = {ENGLISH: "English", CHINESE: "simplified Chinese", TRADITIONAL: "traditional Chinese"}
_TRADITIONAL_TAGS = frozenset({"hant", "tw", "hk", "mo"})


def canonical(code: str) -> str:
    """Return the one code of a language: of `zh-CN` and `zh-Hans` it is `zh`, of `zh-TW` `zh-Hant`; of none English."""
    first, *rest = code.replace("_", "-").lower().split("-")
    if first == CHINESE:
        return TRADITIONAL if _TRADITIONAL_TAGS & set(rest) else CHINESE
    return first or ENGLISH


def english_name(code: str) -> str:
    """Return a language's English name; its code where it has none here."""
    return _NAMES.get(canonical(code), code)
