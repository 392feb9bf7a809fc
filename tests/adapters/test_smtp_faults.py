"""Mail through a server that does all a server can do to a mail, over a day of runs: counted right, nothing twice."""

from __future__ import annotations

import asyncio
import email
import email.policy
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW, digest, silent

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.adapters.smtp_sender import SmtpSender
from digestbot.domain import Channel, Receipt
from digestbot.pipeline.deliver import deliver
from digestbot.pipeline.publish import delivery_key
from digestbot.ports import Route

pytestmark = pytest.mark.slow

EACH = 2
"""Readers of each kind. The kinds take turns, so that no trouble comes three times in a row."""
RUNS = 12
TIMEOUT_S = 1.5
"""Waited out for the two that are late alone; all others have that long to answer, on a machine that is busy."""

ENDS = {
    "fine": "sent",
    "deferred": "sent",
    "greylisted": "sent",
    "busy": "sent",
    "lost-before": "sent",
    "nobody": "dead",
    "policy": "dead",
    "spam": "dead",
    "always-deferred": "dead",
    "lost-after": "in_doubt",
    "late": "in_doubt",
}
"""What becomes of a reader's mail, by what the server does to it; the name of a reader begins so."""
TAKEN = ("fine", "deferred", "greylisted", "busy", "lost-before", "lost-after", "late")


@dataclass
class Difficult:
    """A mail server whose answers depend on the reader's name and on how often it was tried."""

    tries: Counter[str] = field(default_factory=Counter)
    taken: list[tuple[str, str]] = field(default_factory=list)
    """(reader, Message-ID) of every message that it has got whole, answered or not."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak as much SMTP as it takes, until one side hangs up."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await self._say(writer, "220 difficult.example")
            to = ""
            while line := (await reader.readuntil(b"\r\n")).decode().strip():
                verb = line[:4].upper()
                if verb == "RCPT":
                    to = line.partition("<")[2].partition("@")[0]
                    if not await self._recipient(to, writer):
                        break
                elif verb == "DATA":
                    await self._say(writer, "354 go on")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    if not await self._message(to, content, reader, writer):
                        break
                else:
                    await self._say(writer, "221 bye" if verb == "QUIT" else "250 ok")
        writer.close()

    async def _recipient(self, to: str, writer: asyncio.StreamWriter) -> bool:
        self.tries[to] += 1
        kind, first = to.rpartition("-")[0], self.tries[to] == 1
        if kind == "lost-before" and self.tries[to] <= 2:
            return False
        answers = {
            "nobody": "550 5.1.1 no such mailbox",
            "policy": "550 5.7.1 not from you",
            "always-deferred": "452 4.2.2 mailbox full",
            "greylisted": "450 4.7.1 greylisted, try again" if first else "250 ok",
            "deferred": "451 4.3.0 try later" if self.tries[to] <= 3 else "250 ok",
            "busy": "421 4.3.2 closing" if first else "250 ok",
        }
        answer = answers.get(kind, "250 ok")
        await self._say(writer, answer)
        return not answer.startswith("421")

    async def _message(
        self, to: str, content: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        kind = to.rpartition("-")[0]
        if kind == "spam":
            await self._say(writer, "554 5.7.1 looks like spam")
            return True
        self.taken.append((to, str(email.message_from_bytes(content, policy=email.policy.default)["Message-ID"])))
        if kind == "late":
            # It answers once the client has had enough and hung up.
            await reader.read()
        if kind in ("late", "lost-after"):
            return False
        await self._say(writer, "250 taken")
        return True

    async def _say(self, writer: asyncio.StreamWriter, line: str) -> None:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()


def waiting(ledger: Ledger) -> None:
    """Record a digest for each reader."""
    for number in range(EACH):
        for kind in ENDS:
            name = f"{kind}-{number}"
            made, to = digest(f"d-{name}", subscription=name), Channel("smtp", f"{name}@example.com")
            ledger.publications.record_digests([(made, [], {delivery_key(made.id, to): to})])


def run_for_a_day(ledger: Ledger, server: Difficult, runs: int = RUNS, *, resend: bool = False) -> list[Receipt]:
    """Deliver every two hours; return the receipts of all runs."""

    async def work() -> list[Receipt]:
        receipts = []
        async with await asyncio.start_server(server.talk, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            sender = SmtpSender(f"smtp+plain://127.0.0.1:{port}", "digest@example.org", timeout_s=TIMEOUT_S)
            for number in range(runs):
                now = NOW + number * timedelta(hours=2)
                route = {"smtp": Route(sender, resend=resend)}
                receipts += await deliver(ledger.outbox, route, f"run {number}", now, lambda now=now: now, silent)  # type: ignore[misc, arg-type]  # bound at once
        return receipts

    return asyncio.run(work())


def kinds(names: list[str]) -> dict[str, int]:
    """Count readers by kind."""
    return dict(Counter(name.partition("@")[0].rpartition("-")[0] for name in names))


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, blank_ledger: Path) -> Iterator[tuple[Ledger, Difficult]]:
    """A ledger and a server after a day of runs."""
    ledger = Ledger(sqlite_url(Path(shutil.copy(blank_ledger, tmp_path_factory.mktemp("day") / "ledger.db"))))
    server = Difficult()
    waiting(ledger)
    run_for_a_day(ledger, server)
    yield ledger, server
    ledger.close()


def test_every_mail_ends_as_it_should_and_none_comes_twice(day: tuple[Ledger, Difficult]) -> None:
    """Sent, given up or in doubt as the server's answers say; what it got, it got once; nobody's address is shut."""
    ledger, server = day

    rows = ledger.outbox.deliveries()

    states = {(row["address"].rpartition("-")[0], row["state"]) for row in rows}
    assert states == set(ENDS.items())
    assert Counter(row["state"] for row in rows) == {"sent": 5 * EACH, "dead": 4 * EACH, "in_doubt": 2 * EACH}
    assert kinds([to for to, _ in server.taken]) == dict.fromkeys(TAKEN, EACH)
    assert max(Counter(id for _, id in server.taken).values()) == 1
    assert kinds([one.channel.address for one in ledger.outbox.suspensions()]) == {"nobody": EACH}


def test_refusals_for_good_are_tried_once_and_others_eight_times(day: tuple[Ledger, Difficult]) -> None:
    """A server that said no for good is not asked again; one that says later is, until it has said so eight times."""
    _, server = day

    tries = {to.rpartition("-")[0]: count for to, count in server.tries.items()}

    once = {kind for kind, count in tries.items() if count == 1}
    assert once == {"fine", "nobody", "policy", "spam", "lost-after", "late"}
    assert (tries["greylisted"], tries["deferred"], tries["always-deferred"]) == (2, 4, 8)


def test_what_is_sent_again_in_doubt_keeps_its_message_id(ledger: Ledger) -> None:
    """By the operator's wish a mail in doubt is repeated: only such a one, and readers' programs see one mail."""
    waiting(ledger)
    server = Difficult()

    run_for_a_day(ledger, server, runs=2, resend=True)

    copies = Counter(server.taken)
    twice = {to.rpartition("-")[0] for (to, _), count in copies.items() if count > 1}
    assert twice == {"lost-after", "late"}
    assert len({to for to, _ in copies}) == len(copies)
