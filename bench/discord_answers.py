"""Two hundred people type a command at the same moment while the same process posts a digest to many channels.

    python bench/discord_answers.py [--command explain --data DIR] [--people N] [--channels N] [--latency SECONDS]

The bot runs as `digestbot serve` runs it, in a process of its own, against the tests' double of Discord on loopback.
Discord gives a bot three seconds to acknowledge. Prints how long it took, as Discord saw it, and how long until each
had the whole answer. With `--command explain` they ask about two hundred different titles of the 2,500 papers that are
loaded from DIR (or DIGESTBOT_BENCH_DATA), so that no answer is another's.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from multiprocessing.synchronize import Event
from pathlib import Path
from threading import Thread
from typing import Any

import arguments

ROOT = Path(__file__).resolve().parent.parent
PAPERS = 2_500
sys.path.insert(0, str(ROOT / "tests"))

import digests  # noqa: E402  # the tests' own, after their folder is known
from discord_wire.interactions import Exchange  # noqa: E402
from discord_wire.server import TOKEN, Discord, Fault, Pace, certificate_pem, connector, served, trusting  # noqa: E402
from fakes import NOW, silent  # noqa: E402

from digestbot.adapters.discord_chat import DiscordChatSender  # noqa: E402
from digestbot.app import Explainer, bot_beside, ledger_of  # noqa: E402
from digestbot.commands.library import load_command  # noqa: E402
from digestbot.domain import Channel, StoryId  # noqa: E402
from digestbot.pipeline.deliver import deliver  # noqa: E402
from digestbot.ports import Route  # noqa: E402
from digestbot.processes import me  # noqa: E402
from digestbot.settings import Settings  # noqa: E402


def main() -> None:
    """Print a row without and with a delivery under way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--channels", type=int, default=500)
    parser.add_argument("--latency", type=float, default=0.1, metavar="SECONDS")
    parser.add_argument("--command", default="status")
    arguments.add_data(parser)
    options = parser.parse_args()
    print(f"{'':<12}{'answered':>9}{'p50 s':>8}{'p99 s':>8}{'most s':>8}{'whole answer: p50 s':>22}{'most s':>8}")
    for name, channels in (("alone", 0), ("delivering", options.channels)):
        print(f"{name:<12}{measured(options, channels)}")


def measured(options: argparse.Namespace, channels: int) -> str:
    """Return what came of it, as a row."""
    with tempfile.TemporaryDirectory() as folder, served(pace=Pace()) as double:
        double.faults = [Fault("slow", times=10**9, wait_s=options.latency)]
        guild = double.world.guild()
        places = [double.world.channel(guild, f"c{n}") for n in range(max(channels, 1))]
        record(Path(folder), [place["id"] for place in places[:channels]])
        topics = loaded(Path(folder), options.data, options.people) if options.command == "explain" else []
        context = multiprocessing.get_context("spawn")
        stop = context.Event()
        bot = context.Process(target=serve, args=(folder, double.port, certificate_pem(), stop))
        bot.start()
        begun = len(double.requests) + 40
        wait_for(lambda: bool(double.gateway.sessions) and (not channels or len(double.requests) > begun))
        exchanges = ask(double, options.command, options.people, places[0], topics)
        ended = whole_of(exchanges)
        stop.set()
        bot.join(30)
        bot.kill()
    took = sorted(exchange.acknowledged_s for exchange in exchanges)
    whole = sorted(ended[exchange.id] - exchange.sent_at for exchange in exchanges)
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99) - 1]
    return f"{len(took):>9}{p50:>8.2f}{p99:>8.2f}{took[-1]:>8.2f}{whole[len(whole) // 2]:>22.2f}{whole[-1]:>8.2f}"


def whole_of(exchanges: list[Exchange], longest_s: float = 420) -> dict[str, float]:
    """Return when each had its whole answer: for an explanation that is the one with buttons below it."""
    ended: dict[str, float] = {}

    def all_have_it() -> bool:
        now = time.perf_counter()
        for one in exchanges:
            if one.id not in ended and one.replies and _is_whole(one.replies[0]):
                ended[one.id] = now
        return len(ended) == len(exchanges)

    wait_for(all_have_it, longest_s)
    return ended


def _is_whole(reply: Mapping[str, Any]) -> bool:
    said = str(reply["embeds"][0].get("description", "")) if reply["embeds"] else ""
    return bool(reply["components"]) or "queue" not in said


def loaded(home: Path, data: Path, count: int) -> list[str]:
    """Load papers and return the titles of some of them."""
    file, titles = home / "papers.jsonl", list[str]()
    with gzip.open(data / "arxiv-month" / "items.jsonl.gz", "rt", encoding="utf-8") as lines, file.open("w") as out:
        for line in islice(lines, PAPERS):
            row = json.loads(line)
            titles.append(row["title"])
            kept = {name: row[name] for name in ("id", "title", "abstract", "date")}
            out.write(json.dumps(kept | {"url": f"https://arxiv.org/abs/{row['id']}", "kind": "paper"}) + "\n")
    load_command(settings_of(home), file, NOW)
    return titles[:: max(1, len(titles) // count)][:count]


def record(home: Path, channels: list[str]) -> None:
    """Record a digest on its way to these channels."""
    digest = replace(digests.long(40), created_at=NOW)
    with ledger_of(settings_of(home)) as ledger:
        keys = {f"key-{n:04}": Channel("discord", id) for n, id in enumerate(channels)}
        ledger.publications.record_digests([(digest, [StoryId("s1")], keys)])


def settings_of(home: Path) -> Settings:
    """Return settings with the bot's token."""
    return Settings.model_validate({"home": home, "discord_token": TOKEN})


def serve(home: str, port: int, certificate: str, stop: Event) -> None:
    """Be the bot, and post what is due beside it, until told to stop."""
    settings, trusted = settings_of(Path(home)), trusting(certificate)
    sender = DiscordChatSender(TOKEN, None, lambda: connector(port, trusted))
    routes = {sender.kind: Route(sender, at_once=40)}

    def post() -> None:
        with ledger_of(settings) as ledger:
            asyncio.run(deliver(ledger.outbox, routes, me(), NOW, lambda: datetime.now(UTC), silent))

    with (
        closing(Explainer(lambda: settings)) as explainer,
        bot_beside(lambda: settings, lambda line: None, explainer.explain, lambda: connector(port, trusted)),
    ):
        Thread(target=post, daemon=True).start()
        stop.wait()


def ask(double: Discord, command: str, people: int, channel: dict[str, object], topics: list[str]) -> list[Exchange]:
    """Let everybody type the command at once, each with a topic where there are any."""
    id = next(one["id"] for one in double.world.commands if one["name"] == command)

    def data(number: int) -> dict[str, object]:
        given = [{"name": "topic", "type": 3, "value": topics[number % len(topics)][:300]}] if topics else []
        return {"id": id, "name": command, "type": 1, "options": given}

    async def all_of_them() -> list[Exchange]:
        common = {"discriminator": "0", "avatar": None, "global_name": None}
        users = [{"id": str(n + 1), "username": f"u{n}", **common} for n in range(people)]
        return [await double.interact(2, data(n), channel, user) for n, user in enumerate(users)]

    assert double.loop is not None
    return asyncio.run_coroutine_threadsafe(all_of_them(), double.loop).result(60)


def wait_for(happened: Callable[[], bool], longest_s: float = 120) -> None:
    """Wait until something happened."""
    until = time.monotonic() + longest_s
    while not happened():
        if time.monotonic() > until:
            raise TimeoutError("the bot did not answer in time")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
