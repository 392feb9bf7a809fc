"""Writes a digest into a folder, as Markdown and as HTML, whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC
from pathlib import Path

from jinja2 import Template

from digestbot.domain import Channel, ChannelKind, Digest
from digestbot.errors import DeliveryError
from digestbot.files import replace_file
from digestbot.render.escape import slug
from digestbot.render.html import digest_html
from digestbot.render.markdown import digest_markdown


class FileSender:
    """A Sender whose channel address is a folder, or empty for the folder given here.

    The reference is the path of the Markdown file. A digest always has the same two names, so a second send replaces
    the files with the same bytes.
    """

    kind: ChannelKind = "file"

    def __init__(self, folder: Path, template: Template | None = None) -> None:
        """Take the folder, and the HTML's template; the shipped one if left out."""
        self._folder = folder
        self._template = template

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Write both files and return the path of the Markdown one."""
        markdown, html = self._paths(digest, channel)
        try:
            await asyncio.to_thread(_write, html, digest_html(digest, template=self._template))
            await asyncio.to_thread(_write, markdown, digest_markdown(digest))
        except OSError as error:
            raise DeliveryError(f"cannot write {str(markdown)!r}: {error.strerror}; check the folder") from error
        return str(markdown)

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Return the path of the Markdown file when both files are there, else ""."""
        markdown, html = self._paths(digest, channel)
        return str(markdown) if markdown.is_file() and html.is_file() else ""

    def close(self) -> None:
        """Keep nothing."""

    def _paths(self, digest: Digest, channel: Channel) -> tuple[Path, Path]:
        folder = Path(channel.address).expanduser() if channel.address else self._folder
        short_id = hashlib.sha256(digest.id.encode(errors="replace")).hexdigest()[:8]
        date = digest.created_at.astimezone(UTC).date().isoformat()
        name = f"{date}-{slug(digest.subscription)}-{short_id}"
        return folder / f"{name}.md", folder / f"{name}.html"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.encode())
