"""An answer as Discord messages: what it says with links to its sources, where it stands, what to press next; pure.

The buttons carry the answer's id and nothing else, so that they go on working after a restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from digestbot.domain.answers import Answer
from digestbot.render.answer_words import answer_words
from digestbot.render.answers import Block, Line, notes, onward, shown_sources, told
from digestbot.render.discord import MAX_TITLE, Embed, Message, fitted, grouped, packed
from digestbot.render.discord_buttons import rows
from digestbot.render.escape import clip, plain

_ANSWERED, _LITTLE, _ONWARD = 0x2F74C0, 0x7D8590, 0x0B8A74
_MAX_LINE, _MAX_LINK, _MAX_FOOTER = 950, 300, 600
_MOST_KEYS = 5
"""Sources that a claim leads to; the list of sources names them all."""


@dataclass(frozen=True)
class Act:
    """A button: what it does, for which answer, and what stands on it."""

    name: str
    answer: str
    label: str = ""
    emoji: str = ""


def answer_messages(answer: Answer, *, threads: bool = False) -> list[Message]:
    """Return an answer as messages to post in order, at least one; the last has the buttons.

    `threads` says that a thread can be opened where it stands.
    """
    found: list[Message] = [{"embeds": group, "allowed_mentions": {"parse": []}} for group in grouped(_embeds(answer))]
    acts = answer_acts(answer, threads=threads)
    if acts:
        found[-1]["components"] = rows([(_id(act), act.label, act.emoji) for act in acts])
    return found


def growing(answer: Answer, said: str = "") -> list[Embed]:
    """Return what is known so far of an answer, as the embeds of one message.

    Below it stands what is `said` of why there is no more; that more comes if left out.
    """
    lines = [*_lines(told(answer), _links(answer)), f"*{said or answer_words(answer.lang).reading_now}*"]
    return grouped([*packed(_title(answer), lines, _ANSWERED), *packed("", _lines(onward(answer)), _ONWARD)])[0]


def source_messages(answer: Answer) -> list[Message]:
    """Return the list of an answer's sources as messages; empty where it has none."""
    embeds = [
        one
        for block in shown_sources(answer)
        for one in packed(fitted(block.heading, MAX_TITLE), _listed(block), _LITTLE)
    ]
    return [{"embeds": group, "allowed_mentions": {"parse": []}} for group in grouped(embeds)] if embeds else []


def answer_acts(answer: Answer, *, threads: bool = False) -> list[Act]:
    """Return the buttons below an answer, five to a row at most; none where it was refused."""
    if answer.state == "refused":
        return []
    words, level = answer_words(answer.lang), answer.asked.level
    whole = answer.state == "answered"
    offered = {
        "simpler": whole and level != "introductory",
        "deeper": whole and level != "advanced",
        "ask": True,
        "sources": whole and bool(answer.sources),
        "thread": threads,
    }
    acts = [Act(name, answer.id, words.acts[name]) for name, is_there in offered.items() if is_there]
    return [*acts, Act("helpful", answer.id, emoji="👍"), Act("unhelpful", answer.id, emoji="👎")]


def _embeds(answer: Answer) -> list[Embed]:
    if answer.state == "refused":
        return list(packed("", _lines(told(answer, chat=True)), _LITTLE))
    thin = answer.state == "thin"
    said = _lines([*told(answer, chat=True), *(shown_sources(answer) if thin else [])], _links(answer))
    embeds = list(packed(_title(answer), said, _LITTLE if thin else _ANSWERED))
    embeds += packed("", _lines(onward(answer)), _ONWARD)
    embeds[-1]["footer"] = {"text": clip(" · ".join(_remarks(answer)), _MAX_FOOTER)}
    return embeds


def _title(answer: Answer) -> str:
    return fitted(plain(answer.asked.question), MAX_TITLE)


def _remarks(answer: Answer) -> Iterator[str]:
    yield answer_words(answer.lang).levels[answer.asked.level]
    if answer.state == "answered":
        # Without dates it says no more than its button.
        yield from (
            block.heading for block in shown_sources(answer) if block.heading != answer_words(answer.lang).sources
        )
    yield from notes(answer)


def _links(answer: Answer) -> dict[str, str]:
    """Return what stands for each source where a claim names it: its number, which leads to it where it has a place."""
    found = {}
    for block in shown_sources(answer):
        for one, line in zip(answer.sources, block.lines, strict=True):
            number = rf"\[{fitted(one.key, 8)}\]"
            found[one.key] = f"[{number}]({line.url})" if line.url and len(line.url) <= _MAX_LINK else number
    return found


def _lines(blocks: Iterable[Block], links: dict[str, str] | None = None) -> list[str]:
    """Return blocks as lines of Discord's Markdown; a heading and the first line below it are one."""
    found: list[str] = []
    for block in blocks:
        mark = "- " if block.heading else ""
        lines = [mark + _line(line, links or {}) for line in block.lines]
        if block.heading:
            gap = "\n" if found else ""
            lines[0] = f"{gap}**{fitted(block.heading, 200)}**\n{lines[0]}"
        found += lines
    return found


def _listed(block: Block) -> list[str]:
    return [_line(line, {}) for line in block.lines]


def _line(line: Line, links: dict[str, str]) -> str:
    text = fitted(line.text, _MAX_LINE)
    if line.url and len(line.url) <= _MAX_LINK:
        text = f"[{text}]({line.url})"
    head = f"**{fitted(line.head, 250)}** " if line.head else ""
    return " ".join([f"{head}{text}", *(links[key] for key in line.keys[:_MOST_KEYS] if key in links)])


def _id(act: Act) -> str:
    return f"p:{act.name}:{act.answer}"
