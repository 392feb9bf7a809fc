"""A digest as a mail: plain text first, HTML beside it; pure, and the same bytes for the same digest."""

from __future__ import annotations

import email.policy
import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.headerregistry import Address

from digestbot.domain import Digest
from digestbot.render import wording
from digestbot.render.bodies import Body, body_of, quoted
from digestbot.render.escape import plain, slug
from digestbot.render.links import Links, unsubscribe_headers

NO_LINKS = Links()
MAX_REFERENCES = 20
"""Of earlier mails; the oldest are left out."""

_ATOM = r"[^\s<>()\[\]\\,;:@\"\x00-\x1f\x7f]+"
_ADDRESS = re.compile(rf'(?:"?(?P<name>[^"<>@\r\n]*)"?\s*(?P<open><))?(?P<local>{_ATOM})@(?P<domain>{_ATOM})(?(open)>)')


def digest_mail(
    digest: Digest,
    sender: str,
    to: str,
    message_id: str,
    links: Links = NO_LINKS,
    body: Body | None = None,
    earlier: Sequence[str] = (),
) -> bytes:
    """Return a multipart/alternative message as SMTP takes it, with a body made before, or one that is made now.

    `earlier` are Message-IDs of mails, oldest first, whose stories this one has news of: it is a reply to the last.

    Raises ValueError when `sender` or `to` is not one mail address.

    International domains are written in their IDNA form; a local part outside ASCII makes it a message for
    SMTPUTF8 (RFC 6531).
    """
    author, reader, body = address(sender), address(to), body or body_of(digest, links)
    policy = email.policy.SMTP if (author.addr_spec + reader.addr_spec).isascii() else email.policy.SMTPUTF8
    people: list[tuple[str, Address | datetime | str]] = [
        ("Subject", _header(body.subject)),
        ("From", author),
        ("To", reader),
        ("Date", digest.created_at),
    ]
    boundary = "digest-" + hashlib.sha256(message_id.encode(errors="replace")).hexdigest()[:32]
    machines = [
        ("Message-ID", plain(message_id)),
        *_threading(earlier),
        *_list_headers(digest, author, links),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    head = [policy.fold_binary(*policy.header_store_parse(name, value)) for name, value in people]
    head += [machine_header(name, value) for name, value in machines]
    text, html = body.of(links)
    text += quoted(_links_text(digest, links))
    return b"".join((*head, b"\r\n", *_parts(boundary, (("plain", text), ("html", html)))))


def _list_headers(digest: Digest, author: Address, links: Links) -> Iterator[tuple[str, str]]:
    """Yield what tells a program which list a mail is of, and how one leaves it."""
    name = slug(digest.subscription)
    yield "List-Id", f"<{name}.digestbot.{author.domain}>"
    yield from unsubscribe_headers(links, author.addr_spec, plain(digest.subscription)).items()
    yield "Auto-Submitted", "auto-generated"
    # Told apart by mail providers in what they report to the sender (Gmail's): subscription, kind, sender.
    yield "Feedback-ID", f"{name}:digest:digestbot"


def machine_header(name: str, value: str) -> bytes:
    """Return a header of ours that programs read, folded before each `<` but never encoded.

    The library makes encoded words of addresses longer than a line, which none of these headers may hold (RFC 2047,
    section 5): mail providers would find no List-Unsubscribe.
    """
    assert not {"\r", "\n"} & set(value), f"a line end in {name}"
    return f"{name}: {value}".replace(" <", "\r\n <").replace(":\r\n <", ": <", 1).encode() + b"\r\n"


def _threading(earlier: Sequence[str]) -> list[tuple[str, str]]:
    if not earlier:
        return []
    return [("In-Reply-To", plain(earlier[-1])), ("References", plain(" ".join(earlier[-MAX_REFERENCES:])))]


def _parts(boundary: str, texts: Sequence[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield the body of a multipart message; the library would take ten times as long over each part."""
    for subtype, encoded in texts:
        yield f'--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'.encode()
        yield b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        yield encoded
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _header(text: str) -> str:
    """Return text for a header that says what it says: the library would decode `=?…?=`, and line ends within."""
    return plain(text).replace("=?", "= ?")


def _links_text(digest: Digest, links: Links) -> str:
    words = wording.of(digest)
    named = ((words.whole, links.whole), (words.settings, links.settings), (words.unsubscribe, links.unsubscribe))
    return "".join(f"\n{name}{words.colon.rstrip()}\n{url}\n" for name, url in named if url)


def message_id_for(key: str, sender: str) -> str:
    """Return the Message-ID of a delivery, the same at every try; raises ValueError when `sender` is no address."""
    return f"<{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:32]}@{address(sender).domain}>"


def earlier_ids(digest: Digest, key: str, sender: str) -> list[str]:
    """Return the Message-IDs under which the same channel had the earlier digests that this one has news of.

    A delivery's key begins with its digest's id: only that differs. Raises ValueError when `sender` is no address.
    """
    place = key.removeprefix(digest.id)
    return [message_id_for(id + place, sender) for id in digest.earlier] if place != key else []


def mailbox(text: str) -> str:
    """Return a mail address as it is compared: without a name, in one case; any other text as it is.

    Servers may tell cases apart before the @ (RFC 5321, section 2.4); none that matters does.
    """
    try:
        return address(text).addr_spec.casefold()
    except ValueError:
        return text.strip()


def address(text: str) -> Address:
    """Return the one address of `Name <local@domain>` or `local@domain`; raises ValueError for anything else."""
    # Not email.utils.parseaddr, which takes the first address of a list and ignores the rest.
    found = _ADDRESS.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{plain(text, 100)!r} is not a mail address such as 'Digest <digest@example.org>'")
    domain = found["domain"].encode("idna").decode("ascii")
    return Address(_header(plain(found["name"] or "", 100)), found["local"], domain)
