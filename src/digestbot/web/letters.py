"""The mails that pages send: to confirm a subscription, or to change the one there is. Nothing outside gets in."""

from __future__ import annotations

import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from digestbot.render.mail import address as mail_address
from digestbot.render.mail import message_id_for
from digestbot.web.words import PageWords


@dataclass(frozen=True)
class Envelope:
    """From whom to whom a letter goes, which page it answers, and when that was asked; `id` names it at every try."""

    sender: str
    to: str
    site: str
    asked_at: datetime
    id: str


def confirm_mail(words: PageWords, frame: Envelope, link: str, until: datetime) -> EmailMessage:
    """Return the mail that asks an address whether it wants what was asked for it."""
    text = words.confirm_mail.format(address=frame.to, link=link, until=f"{until:%Y-%m-%d %H:%M}")
    return _letter(words, frame, words.confirm_subject, text)


def settings_mail(words: PageWords, frame: Envelope, link: str) -> EmailMessage:
    """Return the mail that tells an address which is subscribed where to change that."""
    return _letter(words, frame, words.settings_subject, words.settings_mail.format(address=frame.to, link=link))


def _letter(words: PageWords, frame: Envelope, subject: str, text: str) -> EmailMessage:
    author, reader = mail_address(frame.sender), mail_address(frame.to)
    utf8 = not (author.addr_spec + reader.addr_spec).isascii()
    message = EmailMessage(policy=email.policy.SMTPUTF8 if utf8 else email.policy.SMTP)
    message["Subject"] = subject
    message["From"] = author
    message["To"] = reader
    message["Date"] = frame.asked_at
    message["Message-ID"] = message_id_for(frame.id, frame.sender)
    message["Content-Language"] = words.lang
    # Nothing answers this mail by itself (RFC 3834), so two robots cannot talk to each other.
    message["Auto-Submitted"] = "auto-replied"
    message.set_content(f"{text}\n\n-- \n{words.mail_foot.format(site=frame.site)}\n", cte="quoted-printable")
    return message
