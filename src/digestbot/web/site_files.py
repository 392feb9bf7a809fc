"""The pages as files: which file a page is, and its links made to fit; pure.

Links between files are relative, so that the whole may lie anywhere on a host. A link to what is no file (a form, the
review queue) is taken out, its words stay.
"""

from __future__ import annotations

import hashlib
import html
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from starlette.routing import compile_path

from digestbot.web.pages import PUBLIC
from digestbot.web.site_search import search_page, search_script
from digestbot.web.surface import View
from digestbot.web.tongues import LANGS

_REMEMBERED = 4096
"""Every page leads to the same sections and chapters."""
_ASKED = "/search"
_STILL: tuple[tuple[str, View, tuple[str, ...]], ...] = (
    ("/search", search_page, ()),
    ("/search.js", search_script, ()),
)
"""What answers questions in a browser, in place of what answers them here."""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_ENDINGS = (".atom", ".js", ".json", ".md", ".opml")
_FEEDS = ("atom$", "json$")
_OTHERS = tuple(one for one in PUBLIC if not one[0].startswith(_ASKED))
_ROUTES = tuple((compile_path(path)[0], view, query) for path, view, query in (*_STILL, *_OTHERS))
# Templates quote every attribute with these marks, and escape them in whatever comes from outside.
_LINK = re.compile(r'(<a\b[^>]*?) href="(/[^"]*)"([^>]*>)(.*?)</a>', re.S)
_ITEM = re.compile(r'<li[^>]*>\s*<a\b[^>]*? href="(/[^"]*)"[^>]*>[^<]*</a>\s*</li>\n?')
_HEAD_LINK = re.compile(r'<link\b[^>]*? href="(/[^"]*)"[^>]*>\n?')
_FORM = re.compile(r"<form\b[^>]*>.*?</form>\n?", re.S)
_SCRIPT = re.compile(r'<script src="(/[^"]*)"[^>]*></script>\n?')


@dataclass(frozen=True)
class Target:
    """A page that is a file: what makes it of which parts of its address, and in which language."""

    file: str
    lang: str
    path: str
    view: View
    params: Mapping[str, str]
    query: Mapping[str, str]


Find = Callable[[str], Target | None]
"""Finds the page of an address of ours, a path with perhaps a query; None for what is no file."""


def finder(langs: tuple[str, ...], base: str = "", feeds: bool = True) -> Find:
    """Return what finds pages in these languages, the first of which stands at the top; perhaps without `feeds`.

    `base` is what the addresses of all pages begin with.
    """
    routes = [one for one in _ROUTES if feeds or not one[0].pattern.endswith(_FEEDS)]

    @lru_cache(maxsize=_REMEMBERED)
    def find(address: str) -> Target | None:
        parts = urlsplit(address.removeprefix(base))
        lang, path = _tongue(unquote(parts.path))
        lang = lang or langs[0]
        given = dict(parse_qsl(parts.query))
        for pattern, view, known in routes:
            if (match := pattern.fullmatch(path)) and lang in langs:
                query = {name: value for name, value in given.items() if name in known and value}
                folder = "" if lang == langs[0] else f"{lang}/"
                # What the pattern took is text: no converter of ours makes anything else.
                params: dict[str, Any] = match.groupdict()
                return Target(folder + file_of(path, query), lang, path, view, params, query)
        return None

    return find


def file_of(path: str, query: Mapping[str, str]) -> str:
    """Return the name of a page's file: safe on every host, and like its address where that is plain."""
    parts = [_safe(part) for part in path.split("/") if part] or ["index"]
    stem, ending = posixpath.splitext("/".join(parts))
    if ending not in _ENDINGS:
        stem, ending = stem + ending, ".html"
    asked = "-".join(f"{name}-{_safe(value)}" for name, value in sorted(query.items()))
    return f"{stem}--{asked}{ending}" if asked else stem + ending


def still(page: str, here: Target, find: Find) -> tuple[str, tuple[Target, ...]]:
    """Return a page with its links made to fit, and the pages that it leads to."""
    found: dict[str, Target] = {}

    def address(written: str) -> str:
        """Return the address relative to this file; "" for what is no file."""
        whole, mark, fragment = html.unescape(written).partition("#")
        target = find(whole)
        if target is None:
            return ""
        found[target.file] = target
        return html.escape(_way(target.file, posixpath.dirname(here.file) or ".") + mark + fragment)

    def link(match: re.Match[str]) -> str:
        way = address(match[2])
        return f'{match[1]} href="{way}"{match[3]}{match[4]}</a>' if way else match[4]

    def head_link(match: re.Match[str]) -> str:
        way = address(match[1])
        return match[0].replace(f'"{match[1]}"', f'"{way}"') if way else ""

    page = _ITEM.sub(lambda item: item[0] if address(item[1]) else "", _FORM.sub("", page))
    page = _SCRIPT.sub(head_link, _HEAD_LINK.sub(head_link, _LINK.sub(link, page)))
    return page, tuple(found.values())


def still_feed(body: str, url: str, find: Find) -> tuple[str, tuple[Target, ...]]:
    """Return a feed whose addresses below `url` are those of files, and the pages that it leads to."""
    found: dict[str, Target] = {}

    def address(match: re.Match[str]) -> str:
        target = find(html.unescape(match[1]) or "/")
        if target is None:
            return match[0]
        found[target.file] = target
        return f"{url}/{quote(target.file)}"

    return re.sub(rf'(?<=["\']){re.escape(url)}(/[^"\'<\s]*)(?=["\'])', address, body), tuple(found.values())


@lru_cache(maxsize=_REMEMBERED)
def _way(file: str, folder: str) -> str:
    return quote(posixpath.relpath(file, folder))


def _tongue(path: str) -> tuple[str, str]:
    first, _, rest = path.removeprefix("/").partition("/")
    return (first, f"/{rest}") if first in LANGS else ("", path)


def _safe(part: str) -> str:
    """Return a part of an address as a part of a file's name."""
    return part if _PLAIN.fullmatch(part) else f"x{hashlib.sha256(part.encode(errors='replace')).hexdigest()[:16]}"
