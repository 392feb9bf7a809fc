"""Read: which text becomes a story's article."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest
from fakes import NOW, FakePages, FakeTranscripts, item, paper, silent, story

from digestbot.domain import Article, FeedId, Item, ItemId, Story
from digestbot.pipeline.read import (
    Readers,
    article_of,
    asked_for,
    completed,
    full_text_url,
    is_whole,
    names_of,
    read,
    source_of,
    without_abstract,
)
from digestbot.ports import Page, PageReader, Spoken

WHOLE = "A sentence of a post that is long enough. " * 22


class Shelf:
    """Holds what is unread, and every batch that was recorded."""

    def __init__(self, *stories: Story) -> None:
        self.stories = list(stories)
        self.batches: list[list[Article]] = []
        self.names: dict[ItemId, set[str]] = {}
        self.completed: list[Item] = []

    def unread(self, roadmap: str) -> list[Story]:
        return self.stories

    def record_articles(self, found: Sequence[Article], now: object) -> None:
        self.batches.append(list(found))

    def add_names(self, names: Mapping[ItemId, Collection[str]]) -> None:
        self.names.update({id: set(keys) for id, keys in names.items()})

    def complete(self, items: Sequence[Item]) -> None:
        self.completed += items

    @property
    def articles(self) -> list[Article]:
        """Everything that was recorded, in order."""
        return [article for batch in self.batches for article in batch]


def go(shelf: Shelf, pages: PageReader, transcripts: FakeTranscripts | None = None, **options: Any) -> int:
    """Read what is on the shelf."""
    readers = Readers(pages, transcripts or FakeTranscripts(), "en", **options)
    return asyncio.run(read(shelf, shelf, readers, "map", NOW, silent))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("x" * 899, False), ("x" * 900, True), ("长" * 299, False), ("长" * 300, True), ("", False)],
)
def test_a_long_text_in_a_feed_is_the_post(text: str, expected: bool) -> None:
    """From 900 letters on a text is whole; a Chinese character says as much as three."""
    assert is_whole(text) is expected


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        (item(), "page"),
        (item(medium="repository"), "page"),
        (item(text=WHOLE), None),
        (item(url=""), None),
        (paper(), "paper"),
        (paper(id=ItemId("doi:10.1/2")), None),
        (item(medium="video", id=ItemId("youtube:abcdefghijk")), "video"),
        (item(medium="video"), None),
    ],
)
def test_what_says_more_than_the_feed(lead: Item, expected: str | None) -> None:
    """Teasers have pages, arXiv's papers full texts, YouTube's videos transcripts; the rest is at hand already."""
    assert source_of(lead) == expected


@pytest.mark.parametrize(
    ("lead", "basis"),
    [
        (paper(), "abstract"),
        (item(medium="video"), "description"),
        (item(text=WHOLE), "full text"),
        (item(), "feed text"),
    ],
)
def test_a_feed_s_own_text_is_named_for_what_it_is(lead: Any, basis: str) -> None:
    """An article says whether it is an abstract, a description, a whole text or a teaser."""
    assert article_of(story(lead)).basis == basis


def test_what_is_at_hand_is_recorded_before_any_page_is_asked_for() -> None:
    """Nothing that needs no page waits for a slow host."""
    shelf = Shelf(story(item("slow"), id="s1"), story(item("whole", text=WHOLE), id="s2"))
    pages = FakePages({"https://blog.example/slow": "The page's text."})

    count = go(shelf, pages)

    assert count == 2
    assert [[article.story for article in batch] for batch in shelf.batches] == [["s2"], ["s1"]]
    assert shelf.batches[1][0] == Article(
        shelf.stories[0].id, "The page's text.", "full text", url="https://blog.example/slow"
    )
    assert pages.asked == ["https://blog.example/slow"]


def test_a_page_that_cannot_be_read_leaves_the_feed_s_text() -> None:
    """A story whose page fails is told from its teaser, with the reason."""
    shelf = Shelf(story(item()))

    go(shelf, FakePages())

    found = shelf.batches[-1][0]
    assert (found.text, found.basis) == (item().text, "feed text")
    assert found.note == "page not read, http-404: 'https://blog.example/a' is not there"


def test_pages_are_read_in_batches_that_are_recorded_each() -> None:
    """A killed run has to read one batch of pages again at most."""
    shelf = Shelf(*(story(item(str(n)), id=f"s{n}") for n in range(20)))

    go(shelf, FakePages())

    assert [len(batch) for batch in shelf.batches] == [0, 16, 4]


URL = "https://blog.example/a"


@pytest.mark.parametrize(
    ("ended", "canonical", "expected"),
    [
        pytest.param(URL, "", set(), id="nothing more is known"),
        pytest.param(URL, f"{URL}?utm_source=x", set(), id="its own address in another spelling"),
        pytest.param("https://new.example/a", "", {"url:https://new.example/a"}, id="a redirect"),
        pytest.param(URL, "https://first.example/a", {"url:https://first.example/a"}, id="a copy names the original"),
        pytest.param("https://blog.example/", URL, set(), id="a redirect to the front page"),
        pytest.param(URL, "https://blog.example/", set(), id="every page calls itself the front page"),
        pytest.param(URL, "https://arxiv.org/abs/2604.00001", set(), id="a page must not make itself a paper"),
        pytest.param(
            "https://arxiv.org/abs/2604.00001",
            "",
            {"arxiv:2604.00001", "url:https://arxiv.org/abs/2604.00001"},
            id="a short link to a paper",
        ),
    ],
)
def test_a_page_has_the_names_it_was_found_under(ended: str, canonical: str, expected: set[str]) -> None:
    """Where redirects ended and what the page calls its address are names beside its own; front pages name nothing."""
    assert names_of(URL, Page("Text.", ended, canonical)) == expected


def test_a_page_that_was_not_read_has_no_names() -> None:
    """A failed reading teaches nothing."""
    assert names_of(URL, None) == frozenset()


def test_names_are_remembered_with_the_article() -> None:
    """What a page turned out to be is told to the ledger, for the item that was read."""
    shelf = Shelf(story(item("short", url="https://short.example/x")))

    class Moved(FakePages):
        async def read(self, url: str) -> Page:
            return Page("The page's text.", "https://blog.example/long")

    go(shelf, Moved())

    assert shelf.names == {item("short").id: {"url:https://blog.example/long"}}


def test_one_host_does_not_hold_up_the_others() -> None:
    """Of one host a run reads so many pages and no more; what is over keeps its feed's text, in order."""
    teasers = [story(item(str(n), text="A teaser."), id=f"s{n:03}") for n in range(25)]

    wanting, over = asked_for(teasers)

    assert (len(wanting), len(over)) == (20, 5)
    assert [*wanting, *over] == teasers


