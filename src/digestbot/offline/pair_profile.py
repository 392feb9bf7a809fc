"""Turns one work into the parts that comparisons need: words, names, numbers, people; computed once per work.

Must not compare two works.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from digestbot.offline.people import Name, names_of, unescape
from digestbot.offline.terms import fold
from digestbot.offline.work import Work, year_in

_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_LATEX = re.compile(r"\\[a-zA-Z]+\*?\s*|[{}$~]")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
_NAME_LIKE = re.compile(r"\b(?=\w*[^\W\d_])(?:\w*[a-z0-9]-?[A-Z]\w*|[A-Z][A-Z0-9]+\w*|[A-Za-z]+\d\w*)(?:-[A-Z0-9]\w*)*")
# A dot inside a version belongs to it: "3.1" is neither "3" nor "1".
_NUMBERED = re.compile(r"[^\W_]+(?:\.\d+)*")
_HEAD = re.compile(r"\s*([^:]{2,60}?)\s*:\s")
_STOP = frozenset({
    "a", "an", "the", "of", "for", "in", "on", "and", "or", "to", "with", "from", "by", "at", "as", "is", "are",
    "be", "via", "using", "towards", "toward", "into", "its", "it", "this", "that", "we", "our", "can", "how",
    "what", "s", "t",
})  # fmt: skip
_ORDINALS = {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "eighth": "8", "ninth": "9", "tenth": "10", "one": "1", "two": "2", "three": "3",
}  # fmt: skip
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
_NOTICES = frozenset({
    "erratum", "errata", "corrigendum", "correction", "retraction", "retracted", "reply", "rejoinder", "comment",
    "response", "addendum",
})  # fmt: skip
# Titles that come back issue after issue: equal words there say little.
_COLUMNS = frozenset({
    "editor", "editorial", "foreword", "preface", "reminiscence", "introduction", "chair", "president", "message",
    "letter", "calendar", "obituary", "column", "digest", "weekly", "newsletter", "roundup", "changelog", "thread",
    "link",
})  # fmt: skip
# Phrases of the field that titles write out or abbreviate at will, in stems.
_SHORT_FORMS = tuple(
    (re.compile(rf"\b{phrase}\b"), short)
    for phrase, short in (
        ("multimodal large language model", "mllm"),
        ("large language model", "llm"),
        ("vision language model", "vlm"),
        ("reinforcement learning", "rl"),
        ("retrieval augmented generation", "rag"),
        ("database management system", "dbm"),
    )
)
_TITLE_CHARS, _ABSTRACT_CHARS = 600, 4000
_SHINGLE = 3


@dataclass(frozen=True)
class Profile:
    """A work's comparable parts. Words are folded; `bag` joins the words of title, authors and venue."""

    title: str
    compact: str
    words: tuple[str, ...]
    head: str
    names: frozenset[str]
    numbers: frozenset[str]
    notices: frozenset[str]
    is_column: bool
    people: tuple[Name, ...]
    bag: frozenset[str]
    bag_text: str
    venue: str
    year: int | None
    abstract_compact: str
    abstract_words: frozenset[str]
    abstract_names: frozenset[str]
    abstract_numbers: frozenset[str]
    shingles: frozenset[tuple[str, ...]]

    @property
    def is_blank(self) -> bool:
        """Tell whether there is neither a word of a title nor of an abstract to compare."""
        return not self.words and not self.abstract_words


# About 40 kB each, which a server keeps for good: with four times as many a load of 3,000 papers takes 2 % less time.
@lru_cache(maxsize=512)
def profile(work: Work) -> Profile:
    """Return the comparable parts of a work; texts are read up to 600 (title) and 4,000 (abstract) characters."""
    raw_title, raw_abstract = plain(work.title[:_TITLE_CHARS]), plain(work.abstract[:_ABSTRACT_CHARS])
    raw_venue = plain(work.venue[:_TITLE_CHARS])
    people = names_of(work.authors)
    title_words = _shortened(words_of(raw_title))
    abstract_words = words_of(raw_abstract)
    bag_words = [*title_words, *(stem(word) for name in people for word in sorted(name.words)), *words_of(raw_venue)]
    return Profile(
        title=" ".join(title_words),
        compact="".join(title_words),
        words=tuple(word for word in title_words if word not in _STOP) or tuple(title_words),
        head=head_of(raw_title),
        names=distinctive(raw_title),
        numbers=_sequence_numbers(_NUMBERED.findall(fold(raw_title))),
        notices=_NOTICES.intersection(title_words),
        is_column=len(_COLUMNS.intersection(title_words)) > 0 and len(title_words) <= 12,
        people=people,
        bag=frozenset(bag_words) - _STOP,
        bag_text=" ".join(bag_words)[:_TITLE_CHARS],
        venue=" ".join(words_of(raw_venue)),
        year=work.year if work.year is not None else year_in(f"{raw_title} {raw_venue}"),
        abstract_compact="".join(abstract_words),
        abstract_words=frozenset(abstract_words) - _STOP,
        abstract_names=distinctive(raw_abstract),
        abstract_numbers=frozenset(n for n in _NUMBER.findall(raw_abstract) if len(n) > 1),
        shingles=frozenset(zip(*(abstract_words[i:] for i in range(_SHINGLE)), strict=False)),
    )


def plain(text: str) -> str:
    """Return text without LaTeX commands, HTML character references and the commonest broken encodings."""
    return _LATEX.sub("", unescape(text))


def words_of(text: str) -> list[str]:
    """Return the folded words of a text in their order, plurals cut; Chinese, Japanese, Korean as character pairs."""
    found: list[str] = []
    for token in _WORD.findall(fold(text).replace("'", "")):
        if _CJK.search(token) is None:
            found.append(stem(token))
        else:
            found.extend(token[i : i + 2] for i in range(max(1, len(token) - 1)))
    return found


def head_of(title: str) -> str:
    """Return the compact words before a title's colon, often the name of what it presents; "" without one."""
    match = _HEAD.match(title)
    return "".join(words_of(match[1])) if match else ""


def stem(word: str) -> str:
    """Return a word without the "s" of an English plural; rough, but the same everywhere."""
    if len(word) <= 3 or word[-1] != "s" or word[-2] in "su":
        return word
    return f"{word[:-3]}y" if word.endswith("ies") and len(word) > 4 else word[:-1]


def _shortened(words: list[str]) -> list[str]:
    text = " ".join(words)
    for phrase, short in _SHORT_FORMS:
        text = phrase.sub(short, text)
    return text.split()


def distinctive(text: str) -> frozenset[str]:
    """Return the compact forms of words written like names: inner capitals, acronyms, letters with digits."""
    return frozenset(name for m in _NAME_LIKE.finditer(text) if len(name := "".join(words_of(m.group()))) > 1)


def _sequence_numbers(words: list[str]) -> frozenset[str]:
    """Return what tells two parts of a series apart: numbers, years, Roman numerals and ordinals of a title."""
    found: set[str] = set()
    for before, word in zip(["", *words], words, strict=False):
        if word in _ROMAN and (len(word) > 1 or before in ("part", "volume", "chapter", "phase", "type")):
            found.add(_ROMAN[word])
        elif word in _ORDINALS:
            found.add(_ORDINALS[word])
        elif word[-1:].isdigit() and word.isascii():
            found.add(word.lstrip("0") or "0")
        elif before == "part" and len(word) == 1:
            found.add(word)
    return frozenset(found)
