"""Altered copies of items, as near-duplicates whose original is known."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from digestbot.domain import Item, ItemId


def copies_of(originals: Sequence[Item], place: str, chance: random.Random) -> list[tuple[Item, Item, str]]:
    """Return (copy, original, kind of change): each at an address of its own, half of them without authors."""
    made = []
    for number, item in enumerate(originals):
        kind = list(ALTERATIONS)[number % len(ALTERATIONS)]
        url = f"https://copies.example/{place}/{number}"
        authors = item.authors if chance.random() < 0.5 else ()
        copy = replace(ALTERATIONS[kind](item, chance), id=ItemId(f"url:{url}"), url=url, authors=authors)
        made.append((copy, item, kind))
    return made


def _typo(item: Item, chance: random.Random) -> Item:
    """Two letters of the title change places, in two of its words."""
    words = item.title.split()
    long = [place for place, word in enumerate(words) if len(word) > 4]
    for place in chance.sample(long, min(2, len(long))):
        at = chance.randrange(1, len(words[place]) - 1)
        word = words[place]
        words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return replace(item, title=" ".join(words))


def _dropped(item: Item, chance: random.Random) -> Item:
    """A tenth of all words are missing, one of the title at least."""
    title = item.title.split()
    title.pop(chance.randrange(len(title)))
    kept = [word for word in item.text.split() if chance.random() > 0.1]
    return replace(item, title=" ".join(title), text=" ".join(kept))


def _punctuated(item: Item, chance: random.Random) -> Item:
    """Capitals, hyphens, colons and full stops are others."""
    title = item.title.replace("-", " ").replace(":", " --").upper()
    return replace(item, title=title, text=item.text.replace(", ", " - ").replace(". ", "; ").lower())


def _revised(item: Item, chance: random.Random) -> Item:
    """A third of the abstract's sentences are gone and the others turned round; the title keeps its words."""
    sentences = item.text.split(". ")
    kept = chance.sample(sentences, max(1, round(len(sentences) * 2 / 3)))
    return replace(item, text=". ".join(kept))


ALTERATIONS: dict[str, Callable[[Item, random.Random], Item]] = {
    "title typo": _typo,
    "dropped words": _dropped,
    "punctuation": _punctuated,
    "revised abstract": _revised,
}
