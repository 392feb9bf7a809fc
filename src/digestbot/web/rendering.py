"""Pages as HTML, and the headers they go out with: nothing from elsewhere, no style or script but our own."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Protocol
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from digestbot.languages import canonical
from digestbot.render.escape import plain, safe_url
from digestbot.render.html import language
from digestbot.render.wording import day
from digestbot.render.words import counted, words_of
from digestbot.web.phrases.layout import LAYOUT

# A digest carries its look in style attributes, as mail programs need it; nothing else of it can act.
_DIGEST = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
_COMMON = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LANGUAGES = (("en", "English"), ("zh-Hans", "简体中文"), ("zh-Hant", "繁體中文"))
_PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


class Place(Protocol):
    """Where a page stands: its language, its address, what all addresses begin with, and whether it may offer mails."""

    @property
    def lang(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def root(self) -> str: ...
    @property
    def base(self) -> str: ...
    @property
    def query(self) -> Mapping[str, str]: ...
    @property
    def sign_up(self) -> bool: ...


@dataclass(frozen=True)
class Page:
    """What a page shows: a template by its name, the phrases of its language, and what else the template is given."""

    name: str
    words: Any
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    for_s: float = 0.0
    """For how many seconds it may be kept; 0 for as long as any."""


def rendered(page: Page, place: Place) -> str:
    """Return a page as HTML."""
    frame = LAYOUT.of(place.lang)
    given = {
        "words": page.words, "frame": frame, "root": place.root, "base": place.base, "path": place.path,
        "query_string": f"?{urlencode(place.query)}" if place.query else "", "sign_up": place.sign_up,
    }  # fmt: skip
    return _templates().get_template(f"{page.name}.html.j2").render(lang=place.lang, **given, **page.values)


def headers(*, private: bool = True, digest: bool = False, scripts: bool = False) -> dict[str, str]:
    """Return the headers of a page; `private` ones are nobody else's to keep, `scripts` may run our own script."""
    policy = _DIGEST if digest else _policy(scripts)
    return _COMMON | (_PRIVATE if private else {}) | {"Content-Security-Policy": policy}


@cache
def _policy(scripts: bool) -> str:
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    ours = "script-src 'self'; connect-src 'self'; " if scripts else ""
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; {ours}"
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


@cache
def style() -> str:
    """Return the style sheet as it stands in every page: one round trip brings all."""
    return _file("style.css")


@cache
def script() -> str:
    """Return the one script."""
    return _file("digestbot.js")


@cache
def still_search() -> str:
    """Return the script that searches in pages that are files."""
    return _file("still_search.js")


def _file(name: str) -> str:
    return (resources.files("digestbot.web") / "templates" / name).read_text("utf-8")


@pass_context
def tongue(context: Context, text: str, lang: str = "") -> Markup:
    """Return the attribute that says the language of a text where it is not the page's; by its script if not given."""
    found = language(text) or lang or "en"
    mine = str(context["lang"])
    same = canonical(found) == canonical(mine) or (found == "zh" and mine.startswith("zh"))
    return Markup("") if same else Markup(' lang="{}"').format(found)


@pass_context
def _date(context: Context, at: datetime) -> Markup:
    stamp = at.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        f"{stamp:%Y-%m-%dT%H:%M:%SZ}", day(at, words_of(str(context["lang"])))
    )


@pass_context
def _moment(context: Context, at: datetime) -> Markup:
    stamp = at.astimezone(UTC)
    told = f"{day(at, words_of(str(context['lang'])))}, {stamp:%H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(f"{stamp:%Y-%m-%dT%H:%M:%SZ}", told)


@pass_context
def _medium(context: Context, name: str) -> str:
    return words_of(str(context["lang"])).media.get(name) or plain(name, 30)


@pass_context
def _level(context: Context, name: str) -> str:
    return words_of(str(context["lang"])).levels.get(name, "")


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("digestbot.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    shown: Mapping[str, Callable[..., Any]] = {
        "plain": plain, "safe_url": safe_url, "date": _date, "moment": _moment, "medium": _medium, "level": _level,
    }  # fmt: skip
    environment.filters.update(shown)
    environment.globals.update(tongue=tongue, counted=counted, sheet=Markup(style()), languages=LANGUAGES)
    return environment
