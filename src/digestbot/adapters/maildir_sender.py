"""Puts a digest into a maildir, where any mail program reads it; no server is needed.

The layout and the order (write into tmp, then move into new) are those of https://cr.yp.to/proto/maildir.html. The
name of a message is made from the delivery's key, so that the maildir can be asked whether it has been there.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from email.message import EmailMessage
from pathlib import Path

from digestbot.domain import Channel, ChannelKind, Digest
from digestbot.errors import DeliveryError
from digestbot.render.bodies import SHIPPED, Templates, body_of
from digestbot.render.mail import NO_LINKS, digest_mail, earlier_ids, message_id_for


class MaildirSender:
    """A Sender whose channel address is the path of a maildir, made when absent; the reference is a file's path."""

    kind: ChannelKind = "maildir"

    def __init__(self, mail_from: str, mail_to: str = "", templates: Templates = SHIPPED) -> None:
        """Write to `mail_to`, the sender itself when empty; the maildir's owner reads it either way."""
        self._mail_from = mail_from
        self._mail_to = mail_to or mail_from
        self._templates = templates

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Deliver the mail unless it is there already, read or unread, and return where it is."""
        maildir = _maildir(channel)
        try:
            id = message_id_for(key, self._mail_from)
            body = body_of(digest, NO_LINKS, self._templates)
            earlier = earlier_ids(digest, key, self._mail_from)
            message = digest_mail(digest, self._mail_from, self._mail_to, id, body=body, earlier=earlier)
        except ValueError as error:
            raise DeliveryError(f"cannot address digest {digest.id!r}: {error}", permanent=True) from error
        try:
            # Files in a maildir end their lines as the system does, not as SMTP does.
            content = message.replace(b"\r\n", b"\n")
            return await asyncio.to_thread(_deliver, maildir, _name(digest, key), content)
        except OSError as error:
            raise DeliveryError(f"cannot deliver into maildir {str(maildir)!r}: {error.strerror}") from error

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Return the path of the mail in new/ or cur/, else "" (also when its reader has deleted it)."""
        maildir = _maildir(channel)
        try:
            return await asyncio.to_thread(_found, maildir, _name(digest, key))
        except OSError as error:
            raise DeliveryError(f"cannot look into maildir {str(maildir)!r}: {error.strerror}") from error

    def close(self) -> None:
        """Keep nothing."""


class MaildirMailer:
    """Puts mails that are no digests into a maildir; for the web pages where there is no mail server."""

    def __init__(self, maildir: Path) -> None:
        """Write to this maildir, made when absent."""
        self._maildir = maildir

    async def post(self, message: EmailMessage, to: str) -> None:
        """Deliver the mail; raises DeliveryError."""
        unique = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:32]
        name = f"{int(message['Date'].datetime.timestamp())}.{unique}.digestbot"
        content = message.as_bytes(policy=message.policy.clone(linesep="\n"))
        try:
            await asyncio.to_thread(_deliver, self._maildir, name, content)
        except OSError as error:
            raise DeliveryError(f"cannot deliver into maildir {str(self._maildir)!r}: {error.strerror}") from error


def _maildir(channel: Channel) -> Path:
    if not channel.address:
        raise DeliveryError("the maildir channel has no path; set it to the folder of a maildir", permanent=True)
    return Path(channel.address).expanduser()


def _name(digest: Digest, key: str) -> str:
    unique = hashlib.sha256(key.encode(errors="replace")).hexdigest()[:32]
    return f"{int(digest.created_at.timestamp())}.{unique}.digestbot"


def _found(maildir: Path, name: str) -> str:
    """Return the path of the message; mail programs move it to cur/ and add `:2,S` or `,U=7` to its name."""
    for folder in ("new", "cur"):
        for found in os.listdir(maildir / folder) if (maildir / folder).is_dir() else ():
            if found == name or found.startswith((f"{name}:", f"{name},", f"{name};", f"{name}!")):
                return str(maildir / folder / found)
    return ""


def _deliver(maildir: Path, name: str, content: bytes) -> str:
    for folder in ("tmp", "new", "cur"):
        (maildir / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    earlier = _found(maildir, name)
    if earlier:
        return earlier
    # The name is this delivery's own: what a killed process left half written is written over by the next.
    part = maildir / "tmp" / name
    try:
        with open(part, "wb", opener=_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, maildir / "new" / name)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(maildir / "new")
    return str(maildir / "new" / name)


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner can read."""
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    """Make the name last too: without it a power cut can take back a delivery that was acknowledged."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
