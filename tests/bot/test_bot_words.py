"""What the bot says: every phrase in both languages, with the same parts in place."""

from __future__ import annotations

import re

import pytest
from phrases import spoken

from digestbot.bot.chinese import CHINESE
from digestbot.bot.words import t


def test_every_phrase_is_in_chinese_and_none_is_left_over() -> None:
    """What the source says and what is translated are the same phrases."""
    found = spoken()

    assert sorted(found - set(CHINESE)) == []
    assert sorted(set(CHINESE) - found) == []


@pytest.mark.parametrize("text", CHINESE)
def test_a_phrase_keeps_its_parts(text: str) -> None:
    """What is filled in is filled in in every language, and commands keep their names."""
    parts = re.compile(r"\{\w+\}|`/[a-z-]+[^`]*`")

    assert sorted(parts.findall(text)) == sorted(parts.findall(CHINESE[text]))


def test_other_languages_get_english_and_traditional_is_made() -> None:
    """No language is without words."""
    assert t("de", "Subscribed") == "Subscribed"
    assert t("zh", "Subscribed") == "已订阅"
    assert t("zh-Hant", "{count} min", count=3) == "3 分鐘"
