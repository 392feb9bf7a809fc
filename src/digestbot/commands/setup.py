"""`init` and `demo`: getting started."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.app import ledger_of
from digestbot.commands.console import Terminal, terminal
from digestbot.settings import Settings
from digestbot.shipped import shipped

_NEXT = (
    ("Read the digest again, or open the .html beside it", "cat {home}/digests/*.md"),
    ("See every item and where it ended", "{program} items"),
    ("Ask about one of them", "{program} why https://arxiv.org/abs/2604.02869"),
    ("Look at a proposed change to the roadmap", "{program} review show {proposal}"),
    ("Accept it, or reject another with a reason", "{program} review accept {proposal}"),
    ("Search what was read", '{program} search "key-value cache"'),
    (
        "Read it in a browser, on the day of the sample; Ctrl-C ends that",
        "DIGESTBOT_NOW={now} DIGESTBOT_PUBLIC_URL=http://127.0.0.1:8421 {program} web --port 8421",
    ),
    ("Find the mail, in a folder that mail programs open", "ls {home}/maildir/new"),
    ("Start with the real sources", "unset DIGESTBOT_HOME; {program} init && {program} run --dry-run"),
)
_SAMPLE_FEEDS = "sample-feeds.yaml"


def init_command(settings: Settings) -> int:
    """Make the data folder with its own feeds.yaml and roadmaps; what is there already stays as it is."""
    where, home = terminal(), settings.home
    with ledger_of(settings) as ledger:
        counts = ledger.history.counts()
    own_feeds = home / "feeds.yaml"
    made = RoadmapFiles(home, settings.roadmap).install()
    if not own_feeds.exists():
        own_feeds.write_bytes(shipped("feeds.yaml").read_bytes())
        made.append(own_feeds)
    for path in made:
        where.say(f"made {path}")
    where.say(f"The data folder is {home}: {counts['items']} items, {counts['digests']} digests.")
    where.say(f"Next: edit {own_feeds}, try it with 'digestbot run --dry-run', then 'digestbot run'.")
    return 0


def demo_command(home: Path | None) -> int:
    """Serve the sample week on loopback and run the real main job on it, as its own process."""
    from digestbot.sample import world

    where = terminal()
    folder = home or Path("digestbot-demo")
    if folder.exists() and any(folder.iterdir()) and not _is_earlier_demo(folder):
        where.say(f"{folder} is not empty and no earlier demo: name another folder with --home")
        return 2
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with world.serve() as sample:
        (folder / _SAMPLE_FEEDS).write_text(sample.feeds_yaml, encoding="utf-8")
        words = ["run", "--feeds", str(folder / _SAMPLE_FEEDS), "--now", world.NOW]
        # The sample has abstracts only: its papers' full texts would be asked for in vain, a second apart.
        told = {"DIGESTBOT_HOME": str(folder), "DIGESTBOT_ALLOW_NETS": "127.0.0.0/8", "DIGESTBOT_FULL_TEXTS": "0"}
        own = told | {"DIGESTBOT_MODEL": "offline"}
        where.say("A sample week is served on loopback; the real main job reads it:")
        settings = " ".join(f"{name}={value}" for name, value in told.items())
        where.say(f"  {settings} digestbot {' '.join(words)}\n")
        done = subprocess.run([sys.executable, "-m", "digestbot", *words], env=_clean_environment() | own, check=False)
    if done.returncode == 0:
        _tell_next(where, folder)
    return done.returncode


def _is_earlier_demo(folder: Path) -> bool:
    """Only what a demo made is thrown away: no folder that `init` made somebody's own since."""
    return (folder / _SAMPLE_FEEDS).exists() and not (folder / "feeds.yaml").exists()


def _tell_next(where: Terminal, folder: Path) -> None:
    from digestbot.adapters.ledger import Ledger, sqlite_url
    from digestbot.sample.world import NOW

    ledger = Ledger(sqlite_url(folder / "ledger.db"))
    waiting = ledger.publications.proposals(state="open")
    ledger.close()
    home, program = shlex.quote(str(folder)), shlex.quote(_program())
    where.say(f"\nNow try, after\n    export DIGESTBOT_HOME={shlex.quote(str(folder.absolute()))}")
    for what, command in _NEXT:
        if waiting or "{proposal}" not in command:
            proposal = waiting[0].id if waiting else ""
            where.say(f"{what}:\n    {command.format(home=home, program=program, proposal=proposal, now=NOW)}")


def _program() -> str:
    """Return what to type for digestbot in the present folder: make's environment is on no one's PATH."""
    own = Path(sys.executable).with_name("digestbot")
    found = shutil.which("digestbot")
    if found and Path(found).absolute() == own:
        return "digestbot"
    return str(own.relative_to(Path.cwd())) if own.is_relative_to(Path.cwd()) else str(own)


def _clean_environment() -> dict[str, str]:
    """The demo shows the defaults, whatever this machine is set up for."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("DIGESTBOT_", "OPENAI_"))}
