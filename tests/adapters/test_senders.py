"""Terminal, file, maildir and mail senders: what arrives, what a second send does, and what is refused."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from digestbot.adapters.file_sender import FileSender
from digestbot.adapters.maildir_sender import MaildirSender
from digestbot.adapters.smtp_sender import SmtpSender, is_nobody, parse_server
from digestbot.adapters.terminal import TerminalSender
from digestbot.domain import Channel, Digest, DigestId, DigestSection, Entry, Foot, StoryId
from digestbot.errors import ConfigError, DeliveryError
from digestbot.ports import Sender
from digestbot.render.links import Links

_ENTRY = Entry(
    StoryId("arxiv:2604.05417"),
    "Multi-Drafter",
    "https://arxiv.org/abs/2604.05417",
    "paper",
    "多个草稿。",
    (),
    "",
    0.9,
    "full text",
)
DIGEST = Digest(
    DigestId("d-1"),
    "daily/../x",
    "Roadmap",
    datetime(2026, 4, 12, 6, 30, tzinfo=UTC),
    "",
    (DigestSection("VI", "Inference", (_ENTRY,)),),
    (),
    Foot(),
)
_FROM = "digestbot <digest@example.org>"
_TO = Channel("smtp", "reader@example.com")


def test_all_senders_are_of_the_port(tmp_path: Path) -> None:
    """Each sender fulfils the Sender protocol and names its kind."""
    senders: list[Sender] = [
        TerminalSender(print),
        FileSender(tmp_path),
        MaildirSender(_FROM),
        SmtpSender("smtps://h", _FROM),
    ]

    assert [sender.kind for sender in senders] == ["terminal", "file", "maildir", "smtp"]


def test_the_terminal_gets_the_text() -> None:
    """A terminal is written to once, and what it showed cannot be found again."""
    written: list[str] = []
    sender = TerminalSender(written.append, width=60)

    reference = asyncio.run(sender.send(DIGEST, Channel("terminal"), "k"))

    assert reference == "terminal"
    assert len(written) == 1
    assert "Multi-Drafter" in written[0]
    assert asyncio.run(sender.find(DIGEST, Channel("terminal"), "k")) == ""


def test_a_closed_terminal_is_a_delivery_that_failed() -> None:
    """A pipe that nobody reads any more is told as a DeliveryError."""

    def write(text: str) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    with pytest.raises(DeliveryError, match="cannot write digest 'd-1'"):
        asyncio.run(TerminalSender(write).send(DIGEST, Channel("terminal"), "k"))


def test_files_are_written_once_under_a_name_without_tricks(tmp_path: Path) -> None:
    """Both files appear under date, subscription and id; a second send leaves the same two, and find knows them."""
    sender, channel = FileSender(tmp_path / "out"), Channel("file")
    before = asyncio.run(sender.find(DIGEST, channel, "k"))

    first = asyncio.run(sender.send(DIGEST, channel, "k"))
    second = asyncio.run(sender.send(DIGEST, channel, "k"))

    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert before == ""
    assert first == second == asyncio.run(sender.find(DIGEST, channel, "k"))
    assert [name.rsplit("-", 1)[0] for name in names] == ["2026-04-12-daily-x"] * 2
    assert [Path(name).suffix for name in names] == [".html", ".md"]
    assert "[Multi-Drafter](<https://arxiv.org/abs/2604.05417>)" in Path(first).read_text(encoding="utf-8")


def test_half_a_delivery_of_files_is_none(tmp_path: Path) -> None:
    """When one of the two files is missing, find says that there was no send."""
    sender, channel = FileSender(tmp_path), Channel("file", str(tmp_path / "own"))
    reference = asyncio.run(sender.send(DIGEST, channel, "k"))
    Path(reference).with_suffix(".html").unlink()

    assert Path(reference).parent == tmp_path / "own"
    assert asyncio.run(sender.find(DIGEST, channel, "k")) == ""


def test_a_folder_that_cannot_be_is_a_delivery_that_may_be_retried(tmp_path: Path) -> None:
    """A file in the folder's place is told by its path, and the operator can mend it before the next try."""
    (tmp_path / "taken").write_text("x")

    with pytest.raises(DeliveryError, match="taken") as raised:
        asyncio.run(FileSender(tmp_path / "taken").send(DIGEST, Channel("file"), "k"))

    assert not raised.value.permanent


