"""What a mail says, made once for all readers who get the same: only their own links differ."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import asdict, dataclass, replace

from jinja2 import Template
from markupsafe import escape

from digestbot.domain import Digest, DigestId
from digestbot.render.html import digest_html
from digestbot.render.links import Links
from digestbot.render.text import digest_text

PLAIN_WIDTH = 76
KEPT = 128
"""Digests whose bodies are kept; of 140 kB each, where a digest is long."""


@dataclass(frozen=True)
class Body:
    """A digest as text, without the links of its reader, and as HTML with them."""

    text: str
    html: str


def body_of(digest: Digest, links: Links, template: Template | None = None) -> Body:
    """Return the body of a mail, its HTML by a template or the shipped one."""
    return Body(digest_text(digest, PLAIN_WIDTH), digest_html(digest, links, template))


class Bodies:
    """Bodies by what they say, for a while."""

    def __init__(self, template: Template | None = None) -> None:
        """Take the template of the HTML; the shipped one if left out."""
        self._template = template
        self._made: OrderedDict[str, Body] = OrderedDict()

    def of(self, digest: Digest, links: Links) -> Body:
        """Return what `body_of` would, from an earlier reader's where only the links differ."""
        there = {name: url for name, url in asdict(links).items() if url}
        same = repr((replace(digest, id=DigestId(""), subscription="", earlier=()), sorted(there)))
        mark = hashlib.sha256(same.encode(errors="replace")).hexdigest()
        # Nobody can foresee a mark, which depends on all that the digest says: no story can hold one.
        marks = {name: f"https://{mark}.invalid/{name}" for name in there}
        if mark not in self._made:
            self._made[mark] = body_of(digest, Links(**marks), self._template)
        self._made.move_to_end(mark)
        if len(self._made) > KEPT:
            self._made.popitem(last=False)
        html = self._made[mark].html
        for name, url in there.items():
            html = html.replace(marks[name], str(escape(url)))
        return replace(self._made[mark], html=html)
