"""Makes text from outside safe to show to a model: nothing in it can pass for the frame around it.

Pure. What a text asks for in plain words stays, since it may be what the text is about; the checks of replies see to it
that nothing comes of it.
"""

from __future__ import annotations

import hashlib
import re

from digestbot.wire.plaintext import clean_text

# ChatML, Llama 3 and DeepSeek write their special tokens so, the last with full-width bars.
_SPECIAL = re.compile(r"<\s?[|｜]\s?([^<>|｜\n]{1,40}?)\s?[|｜]\s?>")
_BRACKETED = re.compile(r"\[\s?/?\s?(INST|SYS|SYSTEM|USER|ASSISTANT|TOOL)\s?\]|<<\s?/?\s?(SYS)\s?>>", re.IGNORECASE)
_TAG = re.compile(
    r"</?\s?((?:system|user|assistant|human|developer|instructions?|stor(?:y|ies)|tool|tool_calls?|function_calls?"
    r"|start_of_turn|end_of_turn|bos|eos|s)\b[^<>\n]{0,60})>",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^\W{0,8}((?:system|user|assistant|human|developer|ai|tool|function|instructions?)"
    r"(?: (?:message|prompt|note))?)\s?[:：]",
    re.IGNORECASE | re.MULTILINE,
)
_ID = re.compile(r"\b(id)([\"'”]?)\s?[:=：＝]\s?", re.IGNORECASE)
_RULE = re.compile(r"([=`~#<>_*-])\1{2,}")
# A marker taken out of another can leave a third; more levels than any text has by chance.
_MAX_NESTED = 8
# What is cut off anyway is not searched, with room for the invisible characters that go first.
_READ_TIMES = 4


def defang(text: str, max_chars: int) -> str:
    """Return text without invisible characters and without anything that looks like a role, an id or a delimiter.

    Markers keep their words (`<|im_start|>` becomes `(im_start)`), so that a text about them still reads. Longer text
    ends at a word with an ellipsis.
    """
    plain = clean_text(text[: _READ_TIMES * max_chars])
    for _ in range(_MAX_NESTED):
        before, plain = plain, _without_markers(plain)
        if plain == before:
            break
    return shortened(plain, max_chars)


def one_line(text: str) -> str:
    """Return text on one line, single spaces between its words."""
    return " ".join(text.split())


def shortened(text: str, max_chars: int) -> str:
    """Return text of at most `max_chars`, cut at a word and marked so."""
    if len(text) <= max_chars:
        return text
    cut = text[: max_chars - 1]
    if not text[max_chars - 1].isspace() and " " in cut[-80:]:  # Chinese has no spaces to cut at
        cut = cut.rpartition(" ")[0]
    return cut.rstrip() + "…"


def enclosed(text: str) -> str:
    """Return text between two lines that carry a mark of its own.

    The mark is a hash of the text, so a text cannot contain it, and equal requests stay equal.
    """
    mark = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    return f"=== begin {mark} ===\n{text}\n=== end {mark} ==="


def _without_markers(text: str) -> str:
    plain = _SPECIAL.sub(r"(\1)", text)
    plain = _BRACKETED.sub(lambda match: f"({match[1] or match[2]})", plain)
    plain = _TAG.sub(r"(\1)", plain)
    plain = _ROLE.sub(r"(\1)", plain)
    plain = _ID.sub(r"\1\2 ", plain)
    return _RULE.sub(r"\1\1", plain)
