"""Sends a digest by SMTP, over TLS or not at all.

`smtps://user:password@host:465` speaks TLS from the start, `smtp://user:password@host:587` requires STARTTLS, and
`smtp+plain://localhost:1025`, for tests and development, is taken for loopback hosts only and never logs in. There is
no way down from one to the next.
"""

from __future__ import annotations

from digestbot.adapters.smtp_sender.refusals import is_nobody
from digestbot.adapters.smtp_sender.sender import SmtpMailer, SmtpSender
from digestbot.adapters.smtp_sender.server import parse_server

__all__ = ["SmtpMailer", "SmtpSender", "is_nobody", "parse_server"]
