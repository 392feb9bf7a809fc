"""A thousand little feeds on loopback, each at a host of its own (127.x.y.z), answered after 50 ms like from far away.

Runs as a process of its own, so that what is measured does not share an interpreter with it.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any
from urllib.request import urlopen

NEWEST = datetime(2026, 4, 12, 12, tzinfo=UTC)
_ENTRIES = 20
_WORDS = ("language", "model", "reads", "sources", "files", "what", "matters", "into", "sections", "of", "a", "roadmap")


@contextmanager
def serve(count: int, latency_s: float = 0.05) -> Iterator[tuple[list[str], str]]:
    """Give the feeds' addresses, and the one that tells what was served so far."""
    here, there = get_context("spawn").Pipe()
    server = get_context("spawn").Process(target=_run, args=(there, latency_s), daemon=True)
    server.start()
    port = here.recv()
    hosts = [f"127.{1 + n // 62_500}.{n // 250 % 250}.{1 + n % 250}" for n in range(count)]
    try:
        yield [f"http://{host}:{port}/feed/{n}" for n, host in enumerate(hosts)], f"http://127.0.0.1:{port}/served"
    finally:
        server.terminate()
        server.join()


def served(address: str) -> tuple[int, int]:
    """Return the requests and the bytes of bodies that were served so far."""
    with urlopen(address, timeout=5) as answer:
        requests, sent = json.load(answer)
    return requests, sent


def document(number: int) -> bytes:
    """Return a feed of 20 posts, of some 700 characters each."""
    rows = []
    for entry in range(_ENTRIES):
        words = [_WORDS[(number * 7 + entry * 3 + k * k) % len(_WORDS)] for k in range(110)]
        at = format_datetime(NEWEST - timedelta(hours=5 * entry))
        link = f"https://blog-{number}.example/posts/{entry}"
        rows.append(
            f"<item><title>Post {entry} of blog {number}</title><link>{link}</link><guid>{link}</guid>"
            f'<pubDate>{at}</pubDate><description>&lt;p&gt;{" ".join(words)} &lt;a href="{link}/more"&gt;more'
            f"&lt;/a&gt;&lt;/p&gt;</description></item>"
        )
    head = f"<title>Blog {number}</title><link>https://blog-{number}.example/</link><description>b</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(rows)}</channel></rss>'.encode()


class _Feeds(asyncio.Protocol):
    """Answers GET requests, one after the other on a connection, each after the latency."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while b"\r\n\r\n" in self._held:
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            loop = asyncio.get_running_loop()
            loop.call_later(self._state["latency_s"], self._answer, lines[0].split()[1], headers)

    def _answer(self, path: str, headers: dict[str, str]) -> None:
        if self._transport.is_closing():
            return
        if path == "/served":
            self._send("200 OK", json.dumps(self._state["served"]).encode(), {"Connection": "close"}, True)
            return
        etag = f'"{path}"'
        closing = headers.get("connection", "").lower() == "close"
        said = {"ETag": etag, "Content-Type": "application/rss+xml"} | ({"Connection": "close"} if closing else {})
        status, body = "200 OK", b""
        if headers.get("if-none-match") == etag:
            status = "304 Not Modified"
        elif "gzip" in headers.get("accept-encoding", ""):
            body = self._body(path)
            said["Content-Encoding"] = "gzip"
        else:
            body = gzip.decompress(self._body(path))
        self._state["served"][0] += 1
        self._state["served"][1] += len(body)
        self._send(status, body, said, closing)

    def _body(self, path: str) -> bytes:
        bodies: dict[str, bytes] = self._state["bodies"]
        if path not in bodies:
            bodies[path] = gzip.compress(document(int(path.rpartition("/")[2])), 6)
        return bodies[path]

    def _send(self, status: str, body: bytes, headers: dict[str, str], closing: bool) -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._transport.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode() + body)
        if closing:
            self._transport.close()


def _run(pipe: Connection, latency_s: float) -> None:
    async def main() -> None:
        state = {"latency_s": latency_s, "served": [0, 0], "bodies": {}}
        for number in range(1_000):
            state["bodies"][f"/feed/{number}"] = gzip.compress(document(number), 6)  # type: ignore[index]  # a dict
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Feeds(state), "0.0.0.0", 0, backlog=1_024)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())
