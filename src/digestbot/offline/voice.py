"""Says what a work is about in a line like those that a document has already, out of the work's own words.

Words are left out and the verb follows its new subject; nothing else is written. Must not call a model.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from digestbot.offline.compress import is_balanced, readings
from digestbot.offline.rarity import rarity
from digestbot.offline.terms import is_chinese

_RARE_NATS = 6.6
"""A first word rarer than this is taken for a name and keeps its capital; the gate judges names by the same figure."""
_LEAST_WORDS, _TELLING_WORDS, _MOST_WORDS = 4, 9, 28
"""A line of fewer words than the second rarely says what its work is about: then a longer one is better."""
_USUAL_WORDS = 18
_PRESENTS = (
    r"presents?|presented|introduces?|introduced|proposes?|proposed|develops?|developed|describes?|described|designs?|"
    r"designed|devises?|devised|builds?|built|releases?|released|offers?|offered|formulates?|formulated"
)
_WE = r"(?:we|i|(?:this|the(?: present)?|our) (?:paper|work|article|study|survey|post|report|manuscript)|the authors?)"
_PRESENTED = re.compile(
    rf"^{_WE}\s+(?:\w+ly\s+|also\s+|then\s+|first\s+)?(?:{_PRESENTS})\s+(?!and\b)(?=\w)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(rf"^{_WE}\s+(?P<adverb>(?:\w+ly|also|then|first)\s+)?(?P<verb>[a-z]+)\b", re.IGNORECASE)
_NO_VERBS = frozenset(
    re.findall(r"\S+", "is are was were has have had can could may might will would should must do does did be")
)
_NAMED_FIRST = re.compile(r"^(?P<name>[\w.+-]+(?: [A-Z][\w.+-]*){0,3}),\s+(?=an?\b|the\b)")
_GOES_ON = re.compile(r"\s*,?\s*(?:and|or|as well as)\s|\s*,\s", re.IGNORECASE)
_LIST_ITEM_WORDS = 5
_LONGEST_WORDS = 36
_OURS = re.compile(r"\b(?:we|our|ours|us|i|my)\b", re.IGNORECASE)
_CHINESE_OPENER = re.compile(
    r"^(?:在?本(?:文|研究|论文|論文|工作|文章)中?|我们|我們|作者|该(?:论文|研究|工作)|論文)(?:首次|还|還)?[，,]?"
    r"(?:提出|介绍|介紹|设计|設計|构建|構建|开发|開發|研究|探讨|探討)?了?(?:一种|一種|一个|一個)?"
)
_MACRO = re.compile(r"\\[A-Za-z]")
_POINTS_BACK = re.compile(r"\b(?:these|those|such an?|this|such)\s+\w+|^they\b", re.IGNORECASE)
_END = ".!?。！？"


@dataclass(frozen=True)
class Voice:
    """How the lines of a document are written: their length in words (characters in Chinese), begin and end."""

    words: int = _USUAL_WORDS
    is_small: bool = True
    is_ended: bool = True


def voice_of(examples: Sequence[str]) -> Voice:
    """Return the voice of some lines; a usual one where there are none."""
    lines = [line.strip() for line in examples if line.strip()]
    if not lines:
        return Voice()
    lengths = sorted(len(line) if is_chinese(line) else len(line.split()) for line in lines)
    small = [line[0].islower() for line in lines if line[0].isalpha() and not is_chinese(line[0])]
    return Voice(
        words=max(_LEAST_WORDS, lengths[(3 * len(lengths)) // 4] if len(lengths) > 3 else max(lengths)),
        is_small=statistics.fmean(small) > 0.5 if small else True,
        is_ended=statistics.fmean(line[-1] in _END for line in lines) > 0.5,
    )


def line_of(statements: Sequence[str], voice: Voice) -> str:
    """Return the best of some statements about a work as a line of this voice, "" where none can be one.

    The first statement says most. A line that still speaks of “we”, or points back, is none.
    """
    wanted = min(max(2 * voice.words, _USUAL_WORDS), _MOST_WORDS)
    for statement in (one.replace("$", "").replace("\\%", "%") for one in statements):
        if is_chinese(statement):
            return in_voice(_CHINESE_OPENER.sub("", statement.strip(), count=1), voice)
        whole = [reading for reading in readings(statement) if not _breaks_off(reading, statement)]
        found = [line for reading in whole if (line := _impersonal(reading)) and _stands_alone(line)]
        if line := _of_length([line for line in found if len(line.split()) >= _LEAST_WORDS], wanted):
            return in_voice(line, voice)
    return ""


def _of_length(found: Sequence[str], wanted: int) -> str:
    """Return the longest line of at most `wanted` words, or the shortest that tells anything where those are short."""
    short = [line for line in found if len(line.split()) <= wanted]
    long = [line for line in found if wanted < len(line.split()) <= _LONGEST_WORDS]
    best = max(short, key=lambda line: len(line.split()), default="")
    if len(best.split()) < _TELLING_WORDS and long:
        return min(long, key=lambda line: len(line.split()))
    return best


def _stands_alone(line: str) -> bool:
    """Tell whether a line holds no macro of LaTeX and points at nothing that was said before it."""
    return is_balanced(line) and not _MACRO.search(line) and not _POINTS_BACK.search(line)


def _breaks_off(reading: str, sentence: str) -> bool:
    """Tell whether a reading ends within a list: its last words are an item that another one follows by “and”."""
    plain = reading.rstrip(_END)
    rest = sentence.partition(plain)[2] if plain else ""
    last = plain.rpartition(",")[2]
    return bool(_GOES_ON.match(rest)) and "," in plain and len(last.split()) <= _LIST_ITEM_WORDS


def is_impersonal(line: str) -> bool:
    """Tell whether a line speaks of the work and not of its authors, in plain words without macros of LaTeX."""
    return not _OURS.search(line) and not _MACRO.search(line)


def _impersonal(sentence: str) -> str:
    """Return a sentence without the authors in it, "" where they cannot be taken out."""
    text = sentence.strip().rstrip(".")
    if _PRESENTED.match(text):
        text = _PRESENTED.sub("", text, count=1)
        text = _NAMED_FIRST.sub(lambda match: f"{match['name']}, ", text)
    elif (match := _SUBJECT.match(text)) and match["verb"].lower() not in _NO_VERBS:
        text = (match["adverb"] or "") + _third_person(match["verb"].lower()) + text[match.end() :]
    return "" if _OURS.search(text) else text


def _third_person(verb: str) -> str:
    if re.search(r"[^s]s$|ed$", verb):
        return verb
    if re.search(r"(?:s|x|z|ch|sh|o)$", verb):
        return verb + "es"
    return verb[:-1] + "ies" if re.search(r"[^aeiou]y$", verb) else verb + "s"


def in_voice(text: str, voice: Voice) -> str:
    """Return a line that begins and ends as the document's lines do; a name keeps its capital."""
    text = text.strip().rstrip(_END + ",，;； ")
    if not text:
        return ""
    first, _, rest = text.partition(" ")
    if not voice.is_small:
        first = first[:1].upper() + first[1:]
    elif not _is_name(first, rest):
        first = first[:1].lower() + first[1:]
    line = f"{first} {rest}".strip()
    return line + ("。" if is_chinese(line) else ".") if voice.is_ended else line


def _is_name(first: str, rest: str) -> bool:
    """Tell whether the first word of a line is a name, or begins one: `OneVL`, `Keys to Knowledge (K2K)`, `Mamba`."""
    if first in ("A", "An", "The"):
        return False
    plain = first.strip(",;:()")
    if plain[1:] != plain[1:].lower():
        return True
    word = plain.split("-")[0].casefold()
    named = re.match(r"(?:[\w-]+\s+){0,5}\([A-Z][\w-]*[A-Z0-9]\w*\)", rest)
    return (
        bool(named)
        or bool(re.match(r"[A-Z][a-z]", rest))
        or min(map(rarity, (word, word.removesuffix("s")))) >= _RARE_NATS
    )
