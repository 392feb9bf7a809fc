"""Discord messages as a page that shows them as Discord does, for operators to look at before anything is posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from digestbot.render.discord_markup import inline_html, markup_html
from digestbot.render.escape import safe_url

_STYLE = """
:root { color-scheme: dark }
* { box-sizing: border-box }
body { margin: 0; background: #1a1a1e; color: #dfe0e2; font: 16px/1.375 "gg sans", "Noto Sans", "Helvetica Neue",
  "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", Arial, sans-serif }
main { max-width: 52rem; margin: 0 auto; padding: 1rem }
.message { display: grid; grid-template-columns: 40px minmax(0, 1fr); gap: 16px; padding: 8px 16px }
.message:hover { background: #242429 }
.face { width: 40px; height: 40px; border-radius: 50%; background: #5865f2; color: #fff; display: grid;
  place-items: center; font-weight: 600 }
.who { font-weight: 500; color: #f2f3f5 }
.app { background: #5865f2; color: #fff; font: 500 10px/15px inherit; font-size: 10px; border-radius: 4px;
  padding: 1px 4px; margin: 0 6px; vertical-align: 2px }
time { color: #949ba4; font-size: 12px }
.text, .description { overflow-wrap: anywhere }
.embed { margin-top: 8px; max-width: 516px; background: #242429; border: 1px solid #2f2f34; border-left: 4px solid;
  border-radius: 4px; padding: 8px 16px 16px 12px; font-size: 14px }
.embed .author { font-weight: 600; font-size: 14px; margin-top: 8px }
.embed .title { font-weight: 600; font-size: 16px; margin-top: 8px; overflow-wrap: anywhere }
.embed .description { margin-top: 8px }
.embed .footer { margin-top: 8px; font-size: 12px; color: #c7c8cd }
.fields { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px; margin-top: 8px }
.field { grid-column: 1 / -1; overflow-wrap: anywhere } .field.inline { grid-column: auto } .field b { display: block }
.embed time { background: #3b3b41; color: inherit; border-radius: 3px; padding: 0 2px; font-size: inherit }
.ins { color: #7ee787 } .del { color: #ff7b72 } .hunk { color: #79c0ff }
.item { display: grid; grid-template-columns: 1.2em minmax(0, 1fr) }
small { color: #949ba4; font-size: 13px; display: block }
h1 { font-size: 24px } h2 { font-size: 20px } h3 { font-size: 16px } h1, h2, h3 { margin: 8px 0 4px }
blockquote { margin: 0; border-left: 4px solid #4e5058; padding-left: 12px }
pre, code { background: #121214; border: 1px solid #2f2f34; border-radius: 4px; font-size: 14px;
  font-family: "gg mono", Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; white-space: pre-wrap }
pre { padding: 8px } code { padding: 0 3px; font-size: 85% }
a { color: #6ba5ff; text-decoration: none } a:hover { text-decoration: underline }
.mention { background: #3c4270; color: #c9cdfb; border-radius: 3px; padding: 0 2px }
.invite { outline: 2px solid #c0392b }
mark { background: #4e5058; color: inherit; border-radius: 3px }
.thread { margin: 4px 16px 12px 72px; padding: 8px 12px; background: #242429; border-radius: 8px; font-size: 14px }
.thread b { color: #f2f3f5 }
.row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px }
.button { background: #3b3b41; color: #fff; border-radius: 8px; padding: 6px 12px; font-size: 14px }
.style1 { background: #5865f2 } .style3 { background: #248046 } .style4 { background: #da373c }
"""


def discord_html(messages: Sequence[Mapping[str, Any]], name: str = "", *, threaded: bool = False, at: str = "") -> str:
    """Return a page with the messages, those after the first in a thread of that name where it is `threaded`."""
    shown = [_message(message, at) for message in messages]
    if threaded and len(shown) > 1:
        shown.insert(1, f'<div class="thread"><b>{escape(name)}</b> · {len(shown) - 1} ›</div>')
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{escape(name) or "Discord"}</title><style>{_STYLE}</style></head>'
        f"<body><main>{''.join(shown)}</main></body></html>\n"
    )


def _message(message: Mapping[str, Any], at: str) -> str:
    content = message.get("content") or ""
    inner = [
        f'<div><span class="who">digestbot</span><span class="app">APP</span><time>{escape(at)}</time></div>',
        f'<div class="text">{markup_html(content)}</div>' if content else "",
        *(_embed(embed) for embed in message.get("embeds") or ()),
        *(_row(row) for row in message.get("components") or ()),
    ]
    return f'<div class="message"><div class="face">d</div><div>{"".join(inner)}</div></div>'


def _embed(embed: Mapping[str, Any]) -> str:
    colour, title = embed.get("color"), inline_html(embed.get("title") or "")
    url = safe_url(embed.get("url") or "")
    head = f'<a href="{escape(url)}">{title}</a>' if url else title
    footer, author = (embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")
    parts = [
        f'<div class="author">{escape(author)}</div>' if author else "",
        f'<div class="title">{head}</div>' if title else "",
        f'<div class="description">{markup_html(embed["description"])}</div>' if embed.get("description") else "",
        f'<div class="fields">{"".join(map(_field, embed["fields"]))}</div>' if embed.get("fields") else "",
        f'<div class="footer">{escape(footer)}</div>' if footer else "",
    ]  # fmt: skip
    edge = f"#{colour:06x}" if isinstance(colour, int) else "#4e5058"
    return f'<div class="embed" style="border-left-color: {edge}">{"".join(parts)}</div>'


def _field(field: Mapping[str, Any]) -> str:
    inline = " inline" if field.get("inline") else ""
    return f'<div class="field{inline}"><b>{inline_html(field["name"])}</b>{markup_html(field["value"])}</div>'


def _row(row: Mapping[str, Any]) -> str:
    buttons = [
        f'<span class="button style{int(part.get("style") or 2)}">{escape(_label(part))}</span>'
        for part in row.get("components") or ()
    ]
    return f'<div class="row">{"".join(buttons)}</div>'


def _label(part: Mapping[str, Any]) -> str:
    emoji = (part.get("emoji") or {}).get("name") or ""
    return f"{emoji} {part.get('label') or part.get('placeholder') or ''}".strip()
