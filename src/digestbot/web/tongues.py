"""The language of a page: the first part of its path, or what the browser asks for."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from digestbot.web.words import preferred_lang

LANGS = ("en", "zh-Hans", "zh-Hant")
_NAME = "digestbot.lang"


class Tongues:
    """Takes the language off the path, so that every page is there in each of them: `/zh-Hans/about` is `/about`."""

    def __init__(self, app: ASGIApp) -> None:
        """Take what answers paths without a language."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] == "http":
            first, _, rest = scope["path"].removeprefix("/").partition("/")
            if first in LANGS:
                scope = {**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode(), _NAME: first}
        await self._app(scope, receive, send)


def lang_of(request: Request) -> tuple[str, str]:
    """Return a page's language, and the prefix that stands for it in the path, "" where none does."""
    if chosen := request.scope.get(_NAME):
        return str(chosen), f"/{chosen}"
    return preferred_lang(request.headers.get("accept-language", "")), ""
