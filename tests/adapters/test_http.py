"""The way out: what may be asked, how politely, and how each failure is named."""

from __future__ import annotations

import asyncio
import gzip
import socket
import sys
import zlib
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from itertools import pairwise
from typing import Any

import brotli
import pytest
from aiohttp import web

from digestbot.adapters.http import HttpLimits, PoliteHttp, arxiv_limits
from digestbot.errors import SourceError
from digestbot.ports import Response
from digestbot.wire.addresses import is_allowed, shown
from digestbot.wire.inflate import Inflater

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOOPBACK = (ip_network("127.0.0.0/8"),)
FAST = HttpLimits(host_gap_s=0, retry_wait_s=0, first_byte_s=5, total_s=5, max_bytes=100_000)


async def visit(handler: Handler, use: Callable[[PoliteHttp, str], Awaitable[object]], limits: HttpLimits) -> object:
    """Return what `use` makes of a client and the address of a server that answers everything with `handler`."""
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    http = PoliteHttp(LOOPBACK, "digestbot-test", limits)
    try:
        return await use(http, f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await http.aclose()
        await runner.cleanup()


def get(handler: Handler, path: str = "/", limits: HttpLimits = FAST, etag: str = "") -> Response:
    """Return the client's answer to one GET."""

    async def use(http: PoliteHttp, base: str) -> Response:
        return await http.get(base + path, etag=etag)

    answer = asyncio.run(visit(handler, use, limits))
    assert isinstance(answer, Response)
    return answer


def answering(status: int = 200, body: bytes = b"", **headers: str) -> Handler:
    """Return a handler that always answers the same; underscores in header names stand for dashes."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return handler


REFUSED = """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 0.0.0.0 224.0.0.1
240.0.0.1 255.255.255.255 192.0.0.192 198.18.0.1 192.0.2.1 168.63.129.16 ::1 :: fe80::1 fe80::1%eth0 fc00::1
fd00:ec2::254 ff02::1 ::ffff:127.0.0.1 ::ffff:a9fe:a9fe ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::7f00:1
2002:7f00:1:: 2002:a9fe:a9fe::1 2001::1 2001:db8::1 100::1
3fff::1 4000::1 127.1 2130706433 0x7f.1 017700000001 127.0.0.01 localhost [::1]"""
PUBLIC = "1.1.1.1 93.184.216.34 2606:4700::1111 64:ff9b::101:101 2002:101:101::1 ::ffff:1.1.1.1"


@pytest.mark.parametrize("address", REFUSED.split())
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    """Loopback, private, link-local, metadata, multicast and reserved addresses are refused in every disguise."""
    assert not is_allowed(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses_are_allowed(address: str) -> None:
    """A public address is allowed, also when IPv6 carries it."""
    assert is_allowed(address)


def test_named_networks_are_allowed() -> None:
    """The operator may name networks of their own, which then are asked, mapped into IPv6 or not."""
    nets = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))

    assert all(is_allowed(one, nets) for one in ("10.1.2.3", "::ffff:10.1.2.3", "fd00::1"))
    assert not is_allowed("192.168.1.1", nets)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9/", "refused-address"),
        ("http://[::1]:9/", "refused-address"),
        ("http://[::ffff:127.0.0.1]:9/", "refused-address"),
        ("http://2130706433/", "refused-address"),
        ("http://127.0.0.01/", "refused-address"),
        ("http://１２７.0.0.1/", "refused-address"),
        ("http://localhost:9/", "refused-address"),
        ("ftp://example.org/", "refused-scheme"),
        ("file:///etc/passwd", "refused-scheme"),
        ("http://", "refused-scheme"),
        ("http://[::1/", "refused-scheme"),
        ("http://x:99999/", "refused-scheme"),
        ("no url", "refused-scheme"),
    ],
)
def test_urls_that_must_not_be_asked(url: str, reason: str) -> None:
    """A url is refused before anything is sent, whether its host is a name or a number."""

    async def ask() -> None:
        http = PoliteHttp((), "digestbot-test", FAST)
        try:
            await http.get(url)
        finally:
            await http.aclose()

    with pytest.raises(SourceError) as raised:
        asyncio.run(ask())

    assert raised.value.reason == reason


def test_a_good_answer_comes_whole() -> None:
    """Body, lower-case headers and final address come back; the request names us and carries no cookie."""
    seen: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append(dict(request.headers))
        if request.path == "/":
            return web.Response(status=302, headers={"Location": "/end?x=1", "Set-Cookie": "a=b"})
        return web.Response(body=b"hello", headers={"ETag": '"1"', "Set-Cookie": "a=b"})

    answer = get(handler)

    assert (answer.status, answer.body, answer.headers["etag"]) == (200, b"hello", '"1"')
    assert answer.url.endswith("/end?x=1")
    assert all(one["User-Agent"] == "digestbot-test" and "Cookie" not in one for one in seen)


def test_unchanged_is_an_answer_only_to_a_question() -> None:
    """304 is returned where a validator was sent and is a failure where none was."""
    answer = get(answering(304), etag='"1"')

    with pytest.raises(SourceError) as raised:
        get(answering(304))

    assert answer.status == 304
    assert raised.value.reason == "http-304"


FAULTS: dict[str, tuple[Handler, str]] = {
    "404": (answering(404), "http-404"),
    "204": (answering(204), "http-204"),
    "loop": (answering(302, Location="/"), "too-many-redirects"),
    "to private": (answering(301, Location="http://169.254.169.254/latest/"), "refused-address"),
    "to a file": (answering(301, Location="file:///etc/passwd"), "refused-scheme"),
    "to nonsense": (answering(301, Location="http://[::1"), "refused-scheme"),
    "too large": (answering(body=b"x" * 100_001), "too-large"),
    "gzip bomb": (answering(body=gzip.compress(bytes(5_000_000)), Content_Encoding="gzip"), "too-large"),
    "cut gzip": (answering(body=gzip.compress(b"hello", mtime=0)[:-9], Content_Encoding="gzip"), "truncated"),
    "no gzip": (answering(body=b"hello", Content_Encoding="gzip"), "bad-encoding"),
    "br bomb": (answering(body=brotli.compress(bytes(5_000_000)), Content_Encoding="br"), "too-large"),
    "zstd bomb": (answering(body=zstd.compress(bytes(5_000_000)), Content_Encoding="zstd"), "too-large"),
    "cut br": (answering(body=brotli.compress(b"hello")[:-2], Content_Encoding="br"), "truncated"),
    "cut zstd": (answering(body=zstd.compress(b"hello")[:-2], Content_Encoding="zstd"), "truncated"),
    "no br": (answering(body=b"hello, this is no br", Content_Encoding="br"), "bad-encoding"),
    "no zstd": (answering(body=b"hello", Content_Encoding="zstd"), "bad-encoding"),
    "unasked coding": (answering(body=b"hello", Content_Encoding="lzma"), "bad-encoding"),
}


@pytest.mark.parametrize(("handler", "reason"), FAULTS.values(), ids=FAULTS)
def test_each_failure_has_its_reason(handler: Handler, reason: str) -> None:
    """What a bad host does is told by a fixed word."""
    with pytest.raises(SourceError) as raised:
        get(handler)

    assert raised.value.reason == reason


def test_a_body_cut_short_is_truncated() -> None:
    """A connection that closes before the announced length gives no body."""

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "100"})
        await answer.prepare(request)
        await answer.write(b"x")
        assert request.transport is not None
        request.transport.close()
        return answer

    with pytest.raises(SourceError) as raised:
        get(handler)

    assert raised.value.reason == "truncated"


@pytest.mark.parametrize("limits", [{"first_byte_s": 0.05}, {"total_s": 0.05}])
def test_a_slow_host_times_out(limits: dict[str, float]) -> None:
    """Neither the first byte nor the whole answer is awaited for ever."""
    values = {"host_gap_s": 0.0, "first_byte_s": 5.0, "total_s": 5.0} | limits

    async def handler(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.2)
        return web.Response()

    with pytest.raises(SourceError) as raised:
        get(handler, limits=HttpLimits(**values))  # type: ignore[arg-type] # floats only

    assert raised.value.reason == "timeout"


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(b"hello", mtime=0), "gzip"),
        (gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0), "x-gzip"),
        (gzip.compress(b"hello", mtime=0) + b"\0\0", "gzip"),
        (zlib.compress(b"hello"), "deflate"),
        (zlib.compress(b"hello")[2:-4], "deflate"),
        (brotli.compress(b"hello"), "br"),
        (zstd.compress(b"hello"), "zstd"),
        (b"hello", "identity"),
    ],
)
def test_content_codings_are_undone_byte_by_byte(body: bytes, coding: str) -> None:
    """gzip of several members, deflate with and without its header, br, zstd: the same text, however it is cut."""
    inflater = Inflater(coding)

    found = b"".join(piece for byte in body for piece in inflater.feed(bytes([byte])))

    assert found == b"hello"
    assert inflater.is_complete


@pytest.mark.slow
@pytest.mark.parametrize(
    ("coding", "compress"), [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd.compress)]
)
def test_a_bomb_unpacks_in_small_pieces(coding: str, compress: Callable[[bytes], bytes]) -> None:
    """No step gives more than 128 KiB, whatever the body promises, and all of them give the whole."""
    sizes = [len(piece) for piece in Inflater(coding).feed(compress(bytes(10_000_000)))]

    assert max(sizes) <= 1 << 17
    assert sum(sizes) == 10_000_000


@pytest.mark.parametrize(
    ("status", "retry_after", "tries"),
    [
        (503, "0", 3),
        (503, "6", 1),
        (503, "", 3),
        (503, "Mon, 06 Apr 2026 00:00:00 GMT", 3),
        (503, "soon", 3),
        (429, "0", 3),
        (429, "6", 1),
        (429, "", 1),
        (502, "", 3),
        (504, "", 3),
        (500, "", 1),
        (404, "", 1),
    ],
)
def test_only_what_may_pass_is_tried_again(status: int, retry_after: str, tries: int) -> None:
    """A short Retry-After is kept to, a long one is the caller's to know; without one, a proxy's errors may pass."""
    seen: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        date = "Mon, 06 Apr 2026 00:00:00 GMT"
        said = {"Retry-After": retry_after} if retry_after else {}
        return web.Response(status=status, headers={"Date": date} | said)

    with pytest.raises(SourceError) as raised:
        get(handler)

    assert (len(seen), raised.value.reason) == (tries, f"http-{status}")
    assert raised.value.retry_after_s == {"6": 6.0, "": None, "soon": None}.get(retry_after, 0.0)


def test_a_host_that_wants_to_be_left_alone_is_left_alone() -> None:
    """After a long Retry-After no other address of the host is asked: the answer is told again, with what is left."""
    seen: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        return web.Response(status=429, headers={"Retry-After": "600"})

    async def use(http: PoliteHttp, base: str) -> None:
        for path in ("/one", "/two"):
            with pytest.raises(SourceError) as raised:
                await http.get(base + path)
            told.append((raised.value.reason, raised.value.retry_after_s or 0))

    told: list[tuple[str, float]] = []
    asyncio.run(visit(handler, use, FAST))

    assert seen == ["/one"]
    assert [reason for reason, _ in told] == ["http-429", "http-429"]
    assert told[0][1] == 600 > told[1][1] > 590


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ((301,), "/1"),
        ((308, 301), "/2"),
        ((302,), ""),
        ((301, 302), ""),
        ((302, 301), ""),
        ((307, 308, 301), ""),
        ((), ""),
    ],
)
def test_a_move_is_permanent_if_every_step_is(statuses: tuple[int, ...], moved_to: str) -> None:
    """301 and 308 say where an address is from now on; one temporary step on the way, and nothing is said for good."""

    async def handler(request: web.Request) -> web.StreamResponse:
        step = int(request.path.strip("/") or 0)
        if step < len(statuses):
            return web.Response(status=statuses[step], headers={"Location": f"/{step + 1}"})
        return web.Response(body=b"here")

    answer = get(handler)

    assert answer.body == b"here"
    assert answer.moved_to == (answer.url if moved_to else "")
    assert answer.moved_to.endswith(moved_to)


def test_a_name_is_asked_at_the_addresses_that_were_checked() -> None:
    """What is connected to is what was checked: of a name's addresses the allowed ones, and none if none is."""
    answers = {"mixed.example": ["10.0.0.1", "127.0.0.1"], "inner.example": ["::ffff:10.0.0.1", "169.254.169.254"]}

    def lookup(host: str, port: int, **_: Any) -> list[Any]:
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in answers[host]
        ]

    async def handler(request: web.Request) -> web.StreamResponse:
        inner = web.Response(status=302, headers={"Location": f"http://inner.example:{request.url.port}/"})
        return inner if request.path == "/away" else web.Response(body=b"ok")

    async def use(_: PoliteHttp, base: str) -> list[str]:
        port, found = base.rpartition(":")[2], []
        http = PoliteHttp(LOOPBACK, "digestbot-test", FAST, lookup=lookup)
        for url in (f"http://mixed.example:{port}/", f"http://inner.example:{port}/", f"{base}/away"):
            try:
                found.append((await http.get(url)).body.decode())
            except SourceError as error:
                found.append(error.reason)
        await http.aclose()
        return found

    assert asyncio.run(visit(handler, use, FAST)) == ["ok", "refused-address", "refused-address"]


