"""What Discord makes of the text of a message: its Markdown as HTML, everything in it that would be active marked.

It follows support.discord.com's guide to text formatting and what Discord does with addresses and mentions beside it.
It shows operators a digest before it is posted, and tests whether outside text stayed text.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape

_BLOCK = re.compile(r"```(?:(?P<lang>[\w+-]*)\n)?(?P<text>.+?)```", re.DOTALL)
_INLINE = re.compile(
    r"""
    \\(?P<escaped>[^A-Za-z0-9\s])
    | (?P<code>`+)(?P<coded>.+?)(?<!`)(?P=code)(?!`)
    | \[(?P<text>(?:\\.|[^\]\\\n])+)\]\((?P<target>https?://[^\s)]+)\)
    | <(?P<bare>https?://[^\s>]+)>
    | (?P<url>https?://[^\s<>]*[^\s<>.,:;"'\])])
    | (?P<invite>\bdiscord(?:app)?\.(?:gg|com/invite)/\w+)
    | (?P<mention>@everyone|@here|<@[!&]?\d+>|<\#\d+>|<id:\w+>|</[\w -]+:\d+>|<t:-?\d+(?::\w)?>|<a?:\w+:\d+>)
    | (?P<mark>\*\*\*|\*\*|\*|__|_|~~|\|\|)(?=\S)(?P<marked>.+?)(?<![\s\\])(?P=mark)
    """,
    re.VERBOSE | re.DOTALL,
)
_TAGS = {"***": ("b", "i"), "**": ("b",), "*": ("i",), "__": ("u",), "_": ("i",), "~~": ("s",), "||": ("mark",)}
_HEADS = {"# ": "h1", "## ": "h2", "### ": "h3", "-# ": "small"}
_DEEPEST = 6


def markup_html(text: str, depth: int = 0) -> str:
    """Return a message's text as HTML. Mentions are of the class `mention`, invitations of `invite`."""
    parts, at = [], 0
    for found in _BLOCK.finditer(text):
        before = text[at : found.start()].removesuffix("\n")
        parts += [_lines(before, depth), _block(found["lang"] or "", found["text"])]
        at = found.end() + text.startswith("\n", found.end())  # a block stands on lines of its own
    return "".join([*parts, _lines(text[at:], depth)])


def inline_html(text: str, depth: int = 0) -> str:
    """Return a text without blocks, such as an embed's title, as HTML."""
    if depth > _DEEPEST:
        return escape(text)
    parts, at = [], 0
    for found in _INLINE.finditer(text):
        parts += [escape(text[at : found.start()]), _shown(found, depth)]
        at = found.end()
    return "".join([*parts, escape(text[at:])])


def _block(lang: str, text: str) -> str:
    """Return a block of code; Discord colours a diff's lines by their marks."""
    if lang != "diff":
        return f"<pre>{escape(text)}</pre>"
    names = {"+": "ins", "-": "del", "@": "hunk"}
    lines = text.removesuffix("\n").split("\n")
    shown = [
        f'<span class="{names[one[0]]}">{escape(one)}</span>' if one[:1] in names else escape(one) for one in lines
    ]
    return "<pre>" + "\n".join(shown) + "</pre>"


def _lines(text: str, depth: int) -> str:
    return "".join(_line(line, depth) for line in text.split("\n")) if text else ""


def _line(line: str, depth: int) -> str:
    for mark, tag in _HEADS.items():
        if line.startswith(mark) and line[len(mark) :].strip():
            return f"<{tag}>{inline_html(line[len(mark) :], depth)}</{tag}>"
    if line.startswith("> "):
        return f"<blockquote>{inline_html(line[2:], depth)}</blockquote>"
    item = re.match(r"( *)(?:[-*]|(\d+)\.) +(?=\S)", line)
    if item:
        bullet = f"{item[2]}." if item[2] else "•"
        return f'<div class="item"><span>{bullet}</span><span>{inline_html(line[item.end() :], depth)}</span></div>'
    return f"<div>{inline_html(line, depth) or '&nbsp;'}</div>"


def _shown(found: re.Match[str], depth: int) -> str:
    kind = found.lastgroup
    if found["escaped"]:
        return escape(found["escaped"])
    if kind == "coded":
        return f"<code>{escape(found['coded'].strip())}</code>"
    if found["target"]:
        return f'<a href="{escape(found["target"])}">{inline_html(found["text"], depth + 1)}</a>'
    if found["bare"] or found["url"]:
        url = found["bare"] or found["url"]
        return f'<a href="{escape(url)}">{escape(url)}</a>'
    if stamp := re.fullmatch(r"<t:(-?\d{1,11})(?::\w)?>", found["mention"] or ""):
        at = datetime.fromtimestamp(int(stamp[1]), UTC)
        return f"<time>{at:%Y-%m-%d %H:%M}</time>"
    if found["invite"] or found["mention"]:
        name = "invite" if found["invite"] else "mention"
        return f'<span class="{name}">{escape(found[0])}</span>'
    tags = _TAGS[found["mark"]]
    inner = inline_html(found["marked"], depth + 1)
    return "".join(f"<{tag}>" for tag in tags) + inner + "".join(f"</{tag}>" for tag in reversed(tags))
