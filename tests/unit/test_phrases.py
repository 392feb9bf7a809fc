"""The pages' phrases: the same things are said in every language."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

from digestbot.web.phrases import Spoken
from digestbot.web.phrases.layout import LAYOUT
from digestbot.web.phrases.reading import READING


def holes(value: Any) -> Any:
    """Return what is to be filled in, text by text."""
    if isinstance(value, str):
        return sorted(re.findall(r"\{\w*\}", value))
    if isinstance(value, tuple):
        return [holes(one) for one in value]
    return {key: holes(one) for key, one in value.items()}


@pytest.mark.parametrize("phrases", [LAYOUT, READING], ids=["layout", "reading"])
@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant"])
def test_every_language_says_the_same_things(phrases: Spoken[Any], lang: str) -> None:
    """No phrase is empty, and each has the holes of its English."""
    english, other = phrases.of("en"), phrases.of(lang)

    for field in fields(english):
        said = getattr(other, field.name)
        assert said, field.name
        assert holes(said) == holes(getattr(english, field.name)), field.name


def test_traditional_chinese_is_written_in_its_own_characters() -> None:
    """It is made from the simplified, and names itself."""
    assert LAYOUT.of("zh-TW").lang == "zh-Hant"
    assert LAYOUT.of("zh-Hant").pages != LAYOUT.of("zh-Hans").pages
    assert LAYOUT.of("de") is LAYOUT.of("en")
