"""Review: a decision is taken once, and an accepted change stands in the document, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import NOW
from reviewing import ADA, ALAN, CHANGED, DOCUMENT, KNOWN, LINE, OPEN, FakeHub, Shelf, desk, kinds, proposed

from digestbot.adapters.ledger import Ledger
from digestbot.domain import TAKEN_BACK, Act, Proposal, ProposalId
from digestbot.errors import ReviewError
from digestbot.review import (
    Request,
    Reviewer,
    accept,
    audit,
    edit,
    find,
    finish,
    later,
    marked_text,
    places,
    reject,
    revert,
    standing,
    waiting,
)
from digestbot.review.fitting import anew
from digestbot.review.message import signed_change
from digestbot.review.people import reviewers_of
from digestbot.roadmap import apply, parse


@pytest.fixture
def reviews(ledger: Ledger) -> Ledger:
    """A ledger with one open proposal."""
    ledger.publications.record_proposals([OPEN])
    return ledger


def now_of(ledger: Ledger, id: str = OPEN.id) -> Proposal:
    """Return a proposal as the ledger has it."""
    [found] = ledger.reviews.proposal(id)
    return found


def test_accepting_puts_the_line_into_the_document(reviews: Ledger) -> None:
    """The resource stands in its chapter, and decision, reviewer and commit are recorded, act by act."""
    shelf = Shelf()

    decision = accept(desk(reviews, shelf), OPEN.id, ADA, NOW)

    assert shelf.roadmap.text == CHANGED
    assert (decision.proposal.state, decision.reference, decision.notes) == ("applied", "commit1", ())
    assert decision.proposal == now_of(reviews)
    assert (decision.proposal.decided_by, decision.proposal.reference) == ("ada", "commit1")
    assert kinds(audit(reviews.reviews)) == [("ada", "accept", "accepted"), ("digestbot", "applied", "applied")]


def test_a_reviewer_s_own_words_make_it_edited(reviews: Ledger) -> None:
    """With a line of the reviewer's own the document has that line, and the log keeps what was proposed."""
    shelf = Shelf()

    decision = edit(desk(reviews, shelf), OPEN.id, ADA, NOW, "the clearest walk through it.")

    assert "(post): the clearest walk through it.\n" in shelf.roadmap.text
    assert (decision.proposal.revision, decision.proposal.merit) == (2, "the clearest walk through it.")
    first, _ = audit(reviews.reviews)
    assert (first.kind, first.state, first.detail) == ("edit", "edited", OPEN.diff)


def test_new_lines_may_be_edited_whole(reviews: Ledger) -> None:
    """Lines as an editor leaves them take the place of the new ones, wherever they stand."""
    shelf = Shelf()
    assert places(OPEN) == [[LINE.removesuffix("\n")]]

    edit(desk(reviews, shelf), OPEN.id, ADA, NOW, lines=[["- [Mine](https://blog.example/a): so.", "  Twice."]])

    assert "already.\n- [Mine](https://blog.example/a): so.\n  Twice.\n\n### Second" in shelf.roadmap.text


def test_an_edit_says_which_lines_go(reviews: Ledger) -> None:
    """In the diff a line that stood there may go instead, one that was to come may stay away."""
    shelf = Shelf()
    text = marked_text(OPEN.diff).replace(f" {KNOWN}", f"-{KNOWN}").replace("It shows a thing.", "My words.")

    edit(desk(reviews, shelf), OPEN.id, ADA, NOW, marked=text)

    assert now_of(reviews).state == "applied"
    assert shelf.roadmap.text == DOCUMENT.replace(KNOWN, LINE.replace("It shows a thing.", "My words."))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (f" {KNOWN}", " - Something else.\n", "is not line 9 of the roadmap"),
        (f"+{LINE}", "", "changes nothing"),
        (" ### Second chapter\n", "-### Second chapter\n", "not in chapter"),
        ("@@ ", "", "0 places"),
        (f"+{LINE}", f"*{LINE}", "begins with neither"),
    ],
)
def test_an_edit_stays_in_its_chapter(reviews: Ledger, old: str, new: str, message: str) -> None:
    """Lines of the document change their mark alone, and no edit reaches into another chapter."""
    shelf = Shelf()
    text = marked_text(OPEN.diff)
    assert old in text

    with pytest.raises(ReviewError, match=message):
        edit(desk(reviews, shelf), OPEN.id, ADA, NOW, marked=text.replace(old, new))

    assert (shelf.roadmap.text, now_of(reviews).state) == (DOCUMENT, "open")


