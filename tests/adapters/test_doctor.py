"""`doctor` finds the most likely mistakes, each with what to do about it."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import ThreadingUDPServer
from typing import Any

import calling
import discord as sdk
import dns.message
import dns.rrset
import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from discord_wire.server import TOKEN
from discord_wire.server import discord as double_of
from fakes import NOW
from mailserver import certify

from digestbot.adapters.discord_chat.standing import Standing
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.adapters.mail_names import MailNames, Names
from digestbot.app import ledger_of
from digestbot.commands.doctor import doctor_command, examine, storage, written
from digestbot.commands.doctor.clocks import clock, clock_finding
from digestbot.commands.doctor.discord import discord, intents_finding
from digestbot.commands.doctor.finding import Finding
from digestbot.commands.doctor.mail import domain_finding, mail
from digestbot.commands.doctor.models import models
from digestbot.domain import Cadence, Channel, Subscription
from digestbot.errors import ConfigError, SourceError
from digestbot.settings import Settings, load

SOUND = MailNames(("mx.example.org",), (), ("v=spf1 -all",), ("v=dmarc1; p=none",), ("192.0.2.1",), (), ())


@pytest.fixture
def home(tmp_path: Path, blank_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a ledger, and nothing set in the environment."""
    calling.unset_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    shutil.copy(blank_ledger, tmp_path / "ledger.db")
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    return tmp_path


PARTS: dict[str, Callable[[Settings], Iterable[Finding]]] = {
    "feeds": lambda settings: written.feeds(settings, reads=False),
    "prompts": lambda settings: [written.prompts(settings)],
    "templates": lambda settings: [written.templates(settings)],
    "roadmap": lambda settings: [written.roadmap(settings)],
    "web pages": lambda settings: [written.web(settings)],
    "operators": lambda settings: [written.operators(settings)],
    "mail": lambda settings: mail(settings, network=False),
    "model": lambda settings: models(settings, network=False),
    "ledger": lambda settings: [storage.ledger(settings, network=False)],
}


def found(settings: Settings, network: bool = False) -> dict[str, Finding]:
    """Return the findings by what they are about."""
    return {one.what: one for one in examine(settings, network)}


@pytest.mark.slow
def test_all_is_well_in_a_new_folder(home: Path) -> None:
    """Without the network nothing is asked, and nothing is wrong."""
    assert {one.what for one in found(load(home=home)).values() if one.state in ("error", "warning")} == set()


def test_settings_that_cannot_be_read_are_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    """The doctor does not die of what it should find; its exit status says that something is wrong."""

    def read() -> Settings:
        raise ConfigError("DIGESTBOT_MODLE in .env is no setting: did you mean DIGESTBOT_MODEL?")

    status = doctor_command(read, as_json=True)

    assert status == 1
    assert [one["what"] for one in json.loads(capsys.readouterr().out)] == ["settings"]


@pytest.mark.parametrize(
    ("given", "file", "text", "what", "state", "says"),
    [
        ({}, "feeds.yaml", "feeds: 3\n", "feeds", "error", "feeds.yaml:1"),
        ({}, "prompts/file.md", "no header", "prompts", "error", "file.md:1"),
        ({}, "templates/subject.txt.j2", "{{ nosuch }}", "templates", "error", "subject.txt.j2:1"),
        ({"roadmap": "nosuch"}, "x", "", "roadmap", "error", "nosuch"),
        ({"web_listen": "127.0.0.1:8421"}, "x", "", "web pages", "error", "nobody knows their address"),
        ({"sign_up": "open"}, "x", "", "web pages", "error", "nobody knows their address"),
        ({"smtp_url": "smtp://mail.example.org"}, "x", "", "web pages", "warning", "no link"),
        ({"public_url": "http://127.0.0.1:8421"}, "x", "", "web pages", "warning", "this machine alone"),
        ({"operators": "pigeon:x"}, "x", "", "operators", "error", "pigeon"),
        ({"smtp_url": "http://mail.example.org"}, "x", "", "mail", "error", "smtps://"),
        ({"smtp_url": "smtp://mail.example.org"}, "x", "", "mail", "warning", "mail.example.org:587"),
        ({"model": "openai:gpt-5-mini"}, "x", "", "model", "error", "OPENAI_API_KEY is not set"),
        ({"model": "gpt"}, "x", "", "model", "error", "provider:name"),
        ({"database_url": "nosuch://host/base"}, "x", "", "ledger", "error", "cannot be used"),
        ({"database_url": "postgresql+psycopg://u@h/b"}, "x", "", "ledger", "off", "not tried"),
    ],
)
def test_what_is_written_wrongly_is_found(
    home: Path, given: dict[str, str], file: str, text: str, what: str, state: str, says: str
) -> None:
    """Each mistake is named with what to do."""
    (home / file).parent.mkdir(exist_ok=True)
    (home / file).write_text(text)

    (finding,) = (one for one in PARTS[what](load(home=home, **given)) if one.what == what)

    assert finding.state == state
    assert says in finding.says
    assert finding.advice or state == "off"


