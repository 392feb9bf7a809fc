"""The pages' phrases: the same things are said in every language."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

from digestbot.domain import GROUNDS, PROPOSAL_KINDS
from digestbot.render import review_words
from digestbot.web.phrases import Spoken
from digestbot.web.phrases.asking import ASKING
from digestbot.web.phrases.charting import CHARTING
from digestbot.web.phrases.giving import GIVING
from digestbot.web.phrases.layout import LAYOUT
from digestbot.web.phrases.operating import OPERATING
from digestbot.web.phrases.reading import READING
from digestbot.web.phrases.reviewing import REVIEWING

FAMILIES = {"asking": ASKING, "charting": CHARTING, "giving": GIVING, "layout": LAYOUT, "operating": OPERATING,
            "reading": READING, "reviewing": REVIEWING}  # fmt: skip


def holes(value: Any) -> Any:
    """Return what is to be filled in, text by text."""
    if isinstance(value, str):
        return sorted(re.findall(r"\{\w*\}", value))
    if isinstance(value, tuple):
        return [holes(one) for one in value]
    return {key: holes(one) for key, one in value.items()}


@pytest.mark.parametrize("phrases", FAMILIES.values(), ids=FAMILIES)
@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant"])
def test_every_language_says_the_same_things(phrases: Spoken[Any], lang: str) -> None:
    """No phrase is empty, and each has the holes of its English."""
    english, other = phrases.of("en"), phrases.of(lang)

    for field in fields(english):
        said = getattr(other, field.name)
        assert said, field.name
        assert holes(said) == holes(getattr(english, field.name)), field.name


def test_kinds_and_grounds_have_names_in_every_language() -> None:
    """Each kind of proposal and each ground of a rejection is named, in the order of the domain."""
    kinds, grounds = list(PROPOSAL_KINDS), list(GROUNDS)

    assert list(review_words.KINDS) == list(review_words.KINDS_ZH) == kinds
    assert list(review_words.GROUNDS) == list(review_words.GROUNDS_ZH) == grounds


def test_traditional_chinese_is_written_in_its_own_characters() -> None:
    """It is made from the simplified, and names itself."""
    assert LAYOUT.of("zh-TW").lang == "zh-Hant"
    assert LAYOUT.of("zh-Hant").pages != LAYOUT.of("zh-Hans").pages
    assert LAYOUT.of("de") is LAYOUT.of("en")
