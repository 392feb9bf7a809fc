"""An answer as HTML, piece by piece: what a piece says is never taken back by a later one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from digestbot.domain.answers import Answer
from digestbot.render.answers import Block, Line, blocks, told
from digestbot.render.html import language

_LINK = Markup('<a href="{}" rel="nofollow noopener noreferrer ugc"{}>{}</a>')


def pieces(answer: Answer) -> list[Markup]:
    """Return what an answer says so far; the pieces of an earlier snapshot are the first of those of a later one."""
    return list(_opened(told(answer), answer.lang))


def ending(answer: Answer) -> Markup:
    """Return what stands behind the pieces of a whole answer: its place, what to read next, its sources."""
    rest = blocks(answer)[len(told(answer)) :]
    return _close(told(answer)[-1:]) + Markup("").join(_opened(rest, answer.lang)) + _close(rest[-1:])


def whole(answer: Answer) -> Markup:
    """Return an answer from its first piece to its last."""
    return Markup("").join(pieces(answer)) + ending(answer)


def _opened(found: Sequence[Block], lang: str) -> Iterator[Markup]:
    """Yield the pieces of blocks, the last of which stays open; each says its language, whatever the page's is."""
    for place, block in enumerate(found):
        before = _close(found[place - 1 : place])
        if block.heading:
            yield before + Markup('<section lang="{}"><h2>{}</h2>\n<ul>\n').format(lang, block.heading)
        else:
            yield before
        for line in block.lines:
            form = '<li dir="auto"{}{}>{}</li>\n' if block.heading else '<p dir="auto"{}{}>{}</p>\n'
            yield Markup(form).format(_id(line), _tongue(line.text, lang if block.heading else ""), _line(line))


def _close(found: Sequence[Block]) -> Markup:
    return Markup("</ul>\n</section>\n") if any(block.heading for block in found) else Markup("")


def _line(line: Line) -> Markup:
    text = _LINK.format(line.url, Markup(""), line.text) if line.url else Markup("{}").format(line.text)
    head = Markup("<b>{}</b> ").format(line.head) if line.head else Markup("")
    return head + text + Markup("").join(_cited(line.keys))


def _cited(keys: Iterable[str]) -> Iterator[Markup]:
    """Yield links to the sources of a claim, which stand below under their keys."""
    for key in keys:
        yield Markup(' <a class="cite" href="#source-{}">[{}]</a>').format(key, key)


def _id(line: Line) -> Markup:
    """Return the name of a source's line, by which claims lead to it."""
    key = line.head[1:-1] if line.head.startswith("[") and line.head.endswith("]") else ""
    return Markup(' id="source-{}"').format(key) if key.isalnum() else Markup("")


def _tongue(text: str, lang: str) -> Markup:
    found = language(text) or "en"
    return Markup("") if found == lang.partition("-")[0].lower() else Markup(' lang="{}"').format(found)
