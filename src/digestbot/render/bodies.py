"""What a mail says, made once for all readers who get the same: only their own links differ."""

from __future__ import annotations

import binascii
import re
import secrets
from collections import OrderedDict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Template
from markupsafe import escape

from digestbot.domain import Digest
from digestbot.render.escape import plain
from digestbot.render.html import checked_template, digest_html, sample, values
from digestbot.render.links import Links
from digestbot.render.template import SUBJECT, TEXT, load
from digestbot.render.text import digest_text

PLAIN_WIDTH = 76
MAX_SUBJECT_CHARS = 300
KEPT = 128
"""Digests whose bodies are kept; of 140 kB each, where a digest is long."""


@dataclass(frozen=True)
class Body:
    """A digest as text and as HTML, each quoted-printable (RFC 2045); a reader's links go where the HTML is cut."""

    subject: str
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


@dataclass(frozen=True)
class Templates:
    """What mails are made by; None for what the program does by itself."""

    html: Template | None = None
    text: Template | None = None
    subject: Template | None = None


SHIPPED = Templates()


def checked_templates(folder: Path) -> Templates:
    """Return the templates of a folder, tried out; raises ConfigError with name and line for what is wrong."""
    digest, links = sample()
    given = _given(digest, links)
    return Templates(checked_template(folder), load(folder, given, TEXT), load(folder, given, SUBJECT))


def _given(digest: Digest, links: Links) -> dict[str, Any]:
    """Return what templates of plain text are given: what those of HTML are, and the program's own plain text."""
    return {**values(digest, links), "text": digest_text(digest, PLAIN_WIDTH, review=links.review)}


def body_of(digest: Digest, links: Links, templates: Templates = SHIPPED) -> Body:
    """Return the body of the mails of all readers who get the same and have the same kinds of links."""
    # Nobody can foresee it: no story can hold one.
    mark = secrets.token_hex(16)
    marks = {name: f"https://{mark}.invalid/{name}/" for name in _there(links)}
    pieces = re.split(f"https://{mark}.invalid/(\\w+)/", digest_html(digest, Links(**marks), templates.html))
    # A template's text has no links of one reader: it is made once for all, and so is where all of them decide.
    given = _given(digest, Links(review=links.review))
    text = templates.text.render(given).replace("\r\n", "\n") if templates.text else given["text"]
    subject = templates.subject.render(given) if templates.subject else given["subject"]
    return Body(plain(subject, MAX_SUBJECT_CHARS), quoted(text), tuple(map(quoted, pieces[::2])), tuple(pieces[1::2]))


def _there(links: Links) -> tuple[str, ...]:
    return tuple(name for name, url in asdict(links).items() if url)


class Bodies:
    """Bodies by what they say, for a while."""

    def __init__(self, templates: Templates = SHIPPED) -> None:
        """Take what bodies are made by."""
        self._templates = templates
        self._made: OrderedDict[object, Body] = OrderedDict()

    def of(self, digest: Digest, links: Links) -> Body:
        """Return what `body_of` would, from an earlier reader's where only the links differ."""
        same = (digest.content(), _there(links), links.review)
        if same not in self._made:
            self._made[same] = body_of(digest, links, self._templates)
        self._made.move_to_end(same)
        if len(self._made) > KEPT:
            self._made.popitem(last=False)
        return self._made[same]
