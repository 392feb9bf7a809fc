"""Says what an item is, which other names its authors give it, and which one work it is about.

Pure. Names are keys as `digestbot.keys` writes them; what is merely cited is none of the three.
"""

from __future__ import annotations

import re
from functools import lru_cache

from digestbot.domain import Item
from digestbot.keys import mentioned_keys, strong_keys

PAPER_KEYS = ("arxiv:", "doi:", "openreview:", "acl:", "s2:")
# An item meets many others in a row.
_REMEMBERED = 4096
_ANOTHER_WORK = re.compile(
    r"\b(?:exten\w+|follow[- ]?up|companion|supplement\w*|supersed\w+|part|sequel|successor|builds?|based|previous\w*|"
    r"earlier|prior|see also|cf|comment on|reply to|response to|data ?set|code|thesis|survey)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=_REMEMBERED)
def own_keys(item: Item) -> frozenset[str]:
    """Return what an item is by itself: its id, and what stands at its address."""
    return frozenset({item.id, *strong_keys(item.url)})


@lru_cache(maxsize=_REMEMBERED)
def stated_keys(item: Item) -> frozenset[str]:
    """Return what a paper's authors say it is elsewhere: the DOI, OpenReview or Anthology page beside its entry.

    They stand among its links and in its comment; a sentence of a comment that speaks of another work names that one.
    """
    if item.medium != "paper":
        return frozenset()
    sentences = [s for s in re.split(r"(?<=[.;])\s+", item.comment) if not _ANOTHER_WORK.search(_without_links(s))]
    named = {key for link in item.links for key in strong_keys(link)} | mentioned_keys("\n".join(sentences))
    return frozenset(key for key in named if key.startswith(PAPER_KEYS)) - own_keys(item)


@lru_cache(maxsize=_REMEMBERED)
def about_keys(item: Item) -> frozenset[str]:
    """Return the one work that a post, a video or a repository is about, by the names that it links; none for a list.

    A preprint and its published version count as one; two of a kind do not.
    """
    named = {key for link in item.links for key in strong_keys(link)} | mentioned_keys(item.text)
    papers = {key for key in named if key.startswith(PAPER_KEYS)}
    preprints = {key for key in papers if key.startswith("arxiv:")}
    alone = len(preprints) <= 1 and len(papers - preprints) <= 1
    return frozenset(papers) if alone else frozenset()


@lru_cache(maxsize=_REMEMBERED)
def code_key(item: Item) -> str:
    """Return the one repository that a paper names as it speaks of itself, "" for none or several."""
    if item.medium != "paper":
        return ""
    found = sorted(key for key in mentioned_keys(f"{item.text}\n{item.comment}") if key.startswith("repo:"))
    return found[0] if len(found) == 1 else ""


def _without_links(text: str) -> str:
    return re.sub(r"https?://\S+", " ", text)
