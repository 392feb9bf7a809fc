"""Why an address may never have been seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes import NOW, feed

from digestbot.commands.unseen import reasons
from digestbot.domain import FeedId, FeedState, Suggestion

BLOG, ARXIV = feed("blog"), feed("arxiv", "arxiv")
READ = FeedState(last_success_at=NOW, begins_at=NOW - timedelta(days=7))
POST = "https://blog.example/new"


@pytest.mark.parametrize(
    ("asked", "state", "says"),
    [
        ("no-such-id", READ, "It is no address"),
        ("https://elsewhere.org/a", READ, "None of the 2 feeds shows anything of elsewhere.org"),
        (POST, FeedState(), "Feed 'blog' was never read"),
        (POST, replace(READ, paused_why="failing", paused_at=NOW), "Feed 'blog' is paused since 2026-04-12 18:00"),
        (POST, replace(READ, error_streak=3, reason="http-404"), "Feed 'blog' fails (http-404, 3 times in a row)"),
        (POST, READ, "lies before 2026-04-05 18:00 where the first reading began"),
        ("https://arxiv.org/abs/2604.00001", READ, "Feed 'arxiv' was never read"),
    ],
)
def test_an_unknown_address_has_its_reasons(asked: str, state: FeedState, says: str) -> None:
    """No feed covers it, or the one that might was never read, is paused, fails, or began too late."""
    own = replace(BLOG, url="https://blog.example/feed")

    (told,) = reasons(asked, [own, ARXIV], {FeedId("blog"): state}, (), None)

    assert says in told


def test_a_feed_that_showed_pages_of_the_host_may_have_shown_it() -> None:
    """A planet's feed at another address counts by what it showed."""
    (told,) = reasons("https://www.elsewhere.org/a", [BLOG], {FeedId("blog"): READ}, ["blog"], None)

    assert told.startswith("Feed 'blog' was read last on 2026-04-12 18:00")


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"reason": "robots: forbidden"}, "robots: forbidden"), ({}, "the next run reads it")],
)
def test_a_suggestion_that_was_not_read_says_so(changes: Any, says: str) -> None:
    """Who handed it in, and why it could not be read, comes before all guesses."""
    handed = replace(Suggestion(POST, "ada", NOW), **changes)

    assert reasons(POST, [BLOG], {}, (), handed) == [f"ada suggested it on 2026-04-12 18:00: {says}"]


def test_without_feeds_nothing_can_be_seen() -> None:
    """An empty feeds file is the reason."""
    assert reasons(POST, [], {}, (), None)[0].startswith("There are no feeds")
