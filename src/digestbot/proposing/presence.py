"""What a document has already, by whatever address or title it names it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from digestbot.domain import Story
from digestbot.keys import canonical_url, strong_keys
from digestbot.roadmap import Roadmap

_ALIKE = 92.0
"""Likeness of titles from which they name one work; two papers of a series differ by more of so many words."""
_LEAST_WORDS = 3
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Presence:
    """The identities of a document's links, and the titles that it names its resources by."""

    keys: frozenset[str]
    titles: tuple[str, ...]

    def has(self, story: Story) -> bool:
        """Tell whether a story's work stands in the document: one of its items, or its title."""
        if any(keys_of(member.url) & self.keys for member in (story.lead, *story.members)):
            return True
        return self.names(story.lead.title)

    def has_address(self, url: str) -> bool:
        """Tell whether an address stands in the document, in whatever spelling."""
        return bool(keys_of(url) & self.keys)

    def names(self, title: str) -> bool:
        """Tell whether a resource has this title, but for a few letters."""
        plain = _plain(title)
        if len(plain.split()) < _LEAST_WORDS:
            return False
        return process.extractOne(plain, self.titles, scorer=fuzz.ratio, score_cutoff=_ALIKE) is not None


def presence_of(roadmap: Roadmap, more: Iterable[str] = ()) -> Presence:
    """Return what a document has, and as if it had some more addresses."""
    addresses = (*roadmap.addresses, *more)
    titles = [one.title for section in roadmap.sections for one in section.resources]
    titles += [one.title for chapter in roadmap.chapters for one in chapter.resources]
    return Presence(
        frozenset(key for url in addresses for key in keys_of(url)), tuple(dict.fromkeys(map(_plain, titles)))
    )


def keys_of(url: str) -> frozenset[str]:
    """Return all that an address is known by; empty for what is no address of the web."""
    return strong_keys(url) if canonical_url(url) else frozenset()


def _plain(title: str) -> str:
    return " ".join(_WORD.findall(title.casefold()))
