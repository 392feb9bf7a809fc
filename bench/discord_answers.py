"""Two hundred people type a command at the same moment while the same process posts a digest to many channels.

The bot runs as `digestbot serve` runs it, in a process of its own, against the tests' double of Discord on loopback.
Discord gives a bot three seconds to acknowledge. Prints how long it took, as Discord saw it.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import digests  # noqa: E402  # the tests' own, after their folder is known
from discord_wire.interactions import Exchange  # noqa: E402
from discord_wire.server import TOKEN, Discord, Fault, Pace, certificate_pem, connector, served, trusting  # noqa: E402
from fakes import NOW, silent  # noqa: E402

from digestbot.adapters.discord_chat import DiscordChatSender  # noqa: E402
from digestbot.app import bot_beside, ledger_of  # noqa: E402
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
    options = parser.parse_args()
    print(f"{'':<12}{'answered':>9}{'p50 s':>8}{'p99 s':>8}{'most s':>8}{'whole answer, most s':>22}")
    for name, channels in (("alone", 0), ("delivering", options.channels)):
        print(f"{name:<12}{measured(options, channels)}")


def measured(options: argparse.Namespace, channels: int) -> str:
    """Return what came of it, as a row."""
    with tempfile.TemporaryDirectory() as folder, served(pace=Pace()) as double:
        double.faults = [Fault("slow", times=10**9, wait_s=options.latency)]
        guild = double.world.guild()
        places = [double.world.channel(guild, f"c{n}") for n in range(max(channels, 1))]
        record(Path(folder), [place["id"] for place in places[:channels]])
        context = multiprocessing.get_context("spawn")
        stop = context.Event()
        bot = context.Process(target=serve, args=(folder, double.port, certificate_pem(), stop))
        bot.start()
        begun = len(double.requests) + 40
        wait_for(lambda: bool(double.gateway.sessions) and (not channels or len(double.requests) > begun))
        exchanges = ask(double, options.command, options.people, places[0])
        wait_for(lambda: all(exchange.replies for exchange in exchanges))
        ended = time.perf_counter()
        stop.set()
        bot.join(30)
        bot.kill()
    took = sorted(exchange.acknowledged_s for exchange in exchanges)
    whole = ended - min(exchange.sent_at for exchange in exchanges)
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99) - 1]
    return f"{len(took):>9}{p50:>8.2f}{p99:>8.2f}{took[-1]:>8.2f}{whole:>22.2f}"


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

    with bot_beside(settings, lambda line: None, lambda: connector(port, trusted)):
        Thread(target=post, daemon=True).start()
        stop.wait()


def ask(double: Discord, command: str, people: int, channel: dict[str, object]) -> list[Exchange]:
    """Let everybody type the command at once."""
    id = next(one["id"] for one in double.world.commands if one["name"] == command)
    data = {"id": id, "name": command, "type": 1}

    async def all_of_them() -> list[Exchange]:
        common = {"discriminator": "0", "avatar": None, "global_name": None}
        users = [{"id": str(n + 1), "username": f"u{n}", **common} for n in range(people)]
        return [await double.interact(2, data, channel, user) for user in users]

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
