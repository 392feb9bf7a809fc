"""Two weeks of a server's ticks, its clock moved, while everything goes wrong once: what was told, when, and how often.

    python bench/two_weeks.py --data DIR --world SCRIPT [--endpoint SCRIPT] [--days 14] [--calm]

The world is a script that serves arXiv, feeds and faults from `--data` on `--port`, the endpoint one that speaks
OpenAI's chat interface on `--port`; without it nothing is asked of a model. The server is killed (-9) in the middle of
ticks, its disk is full for an hour (a small tmpfs, where root may mount one), its ledger is moved away for ten minutes,
its model is away for a day, and Cairo changes to summer time. Slots are computed here from the clock on the wall, and
mails are counted where they arrive. Ends in 1 where something is not as it should be. With `--calm` nothing goes
wrong, so that one process lives through all of it: that shows how its memory grows.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import arguments
import recount
from aiosmtpd.controller import Controller
from arxiv_items import month

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain import Cadence, Channel, Subscription

START = datetime(2026, 4, 13, tzinfo=UTC)
STEP, MINUTE, HOUR, DAY = timedelta(minutes=30), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CATEGORIES = ("cs.IT", "cs.CE", "cs.GT")
KILLS = (DAY + 12 * HOUR, 2 * DAY + 6 * HOUR, 3 * DAY, 3 * DAY + 12 * HOUR)
FULL = START + 4 * DAY + 12 * HOUR
AWAY = START + 6 * DAY + 9 * HOUR + 3 * MINUTE
NO_MODEL = START + 8 * DAY
READERS = {
    "cairo": Cadence("daily", "08:00", zone="Africa/Cairo"),
    "night": Cadence("daily", "00:30", zone="Africa/Cairo"),  # on 24 April there is no such time
    "berlin": Cadence("weekdays", "07:30", zone="Europe/Berlin"),
    "tokyo": Cadence("weekly", "09:00", "mon", zone="Asia/Tokyo"),
    "kolkata": Cadence("daily", "18:15", zone="Asia/Kolkata"),
}
SEED = 20260413


@dataclass
class Letters:
    """What the mail server was handed, by Message-ID and reader."""

    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    operators: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        from email import message_from_bytes, policy

        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.seen[str(mail["Message-ID"]), str(mail["To"])] += 1
        if str(mail["To"]).startswith("ops@"):
            part = mail.get_body(("plain",))
            self.operators.append(part.get_content() if part else "")
        return "250 taken"


class Server:
    """The process that ticks, started anew whenever it was killed."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment, self._folder = environment, folder
        self._process: subprocess.Popen[str] | None = None
        self.starts = 0
        self.sizes: list[tuple[datetime, float]] = []
        """How large the last process was after each of its ticks."""

    def begin(self, now: datetime) -> subprocess.Popen[str]:
        """Hand an instant to the process."""
        if self._process is None:
            command = [sys.executable, str(Path(__file__).with_name("ticker.py"))]
            self._process = subprocess.Popen(
                command,
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            self.starts, self.sizes = self.starts + 1, []
        assert self._process.stdin
        self._process.stdin.write(f"{now.isoformat()}\n")
        self._process.stdin.flush()
        return self._process

    def tick(self, now: datetime) -> list[str]:
        """Tick; return why it failed, nothing where it did not."""
        process = self.begin(now)
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            sys.exit(f"the server ended by itself at {now}")
        told = json.loads(line)
        self.sizes.append((now, told["rss_mb"]))
        return [str(reason) for reason in told["failed"]]

    def kill(self, now: datetime, after_s: float) -> None:
        """Begin a tick and kill the process in the middle of it."""
        process = self.begin(now)
        time.sleep(after_s)
        self.end(process)

    def end(self, process: subprocess.Popen[str] | None = None) -> None:
        """Kill the process."""
        process = process or self._process
        if process:
            process.kill()
            process.communicate()
        self._process = None


@contextmanager
def script(path: str, *words: str) -> Iterator[str]:
    """Run a script that serves on a port of ours; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = start(path, port, *words)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def start(path: str, port: int, *words: str) -> subprocess.Popen[bytes]:
    """Start a script and wait until it listens."""
    process = subprocess.Popen([sys.executable, path, "--port", str(port), *words], stdout=subprocess.DEVNULL)
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.1)
    sys.exit(f"{path} does not serve on port {port}")


class Disk:
    """The data folder's own small disk, which can be filled; a plain folder where none can be mounted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        options = ["mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs", str(folder)]
        self.is_own = os.geteuid() == 0 and subprocess.run(options, capture_output=True).returncode == 0

    def fill(self) -> None:
        """Leave no byte free."""
        if self.is_own:
            found = os.statvfs(self.folder)
            used = (found.f_blocks - found.f_bfree) * found.f_frsize
            self._resize(str(used))

    def empty(self) -> None:
        """Make room again."""
        if self.is_own:
            self._resize("2g")

    def close(self) -> None:
        """Take it away."""
        if self.is_own:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)

    def _resize(self, size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.folder)], check=True)