@pytest.mark.parametrize("place", ["new/{}", "cur/{}:2,S", "cur/{},U=7:2,RS"])
def test_a_mail_is_found_where_its_reader_moved_it(tmp_path: Path, place: str) -> None:
    """In new, or read and renamed in cur, a mail is found by its key and not delivered again."""
    sender, channel = MaildirSender(_FROM), Channel("maildir", str(tmp_path / "mail"))
    first = Path(asyncio.run(sender.send(DIGEST, channel, "k")))
    moved = tmp_path / "mail" / place.format(first.name)
    first.rename(moved)

    again = asyncio.run(sender.send(DIGEST, channel, "k"))

    assert again == asyncio.run(sender.find(DIGEST, channel, "k")) == str(moved)
    assert len([path for path in (tmp_path / "mail").rglob("*") if path.is_file()]) == 1


def test_another_key_is_another_mail(tmp_path: Path) -> None:
    """Two deliveries of one digest to one maildir are two mails, and nothing is found before it was sent."""
    sender, channel = MaildirSender(_FROM, "reader@example.com"), Channel("maildir", str(tmp_path))
    before = asyncio.run(sender.find(DIGEST, channel, "k"))

    asyncio.run(sender.send(DIGEST, channel, "k"))
    asyncio.run(sender.send(DIGEST, channel, "l"))

    mails = list((tmp_path / "new").iterdir())
    parsed = [email.message_from_bytes(mail.read_bytes(), policy=email.policy.default) for mail in mails]
    assert before == ""
    assert len({mail["Message-ID"] for mail in parsed}) == 2
    assert {mail["To"] for mail in parsed} == {"reader@example.com"}
    assert {mail["Subject"] for mail in parsed} == {"Roadmap: 1 story, 12 April 2026"}
    assert not any(b"\r" in mail.read_bytes() for mail in mails)
    assert not list((tmp_path / "tmp").iterdir())


class _Mailbox:
    """A mail server's memory; `reply` is what it says to a message."""

    def __init__(self, reply: str = "250 OK") -> None:
        self.reply = reply
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return self.reply


