"""Keywords: words, phrases and regular expressions, and whether a text has them.

quantization        the word, in either case; Chinese and Japanese text has no word borders and is looked into
speculative decod*  all of the words, in any order; a star at its end takes every ending
"KV cache"          these words in a row
/4-?bit|int[48]/    a regular expression in the syntax of RE2, whose time is linear in the text: none can hang a run
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import re2

MAX_CHARS = 200
"""Of one keyword."""
_BORDERLESS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")


def normal(text: str) -> str:
    """Return text as it is compared: one form of each character, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def has(text: str, keyword: str) -> bool:
    """Tell whether a text in its normal form has a keyword; raises ValueError for one that cannot be read."""
    return _finder(keyword)(text)


def checked(keyword: str) -> str:
    """Return a keyword without blanks around it; raises ValueError saying what is wrong with one that cannot be read.

    Its message ends in what to write instead.
    """
    keyword = " ".join(keyword.split())
    _finder(keyword)
    return keyword


@lru_cache(maxsize=4096)
def _finder(keyword: str) -> Callable[[str], bool]:
    if len(keyword) > MAX_CHARS:
        raise ValueError(f"keyword {keyword[:40]!r}… is longer than {MAX_CHARS} characters: shorten it")
    if len(keyword) > 1 and keyword[0] == keyword[-1] == "/":
        return _regex(keyword[1:-1])
    quoted = len(keyword) > 1 and keyword[0] in '"“' and keyword[-1] in '"”'
    terms = [normal(keyword[1:-1])] if quoted else normal(keyword).split()
    if not terms or not all(re.search(r"\w", term) for term in terms):
        raise ValueError(f'keyword {keyword!r} has no word in it: write a word, a "phrase" or a /regular expression/')
    patterns = [_term(term) for term in terms]
    return lambda text: all(pattern.search(text) for pattern in patterns)


def _term(term: str) -> re.Pattern[str]:
    """Return the pattern of literal text between borders of words; it has no repetition, so its time is linear."""
    stem = term.removesuffix("*")
    first = "" if _BORDERLESS.match(stem[0]) or not re.match(r"\w", stem[0]) else r"(?<!\w)"
    last = "" if stem != term or _BORDERLESS.match(stem[-1]) or not re.match(r"\w", stem[-1]) else r"(?!\w)"
    return re.compile(first + re.escape(stem) + last)


def _regex(source: str) -> Callable[[str], bool]:
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, 1 << 20
    try:
        pattern = re2.compile(source, options)
    except re2.error as error:
        said = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise ValueError(
            f"/{source}/ is not a regular expression of RE2 ({said}): look-around and back-references are not taken"
        ) from None
    if pattern.search(""):
        raise ValueError(f"/{source}/ fits every text, even an empty one: ask for something")
    return lambda text: bool(pattern.search(text))
