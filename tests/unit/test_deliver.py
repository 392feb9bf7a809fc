"""Deliver: each digest reaches each channel once, and a failure is told and tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fakes import NOW, Death, FakeSender, digest, silent

from digestbot.domain import Channel, ChannelKind, Delivery, DeliveryState, Digest, DigestId, Receipt, Suspension
from digestbot.errors import DeliveryError
from digestbot.pipeline.deliver import LEASE, after_failure, deliver, jitter
from digestbot.ports import Route

MINUTE = timedelta(minutes=1)


class Outbox:
    """Hands each delivery out once and remembers what became of it."""

    def __init__(self, *deliveries: Delivery, shut: Sequence[Suspension] = (), lost: bool = False) -> None:
        self.left = list(deliveries)
        self.shut = list(shut)
        self.lost = lost
        self.claims: set[tuple[str, datetime, timedelta]] = set()
        self.begun: list[str] = []
        self.settled: dict[str, dict[str, Any]] = {}
        self.released: list[tuple[list[str], str, datetime]] = []

    def claim(
        self,
        kind: ChannelKind,
        now: datetime,
        owner: str,
        wall: datetime,
        lease: timedelta,
        limit: int,
        digest: DigestId | None = None,
    ) -> list[Delivery]:
        self.claims.add((owner, wall, lease))
        asked = [one for one in self.left if one.channel.kind == kind and digest in (None, one.digest.id)]
        found = asked[:limit]
        self.left = [delivery for delivery in self.left if delivery not in found]
        return found

    def begin(self, key: str, owner: str, wall: datetime, lease: timedelta) -> bool:
        self.begun.append(key)
        return not self.lost

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

    def release(self, keys: Sequence[str], owner: str, reason: str, due_at: datetime) -> None:
        self.released.append((list(keys), reason, due_at))

    def suspensions(self) -> list[Suspension]:
        return self.shut

    def suspend(self, channel: Channel, now: datetime, reason: str) -> None:
        self.shut.append(Suspension(channel, now, reason))


def waiting(kind: ChannelKind = "file", *, doubt: bool = False, attempts: int = 1, address: str = "") -> Delivery:
    """Return a claimed delivery whose key is its kind."""
    return Delivery(kind, digest(), Channel(kind, address), attempts, doubt)


def run(outbox: Outbox, *senders: FakeSender) -> list[Receipt]:
    """Deliver what is waiting over these senders."""
    routes = {sender.kind: Route(sender, f"{sender.kind}-place") for sender in senders}
    return asyncio.run(deliver(outbox, routes, "me", NOW, lambda: NOW, silent))


def test_one_digest_is_sent_and_nothing_else() -> None:
    """What else is due stays in the outbox, and so do its rows over channels that cannot be reached from here."""
    asked = replace(waiting(), digest=digest("d2"), key="asked")
    outbox, sender = Outbox(waiting(), asked, replace(asked, channel=Channel("smtp"), key="mail")), FakeSender("file")

    receipts = asyncio.run(
        deliver(outbox, {"file": Route(sender)}, "me", NOW, lambda: NOW, silent, digest=DigestId("d2"))
    )

    assert [(one.digest, one.state) for one in receipts] == [("d2", "sent")]
    assert [one.key for one in outbox.left] == ["file", "mail"]
    assert outbox.settled.keys() == {"asked"}


@pytest.mark.parametrize(
    ("error", "attempts", "state", "minutes"),
    [
        (DeliveryError("busy"), 1, "pending", 5),
        (DeliveryError("busy"), 2, "pending", 10),
        (DeliveryError("busy"), 7, "pending", 320),
        (DeliveryError("busy"), 8, "dead", None),
        (DeliveryError("refused", permanent=True), 1, "dead", None),
        (DeliveryError("no answer", in_doubt=True), 1, "in_doubt", None),
        (DeliveryError("no answer", in_doubt=True), 8, "in_doubt", None),
    ],
)
def test_a_failed_try_is_repeated_given_up_or_in_doubt(
    error: DeliveryError, attempts: int, state: DeliveryState, minutes: int | None
) -> None:
    """Tries come at doubling waits up to eight; a refusal ends at once, and what may have arrived is never repeated."""
    ended = after_failure(error, replace(waiting(), attempts=attempts), NOW, resend=False)

    assert ended.state == state
    assert (ended.due_at is None) == (minutes is None)
    if ended.due_at and minutes:
        assert minutes * MINUTE <= ended.due_at - NOW <= 1.2 * minutes * MINUTE


def test_what_failed_together_is_not_tried_again_together() -> None:
    """The waits of different deliveries differ, and each is the same at every asking."""
    waits = {jitter(f"key {n}") for n in range(50)}

    assert len(waits) > 20
    assert all(0 <= wait <= 0.2 for wait in waits)
    assert jitter("key 1") in waits


def test_a_channel_that_may_repeat_sends_what_may_have_arrived_again() -> None:
    """With `resend` a doubt is settled by sending once more under the same key, at once or after a lost answer."""
    outbox, sender = Outbox(waiting("smtp", doubt=True)), FakeSender("smtp", can_be_asked=False)

    receipts = asyncio.run(deliver(outbox, {"smtp": Route(sender, resend=True)}, "me", NOW, lambda: NOW, silent))
    lost = after_failure(DeliveryError("no answer", in_doubt=True), waiting(), NOW, resend=True)

    assert [(receipt.state, len(sender.sent)) for receipt in receipts] == [("sent", 1)]
    assert sender.sent[0][2] == "smtp"
    assert lost.state == "pending"


def test_an_address_that_nobody_has_is_not_tried_again() -> None:
    """A server's word that there is no such mailbox shuts the address for later digests too."""
    ada = Channel("smtp", "ada@reader.example")
    outbox = Outbox(waiting("smtp", address=ada.address))
    sender = FakeSender("smtp", fails=[DeliveryError("5.1.1 no such mailbox", nobody=True)])

    first = run(outbox, sender)
    outbox.left = [waiting("smtp", address=ada.address)]
    second = run(outbox, sender)

    assert [receipt.state for receipt in first + second] == ["dead", "dead"]
    assert outbox.shut == [Suspension(ada, NOW, "5.1.1 no such mailbox")]
    assert "nothing is sent to this address" in second[0].reason
    assert outbox.begun == ["smtp"]


