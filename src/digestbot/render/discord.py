"""A digest as the JSON payloads of Discord messages, each within every limit of Discord's; pure.

A story is an embed, so that none is ever torn in two; the first embed of a section names it, and the colour goes on.
Lengths are counted in UTF-16 units, which is never less than what Discord counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from digestbot.domain import Digest, DigestSection, Entry
from digestbot.render import wording
from digestbot.render.escape import clip, safe_url
from digestbot.render.foot import foot_lines
from digestbot.render.words import Words

# discord.com/developers/docs/resources/message: message and embed limits.
MAX_CONTENT = 2000
MAX_TITLE = 256
MAX_AUTHOR = 256
MAX_DESCRIPTION = 4096
MAX_EMBEDS = 10
MAX_EMBEDS_TOTAL = 6000

_BREAK = "\u200b"
_ACTIVE = re.compile(r"(?i)[a-z][a-z0-9+.-]*(?=://)|discord(?=(?:app)?\.)|dsc(?=\.gg)|[@#](?=\S)|<(?=\S)")
_COLOURS = (0x0B8A74, 0x2F74C0, 0x8A5BC7, 0xC2662D, 0xB0457A, 0x5F8F2B, 0x2B8FA3, 0x9A7B1E, 0x6B6FD0)
_QUIET = 0x7D8590

Message = dict[str, object]
Embed = dict[str, object]


def digest_messages(digest: Digest) -> tuple[Message, ...]:
    """Return the digest as webhook payloads to post in order; at least one. Nothing in them pings anybody."""
    words = wording.of(digest)
    embeds = [embed for i, section in enumerate(wording.shown(digest)) for embed in _section(section, i, words)]
    if digest.left_out:
        embeds += packed("", [fitted(wording.left_out(digest), MAX_DESCRIPTION)])
    embeds += packed(words.trends, [f"- {fitted(line, 600)}" for line in wording.trends(digest)])
    embeds += _proposals(digest)
    embeds += packed(words.how, [fitted(line, MAX_DESCRIPTION) for line in foot_lines(digest)])
    messages: list[Message] = [{"embeds": group, "allowed_mentions": {"parse": []}} for group in grouped(embeds)]
    head = f"**{fitted(wording.subject(digest), 400)}**\n{fitted(wording.lead(digest), MAX_CONTENT - 450)}".strip()
    return ({"content": head, **messages[0]}, *messages[1:])


def story_pages(digest: Digest, *, brief_only: bool) -> list[list[Embed]]:
    """Return stories as embeds, as many to a page as fit a message: all of a digest's, or those it tells in a line."""
    words, embeds = wording.of(digest), list[Embed]()
    for i, section in enumerate(wording.shown(digest)):
        author = {"author": {"name": clip(wording.section_title(section, words), MAX_AUTHOR // 2)}}
        entries = section.brief if brief_only else (*section.entries, *section.brief)
        embeds += [{**author, **_story(entry, _COLOURS[i % len(_COLOURS)], words)} for entry in entries]
    return grouped(embeds) if embeds else []


def defused(text: str) -> str:
    """Return plain text that Discord shows as it is: no Markdown, no mention, no link, no invitation, no heading."""
    text = re.sub(r"([\\`*_~|\[\]()<>])", r"\\\1", text)
    # A number is no mark that could be escaped, only the full stop that makes a list of it.
    text = re.sub(r"^([-+#>])", r"\\\1", re.sub(r"^(\d+)\.", r"\1\\.", text))
    # Discord links addresses and reads mentions, timestamps and emoji in spite of backslashes.
    return _ACTIVE.sub(rf"\g<0>{_BREAK}", text)


def size(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def fitted(text: str, limit: int) -> str:
    """Return plain text defused and at most `limit` units long; cut before it is defused, so that no escape is torn."""
    # Defusing never shortens; of a run of a hundred thousand letters it would take minutes.
    shown, room = defused(clip(text, limit)), limit
    while size(shown) > limit:
        room = min(room - 1, room * limit // size(shown))
        shown = defused(clip(text, room))
    return shown


def _section(section: DigestSection, index: int, words: Words) -> Iterator[Embed]:
    colour = _COLOURS[index % len(_COLOURS)]
    embeds = [_story(entry, colour, words) for entry in section.entries]
    embeds += packed(words.brief, [_brief(entry, words) for entry in section.brief], colour)
    embeds[0] = {"author": {"name": clip(wording.section_title(section, words), MAX_AUTHOR // 2)}, **embeds[0]}
    yield from embeds


def _story(entry: Entry, colour: int, words: Words) -> Embed:
    embed: Embed = {"title": fitted(wording.title(entry.title, words), MAX_TITLE), "color": colour}
    url = safe_url(entry.url)
    if url:
        embed["url"] = url
    description = "\n".join(_description(entry, words))
    if description:
        embed["description"] = description
    meta = wording.meta(entry, words)
    if meta:
        embed["footer"] = {"text": meta}
    return embed


def _description(entry: Entry, words: Words) -> Iterator[str]:
    """Yield the lines, together under `MAX_DESCRIPTION` (about 3,900 at most) by the lengths allotted to each."""
    if wording.change(entry, words):
        yield f"**{fitted(wording.change(entry, words), 450)}**"
    note = wording.basis_note(entry, words)
    tldr = fitted(wording.tldr(entry), 900)
    if tldr or note:
        yield f"{tldr} {f'*{defused(note)}*' if note else ''}".strip()
    for point in wording.points(entry)[:5]:
        yield f"- {fitted(point, 250)}"
    if wording.why(entry):
        yield f"**{words.why}** {fitted(wording.why(entry), 300)}"
    if wording.before(entry, words):
        yield f"**{words.before}** {fitted(wording.before(entry, words), 150)}"
    links = [_masked(medium, title, raw) for medium, title, raw in wording.others(entry, words)[:3]]
    if links:
        yield f"**{words.also}** {' · '.join(links)}"


def _brief(entry: Entry, words: Words) -> str:
    """Return a line of at most about 1,200 units."""
    url, title, meta = (
        safe_url(entry.url),
        fitted(wording.title(entry.title, words), 200),
        fitted(wording.meta(entry, words), 300),
    )
    link = f"[{title}]({url})" if url and len(url) <= 300 else title
    return "- " + " · ".join(filter(None, (link, meta, fitted(wording.change(entry, words), 300))))


def _masked(medium: str, title: str, raw: str) -> str:
    """Return a link whose text is ours and short; an address too long for its place is left out."""
    url = safe_url(raw)
    text = f"{fitted(medium, 40)}: {fitted(title, 100)}"
    return f"[{text}]({url})" if url and len(url) <= 300 else text


def _proposals(digest: Digest) -> Iterator[Embed]:
    lines = [f"- {fitted(text, 300)}\n  `{clip(command, 200)}`" for text, command in wording.proposals(digest)]
    if wording.more_proposals(digest):
        lines.append(defused(wording.more_proposals(digest)))
    return packed(wording.of(digest).proposals, lines)


def packed(title: str, lines: list[str], colour: int = _QUIET) -> Iterator[Embed]:
    """Yield embeds under one title, or none, that hold the lines, as few as take them all."""
    text, head = "", {"title": title} if title else {}
    for line in lines:
        if text and size(text) + 1 + size(line) > MAX_DESCRIPTION:
            yield {**head, "description": text, "color": colour}
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield {**head, "description": text, "color": colour}


def grouped(embeds: list[Embed]) -> list[list[Embed]]:
    """Return the embeds in order, as many to a message as fit."""
    groups: list[list[Embed]] = [[]]
    total = 0
    for embed in embeds:
        more = units(embed)
        if groups[-1] and (len(groups[-1]) == MAX_EMBEDS or total + more > MAX_EMBEDS_TOTAL):
            groups.append([])
            total = 0
        groups[-1].append(embed)
        total += more
    return groups


def units(embed: Embed) -> int:
    """Return what counts towards the total of a message: title, description, footer and author."""
    texts = [embed.get("title", ""), embed.get("description", "")]
    for key, inner in (("footer", "text"), ("author", "name")):
        part = embed.get(key)
        if isinstance(part, dict):
            texts.append(part[inner])
    return sum(size(str(text)) for text in texts)
