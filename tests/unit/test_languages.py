"""Languages: one code for each, however it is asked for."""

from __future__ import annotations

import pytest

from digestbot.errors import ConfigError
from digestbot.languages import spoken


@pytest.mark.parametrize(
    ("given", "code"),
    [("", ""), ("en", "en"), ("en-US", "en"), ("zh-CN", "zh"), ("zh_Hans", "zh"), ("zh-TW", "zh-Hant")],
)
def test_an_answer_s_language_has_one_code(given: str, code: str) -> None:
    """Whatever country or script stands beside it."""
    assert spoken(given) == code


@pytest.mark.parametrize(
    ("given", "said"),
    [("chinese", "mean 'zh'"), ("Englsh", "mean 'en'"), ("taiwan", "mean 'zh-Hant'"), ("xx", "one of en, zh, zh-Hant")],
)
def test_any_other_is_refused_with_the_nearest(given: str, said: str) -> None:
    """It would be answered in English without a word."""
    with pytest.raises(ConfigError, match=said):
        spoken(given)