def test_two_proposals_for_one_chapter_are_both_taken(reviews: Ledger) -> None:
    """A proposal that was made before another one was accepted still finds its place."""
    shelf, other = Shelf(), proposed("p2", title="Another", url="https://blog.example/b")
    reviews.publications.record_proposals([other])

    accept(desk(reviews, shelf), OPEN.id, ADA, NOW)
    accept(desk(reviews, shelf), other.id, ADA, NOW)

    assert LINE in shelf.roadmap.text
    assert "- [Another](https://blog.example/b) (post): It shows a thing.\n" in shelf.roadmap.text


def test_what_was_applied_is_taken_back_alone(reviews: Ledger) -> None:
    """Reverting one of two changes to a chapter leaves the other, in the file, the history and the ledger."""
    shelf, other = Shelf(), proposed("p2", title="Another", url="https://blog.example/b")
    reviews.publications.record_proposals([other])
    accept(desk(reviews, shelf), OPEN.id, ADA, NOW)
    accept(desk(reviews, shelf), other.id, ADA, NOW)

    decision = revert(desk(reviews, shelf), OPEN.id, ALAN, NOW, "it was withdrawn")

    assert LINE not in shelf.roadmap.text
    assert "[Another]" in shelf.roadmap.text
    assert (decision.proposal.state, decision.reference) == ("reverted", "commit3")
    assert shelf.commits[-1].message.startswith("Take back: Add A title\n\nit was withdrawn\n\nTakes back commit1.\n")
    with pytest.raises(ReviewError, match="only what stands in the roadmap can be taken back"):
        revert(desk(reviews, shelf), OPEN.id, ALAN, NOW)


def test_what_was_rewritten_since_is_not_taken_back(reviews: Ledger) -> None:
    """A line that a person changed after it was applied is the person's: nothing is decided or written."""
    shelf = Shelf()
    accept(desk(reviews, shelf), OPEN.id, ADA, NOW)
    shelf.roadmap = parse(shelf.roadmap.text.replace("It shows a thing.", "It shows much."), "map")

    with pytest.raises(ReviewError, match="no place is left"):
        revert(desk(reviews, shelf), OPEN.id, ADA, NOW)

    assert now_of(reviews).state == "applied"


def test_a_decision_is_taken_once(reviews: Ledger) -> None:
    """What was decided is told to the next reviewer, with who and when; the document is changed once."""
    shelf = Shelf()
    accept(desk(reviews, shelf), OPEN.id, ADA, NOW)

    with pytest.raises(ReviewError, match="p12345678 was applied by ada on 2026-04-12"):
        accept(desk(reviews, shelf), OPEN.id, ALAN, NOW)
    with pytest.raises(ReviewError, match="p12345678 was applied by ada"):
        reject(desk(reviews, shelf), OPEN.id, ALAN, NOW, "no")
    assert shelf.roadmap.text == CHANGED
    assert len(shelf.commits) == 1


def test_two_acts_at_one_moment_are_one(reviews: Ledger) -> None:
    """Of two who read the same state only the first is recorded; the second is told."""
    before = now_of(reviews)
    reject(desk(reviews, Shelf()), OPEN.id, ADA, NOW, "no")
    [act] = audit(reviews.reviews)

    assert reviews.reviews.advance(replace(before, state="accepted", steps=1), replace(act, by="alan")) is False
    assert now_of(reviews).state == "rejected"
    assert [one.by for one in audit(reviews.reviews)] == ["ada"]


def test_a_quorum_is_counted_by_people(reviews: Ledger) -> None:
    """Two of three must say the same; one who speaks twice counts once, and may change their mind."""
    shelf = Shelf()
    three = desk(reviews, shelf, quorum=2)

    first = accept(three, OPEN.id, ADA, NOW)
    again = accept(three, OPEN.id, ADA, NOW)
    against = reject(three, OPEN.id, ADA, NOW, "on second thoughts")
    second = accept(three, OPEN.id, ALAN, NOW)
    assert [one.missing for one in (first, again, against, second)] == [1, 1, 1, 1]
    assert (now_of(reviews).state, shelf.commits) == ("open", [])
    found = standing(three, OPEN.id, NOW)
    assert (found.accepts, found.rejects, found.missing) == (("alan",), ("ada",), 1)

    done = accept(three, OPEN.id, Reviewer("grace"), NOW)

    assert (done.missing, done.proposal.state) == (0, "applied")
    assert "Reviewed-by: alan\nReviewed-by: grace\n" in shelf.commits[0].message


