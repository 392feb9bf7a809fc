"""Mail through a real server into real maildirs, and read back."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email.headerregistry import MessageIDHeader
from email.message import EmailMessage
from pathlib import Path

import pytest
from fakes import digest
from mailserver import MailServer, postfix, why_not

from digestbot.adapters.smtp_sender import SmtpSender
from digestbot.domain import Channel
from digestbot.errors import DeliveryError

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(why_not()), reason=why_not())]

FROM = "Der Digest ☕ <digest@example.org>"
ARRIVES_S = 20


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    """A mail server with two readers that greets a greylisted one with `try later`."""
    # Not under pytest's own folder: that one is closed to the user whom mail is delivered as.
    later = "check_recipient_access inline:{ { later@example.com = 451 4.7.1 try again in a minute } }"
    with (
        tempfile.TemporaryDirectory() as folder,
        postfix(Path(folder), ["ada", "alan", "later"], later) as found,
    ):
        yield found


def sender(server: MailServer) -> SmtpSender:
    """A sender that trusts the server's certificate."""
    context = ssl.create_default_context(cafile=str(server.certificate))
    return SmtpSender(f"smtp://localhost:{server.port}", FROM, context)


def send(server: MailServer, *readers: str, subject: str = "A map") -> list[str | DeliveryError]:
    """Send a mail to each reader over one connection; return what became of each."""

    async def all_of_them() -> list[str | DeliveryError]:
        ended: list[str | DeliveryError] = []
        for reader in readers:
            try:
                sent = replace(digest("d1"), roadmap_title=subject)
                ended.append(await mails.send(sent, Channel("smtp", reader), f"{subject} {reader}"))
            except DeliveryError as error:
                ended.append(error)
        return ended

    with closing(sender(server)) as mails:
        return asyncio.run(all_of_them())


def arrived(server: MailServer, reader: str, message_id: object) -> EmailMessage:
    """Wait for a mail in a reader's maildir."""
    until = time.monotonic() + ARRIVES_S
    while time.monotonic() < until:
        for path in server.received(reader):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if message["Message-ID"] == message_id:
                return message
        time.sleep(0.1)
    raise AssertionError(f"no mail {message_id} for {reader}")


def test_a_mail_arrives_in_a_real_mailbox(server: MailServer) -> None:
    """Over STARTTLS, with headers that a library reads without a defect, and both parts whole."""
    [message_id] = send(server, "ada@example.com")

    message = arrived(server, "ada", message_id)

    assert isinstance(message["Message-ID"], MessageIDHeader)
    assert [defect for name in message for defect in message[name].defects] == []
    assert message["From"].addresses[0].display_name == "Der Digest ☕"
    assert message["Received"].count("ESMTPS") == 1
    assert message["List-Unsubscribe"].startswith("<mailto:digest@example.org?subject=unsubscribe")
    assert (message["Auto-Submitted"], message.get_content_type()) == ("auto-generated", "multipart/alternative")
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "https://blog.example/a" in plain.get_content()
    assert len(html.get_content().encode()) < 102_000


@pytest.mark.parametrize(
    "title",
    [
        "Map\r\nBcc: eve@evil.example\r\n\r\nHello",
        "Map\nX-Evil: 1",
        "\u202eevil\u202c \x00map" + "x" * 10_000,
        "<script>alert(1)</script>",
        "=?utf-8?q?evil=0AX-Evil=3A_1?=",
    ],
)
def test_no_title_makes_a_header(server: MailServer, title: str) -> None:
    """Line ends, controls, encoded words and length in outside text add no header, reader or markup."""
    [message_id] = send(server, "alan@example.com", subject=title)

    message = arrived(server, "alan", message_id)

    assert (message["Bcc"], message["X-Evil"]) == (None, None)
    assert len(message.get_all("To", [])) == 1
    assert "<script" not in message.get_body(("html",)).get_content()  # type: ignore[union-attr]  # it has one


def test_refusals_of_a_real_server_are_told_apart(server: MailServer) -> None:
    """Nobody there, not its business, and greylisted: only the first shuts an address; others still get mail."""
    nobody, relay, later, fine = send(
        server, "nobody@example.com", "ada@elsewhere.example", "later@example.com", "ada@example.com", subject="Again"
    )

    assert [
        (error.nobody, error.permanent) for error in (nobody, relay, later) if isinstance(error, DeliveryError)
    ] == [
        (True, True),
        (False, True),
        (False, False),
    ]
    assert arrived(server, "ada", fine)["Message-ID"] == fine
