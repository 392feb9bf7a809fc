"""A digest as a CommonMark document; pure. Outside text is shown letter for letter and means nothing to a renderer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digestbot.domain import Digest, DigestSection, Entry
from digestbot.render import wording
from digestbot.render.escape import safe_url
from digestbot.render.foot import foot_lines
from digestbot.render.words import Words

_BREAK = "\u200b"
"""A zero-width space: backslashes do not stop what renderers look for after parsing (addresses, mentions, issues)."""


def digest_markdown(digest: Digest) -> str:
    """Return the whole digest, every story of it, as Markdown ending in a newline."""
    blocks = [f"# {escaped(wording.subject(digest))}", escaped(wording.lead(digest))]
    for section in wording.shown(digest):
        blocks += _section(section, wording.of(digest))
    blocks.append(f"*{escaped(wording.left_out(digest))}*" if digest.left_out else "")
    if wording.trends(digest):
        blocks += [f"## {wording.of(digest).trends}", "\n".join(f"- {escaped(t)}" for t in wording.trends(digest))]
    blocks += _proposals(digest)
    blocks += ["---", "\n".join(f"- {escaped(line)}" for line in foot_lines(digest))]
    return "\n\n".join(block for block in blocks if block) + "\n"


def escaped(text: str) -> str:
    """Return plain text so that CommonMark and GitHub's Markdown show it as it is, wherever in a line it stands.

    It cannot become a link, an image, HTML, emphasis, code, mathematics, a table, a heading, a list or a mention.
    """
    text = re.sub(r"([\\`*_\[\]<>&|~$#])", r"\\\1", text)
    text = re.sub(r"(?i)(https?|ftp|mailto|xmpp)(?=:)|www(?=\.)|[@#](?=\w)", rf"\g<0>{_BREAK}", text)
    text = re.sub(r"^([-+=])", r"\\\1", text)
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", text)


def _section(section: DigestSection, words: Words) -> Iterator[str]:
    yield f"## {escaped(wording.section_title(section, words))}"
    for entry in section.entries:
        yield from _entry(entry, words)
    if section.brief:
        yield f"### {words.brief}"
        yield "\n".join(f"- {_brief(entry, words)}" for entry in section.brief)


def _entry(entry: Entry, words: Words) -> Iterator[str]:
    yield f"### {_linked(wording.title(entry.title, words), entry.url)}"
    yield escaped(wording.meta(entry, words))
    yield f"**{escaped(wording.change(entry, words))}**" if wording.change(entry, words) else ""
    note = wording.basis_note(entry, words)
    yield f"{escaped(wording.tldr(entry))} {f'*{escaped(note)}*' if note else ''}".strip()
    yield "\n".join(f"- {escaped(point)}" for point in wording.points(entry))
    if wording.why(entry):
        yield f"*{words.why}{words.colon.strip()}* {escaped(wording.why(entry))}"
    if wording.before(entry, words):
        yield f"*{words.before}{words.colon.strip()}* {escaped(wording.before(entry, words))}"
    others = [f"{escaped(medium)} {_linked(title, url)}" for medium, title, url in wording.others(entry, words)]
    yield f"{words.also}{words.colon}{' · '.join(others)}" if others else ""


def _brief(entry: Entry, words: Words) -> str:
    link = _linked(wording.title(entry.title, words), entry.url)
    return " · ".join(filter(None, (link, escaped(wording.meta(entry, words)), escaped(wording.change(entry, words)))))


def _linked(title: str, raw: str) -> str:
    url = safe_url(raw)
    return f"[{escaped(title)}](<{url}>)" if url else escaped(title)


def _proposals(digest: Digest) -> Iterator[str]:
    listed = wording.proposals(digest)
    if not listed:
        return
    yield f"## {wording.of(digest).proposals}"
    yield "\n".join(f"- {escaped(text)}: `{command}`" for text, command in listed)
    if wording.more_proposals(digest):
        yield f"*{escaped(wording.more_proposals(digest))}*"