HTML = "https://arxiv.org/html/2604.00001v1"
BODY = "## Abstract\nThe abstract as the authors' file has it.\n## 1 Introduction\nAttention is costly."


def test_a_paper_is_read_behind_its_abstract() -> None:
    """A paper's article is the abstract that the feed gave, then the paper from its first section on."""
    shelf = Shelf(story(paper()))

    go(shelf, FakePages({HTML: BODY}))

    (found,) = shelf.articles
    assert (found.basis, found.url, found.note) == ("full text", HTML, "")
    assert found.text == "The abstract of 2604.00001.\n## 1 Introduction\nAttention is costly."
    assert shelf.names == {}


def test_a_paper_without_full_text_is_told_from_its_abstract() -> None:
    """Where there is no HTML, the abstract stays, with the reason; after three misses the site is left alone."""
    shelf = Shelf(*(story(paper(f"2604.0000{n}"), id=f"s{n}") for n in range(5)))
    pages = FakePages()

    go(shelf, pages)

    assert {found.basis for found in shelf.articles} == {"abstract"}
    assert [found.note for found in shelf.articles] == [
        *(f"full text not read, http-404: 'https://arxiv.org/html/2604.0000{n}v1' is not there" for n in range(3)),
        *["full text not read: arxiv.org had none of others"] * 2,
    ]
    assert len(pages.asked) == 3


