"""Read: filed stories → articles. The feed's own text is enough where it is whole; otherwise the page is read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from digestbot.domain import Article, Item, Story
from digestbot.errors import SourceError
from digestbot.ports import PageReader, Progress

_WHOLE = 900
"""Letters (a Chinese character counts as three) from which a text in a feed is taken for the whole post, no teaser."""
_BATCH = 16


class ArticleLedger(Protocol):
    """What this step asks of the ledger."""

    def unread(self, roadmap: str) -> list[Story]: ...
    def record_articles(self, found: Sequence[Article], now: datetime) -> None: ...


async def read(ledger: ArticleLedger, pages: PageReader, roadmap: str, now: datetime, progress: Progress) -> int:
    """Give every filed story an article; return how many there were."""
    stories = await asyncio.to_thread(ledger.unread, roadmap)
    progress("read", 0, len(stories))
    # Those that need no page first, all at once: nothing that is at hand waits for a slow host.
    stories = sorted(stories, key=lambda story: needs_page(story.lead))
    at_hand = [article_of(story) for story in stories if not needs_page(story.lead)]
    await asyncio.to_thread(ledger.record_articles, at_hand, now)
    progress("read", len(at_hand), len(stories))
    for start in range(len(at_hand), len(stories), _BATCH):
        batch = stories[start : start + _BATCH]
        articles = await asyncio.gather(*(_from_page(pages, story) for story in batch))
        await asyncio.to_thread(ledger.record_articles, articles, now)
        progress("read", start + len(batch), len(stories))
    return len(stories)


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


async def _from_page(pages: PageReader, story: Story) -> Article:
    try:
        text = await pages.read(story.lead.url)
    except SourceError as error:
        return Article(story.id, story.lead.text, "feed text", f"page not read, {error.reason}: {error}")
    return Article(story.id, text, "full text")
