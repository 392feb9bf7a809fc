"""What a mail server refuses, and a connection that breaks, as delivery errors."""

from __future__ import annotations

import re
import smtplib
import ssl
from typing import NoReturn

from digestbot.errors import DeliveryError
from digestbot.render.escape import plain

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_NOBODY = re.compile(r"5\.(1\.(1|2|3|6|10)|2\.1)")


def fail(host: str, port: int, error: Exception) -> NoReturn:
    """Raise what went wrong as a DeliveryError.

    What a server says is shown in short, except about a login, where it may echo the password.
    """
    name = f"mail server {host!r}"
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
    text = f"no delivery through {name} on port {port}: {plain(str(error), 200)}"
    raise DeliveryError(text, unreachable=True) from error


def is_lost(error: OSError) -> bool:
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
