"""Cuts documents into passages, always the same ones: whole sentences, about a thousand characters each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from digestbot.domain.documents import Document
from digestbot.domain.passages import Passage, PassageRole, Shelved
from digestbot.offline.sentences import split
from digestbot.offline.terms import is_chinese
from digestbot.search.words import stems, url_words

PASSAGE_CHARS = 1200
"""What a passage is filled up to."""
WHOLE_CHARS = 2400
"""Up to here a part is one passage: abstracts are at most 1,920 characters, and their halves say less."""
CHINESE_CHARS = 500
MAX_PASSAGES = 400
"""Passages of one document: half a million characters, more than any article and most books have."""
_MAX_CHARS = MAX_PASSAGES * PASSAGE_CHARS
_MAX_SENTENCE_CHARS = 2000
_HEADING = re.compile(
    r"^(?:#{1,6}\s+(?P<marked>\S.{0,120})|(?P<numbered>\d{1,2}(?:\.\d{1,2}){0,2}\.?\s+[A-Z][^.!?]{2,80}))$"
)
_STAMP = re.compile(r"^\[((?:\d{1,2}:)?\d{1,3}:\d{2})\]\s*")
_STAMPED_HEADING = re.compile(r"^\[(?:\d{1,2}:)?\d{1,3}:\d{2}\]\s*")


@dataclass(frozen=True)
class Part:
    """A part of a document that is cut by itself, such as its summary; an empty one gives no passage."""

    role: PassageRole
    text: str


def cut(document: Document, parts: Iterable[Part]) -> list[Passage]:
    """Return the passages of a document in order, never none: a title alone is a passage of its own."""
    every = ((part.role, piece) for part in parts for piece in _pieces(part.text[:_MAX_CHARS]))
    pieces = list(islice(every, MAX_PASSAGES))
    pieces = pieces or [("abstract", _Piece(document.title))]
    return [
        Passage(
            document.id if place == 0 else f"{document.id}#{place}",
            document.id,
            place,
            role,
            piece.text,
            piece.heading,
            piece.at,
            "zh" if is_chinese(piece.text) else document.lang or "en",
        )
        for place, (role, piece) in enumerate(pieces)
    ]


def shelve(document: Document, passages: Iterable[Passage]) -> list[Shelved]:
    """Return passages with their terms; the title and the words of the address count for each of a document's."""
    title = [*stems(document.title), *url_words(document.url)]
    return [Shelved(one, (*title, *stems(one.heading)), tuple(stems(one.text))) for one in passages]


@dataclass(frozen=True)
class _Piece:
    text: str
    heading: str = ""
    at: str = ""


def _pieces(text: str) -> Iterator[_Piece]:
    """Fill sentence after sentence; a heading, and a time where a transcript has one, begin with the next piece."""
    whole = len(text) <= WHOLE_CHARS
    held: list[str] = []
    size = 0
    heading = at = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if title := _heading(line):
            yield from _joined(held, heading, at)
            held, size, heading, at = [], 0, title, ""
            continue
        stamp = _STAMP.match(line)
        for sentence in _sentences(line[stamp.end() :] if stamp else line):
            if held and not whole and size + len(sentence) > _room(sentence):
                yield from _joined(held, heading, at)
                held, size, at = [], 0, ""
            if stamp and not held:
                at = stamp.group(1)
            held.append(sentence)
            size += len(sentence) + 1
    yield from _joined(held, heading, at)


def _joined(held: list[str], heading: str, at: str) -> Iterator[_Piece]:
    if held:
        yield _Piece(("" if is_chinese(held[0]) else " ").join(held), heading, at)


def _heading(line: str) -> str:
    found = _HEADING.match(line)
    return _STAMPED_HEADING.sub("", found.group("marked") or found.group("numbered")).strip() if found else ""


def _sentences(line: str) -> Iterator[str]:
    for sentence in split(line):
        for start in range(0, len(sentence), _MAX_SENTENCE_CHARS):
            yield sentence[start : start + _MAX_SENTENCE_CHARS]


def _room(sentence: str) -> int:
    return CHINESE_CHARS if is_chinese(sentence) else PASSAGE_CHARS
