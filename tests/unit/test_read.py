"""Read: which text becomes a story's article."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from fakes import NOW, FakePages, item, paper, silent, story

from digestbot.domain import Article, Story
from digestbot.pipeline.read import article_of, is_whole, needs_page, read

WHOLE = "A sentence of a post that is long enough. " * 22


class Shelf:
    """Holds what is unread, and every batch that was recorded."""

    def __init__(self, *stories: Story) -> None:
        self.stories = list(stories)
        self.batches: list[list[Article]] = []

    def unread(self, roadmap: str) -> list[Story]:
        return self.stories

    def record_articles(self, found: Sequence[Article], now: object) -> None:
        self.batches.append(list(found))


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

    count = asyncio.run(read(shelf, pages, "map", NOW, silent))

    assert count == 2
    assert [[article.story for article in batch] for batch in shelf.batches] == [["s2"], ["s1"]]
    assert shelf.batches[1][0] == Article(shelf.stories[0].id, "The page's text.", "full text")
    assert pages.asked == ["https://blog.example/slow"]


def test_a_page_that_cannot_be_read_leaves_the_feed_s_text() -> None:
    """A story whose page fails is told from its teaser, with the reason."""
    shelf = Shelf(story(item()))

    asyncio.run(read(shelf, FakePages(), "map", NOW, silent))

    found = shelf.batches[-1][0]
    assert (found.text, found.basis) == (item().text, "feed text")
    assert found.note == "page not read, http-404: 'https://blog.example/a' is not there"


def test_pages_are_read_in_batches_that_are_recorded_each() -> None:
    """A killed run has to read one batch of pages again at most."""
    shelf = Shelf(*(story(item(str(n)), id=f"s{n}") for n in range(20)))

    asyncio.run(read(shelf, FakePages(), "map", NOW, silent))

    assert [len(batch) for batch in shelf.batches] == [0, 16, 4]
