"""A digest as the bot posts it: whole where it is short, else an opening with the rest in a thread; pure.

Every message ends with a small line that says which of how many it is and of which delivery. By that line a message is
recognized in a channel's history: after a crash it tells what had been posted already.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digestbot.domain import Digest, DigestSection, Entry
from digestbot.render import wording
from digestbot.render.discord import (
    MAX_CONTENT,
    MAX_DESCRIPTION,
    MAX_EMBEDS_TOTAL,
    Embed,
    Message,
    digest_messages,
    fitted,
    size,
    units,
)
from digestbot.render.discord_buttons import WHOLE, with_buttons
from digestbot.render.escape import clip, plain, safe_url
from digestbot.render.words import Words, counted

MAX_THREAD_NAME = 100
MAX_TAGS = 5
_OVERVIEW = 3
"""Stories of a section that the opening of a long digest names."""
_TAIL_ROOM = 40
_TAIL = re.compile(r"^-# (\d+)/(\d+) · ([0-9a-f]{10})$", re.MULTILINE)
_ALERT = 0xC0392B
_OWN = ("title", "description", "url", "color", "footer", "author", "fields")
"""What is ours of an embed that Discord returns; the rest it has added."""


@dataclass(frozen=True)
class Post:
    """What is posted, in order. `name` is that of the thread or forum post, `sections` the titles for a forum's tags.

    `threaded` says that all but the first message belong into a thread, where the channel has any.
    """

    name: str
    messages: tuple[Message, ...]
    threaded: bool
    sections: tuple[str, ...]


def digest_post(digest: Digest, key: str, role: str = "", *, buttons: bool = False) -> Post:
    """Return a digest as messages of the delivery `key`; the first pings a role by its id, where one is given.

    The last message, and the opening of a thread, have `buttons` where there is a bot that hears them.
    """
    found = digest_messages(digest)
    threaded = len(found) > WHOLE
    if threaded:
        found = (_opening(digest), *(_without_content(message) for message in found))
    messages = [_finished(message, number, len(found), key, role) for number, message in enumerate(found, 1)]
    if buttons and not digest.subject:
        below = {0, len(messages) - 1} if threaded else {len(messages) - 1}
        messages = [with_buttons(one, digest) if place in below else one for place, one in enumerate(messages)]
    shown = sorted(wording.shown(digest), key=lambda section: -len(section.entries) - len(section.brief))
    titles = tuple(name for section in shown for name in (section.id, section.title))
    name = wording.subject(digest)
    while size(name) > MAX_THREAD_NAME:
        name = clip(name, len(name) - 1)
    return Post(name, tuple(messages), threaded, titles)


def mark_of(key: str) -> str:
    """Return the short name of a delivery that its messages carry."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()[:10]


def part_of(content: str, key: str) -> int | None:
    """Return which message of a delivery this is, counted from 1; None for any other message."""
    found = _TAIL.findall(content)
    return int(found[-1][0]) if found and found[-1][2] == mark_of(key) else None


def nonce_of(key: str, number: int) -> str:
    """Return the nonce of a delivery's message: the same at every try, within Discord's 25 characters."""
    return hashlib.sha256(f"{key} {number}".encode(errors="replace")).hexdigest()[:25]


def tags_for(post: Post, available: Sequence[tuple[str, str]]) -> list[str]:
    """Return the ids of the forum's tags, given as (id, name), that name a section of the digest: at most five."""
    named = [(f" {_bare(name)} ", id) for id, name in available if _bare(name)]
    titles = [f" {_bare(title)} " for title in post.sections]
    return list(dict.fromkeys(id for title in titles for name, id in named if name in title))[:MAX_TAGS]


def corrections(digest: Digest) -> tuple[Entry, ...]:
    """Return the stories that were told before and are told again, since something of them changed."""
    return tuple(entry for section in digest.sections for entry in (*section.entries, *section.brief) if entry.label)


def corrected(embeds: Sequence[Mapping[str, object]], entries: Sequence[Entry], words: Words) -> list[Embed] | None:
    """Return a posted message's embeds with what became known of their stories; None where nothing changes.

    A correction stands above the text. It is written once, however often this is asked.
    """
    by_url = {url: entry for entry in entries if (url := safe_url(entry.url))}
    changed = False
    found: list[Embed] = []
    for embed in embeds:
        entry, told = by_url.get(str(embed.get("url", ""))), str(embed.get("description", ""))
        note = f"**{fitted(wording.change(entry, words), 450)}**" if entry else ""
        found.append({name: embed[name] for name in _OWN if name in embed})
        if entry is None or note in told:
            continue
        changed = True
        room = MAX_EMBEDS_TOTAL - sum(units(dict(one)) for one in embeds) + size(told) - size(note) * len(by_url)
        text = _cut(told, min(MAX_DESCRIPTION - size(note) - 1, max(room, 0)))
        found[-1]["description"] = f"{note}\n{text}".strip()
        if entry.label == "Withdrawn":
            found[-1]["color"] = _ALERT
    return found if changed else None


def _opening(digest: Digest) -> Message:
    """Return a short message that says what the thread holds: each section with its first stories."""
    words = wording.of(digest)
    blocks, total = [], 0
    for section in wording.shown(digest):
        block = _overview(section, words)
        total += size(block) + 2
        if total > MAX_DESCRIPTION - 100:
            break
        blocks.append(block)
    head = f"**{fitted(wording.subject(digest), 400)}**\n{fitted(wording.lead(digest), MAX_CONTENT - 500)}".strip()
    return {"content": head, "embeds": [{"description": "\n\n".join(blocks)}], "allowed_mentions": {"parse": []}}


def _overview(section: DigestSection, words: Words) -> str:
    entries = (*section.entries, *section.brief)
    lines = [f"**{fitted(wording.section_title(section, words), 150)}** · {counted(len(entries), words.stories)}"]
    lines += [_line(entry, words) for entry in entries[:_OVERVIEW]]
    return "\n".join(lines)


def _line(entry: Entry, words: Words) -> str:
    title, url = fitted(wording.title(entry.title, words), 120), safe_url(entry.url)
    label = f"**{words.labels[entry.label]}** " if entry.label else ""
    return f"- {label}[{title}]({url})" if url and len(url) <= 200 else f"- {label}{title}"


def _without_content(message: Message) -> Message:
    return {name: value for name, value in message.items() if name != "content"}


def _finished(message: Message, number: int, count: int, key: str, role: str) -> Message:
    """Return a message with the line at its end, and the ping where it is the first."""
    tail = f"-# {number}/{count} · {mark_of(key)}"
    ping = f"<@&{role}>" if role.isdigit() and number == 1 else ""
    text = _cut(str(message.get("content", "")), MAX_CONTENT - _TAIL_ROOM - size(ping))
    allowed = {"parse": [], "roles": [role]} if ping else {"parse": []}
    content = "\n".join(part for part in (ping, text, tail) if part)
    return {**message, "content": content, "allowed_mentions": allowed}


def _cut(text: str, limit: int) -> str:
    """Return text that is within a limit, cut at the end of a line where it is not, so that no mark-up is torn."""
    while size(text) > limit:
        text = text.rpartition("\n")[0] if "\n" in text else ""
    return text


def _bare(name: str) -> str:
    """Return the letters and digits of a name, with single spaces, in lower case."""
    return " ".join(re.findall(r"\w+", plain(name, 200).casefold()))
