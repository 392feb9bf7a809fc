"""Signing in with a pass' token, and out again."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from digestbot.web.door import Door, Visitor, client_of, local_path
from digestbot.web.forms import form_of
from digestbot.web.phrases.reviewing import REVIEWING
from digestbot.web.rendering import Page, headers, rendered
from digestbot.web.surface import Ask, Surface
from digestbot.web.wish import first


@dataclass(frozen=True)
class SigningPages:
    """The handlers, and what they share."""

    surface: Surface
    door: Door

    def routes(self) -> list[Route]:
        """Return the routes of signing in and out."""
        return [
            Route("/sign-in", self.sign_in, methods=["GET", "POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
        ]

    async def sign_in(self, request: Request) -> Response:
        """Ask for a token; with the right one go on to the page that was wanted."""
        ask = self.surface.ask(request, ("to",))
        if request.method != "POST":
            return self._page(ask, await self.door.visitor(request), local_path(ask.query.get("to", "/review")))
        self.door.check_origin(request)
        form = await form_of(request)
        to = local_path(first(form, "to"))
        try:
            passed = await self.door.admit(client_of(request), first(form, "token").strip())
        except HTTPException as error:
            return self._page(ask, Visitor(), to, error.status_code)
        answer = RedirectResponse(f"{ask.root}{to}", 303, headers(private=True))
        await self.door.sign_in(answer, passed)
        return answer

    async def sign_out(self, request: Request) -> Response:
        """Sign the browser out."""
        visitor, form = await self.door.visitor(request), await form_of(request)
        self.door.check(request, visitor, form)
        answer = RedirectResponse(self.surface.ask(request).at("sign-in"), 303, headers(private=True))
        await self.door.sign_out(request, answer)
        return answer

    def _page(self, ask: Ask, visitor: Visitor, to: str, status: int = 200) -> Response:
        words = REVIEWING.of(ask.lang)
        problem = {200: "", 429: words.too_often}.get(status, words.wrong_token)
        values = {"to": to, "problem": problem, "passed": visitor.passed, "form_key": visitor.form_key}
        # 401 asks browsers for a password of their own; the form does that here.
        shown = 403 if status == 401 else status
        return HTMLResponse(rendered(Page("sign_in", words, values), ask), shown, headers(private=True))
