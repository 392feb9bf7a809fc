"""An answer as blocks of lines, as text for a terminal and as Markdown; pure. Every address passes `safe_url`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digestbot.domain.answers import PARTS, Answer, Citation, Claim, NextRead
from digestbot.offline.terms import is_chinese
from digestbot.render.answer_words import AnswerWords, answer_words
from digestbot.render.columns import wrap
from digestbot.render.escape import plain, safe_url
from digestbot.render.markdown import escaped

MIN_WIDTH = 30
_BOLD, _DIM, _LINK = "1", "2", "36"
_MAX_TITLE_CHARS = 200
_MAX_CLAIM_CHARS = 900
_MAX_DATE_CHARS = 30


@dataclass(frozen=True)
class Line:
    """A line of an answer: its words, the keys of its sources, and where it leads, "" for nowhere."""

    text: str
    keys: tuple[str, ...] = ()
    url: str = ""
    head: str = ""
    """What stands before it, such as the title and date of a work."""


@dataclass(frozen=True)
class Block:
    """A part of an answer under its heading, which is empty for what needs none."""

    heading: str
    lines: tuple[Line, ...]


def blocks(answer: Answer) -> list[Block]:
    """Return an answer's parts in order, each with at least one line."""
    return [*told(answer), *_tail(answer)]


def told(answer: Answer, *, chat: bool = False) -> list[Block]:
    """Return what an answer says before its place and its sources: its claims, or why there are none.

    In a `chat` it names that place's commands for what would help, not the terminal's.
    """
    words = answer_words(answer.lang)
    if answer.state == "refused":
        return [Block("", (Line(words.refusals[answer.refusal]),))]
    body = _thin(answer, words, chat) if answer.state == "thin" else _claims(answer, words)
    before = tuple(_before(answer, words))
    return [*([Block("", before)] if before else []), *body]


def onward(answer: Answer) -> list[Block]:
    """Return where an answer's subject stands in the roadmap, and what to read next."""
    return [block for block in _roadmap(answer, answer_words(answer.lang)) if block.lines]


def shown_sources(answer: Answer) -> list[Block]:
    """Return an answer's sources under one heading; none where there are none."""
    return [block for block in _sources(answer, answer_words(answer.lang)) if block.lines]


def notes(answer: Answer) -> list[str]:
    """Return what the reader should know of how an answer was made, a sentence each."""
    return [line.text for line in _notes(answer, answer_words(answer.lang))]


def _tail(answer: Answer) -> list[Block]:
    if answer.state == "refused":
        return []
    remarks = Block("", tuple(Line(note) for note in notes(answer)))
    return [*onward(answer), *shown_sources(answer), *([remarks] if remarks.lines else [])]


def answer_text(answer: Answer, width: int = 80, colour: bool = False) -> str:
    """Return an answer as lines of at most `width` columns (addresses are never broken), ending in a newline."""
    return answer_begun(answer, width, colour) + _texts(_tail(answer), width, colour, True)


def answer_begun(answer: Answer, width: int = 80, colour: bool = False) -> str:
    """Return the text of an answer up to its last claim: that of an earlier snapshot is how that of a later begins."""
    head = [] if answer.state == "refused" else [plain(answer.asked.question, 300)]
    width = max(width, MIN_WIDTH)
    asked = [(_BOLD, line) for one in head for line in wrap(one, width)]
    level = [(_DIM, answer_words(answer.lang).levels[answer.asked.level])] if head else []
    return _painted([*asked, *level], colour) + _texts(told(answer), width, colour, bool(head))