class TestStorage:
    """The data folder, its secrets, the ledger and what was left behind."""

    def test_a_full_disk(self, home: Path) -> None:
        """By what came of writing, or by what is free."""
        states = [
            storage.folder_finding(home, 10 << 30, OSError(28, "No space left on device")),
            storage.folder_finding(home, 1 << 20, None),
            storage.folder_finding(home, 100 << 20, None),
        ]

        assert [one.state for one in states] == ["error", "error", "warning"]
        assert all("make room" in one.advice for one in states)

    def test_a_folder_that_cannot_be_written(self) -> None:
        """Nobody can make one there, not even root."""
        finding = storage.folder(load(home=Path("/proc/digestbot")))

        assert (finding.state, "not writable" in finding.says) == ("error", True)
        assert "DIGESTBOT_HOME" in finding.advice

    def test_secrets_that_everybody_can_read(self, home: Path) -> None:
        """In settings files and in files of their own; one without a secret in it may be open."""
        (home / "token").write_text("t0ken")
        (home / "settings.toml").write_text(f"discord_token_file = '{home / 'token'}'\n")
        (home / ".env").write_text("DIGESTBOT_MAIL_TO=ada@example.org\n")
        for name in ("token", "settings.toml", ".env"):
            (home / name).chmod(0o644)

        open_one = storage.secrets(load(home=home))
        (home / "token").chmod(0o600)
        closed = storage.secrets(load(home=home))

        assert (open_one.state, closed.state) == ("error", "ok")
        assert f"chmod 600 {home / 'token'}," in open_one.advice

    @pytest.mark.parametrize(("schema", "state", "advice"), [("0001", "warning", "backup"), ("9999", "error", "check")])
    def test_a_ledger_of_another_version(self, home: Path, schema: str, state: str, advice: str) -> None:
        """It is told, and left as it is."""
        engine = sa.create_engine(sqlite_url(home / "ledger.db"))
        with engine.begin() as connection:
            connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{schema}'"))

        all_of_it = found(load(home=home))

        with engine.begin() as connection:
            kept = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        engine.dispose()
        assert (all_of_it["ledger"].state, kept) == (state, schema)
        assert advice in all_of_it["ledger"].advice
        assert "review" not in all_of_it

    def test_a_database_that_cannot_be_reached(self, home: Path) -> None:
        """PostgreSQL is down, or what speaks to it is not installed."""
        down = load(home=home, database_url="postgresql+psycopg://u:s3cret@127.0.0.1:1/base?connect_timeout=2")
        strange = load(home=home, database_url="postgresql+nosuch://u:s3cret@127.0.0.1:1/base")

        findings = [storage.ledger(one, network=True) for one in (down, strange)]

        assert [one.state for one in findings] == ["error", "error"]
        assert "digestbot[postgres]" in findings[1].says
        assert not any("s3cret" in one.says for one in findings)

    def test_what_is_held_or_left(self, home: Path) -> None:
        """A run of another machine may be dead; a lock that git left stops every commit."""
        settings = load(home=home)
        with ledger_of(settings) as ledger:
            ledger.leases.take("run", "elsewhere:1:1", datetime.now(UTC), timedelta(minutes=10))
        held = storage.leftovers(settings)
        lock = home / "roadmaps" / ".git" / "index.lock"
        lock.parent.mkdir(parents=True)
        lock.touch()
        os.utime(lock, (0, 0))
        left = storage.leftovers(settings)

        assert (held.state, left.state) == ("warning", "error")
        assert "elsewhere:1:1" in held.says
        assert f"rm {lock}" in left.advice

    def test_an_index_that_another_process_owns(self, home: Path) -> None:
        """That is how it is beside a running server, and no mistake."""
        (home / "chroma").mkdir()
        with (home / "chroma.lock").open("w") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            finding = storage.index(load(home=home), network=False)

        assert finding.state == "ok"
        assert "another digestbot process" in finding.says

    @pytest.mark.slow
    def test_a_chroma_server_that_is_away(self, home: Path) -> None:
        """Searching goes on by the ledger's vectors, and the operator is told."""
        finding = storage.index(load(home=home, chroma_url="http://127.0.0.1:1"), network=True)

        assert finding.state == "error"
        assert "DIGESTBOT_CHROMA_URL" in finding.advice

    def test_a_zone_that_is_not_known(self, home: Path) -> None:
        """A machine without tzdata, or a name that was given up, stops that subscription alone."""
        with ledger_of(load(home=home)) as ledger:
            mars = Subscription("m", (Channel("file"),), cadence=Cadence("daily", zone="Mars/Base"), created_at=NOW)
            ledger.subscriptions.save([mars])

        finding = written.zones(load(home=home))

        assert (finding.state, "Mars/Base" in finding.says) == ("error", True)

    def test_a_roadmap_in_the_middle_of_a_merge(self, home: Path) -> None:
        """Nothing is decided meanwhile, and why is told."""
        (home / "mine.md").write_text("# T\n\n## One\n\n<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n")

        finding = storage.review(load(home=home, roadmap=str(home / "mine.md")))

        assert (finding.state, "conflict" in finding.advice) == ("warning", True)


