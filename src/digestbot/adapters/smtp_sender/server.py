"""A mail server as its URL names it, and a connection to it that is safe to send over."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from digestbot.adapters.smtp_sender.refusals import fail
from digestbot.errors import ConfigError, DeliveryError

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


def connected(server: Server, context: ssl.SSLContext, domain: str, timeout_s: float) -> smtplib.SMTP:
    """Return a connection that is encrypted and logged in; `domain` is the name that we greet with.

    Raises DeliveryError where nobody answers, or without encryption; what the server refuses is left to the caller.
    """
    connection = _connect(server, context, domain, timeout_s)
    try:
        _secure_and_login(connection, server, context)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(server: Server, context: ssl.SSLContext, domain: str, timeout_s: float) -> smtplib.SMTP:
    # The name for EHLO is given: smtplib would look up the machine's own, which can hang without DNS.
    try:
        if server.scheme == "smtps":
            return smtplib.SMTP_SSL(server.host, server.port, domain, timeout=timeout_s, context=context)
        return smtplib.SMTP(server.host, server.port, domain, timeout=timeout_s)
    except (smtplib.SMTPException, OSError) as error:
        fail(server.host, server.port, error)


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
