"""The languages that summaries are written in: one code for each, however it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from digestbot.errors import ConfigError

ENGLISH = "en"
CHINESE = "zh"
"""Simplified Chinese, as roadmaps and feeds call it."""
TRADITIONAL = "zh-Hant"
MADE_FROM: Mapping[str, str] = {TRADITIONAL: CHINESE}
"""Languages that no model is asked for: their words are converted from another one's."""
_NAMES = {ENGLISH: "English", CHINESE: "simplified Chinese", TRADITIONAL: "traditional Chinese"}
_ALSO_CALLED = {
    **dict.fromkeys(("english", "eng", "en", "us", "uk", "gb", "英文", "英语"), ENGLISH),
    **dict.fromkeys(("chinese", "zho", "zh", "cn", "ch", "mandarin", "simplified", "中文", "汉语", "简体"), CHINESE),
    **dict.fromkeys(("traditional", "zh-hant", "tw", "hk", "taiwan", "繁體", "繁体", "正體"), TRADITIONAL),
}
_TRADITIONAL_TAGS = frozenset({"hant", "tw", "hk", "mo"})


def canonical(code: str) -> str:
    """Return the one code of a language: of `zh-CN` and `zh-Hans` it is `zh`, of `zh-TW` `zh-Hant`; of none English."""
    first, *rest = code.replace("_", "-").lower().split("-")
    if first == CHINESE:
        return TRADITIONAL if _TRADITIONAL_TAGS & set(rest) else CHINESE
    return first or ENGLISH


def spoken(given: str) -> str:
    """Return the one code of a language that we speak, "" for none given.

    Raises ConfigError, with the nearest that there is, for any other.
    """
    code = canonical(given)
    if not given or code in _NAMES:
        return code if given else ""
    near = get_close_matches(given.casefold(), _ALSO_CALLED, 1, 0.6)
    meant = f"did you mean {_ALSO_CALLED[near[0]]!r}? " if near else ""
    raise ConfigError(f"{given!r} is no language that we speak: {meant}expected one of {', '.join(_NAMES)}")


def read(given: str) -> str:
    """Return the code that documents in a language carry: Chinese has one, whatever its script.

    Raises ConfigError as `spoken` does.
    """
    code = spoken(given)
    return MADE_FROM.get(code, code)


def english_name(code: str) -> str:
    """Return a language's English name; its code where it has none here."""
    return _NAMES.get(canonical(code), code)
