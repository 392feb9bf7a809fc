"""Pages: their main text, their robots.txt, and the process that reads them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from digestbot.adapters.pages import TrafilaturaPages, canonical_link
from digestbot.adapters.worker import Worker
from digestbot.errors import SourceError
from digestbot.ports import Response
from digestbot.wire.isolation import Threads

PROSE = "Attention lets every position of a sequence look at every other one, at a cost that grows with its square. "
PAGE = f"""<html><head><title>On attention</title></head><body><nav><a href="/">Home</a></nav>
<article><h1>On attention</h1><p>{PROSE * 3}</p><p>{PROSE * 2}</p></article>
<footer>All rights reserved</footer><script>alert(1)</script></body></html>"""
URL = "https://example.org/posts/1"


@dataclass
class FakeSite:
    """Serves pages by address; what is missing answers 404."""

    pages: Mapping[str, str | SourceError]
    content_type: str = "text/html; charset=utf-8"
    asked: list[str] = field(default_factory=list)

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        self.asked.append(url)
        found = self.pages.get(url, SourceError("gone", reason="http-404"))
        if isinstance(found, SourceError):
            raise found
        return Response(200, url, {"content-type": self.content_type}, found.encode())

    async def aclose(self) -> None:
        return None


def read(site: FakeSite, *urls: str) -> str:
    async def run() -> str:
        reader = TrafilaturaPages(site, Threads())
        return [(await reader.read(url)).text for url in urls or (URL,)][-1]

    return asyncio.run(run())


def test_main_text_comes_without_its_surroundings() -> None:
    """The article is returned, not the menu, the footer or scripts."""
    text = read(FakeSite({URL: PAGE}))

    assert text.count("Attention lets every position") == 5
    assert "alert" not in text
    assert "rights reserved" not in text


def test_a_page_without_text_of_its_own_is_refused() -> None:
    """A stub of less than 200 characters says less than the feed did."""
    with pytest.raises(SourceError) as raised:
        read(FakeSite({URL: "<html><body><h1>Please enable cookies</h1></body></html>"}))

    assert raised.value.reason == "no-text"


def test_what_is_no_page_is_refused() -> None:
    """A PDF is not handed to a reader of HTML."""
    with pytest.raises(SourceError) as raised:
        read(FakeSite({URL: "%PDF-1.7"}, content_type="application/pdf"))

    assert raised.value.reason == "not-html"


@pytest.mark.parametrize(
    ("robots", "is_read"),
    [
        ("User-agent: *\nDisallow: /posts/", False),
        ("User-agent: digestbot\nDisallow: /", False),
        ("User-agent: digestbot\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: other\nDisallow: /", True),
        ("<html>not found</html>", True),
    ],
)
def test_robots_txt_is_honoured(robots: str, is_read: bool) -> None:
    """A page that robots.txt forbids to us is not asked for."""
    site = FakeSite({"https://example.org/robots.txt": robots, URL: PAGE})

    if is_read:
        assert read(site)
    else:
        with pytest.raises(SourceError) as raised:
            read(site)
        assert raised.value.reason == "robots"
    assert (URL in site.asked) is is_read


def test_robots_txt_is_asked_once_for_a_site() -> None:
    """The rules of a site are kept between its pages."""
    site = FakeSite({URL: PAGE})

    read(site, URL, URL)

    assert site.asked == ["https://example.org/robots.txt", URL, URL]


@pytest.mark.parametrize("reason", ["http-503", "timeout"])
def test_unreachable_rules_are_not_taken_for_permission(reason: str) -> None:
    """Only a missing robots.txt allows everything (RFC 9309): a site in trouble is left alone."""
    site = FakeSite({"https://example.org/robots.txt": SourceError("down", reason=reason), URL: PAGE})

    with pytest.raises(SourceError) as raised:
        read(site)

    assert (raised.value.reason, URL in site.asked) == (reason, False)


def _fail(reason: str) -> None:
    raise SourceError("no", reason=reason)


def _fill(size: int) -> int:
    return len(bytearray(size))


JOBS: dict[str, tuple[Callable[..., object], tuple[object, ...], str]] = {
    "endless": (time.sleep, (60,), "timeout"),
    "dead": (os._exit, (1,), "crashed"),
    "swollen": (_fill, (2 << 30,), "crashed"),
    "raising": (divmod, (1, 0), "crashed"),
    "refusing": (_fail, ("no-text",), "no-text"),
}


@pytest.mark.slow
def test_the_worker_survives_its_jobs() -> None:
    """A job that hangs, dies, swells or raises fails alone, with its reason; the next one is done."""

    async def run() -> tuple[dict[str, str], int]:
        worker = Worker()
        reasons = {}
        try:
            for name, (function, args, _) in JOBS.items():
                with pytest.raises(SourceError) as raised:
                    await worker.run(1.0, function, *args)
                reasons[name] = raised.value.reason
            return reasons, await worker.run(5.0, _fill, 3)
        finally:
            await worker.aclose()

    reasons, done = asyncio.run(run())

    assert reasons == {name: reason for name, (_, _, reason) in JOBS.items()}
    assert done == 3


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<link rel="canonical" href="https://first.example/a">', "https://first.example/a"),
        ("<LINK href='/b?x=1&amp;y=2' REL=canonical />", "https://blog.example/b?x=1&y=2"),
        ('<link rel="alternate canonical" href="https://first.example/a">', "https://first.example/a"),
        ('<!-- <link rel="canonical" href="https://first.example/a"> -->', ""),
        ('<link rel="canonical" href="/a"><link rel="canonical" href="/b">', ""),
        ('<link rel="stylesheet" href="/a.css">', ""),
        ('<link rel="canonical">', ""),
        ('<link rel="canonical" href="http://[broken">', ""),
        ('</head><body><link rel="canonical" href="https://evil.example/a">', ""),
    ],
)
def test_a_page_names_its_canonical_address_in_its_head(head: str, expected: str) -> None:
    """One link of the head counts, relative or not; comments, the body and two different ones do not."""
    body = f"<html><head><title>A</title>{head}</head><body>Text</body></html>".encode()

    assert canonical_link(body, "https://blog.example/a") == expected
