"""An answer as HTML, piece by piece, for a page that is read while it is written. Pure.

What was sent cannot be taken back. Where the whole answer goes on otherwise it follows in an element of its own, and
the style hides what stands before that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from digestbot.domain.answers import Answer
from digestbot.render.answers import Block, Line, blocks, told
from digestbot.render.html import language

_LINK = Markup('<a href="{}" rel="nofollow noopener noreferrer ugc"{}>{}</a>')


def pieces(answer: Answer) -> list[Markup]:
    """Return what an answer says so far; those of a snapshot that only adds to an earlier one begin with its pieces."""
    return list(_opened(told(answer), answer.lang))


def ending(answer: Answer) -> Markup:
    """Return what stands behind the pieces of a whole answer: its place, what to read next, its sources."""
    rest = blocks(answer)[len(told(answer)) :]
    return _close(told(answer)[-1:]) + Markup("").join(_opened(rest, answer.lang)) + _close(rest[-1:])


def added(shown: Answer | None, answer: Answer) -> Markup | None:
    """Return what an answer says beyond a snapshot that was shown, if any; None where it does not begin like that."""
    before, now = pieces(shown) if shown else [], pieces(answer)
    return Markup("").join(now[len(before) :]) if now[: len(before)] == before else None


def rest(shown: Answer | None, answer: Answer, word: str) -> Markup:
    """Return what follows a snapshot so that the whole answer stands there: what it adds, or all of it below a word."""
    new = added(shown, answer)
    if new is not None:
        return new + ending(answer)
    closed = _close(told(shown)[-1:]) if shown else Markup("")
    begun = Markup('<div class="whole">\n<p class="note" role="status">{}</p>\n').format(word)
    return closed + begun + whole(answer) + Markup("</div>\n")


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
