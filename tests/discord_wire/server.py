"""The double itself: TLS on loopback under Discord's own host names, faults on request, and a record of what came."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import subprocess
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Literal

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from discord_wire.gateway import Gateway
from discord_wire.interactions import Exchange, Interactions
from discord_wire.rest import PARSED, PREFIX, ROUTES, as_json, body_of
from discord_wire.rest import handler as handler_of
from discord_wire.spec import spec
from discord_wire.state import Json, Refusal, World

TOKEN = "MTI.fake.t0ken-of-the-bot"
FaultKind = Literal["status", "global", "scoped", "cloudflare", "drop before", "drop after", "status after", "slow"]


@dataclass
class Fault:
    """Something that goes wrong for the next `times` requests whose `METHOD /path` matches.

    `drop before` hangs up without doing what was asked, `drop after` having done it; `slow` waits half of its time
    before and half of it after. `status` answers so, at once; `status after` having done it.
    """

    kind: FaultKind
    match: str = ""
    times: int = 1
    status: int = 503
    retry_after_s: float = 0.05
    wait_s: float = 0.0


@dataclass
class Pace:
    """How many requests Discord takes: so many a second in all, and so many messages a window in one channel."""

    per_second: float = 50
    per_channel: int = 5
    window_s: float = 5.0
    last: deque[float] = field(default_factory=deque)
    by_channel: dict[str, deque[float]] = field(default_factory=dict)

    def all_wait_s(self, now: float) -> float:
        """Count a request and return how long it has to wait by the limit on all of them; 0 when it may pass."""
        return _room(self.last, now, int(self.per_second), 1.0)

    def left(self, channel: str, now: float) -> tuple[float, int, float]:
        """Count a message; return its wait, what is left in the window, and when that begins anew."""
        times = self.by_channel.setdefault(channel, deque())
        wait_s = _room(times, now, self.per_channel, self.window_s)
        return wait_s, self.per_channel - len(times), self.window_s - (now - times[0] if times else 0)


def _room(times: deque[float], now: float, count: int, window_s: float) -> float:
    while times and now - times[0] >= window_s:
        times.popleft()
    if len(times) >= count:
        return window_s - (now - times[0])
    times.append(now)
    return 0.0


class Discord:
    """Discord on loopback. What it refused stands in `refused`, each request in `requests` as `METHOD /path`."""

    def __init__(self, world: World | None = None, pace: Pace | None = None, interval_s: float = 41.25) -> None:
        self.world = world or World()
        self.gateway = Gateway(self.world, TOKEN, interval_s)
        self.interactions = Interactions(self.world)
        self.pace = pace
        self.faults: list[Fault] = []
        self.refused: list[str] = []
        self.requests: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.port = 0
        self.loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        app = web.Application(middlewares=[self._around], client_max_size=30_000_000)
        for method, path, action in ROUTES:
            app.router.add_route(method, PREFIX + path, handler_of(self.world, action))
        app.router.add_get(f"{PREFIX}/gateway/bot", self._where)
        app.router.add_get("/", self.gateway.connect)
        self.interactions.add_to(app)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=_certificate()[0]).start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Hang up."""
        await self._runner.cleanup()

    def connector(self) -> aiohttp.TCPConnector:
        """Return a connector by which Discord's host names lead here, and no other name anywhere."""
        return connector(self.port, _certificate()[1])

    async def interact(self, kind: int, data: Json, channel: Json, user: Json, **more: Any) -> Exchange:
        """Do something in Discord as a person, and return what becomes of it."""
        exchange, event = self.interactions.new(kind, data, channel, user, **more)
        exchange.sent_at = time.perf_counter()
        await self.gateway.tell("INTERACTION_CREATE", event)
        return exchange

    async def _where(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return as_json({"url": "wss://gateway.discord.gg", "shards": 1, "session_start_limit": limit})

    @web.middleware
    async def _around(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if not request.path.startswith(PREFIX):
            return await handler(request)
        path = request.path.removeprefix(PREFIX)
        self.requests.append(f"{request.method} {path}")
        answer = await self._answer(request, handler, path)
        self.statuses[answer.status] += 1
        return answer

    async def _answer(
        self, request: web.Request, handle: Callable[[web.Request], Awaitable[web.StreamResponse]], path: str
    ) -> web.StreamResponse:
        fault = self._fault(f"{request.method} {path}")
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.wait_s / 2)
        elif fault and not fault.kind.endswith(" after"):
            return _broken(request, fault)
        interaction = path.startswith(("/interactions/", "/webhooks/"))
        if not interaction and request.headers.get("Authorization") != f"Bot {TOKEN}":
            return _refusal(Refusal(401, 0, "401: Unauthorized"))
        limits, wait = self._limits(request, path, interaction)
        if wait is not None:
            return wait
        try:
            await self._check(request, path)
            answer = await handle(request)
        except Refusal as refusal:
            answer = _refusal(refusal)
            if refusal.code in (50035, 50006):
                self.refused.append(f"{request.method} {path}: {refusal.message}")
        except web.HTTPNotFound:
            self.refused.append(f"{request.method} {path}: the double knows no such address")
            raise
        except Exception as error:
            self.refused.append(f"{request.method} {path}: a fault of the double's own: {error!r}")
            raise
        if fault and fault.kind.endswith(" after"):
            return _broken(request, fault)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.wait_s / 2)
        answer.headers.update(limits)
        return answer

    async def _check(self, request: web.Request, path: str) -> None:
        body, files = await body_of(request)
        PARSED.set((body, files))
        judge = spec()
        if judge is None:
            return
        # multipart: the parts beside payload_json are files, whose names stand for them.
        found = judge.problems(request.method, path, dict(request.query), body, request.content_type if body else "")
        if found:
            raise Refusal(400, 50035, f"Invalid Form Body: {'; '.join(found)}")

    def _limits(self, request: web.Request, path: str, interaction: bool) -> tuple[dict[str, str], web.Response | None]:
        """Return the headers of a rate limit, and the refusal of a request that came too early."""
        now, place = time.monotonic(), re.fullmatch(r"/channels/(\d+)/messages", path)
        if self.pace is None or interaction:
            return {}, None
        wait_s = self.pace.all_wait_s(now)
        if wait_s:
            return {}, _too_many(wait_s, everywhere=True)
        if request.method != "POST" or place is None:
            return {}, None
        wait_s, left, anew_s = self.pace.left(place[1], now)
        headers = {"X-RateLimit-Limit": str(self.pace.per_channel), "X-RateLimit-Remaining": str(left)}
        headers |= {"X-RateLimit-Bucket": "messages", "X-RateLimit-Reset-After": f"{anew_s:.3f}"}
        headers["X-RateLimit-Reset"] = f"{time.time() + anew_s:.3f}"
        return headers, _too_many(wait_s, everywhere=False, headers=headers) if wait_s else None

    def _fault(self, request: str) -> Fault | None:
        fault = next((one for one in self.faults if one.times > 0 and re.search(one.match, request)), None)
        if fault:
            fault.times -= 1
        return fault


