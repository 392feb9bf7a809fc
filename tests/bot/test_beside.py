"""The bot as `digestbot bot` and `digestbot serve` run it, and the digest as Discord would show it."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import digests
import pytest
from discord_wire.server import TOKEN, served

from digestbot.app import Explainer, bot_beside, ledger_of, token_of
from digestbot.commands.digesting import show_command
from digestbot.commands.subscribe_cli import look_of
from digestbot.errors import ConfigError
from digestbot.explain.ports import Answering
from digestbot.settings import Settings


class _Told:
    """What the operator was told, and how to wait for a line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.waited: dict[str, Event] = {}

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        for words, event in self.waited.items():
            if words in line:
                event.set()

    def expect(self, words: str) -> Event:
        """Return what is set when a line with these words comes."""
        return self.waited.setdefault(words, Event())


def settings_of(home: Path, token: str | None = TOKEN) -> Settings:
    """Return settings with a token."""
    return Settings.model_validate({"home": home, "discord_token": token})


def unasked() -> Answering:
    """Return what would answer questions."""
    return Explainer(lambda: settings_of(Path("/nowhere"), None)).explain


@pytest.mark.slow
def test_the_bot_lives_as_long_as_what_it_is_beside(tmp_path: Path) -> None:
    """It comes online in a thread and is gone when the context ends, its server recorded."""
    told = _Told()
    ready = told.expect("on Discord as digestbot")
    with served() as double:
        double.world.guild("Readers")
        settings = settings_of(tmp_path)

        with bot_beside(lambda: settings, told, unasked(), double.connector):
            assert ready.wait(20), told.lines

        socket = double.gateway.session.socket
    with ledger_of(settings) as ledger:
        assert [guild.name for guild in ledger.guilds.all()] == ["Readers"]
    assert socket is not None
    assert socket.closed
    assert double.refused == []


@pytest.mark.slow
def test_a_bot_that_cannot_be_leaves_the_rest_alone(tmp_path: Path) -> None:
    """A refused token is told once; whatever else the process does goes on. Without a token there is no bot."""
    told = _Told()
    ended = told.expect("the Discord bot ended")
    with served() as double, bot_beside(lambda: settings_of(tmp_path, "s3cret"), told, unasked(), double.connector):
        assert ended.wait(20)
    with bot_beside(lambda: settings_of(tmp_path, None), told, unasked()):
        pass

    assert len(told.lines) == 1
    assert "s3cret" not in told.lines[0]


def test_without_a_token_the_setting_is_named(tmp_path: Path) -> None:
    """The command says which."""
    with pytest.raises(ConfigError, match="DIGESTBOT_DISCORD_TOKEN"):
        token_of(settings_of(tmp_path, None))


def test_a_digest_is_shown_as_discord_would_show_it(tmp_path: Path) -> None:
    """`--as discord` writes messages and their thread; what is no look is refused."""
    settings, file = settings_of(tmp_path, None), tmp_path / "page.html"
    digest = digests.long(40)
    with ledger_of(settings) as ledger:
        ledger.publications.record_digests([(digest, [], {})])

    show_command(settings, digest.id, file, True, look_of("discord"))

    page = file.read_text()
    assert page.count('class="message"') == 6
    assert 'class="thread"' in page
    with pytest.raises(ConfigError, match="neither mail nor discord"):
        look_of("slack")
