"""Review: a decision is taken once, and an accepted resource stands in the document."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import NOW, proposal

from digestbot.adapters.ledger import Ledger
from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.domain import Proposal, ProposalId, ProposalState
from digestbot.errors import ReviewError
from digestbot.review import ReviewLedger, accept, find, message_of, reject
from digestbot.roadmap import Roadmap, diff, parse, propose_resource

DOCUMENT = """\
# A map

## Sequences

### First chapter

About sequences.

- [Known](https://blog.example/known) (post): stands here already.
"""
LINE = "- [A title](https://blog.example/a) (post): It shows a thing.\n"


def proposed(id: str = "p12345678", **changes: str) -> Proposal:
    """Return an open proposal with its diff, as the pipeline makes it."""
    document = parse(DOCUMENT, "map")
    base = proposal(id, chapter=document.chapters[0].id, base=document.version, **changes)
    change = propose_resource(document, base.chapter, base.title, base.url, base.medium, base.merit)
    return replace(base, diff=diff(document, [change], "map.md"))


OPEN = proposed()


class Shelf:
    """Holds a document, and what happens just before it is written."""

    def __init__(self, text: str = DOCUMENT, name: str = "map") -> None:
        self.roadmap = parse(text, name)
        self.messages: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def read(self) -> Roadmap:
        return self.roadmap

    def write(self, roadmap: Roadmap, base: str, message: str) -> str:
        self.meanwhile()
        if self.roadmap.version != base:
            raise ReviewError("the roadmap was changed in the meantime: try again")
        self.roadmap = roadmap
        self.messages.append(message)
        return f"commit{len(self.messages)}"


@pytest.fixture
def reviews(ledger: Ledger) -> ReviewLedger:
    """A ledger with one open proposal."""
    ledger.publications.record_proposals([OPEN])
    return ledger.publications


def state_of(reviews: ReviewLedger) -> tuple[ProposalState, str]:
    """Return where the proposal stands, and by whom."""
    [found] = reviews.proposal(OPEN.id)
    return found.state, found.decided_by


def test_accepting_puts_the_line_into_the_document(reviews: ReviewLedger) -> None:
    """The resource stands in its chapter in the document's style, and decision, reviewer and commit are recorded."""
    shelf = Shelf()

    decision = accept(reviews, shelf, OPEN, "ada", NOW)

    assert shelf.roadmap.text == DOCUMENT + LINE
    assert (decision.proposal.state, decision.commit) == ("accepted", "commit1")
    assert state_of(reviews) == ("accepted", "ada")


def test_a_reviewer_s_own_words_make_it_edited(reviews: ReviewLedger) -> None:
    """With a merit line of the reviewer's the document has that line, and the decision says so."""
    shelf = Shelf()

    decision = accept(reviews, shelf, OPEN, "ada", NOW, merit="the clearest walk through it.")

    assert shelf.roadmap.text.endswith("(post): the clearest walk through it.\n")
    assert decision.proposal.state == "edited"


def test_two_proposals_for_one_chapter_are_both_taken(reviews: ReviewLedger, ledger: Ledger) -> None:
    """A proposal that was made before another one was accepted still finds its place."""
    shelf, other = Shelf(), proposed("p2", title="Another", url="https://blog.example/b")
    ledger.publications.record_proposals([other])

    accept(reviews, shelf, OPEN, "ada", NOW)
    accept(reviews, shelf, other, "ada", NOW)

    assert LINE in shelf.roadmap.text
    assert "- [Another](https://blog.example/b) (post): It shows a thing.\n" in shelf.roadmap.text


def test_a_commit_says_what_why_and_who() -> None:
    """The message names the resource, the reason, the evidence, the proposal and the reviewer."""
    message = message_of(OPEN, "ada")

    assert message.splitlines()[0] == "Add A title"
    assert "\n> A whole text.\n" in message
    assert message.endswith("Digestbot-Proposal: p12345678\nReviewed-by: ada\n")


def test_a_decision_is_taken_once(reviews: ReviewLedger) -> None:
    """What was decided is told to the next reviewer, with who and when."""
    shelf = Shelf()
    decided = accept(reviews, shelf, OPEN, "ada", NOW).proposal

    with pytest.raises(ReviewError, match="p12345678 was accepted by ada on 2026-04-12"):
        accept(reviews, shelf, decided, "alan", NOW)
    with pytest.raises(ReviewError, match="p12345678 was accepted by ada"):
        reject(reviews, decided, "alan", NOW, "no")
    assert shelf.roadmap.text == DOCUMENT + LINE


def test_after_a_crash_between_document_and_record_accepting_again_only_records(reviews: ReviewLedger) -> None:
    """A resource that stands in the document is not put there twice."""
    shelf = Shelf(DOCUMENT + LINE)

    decision = accept(reviews, shelf, OPEN, "ada", NOW)

    assert (decision.commit, shelf.messages, shelf.roadmap.text) == ("", [], DOCUMENT + LINE)
    assert state_of(reviews) == ("accepted", "ada")


def test_two_who_accept_at_once_make_one_decision(reviews: ReviewLedger) -> None:
    """Both have read the open proposal; the second is told, and the line stands once."""
    shelf = Shelf()
    accept(reviews, shelf, OPEN, "ada", NOW)

    with pytest.raises(ReviewError, match="decided by somebody else"):
        accept(reviews, shelf, OPEN, "alan", NOW)

    assert shelf.roadmap.text == DOCUMENT + LINE
    assert state_of(reviews) == ("accepted", "ada")


def test_a_rejection_while_the_document_is_written_takes_the_line_back(reviews: ReviewLedger) -> None:
    """The first decision holds: what was put into the document for the second one goes out again."""
    shelf = Shelf()
    shelf.meanwhile = lambda: reviews.decide(OPEN.id, "open", "rejected", NOW, "alan", "no")

    with pytest.raises(ReviewError, match="decided by somebody else"):
        accept(reviews, shelf, OPEN, "ada", NOW)

    assert shelf.roadmap.text == DOCUMENT
    assert state_of(reviews) == ("rejected", "alan")


def test_a_document_that_moved_on_leaves_the_proposal_open(reviews: ReviewLedger) -> None:
    """When somebody edits the roadmap between reading and writing nothing is decided, and trying again works."""
    shelf = Shelf()
    shelf.meanwhile = lambda: setattr(shelf, "roadmap", parse(DOCUMENT + "\nMore.\n", "map"))

    with pytest.raises(ReviewError, match="changed in the meantime"):
        accept(reviews, shelf, OPEN, "ada", NOW)
    assert state_of(reviews) == ("open", "")

    accept(reviews, shelf, OPEN, "ada", NOW)
    assert LINE in shelf.roadmap.text


def test_a_rejected_proposal_stays_rejected(reviews: ReviewLedger) -> None:
    """The reason is kept, the document is untouched, and accepting it later is refused."""
    decision = reject(reviews, OPEN, "ada", NOW, "we have three of those")

    assert (decision.proposal.state, decision.proposal.note) == ("rejected", "we have three of those")
    [found] = reviews.proposal(OPEN.id)
    with pytest.raises(ReviewError, match="was rejected by ada"):
        accept(reviews, Shelf(), found, "alan", NOW)


def test_a_proposal_for_another_roadmap_is_refused(reviews: ReviewLedger) -> None:
    """Only the roadmap that a proposal was made for takes it."""
    shelf = Shelf(name="other")

    with pytest.raises(ReviewError, match="is for the roadmap 'map': set DIGESTBOT_ROADMAP"):
        accept(reviews, shelf, OPEN, "ada", NOW)

    assert (state_of(reviews), shelf.roadmap.text) == (("open", ""), DOCUMENT)


def test_a_chapter_that_is_gone_refuses(reviews: ReviewLedger) -> None:
    """A proposal whose chapter was renamed stays open, and the reviewer is told."""
    shelf = Shelf(DOCUMENT.replace("First chapter", "Recurrence"))

    with pytest.raises(ReviewError, match="chapter"):
        accept(reviews, shelf, OPEN, "ada", NOW)

    assert state_of(reviews) == ("open", "")


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("p9", "there is no proposal 'p9'"),
        ("", "there is no proposal ''"),
        ("p1", "'p1' could be p12345678, p1999: write more of the id"),
    ],
)
def test_an_id_that_names_no_single_proposal_is_told(
    reviews: ReviewLedger, ledger: Ledger, prefix: str, message: str
) -> None:
    """Too little of an id, or none that fits, says what to write instead."""
    ledger.publications.record_proposals([replace(OPEN, id=ProposalId("p1999"))])

    with pytest.raises(ReviewError, match=message):
        find(reviews, prefix)


def test_the_beginning_of_an_id_is_enough(reviews: ReviewLedger) -> None:
    """A unique prefix finds its proposal."""
    assert find(reviews, "p12") == OPEN


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_an_accepted_resource_is_committed(reviews: ReviewLedger, tmp_path: Path) -> None:
    """In the data folder's repository the change is one commit with the decision's message."""
    files = RoadmapFiles(tmp_path, "map")
    files.install()
    files.path.write_text(DOCUMENT, encoding="utf-8")
    found: Proposal = OPEN

    decision = accept(reviews, files, found, "ada", NOW)

    shown = subprocess.run(
        ["git", "-C", str(files.path.parent), "log", "-1", "--format=%h%n%B", "--", "map.md"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert files.path.read_text(encoding="utf-8") == DOCUMENT + LINE
    assert shown.splitlines()[:2] == [decision.commit, "Add A title"]
