"""Deliver: each digest reaches each channel once, and a failure is told and tried again."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from fakes import NOW, Death, FakeSender, digest, silent

from digestbot.domain import Channel, ChannelKind, Delivery, DeliveryState, Receipt
from digestbot.errors import DeliveryError
from digestbot.pipeline.deliver import LEASE, after_failure, deliver
from digestbot.ports import Route

MINUTE = timedelta(minutes=1)


class Outbox:
    """Hands out deliveries and remembers how they were settled."""

    def __init__(self, *deliveries: Delivery) -> None:
        self.deliveries = list(deliveries)
        self.claimed: tuple[str, datetime, timedelta] | None = None
        self.settled: dict[str, dict[str, Any]] = {}

    def claim(self, now: datetime, owner: str, wall: datetime, lease: timedelta) -> list[Delivery]:
        self.claimed = (owner, wall, lease)
        return self.deliveries

    def settle(
        self,
        key: str,
        state: DeliveryState,
        now: datetime,
        *,
        reference: str = "",
        reason: str = "",
        due_at: datetime | None = None,
    ) -> None:
        self.settled[key] = {"state": state, "reference": reference, "reason": reason, "due_at": due_at}


def waiting(kind: ChannelKind = "file", *, doubt: bool = False, attempts: int = 1, address: str = "") -> Delivery:
    """Return a claimed delivery whose key is its kind."""
    return Delivery(kind, digest(), Channel(kind, address), attempts, doubt)


def run(outbox: Outbox, *senders: FakeSender) -> list[Receipt]:
    """Deliver what is waiting over these senders."""
    routes = {sender.kind: Route(sender, f"{sender.kind}-place") for sender in senders}
    return asyncio.run(deliver(outbox, routes, "me", NOW, NOW, silent))


@pytest.mark.parametrize(
    ("error", "attempts", "state", "due_at"),
    [
        (DeliveryError("busy"), 1, "pending", NOW + 5 * MINUTE),
        (DeliveryError("busy"), 2, "pending", NOW + 10 * MINUTE),
        (DeliveryError("busy"), 7, "pending", NOW + 320 * MINUTE),
        (DeliveryError("busy"), 8, "dead", None),
        (DeliveryError("refused", permanent=True), 1, "dead", None),
        (DeliveryError("no answer", in_doubt=True), 1, "in_doubt", None),
        (DeliveryError("no answer", in_doubt=True), 8, "in_doubt", None),
    ],
)
def test_a_failed_try_is_repeated_given_up_or_in_doubt(
    error: DeliveryError, attempts: int, state: DeliveryState, due_at: datetime | None
) -> None:
    """Tries come at doubling waits up to eight; a refusal ends at once, and what may have arrived is never repeated."""
    assert after_failure(error, attempts, NOW) == (state, due_at)


def test_a_digest_is_sent_and_its_reference_recorded() -> None:
    """A channel without an address of its own goes to the route's."""
    outbox, sender = Outbox(waiting()), FakeSender("file")

    [receipt] = run(outbox, sender)

    assert sender.sent == [(digest().id, Channel("file", "file-place"), "file")]
    assert outbox.settled["file"] == {"state": "sent", "reference": "sent file", "reason": "", "due_at": None}
    assert (receipt.state, receipt.channel) == ("sent", Channel("file"))
    assert outbox.claimed == ("me", NOW, LEASE)


def test_a_channel_s_own_address_goes_before_the_route_s() -> None:
    """A recipient is a channel's address."""
    outbox, sender = Outbox(waiting("smtp", address="ada@reader.example")), FakeSender("smtp")

    run(outbox, sender)

    assert sender.sent[0][1].address == "ada@reader.example"


def test_one_failing_channel_delays_no_other() -> None:
    """A failure is recorded with its reason and next try; the other channel gets its digest."""
    outbox = Outbox(waiting("smtp"), waiting("file"))

    failed, sent = run(outbox, FakeSender("smtp", fails=[DeliveryError("the server is busy")]), FakeSender("file"))

    assert (failed.state, failed.reason, sent.state) == ("pending", "the server is busy", "sent")
    assert outbox.settled["smtp"]["due_at"] == NOW + 5 * MINUTE


def test_a_fault_in_one_sender_lets_the_others_finish() -> None:
    """Even what nobody expected stops the run only after the other channels are settled."""
    outbox = Outbox(waiting("smtp"), waiting("file"))

    with pytest.raises(Death):
        run(outbox, FakeSender("smtp", fails=[Death()]), FakeSender("file"))

    assert outbox.settled["file"]["state"] == "sent"
    assert "smtp" not in outbox.settled


def test_an_unknown_channel_waits_until_it_is_set_up() -> None:
    """A kind of channel that nobody serves now keeps its digest."""
    outbox = Outbox(waiting("discord_webhook"))

    [receipt] = run(outbox, FakeSender("file"))

    assert receipt.state == "pending"
    assert "no discord_webhook channel is set up" in receipt.reason
    assert outbox.settled["discord_webhook"]["due_at"] == NOW + 5 * MINUTE


def test_in_doubt_a_channel_that_has_it_is_not_sent_to_again() -> None:
    """What a killed run had sent is found by its key and settled as sent."""
    outbox, sender = Outbox(waiting(doubt=True)), FakeSender("file")
    sender.sent.append((digest().id, Channel("file"), "file"))

    [receipt] = run(outbox, sender)

    assert (receipt.state, receipt.reference, len(sender.sent)) == ("sent", "sent file", 1)


def test_in_doubt_a_channel_that_has_it_not_gets_it() -> None:
    """What a killed run had not sent is sent now."""
    outbox, sender = Outbox(waiting(doubt=True)), FakeSender("file")

    [receipt] = run(outbox, sender)

    assert (receipt.state, len(sender.sent)) == ("sent", 1)


def test_in_doubt_a_channel_that_cannot_be_asked_is_left_to_a_person() -> None:
    """Where nobody can tell whether it arrived nothing is sent twice."""
    outbox, sender = Outbox(waiting("smtp", doubt=True)), FakeSender("smtp", can_be_asked=False)

    [receipt] = run(outbox, sender)

    assert (receipt.state, sender.sent) == ("in_doubt", [])
    assert "cannot be asked" in receipt.reason


def test_the_terminal_may_show_a_digest_twice() -> None:
    """What scrolled by cannot be found, and showing it again harms nobody."""
    outbox, sender = Outbox(waiting("terminal", doubt=True)), FakeSender("terminal", forgets=True)

    [receipt] = run(outbox, sender)

    assert (receipt.state, len(sender.sent)) == ("sent", 1)


@pytest.mark.parametrize("senders", [[], [FakeSender("file", find_fails=[DeliveryError("its folder is away")])]])
def test_a_doubt_that_cannot_be_settled_now_stays_a_doubt(senders: list[FakeSender]) -> None:
    """While a channel is away, or its answer, the row stays claimed: it must never come again as not yet sent."""
    outbox = Outbox(waiting(doubt=True))

    [receipt] = run(outbox, *senders)

    assert receipt.state == "sending"
    assert receipt.reason
    assert outbox.settled == {}


def test_nothing_waiting_is_nothing_sent() -> None:
    """An empty outbox gives no receipt."""
    assert run(Outbox(), FakeSender()) == []
