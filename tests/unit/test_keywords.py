"""Keywords: what they find, what they do not, and that none can hang a run."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digestbot.subscriptions.keywords import checked, has, normal

TEXT = normal(
    "Rolling KV cache: Quantization-aware training of GPT-4o at 4-bit. 线性注意力简史。 Ｆｕｌｌ width, naïve C++."
)


@pytest.mark.parametrize(
    ("keyword", "found"),
    [
        ("cache", True),
        ("CACHE", True),
        ("cach", False),
        ("cach*", True),
        ("quantiz*", True),
        ("cache training", True),
        ("training cache", True),
        ("cache absent", False),
        ('"kv cache"', True),
        ('"cache kv"', False),
        ("“KV  cache”", True),
        ("gpt-4o", True),
        ("4", True),
        ("full", True),
        ("naïve", True),
        ("c++", True),
        ("线性注意力", True),
        ("注意力", True),
        ("注意", True),
        ("视觉", False),
        (r"/4-?bit|int[48]/", True),
        (r"/KV\s+CACHE/", True),
        (r"/\bcach\b/", False),
    ],
)
def test_a_keyword_is_found_or_not(keyword: str, found: bool) -> None:
    """Whole words in either case, any ending after a star, phrases in a row, Chinese inside a sentence, expressions."""
    assert has(TEXT, keyword) is found


@pytest.mark.parametrize(
    ("keyword", "said"),
    [
        ("", "no word in it"),
        ("***", "no word in it"),
        ('""', "no word in it"),
        ("/(/", "is not a regular expression of RE2"),
        (r"/(?<=a)b/", "look-around and back-references are not taken"),
        (r"/(a)\1/", "look-around and back-references are not taken"),
        ("/a*/", "fits every text"),
        ("//", "fits every text"),
        ("x" * 201, "longer than 200 characters"),
    ],
)
def test_a_keyword_that_cannot_be_is_refused(keyword: str, said: str) -> None:
    """The message says what to write instead."""
    with pytest.raises(ValueError, match=said):
        checked(keyword)


@pytest.mark.parametrize("keyword", ["/(a+)+$/", "/(a|aa)+b/", "/(.*a){20}/", "a*", "a " * 90])
def test_no_text_makes_a_keyword_slow(keyword: str) -> None:
    """What takes a backtracking engine longer than the world will last takes this one milliseconds."""
    text = "a" * 20_000

    begun = time.process_time()
    has(text, keyword)

    assert time.process_time() - begun < 1


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_a_keyword_or_refused(keyword: str, text: str) -> None:
    """Whatever is written is searched for, or refused with a reason; nothing else happens."""
    with suppress(ValueError):
        assert has(normal(text), checked(keyword)) in (True, False)
