"""The demo's week on pages of its own, on loopback, with passes to sign in by."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

from fakes import NOW

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.app import Explainer
from digestbot.app.pages import surface_of, web_pages
from digestbot.commands.web import served
from digestbot.domain.passes import Pass, PassRole
from digestbot.settings import Settings, load
from digestbot.web.passes import hash_of, new_token
from digestbot.web.site_build import Built, build


@dataclass(frozen=True)
class World:
    """Pages that are served, and what stands in their ledger."""

    url: str
    home: Path
    ledger: Ledger
    tokens: dict[PassRole, str]

    @property
    def story(self) -> str:
        """The path of a story that has several media."""
        query = "SELECT story FROM items WHERE story IS NOT NULL GROUP BY story ORDER BY count(*) DESC, story LIMIT 1"
        return f"/stories/{self.ask(query)}"

    @property
    def digest(self) -> str:
        """The path of a digest."""
        return f"/digests/{self.ask('SELECT id FROM digests ORDER BY created_at LIMIT 1')}"

    @property
    def section(self) -> str:
        """The path of the section with the most stories."""
        query = "SELECT section FROM verdicts WHERE section != 'none' GROUP BY section ORDER BY count(*) DESC LIMIT 1"
        return f"/roadmaps/genai/{self.ask(query)}"

    @property
    def chapter(self) -> str:
        """The path of the chapter with the most stories."""
        query = (
            "SELECT section || '/' || chapter FROM verdicts WHERE chapter != '' AND roadmap = 'genai' "
            "GROUP BY section, chapter ORDER BY count(*) DESC LIMIT 1"
        )
        return f"/roadmaps/genai/{self.ask(query)}"

    @property
    def proposals(self) -> list[str]:
        """The paths of the proposals that wait."""
        with closing(sqlite3.connect(self.home / "ledger.db")) as database:
            found = database.execute("SELECT id FROM proposals WHERE state = 'open' ORDER BY id").fetchall()
        return [f"/review/{id}" for (id,) in found]

    def ask(self, query: str) -> str:
        """Return the one value that a query finds."""
        with closing(sqlite3.connect(self.home / "ledger.db")) as database:
            return str(database.execute(query).fetchone()[0])

    def pages(self) -> list[str]:
        """Return a page of every kind that anybody may read."""
        return [
            "/", "/roadmaps/genai", self.section, self.chapter, "/digests", self.digest, self.story, "/search",
            "/search?q=cache", "/trends", "/feeds", "/about", "/explain", "/review", self.proposals[0], "/sign-in",
            "/subscribe", "/nothing",
        ]  # fmt: skip


def make_demo(home: Path) -> None:
    """Run the demo into a new data folder."""
    env = {"PATH": os.environ["PATH"], "HOME": str(home.parent)}
    words = [sys.executable, "-m", "digestbot", "demo", "--home", str(home)]
    subprocess.run(words, env=env, cwd=home.parent, check=True, capture_output=True, timeout=300)


@contextmanager
def world(demo: Path, home: Path, **settings: str) -> Iterator[World]:
    """Serve a copy of the demo."""
    shutil.copytree(demo, home)
    ledger = Ledger(sqlite_url(home / "ledger.db"))
    try:
        tokens: dict[PassRole, str] = {role: _pass(ledger, role) for role in get_args(PassRole)}
        listen = f"127.0.0.1:{_free_port()}"
        own = _settings(home, f"http://{listen}", settings)
        with closing(Explainer(lambda: own)) as explainer:
            pages = web_pages(lambda: own, ledger, lambda line: None, explainer.explain)
            with served(pages, listen):
                yield World(f"http://{listen}", home, ledger, tokens)
    finally:
        ledger.close()


def build_of(site: World, folder: Path, langs: tuple[str, ...] = ("en",)) -> Built:
    """Build the pages into a folder."""
    settings = _settings(site.home, "https://me.example/notes", {})
    surface = replace(surface_of(lambda: settings, site.ledger), archive=site.ledger.ahead)
    return build(surface, folder, langs, announce=site.ledger.ahead.announce)


def _settings(home: Path, url: str, given: dict[str, str]) -> Settings:
    return load(home=home, public_url=url, now=NOW, sign_up="open", **given)


def _pass(ledger: Ledger, role: PassRole) -> str:
    token = new_token()
    ledger.passes.add(Pass(f"pass-{role}", f"Ada the {role}", role, hash_of(token), NOW, NOW + timedelta(days=30)))
    return token


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