def move(home: Path, *, away: bool) -> None:
    """Move the ledger away, or back."""
    for end in ("", "-wal", "-shm"):
        here, there = home / f"ledger.db{end}", home / f"away.db{end}"
        source, target = (here, there) if away else (there, here)
        if source.exists():
            source.rename(target)


def instants(days: int) -> list[datetime]:
    """Return when ticks come: each half hour, and each two minutes around the ledger's absence."""
    found = {START + n * STEP for n in range(days * 48)}
    found |= {AWAY + n * 2 * MINUTE for n in range(8)} if START + days * DAY > AWAY else set()
    return sorted(found)


def slots(cadence: Cadence, days: int) -> list[datetime]:
    """Return when a subscription is due; a time that is left out comes right after, at the clock's next instant."""
    zone, found = ZoneInfo(cadence.zone), []
    first = START.astimezone(zone).date()
    hour, minute = map(int, cadence.at.split(":"))
    for day in (first + timedelta(days=n) for n in range(-1, days + 2)):
        wanted = {"weekly": day.weekday() == 0, "weekdays": day.weekday() < 5}.get(cadence.kind, True)
        wall = datetime.combine(day, clock(hour, minute))
        at = wall.replace(tzinfo=zone).astimezone(UTC)
        while at.astimezone(zone).replace(tzinfo=None) > wall and (at - MINUTE).astimezone(zone).date() >= day:
            at -= MINUTE  # the clock jumped over it: the jump's own instant
        if wanted and START < at < START + days * DAY:
            found.append(at)
    return found


def prepare(home: Path, world: str) -> None:
    """Make the data folder: feeds, and readers who are sent mail."""
    feeds = [
        {
            "id": "arxiv",
            "kind": "arxiv",
            "categories": list(CATEGORIES),
            "base_url": f"{world}/api/query",
            "every": "12h",
        },
        {"id": "news", "kind": "feed", "url": f"{world}/rss/cs.SI", "every": "12h"},
        {"id": "broken", "kind": "feed", "url": f"{world}/fault/500", "every": "12h"},
    ]
    (home / "feeds.yaml").write_text(json.dumps({"feeds": feeds}))
    ledger = Ledger(sqlite_url(home / "ledger.db"))
    channel = "{}@example.org".format
    made = [Subscription(id, (Channel("smtp", channel(id)),), cadence=c, created_at=START) for id, c in READERS.items()]
    ledger.subscriptions.save(made)
    ledger.close()


def environment(home: Path, port: int, endpoint: str) -> dict[str, str]:
    """Return the settings of the server."""
    found = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    found |= {
        "HOME": str(home),
        "DIGESTBOT_HOME": str(home),
        "DIGESTBOT_ALLOW_NETS": "127.0.0.0/8",
        "DIGESTBOT_SMTP_URL": f"smtp+plain://127.0.0.1:{port}",
        "DIGESTBOT_MAIL_FROM": "digest@example.org",
        "DIGESTBOT_MAIL_TO": "everyone@example.org",
        "DIGESTBOT_OPERATORS": "mail:ops@example.org",
        "DIGESTBOT_OPERATORS_HEAR": "alerts",
        "DIGESTBOT_FULL_TEXTS": "0",
    }
    if endpoint:
        found |= {"DIGESTBOT_MODEL": "openai:loopback", "OPENAI_BASE_URL": f"{endpoint}/v1", "OPENAI_API_KEY": "none"}
    return found


@dataclass
class Lived:
    """What happened at each tick: those that did their work, those that failed with why, those killed in the middle."""

    good: list[datetime] = field(default_factory=list)
    failed: dict[datetime, str] = field(default_factory=dict)
    killed: list[datetime] = field(default_factory=list)


