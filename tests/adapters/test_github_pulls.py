"""Pull requests on GitHub: one a key, whatever stopped an earlier try, and nothing of the token in what is told."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

import pytest
from fakes import NOW
from githubserver import Hub, serve
from reviewing import ADA, CHANGED, DOCUMENT, OPEN, Shelf

from digestbot.adapters.github_pulls import GithubPulls
from digestbot.adapters.ledger import Ledger
from digestbot.errors import ConfigError, ReviewError, StoreError
from digestbot.review import Desk, Policy, Signed, accept, finish
from digestbot.review.fitting import patch_of
from digestbot.roadmap import changes_of, parse

pytestmark = pytest.mark.slow

PATCH = patch_of(changes_of(OPEN.diff, OPEN.chapter, OPEN.base))
SIGNED = Signed("Add A title\n\nWhy and on what.\n\nDigestbot-Proposal: p1 r1\n", "Digestbot-Proposal: p1 r1")
LOCAL = parse(DOCUMENT, "map")
TOKEN = "ghp_" + "x" * 30


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub whose file is a line ahead of the one here."""
    with serve("A line that came first.\n\n" + DOCUMENT) as made:
        yield made


def pulls(hub: Hub, place: str = "ada/map:README.md") -> GithubPulls:
    """Return the adapter at the hub."""
    return GithubPulls(place, TOKEN, hub.url, pause_s=0)


def test_a_change_is_asked_for_on_the_hub_s_own_text(hub: Hub) -> None:
    """A branch with one commit on top of the hub's file, a pull request with the message, and main as it was."""
    found = pulls(hub).request("p1-r1", LOCAL, PATCH, SIGNED)

    assert (found.url, found.state) == ("https://hub.example/pull/1", "open")
    assert hub.file("digestbot/p1-r1") == "A line that came first.\n\n" + CHANGED
    assert hub.file("main") == "A line that came first.\n\n" + DOCUMENT
    assert hub.message("digestbot/p1-r1") == SIGNED.message
    assert (hub.pulls[0]["title"], hub.pulls[0]["base"]["ref"]) == ("Add A title", "main")
    assert hub.pulls[0]["body"] == "Why and on what.\n\nDigestbot-Proposal: p1 r1"


def test_a_key_has_one_pull_request(hub: Hub) -> None:
    """Asking again finds it, with what became of it."""
    pulls(hub).request("p1-r1", LOCAL, PATCH, SIGNED)
    hub.pulls[0] |= {"state": "closed", "merged_at": "2026-04-13T00:00:00Z", "merge_commit_sha": "abcdef0123456789"}

    again = pulls(hub).request("p1-r1", LOCAL, PATCH, SIGNED)

    assert (again.state, again.commit, len(hub.pulls)) == ("merged", "abcdef012345", 1)
    assert pulls(hub).look("p1-r1") == again
    assert pulls(hub).look("p2-r1") is None


def test_whatever_request_fails_the_next_try_goes_on(hub: Hub) -> None:
    """A try that was cut off at any request leaves what the next one completes: one branch, one pull request."""
    pulls(hub).request("whole", LOCAL, PATCH, SIGNED)
    requests = len(hub.asked)

    for number in range(1, requests + 1):
        hub.asked.clear()
        hub.fails_at = number
        with pytest.raises(StoreError, match="502"):
            pulls(hub).request(f"p{number}", LOCAL, PATCH, SIGNED)
        hub.fails_at = 0
        pulls(hub).request(f"p{number}", LOCAL, PATCH, SIGNED)

    assert len(hub.pulls) == len(hub.branches) - 1 == requests + 1


def test_what_the_hub_has_already_is_not_asked_for(hub: Hub) -> None:
    """A change that stands in the hub's file, and one that fits nowhere in it, are told; nothing is made."""
    with serve(CHANGED) as done, pytest.raises(ReviewError, match="has this change already"):
        pulls(done).request("p1-r1", LOCAL, PATCH, SIGNED)
    with serve("# Another\n") as other, pytest.raises(ReviewError):
        pulls(other).request("p1-r1", LOCAL, PATCH, SIGNED)

    assert hub.pulls == done.pulls == other.pulls == []


def test_refusals_do_not_tell_the_token(hub: Hub) -> None:
    """A token that is not taken and a hub that is not there are StoreErrors in words of their own."""
    hub.refuses = True
    with pytest.raises(StoreError, match="GitHub refused what was asked of 'ada/map': 401 Bad credentials") as refused:
        pulls(hub).request("p1-r1", LOCAL, PATCH, SIGNED)
    with pytest.raises(StoreError, match="cannot be reached"):
        GithubPulls("ada/map:README.md", TOKEN, "http://127.0.0.1:9").look("p1-r1")

    assert TOKEN not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("place", ["", "ada/map", "map:README.md", "ada/map:/etc/passwd", "ada/map@:x", "a b/c:d"])
def test_a_place_that_is_none_is_refused(place: str) -> None:
    """What does not name a repository and a file in it is the operator's to mend."""
    with pytest.raises(ConfigError, match="expected OWNER/NAME:PATH"):
        GithubPulls(place, TOKEN, "https://hub.example")


def test_a_decision_becomes_a_pull_request_and_then_applied(ledger: Ledger, hub: Hub) -> None:
    """From the vote to the merge, with the hub away in between: one pull request, and the state says where it is."""
    ledger.publications.record_proposals([OPEN])
    desk = Desk(ledger.reviews, lambda name: Shelf(), Policy(), pulls(hub))
    hub.refuses = True
    away = accept(desk, OPEN.id, ADA, NOW)
    assert (away.proposal.state, "the decision stands" in away.notes[0]) == ("accepted", True)
    hub.refuses = False

    [asked] = finish(desk, NOW)
    hub.pulls[0] |= {"state": "closed", "merged_at": "2026-04-13T00:00:00Z", "merge_commit_sha": "abcdef0123456789"}
    [done] = finish(desk, NOW)

    assert (asked.proposal.state, asked.reference) == ("accepted", "https://hub.example/pull/1")
    assert (done.proposal.state, done.proposal.reference, len(hub.pulls)) == ("applied", "abcdef012345", 1)