def test_a_lead_s_word_is_enough(reviews: Ledger) -> None:
    """Whoever leads decides alone, and an overdue proposal takes one vote of anybody."""
    shelf, other = Shelf(), proposed("p2", title="Another", url="https://blog.example/b")
    reviews.publications.record_proposals([other])
    three = desk(reviews, shelf, quorum=3)

    assert accept(three, OPEN.id, Reviewer("ada", "lead"), NOW).proposal.state == "applied"
    assert accept(three, other.id, ALAN, NOW + timedelta(days=14)).proposal.state == "applied"


def test_a_reader_may_look_only(reviews: Ledger) -> None:
    """Where reviewers are named, whoever is none of them has no vote."""
    named = desk(reviews, Shelf(), ada=ADA)

    with pytest.raises(ReviewError, match="'eve' may look and not decide"):
        accept(named, OPEN.id, named.policy.reviewer("eve"), NOW)
    assert accept(named, OPEN.id, named.policy.reviewer("ada"), NOW).proposal.state == "applied"


def test_votes_on_an_earlier_text_do_not_count(reviews: Ledger) -> None:
    """An edit is another text: whoever wanted the first one is asked again, and cannot vote on it unseen."""
    two = desk(reviews, Shelf(), quorum=2)
    accept(two, OPEN.id, ADA, NOW)

    decision = edit(two, OPEN.id, ALAN, NOW, "other words.")

    assert (decision.proposal.revision, decision.missing) == (2, 1)
    with pytest.raises(ReviewError, match="changed since you saw it"):
        accept(two, OPEN.id, ADA, NOW, seen=1)
    done = accept(two, OPEN.id, ADA, NOW, seen=2)
    assert done.proposal.state == "applied"
    assert ("ada", "accept", "edited") in kinds(audit(reviews.reviews))


def test_a_document_that_moved_on_still_takes_what_fits(reviews: Ledger) -> None:
    """Lines added elsewhere, or right above, move the change; the diff that is recorded is the one that was made."""
    shelf = Shelf("A line before.\n\n" + DOCUMENT)
    assert standing(desk(reviews, shelf), OPEN.id, NOW).fit == "moved"

    done = accept(desk(reviews, shelf), OPEN.id, ADA, NOW).proposal

    assert shelf.roadmap.text == "A line before.\n\n" + CHANGED
    assert done.base == parse("A line before.\n\n" + DOCUMENT, "map").version
    assert revert(desk(reviews, shelf), OPEN.id, ADA, NOW).proposal.state == "reverted"
    assert shelf.roadmap.text == "A line before.\n\n" + DOCUMENT


def test_what_does_not_fit_is_asked_again(reviews: Ledger) -> None:
    """When the place is gone nothing is decided: the change is written for the present document and opens anew."""
    text = DOCUMENT.replace("- [Known](https://blog.example/known) (post): stands here already.\n", "Only words.\n")
    shelf = Shelf(text)

    with pytest.raises(ReviewError, match=r"has changed since .* it was written anew"):
        accept(desk(reviews, shelf), OPEN.id, ADA, NOW, seen=1)

    found = now_of(reviews)
    assert (found.state, found.revision, shelf.roadmap.text) == ("open", 2, text)
    assert kinds(audit(reviews.reviews)) == [("digestbot", "stale", "stale"), ("digestbot", "asked again", "open")]
    accept(desk(reviews, shelf), OPEN.id, ADA, NOW, seen=2)
    assert LINE in shelf.roadmap.text