def test_while_there_is_no_way_out_the_rest_of_a_line_waits() -> None:
    """Three tries in a row that reach no server end the line; what was not tried is put back and has lost no try."""
    mails = [replace(waiting("smtp"), key=f"mail {n}") for n in range(6)]
    outbox = Outbox(*mails, waiting("file"))
    down = [DeliveryError("connection refused", unreachable=True) for _ in range(6)]

    receipts = run(outbox, FakeSender("smtp", fails=down), FakeSender("file"))

    assert [receipt.state for receipt in receipts if receipt.channel.kind == "smtp"] == ["pending"] * 3
    assert outbox.released == [(["mail 3", "mail 4", "mail 5"], "connection refused", NOW + 5 * MINUTE)]
    assert outbox.settled["file"]["state"] == "sent"


def test_what_another_process_took_over_is_not_sent() -> None:
    """A worker that lost its claim while it waited sends nothing and records nothing."""
    outbox, sender = Outbox(waiting(), lost=True), FakeSender("file")

    [receipt] = run(outbox, sender)

    assert (receipt.state, sender.sent, outbox.settled) == ("sending", [], {})


def test_a_digest_is_sent_and_its_reference_recorded() -> None:
    """A channel without an address of its own goes to the route's."""
    outbox, sender = Outbox(waiting()), FakeSender("file")

    [receipt] = run(outbox, sender)

    assert sender.sent == [(digest().id, Channel("file", "file-place"), "file")]
    assert outbox.settled["file"] == {"state": "sent", "reference": "sent file", "reason": "", "due_at": None}
    assert (receipt.state, receipt.channel) == ("sent", Channel("file"))
    assert outbox.claims == {("me", NOW, LEASE)}
    assert outbox.begun == ["file"]


