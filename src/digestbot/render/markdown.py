"""A digest as a CommonMark document; pure. Outside text is shown letter for letter and means nothing to a renderer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digestbot.domain import Digest, DigestSection, Entry
from digestbot.render import wording
from digestbot.render.escape import safe_url

_BREAK = "\u200b"
"""A zero-width space: backslashes do not stop what renderers look for after parsing (addresses, mentions, issues)."""


def digest_markdown(digest: Digest) -> str:
    """Return the whole digest, every story of it, as Markdown ending in a newline."""
    blocks = [f"# {escaped(wording.subject(digest))}", escaped(wording.lead(digest))]
    for section in wording.shown(digest):
        blocks += _section(section)
    blocks += _proposals(digest)
    blocks += ["---", "\n".join(f"- {escaped(line)}" for line in wording.foot_lines(digest.foot))]
    return "\n\n".join(block for block in blocks if block) + "\n"


def escaped(text: str) -> str:
    """Return plain text so that CommonMark and GitHub's Markdown show it as it is, wherever in a line it stands.

    It cannot become a link, an image, HTML, emphasis, code, mathematics, a table, a heading, a list or a mention.
    """
    text = re.sub(r"([\\`*_\[\]<>&|~$#])", r"\\\1", text)
    text = re.sub(r"(?i)(https?|ftp|mailto|xmpp)(?=:)|www(?=\.)|[@#](?=\w)", rf"\g<0>{_BREAK}", text)
    text = re.sub(r"^([-+=])", r"\\\1", text)
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", text)


def _section(section: DigestSection) -> Iterator[str]:
    yield f"## {escaped(wording.section_title(section))}"
    for entry in section.entries:
        yield from _entry(entry)
    if section.brief:
        yield f"### {wording.BRIEF}"
        yield "\n".join(f"- {_brief(entry)}" for entry in section.brief)


def _entry(entry: Entry) -> Iterator[str]:
    yield f"### {_linked(wording.title(entry.title), entry.url)}"
    yield escaped(wording.meta(entry))
    yield f"**{escaped(wording.change(entry))}**" if wording.change(entry) else ""
    note = wording.basis_note(entry)
    yield f"{escaped(wording.tldr(entry))} {f'*{escaped(note)}*' if note else ''}".strip()
    yield "\n".join(f"- {escaped(point)}" for point in wording.points(entry))
    if wording.why(entry):
        yield f"*Why:* {escaped(wording.why(entry))}"
    if wording.before(entry):
        yield f"*Know first:* {escaped(wording.before(entry))}"
    others = [f"{escaped(medium)} {_linked(title, url)}" for medium, title, url in wording.others(entry)]
    yield f"Also: {' · '.join(others)}" if others else ""


def _brief(entry: Entry) -> str:
    link = _linked(wording.title(entry.title), entry.url)
    return " · ".join(filter(None, (link, escaped(wording.meta(entry)), escaped(wording.change(entry)))))


def _linked(title: str, raw: str) -> str:
    url = safe_url(raw)
    return f"[{escaped(title)}](<{url}>)" if url else escaped(title)


def _proposals(digest: Digest) -> Iterator[str]:
    listed = wording.proposals(digest)
    if not listed:
        return
    yield f"## {wording.PROPOSALS}"
    yield "\n".join(f"- {escaped(text)}: `{command}`" for text, command in listed)
    if wording.more_proposals(digest):
        yield f"*{escaped(wording.more_proposals(digest))}*"
