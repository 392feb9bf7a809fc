"""Outside text and addresses, made safe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digestbot.render.escape import clip, plain, safe_url, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x07here\x1b]8;;\x07", "here"),
        ("\x1b]0;owned\x1b\\title", "title"),
        ("\x9b2Jtitle", "title"),
        ("\x1b]never ended", "never ended"),
        ("a\r\nBcc: b\tc\u2028d", "a Bcc: b c d"),
        ("safe\u202egnp.exe\u202c", "safegnp.exe"),
        ("a\u200bb\u2060c\ufeffd\u00ade", "abcde"),
        ("tags\U000e0041\U000e0042", "tags"),
        ("lone \ud800 one", "lone \ufffd one"),
        ("\u3164\u2800", ""),
        ("数学 et العربية", "数学 et العربية"),
        ("❤\ufe0f", "❤\ufe0f"),
    ],
)
def test_only_visible_text_on_one_line_is_left(text: str, expected: str) -> None:
    """Terminal sequences, controls, bidi and zero-width characters go; letters of every script stay."""
    assert plain(text) == expected


def test_piles_of_marks_are_thinned() -> None:
    """Combining marks beyond three on a letter are dropped, so that a title cannot cover its neighbours."""
    assert plain("e" + "\u0301" * 200) == "e" + "\u0301" * 3


@given(st.text(st.characters(), max_size=200), st.integers(1, 50))
def test_plain_text_is_stable_and_within_its_limit(text: str, limit: int) -> None:
    """Whatever comes in, what comes out is short enough, can be encoded, and stays as it is when cleaned again."""
    once = plain(text, limit)

    assert len(once) <= limit
    assert once.isprintable() or not once.isascii()
    assert once.encode().decode() == once
    assert plain(once) == once


def test_a_cut_falls_at_a_space_and_shows() -> None:
    """A text that is cut ends in an ellipsis, at a word's end where one is near."""
    assert clip("one two three four", 16) == "one two three…"
    assert clip("x" * 20, 10) == "x" * 9 + "…"
    assert clip("short", 10) == "short"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://arxiv.org/abs/2604.05417", "https://arxiv.org/abs/2604.05417"),
        ("HTTP://Example.org", "http://example.org/"),
        ("https://example.org:8443/a?b=c&d=e#f", "https://example.org:8443/a?b=c&d=e#f"),
        ("https://例子.cn/路", "https://xn--fsqu00a.cn/%E8%B7%AF"),
        (
            "https://en.example/wiki/Attention_(machine_learning)",
            "https://en.example/wiki/Attention_%28machine_learning%29",
        ),
        ("https://e.example/\"><script>'`[x]{y}|", "https://e.example/%22%3E%3Cscript%3E%27%60%5Bx%5D%7By%7D%7C"),
        ("https://e.example/100%25", "https://e.example/100%25"),
    ],
)
def test_web_addresses_become_ascii_without_brackets_or_quotes(url: str, expected: str) -> None:
    """An http or https address keeps its meaning and loses what could end an attribute or a Markdown link."""
    assert safe_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "ftp://a.example/",
        ),
        *(
            "//a.example/",
            "/path",
            "",
            "https://",
            "https:///x",
            "https://bank.example@evil.example/",
            "http://a b.example/",
        ),
        *(
            "https://a.example/\nx",
            "java\nscript:alert(1)",
            "https://a.example\\@b.example",
            "https://a.example:99999/",
        ),
        *(
            "https://a\u202eb.example/",
            "https://a.example/\ud800",
            "https://[::1",
            "https://" + "a" * 3000,
            "https://a..example/",
        ),
    ],
)
def test_every_other_address_is_refused(url: str) -> None:
    """What is not plainly a web address is no link."""
    assert safe_url(url) == ""


def test_a_slug_fits_a_file_name() -> None:
    """No separator, dot or space of an id reaches a file name, and there is always a name."""
    assert slug("../../etc/Passwd ") == "etc-passwd"
    assert slug("每日") == "digest"