def test_a_chapter_that_is_gone_makes_it_stale(reviews: Ledger) -> None:
    """What cannot be written anew waits as stale, with the reason, and is not decided."""
    shelf = Shelf("# A map\n\n## Other things\n\n### Elsewhere\n\nWords.\n")

    with pytest.raises(ReviewError, match="it is stale"):
        accept(desk(reviews, shelf), OPEN.id, ADA, NOW)

    assert now_of(reviews).state == "stale"
    with pytest.raises(ReviewError, match="is stale, not to be decided on"):
        accept(desk(reviews, shelf), OPEN.id, ADA, NOW)


def test_what_was_stale_is_asked_again_when_it_fits(reviews: Ledger) -> None:
    """A chapter that comes back, under whatever lines, brings its proposals back."""
    shelf = Shelf("# A map\n\n## Other things\n\n### Elsewhere\n\nWords.\n")
    with pytest.raises(ReviewError, match="it is stale"):
        accept(desk(reviews, shelf), OPEN.id, ADA, NOW)
    assert finish(desk(reviews, shelf), NOW) == []
    shelf.roadmap = parse(DOCUMENT, "map")

    [asked] = finish(desk(reviews, shelf), NOW)

    assert (asked.proposal.state, asked.proposal.revision) == ("open", 2)
    assert accept(desk(reviews, shelf), OPEN.id, ADA, NOW).proposal.state == "applied"


def test_what_was_withdrawn_is_not_asked_again(reviews: Ledger) -> None:
    """A proposal that is stale since its work was taken back stays so, however well its lines fit."""
    told = Act(OPEN.id, 1, NOW, "digestbot", "stale", "stale", 1, "", "It was withdrawn.", TAKEN_BACK)
    reviews.reviews.advance(replace(OPEN, state="stale", note="It was withdrawn.", steps=1), told)

    done = finish(desk(reviews, Shelf(DOCUMENT)), NOW)

    assert (done, now_of(reviews).state) == ([], "stale")
    with pytest.raises(ReviewError, match=r"It was withdrawn\."):
        accept(desk(reviews, Shelf(DOCUMENT)), OPEN.id, ADA, NOW)


def test_what_replaces_or_retires_is_written_anew_too() -> None:
    """Where their line was rewritten the change is made for what stands there now."""
    rewritten = parse(DOCUMENT.replace("stands here already.", "rewritten."), "map")
    known = "https://blog.example/known"
    retired = replace(OPEN, kind="retire", url="", old_url=known)
    replaced = replace(OPEN, kind="replace", old_url=known)

    assert known not in apply(rewritten, *anew(rewritten, retired)).text
    assert "[A title](https://blog.example/a)" in apply(rewritten, *anew(rewritten, replaced)).text
    with pytest.raises(ReviewError, match="cannot be written anew by itself"):
        anew(rewritten, replace(OPEN, kind="split"))


def test_what_somebody_put_there_by_hand_is_not_put_there_twice(reviews: Ledger) -> None:
    """Accepting a link that the roadmap has by now records that, and writes nothing."""
    shelf = Shelf(DOCUMENT + "\nSee [mine](https://blog.example/a).\n")

    decision = accept(desk(reviews, shelf), OPEN.id, ADA, NOW)

    assert (decision.proposal.state, decision.notes) == ("applied", ("the roadmap has this link already",))
    assert shelf.commits == []


def test_a_hindrance_leaves_the_proposal_open(reviews: Ledger) -> None:
    """While a merge is under way nothing is decided, and trying again afterwards works."""
    shelf = Shelf()
    shelf.hindered = "a merge is under way: finish it first"

    with pytest.raises(ReviewError, match="a merge is under way"):
        accept(desk(reviews, shelf), OPEN.id, ADA, NOW)

    assert (now_of(reviews).state, audit(reviews.reviews)) == ("open", [])
    shelf.hindered = ""
    assert accept(desk(reviews, shelf), OPEN.id, ADA, NOW).proposal.state == "applied"


def test_what_fits_no_more_for_a_conflict_is_not_stale(reviews: Ledger) -> None:
    """Conflict marks in the document make no proposal stale: it is as it was once they are settled."""
    shelf = Shelf(DOCUMENT + "\n<<<<<<< HEAD\nmine\n=======\nyours\n>>>>>>> side\n")
    shelf.hindered = "there are conflict marks: settle them first"

    with pytest.raises(ReviewError, match="settle them first"):
        accept(desk(reviews, shelf), OPEN.id, ADA, NOW)

    assert (now_of(reviews).state, audit(reviews.reviews)) == ("open", [])


