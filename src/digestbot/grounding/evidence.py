"""Holds what the sources say in the forms that claims are compared in: numbers, words, links, comparing sentences.

Built once for one check. Answers whether a single thing occurs; whether a sentence stands is decided in `grounding`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from digestbot.grounding import claims
from digestbot.offline.sentences import split

MAX_SOURCE_CHARS = 400_000
MAX_COMPARING = 400
_EDGE = " \t\n.,;:!?\"'\u3002\uff0c\uff1b\uff1a\uff01\uff1f\u2026-"
_PLAIN_QUOTES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2011": "-"}
)
_INITIAL = re.compile(r"[A-Za-z]+|\d+")
_GLUE = frozenset(re.findall(r"\S+", "of the and for a an in on to with by from"))
_STEM_CHARS = 5
# Two letters match the initials of almost any text, so only the field's own are read so.
_SHORT_INITIALS = frozenset(re.findall(r"\S+", "RL NN ML AI DL CV IR KG MT QA VI"))


@dataclass(frozen=True)
class Evidence:
    """The sources of one text, read once."""

    plain: str
    names: frozenset[str]
    stems: frozenset[str]
    initials: str
    numbers: frozenset[tuple[Decimal, str]]
    links: frozenset[str]
    mentions: frozenset[str]
    comparing: tuple[str, ...]

    def has_number(self, number: claims.Number) -> bool:
        """Tell whether the number occurs, with its unit if it has one; a bare one may mean a percentage."""
        if number.unit:
            return (number.value, number.unit) in self.numbers
        return any((number.value, unit) in self.numbers for unit in ("", "%", "x"))

    def has_name(self, name: str) -> bool:
        """Tell whether a name occurs, whatever its case, hyphens, plural or possessive, or as the initials of words."""
        key = name_key(name)
        return (
            key in self.names
            or key.removesuffix("s") in self.names
            or key + "s" in self.names
            or self._abbreviates(name)
        )

    def has_link(self, link: str) -> bool:
        """Tell whether a link is one that was given or stands in the sources."""
        return claims.link_key(link) in self.links

    def has_quote(self, quote: str) -> bool:
        """Tell whether a quoted span occurs word for word; marks at its ends do not count."""
        return plain(quote) in self.plain

    def _abbreviates(self, name: str) -> bool:
        bare = re.sub(r"['\u2019]?s$", "", name)
        return (
            (len(bare) >= 3 or bare in _SHORT_INITIALS)
            and bare.isalpha()
            and bare.isupper()
            and bare.lower() in self.initials
        )


def gather(sources: Sequence[str], links: Collection[str] = ()) -> Evidence:
    """Return what the sources and the given links say; at most `MAX_SOURCE_CHARS` of each source are read."""
    texts = [claims.clean(source[:MAX_SOURCE_CHARS]) for source in sources]
    whole = "\n".join(texts)
    words = [word.text for text in texts for word in claims.words(text)]
    comparing = [s for text in texts for s in split(text) if claims.COMPARES.search(s)]
    stated = [(n.value, n.unit) for n in claims.numbers(whole, every_word=True)]
    ids = [(n.value, "") for link in links for n in claims.numbers(link.replace("/", " ").replace(":", " "))]
    return Evidence(
        plain=plain(whole),
        names=frozenset(_name_forms(words)),
        stems=frozenset(stem(part) for word in words for part in re.split(r"[-/']", word)),
        initials=_initials(whole),
        numbers=frozenset([*stated, *ids]),
        links=frozenset(claims.link_key(link) for link in (*links, *claims.links(whole))),
        mentions=frozenset(mention.casefold() for mention in claims.mentions(whole)),
        comparing=tuple(comparing[:MAX_COMPARING]),
    )


def name_key(name: str) -> str:
    """Return the form under which two spellings of one name are equal."""
    return re.sub(r"[^\w]|_", "", re.sub(r"['\u2019]s?$", "", name.casefold()))


def plain(text: str) -> str:
    """Return text as quotes are compared: folded case, plain quotes and dashes, single spaces, no marks at its ends."""
    return " ".join(text.translate(_PLAIN_QUOTES).casefold().split()).strip(_EDGE)


def stem(word: str) -> str:
    """Return the first letters of a word, so that its endings do not matter."""
    return word.casefold()[:_STEM_CHARS]


def _name_forms(words: Sequence[str]) -> set[str]:
    """Return the keys of words, of their parts, and of neighbours read as one, as in `GPT 4` for `GPT-4`."""
    forms = {name_key(word) for word in words}
    forms |= {name_key(part) for word in words for part in re.split(r"[-/.'\u2019_]", word)}
    forms |= {name_key(a + b) for a, b in pairwise(words) if len(a) + len(b) < 60}
    for word in words:
        parts = word.split("-")
        forms |= {name_key("".join(parts[:n])) for n in range(2, min(len(parts), 6))}
    return forms - {""}


def _initials(text: str) -> str:
    """Return the first letters of the words that count, in their order."""
    return "".join(word[0] for word in _INITIAL.findall(text.lower()) if word not in _GLUE)