def _broken(request: web.Request, fault: Fault) -> web.Response:
    if fault.kind in ("drop before", "drop after"):
        if request.transport:
            request.transport.abort()
        return web.Response(status=500)
    if fault.kind in ("global", "scoped"):
        return _too_many(fault.retry_after_s, everywhere=fault.kind == "global")
    if fault.kind == "cloudflare":
        return web.Response(status=429, text="error code: 1015", headers={"Retry-After": "1"})
    return as_json({"code": 0, "message": f"{fault.status}: fault"}, status=fault.status)


def _too_many(wait_s: float, *, everywhere: bool, headers: dict[str, str] | None = None) -> web.Response:
    scope = "global" if everywhere else "user"
    told = {"Via": "1.1 google", "Retry-After": f"{wait_s:.3f}", "X-RateLimit-Scope": scope, **(headers or {})}
    if everywhere:
        told["X-RateLimit-Global"] = "true"
    body = {"message": "You are being rate limited.", "retry_after": wait_s, "global": everywhere}
    return as_json(body, status=429, headers=told)


def _refusal(refusal: Refusal) -> web.Response:
    return as_json({"code": refusal.code, "message": refusal.message}, status=refusal.status)


class _Home(AbstractResolver):
    """Knows Discord's hosts alone, and that they are here."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[ResolveResult]:
        if not re.fullmatch(r"discord\.com|[a-z0-9-]+\.discord\.gg", host):
            raise OSError(f"no such host here: {host}")
        found = {"hostname": host, "host": "127.0.0.1", "port": self._port, "proto": 0, "flags": 0}
        return [ResolveResult(**found, family=socket.AF_INET)]  # type: ignore[typeddict-item]  # all keys are there

    async def close(self) -> None:
        return


def connector(port: int, trusted: ssl.SSLContext) -> aiohttp.TCPConnector:
    """Return a connector to a double that listens on a port."""
    return aiohttp.TCPConnector(resolver=_Home(port), ssl=trusted, limit=0, use_dns_cache=False)


def trusting(certificate: str) -> ssl.SSLContext:
    """Return a context that trusts one certificate alone, given in PEM."""
    return ssl.create_default_context(cadata=certificate)


def certificate_pem() -> str:
    """Return the double's certificate, for another process to trust."""
    return _certificate()[2]


@cache
def _certificate() -> tuple[ssl.SSLContext, ssl.SSLContext, str]:
    """Return the double's own context, one that trusts it, and the certificate."""
    with TemporaryDirectory() as folder:
        key, cert = Path(folder, "key.pem"), Path(folder, "cert.pem")
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        names = "subjectAltName=DNS:discord.com,DNS:*.discord.gg"
        command += ["-days", "2", "-subj", "/CN=discord.com", "-addext", names, "-keyout", str(key), "-out", str(cert)]
        subprocess.run(command, check=True, capture_output=True)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(cert, key)
        return server, trusting(cert.read_text()), cert.read_text()


@asynccontextmanager
async def discord(**options: Any) -> AsyncIterator[Discord]:
    """Give a double that runs."""
    found = Discord(**options)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


@contextmanager
def served(**options: Any) -> Iterator[Discord]:
    """Give a double that runs in a thread of its own, in its `loop`, for other processes to talk to."""
    found, loop = Discord(**options), asyncio.new_event_loop()
    found.loop = loop
    loop.run_until_complete(found.start())
    thread = Thread(target=loop.run_forever, name="discord", daemon=True)
    thread.start()
    try:
        yield found
    finally:
        asyncio.run_coroutine_threadsafe(found.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def contents(double: Discord, channel: str) -> Iterator[Json]:
    """Yield the messages of a channel, oldest first."""
    yield from (double.world.messages[channel][id] for id in sorted(double.world.messages[channel], key=int))


def dumped(value: Any) -> str:
    """Return JSON as it goes over the wire, to look for what must not be in it."""
    return json.dumps(value, ensure_ascii=False)
