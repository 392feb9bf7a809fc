"""Web servers on loopback that do what real hosts do on a bad day, beside two that behave.

Each kind has an origin of its own, as politeness counts by origin. Nothing here knows the program under test.
"""

from __future__ import annotations

import gzip
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat

_MB = 1 << 20
_GARBLED = "线性注意力与大语言模型"


@dataclass(frozen=True)
class Answer:
    """What an origin says. `body` gives the pieces to send; `length` is announced, None announces none."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Callable[[], Iterator[bytes]] = lambda: iter(())
    length: int | None = None


def _whole(body: bytes, content_type: str = "application/rss+xml; charset=utf-8") -> Answer:
    return Answer(headers={"Content-Type": content_type}, body=lambda: iter([body]), length=len(body))


def _refusal(status: int, **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, length=0)


def _rss(title: str, *items: tuple[str, str], before: str = "") -> bytes:
    entries = "".join(
        f"<item><title>{name}</title><link>https://example.org/{number}-{len(name)}</link>"
        f"<pubDate>Fri, 10 Apr 2026 0{number}:00:00 GMT</pubDate><description>{text}</description></item>"
        for number, (name, text) in enumerate(items)
    )
    channel = f"<channel><title>{title}</title>{entries}</channel>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<rss version="2.0">{channel}</rss>'.encode()


@cache
def _bomb() -> tuple[bytes, bytes]:
    """A gzip stream's beginning, and a piece to repeat: a full flush makes each megabyte's bytes the same."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    first, again = (squeeze.compress(b" " * _MB) + squeeze.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first, again


def _inflating() -> Iterator[bytes]:
    first, again = _bomb()
    yield first
    yield from repeat(again, 2_000)


_ENTITIES = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
_XML = "application/xml"

GOOD = {
    "good-rss": _whole(
        _rss(
            "A good blog",
            (
                "Speculative decoding without a draft model",
                "A language model guesses its own next tokens and checks them in one pass. Inference gets faster, "
                "since the key-value cache is read once for several tokens, and the output stays the same.",
            ),
        )
    ),
    "good-gzip": Answer(
        headers={"Content-Type": "application/rss+xml", "Content-Encoding": "gzip"},
        body=lambda: iter(
            [
                gzip.compress(
                    _rss(
                        "Another good blog",
                        (
                            "Low-rank adapters for instruction tuning",
                            "Finetuning a large language model with LoRA updates two small matrices per layer. We "
                            "compare instruction tuning with adapters of several ranks against full finetuning.",
                        ),
                    )
                )
            ]
        ),
    ),
    # Says UTF-8 twice and is GB18030: real Chinese blogs do that, and can be read.
    "wrong-charset": _whole(_rss("博客", (_GARBLED, "一篇关于线性注意力的文章。")).decode().encode("gb18030")),
}
BAD = {
    "says-500": _refusal(500),
    "says-503": _refusal(503, Retry_After="3600"),
    "says-404": _refusal(404),
    "says-410": _refusal(410),
    "redirect-loop": _refusal(302, Location="/feed"),
    "redirect-private": _refusal(302, Location="http://169.254.169.254/latest/meta-data/"),
    "redirect-file": _refusal(302, Location="file:///etc/passwd"),
    "gzip-bomb": Answer(headers={"Content-Type": _XML, "Content-Encoding": "gzip"}, body=_inflating),
    "endless": Answer(headers={"Content-Type": _XML}, body=lambda: repeat(b" " * _MB)),
    "truncated": Answer(headers={"Content-Type": _XML}, body=lambda: iter([_rss("Cut")[:60]]), length=100_000),
    "html": _whole(b"<!doctype html><html><body><h1>Welcome</h1></body></html>", "text/html"),
    "empty": _whole(b""),
    "xml-bomb": _whole(_rss("&a9;", ("&a9;", ""), before=f"<!DOCTYPE r [{_ENTITIES}]>")),
    "external-entity": _whole(
        _rss("&x;", ("&x;", ""), before='<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
    ),
}


@contextmanager
def serve() -> Iterator[dict[str, str]]:
    """Run an origin for each kind, good and bad; give the address of its feed by the kind's name."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(_origin(answer)) for name, answer in (GOOD | BAD).items()}


@contextmanager
def _origin(answer: Answer) -> Iterator[str]:
    with _Server(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/feed"
        finally:
            server.shutdown()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        answer = self.server.answer
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.length is not None:
            self.send_header("Content-Length", str(answer.length))
        self.end_headers()
        try:
            for piece in answer.body():
                self.wfile.write(piece)
        except OSError:
            return  # the client has seen enough

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