def test_a_full_disk_keeps_the_decision_for_the_next_try(reviews: Ledger) -> None:
    """What could not be written stays accepted, says why once, and is brought into the document later, once."""
    shelf = Shelf()
    shelf.broken = "no space left on device"
    board = desk(reviews, shelf)

    decision = accept(board, OPEN.id, ADA, NOW)
    assert decision.proposal.state == "accepted"
    assert "no space left on device; the decision stands" in decision.notes[0]
    with pytest.raises(ReviewError, match="was accepted by ada and is on its way into the roadmap"):
        reject(board, OPEN.id, ALAN, NOW)
    finish(board, NOW)
    assert [kind for _, kind, _ in kinds(audit(reviews.reviews))] == ["accept", "not applied"]
    shelf.broken = ""
    [done] = finish(board, NOW)

    assert (done.proposal.state, shelf.roadmap.text) == ("applied", CHANGED)
    assert finish(board, NOW) == []


def test_after_a_crash_the_change_is_not_made_twice(reviews: Ledger) -> None:
    """Whether the file was written or not when the process died, finishing leaves the line there once."""
    shelf = Shelf()
    shelf.meanwhile = lambda: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        accept(desk(reviews, shelf), OPEN.id, ADA, NOW)
    shelf.meanwhile = lambda: None
    shelf.roadmap = parse(CHANGED + "\nMore by hand.\n", "map")

    [done] = finish(desk(reviews, shelf), NOW)

    assert done.proposal.state == "applied"
    assert shelf.roadmap.text == CHANGED + "\nMore by hand.\n"


def test_a_revert_that_died_is_finished(reviews: Ledger) -> None:
    """A crash after somebody asked to take a change back loses neither the wish nor anything else."""
    shelf = Shelf()
    accept(desk(reviews, shelf), OPEN.id, ADA, NOW)
    shelf.meanwhile = lambda: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        revert(desk(reviews, shelf), OPEN.id, ADA, NOW, "wrong")
    shelf.meanwhile = lambda: None

    [done] = finish(desk(reviews, shelf), NOW)

    assert (done.proposal.state, shelf.roadmap.text) == ("reverted", DOCUMENT)


def test_an_accepted_change_that_fits_no_more_is_asked_again(reviews: Ledger) -> None:
    """When the document is rewritten between decision and writing, the decision was on another text."""
    shelf = Shelf()
    shelf.meanwhile = lambda: setattr(shelf, "roadmap", parse("# A map\n\n## S\n\n### First chapter\n\nNew.\n", "map"))

    decision = accept(desk(reviews, shelf), OPEN.id, ADA, NOW)

    assert (decision.proposal.state, decision.proposal.revision) == ("open", 2)
    assert "written anew" in decision.notes[0]


def test_a_rejection_says_why_and_where_instead(reviews: Ledger) -> None:
    """Words and the wanted place are kept for what learns from them; a place that is named is the ground as well."""
    reject(desk(reviews, Shelf()), OPEN.id, ADA, NOW, "that is attention", "other", "second-chapter", seen=1)

    [act] = audit(reviews.reviews, OPEN.id)
    assert (act.ground, act.reason, act.detail) == ("wrong-place", "that is attention", "sequences/second-chapter")
    assert now_of(reviews).note == "that is attention"


def test_a_place_that_is_none_decides_nothing(reviews: Ledger) -> None:
    """Whoever names a place that the roadmap has not is told, and nothing is recorded."""
    with pytest.raises(ReviewError, match="no place 'nowhere'"):
        reject(desk(reviews, Shelf()), OPEN.id, ADA, NOW, wanted="nowhere")

    assert audit(reviews.reviews, OPEN.id) == []


def test_what_is_put_off_comes_back(reviews: Ledger) -> None:
    """A proposal that was put off is not asked until then, and is not overdue at once."""
    board, then = desk(reviews, Shelf()), NOW + timedelta(days=20)

    later(board, OPEN.id, ADA, NOW, then)

    assert waiting(board, NOW) == []
    [back] = waiting(board, then)
    assert back.due_at
    assert back.due_at > then
    with pytest.raises(ReviewError, match="that is past"):
        later(board, OPEN.id, ADA, NOW, NOW)


