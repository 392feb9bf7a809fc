"""Sends a digest by SMTP, over TLS or not at all.

`smtps://user:password@host:465` speaks TLS from the start, `smtp://user:password@host:587` requires STARTTLS, and
`smtp+plain://localhost:1025`, for tests and development, is taken for loopback hosts only and never logs in. There is
no way down from one to the next.
"""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from digestbot.domain import Channel, ChannelKind, Digest
from digestbot.errors import ConfigError, DeliveryError
from digestbot.render.bodies import SHIPPED, Bodies, Templates
from digestbot.render.escape import plain
from digestbot.render.links import Links
from digestbot.render.mail import NO_LINKS, address, digest_mail, earlier_ids, message_id_for

TIMEOUT_S = 30.0

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_NOBODY = re.compile(r"5\.(1\.(1|2|3|6|10)|2\.1)")
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Server:
    """A mail server as its URL names it; the password stays out of every `repr`."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


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
            _fail(self._server, error)
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
                _envelope(self._connected(), sender, reader)
            except OSError as error:
                # Servers close what was idle for a while or has carried enough; nothing of this mail was sent yet.
                if not kept or not _is_lost(error):
                    raise
                self._drop()
                _envelope(self._connected(), sender, reader)
            _data(self._connected(), message, self._server)
        except OSError as error:
            self._recover(error)
            _fail(self._server, error)
        except DeliveryError:
            self._drop()
            raise

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            context = self._context or ssl.create_default_context()
            connection = _connect(self._server, context, address(self._mail_from).domain, self._timeout_s)
            try:
                _secure_and_login(connection, self._server, context)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _recover(self, error: OSError) -> None:
        """Keep a connection that only refused this one mail."""
        connection = self._connection
        if connection and not _is_lost(error):
            with suppress(smtplib.SMTPException, OSError):
                connection.rset()
                return
        self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.close()


def parse_server(url: str) -> Server:
    """Return the server; raises ConfigError, without the URL in its message, when it is not one to send through."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigError("the SMTP URL has no usable host and port; write smtp://user:password@host:587") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ConfigError("the SMTP URL must begin with smtps:// or smtp:// and name a host")
    server = Server(
        parts.scheme,
        parts.hostname,
        port or _PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
    if server.scheme == "smtp+plain" and server.host not in _LOOPBACK:
        raise ConfigError(f"smtp+plain:// is for this machine only, not for {server.host!r}; write smtp:// or smtps://")
    if server.scheme == "smtp+plain" and server.user:
        raise ConfigError("smtp+plain:// never logs in, since the password would travel unencrypted; leave it out")
    return server


def _connect(server: Server, context: ssl.SSLContext, domain: str, timeout_s: float) -> smtplib.SMTP:
    # The name for EHLO is given: smtplib would look up the machine's own, which can hang without DNS.
    try:
        if server.scheme == "smtps":
            return smtplib.SMTP_SSL(server.host, server.port, domain, timeout=timeout_s, context=context)
        return smtplib.SMTP(server.host, server.port, domain, timeout=timeout_s)
    except (smtplib.SMTPException, OSError) as error:
        _fail(server, error)


def _secure_and_login(connection: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    connection.ehlo()
    if server.scheme == "smtp":
        if not connection.has_extn("starttls"):
            raise DeliveryError(
                f"mail server {server.host!r} offers no STARTTLS, and mail is never sent unencrypted; "
                "use smtps:// or another server",
                unreachable=True,
            )
        connection.starttls(context=context)
        connection.ehlo()
    if server.user:
        connection.login(server.user, server.password)


def _envelope(connection: smtplib.SMTP, sender: str, reader: str) -> None:
    options = []
    if not (sender + reader).isascii():
        if not connection.has_extn("smtputf8"):
            raise DeliveryError(f"the mail server cannot take the international address {reader!r}", permanent=True)
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    code, reply = connection.mail(sender, options)
    if code != 250:
        raise smtplib.SMTPResponseException(code, reply)
    code, reply = connection.rcpt(reader)
    if code not in (250, 251):
        raise smtplib.SMTPRecipientsRefused({reader: (code, reply)})


def _data(connection: smtplib.SMTP, message: bytes, server: Server) -> None:
    """Hand the message over; once its bytes go out, a lost connection leaves it in doubt.

    Not `smtplib.SMTP.data`, which cannot tell a connection lost before the message from one lost after it.
    """
    code, reply = connection.docmd("DATA")
    if code != 354:
        raise smtplib.SMTPResponseException(code, reply)
    # A message begins with a header, never with a dot.
    content = message.replace(b"\n.", b"\n..")
    try:
        connection.send(content + b".\r\n")
        code, reply = connection.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(
            f"the connection to mail server {server.host!r} was lost after the message went out; it may have arrived",
            in_doubt=True,
        ) from error
    if code != 250:
        raise smtplib.SMTPResponseException(code, reply)


def _fail(server: Server, error: Exception) -> NoReturn:
    """Translate; what a server says is shown in short, except about a login, where it may echo the password."""
    name = f"mail server {server.host!r}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        text = f"{name} refused the login ({error.smtp_code}); check user and password in the SMTP URL"
        raise DeliveryError(text, unreachable=True) from None
    if isinstance(error, smtplib.SMTPNotSupportedError):
        raise DeliveryError(f"{name} lacks what is needed: {plain(str(error), 200)}", permanent=True) from error
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(code, said)] = error.recipients.values()
        reply = said.decode(errors="replace")
        text = f"{name} refused the reader's address: {code} {plain(reply, 200)}"
        raise DeliveryError(text, permanent=500 <= code < 600, nobody=is_nobody(code, reply)) from error
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        text = f"{name} refused the message: {error.smtp_code} {plain(reply, 200)}"
        raise DeliveryError(text, permanent=500 <= error.smtp_code < 600) from error
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"{name} has no valid certificate ({error.verify_message}); mend it, TLS is not switched off"
        raise DeliveryError(text, unreachable=True) from error
    text = f"no delivery through {name} on port {server.port}: {plain(str(error), 200)}"
    raise DeliveryError(text, unreachable=True) from error


def _is_lost(error: OSError) -> bool:
    """Tell whether a connection is gone; what a server answers is an OSError too, to smtplib."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == 421
    return not isinstance(error, smtplib.SMTPException) or isinstance(error, smtplib.SMTPServerDisconnected)


def is_nobody(code: int, reply: str) -> bool:
    """Tell whether a refused address will never take mail: by the enhanced status (RFC 3463), else by the code.

    5.1.x says that there is no such mailbox or domain, 5.2.1 that it is closed; 5.7.x and the rest are about this mail.
    """
    status = _STATUS.match(reply)
    if status:
        return bool(_NOBODY.fullmatch(status[0]))
    return code in (550, 551, 553)


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
