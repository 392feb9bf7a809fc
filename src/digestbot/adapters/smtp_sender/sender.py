"""A Sender by SMTP, which keeps its connection, and a mailer for single mails."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage

from digestbot.adapters.smtp_sender.handing import hand_over, open_envelope
from digestbot.adapters.smtp_sender.refusals import fail, is_lost
from digestbot.adapters.smtp_sender.server import connected, parse_server
from digestbot.domain import Channel, ChannelKind, Digest
from digestbot.errors import DeliveryError
from digestbot.render.bodies import SHIPPED, Bodies, Templates
from digestbot.render.links import Links
from digestbot.render.mail import NO_LINKS, address, digest_mail, earlier_ids, message_id_for

TIMEOUT_S = 30.0


class SmtpSender:
    """A Sender whose channel address is a mailbox; the reference is the Message-ID. SMTP cannot be asked later.

    One connection serves all mails until `close`. `per_minute` spaces them out, for servers that count; 0 does not.
    """

    kind: ChannelKind = "smtp"

    def __init__(
        self,
        url: str,
        mail_from: str,
        context: ssl.SSLContext | None = None,
        per_minute: int = 0,
        links_of: Callable[[Digest, Channel], Links] = lambda digest, channel: NO_LINKS,
        templates: Templates = SHIPPED,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Raise ConfigError when the URL would send without TLS beyond this machine, or is not one."""
        self._server = parse_server(url)
        self._mail_from = mail_from
        self._context = context
        self._gap_s = 60 / per_minute if per_minute else 0.0
        self._links_of = links_of
        self._bodies = Bodies(templates)
        self._timeout_s = timeout_s
        self._connection: smtplib.SMTP | None = None
        self._next_at = 0.0

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Send the mail and return its Message-ID."""
        await self._turn()
        return await asyncio.to_thread(self._send, digest, channel, key)

    def _send(self, digest: Digest, channel: Channel, key: str) -> str:
        try:
            message_id = message_id_for(key, self._mail_from)
            links, earlier = self._links_of(digest, channel), earlier_ids(digest, key, self._mail_from)
            body = self._bodies.of(digest, links)
            message = digest_mail(digest, self._mail_from, channel.address, message_id, links, body, earlier)
        except ValueError as error:
            raise DeliveryError(f"cannot address digest {digest.id!r}: {error}", permanent=True) from error
        self.transmit(message, channel.address)
        return message_id

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Return None."""
        return None

    def check(self) -> None:
        """Connect, turn to TLS and log in as for a mail, and take leave; raises DeliveryError where that fails."""
        try:
            self._connected().noop()
        except OSError as error:
            fail(self._server.host, self._server.port, error)
        finally:
            self.close()

    def close(self) -> None:
        """Take leave of the server."""
        connection, self._connection = self._connection, None
        if connection:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    async def _turn(self) -> None:
        """Wait until the next mail may go."""
        clock = asyncio.get_running_loop().time
        wait_s = self._next_at - clock()
        self._next_at = max(self._next_at, clock()) + self._gap_s
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def transmit(self, message: bytes, to: str) -> None:
        """Hand a message over, its lines ending in CRLF; raises DeliveryError.

        It blocks, and is for one thread at a time.
        """
        sender, reader = address(self._mail_from).addr_spec, address(to).addr_spec
        kept = self._connection is not None
        try:
            try:
                open_envelope(self._connected(), sender, reader)
            except OSError as error:
                # Servers close what was idle for a while or has carried enough; nothing of this mail was sent yet.
                if not kept or not is_lost(error):
                    raise
                self._drop()
                open_envelope(self._connected(), sender, reader)
            hand_over(self._connected(), message, self._server.host)
        except OSError as error:
            self._recover(error)
            fail(self._server.host, self._server.port, error)
        except DeliveryError:
            self._drop()
            raise

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            context, domain = self._context or ssl.create_default_context(), address(self._mail_from).domain
            self._connection = connected(self._server, context, domain, self._timeout_s)
        return self._connection

    def _recover(self, error: OSError) -> None:
        """Keep a connection that only refused this one mail."""
        connection = self._connection
        if connection and not is_lost(error):
            with suppress(smtplib.SMTPException, OSError):
                connection.rset()
                return
        self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.close()


class SmtpMailer:
    """Sends one mail at a time that is no digest, each over a connection of its own; for the web pages."""

    def __init__(self, url: str, mail_from: str, context: ssl.SSLContext | None = None) -> None:
        """Take what SmtpSender takes; it raises ConfigError alike, when it is made."""
        self._url, self._mail_from, self._context = url, mail_from, context

    async def post(self, message: EmailMessage, to: str) -> None:
        """Hand the mail over; raises DeliveryError."""
        await asyncio.to_thread(self._post, message, to)

    def _post(self, message: EmailMessage, to: str) -> None:
        sender = SmtpSender(self._url, self._mail_from, self._context)
        try:
            sender.transmit(message.as_bytes(policy=message.policy.clone(linesep="\r\n")), to)
        finally:
            sender.close()
