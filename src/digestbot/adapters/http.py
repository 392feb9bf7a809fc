"""The one way out, polite and guarded: every request of every adapter goes through `PoliteHttp`.

No cookies, no credentials, no proxy from the environment. The address check sits where a connection is made, after
the name was resolved, so that a name which changes its answer between check and use gains nothing.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from digestbot.errors import SourceError
from digestbot.ports import Response
from digestbot.wire.addresses import Network, is_allowed, shown
from digestbot.wire.inflate import ACCEPTED, Inflater

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRANSIENT = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE})
_RETRY_AFTER_MAX_S = 7 * 86_400.0
_HOSTS_KEPT = 1_024


@dataclass(frozen=True)
class HttpLimits:
    """What a request may take. `max_bytes` counts the body unpacked; `total_s` covers all redirects, not the queue."""

    connect_s: float = 10.0
    first_byte_s: float = 15.0
    total_s: float = 30.0
    max_bytes: int = 10 << 20
    max_redirects: int = 5
    host_gap_s: float = 1.0
    """Least time between the starts of two requests to a host; it never serves two of ours at once."""
    concurrency: int = 32
    retry_wait_s: float = 1.0
    """Wait before the one retry after a broken connection."""
    retry_after_max_s: float = 5.0
    """The longest Retry-After worth waiting for; with a longer one the caller is told at once."""


ARXIV_HOST = "export.arxiv.org"


def arxiv_limits(limits: HttpLimits) -> HttpLimits:
    """Return limits for arXiv's API: one request every 3 s (its terms of use), and time for a page of 2,000 papers."""
    return replace(limits, host_gap_s=3.0, first_byte_s=60.0, total_s=120.0)


class PoliteHttp:
    """Fulfils `ports.Http` with aiohttp; make it anywhere, use it inside one running loop, close it there."""

    def __init__(
        self,
        allow_nets: Sequence[Network],
        user_agent: str,
        limits: HttpLimits = HttpLimits(),
        per_host: Mapping[str, HttpLimits] | None = None,
    ) -> None:
        """Reach public addresses and `allow_nets`; `per_host` replaces the limits for a host name."""
        self._allow_nets = tuple(allow_nets)
        self._user_agent = user_agent
        self._limits = limits
        self._per_host = {ARXIV_HOST: arxiv_limits(limits)} if per_host is None else dict(per_host)
        self._hosts: dict[tuple[str, str, int | None], _Host] = {}
        self._global = asyncio.Semaphore(limits.concurrency)
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        """See `ports.Http.get`."""
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {"Accept": accept} | {name: value for name, value in validators.items() if value.isprintable()}
        headers = {name: value for name, value in headers.items() if value}
        try:
            return await self._follow(url, headers, max_bytes)
        except SourceError as error:
            wait_s = _retry_wait_s(error, self._limits)
            if wait_s is None:
                raise
        await asyncio.sleep(wait_s)
        return await self._follow(url, headers, max_bytes)

    async def aclose(self) -> None:
        """See `ports.Http.aclose`."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    async def _follow(self, url: str, headers: Mapping[str, str], max_bytes: int | None) -> Response:
        target = self._checked(url)
        limits = self._limits_of(target)
        left_s = limits.total_s
        for _ in range(limits.max_redirects + 1):
            async with self._turn(target):
                started = asyncio.get_running_loop().time()
                answer = await self._ask(target, headers, max_bytes or limits.max_bytes, left_s)
                left_s = max(left_s - (asyncio.get_running_loop().time() - started), 0.001)
            if isinstance(answer, Response):
                return answer
            target = self._next(target, answer)
        raise SourceError(f"{shown(url)} redirects more than {limits.max_redirects} times", reason="too-many-redirects")

    async def _ask(self, target: URL, headers: Mapping[str, str], cap: int, left_s: float) -> Response | str:
        """Return the answer of one hop, or where it points to."""
        limits = self._limits_of(target)
        timeout = aiohttp.ClientTimeout(
            total=left_s, connect=limits.connect_s, sock_connect=limits.connect_s, sock_read=limits.first_byte_s
        )
        try:
            async with self._open().get(target, headers=headers, allow_redirects=False, timeout=timeout) as answer:
                if answer.status in _REDIRECTS and "Location" in answer.headers:
                    return answer.headers["Location"]
                conditional = "If-None-Match" in headers or "If-Modified-Since" in headers
                if answer.status != 200 and not (answer.status == 304 and conditional):
                    raise _refusal(answer)
                body = b"" if answer.status == 304 else await _body(answer, cap)
                lowered = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status, str(target), lowered, body)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _translated(error, target) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise SourceError("the http client is closed", reason="connection")
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=0, resolver=_GuardedResolver(self._allow_nets), socket_factory=self._make_socket
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._user_agent, "Accept-Encoding": ACCEPTED},
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    def _make_socket(self, info: Any) -> socket.socket:
        """Make the socket for an address; the last check, which no way of writing a host gets around."""
        family, kind, protocol, _, address = info
        if not is_allowed(str(address[0]), self._allow_nets):
            raise _RefusedAddress(f"address {address[0]} is not public")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

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

    @asynccontextmanager
    async def _turn(self, target: URL) -> AsyncIterator[None]:
        """Wait for the host's turn, then for a place; the other way round, waiting hosts would fill the places."""
        loop = asyncio.get_running_loop()
        key = (target.scheme, target.host or "", target.port)
        if len(self._hosts) >= _HOSTS_KEPT and key not in self._hosts:
            self._hosts = {k: h for k, h in self._hosts.items() if h.waiting or h.next_at > loop.time()}
        host = self._hosts.setdefault(key, _Host())
        host.waiting += 1
        try:
            async with host.lock:
                await asyncio.sleep(max(host.next_at - loop.time(), 0))
                async with self._global:
                    host.next_at = loop.time() + self._limits_of(target).host_gap_s
                    yield
        finally:
            host.waiting -= 1


