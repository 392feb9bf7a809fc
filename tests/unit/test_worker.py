"""`digestbot worker`: what it delivers, what it leaves to others, and how it is seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes import NOW, FakeSender, digest

from digestbot.adapters.ledger import Ledger
from digestbot.app import Leadership, Presence, deliver_line, ledger_of, waits_to_go
from digestbot.commands.status import status_command
from digestbot.commands.working import worker_command
from digestbot.domain import Channel, ChannelKind, StoryId
from digestbot.errors import ConfigError
from digestbot.ports import Route
from digestbot.settings import Settings, load

SPAN = timedelta(seconds=15)


@pytest.fixture
def settings(tmp_path: Path, blank_ledger: Path) -> Settings:
    """Settings with a data folder and an empty ledger."""
    (tmp_path / "ledger.db").write_bytes(blank_ledger.read_bytes())
    return load(home=tmp_path)


def waiting(settings: Settings, *kinds: ChannelKind) -> None:
    """Record a digest on its way over channels of these kinds."""
    with ledger_of(settings) as ledger:
        keys = {str(kind): Channel(kind, "somewhere") for kind in kinds}
        ledger.publications.record_digests([(digest(), [StoryId("s")], keys)])


def states(settings: Settings) -> dict[str, str]:
    """Return the state of each delivery by its kind of channel."""
    with ledger_of(settings) as ledger:
        return {row["kind"]: row["state"] for row in ledger.outbox.deliveries()}


def test_what_any_machine_can_send_is_sent(settings: Settings) -> None:
    """Mails go out; a file is left to the machine that leads, and a channel without a route to who has one."""
    waiting(settings, "smtp", "file", "discord")
    routes: dict[ChannelKind, Route] = {"smtp": Route(FakeSender("smtp")), "file": Route(FakeSender("file"))}

    report = deliver_line(settings, NOW, routes)

    assert report
    assert [receipt.state for receipt in report.deliveries] == ["sent"]
    assert states(settings) == {"smtp": "sent", "file": "pending", "discord": "pending"}
    assert deliver_line(settings, NOW, routes) is None
    assert not waits_to_go(settings, NOW, routes)
    assert waits_to_go(settings, NOW, {"discord": Route(FakeSender("discord"))})


def test_who_lives_on_a_ledger_is_seen(settings: Settings) -> None:
    """A process is listed while it says so, with what it does; one that leads is known as such."""
    leadership, worker = Leadership(settings), Presence(settings, "worker")

    leadership.beat()
    worker.beat()

    wall = datetime.now(UTC)
    with ledger_of(settings) as ledger:
        assert ledger.leases.living(wall) == [("server", leadership.owner), ("worker", worker.owner)]
        assert ledger.leases.holder("scheduler", wall) == leadership.owner
        assert ledger.leases.living(wall + 2 * SPAN) == []
        assert ledger.leases.holder("scheduler", wall + 2 * SPAN) is None
    worker.end()
    leadership.resign()
    with ledger_of(settings) as ledger:
        assert ledger.leases.living(wall) == []


def test_what_the_dead_left_is_cleared_away(ledger: Ledger) -> None:
    """An entry whose time is over goes with the next sign of life of one like it."""
    for name, at in (("old", NOW), ("new", NOW + 2 * SPAN)):
        ledger.leases.attend("worker", f"elsewhere:{name}:1", at, SPAN)

    assert ledger.leases.living(NOW) == [("worker", "elsewhere:new:1")]


def test_a_worker_signs_as_the_pages_do(tmp_path: Path) -> None:
    """Where mails link to pages, a worker without their secret does not start: its links would lead nowhere."""
    settings = load(home=tmp_path, public_url="https://digest.example.org")

    with pytest.raises(ConfigError, match="DIGESTBOT_WEB_SECRET"):
        worker_command(settings, lambda: NOW)


def test_the_operator_sees_who_works(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Status names servers and workers, which of them leads, what waits to be read and how late what is due is."""
    Leadership(settings).beat()
    Presence(settings, "worker").beat()
    with ledger_of(settings) as ledger:
        ledger.suggestions.suggest(["https://blog.example/a"], "ada", NOW)

    status_command(settings, None, lambda: NOW, False, False)
    told = capsys.readouterr().out
    status_command(settings, None, lambda: NOW, False, True)
    values = json.loads(capsys.readouterr().out)

    assert "1 server, 1 worker, " in told
    assert " leads" in told
    assert [(one["role"], one["leads"]) for one in values["processes"]] == [("server", True), ("worker", False)]
    assert (values["suggested"], values["lag_s"]) == (1, 0.0)
