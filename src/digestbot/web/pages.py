"""Pages as HTML, and the headers they go out with: no script, no cookie, nothing from elsewhere."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from digestbot.web.words import PageWords

_PAGE = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
# A digest carries its look in style attributes, as mail programs need it; nothing else of it can act.
_DIGEST = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
_COMMON = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def headers(*, digest: bool = False, lasting: bool = False) -> dict[str, str]:
    """Return the headers of a page, of a whole digest, or of what a browser may keep for a day."""
    kept = "public, max-age=86400" if lasting else "no-store"
    return _COMMON | {"Content-Security-Policy": _DIGEST if digest else _PAGE, "Cache-Control": kept}


def render(name: str, words: PageWords, root: str, **values: Any) -> str:
    """Return a page by the name of its template; `root` is the path under which all pages are."""
    return _templates().get_template(f"{name}.html.j2").render(words=words, root=root, **values)


@cache
def style() -> str:
    """Return the style sheet."""
    return (resources.files("digestbot.web") / "templates" / "style.css").read_text("utf-8")


@cache
def _templates() -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=PackageLoader("digestbot.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