def answer_markdown(answer: Answer) -> str:
    """Return an answer as Markdown ending in a newline."""
    words = answer_words(answer.lang)
    parts = []
    if answer.state != "refused":
        parts = [f"## {escaped(plain(answer.asked.question, 300))}", f"*{words.levels[answer.asked.level]}*"]
    for block in blocks(answer):
        lines = [_markdown_line(line) for line in block.lines]
        if block.heading:
            parts.append(f"**{escaped(block.heading)}**\n\n" + "\n".join(f"- {line}" for line in lines))
        else:
            parts.append("\n\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _texts(found: Sequence[Block], width: int, colour: bool, after: bool) -> str:
    """Return blocks with an empty line before each but the first, before that one too where it stands `after` text."""
    lines: list[tuple[str, str]] = []
    for block in found:
        lines += [("", "")] if lines or after else []
        lines += _text_block(block, max(width, MIN_WIDTH))
    return _painted(lines, colour)


def _painted(lines: Sequence[tuple[str, str]], colour: bool) -> str:
    return "".join(
        (f"\x1b[{style}m{line}\x1b[0m" if colour and style and line else line) + "\n" for style, line in lines
    )


def _text_block(block: Block, width: int) -> list[tuple[str, str]]:
    lines = [(_BOLD, block.heading)] if block.heading else []
    indent = "  " if block.heading else ""
    for line in block.lines:
        keys = f" [{', '.join(line.keys)}]" if line.keys else ""
        head = f"{line.head} " if line.head else ""
        style = "" if block.heading else _DIM
        lines += [(style, one) for one in wrap(f"{head}{line.text}{keys}", width, indent, indent)]
        if line.url:
            lines.append((_LINK, f"{indent}{line.url}"))
    return lines


def _markdown_line(line: Line) -> str:
    keys = "".join(f" [{escaped(key)}]" for key in line.keys)
    head = f"{escaped(line.head)} " if line.head else ""
    text = f"[{escaped(line.text)}](<{line.url}>)" if line.url else escaped(line.text)
    return f"{head}{text}{keys}"


def _before(answer: Answer, words: AnswerWords) -> Iterator[Line]:
    """Yield what is to be known before an answer is read: as what the question was read, and what it does not tell.

    Whether it is in another language is told by its first claim, so that no later one takes the line back.
    """
    if answer.read_as:
        yield Line(words.read_as.format(question=plain(answer.read_as, 300)))
    if answer.lacks and answer.state == "answered":
        yield Line(words.lacks.format(parts=words.comma.join(words.lacking[part] for part in answer.lacks)))
    other = bool(answer.claims) and is_chinese(answer.claims[0].text) != answer.lang.startswith("zh")
    if other and answer.model == "offline":
        yield Line(words.other_language)


def _claims(answer: Answer, words: AnswerWords) -> Iterator[Block]:
    by_key = {one.key: one for one in answer.sources}
    order = list(dict.fromkeys([*(claim.part for claim in answer.claims), *PARTS]))
    for part in order:
        told = [claim for claim in answer.claims if claim.part == part]
        lines = tuple(_claim(claim, by_key) for claim in told)
        if lines:
            name = "matters" if part == "why" and not _asks_why(answer) else part
            yield Block(words.parts[name], lines)


def _asks_why(answer: Answer) -> bool:
    return answer.claims[0].part == "why" or "why" in answer.asked.question.casefold() or "为" in answer.asked.question


def _claim(claim: Claim, by_key: dict[str, Citation]) -> Line:
    source = by_key.get(claim.keys[0]) if claim.keys else None
    head = ""
    if claim.part == "new" and source:
        head = " ".join(
            filter(None, (plain(source.date, _MAX_DATE_CHARS), f"{plain(source.title, _MAX_TITLE_CHARS).rstrip('.')}."))
        )
    elif claim.subject:
        head = f"{plain(claim.subject, 60)}:"
    return Line(plain(claim.text, _MAX_CLAIM_CHARS), claim.keys, head=head)


def _thin(answer: Answer, words: AnswerWords, chat: bool) -> Iterator[Block]:
    lines = [Line(words.thin)]
    if answer.unknown:
        lines.append(Line(words.unknown.format(words=words.comma.join(plain(one, 60) for one in answer.unknown))))
    lines.append(Line(words.help_words))
    if answer.asked.since or answer.asked.sections or answer.asked.kinds:
        lines.append(Line(words.chat_wider if chat else words.help_wider))
    yield Block("", (*lines, Line(words.chat_feeds if chat else words.help_feeds)))


def _roadmap(answer: Answer, words: AnswerWords) -> Iterator[Block]:
    place = answer.standing
    if answer.state != "answered":
        return
    if place.section_title:
        where = " › ".join(plain(one) for one in (place.section_title, place.chapter_title) if one)
        lines = [Line(where)]
        if place.before:
            lines.append(Line(f"{words.before}{words.colon}{plain('; '.join(place.before), 300)}"))
        if place.after:
            lines.append(Line(f"{words.after}{words.colon}{plain(place.after)}"))
        yield Block(words.place, tuple(lines))
    yield Block(words.reading, tuple(_reading(one, words) for one in answer.reading))


def _reading(one: NextRead, words: AnswerWords) -> Line:
    kind = words.kinds.get(one.kind, one.kind)
    title = plain(one.title, _MAX_TITLE_CHARS)
    return Line(f"{title} ({plain(kind, 30)})" if kind else title, url=safe_url(one.url))


def _sources(answer: Answer, words: AnswerWords) -> Iterator[Block]:
    name = words.nearest if answer.state == "thin" else words.sources
    dates = sorted(date for one in answer.sources if (date := plain(one.date, _MAX_DATE_CHARS)))
    if answer.state == "answered" and dates:
        name = f"{name} ({dates[0] if dates[0] == dates[-1] else words.span.format(first=dates[0], last=dates[-1])})"
    yield Block(name, tuple(_source(one, words) for one in answer.sources))


def _source(one: Citation, words: AnswerWords) -> Line:
    kind = words.kinds.get(one.kind, one.kind)
    at = f"{kind} {one.at}".strip() if one.at else kind
    about = ", ".join(filter(None, (plain(one.date, _MAX_DATE_CHARS), plain(at, 40))))
    title = plain(one.title, _MAX_TITLE_CHARS)
    return Line(f"{title} ({about})" if about else title, url=safe_url(one.url), head=f"[{one.key}]")


def _notes(answer: Answer, words: AnswerWords) -> Iterator[Line]:
    if answer.state == "answered":
        if answer.model == "offline":
            yield Line(words.extracted)
        if answer.dropped:
            yield Line(words.dropped.format(n=answer.dropped))
    if answer.note:
        yield Line(plain(answer.note, 200))