def test_a_name_that_does_not_resolve_is_looked_up_once() -> None:
    """Further requests to the host fail at once for a while; they are no reason to leave it alone for longer."""
    asked: list[str] = []

    def lookup(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    async def ask() -> list[SourceError]:
        http, errors = PoliteHttp((), "digestbot-test", FAST, lookup=lookup), []
        for path in ("one", "two"):
            with pytest.raises(SourceError) as raised:
                await http.get(f"http://nowhere.example/{path}")
            errors.append(raised.value)
        await http.aclose()
        return errors

    errors = asyncio.run(ask())

    assert asked == ["nowhere.example"]
    assert [(error.reason, error.retry_after_s) for error in errors] == [("dns", None), ("dns", None)]


def test_a_broken_connection_is_tried_once_more() -> None:
    """A host that hangs up without an answer gets a second chance."""
    seen: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        if len(seen) == 1:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(body=b"ok")

    answer = get(handler)

    assert answer.body == b"ok"


def test_a_host_serves_one_request_at_a_time_and_not_too_often() -> None:
    """Requests to one host neither overlap nor start closer than the gap."""
    now, most, starts = 0, 0, []

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal now, most
        now += 1
        most = max(most, now)
        starts.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.005)
        now -= 1
        return web.Response()

    async def use(http: PoliteHttp, base: str) -> None:
        await asyncio.gather(*(http.get(f"{base}/{n}") for n in range(4)))

    asyncio.run(visit(handler, use, HttpLimits(host_gap_s=0.03)))

    assert most == 1
    assert min(later - earlier for earlier, later in pairwise(starts)) > 0.02