def test_a_channel_s_own_address_goes_before_the_route_s() -> None:
    """A recipient is a channel's address."""
    outbox, sender = Outbox(waiting("smtp", address="ada@reader.example")), FakeSender("smtp")

    run(outbox, sender)

    assert sender.sent[0][1].address == "ada@reader.example"


def test_one_failing_channel_delays_no_other() -> None:
    """A failure is recorded with its reason and next try; the other channel gets its digest."""
    outbox = Outbox(waiting("smtp"), waiting("file"))

    sent, failed = run(outbox, FakeSender("smtp", fails=[DeliveryError("the server is busy")]), FakeSender("file"))

    assert (failed.state, failed.reason, sent.state) == ("pending", "the server is busy", "sent")
    assert outbox.settled["smtp"]["due_at"] >= NOW + 5 * MINUTE


def test_a_fault_in_one_sender_lets_the_others_finish() -> None:
    """Even what nobody expected stops the run only after the other channels are settled."""
    outbox = Outbox(waiting("smtp"), waiting("file"))

    with pytest.raises(Death):
        run(outbox, FakeSender("smtp", fails=[Death()]), FakeSender("file"))

    assert outbox.settled["file"]["state"] == "sent"
    assert "smtp" not in outbox.settled


def deliver_nine(sender: FakeSender) -> list[Receipt]:
    """Deliver nine over a route that allows three at once; raises TimeoutError where too few were under way."""
    ways = [replace(waiting(sender.kind), key=f"k{n}") for n in range(9)]

    async def work() -> list[Receipt]:
        async with asyncio.timeout(60):
            return await deliver(Outbox(*ways), {sender.kind: Route(sender, at_once=3)}, "me", NOW, lambda: NOW, silent)

    return asyncio.run(work())


def test_a_route_sends_as_many_at_once_as_it_allows() -> None:
    """All are sent, three at a time where the route says three."""
    together, busy, most = asyncio.Barrier(3), [0], [0]

    class Sender(FakeSender):
        async def send(self, digest: Digest, channel: Channel, key: str) -> str:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
            await together.wait()  # none of the three ends before all have begun
            busy[0] -= 1
            return key

    receipts = deliver_nine(Sender("discord"))

    assert most == [3]
    assert [receipt.state for receipt in receipts] == ["sent"] * 9


def test_a_way_out_that_is_shut_stops_all_who_use_it() -> None:
    """After three tries in vain only what was under way meanwhile is tried."""
    shut = [DeliveryError("no way out", unreachable=True) for _ in range(9)]

    receipts = deliver_nine(FakeSender("discord", fails=shut))

    assert 3 <= len(receipts) <= 5


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


class Waiting(FakeSender):
    """Says when a send is under way, and goes on when it may."""

    def __init__(self, kind: ChannelKind) -> None:
        super().__init__(kind)
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        self.begun.set()
        await self.may_end.wait()
        return await super().send(digest, channel, key)


def test_a_pass_that_is_cut_short_hands_back_what_it_has_not_begun() -> None:
    """What is being sent comes to its end and is recorded, the rest can be taken by another process at once."""
    rest = [replace(waiting(), key=key) for key in ("second", "third")]
    outbox, sender = Outbox(waiting(), *rest), Waiting("file")

    async def cut() -> None:
        work = asyncio.create_task(deliver(outbox, {"file": Route(sender)}, "me", NOW, lambda: NOW, silent))
        await sender.begun.wait()
        work.cancel()
        sender.may_end.set()
        await work

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cut())

    assert {key: found["state"] for key, found in outbox.settled.items()} == {"file": "sent"}
    assert [(keys, due_at) for keys, _, due_at in outbox.released] == [(["second", "third"], NOW)]