class TestMailDomain:
    """What other mail servers hold against a sender, by records alone."""

    @pytest.mark.parametrize(
        ("changes", "says", "advice"),
        [
            ({"mx": ()}, "takes no mail", "MX"),
            ({"spf": ()}, "no SPF record", "v=spf1 a:mail.example.org -all"),
            ({"spf": ("v=spf1 -all", "v=spf1 +all")}, "2 SPF records", "keep one"),
            ({"dmarc": ()}, "no DMARC record", "_dmarc.example.org"),
            ({"server": ()}, "has no address", "DIGESTBOT_SMTP_URL"),
            ({"server": ("9.9.9.9",)}, "no name that leads back", "reverse DNS"),
        ],
    )
    def test_what_is_lacking_is_told(self, changes: dict[str, Any], says: str, advice: str) -> None:
        """Each with the record that mends it."""
        finding = domain_finding("example.org", "mail.example.org", MailNames(**{**SOUND.__dict__, **changes}))

        assert finding.state == "warning"
        assert says in finding.says
        assert advice in finding.advice

    def test_a_domain_that_is_well(self) -> None:
        """Nothing is lacking; a private server's own name is nobody's business."""
        assert domain_finding("example.org", "mail.example.org", SOUND).state == "ok"

    def test_mail_from_localhost(self, home: Path) -> None:
        """The default sender is told before anybody refuses its mail."""
        settings = load(home=home, smtp_url="smtp+plain://127.0.0.1:1", mail_to="ada@example.org")

        (unreachable,) = mail(settings, network=True)

        assert unreachable.state == "error"
        assert "127.0.0.1" in unreachable.says


ZONE: dict[tuple[str, str], list[str]] = {
    ("example.org.", "MX"): ["10 mx.example.org."],
    ("example.org.", "TXT"): ['"v=spf1 " "-all"', '"other"'],
    ("_dmarc.example.org.", "TXT"): ['"v=DMARC1; p=none"'],
    ("mail.example.org.", "A"): ["192.0.2.1"],
    ("1.2.0.192.in-addr.arpa.", "PTR"): ["mail.example.org.", "liar.example."],
}


