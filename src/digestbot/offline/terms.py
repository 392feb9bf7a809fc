"""Turns text into terms: folded English words and Chinese character pairs, the same for every index and model.

Must not know what the terms are used for.
"""

from __future__ import annotations

import re
import unicodedata

_TOKEN = re.compile(r"[a-z0-9]+(?:[-'][a-z0-9]+)*\+*|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_CJK_FIRST = "\u3400"
_INVISIBLE = ("Mn", "Cf", "Cc")


def fold(text: str) -> str:
    """Return text in lower case, compatibility forms unified, accents and invisible characters removed."""
    if text.isascii() and text.isprintable():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    dropped = {c for c in set(decomposed) if c not in "\n\t " and unicodedata.category(c) in _INVISIBLE}
    return decomposed.translate(dict.fromkeys(map(ord, dropped))) if dropped else decomposed


def terms(text: str) -> list[str]:
    """Return the terms of a text in their order: words, and every pair of neighbours in a run of Chinese.

    Chinese has no spaces, and neither SQLite's nor Postgres's tokenizer finds a word inside a sentence: pairs of
    characters index alike in both. A run of one character is a term by itself. A hyphenated word gives its whole and
    its parts, so that "fine-tuning" meets "finetuning"'s readers half-way.
    """
    found: list[str] = []
    for token in _TOKEN.findall(fold(text)):
        if token[0] >= _CJK_FIRST:
            found.extend(token[i : i + 2] for i in range(max(1, len(token) - 1)))
        elif "-" in token:
            found.append(token.replace("-", ""))
            found.extend(token.split("-"))
        else:
            found.append(token)
    return found


def is_chinese(text: str) -> bool:
    """Tell whether at least a tenth of the letters of a text are Chinese characters."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c >= _CJK_FIRST for c in letters) * 10 >= len(letters)
