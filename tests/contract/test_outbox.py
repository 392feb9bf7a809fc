"""The outbox against a real database: SQLite always, PostgreSQL too where it is installed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from fakes import NOW, digest
from test_ledger import DAY, GONE, MINUTE, ledger, publish, url

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Channel, DeliveryState, DigestId, Suspension

__all__ = ["ledger", "url"]

ADA = Channel("smtp", "ada@reader.example")
HERE, THERE = "here:1:1", "there:1:1"


def claim(ledger: Ledger, owner: str = HERE, now: datetime = NOW, wall: datetime = NOW, limit: int = 9) -> list[str]:
    """Take files in hand; return their keys."""
    return [found.key for found in ledger.outbox.claim("file", now, owner, wall, MINUTE, limit)]


def test_a_claimed_delivery_is_nobody_else_s(ledger: Ledger) -> None:
    """A delivery that is due is claimed once, by its kind, and comes with its whole digest."""
    publish(ledger, ADA, Channel("file"))

    [found] = ledger.outbox.claim("smtp", NOW, HERE, NOW, MINUTE)
    again = ledger.outbox.claim("smtp", NOW, THERE, NOW, MINUTE)

    assert (found.channel, found.attempts, found.doubt, found.digest) == (ADA, 1, False, digest("d1"))
    assert again == []
    assert claim(ledger, THERE) == ["d1-file"]


def test_a_worker_takes_no_more_than_it_asks_for(ledger: Ledger) -> None:
    """What was waiting longest comes first; what is in one's own hand does not come again."""
    for n in range(5):
        publish(ledger, Channel("file"), id=f"d{n}", now=NOW - n * MINUTE)

    assert claim(ledger, limit=2) == ["d4-file", "d3-file"]
    assert claim(ledger, limit=2) == ["d2-file", "d1-file"]
    assert claim(ledger, THERE, limit=2) == ["d0-file"]


def test_the_deliveries_of_one_digest_can_be_taken_alone(ledger: Ledger) -> None:
    """The others stay for whoever asks for all."""
    for n in range(3):
        publish(ledger, Channel("file"), id=f"d{n}")

    found = ledger.outbox.claim("file", NOW, HERE, NOW, MINUTE, digest=DigestId("d1"))

    assert [one.key for one in found] == ["d1-file"]
    assert claim(ledger, THERE) == ["d0-file", "d2-file"]


def test_what_was_not_begun_is_in_no_doubt(ledger: Ledger) -> None:
    """A process that dies leaves in doubt only what it had begun to send."""
    publish(ledger, Channel("file"))
    publish(ledger, Channel("file"), id="d2")
    claim(ledger, GONE)
    begun = ledger.outbox.begin("d1-file", GONE, NOW, MINUTE)

    found = ledger.outbox.claim("file", NOW, HERE, NOW, MINUTE)

    assert begun
    assert [(row.key, row.attempts, row.doubt) for row in found] == [("d1-file", 2, True), ("d2-file", 1, False)]


@pytest.mark.parametrize(("owner", "wall", "count"), [(THERE, NOW, 0), (THERE, NOW + MINUTE, 1), (GONE, NOW, 1)])
def test_what_its_process_left_comes_again(ledger: Ledger, owner: str, wall: datetime, count: int) -> None:
    """When its lease has run out or its process is gone, a delivery is anybody's."""
    publish(ledger, Channel("file"))
    claim(ledger, owner)

    assert len(claim(ledger, wall=wall)) == count


def test_who_lost_a_delivery_does_not_begin_it(ledger: Ledger) -> None:
    """A worker that slept past its lease finds its delivery in another's hand, or settled."""
    publish(ledger, Channel("file"))
    claim(ledger, THERE)
    claim(ledger, wall=NOW + MINUTE)

    late = ledger.outbox.begin("d1-file", THERE, NOW + MINUTE, MINUTE)
    ledger.outbox.settle("d1-file", "sent", NOW)

    assert not late
    assert not ledger.outbox.begin("d1-file", HERE, NOW + MINUTE, MINUTE)


def test_what_is_not_due_waits(ledger: Ledger) -> None:
    """A pending delivery comes again when its time has come, and not before."""
    publish(ledger, Channel("file"))
    claim(ledger)
    ledger.outbox.begin("d1-file", HERE, NOW, MINUTE)

    ledger.outbox.settle("d1-file", "pending", NOW, reason="busy", due_at=NOW + 5 * MINUTE)

    assert claim(ledger, now=NOW + 4 * MINUTE) == []
    [again] = ledger.outbox.claim("file", NOW + 5 * MINUTE, HERE, NOW, MINUTE)
    assert (again.attempts, again.doubt) == (2, False)


