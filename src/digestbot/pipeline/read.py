"""Read: filed stories → articles. What the feed gave is enough where it is whole; otherwise the source itself is read.

A post is read on its page, a paper in the HTML that arXiv makes of it, a video by its transcript, a repository by its
README. What cannot be read leaves the feed's own text, with the reason.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, Protocol
from urllib.parse import urlsplit

from digestbot.domain import Article, FeedId, Item, ItemId, Story
from digestbot.errors import SourceError
from digestbot.keys import canonical_url, strong_keys
from digestbot.known_sites import ARXIV_API
from digestbot.ports import Page, PageReader, Progress, Spoken, Transcripts
from digestbot.wire.transcripts import chapters_of, timed_text

_WHOLE = 900
"""Letters (a Chinese character counts as three) from which a text in a feed is taken for the whole post, no teaser."""
_BATCH = 16
PAGES_OF_A_HOST = 20
"""How many pages of one host a run reads: at one a second, a feed of hundreds of teasers must not hold up others."""
_MISSES = 3
"""After so many papers in a row without HTML their site is taken to have none: arXiv lacks it for one in ten."""

Source = Literal["page", "paper", "video"]


class ArticleLedger(Protocol):
    """What this step asks of the ledger."""

    def unread(self, roadmap: str) -> list[Story]: ...
    def record_articles(self, found: Sequence[Article], now: datetime) -> None: ...


class NameLedger(Protocol):
    """What this step tells of the items whose pages it read."""

    def add_names(self, names: Mapping[ItemId, Collection[str]]) -> None: ...
    def complete(self, items: Sequence[Item]) -> None: ...


@dataclass
class Readers:
    """What reads sources for one run, and what it has learnt in it of sources that do not answer."""

    pages: PageReader
    transcripts: Transcripts
    lang: str = ""
    """The roadmap's language, wanted where the feed names none."""
    endpoints: Mapping[FeedId, str] = field(default_factory=dict)
    """Where arXiv feeds are asked: a mirror of the API is taken for a mirror of the papers."""
    full_texts: int = PAGES_OF_A_HOST
    """How many papers are read in full, the most relevant first; the others are told from their abstracts."""
    misses: Counter[str] = field(default_factory=Counter)
    """How many papers in a row a site had no HTML of."""
    blocked: str = ""
    """Why YouTube gives no transcripts to this machine; empty while it may."""
    papers: asyncio.Lock = field(default_factory=asyncio.Lock)
    videos: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One after another, so that after a refusal the others are not asked for."""


@dataclass(frozen=True)
class Read:
    """What came of a story: its article, and the page that it was read from, if any."""

    story: Story
    article: Article
    page: Page | None = None


async def read(
    ledger: ArticleLedger, names: NameLedger, readers: Readers, roadmap: str, now: datetime, progress: Progress
) -> int:
    """Give every filed story an article; return how many there were."""
    stories = await asyncio.to_thread(ledger.unread, roadmap)
    progress("read", 0, len(stories))
    # Those that need no source first, all at once: nothing that is at hand waits for a slow host.
    wanting, over = asked_for([story for story in stories if source_of(story.lead)], readers.full_texts)
    at_hand = [article_of(story) for story in stories if not source_of(story.lead)]
    told = f"not read: more than {PAGES_OF_A_HOST} of its host came at once"
    at_hand += [replace(article_of(story), note="" if story.lead.medium == "paper" else told) for story in over]
    await asyncio.to_thread(ledger.record_articles, at_hand, now)
    progress("read", len(at_hand), len(stories))
    for start in range(0, len(wanting), _BATCH):
        batch = wanting[start : start + _BATCH]
        found = await asyncio.gather(*(_read(readers, story) for story in batch))
        await asyncio.to_thread(_record, ledger, names, found, now)
        progress("read", len(at_hand) + start + len(batch), len(stories))
    return len(stories)


def _record(ledger: ArticleLedger, names: NameLedger, found: Sequence[Read], now: datetime) -> None:
    learnt = {one.story.lead.id: names_of(one.story.lead.url, one.page) for one in found}
    names.add_names({id: keys for id, keys in learnt.items() if keys})
    fuller = [completed(one.story.lead, one.page, now) for one in found]
    names.complete([item for item, one in zip(fuller, found, strict=True) if item != one.story.lead])
    ledger.record_articles([one.article for one in found], now)


async def _read(readers: Readers, story: Story) -> Read:
    source = source_of(story.lead)
    if source == "video":
        return await _from_transcript(readers, story)
    return await (_from_paper(readers, story) if source == "paper" else _from_page(readers, story))


def asked_for(stories: Sequence[Story], full_texts: int = PAGES_OF_A_HOST) -> tuple[list[Story], list[Story]]:
    """Divide stories that need a source into those that are read and those of hosts that would be asked too much."""
    asked: Counter[str] = Counter()
    wanting: list[Story] = []
    over: list[Story] = []
    for story in stories:
        host, most = urlsplit(story.lead.url).netloc, PAGES_OF_A_HOST
        if source_of(story.lead) == "paper":
            host, most = "full texts", full_texts
        asked[host] += 1
        (wanting if asked[host] <= most else over).append(story)
    return wanting, over


def source_of(item: Item) -> Source | None:
    """Return what says more of an item than the feed did; None where nothing does that could be read."""
    if item.medium == "paper":
        return "paper" if item.id.startswith("arxiv:") else None
    if item.medium == "video":
        return "video" if item.id.startswith("youtube:") else None
    return "page" if item.url and not is_whole(item.text) else None


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


def full_text_url(item: Item, endpoints: Mapping[FeedId, str]) -> str:
    """Return where a paper's HTML stands: at arXiv, or at the mirror that its feed is read from."""
    number = f"{item.id.removeprefix('arxiv:')}v{item.version}"
    endpoint = urlsplit(endpoints.get(item.feed, ARXIV_API))
    is_arxiv = (endpoint.hostname or "").endswith("arxiv.org")
    site = "https://arxiv.org" if is_arxiv else f"{endpoint.scheme}://{endpoint.netloc}"
    return f"{site}/html/{number}"


