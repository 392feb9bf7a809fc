"""Hands one message over on a connection: its envelope, then its bytes."""

from __future__ import annotations

import smtplib

from digestbot.errors import DeliveryError


def open_envelope(connection: smtplib.SMTP, sender: str, reader: str) -> None:
    """Name both addresses to the server; raises what smtplib does where it refuses one, or DeliveryError."""
    options: list[str] = []
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


def hand_over(connection: smtplib.SMTP, message: bytes, host: str) -> None:
    """Hand over a message with CRLF line ends; once its bytes go out, a lost connection leaves it in doubt.

    Raises DeliveryError for that, and what smtplib does where the message is refused. Not `smtplib.SMTP.data`, which
    cannot tell a connection lost before the message from one lost after it.
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
            f"the connection to mail server {host!r} was lost after the message went out; it may have arrived",
            in_doubt=True,
        ) from error
    if code != 250:
        raise smtplib.SMTPResponseException(code, reply)
