"""Keeps an archive that is closed to those who have a pass; what mails link to stays open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

_OPEN = ("/sign-in", "/sign-out", "/subscribe", "/digestbot.js")
_BY_TOKEN = ("/confirm/", "/unsubscribe/", "/settings/", "/digest/", "/subscription/")
"""Whoever has the link has been given it."""


class Gate:
    """Lets through whom `admits` knows; people are asked to sign in, programs for a token."""

    def __init__(self, app: ASGIApp, admits: Callable[[Request], Awaitable[bool]], base: str) -> None:
        """Take what answers behind the gate, and the path under which all pages are."""
        self._app, self._admits, self._base = app, admits, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, or refuse."""
        path = scope.get("path", "")
        if scope["type"] == "http" and path not in _OPEN and not path.startswith(_BY_TOKEN):
            refused = await self._refused(Request(scope, receive), path)
            if refused:
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _refused(self, request: Request, path: str) -> Response | None:
        try:
            if await self._admits(request):
                return None
        except HTTPException as error:
            return _problem(error.status_code, dict(error.headers or {}))
        if path.startswith("/api/"):
            return _problem(401, {"WWW-Authenticate": 'Bearer realm="digestbot"'})
        return RedirectResponse(f"{self._base}/sign-in?to={quote(path)}", 303)


def _problem(status: int, named: dict[str, str]) -> Response:
    """Return a refusal as RFC 9457 has it."""
    told = {"type": "about:blank", "title": "a pass is needed", "status": status}
    return JSONResponse(told, status, named | {"Cache-Control": "no-store"}, "application/problem+json")