def test_what_was_not_tried_is_put_back(ledger: Ledger) -> None:
    """A try is counted when it begins, so that a delivery put back has lost none; what was begun stays in hand."""
    publish(ledger, Channel("file"))
    publish(ledger, Channel("file"), id="d2")
    claim(ledger)
    ledger.outbox.begin("d2-file", HERE, NOW, MINUTE)

    ledger.outbox.release(["d1-file", "d2-file"], HERE, "no way out", NOW + MINUTE)

    assert claim(ledger, THERE) == []
    [found] = ledger.outbox.claim("file", NOW + MINUTE, THERE, NOW, timedelta(0))
    assert (found.key, found.attempts) == ("d1-file", 1)


@pytest.mark.parametrize("state", ["sent", "dead", "in_doubt"])
def test_what_has_ended_does_not_come_again(ledger: Ledger, state: DeliveryState) -> None:
    """Sent, given up or in doubt: none of them is claimed."""
    publish(ledger, Channel("file"))
    claim(ledger)

    ledger.outbox.settle("d1-file", state, NOW)

    assert claim(ledger, now=NOW + 9 * DAY, wall=NOW + 9 * DAY) == []


def test_receipts_are_kept(ledger: Ledger) -> None:
    """A settled delivery has its state, reference and instant, and no owner; they are found by what they are."""
    publish(ledger, Channel("file"))
    publish(ledger, Channel("file"), id="d2", now=NOW + DAY)
    claim(ledger)

    ledger.outbox.settle("d1-file", "sent", NOW, reference="digests/one.md")

    [row] = ledger.outbox.deliveries(DigestId("d1"))
    assert (row["state"], row["reference"], row["sent_at"], row["owner"]) == ("sent", "digests/one.md", NOW, None)
    assert [found["digest"] for found in ledger.outbox.deliveries()] == ["d1", "d2"]
    assert [found["digest"] for found in ledger.outbox.deliveries(states=["pending"])] == ["d2"]
    assert [found["digest"] for found in ledger.outbox.deliveries(prefix="d2", limit=1)] == ["d2"]


def test_a_person_may_send_again_what_was_given_up(ledger: Ledger) -> None:
    """It is due at once with all its tries; what another state has meanwhile, or a worker in hand, is left alone."""
    publish(ledger, Channel("file"))
    ledger.outbox.settle("d1-file", "dead", NOW, reason="refused")

    moved = ledger.outbox.move("d1-file", ["dead", "in_doubt"], "pending", NOW + DAY, "by hand")

    assert moved
    assert not ledger.outbox.move("d1-file", ["dead", "in_doubt"], "pending", NOW, "")
    assert claim(ledger, now=NOW + DAY) == ["d1-file"]
    assert not ledger.outbox.move("d1-file", ["pending"], "dead", NOW, "")


def test_an_address_is_shut_until_it_is_resumed(ledger: Ledger) -> None:
    """The first reason stays; resuming an address that is open changes nothing."""
    ledger.outbox.suspend(ADA, NOW, "5.1.1 no such mailbox")
    ledger.outbox.suspend(ADA, NOW + DAY, "again")

    assert ledger.outbox.suspensions() == [Suspension(ADA, NOW, "5.1.1 no such mailbox")]
    assert (ledger.outbox.resume(ADA.address), ledger.outbox.resume(ADA.address)) == (1, 0)
    assert ledger.outbox.suspensions() == []


def test_whether_anything_waits_is_known_without_claiming(ledger: Ledger) -> None:
    """What is due waits, unless somebody has it in hand; it does again when that one's time has run out."""
    publish(ledger, Channel("file"))
    outbox, early = ledger.outbox, NOW - MINUTE

    before = [outbox.is_waiting(early, NOW), outbox.is_waiting(NOW, NOW)]
    claim(ledger)
    in_hand, left = outbox.is_waiting(NOW, NOW), outbox.is_waiting(NOW, NOW + MINUTE)
    outbox.settle("d1-file", "sent", NOW)

    assert (before, in_hand, left) == ([False, True], False, True)
    assert not outbox.is_waiting(NOW + DAY, NOW + DAY)


def test_what_a_digest_became_is_found_by_its_channel(ledger: Ledger) -> None:
    """The references of these digests in this channel, and of no delivery that is not sent."""
    here, there = Channel("discord", "1"), Channel("discord", "2")
    for id, place in (("d1", here), ("d2", here), ("d3", there)):
        publish(ledger, place, id=id)
    for key, state in (("d1-discord", "sent"), ("d2-discord", "dead"), ("d3-discord", "sent")):
        ledger.outbox.settle(key, state, NOW, reference=f"1/{key}")  # type: ignore[arg-type]  # both are states

    found = ledger.outbox.references([DigestId("d1"), DigestId("d2"), DigestId("d3")], here)

    assert found == ["1/d1-discord"]
