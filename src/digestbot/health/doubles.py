"""Finds works that a document has under two addresses, and says which of them stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from digestbot.keys import canonical_url
from digestbot.proposing.presence import keys_of
from digestbot.roadmap import Chapter, Resource, Roadmap

_LEAST_WORDS = 4
"""Words of a title from which two papers that share it are one; “Deep Learning” names a book and a review."""
_WORD = re.compile(r"\w+")
_PLACES = (
    re.compile(r"https://arxiv\.org/abs/[\w./-]+"),
    re.compile(r"https://(?:aclanthology\.org|openreview\.net/forum|proceedings\.[\w.]+|jmlr\.org)\b.*(?<!\.pdf)"),
    re.compile(r"https://doi\.org/.*"),
)
"""Where a paper is best linked, the best first: free and with all its versions, its venue's page, a name for good."""


@dataclass(frozen=True)
class Double:
    """A resource that is another's work: by the same address spelled in another way, or by its title."""

    chapter: Chapter
    kept: Resource
    merged: Resource
    url: str
    """The better one of their addresses."""
    in_one_chapter: bool
    by_title: bool


def doubles(roadmap: Roadmap) -> Iterator[Double]:
    """Yield for each work what goes, in order of the document.

    In a chapter one of two list items goes, and the other one gets the better address. In two chapters both mentions
    stay, since each says what the work is to its chapter, and get that address too; where one page that is no paper is
    spelled in two ways there, it is left alone.
    """
    for group in _works([(chapter, one) for chapter in roadmap.chapters for one in chapter.resources]):
        done = set[str]()
        for chapter in dict.fromkeys(chapter for chapter, _ in group):
            own = sorted((one for c, one in group if c is chapter and one.item), key=_worth)
            for other in own[1:]:
                # Which of two that are written alike is meant cannot be said by their address.
                if other.url != own[0].url and other.url not in done:
                    done.add(other.url)
                    url = min((own[0], other), key=lambda one: _rank(one.url)).url
                    yield Double(chapter, own[0], other, url, True, _is_by_title(own[0], other))
                    done |= {own[0].url}
        best = min((one for _, one in group), key=lambda one: _rank(one.url))
        for chapter, other in group:
            if other.url != best.url and other.url not in done and _is_better(best, other):
                done.add(other.url)
                yield Double(chapter, best, other, best.url, False, _is_by_title(best, other))


def _works(found: Sequence[tuple[Chapter, Resource]]) -> list[list[tuple[Chapter, Resource]]]:
    """Return the resources of each work that stands in the document more than once."""
    works: list[list[tuple[Chapter, Resource]]] = []
    known: dict[str, list[tuple[Chapter, Resource]]] = {}
    for place in found:
        names = _names(place[1])
        work = next((known[name] for name in names if name in known), None)
        if work is None:
            work = []
            works.append(work)
        work.append(place)
        for name in names:
            known.setdefault(name, work)
    return [work for work in works if len(work) > 1]


def _names(resource: Resource) -> list[str]:
    """Return what a resource is known by: its address, a place on a page being one of its own, and a paper's title."""
    keys = sorted(keys_of(resource.url))
    if not any(not key.startswith("url:") for key in keys):
        place = urlsplit(resource.url).fragment
        keys = [f"{key}#{place}" for key in keys]
    words = _WORD.findall(resource.title.casefold())
    return [*keys, *([f"title:{' '.join(words)}"] if resource.kind == "paper" and len(words) >= _LEAST_WORDS else [])]


def _worth(resource: Resource) -> tuple[bool, int, int]:
    """Return what sorts the mention first that stays: one that says something, at the better address, the earlier."""
    return (len(resource.words) <= len(resource.title) + 8, _rank(resource.url), resource.line)


def _rank(url: str) -> int:
    return next((place for place, form in enumerate(_PLACES) if form.fullmatch(url)), len(_PLACES))


def _is_better(best: Resource, other: Resource) -> bool:
    is_paper = _is_by_title(best, other) or any(not key.startswith("url:") for key in keys_of(other.url))
    return is_paper and _rank(best.url) < _rank(other.url)


def _is_by_title(a: Resource, b: Resource) -> bool:
    return canonical_url(a.url) != canonical_url(b.url)