def _login(server: Server, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    ours = LoginPassword(login=b"us er", password=b"p@ss/word")
    return AuthResult(success=data == ours, handled=data == ours)


@contextmanager
def _serving(mailbox: object, **options: Any) -> Iterator[int]:
    """Yield the port of a mail server on loopback."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=_free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's context with a certificate for 127.0.0.1 and a client's that trusts it."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = str(folder / "key.pem"), str(folder / "cert.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=certificate)


def _send(sender: SmtpSender, channel: Channel = _TO, digest: Digest = DIGEST) -> str:
    with closing(sender):
        return asyncio.run(sender.send(digest, channel, "k"))


def test_a_mail_arrives_whole() -> None:
    """The server gets sender, reader and a message that reads back as the digest; dots at line starts survive."""
    mailbox = _Mailbox()
    dotted = replace(DIGEST, lead=".hidden")

    with _serving(mailbox) as port:
        message_id = _send(SmtpSender(f"smtp+plain://127.0.0.1:{port}", _FROM), digest=dotted)

    envelope = mailbox.envelopes[0]
    message = email.message_from_bytes(cast(bytes, envelope.content), policy=email.policy.default)
    plain = message.get_body(("plain",))
    assert (envelope.mail_from, envelope.rcpt_tos) == ("digest@example.org", ["reader@example.com"])
    assert message["Message-ID"] == message_id
    assert plain is not None
    assert "\n.hidden" in plain.get_content()
    assert "多个草稿。" in plain.get_content()


def test_starttls_protects_the_login(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """On smtp:// the connection is encrypted before user and password, read from the URL, are given."""
    server, client = contexts
    mailbox = _Mailbox()
    options = {"tls_context": server, "require_starttls": True, "authenticator": _login, "auth_required": True}

    with _serving(mailbox, **options) as port:
        _send(SmtpSender(f"smtp://us%20er:p%40ss%2Fword@127.0.0.1:{port}", _FROM, client))

    assert len(mailbox.envelopes) == 1


def test_smtps_speaks_tls_from_the_start(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """On smtps:// no word is said before TLS."""
    server, client = contexts
    mailbox = _Mailbox()

    with _serving(mailbox, ssl_context=server) as port:
        _send(SmtpSender(f"smtps://127.0.0.1:{port}", _FROM, client))

    assert len(mailbox.envelopes) == 1


def test_without_starttls_nothing_is_sent() -> None:
    """A server that offers no TLS gets neither the password nor the mail; the operator can mend it before a retry."""
    mailbox = _Mailbox()

    with _serving(mailbox) as port, pytest.raises(DeliveryError, match="offers no STARTTLS") as raised:
        _send(SmtpSender(f"smtp://user:secret@127.0.0.1:{port}", _FROM))

    assert (raised.value.unreachable, raised.value.permanent) == (True, False)
    assert not mailbox.envelopes
    assert "secret" not in str(raised.value)


def test_a_certificate_that_nobody_vouches_for_stops_the_mail(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """A self-made certificate is refused with its reason, and TLS is not given up."""
    mailbox = _Mailbox()

    with _serving(mailbox, tls_context=contexts[0]) as port, pytest.raises(DeliveryError, match="no valid certificate"):
        _send(SmtpSender(f"smtp://127.0.0.1:{port}", _FROM))

    assert not mailbox.envelopes


def test_a_wrong_password_shuts_the_way_and_stays_secret(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """A refused login is no digest's end, since it can be mended, and the error names neither user nor password."""
    server, client = contexts
    options = {"tls_context": server, "authenticator": _login, "auth_required": True}

    with _serving(_Mailbox(), **options) as port, pytest.raises(DeliveryError, match="refused the login") as raised:
        _send(SmtpSender(f"smtp://user:hunter2@127.0.0.1:{port}", _FROM, client))

    assert (raised.value.unreachable, raised.value.permanent) == (True, False)
    assert "hunter2" not in str(raised.value)
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(("reply", "permanent"), [("550 no such user", True), ("451 try later", False)])
def test_refusals_for_good_and_for_now_are_told_apart(reply: str, permanent: bool) -> None:
    """A 5xx is permanent and a 4xx is not; neither is in doubt, since the server answered."""
    with _serving(_Mailbox(reply)) as port, pytest.raises(DeliveryError, match=reply) as raised:
        _send(SmtpSender(f"smtp+plain://127.0.0.1:{port}", _FROM))

    assert raised.value.permanent is permanent
    assert not raised.value.in_doubt


def test_an_international_reader_needs_a_server_for_it() -> None:
    """A mailbox outside ASCII goes to a server with SMTPUTF8 and is refused for good without."""
    channel, mailbox = Channel("smtp", "用户@例子.cn"), _Mailbox()

    with _serving(mailbox, enable_SMTPUTF8=True) as port:
        _send(SmtpSender(f"smtp+plain://127.0.0.1:{port}", _FROM), channel)
    with (
        _serving(mailbox, enable_SMTPUTF8=False) as port,
        pytest.raises(DeliveryError, match="international") as raised,
    ):
        _send(SmtpSender(f"smtp+plain://127.0.0.1:{port}", _FROM), channel)

    assert raised.value.permanent
    assert [envelope.rcpt_tos for envelope in mailbox.envelopes] == [["用户@xn--fsqu00a.cn"]]


@pytest.mark.parametrize(("lines", "in_doubt"), [(4, False), (5, True)])
def test_a_connection_lost_after_the_message_is_in_doubt(lines: int, in_doubt: bool) -> None:
    """Lost before the message the mail can be sent again; lost after it went out nobody knows."""

    async def serve() -> DeliveryError:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for line in (b"220 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")[:lines]:
                writer.write(line)
                await writer.drain()
                await reader.readline()
            if lines == 5:
                await reader.readuntil(b"\r\n.\r\n")
            writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(DeliveryError) as raised:
                await SmtpSender(f"smtp+plain://127.0.0.1:{port}", _FROM).send(DIGEST, _TO, "k")
        return raised.value

    error = asyncio.run(serve())

    assert error.in_doubt is in_doubt
    assert not error.permanent


def test_a_server_that_is_not_there_is_tried_again() -> None:
    """A refused connection is neither permanent nor in doubt."""
    with pytest.raises(DeliveryError, match="no delivery through mail server") as raised:
        _send(SmtpSender(f"smtp+plain://127.0.0.1:{_free_port()}", _FROM))

    assert not raised.value.permanent
    assert not raised.value.in_doubt


class _Counting(_Mailbox):
    """A mailbox that counts its connections and answers a reader's address as it is told."""

    def __init__(self, *answers: str, closes: bool = False) -> None:
        super().__init__()
        self.answers, self.closes, self.sessions = list(answers), closes, set[int]()

    async def handle_RCPT(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.sessions.add(id(session))
        answer = self.answers.pop(0) if self.answers else "250 ok"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        if self.closes:
            asyncio.get_running_loop().call_later(0.01, cast(asyncio.Transport, server.transport).close)
        return await super().handle_DATA(server, session, envelope)


def _send_each(sender: SmtpSender, count: int) -> list[str | DeliveryError]:
    """Send mails one after the other, with a moment between them; return what became of each."""

    async def all_of_them() -> list[str | DeliveryError]:
        ended: list[str | DeliveryError] = []
        for n in range(count):
            try:
                ended.append(await sender.send(DIGEST, _TO, f"key {n}"))
            except DeliveryError as error:
                ended.append(error)
            await asyncio.sleep(0.03)
        return ended

    with closing(sender):
        return asyncio.run(all_of_them())


def test_one_connection_carries_many_mails() -> None:
    """The server is greeted once; a reader whom it refuses does not end the connection for the others."""
    mailbox = _Counting("250 ok", "550 5.1.1 no such mailbox", "250 ok")

    with _serving(mailbox) as port:
        first, second, third = _send_each(SmtpSender(f"smtp+plain://127.0.0.1:{port}", _FROM), 3)

    assert isinstance(second, DeliveryError)
    assert second.nobody
    assert len(mailbox.envelopes) == 2
    assert first != third
    assert len(mailbox.sessions) == 1


def test_a_kept_connection_that_the_server_closed_is_opened_anew() -> None:
    """Servers close what was idle: the next mail goes over a new connection, once."""
    mailbox = _Counting(closes=True)

    with _serving(mailbox) as port:
        ended = _send_each(SmtpSender(f"smtp+plain://127.0.0.1:{port}", _FROM), 3)

    assert [type(end) for end in ended] == [str] * 3
    assert len(mailbox.envelopes) == 3


def test_mails_are_spaced_out_for_a_server_that_counts() -> None:
    """At 1,200 a minute the second mail waits a twentieth of a second, the first none."""
    mailbox = _Counting()

    with _serving(mailbox) as port:
        sender = SmtpSender(f"smtp+plain://127.0.0.1:{port}", _FROM, per_minute=1200)
        begun = time.monotonic()
        with closing(sender):
            asyncio.run(_two(sender))

    assert time.monotonic() - begun >= 0.05
    assert len(mailbox.envelopes) == 2


async def _two(sender: SmtpSender) -> None:
    await sender.send(DIGEST, _TO, "one")
    await sender.send(DIGEST, _TO, "two")


@pytest.mark.parametrize(
    ("code", "reply", "nobody"),
    [
        *((550, "5.1.1 no such mailbox", True), (550, "5.1.10 null mx", True), (553, "5.1.3 bad address", True)),
        *((550, "5.2.1 mailbox disabled", True), (550, "no such user here", True), (551, "not local", True)),
        *((550, "5.7.1 listed as a sender of spam", False), (552, "5.2.2 mailbox full", False), (554, "no", False)),
        *((450, "4.2.0 greylisted", False), (451, "4.7.1 try later", False)),
    ],
)
def test_only_an_address_that_nobody_has_is_shut(code: int, reply: str, nobody: bool) -> None:
    """Policy, full mailboxes and greylisting are about this mail or this hour; without a status the code decides."""
    assert is_nobody(code, reply) is nobody


def test_a_mail_says_how_to_stop_it() -> None:
    """By mail always; with pages of our own in one click as well (RFC 8058), and both parts name the page."""
    mailbox = _Mailbox()
    links = Links("https://d.example/whole", "https://d.example/s", "https://d.example/u", "https://d.example/1")

    with _serving(mailbox) as port:
        url = f"smtp+plain://127.0.0.1:{port}"
        _send(SmtpSender(url, _FROM))
        _send(SmtpSender(url, _FROM, links_of=lambda digest, channel: links))

    bare, linked = (
        email.message_from_bytes(cast(bytes, sent.content), policy=email.policy.default) for sent in mailbox.envelopes
    )
    assert bare["List-Unsubscribe"] == "<mailto:digest@example.org?subject=unsubscribe%20daily/../x>"
    assert bare["List-Unsubscribe-Post"] is None
    assert linked["List-Unsubscribe"].startswith("<https://d.example/1>, <mailto:digest@example.org?")
    assert linked["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all(links.unsubscribe in part.get_content() for part in linked.iter_parts())


def test_a_reader_s_address_that_is_none_is_permanent() -> None:
    """Without one mail address there is nobody to send to, and nothing is connected."""
    with pytest.raises(DeliveryError, match="is not a mail address") as raised:
        _send(SmtpSender("smtps://mail.example.org", _FROM), Channel("smtp", "a@b.example\r\nRCPT TO:<c@d.example>"))

    assert raised.value.permanent


@pytest.mark.parametrize(
    "url",
    [
        *(
            "smtp+plain://mail.example.org:25",
            "smtp+plain://user:secret@127.0.0.1",
            "smtp+plain://localhost.evil.example",
        ),
        *("http://user:secret@mail.example.org", "mail.example.org", "smtp://", "smtp://user:secret@host:port", ""),
    ],
)
def test_no_url_leads_to_mail_in_the_clear(url: str) -> None:
    """Plain SMTP leaves this machine never and logs in never; bad URLs are told without their password."""
    with pytest.raises(ConfigError) as raised:
        SmtpSender(url, _FROM)

    assert "secret" not in str(raised.value)


def test_the_password_is_in_no_repr() -> None:
    """What is logged of a server has no password in it."""
    assert "secret" not in repr(parse_server("smtps://user:secret@mail.example.org"))
