"""What a mail says, made once for all readers who get the same: only their own links differ."""

from __future__ import annotations

import binascii
import re
import secrets
from collections import OrderedDict
from dataclasses import asdict, dataclass

from jinja2 import Template
from markupsafe import escape

from digestbot.domain import Digest
from digestbot.render.html import digest_html
from digestbot.render.links import Links
from digestbot.render.text import digest_text

PLAIN_WIDTH = 76
KEPT = 128
"""Digests whose bodies are kept; of 140 kB each, where a digest is long."""


@dataclass(frozen=True)
class Body:
    """A digest as text and as HTML, each quoted-printable (RFC 2045); a reader's links go where the HTML is cut."""

    text: bytes
    html: tuple[bytes, ...]
    places: tuple[str, ...]
    """The link that follows each piece of HTML but the last, by its name in `Links`."""

    def of(self, links: Links) -> tuple[bytes, bytes]:
        """Return text and HTML for a reader; the text has no links of theirs."""
        pieces = [self.html[0]]
        for name, piece in zip(self.places, self.html[1:], strict=True):
            # A soft line end on both sides, so that no line grows past what the encoding allows.
            pieces += [b"=\r\n", quoted(str(escape(getattr(links, name)))), b"=\r\n", piece]
        return self.text, b"".join(pieces)


def quoted(text: str) -> bytes:
    """Return text as quoted-printable, its lines ending in CRLF."""
    return binascii.b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n")


def body_of(digest: Digest, links: Links, template: Template | None = None) -> Body:
    """Return the body of the mails of all readers who get the same and have the same kinds of links."""
    # Nobody can foresee it: no story can hold one.
    mark = secrets.token_hex(16)
    marks = {name: f"https://{mark}.invalid/{name}/" for name in _there(links)}
    pieces = re.split(f"https://{mark}.invalid/(\\w+)/", digest_html(digest, Links(**marks), template))
    text = quoted(digest_text(digest, PLAIN_WIDTH))
    return Body(text, tuple(map(quoted, pieces[::2])), tuple(pieces[1::2]))


def _there(links: Links) -> tuple[str, ...]:
    return tuple(name for name, url in asdict(links).items() if url)


class Bodies:
    """Bodies by what they say, for a while."""

    def __init__(self, template: Template | None = None) -> None:
        """Take the template of the HTML; the shipped one if left out."""
        self._template = template
        self._made: OrderedDict[object, Body] = OrderedDict()

    def of(self, digest: Digest, links: Links) -> Body:
        """Return what `body_of` would, from an earlier reader's where only the links differ."""
        same = (digest.content(), _there(links))
        if same not in self._made:
            self._made[same] = body_of(digest, links, self._template)
        self._made.move_to_end(same)
        if len(self._made) > KEPT:
            self._made.popitem(last=False)
        return self._made[same]
