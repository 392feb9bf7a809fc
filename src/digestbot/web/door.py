"""The door of the pages: who is signed in, signing in and out, and whether a form is one of ours.

A pass' token is typed in once; from then on the browser holds a cookie that scripts cannot read and other sites'
forms do not carry. Programs send the token itself, and need no cookie.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Protocol
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digestbot.domain.passes import Pass, Session
from digestbot.web.limits import Clients
from digestbot.web.passes import hash_of, hashed
from digestbot.web.tokens import Tokens
from digestbot.web.wish import Form, first

LASTS = timedelta(days=14)
"""A browser stays signed in for so long."""
TRIES_PER_HOUR = 10
"""Of one client, with a wrong token. All clients together have no limit: it would let anybody lock reviewers out."""
_LOCAL = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+|/")


class Passes(Protocol):
    """What the door asks of the ledger's passes."""

    def of_token(self, hashed: str, now: datetime) -> Pass | None: ...
    def of_session(self, hashed: str, now: datetime) -> Pass | None: ...
    def begin(self, session: Session) -> None: ...
    def end(self, hashed: str) -> None: ...


class Wall(Protocol):
    """Tells the present instant."""

    def __call__(self) -> datetime: ...


@dataclass(frozen=True)
class Visitor:
    """Whoever asks for a page: with a pass where they have signed in, and then with what their forms must hold."""

    client: str = ""
    passed: Pass | None = None
    form_key: str = ""


@dataclass
class Door:
    """Lets people and programs in; `public_url` says where the pages are reached, whatever a request claims."""

    passes: Passes
    tokens: Tokens
    public_url: str
    wall: Wall
    tries: Clients = field(default_factory=lambda: Clients(TRIES_PER_HOUR, timedelta(hours=1)))

    @property
    def root(self) -> str:
        """The path under which all pages are, "" at a host's top."""
        return urlsplit(self.public_url).path.rstrip("/")

    @property
    def is_secure(self) -> bool:
        """Whether the pages are reached over https, so that the cookie goes nowhere else."""
        return self.public_url.startswith("https:")

    @property
    def cookie(self) -> str:
        """The cookie's name, by which browsers hold it to a secure connection and to this host (RFC 6265bis)."""
        prefix = "" if not self.is_secure else "__Secure-" if self.root else "__Host-"
        return f"{prefix}digestbot"

    async def visitor(self, request: Request) -> Visitor:
        """Return who asks for a page, by their cookie."""
        client, secret = client_of(request), request.cookies.get(self.cookie, "")[:100]
        passed = await run_in_threadpool(self.passes.of_session, hashed(secret), self.wall()) if secret else None
        return Visitor(client, passed, self._form_key(secret)) if passed else Visitor(client)

    async def caller(self, request: Request) -> Visitor:
        """Return which program asks, by its token; raises HTTPException for a wrong one. A cookie counts for nothing.

        What no other site can make a browser send needs no other proof.
        """
        client, given = client_of(request), request.headers.get("authorization", "")
        if not given:
            return Visitor(client)
        scheme, _, token = given.partition(" ")
        return Visitor(client, await self.admit(client, token.strip() if scheme.lower() == "bearer" else ""))

    async def admits(self, request: Request) -> bool:
        """Tell whether somebody has a pass, by cookie or token; raises HTTPException for a wrong token."""
        return (await self.visitor(request)).passed is not None or (await self.caller(request)).passed is not None

    async def admit(self, client: str, token: str) -> Pass:
        """Return the pass of a token; raises HTTPException: 401 for a wrong one, 429 after too many of these."""
        now = self.wall()
        if self.tries.is_spent(client, now):
            raise HTTPException(429, headers={"Retry-After": "3600"})
        known = hash_of(token)
        passed = await run_in_threadpool(self.passes.of_token, known, now) if known else None
        if passed is None:
            self.tries.may(client, now)
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="digestbot"'})
        return passed

    async def sign_in(self, response: Response, passed: Pass) -> None:
        """Sign a browser in: it gets a new cookie, whatever it held before."""
        secret, now = secrets.token_urlsafe(32), self.wall()
        await run_in_threadpool(self.passes.begin, Session(hashed(secret), passed.id, now, now + LASTS))
        response.set_cookie(
            self.cookie,
            secret,
            max_age=int(LASTS.total_seconds()),
            path=f"{self.root}/",
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )

    async def sign_out(self, request: Request, response: Response) -> None:
        """Sign a browser out, here and in the ledger."""
        secret = request.cookies.get(self.cookie, "")[:100]
        await run_in_threadpool(self.passes.end, hashed(secret))
        response.delete_cookie(self.cookie, f"{self.root}/", secure=self.is_secure, httponly=True, samesite="lax")

    def check(self, request: Request, visitor: Visitor, form: Form) -> None:
        """Raise HTTPException for a form that is not one of ours, filled in by whoever is signed in."""
        self.check_origin(request)
        if not visitor.form_key or not compare_digest(first(form, "key").encode(), visitor.form_key.encode()):
            raise HTTPException(403)

    def check_origin(self, request: Request) -> None:
        """Raise HTTPException for what another site makes a browser send.

        Browsers say where a request comes from by Sec-Fetch-Site, older ones by Origin; programs say nothing.
        """
        site = request.headers.get("sec-fetch-site")
        origin = request.headers.get("origin")
        parts = urlsplit(self.public_url)
        known = ("same-origin", "none") if site else (None, f"{parts.scheme}://{parts.netloc}")
        if (site or origin) not in known:
            raise HTTPException(403)

    def _form_key(self, secret: str) -> str:
        return self.tokens.name(f"form {secret}")


def client_of(request: Request) -> str:
    """Return the address of whoever asks; behind a proxy that is named in the settings, the one that it forwards."""
    return request.client.host if request.client else ""


def local_path(wanted: str) -> str:
    """Return a path of ours to go on to after signing in, "/" for whatever is none: no other host, no query."""
    return wanted if len(wanted) <= 300 and _LOCAL.fullmatch(wanted) else "/"
