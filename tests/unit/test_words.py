"""The languages of a digest: complete, alike, and spoken in every format."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import digests
import pytest

from digestbot.domain import Digest, Growth, Topic, Trends
from digestbot.render.discord import digest_messages
from digestbot.render.html import digest_html
from digestbot.render.markdown import digest_markdown
from digestbot.render.text import digest_text
from digestbot.render.words import ENGLISH, SIMPLIFIED, TRADITIONAL, Words

FORMATS: tuple[Callable[[Digest], str], ...] = (
    digest_text, digest_html, digest_markdown, lambda digest: str(digest_messages(digest)),
)  # fmt: skip


def blanks(phrase: Any) -> Any:
    """Return what is filled into a phrase, or into each of several."""
    if isinstance(phrase, str):
        return sorted(re.findall(r"\{\w*\}", phrase))
    return {key: blanks(one) for key, one in (phrase.items() if hasattr(phrase, "items") else enumerate(phrase))}


@pytest.mark.parametrize("words", [SIMPLIFIED, TRADITIONAL], ids=lambda words: words.code)
def test_each_phrase_has_the_same_blanks_in_every_language(words: Words) -> None:
    """No translation misses a key, and none misses or adds a number, a name or a list."""
    for field in fields(Words):
        if field.name not in ("months", "et_al"):
            here, there = blanks(getattr(words, field.name)), blanks(getattr(ENGLISH, field.name))
            assert here == there, field.name


@pytest.mark.parametrize("words", [SIMPLIFIED, TRADITIONAL], ids=lambda words: words.code)
def test_each_character_is_of_its_own_script(words: Words) -> None:
    """What is written differently in the two scripts is not mixed up: a few telling characters of either."""
    simplified, traditional = "这没内个来论频库关读审议归为经进简线", "這沒內個來論頻庫關讀審議歸為經進簡線"
    foreign = set(simplified if words is TRADITIONAL else traditional) - set(
        simplified if words is SIMPLIFIED else traditional
    )

    assert set(str(words)) & foreign == set()


@pytest.mark.parametrize("render", FORMATS, ids=("text", "html", "markdown", "discord"))
@pytest.mark.parametrize("words", [SIMPLIFIED, TRADITIONAL], ids=lambda words: words.code)
def test_every_format_speaks_the_digest_s_language(words: Words, render: Callable[[Digest], str]) -> None:
    """Headings, media, dates, trends and foot are in it; none of ours is left in English."""
    trends = Trends(4, (Growth("VI", "Quantization", 9, 2.5, 0.004),), (Topic("tabular priors", 3, ("A", "B")),))
    digest = replace(digests.realistic(), lang=words.code, trends=trends, left_out=3)  # type: ignore[arg-type]  # a code

    shown = " ".join(render(digest).split())

    for phrase in (
        words.proposals,
        words.brief,
        words.trends,
        words.why,
        "2026年4月8日",
        words.media["paper"],
    ):
        assert phrase in shown
    for phrase in (
        ENGLISH.proposals,
        ENGLISH.brief,
        ENGLISH.how,
        ENGLISH.trends,
        "April 2026",
        "items:",
        "more stories",
    ):
        assert phrase not in shown


@pytest.mark.parametrize("render", FORMATS, ids=("text", "html", "markdown", "discord"))
def test_every_format_tells_what_to_know_first_and_what_was_left_out(render: Callable[[Digest], str]) -> None:
    """Prerequisites, the language of a summary that is another, and dropped sentences stand in the digest's words."""
    whole = digests.realistic()
    first, *rest = whole.sections
    entry = replace(first.entries[0], before=("Probability", "Sums"), written="en", basis="transcript")
    sections = (replace(first, entries=(entry, *first.entries[1:])), *rest)
    foot = replace(whole.foot, dropped=2)

    shown = " ".join(render(replace(whole, lang="zh-Hans", sections=sections, foot=foot)).split())

    for part in (SIMPLIFIED.before, "Probability；Sums", "（据字幕）（英文）", "2 句"):
        assert part in shown