@contextmanager
def name_server(answers: bool = True) -> Iterator[int]:
    """Serve the zone on loopback, or say nothing at all; give the port."""

    class Server(ThreadingUDPServer):
        def finish_request(self, request: Any, address: Any) -> None:
            data, socket = request
            query = dns.message.from_wire(data)
            [question] = query.question
            reply = dns.message.make_response(query)
            kind = dns.rdatatype.to_text(question.rdtype)
            if values := ZONE.get((str(question.name), kind)):
                reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
            if answers:
                socket.sendto(reply.to_wire(), address)

    with Server(("127.0.0.1", 0), None) as server:  # type: ignore[arg-type]  # requests are finished above
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.slow
class TestNames:
    """What a name server says."""

    def test_records_are_read(self) -> None:
        """Texts in pieces are one, names that do not lead back do not count, and what is not there is empty."""
        with name_server() as port:
            names = Names(["127.0.0.1"], port)
            said = [names.of("example.org", "mail.example.org"), names.of("other.example", "other.example")]

        assert said[0] == MailNames(
            ("mx.example.org",),
            (),
            ("v=spf1 -all",),
            ("v=DMARC1; p=none",),
            ("192.0.2.1",),
            ("liar.example", "mail.example.org"),
            ("mail.example.org",),
        )
        assert said[1] == MailNames((), (), (), (), (), (), ())

    def test_a_name_server_that_is_silent(self) -> None:
        """It is waited for so long and no longer."""
        with name_server(answers=False) as port, pytest.raises(SourceError):
            Names(["127.0.0.1"], port, timeout_s=0.3).of("example.org", "mail.example.org")


@contextmanager
def mail_server(folder: Path, tls: bool) -> Iterator[int]:
    """Run a mail server that refuses every login; give the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if tls:
        certify(folder)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    options = {"authenticator": lambda *words: AuthResult(success=False, handled=False), "auth_require_tls": True}
    given: dict[str, Any] = options | ({"tls_context": context} if tls else {})
    controller = Controller(object(), hostname="127.0.0.1", port=_free(), **given)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _free() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.slow
class TestMailServer:
    """The way to the mail server, up to the login and no further."""

    def settings(self, home: Path, port: int) -> Settings:
        """Return settings that log in there."""
        url = f"smtp://ada:s3cret@localhost:{port}"
        return load(home=home, smtp_url=url, mail_from="d@example.org", mail_to="a@example.org")

    def test_no_starttls(self, home: Path) -> None:
        """No login is sent in the clear."""
        with mail_server(home, tls=False) as port:
            (finding,) = mail(self.settings(home, port), network=True)

        assert (finding.state, "no STARTTLS" in finding.says) == ("error", True)

    def test_a_certificate_that_nobody_knows(self, home: Path) -> None:
        """TLS is not switched off for it."""
        with mail_server(home, tls=True) as port:
            (finding,) = mail(self.settings(home, port), network=True)

        assert (finding.state, "certificate" in finding.says) == ("error", True)

    def test_a_login_that_is_refused(self, home: Path) -> None:
        """It is told without the password."""
        with mail_server(home, tls=True) as port:
            trusted = ssl.create_default_context(cafile=str(home / "cert.pem"))
            (finding,) = mail(self.settings(home, port), network=True, context=trusted)

        assert (finding.state, "refused the login" in finding.says) == ("error", True)
        assert "s3cret" not in finding.says


@contextmanager
def model_server(status: int, body: Any, date: str = "") -> Iterator[str]:
    """Answer every GET alike; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(status)
            self.send_header("Date", date or self.date_time_string())
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


LISTED = {"object": "list", "data": [{"id": "small", "object": "model", "created": 1, "owned_by": "x"}]}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "body", "name", "state", "says"),
    [
        (200, LISTED, "small", "ok", "openai:small"),
        (200, LISTED, "large", "error", "no model 'large': it has small"),
        (401, {"error": {"message": "no"}}, "small", "error", "refuses the key (401)"),
        (404, {}, "small", "ok", "lists no models (404)"),
    ],
)
def test_a_model_is_asked_for_by_name(home: Path, status: int, body: Any, name: str, state: str, says: str) -> None:
    """Key and name are tried by the list of models, which costs nothing."""
    with model_server(status, body) as url:
        settings = load(home=home, model=f"openai:{name}", openai_api_key="k3y", openai_base_url=f"{url}/v1")
        (finding,) = models(settings, network=True)

    assert finding.state == state
    assert says in finding.says
    assert "k3y" not in finding.says


