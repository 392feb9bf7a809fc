"""Adds a digest's stories to an Atom file, whole or not at all."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from xml.etree import ElementTree as xml

from lxml import etree

from digestbot.domain import Channel, ChannelKind, Digest
from digestbot.errors import DeliveryError
from digestbot.render import wording
from digestbot.render.atom import NAMESPACE, digest_entries, feed, prefix

MAX_ENTRIES = 300
"""Older ones leave the file: a reader that has not looked for so long has lost them."""


class AtomSender:
    """A Sender whose channel address is a file; it can be asked, since each entry's id begins with its digest's."""

    kind: ChannelKind = "atom"

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Put the stories before those that are there, and return the path."""
        path = _path(channel)
        try:
            await asyncio.to_thread(_prepend, path, digest)
        except OSError as error:
            raise DeliveryError(f"cannot write {str(path)!r}: {error.strerror}; check the folder") from error
        return str(path)

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Return the path when the file has an entry of the digest, else ""."""
        path = _path(channel)
        known = await asyncio.to_thread(_known, path)
        return str(path) if any(_id(entry).startswith(prefix(digest)) for entry in known) else ""

    def close(self) -> None:
        """Keep nothing."""


def _path(channel: Channel) -> Path:
    return Path(channel.address).expanduser()


def _prepend(path: Path, digest: Digest) -> None:
    # What a try that died has left is replaced, so that nothing stands twice.
    others = [entry for entry in _known(path) if not _id(entry).startswith(prefix(digest))]
    entries = [*digest_entries(digest), *others][:MAX_ENTRIES]
    document = feed(digest.subscription, wording.heading(digest), entries, digest.created_at)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(document)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def _known(path: Path) -> list[xml.Element]:
    """Return the entries of the file; none where there is no file or it is no feed of ours."""
    try:
        root = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
    except (FileNotFoundError, etree.XMLSyntaxError):
        return []
    found = root.findall(f"{{{NAMESPACE}}}entry")
    return [_bare(xml.fromstring(etree.tostring(entry))) for entry in found]


def _bare(entry: xml.Element) -> xml.Element:
    """Return an entry whose names have no namespace, as they are written."""
    for part in entry.iter():
        part.tag = part.tag.rpartition("}")[2]
    return entry


def _id(entry: xml.Element) -> str:
    return entry.findtext("id") or ""