def live(server: Server, home: Path, disk: Disk, world: str, endpoint: str, model: str, days: int, calm: bool) -> Lived:
    """Tick through the days, and let go wrong what goes wrong, nothing if they are `calm`."""
    lived, chance, today, process = Lived(), random.Random(SEED), "", None
    gone = set() if calm else {START + at for at in KILLS}
    port = int(endpoint.rpartition(":")[2]) if endpoint else 0
    process = start(model, port) if endpoint else None
    for now in instants(days):
        if f"{now:%Y-%m-%d}" != today:
            today = f"{now:%Y-%m-%d}"
            urlopen(f"{world}/_today?d={today}", timeout=30).close()
            print(f"{today} …", file=sys.stderr, flush=True)
        if not calm:
            befall(now, disk, home)
        if process and now == NO_MODEL and not calm:
            process.kill()
            process.wait()
        if process and now == NO_MODEL + DAY and not calm:
            process = start(model, port)
        if now in gone:
            server.kill(now, chance.uniform(3.0, 9.0))
            lived.killed.append(now)
        elif reasons := server.tick(now):
            lived.failed[now] = reasons[0]
        else:
            lived.good.append(now)
    if process:
        process.kill()
        process.wait()
    return lived


def befall(now: datetime, disk: Disk, home: Path) -> None:
    """Take away at its instant what goes missing for a while, disk or ledger, and give it back."""
    if now == FULL:
        disk.fill()
    if now == FULL + HOUR:
        disk.empty()
    if now == AWAY:
        move(home, away=True)
    if now == AWAY + 10 * MINUTE:
        move(home, away=False)


def tell_digests(home: Path, lived: Lived, days: int) -> int:
    """Print for each reader the digests and the stories they got; return what is wrong."""
    found, wrong = recount.Ledger(home / "ledger.db"), 0
    able = sorted([*lived.good, *lived.killed])
    heads = ("slots", "digests", "timely", "stories", "once", "twice", "lost", "late")
    print(f"\n{'reader':10}" + "".join(f"{head:>9}" for head in heads))
    for id, cadence in READERS.items():
        due = [next(tick for tick in able if tick >= slot) for slot in slots(cadence, days)]
        made = [at for subscription, at, _ in found.digests if subscription == id]
        fine = allowed(due, lived)
        timely = sum(at in fine for at in made)
        told: dict[str, list[datetime]] = defaultdict(list)
        for story, at in recount.told(found, id):
            told[story].append(at)
        once = sum(len(times) == 1 for times in told.values())
        twice = sum(len(times) > 1 for times in told.values())
        ready = {
            one["id"]: max(recount.moment(one["decided_at"]), recount.moment(one["written_at"]))
            for one in found.stories
        }
        lost = sum(story not in told and any(tick >= at for tick in due) for story, at in ready.items())
        late = sum(
            min(times) > next((max(allowed([tick], lived)) for tick in due if tick >= ready[story]), START)
            for story, times in told.items()
            if story in ready
        )
        counts = (len(due), len(made), timely, len(told), once, twice, lost, late)
        print(f"{id:10}" + "".join(f"{count:>9}" for count in counts))
        wrong += twice + lost + (len(made) - timely) + (len(made) - len(set(made)))
    return wrong


def allowed(due: Sequence[datetime], lived: Lived) -> set[datetime]:
    """Return when these slots' digests may have been made: a tick that was killed leaves them to the next one."""
    found = set(due)
    for tick in due:
        if tick in lived.killed:
            found.add(next(good for good in lived.good if good > tick))
    return found


def tell_items(home: Path, data: Path, lived: Lived) -> int:
    """Print whether every paper that was announced is there, once; return what is wrong."""
    last = max(lived.good).date()
    wanted = {
        f"arxiv:{row['id']}"
        for row in month(data)
        if START.date() <= datetime.fromisoformat(row["date"]).date() < last
        and set(row["categories"]) & set(CATEGORIES)
    }
    connection = sqlite3.connect(home / "ledger.db")
    items = [row[0] for row in connection.execute("SELECT id FROM items")]
    query = "SELECT count(*), count(DISTINCT item || feed || version) FROM sightings"
    shown, different = (int(count) for count in connection.execute(query).fetchone())
    open_ones: int = connection.execute("SELECT count(*) FROM sightings WHERE outcome = ''").fetchone()[0]
    connection.close()
    lost, twice, again = len(wanted - set(items)), len(items) - len(set(items)), shown - different
    print(f"\npapers announced {len(wanted)}, lost {lost}; items {len(items)}, twice {twice};", end=" ")
    print(f"sightings {shown}, twice {again}, without an outcome {open_ones}")
    return lost + twice + again + open_ones