def test_arxiv_is_asked_every_three_seconds() -> None:
    """arXiv's terms of use set its pace whatever the other hosts' is."""
    assert arxiv_limits(FAST).host_gap_s == 3.0


def test_messages_show_no_secrets() -> None:
    """A url in a message has neither credentials nor a query."""
    assert shown("https://user:pass@example.org/a/b?token=x#y") == "'https://example.org/a/b'"
    assert shown("https://user:p@ss@example.org?token=x") == "'https://example.org'"


def test_what_is_sent_arrives_and_is_never_redirected() -> None:
    """A POST brings its body and type to a guarded address, and an answer that points elsewhere is refused."""

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/moved":
            return web.Response(status=307, headers={"Location": "/"})
        return web.Response(text=f"{request.method} {request.content_type} {await request.text()}")

    async def use(http: PoliteHttp, base: str) -> str:
        with pytest.raises(SourceError) as raised:
            await http.post(f"{base}/moved", b"{}", "application/json")
        assert raised.value.reason == "too-many-redirects"
        with pytest.raises(SourceError) as raised:
            await http.post("http://10.0.0.1/", b"{}", "application/json")
        assert raised.value.reason == "refused-address"
        return (await http.post(f"{base}/", b"{}", "application/json")).body.decode()

    assert asyncio.run(visit(handler, use, FAST)) == "POST application/json {}"