def completed(item: Item, page: Page | None, now: datetime) -> Item:
    """Return an item with what its feed left open and its page says: authors, date and language; words stay its own."""
    if page is None:
        return item
    said = page.published_at if page.published_at and page.published_at <= now else None
    return replace(
        item,
        authors=item.authors or page.authors,
        published_at=item.published_at or said,
        lang=item.lang or page.lang,
    )


async def _from_page(readers: Readers, story: Story) -> Read:
    try:
        page = await readers.pages.read(story.lead.url)
    except SourceError as error:
        note = f"page not read, {error.reason}: {error}"
        return Read(story, replace(article_of(story), basis="feed text", note=note))
    return Read(story, _article(story, page, page.text), page)


async def _from_paper(readers: Readers, story: Story) -> Read:
    """Read a paper's full text behind its abstract; its abstract alone where there is none."""
    url = full_text_url(story.lead, readers.endpoints)
    host = urlsplit(url).netloc
    async with readers.papers:
        if readers.misses[host] >= _MISSES:
            return Read(story, replace(article_of(story), note=f"full text not read: {host} had none of others"))
        try:
            page = await readers.pages.read(url)
        except SourceError as error:
            readers.misses[host] += error.reason == "http-404"
            return Read(story, replace(article_of(story), note=f"full text not read, {error.reason}: {error}"))
        readers.misses[host] = 0
    # The page is the paper's own, so what it says of itself adds nothing to its record, and names nothing else.
    return Read(story, _article(story, page, f"{story.lead.text}\n{without_abstract(page.text)}"))


def without_abstract(text: str) -> str:
    """Return a paper's text from its first section on: the feed gave the abstract, in the version that counts."""
    if not text.startswith("## Abstract\n"):
        return text
    _, mark, rest = text.partition("\n## ")
    return f"## {rest}" if mark else ""


async def _from_transcript(readers: Readers, story: Story) -> Read:
    lead = story.lead
    told = article_of(story)
    langs = tuple(dict.fromkeys(filter(None, (lead.lang, readers.lang))))
    async with readers.videos:
        if readers.blocked:
            return Read(story, replace(told, note=f"transcript not read: {readers.blocked}"))
        try:
            spoken = await readers.transcripts.read(lead.id.removeprefix("youtube:"), langs)
        except SourceError as error:
            if error.reason == "blocked":
                readers.blocked = f"{error.reason}: {error}"
            return Read(story, replace(told, note=f"transcript not read, {error.reason}: {error}"))
    return Read(story, _transcript(story, spoken))


def _transcript(story: Story, spoken: Spoken) -> Article:
    text = timed_text(spoken, chapters_of(story.lead.text))
    note = "transcribed by a machine" if spoken.generated else ""
    return Article(story.id, f"{story.lead.text}\n{text}".lstrip(), "transcript", note, story.lead.url, spoken.lang)


def _article(story: Story, page: Page, text: str) -> Article:
    return Article(story.id, text, "full text", page.partial, page.url, page.lang, page.image)
