"""The polite client. No cookies, no credentials, no proxy from the environment."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence

import aiohttp
from yarl import URL

from digestbot.adapters.http.failures import BUSY, refusal, retry_wait_s, translated
from digestbot.adapters.http.guard import GuardedResolver, Lookup, socket_for
from digestbot.adapters.http.limits import ARXIV_HOST, LIMITS, HttpLimits, arxiv_limits
from digestbot.adapters.http.pace import Pace
from digestbot.errors import SourceError
from digestbot.ports import Response
from digestbot.wire.addresses import Network, is_allowed, shown
from digestbot.wire.inflate import ACCEPTED, Inflater

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_IDLE_S = 5.0
_NAMELESS_S = 60.0
"""How long a name that does not resolve is left alone: a run may want fifty pages of one host."""


class PoliteHttp:
    """Fulfils `ports.Http` with aiohttp; make it anywhere, use it inside one running loop, close it there."""

    def __init__(
        self,
        allow_nets: Sequence[Network],
        user_agent: str,
        limits: HttpLimits = LIMITS,
        per_host: Mapping[str, HttpLimits] | None = None,
        lookup: Lookup = socket.getaddrinfo,
    ) -> None:
        """Reach public addresses and `allow_nets`; `per_host` replaces the limits for a host name."""
        self._allow_nets = tuple(allow_nets)
        self._user_agent = user_agent
        self._limits = limits
        self._per_host = {ARXIV_HOST: arxiv_limits(limits)} if per_host is None else dict(per_host)
        self._resolver = GuardedResolver(self._allow_nets, lookup)
        self._pace = Pace(limits.concurrency)
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        """See `ports.Http.get`."""
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {"Accept": accept} | {name: value for name, value in validators.items() if value.isprintable()}
        headers = {name: value for name, value in headers.items() if value}
        tried = 0
        while True:
            try:
                return await self._follow(url, headers, max_bytes)
            except SourceError as error:
                tried += 1
                wait_s = retry_wait_s(error, tried, url, self._limits)
                if wait_s is None:
                    raise
            await asyncio.sleep(wait_s)

    async def aclose(self) -> None:
        """See `ports.Http.aclose`."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
        await self._resolver.close()

    async def post(self, url: str, body: bytes, content_type: str, *, max_bytes: int | None = None) -> Response:
        """See `ports.Poster.post`."""
        target = self._checked(url)
        limits = self._limits_of(target)
        headers = {"Accept": "*/*", "Content-Type": content_type}
        async with self._pace.turn(target, limits):
            answer = await self._ask(target, headers, max_bytes or limits.max_bytes, limits.total_s, body)
        if isinstance(answer, Response):
            return answer
        raise SourceError(f"{shown(url)} redirects what was sent to it", reason="too-many-redirects")

    async def _follow(self, url: str, headers: Mapping[str, str], max_bytes: int | None) -> Response:
        target, permanent = self._checked(url), ""
        limits = self._limits_of(target)
        left_s = limits.total_s
        for hop in range(limits.max_redirects + 1):
            async with self._pace.turn(target, self._limits_of(target)) as host:
                started = asyncio.get_running_loop().time()
                # A host that nobody else waits for closes the connection: a thousand feeds would leave a thousand open.
                closing = {} if host.waiting > 1 else {"Connection": "close"}
                answer = await self._ask(target, {**headers, **closing}, max_bytes or limits.max_bytes, left_s)
                left_s = max(left_s - (asyncio.get_running_loop().time() - started), 0.001)
            if isinstance(answer, Response):
                return Response(answer.status, answer.url, answer.headers, answer.body, permanent)
            status, location = answer
            target = self._next(target, location)
            permanent = str(target) if status in _PERMANENT and (permanent or not hop) else ""
        raise SourceError(f"{shown(url)} redirects more than {limits.max_redirects} times", reason="too-many-redirects")

    async def _ask(
        self, target: URL, headers: Mapping[str, str], cap: int, left_s: float, sent: bytes | None = None
    ) -> Response | tuple[int, str]:
        """Return the answer of one hop, or its status and where it points to."""
        limits = self._limits_of(target)
        timeout = aiohttp.ClientTimeout(
            total=left_s, connect=limits.connect_s, sock_connect=limits.connect_s, sock_read=limits.first_byte_s
        )
        try:
            method = "GET" if sent is None else "POST"
            asked = self._open().request(
                method, target, headers=headers, data=sent, allow_redirects=False, timeout=timeout
            )
            async with asked as answer:
                if answer.status in _REDIRECTS and "Location" in answer.headers:
                    return answer.status, answer.headers["Location"]
                conditional = "If-None-Match" in headers or "If-Modified-Since" in headers
                if answer.status != 200 and not (answer.status == 304 and conditional):
                    raise self._refused(target, answer)
                body = b"" if answer.status == 304 else await _body(answer, cap)
                lowered = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status, str(target), lowered, body)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = translated(error, target)
            if failure.reason == "dns":
                self._pace.close(target, _NAMELESS_S, failure.reason)
            raise failure from error

    def _refused(self, target: URL, answer: aiohttp.ClientResponse) -> SourceError:
        """Return the refusal, and leave the host alone from now on if it asks for that."""
        error = refusal(answer)
        if error.reason in BUSY and error.retry_after_s is not None:
            self._pace.close(target, error.retry_after_s, error.reason)
        return error

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise SourceError("the http client is closed", reason="connection")
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=0,
                keepalive_timeout=_IDLE_S,
                resolver=self._resolver,
                socket_factory=lambda info: socket_for(info, self._allow_nets),
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._user_agent, "Accept-Encoding": ACCEPTED},
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    def _checked(self, url: str | URL) -> URL:
        """Return the URL to ask, without credentials and fragment; raises SourceError."""
        try:
            target = URL(url) if isinstance(url, str) else url
            host, _ = target.host, target.port
            target = target.with_fragment(None).with_user(None) if host else target
        except ValueError as error:
            raise SourceError(f"{str(url)[:100]!r} is not a url", reason="refused-scheme") from error
        if target.scheme not in ("http", "https") or not target.raw_host:
            raise SourceError(f"{shown(target)} is not an http or https url", reason="refused-scheme")
        literal = ":" in target.raw_host or target.raw_host.replace(".", "").isdigit()
        if literal and not is_allowed(target.raw_host, self._allow_nets):
            raise SourceError(f"{shown(target)} is at an address that is not public", reason="refused-address")
        return target

    def _next(self, target: URL, location: str) -> URL:
        try:
            following = target.join(URL(location))
        except ValueError as error:
            raise SourceError(f"{shown(target)} redirects to what is not a url", reason="refused-scheme") from error
        return self._checked(following)

    def _limits_of(self, target: URL) -> HttpLimits:
        return self._per_host.get(target.host or "", self._limits)


async def _body(answer: aiohttp.ClientResponse, cap: int) -> bytes:
    """Return the body unpacked; raises SourceError as soon as it is larger than `cap` bytes."""
    where = shown(answer.url)
    inflater = Inflater(answer.headers.get("Content-Encoding", ""))
    body = bytearray()
    received = 0
    async for chunk in answer.content.iter_any():
        received += len(chunk)
        for piece in inflater.feed(chunk):
            body += piece
            if len(body) > cap:
                raise SourceError(f"{where} is larger than {cap} bytes", reason="too-large")
        if received > cap:
            raise SourceError(f"{where} sends more than {cap} bytes", reason="too-large")
    if not inflater.is_complete:
        raise SourceError(f"{where} ends in the middle of its compressed body", reason="truncated")
    return bytes(body)