@dataclass
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0
    waiting: int = 0


class _RefusedAddress(OSError):
    """A name led to an address that we do not ask; an OSError, as aiohttp expects of resolvers and sockets."""


class _GuardedResolver(AbstractResolver):
    """Resolves like the system does and keeps the addresses that may be asked."""

    def __init__(self, allow_nets: Sequence[Network]) -> None:
        self._allow_nets = allow_nets
        self._system = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        kept = [one for one in found if is_allowed(one["host"], self._allow_nets)]
        if found and not kept:
            raise _RefusedAddress(f"host {host!r} has no public address")
        return kept

    async def close(self) -> None:
        await self._system.close()


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


def _refusal(answer: aiohttp.ClientResponse) -> SourceError:
    message = f"{shown(answer.url)} answered {answer.status}"
    return SourceError(message, reason=f"http-{answer.status}", retry_after_s=_retry_after_s(answer.headers))


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After (RFC 9110, section 10.2.3); a date counts from the answer's own Date, so no clock is needed."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(float(text[:12]), _RETRY_AFTER_MAX_S)
    try:
        until, sent = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    wait_s = (until.replace(tzinfo=until.tzinfo or UTC) - sent.replace(tzinfo=sent.tzinfo or UTC)).total_seconds()
    return min(max(wait_s, 0.0), _RETRY_AFTER_MAX_S)


def _retry_wait_s(error: SourceError, limits: HttpLimits) -> float | None:
    """Return how long to wait before one more try, None when there is to be none."""
    if error.reason in ("http-429", "http-503") and error.retry_after_s is not None:
        return error.retry_after_s if error.retry_after_s <= limits.retry_after_max_s else None
    cause = error.__cause__
    if isinstance(cause, aiohttp.ServerDisconnectedError) or (isinstance(cause, OSError) and cause.errno in _TRANSIENT):
        return limits.retry_wait_s
    return None


_REASONS: tuple[tuple[type[Exception], str, str], ...] = (
    (aiohttp.ClientConnectorDNSError, "dns", "has a host name that does not resolve"),
    (aiohttp.ClientConnectorError, "connection", "cannot be connected to"),
    (TimeoutError, "timeout", "took too long"),
    (aiohttp.ClientPayloadError, "truncated", "ends before its announced length"),
    (aiohttp.InvalidURL, "refused-scheme", "is not a usable url"),
    (aiohttp.ClientResponseError, "connection", "does not answer in http"),
    (aiohttp.ClientError, "connection", "broke the connection"),
    (OSError, "connection", "broke the connection"),
    (ValueError, "refused-scheme", "is not a usable url"),
)
"""What aiohttp raises, the reason it becomes, and how it reads; the first match counts."""


def _translated(error: Exception, target: URL) -> SourceError:
    if isinstance(getattr(error, "os_error", None), _RefusedAddress):
        return SourceError(f"{shown(target)} is at an address that is not public", reason="refused-address")
    reason, says = next((reason, says) for kind, reason, says in _REASONS if isinstance(error, kind))
    return SourceError(f"{shown(target)} {says}", reason=reason)
