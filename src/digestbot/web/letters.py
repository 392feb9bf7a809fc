"""The mails that pages send: to confirm a subscription, or to change the one there is. Nothing outside gets in."""

from __future__ import annotations

import email.policy
from datetime import datetime
from email.message import EmailMessage
from email.utils import make_msgid

from digestbot.render.mail import address as mail_address
from digestbot.web.words import PageWords


def confirm_mail(
    words: PageWords, sender: str, to: str, link: str, site: str, now: datetime, until: datetime
) -> EmailMessage:
    """Return the mail that asks an address whether it wants what was asked for it."""
    text = words.confirm_mail.format(address=to, link=link, until=f"{until:%Y-%m-%d %H:%M}")
    return _letter(words, words.confirm_subject, text, sender, to, site, now)


def settings_mail(words: PageWords, sender: str, to: str, link: str, site: str, now: datetime) -> EmailMessage:
    """Return the mail that tells an address which is subscribed where to change that."""
    text = words.settings_mail.format(address=to, link=link)
    return _letter(words, words.settings_subject, text, sender, to, site, now)


def _letter(words: PageWords, subject: str, text: str, sender: str, to: str, site: str, now: datetime) -> EmailMessage:
    author, reader = mail_address(sender), mail_address(to)
    utf8 = not (author.addr_spec + reader.addr_spec).isascii()
    message = EmailMessage(policy=email.policy.SMTPUTF8 if utf8 else email.policy.SMTP)
    message["Subject"] = subject
    message["From"] = author
    message["To"] = reader
    message["Date"] = now
    message["Message-ID"] = make_msgid(domain=author.domain)
    message["Content-Language"] = words.lang
    # Nothing answers this mail by itself (RFC 3834), so two robots cannot talk to each other.
    message["Auto-Submitted"] = "auto-replied"
    message.set_content(f"{text}\n\n-- \n{words.mail_foot.format(site=site)}\n", cte="quoted-printable")
    return message
