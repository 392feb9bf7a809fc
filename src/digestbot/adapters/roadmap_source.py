"""Reads a roadmap from where somebody keeps it: a file, a folder, or an address on the web."""

from __future__ import annotations

import re
from pathlib import Path

from digestbot.errors import ConfigError
from digestbot.ports import Http

_MAX_BYTES = 20_000_000
_GITHUB = re.compile(
    r"https?://(?:www\.)?github\.com/(?P<repository>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
    r"(?:(?:blob|raw|tree)/(?P<branch>[^/?#]+)(?P<path>/[^?#]*)?)?(?:[?#].*)?",
)


async def fetched(http: Http, url: str) -> str:
    """Return the Markdown at an address as text; a page or repository of GitHub stands for the file itself.

    Raises ConfigError for what is no text or a page of HTML, SourceError where it cannot be had.
    """
    answer = await http.get(raw_address(url), accept="text/markdown, text/plain, */*;q=0.5", max_bytes=_MAX_BYTES)
    text = decoded(answer.body, url)
    if re.match(r"\ufeff?\s*<(?:!doctype\s+html|html)\b", text[:500], re.IGNORECASE):
        raise ConfigError(f"{url!r} is a web page: give the address of the Markdown it is made from")
    return text


def raw_address(url: str) -> str:
    """Return the address of the text itself for a file or a repository's front page on GitHub."""
    match = _GITHUB.fullmatch(url)
    if match is None:
        return url
    path = (match["path"] or "").strip("/")
    if not path.lower().endswith((".md", ".markdown")):
        path = f"{path}/README.md".lstrip("/")
    return f"https://raw.githubusercontent.com/{match['repository']}/{match['branch'] or 'HEAD'}/{path}"


def decoded(content: bytes, source: str) -> str:
    """Return bytes as text: UTF-8, marked UTF-16, GB 18030, else Latin-1; raises ConfigError for what is no text."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif b"\0" in content:
        raise ConfigError(f"{source!r} is no text: name a Markdown file")
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def read_file(path: Path) -> str:
    """Return a file as text; raises ConfigError where there is none or it is no text."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    if len(content) > _MAX_BYTES:
        raise ConfigError(f"{str(path)!r} is larger than {_MAX_BYTES // 1_000_000} MB: too much for a roadmap")
    return decoded(content, str(path))
