"""The digest as terminal text."""

from __future__ import annotations

import re
import unicodedata

import digests
import pytest

from digestbot.domain import Foot
from digestbot.render.columns import columns, wrap
from digestbot.render.text import digest_text


@pytest.mark.parametrize("width", [40, 72, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Lines fit, wide characters counted twice; only addresses, which must stay whole, may stick out."""
    lines = digest_text(digests.realistic(), width).splitlines()

    assert all(columns(line) <= width or "://" in line for line in lines)
    assert not any(line != line.rstrip() for line in lines)


def test_everything_of_a_story_is_shown_in_order() -> None:
    """Title, authors, address, summary, points, reason and other media follow one another."""
    text = " ".join(digest_text(digests.realistic()).split())

    parts = (
        "4. Multi-Drafter Speculative Decoding with Alignment Feedback",
        "paper · T. Kim et al. · 8 April 2026",
        "https://arxiv.org/abs/2604.05417",
        "Several small drafters",
        "• The choice among drafters",
        "Why: Extends the chapter",
        "Also, repository: multi-drafter-sd https://github.com/example/multi-drafter-sd",
    )
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "(from the abstract only)" in text
    assert "In brief • Mixture-of-Experts in Remote Sensing: A Survey · paper · Y. Cui et al. · 8 April 2026" in text
    assert "digestbot review show p-7f3a" in text


def test_the_foot_tells_what_was_done() -> None:
    """Items by outcome, feeds that failed and why, the writer, tokens, cost and what was missing are stated."""
    text = " ".join(digest_text(digests.realistic()).split())

    assert "Read 302 items: 11 filed, 4 joined to a known story, 268 off the roadmap, 17 duplicates, 2 failed." in text
    assert "2 feeds could not be read: kexue.fm (timeout), youtube-karpathy (http-404)." in text
    assert "Filed and summarized by openai:gpt-5-mini and the offline model. 48,312 tokens, $0.0371." in text
    assert "Made with less than usual: the day's budget ran out" in text


def test_an_unknown_cost_is_called_unknown() -> None:
    """Where a model has no price the foot does not claim that it was free."""
    text = digest_text(digests.digest(foot=Foot({"filed": 1}, tokens=10, cost_usd=None)))

    assert "10 tokens, cost unknown." in text


def test_an_empty_digest_is_one_sentence_and_the_foot() -> None:
    """With nothing to show the digest says so once."""
    lines = digest_text(digests.empty()).splitlines()

    assert lines[0] == "From N-grams to LLMs: nothing new, 12 April 2026"
    assert lines[2:4] == ["", "Nothing new was filed into these sections."]
    assert lines[6:] == [
        "Read 9 items: 9 off the roadmap.",
        "Filed and summarized by the offline model.",
        "No tokens were spent.",
    ]


def test_hostile_text_cannot_steer_a_terminal() -> None:
    """No control, bidirectional or surrogate character of outside text is left, only line ends."""
    text = digest_text(digests.hostile())

    left = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert left == {"\n"}


def test_colour_is_ours_only() -> None:
    """With colour on, the only sequences are whole-line styles; without them the text is the plain one."""
    coloured = digest_text(digests.hostile(), colour=True)

    assert re.sub(r"\x1b\[[0-9;]+m", "", coloured) == digest_text(digests.hostile())


def test_chinese_breaks_between_characters_but_never_before_a_comma() -> None:
    """Wide text wraps without spaces, punctuation stays with the character before it, and Latin words stay whole."""
    lines = wrap("张量并行通信最频繁，应放在同一台机器的 NVLink 高速互联之内。", 18)

    assert all(columns(line) <= 18 for line in lines)
    assert not any(line.startswith(("，", "。")) for line in lines)
    assert any("NVLink" in line for line in lines)


def test_an_endless_word_is_broken_and_an_address_is_not() -> None:
    """A word longer than a line is cut to lines; an address could not be followed in pieces."""
    assert wrap("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert wrap("see https://example.org/long/path", 10) == ["see", "https://example.org/long/path"]
