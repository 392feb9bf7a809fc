"""Suggestions: what an address is to the ledger, before anything is read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import NOW, FakePages, item, paper

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.adapters.suggested import SuggestedSource, page_item
from digestbot.domain import Feed, FeedId, FeedState, Fetched, ItemId, Sighting, Window
from digestbot.errors import SourceError
from digestbot.ports import Page, Video
from digestbot.suggestions import MAX_URLS, Standing, suggest

SUGGESTED = Feed(FeedId("suggested"), "suggested", "")


class Papers:
    """Knows one paper."""

    async def by_number(self, feed: Feed, wanted: Sequence[ItemId], matching: bool) -> Fetched:
        found = {"arxiv:2604.00001": paper(feed=feed.id)}
        return Fetched(tuple(found[id] for id in wanted if id in found))


class Videos:
    """Knows a talk and a stream that has not begun."""

    async def look(self, video: str) -> Video:
        if video == "aaaaaaaaaaa":
            return Video("A talk", "On https://arxiv.org/abs/2604.00001.", "Ada", NOW, marks=("short",))
        if video == "bbbbbbbbbbb":
            return Video("A stream", "", state="upcoming")
        raise SourceError("consent wall", reason="not-readable")


@pytest.fixture
def ledger(tmp_path: Path, blank_ledger: Path) -> Ledger:
    """A new ledger."""
    (tmp_path / "ledger.db").write_bytes(blank_ledger.read_bytes())
    return Ledger(sqlite_url(tmp_path / "ledger.db"))


def hand_in(ledger: Ledger, *texts: str) -> list[tuple[Standing, str]]:
    found = suggest(ledger.suggestions, ledger.history, texts, "ada", NOW)
    return [(one.standing, one.url) for one in found]


def read(ledger: Ledger, pages: FakePages | None = None) -> Fetched:
    source = SuggestedSource(ledger.suggestions, Papers(), pages or FakePages(), Videos(), "https://arxiv.example/api")
    return asyncio.run(source.fetch(SUGGESTED, FeedState(), Window(NOW, NOW, True, NOW)))


def test_an_address_is_told_for_what_it_is(ledger: Ledger) -> None:
    """New ones are recorded, in any spelling once; the rest is refused; numbers and bare hosts will do."""
    ledger.intake.record(FeedId("blog"), [Sighting(item(), "filed", "")], FeedState(), NOW)

    found = hand_in(
        ledger, "https://new.example/a", "2604.00001", "new.example/b", item().url, "mailto:a@b.example", "what?"
    )

    assert found == [
        ("new", "https://new.example/a"),
        ("new", "https://arxiv.org/abs/2604.00001"),
        ("new", "https://new.example/b"),
        ("known", item().url),
        ("refused", ""),
        ("refused", ""),
    ]
    assert set(ledger.suggestions.pending()) == {url for standing, url in found if standing == "new"}
    assert hand_in(ledger, "http://new.example/a?utm_source=x") == [("waiting", "https://new.example/a")]


def test_what_was_only_indexed_is_new_to_a_person(ledger: Ledger) -> None:
    """Nobody was told of it, so that it is worth reading."""
    ledger.intake.record(FeedId("blog"), [Sighting(item(), "baseline", "too old")], FeedState(), NOW)

    assert hand_in(ledger, item().url) == [("new", item().url)]


@pytest.mark.slow
def test_a_flood_is_cut(ledger: Ledger) -> None:
    """More than 500 addresses at once are not taken, and each says so."""
    found = hand_in(ledger, *(f"https://new.example/{number}" for number in range(MAX_URLS + 2)))

    assert [standing for standing, _ in found][-3:] == ["new", "refused", "refused"]


def test_each_kind_is_read_by_its_own_reader(ledger: Ledger) -> None:
    """Papers come from arXiv, videos from their page, all else from the page, and what is read waits no longer."""
    hand_in(ledger, "2604.00001", "https://youtu.be/aaaaaaaaaaa", "https://new.example/a")

    found = read(ledger, FakePages({"https://new.example/a": "The page's text."}))

    by_id = {one.id: one for one in found.items}
    talk, page = by_id[ItemId("youtube:aaaaaaaaaaa")], by_id[ItemId("url:https://new.example/a")]
    assert by_id[paper().id] == paper(feed=FeedId("suggested"))
    assert (talk.medium, talk.authors, talk.categories) == ("video", ("Ada",), ("short",))
    assert talk.links == ("https://arxiv.org/abs/2604.00001",)
    assert (page.title, page.text) == ("The page's text.", "The page's text.")
    assert len(ledger.suggestions.pending()) == 3
    ledger.intake.record(SUGGESTED.id, [Sighting(one, "") for one in found.items], FeedState(), NOW)
    assert ledger.suggestions.pending() == []


def test_what_cannot_be_read_is_named_and_tried_again(ledger: Ledger) -> None:
    """A passing failure gets three tries, one for good one, a stream all it needs; handing in again starts anew."""
    urls = ("https://gone.example/a", "https://youtu.be/bbbbbbbbbbb", "https://youtu.be/ccccccccccc", "2604.00009")
    hand_in(ledger, *urls)
    slow = FakePages(fails={"https://slow.example/a": "timeout"})

    told = read(ledger).left_out

    assert [line.partition(": ")[2].partition(":")[0] for line in sorted(told)] == [
        "http-404", "http-404", "upcoming", "not-readable",
    ]  # fmt: skip
    assert ledger.suggestions.pending() == ["https://youtu.be/bbbbbbbbbbb"]
    hand_in(ledger, "https://slow.example/a")
    counts = [len(ledger.suggestions.pending()) for _ in range(4) if read(ledger, slow)]
    assert counts == [2, 2, 1, 1]
    assert hand_in(ledger, "https://gone.example/a") == [("new", "https://gone.example/a")]
    assert "https://gone.example/a" in ledger.suggestions.pending()


@pytest.mark.parametrize(
    ("url", "ended", "expected"),
    [
        ("https://t.example/x", "https://blog.example/a?utm_source=x", ("url:https://blog.example/a", "post")),
        ("https://github.com/a/b", "https://github.com/a/b", ("url:https://github.com/a/b", "repository")),
        ("https://doi.org/10.1145/3600000", "https://doi.org/10.1145/3600000", ("doi:10.1145/3600000", "paper")),
        ("http://old.example/a", "http://old.example/a", ("url:https://old.example/a", "post")),
    ],
)
def test_a_page_is_what_its_last_address_says(url: str, ended: str, expected: tuple[str, str]) -> None:
    """Redirects are followed to what stands there; the item keeps an address that its site answers to."""
    found = page_item(SUGGESTED, url, Page("Text.", ended))

    assert (found.id, found.medium) == expected
    assert found.url.startswith(url.partition(":")[0])


def test_a_page_s_own_words_stand_for_a_feed_s() -> None:
    """Title, authors, day, language and links come from the page."""
    day = datetime(2026, 4, 1, tzinfo=UTC)
    page = Page("Text.", "https://a.example/b", "", "A title", ("Ada",), day, "en", links=("x",))

    found = page_item(SUGGESTED, "https://a.example/b", page)

    assert (found.title, found.authors, found.published_at, found.lang, found.links) == (
        "A title", ("Ada",), day, "en", ("x",),
    )  # fmt: skip
