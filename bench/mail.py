"""Sends a digest to ten thousand mailboxes: how long it takes to compose and to hand over, and in how much memory.

    python bench/mail.py [--readers 10000] [--profile]

The sample week is read once; then the readers subscribe, all of them to one rule or each to one of fifty, and their
mails go to an SMTP server in a process of its own on loopback. No data folder is needed.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import multiprocessing
import pstats
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar, cast

from subscribers import RULES, Memory, silent

from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.adapters.smtp_sender import SmtpSender
from digestbot.app import Given, ledger_of, run_line
from digestbot.domain import Channel, Subscription
from digestbot.feeds import load as load_feeds
from digestbot.pipeline.deliver import deliver
from digestbot.pipeline.publish import publish
from digestbot.ports import Route
from digestbot.processes import me
from digestbot.roadmap import outline
from digestbot.sample import world
from digestbot.settings import Settings, load
from digestbot.subscriptions.sheet import applied
from digestbot.web.links import links_of
from digestbot.web.tokens import Tokens

NOW = datetime.fromisoformat(world.NOW)
SHAPES: tuple[dict[str, Any], ...] = (
    {},
    {"lang": "zh-Hans"},
    {"length": "short"},
    {"max_items": 10},
    {"zone": "Asia/Tokyo"},
)


def main() -> None:
    """Read the sample week, then send it to everybody, under one rule and under fifty."""
    parser = argparse.ArgumentParser(description="Measure mail.")
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--profile", action="store_true", help="tell where the time of handing over goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="digestbot-mail-") as folder:
        settings = load(home=Path(folder) / "read", allow_nets="127.0.0.0/8", model="offline")
        read_week(settings, Path(folder) / "feeds.yaml")
        print("rules  readers  composed s  cpu s   sent s  cpu s  mails/s  kB/mail  ledger MB  RSS MB composed   sent")
        for rules in (1, 50):
            # Each case in a process and on a ledger of its own, so that its peak of memory is its own.
            home = Path(folder) / f"rules-{rules}"
            shutil.copytree(settings.home, home)
            case = multiprocessing.get_context("spawn").Process(
                target=send_to_all, args=(home, rules, options.readers, options.profile)
            )
            case.start()
            case.join()


def read_week(settings: Settings, file: Path) -> None:
    """Run once on the sample week and send it nowhere."""
    with world.serve() as sample:
        file.write_text(sample.feeds_yaml, "utf-8")
        nowhere = {"file": Route(Memory("file")), "maildir": Route(Memory("maildir"))}
        run_line(settings, Given(load_feeds(file), NOW, silent, nowhere))  # type: ignore[arg-type]  # kinds


def readers(rules: int, count: int) -> list[Subscription]:
    """Return a subscription for each reader; the rules take turns."""
    kinds = [rule | shape for rule in RULES for shape in SHAPES][:rules]
    made = []
    for n, kind in enumerate(islice(cycle(kinds), count)):
        base = Subscription(f"r{n:05}", (Channel("smtp", f"r{n:05}@reader.example"),), created_at=NOW)
        made.append(applied(base, kind, NOW))
    return made


def send_to_all(home: Path, rules: int, count: int, profile: bool) -> None:
    """Compose for all, hand everything over, and print a line."""
    settings = load(home=home)
    plan, now = outline(RoadmapFiles(home, settings.roadmap).read()), NOW + timedelta(hours=1)
    with ledger_of(settings) as ledger, mail_server() as (port, received):
        mine = readers(rules, count)
        ledger.subscriptions.save(mine)
        before, begun, worked = peak_mb(), time.perf_counter(), time.process_time()
        lang, parts = plan.lang or "en", (ledger.candidates, ledger.subscriptions, ledger.publications)
        digests = asyncio.run(publish(*parts, mine, plan, lang, now, ""))
        composed, composing, peak_composing = time.perf_counter() - begun, time.process_time() - worked, peak_mb()
        asked, ledger_mb = len(digests), sum(file.stat().st_size for file in home.glob("ledger.db*")) / 1e6
        del digests
        links = links_of(Tokens("a secret of this bench"), "https://digest.example.org")
        sender = SmtpSender(f"smtp+plain://127.0.0.1:{port}", "digest@example.org", links_of=links)
        watch = cProfile.Profile()
        begun, worked = time.perf_counter(), time.process_time()
        if profile:
            watch.enable()
        receipts = asyncio.run(deliver(ledger.outbox, {"smtp": Route(sender)}, me(), now, lambda: now, silent))
        watch.disable()
        sent, sending = time.perf_counter() - begun, time.process_time() - worked
        mails, size, twice = received()
    print(
        f"{rules:>5} {asked:>8} {composed:>11.1f} {composing:>6.1f} {sent:>8.1f} {sending:>6.1f} {mails / sent:>8.0f} "
        f"{size / max(mails, 1) / 1000:>8.1f} {ledger_mb:>10.0f} "
        f"{before:>7.0f} {peak_composing:>8.0f} {peak_mb():>6.0f}",
        flush=True,
    )
    states = Counter(receipt.state for receipt in receipts if receipt.channel.kind == "smtp")
    assert (states, mails, twice) == ({"sent": asked}, asked, 0), (states, mails, twice)
    if profile:
        pstats.Stats(watch).sort_stats("cumulative").print_stats(40)


def peak_mb() -> float:
    """Return the most memory that this process has had so far."""
    # Not getrusage: its peak goes on from the process that started this one.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def mail_server() -> Iterator[tuple[int, Callable[[], tuple[int, int, int]]]]:
    """Give the port of a mail server in another process, and what tells mails, bytes and repeated Message-IDs."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,))
    process.start()
    port = ours.recv()

    def received() -> tuple[int, int, int]:
        ours.send("count")
        found: tuple[int, int, int] = ours.recv()
        return found

    try:
        yield port, received
    finally:
        ours.send("end")
        process.join()


class Counting(asyncio.Protocol):
    """Takes every mail and keeps only its Message-ID and size; quick, so that it is not what is measured."""

    ids: ClassVar[Counter[bytes]] = Counter()
    size: ClassVar[int] = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport, self.parts, self.is_mail = cast(asyncio.Transport, transport), list[bytes](), False
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer a command, or take more of a mail."""
        if not self.is_mail:
            self.is_mail = data[:4].upper() == b"DATA"
            self.transport.write(b"354 go on\r\n" if self.is_mail else b"250 ok\r\n")
            return
        self.parts.append(data)
        if (b"".join(self.parts[-2:]) if len(data) < 5 else data).endswith(b"\r\n.\r\n"):
            self.count(b"".join(self.parts))
            self.parts, self.is_mail = [], False
            self.transport.write(b"250 ok\r\n")

    def count(self, content: bytes) -> None:
        """Count a mail."""
        Counting.size += len(content) - 3
        Counting.ids[content.partition(b"\nMessage-ID: ")[2].partition(b"\r")[0]] += 1


def serve(control: Connection) -> None:
    """Serve mail until told to end."""
    asyncio.run(serving(control))


async def serving(control: Connection) -> None:
    """Serve mail on a free port; answer with what came."""
    server = await asyncio.get_running_loop().create_server(Counting, "127.0.0.1", 0)
    control.send(server.sockets[0].getsockname()[1])
    while await asyncio.to_thread(control.recv) == "count":
        total = Counting.ids.total()
        control.send((total, Counting.size, total - len(Counting.ids)))
    server.close()


if __name__ == "__main__":
    main()