@pytest.mark.slow
def test_a_model_s_server_that_is_away(home: Path) -> None:
    """The address that is asked is told."""
    settings = load(home=home, model="openai:small", openai_api_key="k3y", openai_base_url="http://127.0.0.1:1/v1")

    (finding,) = models(settings, network=True)

    assert (finding.state, "no chat model answers at http://127.0.0.1:1/v1" in finding.says) == ("error", True)


@pytest.mark.parametrize(
    ("ahead_s", "state"), [(None, "off"), (3.0, "ok"), (-60.0, "warning"), (60.0, "warning"), (900.0, "error")]
)
def test_a_clock_that_is_off(ahead_s: float | None, state: str) -> None:
    """By half a minute it is told, by five minutes it is wrong."""
    assert clock_finding(ahead_s).state == state


@pytest.mark.slow
def test_the_clock_is_compared_with_a_feed_s_host(home: Path) -> None:
    """By the Date of whatever answer comes first."""
    with model_server(200, {}, "Sun, 12 Apr 2026 18:00:00 GMT") as url:
        feeds = [
            {"id": "a", "kind": "feed", "url": "http://127.0.0.1:1/x"},
            {"id": "b", "kind": "feed", "url": f"{url}/x"},
        ]
        (home / "feeds.yaml").write_text(json.dumps({"feeds": feeds}))
        finding = clock(load(home=home, allow_nets="127.0.0.0/8"), lambda: NOW + timedelta(minutes=10))

    assert (finding.state, finding.says) == ("error", "600 s ahead of other machines")


@pytest.mark.slow
class TestDiscord:
    """What Discord says of the bot."""

    def look(self, settings: Settings, prepare: Callable[[Any], None] = lambda world: None) -> dict[str, Finding]:
        """Look at the double of Discord."""

        async def run() -> list[Finding]:
            async with double_of() as double:
                prepare(double.world)
                return await asyncio.to_thread(lambda: list(discord(settings, True, double.connector)))

        return {one.what: one for one in asyncio.run(asyncio.wait_for(run(), 30))}

    def test_a_token_that_is_refused(self, home: Path) -> None:
        """It is told without the token."""
        finding = self.look(load(home=home, discord_token="wr0ng.t0ken"))["Discord bot"]

        assert (finding.state, "t0ken" in finding.says) == ("error", False)

    def test_a_bot_that_is_on_no_server(self, home: Path) -> None:
        """Where a channel is subscribed nothing can be posted: both are told."""
        ledger = Ledger(sqlite_url(home / "ledger.db"))
        ledger.subscriptions.save([Subscription("d", (Channel("discord", "99"),), created_at=NOW)])
        ledger.close()

        findings = self.look(load(home=home, discord_token=TOKEN))

        assert findings["Discord bot"].state == "error"
        assert "digestbot bot invite" in findings["Discord bot"].advice
        assert findings["Discord 99"].state == "error"


def test_intents_that_are_on_for_nothing() -> None:
    """With them a leaked token reads more than it must."""
    from digestbot.adapters.discord_chat.standing import _privileged

    on = _privileged(sdk.ApplicationFlags(gateway_message_content_limited=True, gateway_presence=True))

    assert on == ("Presence", "Message Content")
    assert "developer portal" in intents_finding(on).advice
    assert Standing(1, "x", True, 0, {}).privileged == ()


@pytest.mark.parametrize(
    ("shown", "advice"),
    [("sqlite:///ledger.db", "'digestbot backup FILE' first"), ("postgresql+psycopg://h/d", "by its own tools first")],
)
def test_an_older_ledger_is_backed_up_by_what_can(shown: str, advice: str) -> None:
    """The new program cannot copy the rows of an older PostgreSQL, but the file of an older SQLite as it is."""
    found = storage.older_finding(shown, "0012", "0024")

    assert found.state == "warning"
    assert advice in found.advice
