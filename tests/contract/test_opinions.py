"""What readers say, in a real database: SQLite always, PostgreSQL too where it is installed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fakes import NOW, digest, item
from test_ledger import ledger, url

from digestbot.adapters.ledger import Ledger
from digestbot.domain import FeedState, Group, Opinion, ProposalId, ReviewPost, Sighting, StoryId

__all__ = ["ledger", "url"]

VOTE = Opinion("discord:1", "vote", "s1", NOW, "d1", "A title", "https://blog.example/a", liked=False)


def test_votes_belong_to_the_subscription_whose_digest_they_are_about(ledger: Ledger) -> None:
    """Oldest first; neither what was saved, nor a word on a whole digest, nor what was forgotten."""
    told = [digest("d1"), digest("d2"), digest("d3", subscription="other")]
    ledger.publications.record_digests([(one, [StoryId("s1")], {}) for one in told])
    later = replace(VOTE, who="discord:2", at=NOW + timedelta(hours=1), digest="d2", liked=True)
    for opinion in (
        later,
        VOTE,
        replace(VOTE, who="discord:3"),
        replace(VOTE, kind="saved"),
        replace(VOTE, about="d1", title=""),
        replace(VOTE, who="discord:4", digest="d3"),
        replace(VOTE, who="discord:5", digest="gone"),
    ):
        ledger.opinions.say(opinion)
    ledger.opinions.forget("discord:3")

    assert ledger.candidates.votes(["default"]) == {"default": [VOTE, later]}
    assert list(ledger.candidates.votes(["other", "nobody"])) == ["other"]


def test_a_proposal_is_begun_once_in_a_channel(ledger: Ledger) -> None:
    """What became of its message takes the place of what was known before."""
    posts, id = ledger.review_posts, ProposalId("p1")

    begun = [
        posts.begin("5", id, "7", NOW),
        posts.begin("5", id, "7", NOW + timedelta(1)),
        posts.begin("6", id, "7", NOW),
    ]
    posts.record(ReviewPost("5", id, "7", NOW, "sent", "99", "open 0"))

    assert begun == [True, False, True]
    assert posts.all() == [
        ReviewPost("5", id, "7", NOW, "sent", "99", "open 0"),
        ReviewPost("6", id, "7", NOW),
    ]


def test_who_handed_a_story_in_is_known(ledger: Ledger) -> None:
    """The first who did; other stories have nobody."""
    told = item("a")
    ledger.intake.record(told.feed, [Sighting(told, "")], FeedState(), NOW)
    ledger.stories.record([], [Group(StoryId("s-a"), told.id, (told.id,))], NOW)
    for hours, who in enumerate(("ada", "bob")):
        url = f"https://e.example/{who}"
        ledger.suggestions.suggest([url], who, NOW + timedelta(hours=hours))
        ledger.suggestions.read(url, told.id)

    assert ledger.suggestions.givers([StoryId("s-a"), StoryId("s-b")]) == {"s-a": "ada"}