def test_so_many_papers_are_read_in_full_and_no_more() -> None:
    """The first, which are the most relevant, are read; the others are told from their abstracts without a word."""
    shelf = Shelf(*(story(paper(f"2604.0000{n}"), id=f"s{n}") for n in range(4)))
    pages = FakePages({f"https://arxiv.org/html/2604.0000{n}v1": BODY for n in range(4)})

    go(shelf, pages, full_texts=2)

    bases = {found.story: (found.basis, found.note) for found in shelf.articles}
    assert bases == {"s0": ("full text", ""), "s1": ("full text", ""), "s2": ("abstract", ""), "s3": ("abstract", "")}


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("https://export.arxiv.org/api/query", "https://arxiv.org/html/2604.00001v2"),
        ("http://127.0.0.1:8700/api/query", "http://127.0.0.1:8700/html/2604.00001v2"),
        (None, "https://arxiv.org/html/2604.00001v2"),
    ],
)
def test_a_mirror_of_the_api_mirrors_the_papers(endpoint: str | None, expected: str) -> None:
    """A paper's full text is asked for where its feed is read from, in the version that the feed announced."""
    endpoints = {FeedId("arxiv"): endpoint} if endpoint else {}

    assert full_text_url(paper(version=2), endpoints) == expected


def test_an_abstract_is_not_told_twice() -> None:
    """Only an abstract that opens the text goes; a paper without sections has nothing to add to it."""
    assert without_abstract(BODY) == "## 1 Introduction\nAttention is costly."
    assert without_abstract("## Abstract\nAll there is.") == ""
    assert without_abstract("Straight to it.") == "Straight to it."


VIDEO = item(
    "talk",
    id=ItemId("youtube:abcdefghijk"),
    medium="video",
    lang="zh",
    text="We build GPT.\n0:00 Intro\n1:00 Attention\n2:00 End",
    url="https://www.youtube.com/watch?v=abcdefghijk",
)


def test_a_video_is_read_by_its_transcript() -> None:
    """The article is the description, then what is said with times and chapters, in the feed's language if there is."""
    shelf = Shelf(story(VIDEO))
    transcripts = FakeTranscripts({"abcdefghijk": Spoken(("Hello.", "A query asks."), (0.0, 61.0), "en", True)})

    go(shelf, FakePages(), transcripts)

    (found,) = shelf.articles
    assert transcripts.asked == [("abcdefghijk", ("zh", "en"))]
    assert (found.basis, found.lang, found.note) == ("transcript", "en", "transcribed by a machine")
    assert found.text == f"{VIDEO.text}\n## [0:00] Intro\n[0:00] Hello.\n## [1:00] Attention\n[1:01] A query asks."


@pytest.mark.parametrize(("reason", "asked"), [("no-transcript", 3), ("blocked", 1)])
def test_a_video_without_transcript_is_told_from_its_description(reason: str, asked: int) -> None:
    """The description stays, with the reason; an address that YouTube refuses is not tried again in the run."""
    shelf = Shelf(*(story(item(f"v{n}", medium="video", id=ItemId(f"youtube:v{n}")), id=f"s{n}") for n in range(3)))
    transcripts = FakeTranscripts(reason=reason)

    go(shelf, FakePages(), transcripts)

    assert {found.basis for found in shelf.articles} == {"description"}
    assert all(f"{reason}: no transcript of 'v" in found.note for found in shelf.articles)
    assert len(transcripts.asked) == asked


def test_a_page_fills_what_its_feed_left_open() -> None:
    """Authors, day and language that the feed did not give come from the page; what it gave stays, as do its words."""
    day, later = NOW.replace(day=5), NOW.replace(day=30)
    page = Page("Text.", URL, title="Another title", authors=("Ada",), published_at=day, lang="de")
    bare = item(published_at=None)

    assert completed(bare, page, NOW) == item(published_at=day, authors=("Ada",), lang="de")
    assert completed(item(authors=("Bob",), lang="en"), page, NOW) == item(authors=("Bob",), lang="en")
    assert completed(bare, Page("Text.", URL, published_at=later), NOW) == bare
    assert completed(bare, None, NOW) == bare


def test_what_a_page_fills_is_recorded() -> None:
    """Only items that gained something are written."""
    shelf = Shelf(story(item("a"), id="s1"), story(item("b"), id="s2"))

    class Telling(FakePages):
        async def read(self, url: str) -> Page:
            return Page("The page's text.", url, lang="en" if url.endswith("a") else "")

    go(shelf, Telling())

    assert shelf.completed == [item("a", lang="en")]