def test_the_soonest_due_come_first(ledger: Ledger) -> None:
    """What waits is in order of its due date; without one of its own it is due a term after it was made."""
    dated = [
        replace(proposed(f"p{days}", url=f"https://e.example/{days}"), due_at=NOW + timedelta(days=days))
        for days in (9, 2)
    ]
    ledger.publications.record_proposals([replace(OPEN, due_at=None), *dated])

    assert [one.id for one in waiting(desk(ledger, Shelf()), NOW)] == ["p2", "p9", OPEN.id]


def test_a_pull_request_is_asked_for_once_and_followed(reviews: Ledger) -> None:
    """With a hub nothing is written here: the request is made, looked after, and what became of it is recorded."""
    shelf, hub = Shelf(), FakeHub()
    board = desk(reviews, shelf, hub)

    asked = accept(board, OPEN.id, ADA, NOW)
    assert (asked.proposal.state, asked.reference) == ("accepted", "https://hub.example/pull/1")
    assert hub.texts["p12345678-r1"] == CHANGED
    finish(board, NOW)
    assert len(audit(reviews.reviews)) == 2
    hub.requests["p12345678-r1"] = Request("https://hub.example/pull/1", "merged", "abc1234")
    [done] = finish(board, NOW)

    assert (done.proposal.state, done.proposal.reference, shelf.roadmap.text) == ("applied", "abc1234", DOCUMENT)


def test_a_closed_pull_request_is_a_rejection(reviews: Ledger) -> None:
    """Whoever closes the request decides against the change."""
    hub = FakeHub()
    board = desk(reviews, Shelf(), hub)
    accept(board, OPEN.id, ADA, NOW)
    hub.requests["p12345678-r1"] = Request("https://hub.example/pull/1", "closed")

    [done] = finish(board, NOW)

    assert done.proposal.state == "rejected"
    assert "its pull request was closed" in done.proposal.note


def test_a_commit_says_what_why_and_who() -> None:
    """The message names the change, the reason, the evidence, the proposal and who answers for it."""
    message = signed_change(OPEN, [ADA, ALAN]).message

    assert message.splitlines()[0] == "Add A title"
    assert "\n> A whole text.\n" in message
    assert message.endswith(
        "\nDigestbot-Proposal: p12345678 r1\nReviewed-by: ada\nReviewed-by: alan\n"
        "Co-authored-by: ada <ada@example.org>\n"
    )


def test_outside_text_forges_no_trailer() -> None:
    """Line ends in titles, reasons and quotes cannot begin a line of the message."""
    hostile = replace(
        OPEN, title="A\n\nReviewed-by: eve", reason="x\r\nDigestbot-Proposal: p1 r1", evidence=("a\u2028b\nc",)
    )

    lines = signed_change(hostile, [ALAN]).message.splitlines()

    assert [line for line in lines if line.startswith(("Reviewed-by:", "Digestbot-Proposal:"))] == [
        "Digestbot-Proposal: p12345678 r1",
        "Reviewed-by: alan",
    ]


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("p9", "there is no proposal 'p9'"),
        ("", "there is no proposal ''"),
        ("p1", "'p1' could be p12345678, p1999: write more of the id"),
    ],
)
def test_an_id_that_names_no_single_proposal_is_told(reviews: Ledger, prefix: str, message: str) -> None:
    """Too little of an id, or none that fits, says what to write instead."""
    reviews.publications.record_proposals([replace(OPEN, id=ProposalId("p1999"))])

    with pytest.raises(ReviewError, match=message):
        find(reviews.reviews, prefix)


def test_the_beginning_of_an_id_is_enough(reviews: Ledger) -> None:
    """A unique prefix finds its proposal."""
    assert find(reviews.reviews, "p12") == OPEN


def test_reviewers_are_read_from_one_line() -> None:
    """Names, addresses and roles as people write them; what is none of it is refused by name."""
    found = reviewers_of("Ada Lovelace <ada@example.org>: lead, alan, eve: reader")

    assert found["Ada Lovelace"] == Reviewer("Ada Lovelace", "lead", "ada@example.org")
    assert (found["alan"].role, found["eve"].role) == ("reviewer", "reader")
    with pytest.raises(ValueError, match="'bob: king' is no reviewer"):
        reviewers_of("ada, bob: king")