def tell_mails(home: Path, letters: Letters) -> int:
    """Print what arrived against what the outbox says; return what is wrong."""
    connection = sqlite3.connect(home / "ledger.db")
    rows = connection.execute("SELECT state, reference FROM outbox WHERE kind = 'smtp'").fetchall()
    connection.close()
    states, arrived = Counter(state for state, _ in rows), {id for id, _ in letters.seen}
    twice = sum(count > 1 for count in letters.seen.values())
    missing = len({reference for state, reference in rows if state == "sent"} - arrived)
    # What tells that the ledger is away cannot stand in it.
    past = len(arrived - {reference for _, reference in rows})
    print(f"mails: {len(arrived)} arrived, {twice} twice, {missing} missing, {past} past the outbox; {dict(states)}")
    return twice + missing + states["pending"] + states["dead"]


def tell_alerts(home: Path, letters: Letters) -> int:
    """Print each time an alert stood by what the operators were told; return what was told twice or out of turn."""
    found, standing, wrong = recount.Ledger(home / "ledger.db"), dict[str, str](), 0
    print(f"\n{'alert':14}{'raised':18}{'over':18}says")
    for _, at, body in (row for row in found.digests if row[0] == "operators"):
        for part in body["sections"]:
            for entry in part["entries"]:
                key, says = entry["story"], entry["title"][:70]
                if part["id"] == "raised":
                    wrong += key in standing
                    standing[key] = f"{at:%m-%d %H:%M}"
                elif part["id"] == "cleared":
                    since = standing.pop(key, entry["tldr"].removeprefix("from ")[5:16])
                    print(f"{key[:13]:14}{since:18}{at:%m-%d %H:%M}       {says}")
    for key, since in standing.items():
        print(f"{key[:13]:14}{since:18}stands")
    return wrong


def tell_sizes(server: Server) -> None:
    """Print how large the last process was at the first tick after each of its midnights, and at its end."""
    days = {f"{at:%m-%d}": mb for at, mb in reversed(server.sizes)}
    told = " ".join(f"{day} {mb:.0f}" for day, mb in sorted(days.items()))
    print(f"\nmemory of the last of {server.starts} processes over {len(server.sizes)} ticks, MB: {told}", end=" ")
    print(f"end {server.sizes[-1][1]:.0f}")


def main() -> None:
    """Live through it and print the tables."""
    parser = argparse.ArgumentParser(description="Two weeks of ticks in which everything goes wrong once.")
    arguments.add_data(parser)
    parser.add_argument("--world", required=True, metavar="SCRIPT", help="serves arXiv, feeds and faults; takes --port")
    parser.add_argument("--endpoint", default="", metavar="SCRIPT", help="serves a chat model; takes --port")
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--calm", action="store_true", help="nothing goes wrong: how the memory of one process grows")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="copy the data folder there in the end")
    options = parser.parse_args()
    letters, begun = Letters(), time.monotonic()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="digestbot-weeks-")))
        disk = Disk(home)
        stack.callback(disk.close)
        world = stack.enter_context(script(options.world, "--data", str(options.data), "--arxiv-gap", "0"))
        mail = Controller(letters, hostname="127.0.0.1", port=free_port())
        mail.start()
        stack.callback(mail.stop)
        endpoint = f"http://127.0.0.1:{free_port()}" if options.endpoint else ""
        prepare(home, world)
        server = Server(environment(home, mail.port, endpoint), home)
        stack.callback(server.end)
        lived = live(server, home, disk, world, endpoint, options.endpoint, options.days, options.calm)
        kinds = Counter(reason[:70] for reason in lived.failed.values())
        print(f"{len(lived.good)} ticks done, {len(lived.failed)} failed, {len(lived.killed)} killed in the middle")
        for reason, count in kinds.items():
            print(f"  {count} × {reason}")
        wrong = tell_digests(home, lived, options.days)
        wrong += tell_items(home, options.data, lived) + tell_mails(home, letters) + tell_alerts(home, letters)
        tell_sizes(server)
        if options.keep:
            subprocess.run(["cp", "-r", str(home), str(options.keep)], check=True)
    print(f"\n{time.monotonic() - begun:.0f} s; wrong: {wrong}")
    sys.exit(bool(wrong))


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    main()
