"""The whole of the pages as an ASGI application: their routes, what else every answer needs, and faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digestbot.errors import DigestbotError
from digestbot.web import subscription_feed
from digestbot.web.gate import Gate
from digestbot.web.mail_pages import MailPages, message
from digestbot.web.rendering import headers, script
from digestbot.web.tongues import Tongues, lang_of
from digestbot.web.words import PageWords, words_of

_SCRIPT_KEPT = "public, max-age=3600"


def application(
    mail: MailPages, more: Sequence[BaseRoute] = (), admits: Callable[[Request], Awaitable[bool]] | None = None
) -> Starlette:
    """Return the pages that mails link to and, with their routes, all others; these only to whom `admits` knows."""

    @asynccontextmanager
    async def sending(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(mail.post.send_until_ended())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def failed(request: Request, error: Exception) -> Response:
        return _failed(request, error, mail)

    pages = Starlette(
        lifespan=sending,
        routes=[*mail.routes(), *subscription_feed.routes(mail.office), Route("/digestbot.js", _script), *more],
        middleware=[Middleware(Tongues), *([Middleware(Gate, admits=admits, base=mail.base)] if admits else [])],
        exception_handlers={HTTPException: failed, DigestbotError: failed, Exception: failed},
    )
    # It would lead to whatever host a request claims, and off the path that a proxy takes off.
    pages.router.redirect_slashes = False
    return pages


async def _script(request: Request) -> Response:
    named = headers(private=False) | {"Cache-Control": _SCRIPT_KEPT}
    return Response(script(), media_type="text/javascript", headers=named)


def _failed(request: Request, error: Exception, mail: MailPages) -> Response:
    """Answer what no handler does; a fault of ours is told to the operator, never to a reader."""
    words = words_of(lang_of(request)[0])
    if isinstance(error, HTTPException):
        title, text = _told(words, error.status_code)
        found = message(mail.base, words, title, text, error.status_code, sign_up=mail.open)
        found.headers.update(error.headers or {})
        return found
    mail.tell(f"a page failed: {error if isinstance(error, DigestbotError) else repr(error)}")
    return message(mail.base, words, words.broken_title, words.broken, 503, sign_up=mail.open)


def _told(words: PageWords, status: int) -> tuple[str, str]:
    lost = (words.missing_title, words.missing)
    known = {
        403: (words.refused_title, words.refused),
        404: lost,
        405: lost,
        429: (words.too_often_title, words.too_soon),
    }
    return known.get(status, (words.broken_title, words.broken))
