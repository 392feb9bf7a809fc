"""Read: which text becomes a story's article."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest
from fakes import NOW, FakePages, item, paper, silent, story

from digestbot.domain import Article, ItemId, Story
from digestbot.pipeline.read import article_of, asked_for, is_whole, names_of, needs_page, read
from digestbot.ports import Page

WHOLE = "A sentence of a post that is long enough. " * 22


class Shelf:
    """Holds what is unread, and every batch that was recorded."""

    def __init__(self, *stories: Story) -> None:
        self.stories = list(stories)
        self.batches: list[list[Article]] = []
        self.names: dict[ItemId, set[str]] = {}

    def unread(self, roadmap: str) -> list[Story]:
        return self.stories

    def record_articles(self, found: Sequence[Article], now: object) -> None:
        self.batches.append(list(found))

    def add_names(self, names: Mapping[ItemId, Collection[str]]) -> None:
        self.names.update({id: set(keys) for id, keys in names.items()})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("x" * 899, False), ("x" * 900, True), ("长" * 299, False), ("长" * 300, True), ("", False)],
)
def test_a_long_text_in_a_feed_is_the_post(text: str, expected: bool) -> None:
    """From 900 letters on a text is whole; a Chinese character says as much as three."""
    assert is_whole(text) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"medium": "repository"}, True),
        ({"text": WHOLE}, False),
        ({"url": ""}, False),
        ({"medium": "paper"}, False),
        ({"medium": "video"}, False),
    ],
)
def test_only_teasers_of_posts_need_their_page(changes: dict[str, Any], expected: bool) -> None:
    """Papers have abstracts, videos descriptions, and whole posts are at hand: only teasers are worth a request."""
    assert needs_page(item(**changes)) is expected


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
    shelf = Shelf(story(item("slow"), id="s1"), story(paper(), id="s2"))
    pages = FakePages({"https://blog.example/slow": "The page's text."})

    count = asyncio.run(read(shelf, shelf, pages, "map", NOW, silent))

    assert count == 2
    assert [[article.story for article in batch] for batch in shelf.batches] == [["s2"], ["s1"]]
    assert shelf.batches[1][0] == Article(shelf.stories[0].id, "The page's text.", "full text")
    assert pages.asked == ["https://blog.example/slow"]


def test_a_page_that_cannot_be_read_leaves_the_feed_s_text() -> None:
    """A story whose page fails is told from its teaser, with the reason."""
    shelf = Shelf(story(item()))

    asyncio.run(read(shelf, shelf, FakePages(), "map", NOW, silent))

    found = shelf.batches[-1][0]
    assert (found.text, found.basis) == (item().text, "feed text")
    assert found.note == "page not read, http-404: 'https://blog.example/a' is not there"


def test_pages_are_read_in_batches_that_are_recorded_each() -> None:
    """A killed run has to read one batch of pages again at most."""
    shelf = Shelf(*(story(item(str(n)), id=f"s{n}") for n in range(20)))

    asyncio.run(read(shelf, shelf, FakePages(), "map", NOW, silent))

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

    asyncio.run(read(shelf, shelf, Moved(), "map", NOW, silent))

    assert shelf.names == {item("short").id: {"url:https://blog.example/long"}}


def test_one_host_does_not_hold_up_the_others() -> None:
    """Of one host a run reads so many pages and no more; what is over keeps its feed's text, in order."""
    teasers = [story(item(str(n), text="A teaser."), id=f"s{n:03}") for n in range(25)]

    wanting, over = asked_for(teasers)

    assert (len(wanting), len(over)) == (20, 5)
    assert [*wanting, *over] == teasers
