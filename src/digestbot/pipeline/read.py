"""Read: filed stories → articles. The feed's own text is enough where it is whole; otherwise the page is read."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from digestbot.domain import Article, Item, ItemId, Story
from digestbot.errors import SourceError
from digestbot.keys import canonical_url, strong_keys
from digestbot.ports import Page, PageReader, Progress

_WHOLE = 900
"""Letters (a Chinese character counts as three) from which a text in a feed is taken for the whole post, no teaser."""
_BATCH = 16
_PAGES_OF_A_HOST = 20
"""How many pages of one host a run reads: at one a second, a feed of hundreds of teasers must not hold up others."""


class ArticleLedger(Protocol):
    """What this step asks of the ledger."""

    def unread(self, roadmap: str) -> list[Story]: ...
    def record_articles(self, found: Sequence[Article], now: datetime) -> None: ...


class NameLedger(Protocol):
    """What this step tells of the items whose pages it read."""

    def add_names(self, names: Mapping[ItemId, Collection[str]]) -> None: ...


async def read(
    ledger: ArticleLedger, names: NameLedger, pages: PageReader, roadmap: str, now: datetime, progress: Progress
) -> int:
    """Give every filed story an article; return how many there were."""
    stories = await asyncio.to_thread(ledger.unread, roadmap)
    progress("read", 0, len(stories))
    # Those that need no page first, all at once: nothing that is at hand waits for a slow host.
    wanting, over = asked_for([story for story in stories if needs_page(story.lead)])
    at_hand = [article_of(story) for story in stories if not needs_page(story.lead)]
    told = f"page not read: more than {_PAGES_OF_A_HOST} of its host came at once"
    at_hand += [replace(article_of(story), note=told) for story in over]
    await asyncio.to_thread(ledger.record_articles, at_hand, now)
    progress("read", len(at_hand), len(stories))
    for start in range(0, len(wanting), _BATCH):
        batch = wanting[start : start + _BATCH]
        found = await asyncio.gather(*(_from_page(pages, story) for story in batch))
        learnt = {story.lead.id: names_of(story.lead.url, page) for story, (_, page) in zip(batch, found, strict=True)}
        await asyncio.to_thread(names.add_names, {id: keys for id, keys in learnt.items() if keys})
        await asyncio.to_thread(ledger.record_articles, [article for article, _ in found], now)
        progress("read", len(at_hand) + start + len(batch), len(stories))
    return len(stories)


def asked_for(stories: Sequence[Story]) -> tuple[list[Story], list[Story]]:
    """Divide stories that need a page into those whose page is read and those of hosts that would be asked too much."""
    asked: Counter[str] = Counter()
    wanting: list[Story] = []
    over: list[Story] = []
    for story in stories:
        host = urlsplit(story.lead.url).netloc
        asked[host] += 1
        (wanting if asked[host] <= _PAGES_OF_A_HOST else over).append(story)
    return wanting, over


def needs_page(item: Item) -> bool:
    """Tell whether the page says more than the feed did."""
    return item.medium in ("post", "repository") and not is_whole(item.text) and bool(item.url)


def is_whole(text: str) -> bool:
    """Tell whether a post's text is long enough to be the post and not its teaser."""
    return len(text) + 2 * sum(character >= "\u3400" for character in text) >= _WHOLE


def article_of(story: Story) -> Article:
    """Return the article that a feed's own text makes."""
    item = story.lead
    if item.medium == "paper":
        return Article(story.id, item.text, "abstract")
    if item.medium == "video":
        return Article(story.id, item.text, "description")
    return Article(story.id, item.text, "full text" if is_whole(item.text) else "feed text")


def names_of(url: str, page: Page | None) -> frozenset[str]:
    """Return the keys that a page has beside those of the address it was read at.

    Where a redirect leads is believed. What a page says of itself is believed only for an address as such: a page must
    not make itself a paper or a video. A site's front page is nobody's address: broken sites name it on every page.
    """
    if page is None:
        return frozenset()
    ended = strong_keys(page.url) if _is_inside(page.url) else frozenset()
    said = strong_keys(page.canonical) if _is_inside(page.canonical) else frozenset()
    places = {key for key in said if not key.startswith("url:")}
    return (ended | (frozenset() if places else said)) - strong_keys(url)


def _is_inside(url: str) -> bool:
    parts = urlsplit(canonical_url(url))
    return parts.path.strip("/") != "" or parts.query != ""


async def _from_page(pages: PageReader, story: Story) -> tuple[Article, Page | None]:
    try:
        page = await pages.read(story.lead.url)
    except SourceError as error:
        return Article(story.id, story.lead.text, "feed text", f"page not read, {error.reason}: {error}"), None
    return Article(story.id, page.text, "full text"), page
