"""Roadmaps from elsewhere: what an address stands for, and what is no Markdown."""

from __future__ import annotations

import asyncio

import pytest

from digestbot.adapters.roadmap_source import fetched, raw_address
from digestbot.errors import ConfigError
from digestbot.ports import Response

RAW = "https://raw.githubusercontent.com/ada/maps"
ADDRESSES = {
    "https://github.com/ada/maps": f"{RAW}/HEAD/README.md",
    "https://github.com/ada/maps.git": f"{RAW}/HEAD/README.md",
    "https://github.com/ada/maps/blob/main/docs/a%20map.md?plain=1#x": f"{RAW}/main/docs/a%20map.md",
    "https://github.com/ada/maps/tree/v1/docs/": f"{RAW}/v1/docs/README.md",
    "https://example.org/map.md": "https://example.org/map.md",
    "https://github.com.example.org/ada/maps": "https://github.com.example.org/ada/maps",
}


class OnePage:
    """A web of one page, which remembers what was asked of it."""

    def __init__(self, body: bytes) -> None:
        self.body, self.asked = body, list[str]()

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        self.asked.append(url)
        return Response(200, url, {}, self.body)

    async def aclose(self) -> None:
        """There is nothing to close."""


@pytest.mark.parametrize(("url", "expected"), ADDRESSES.items())
def test_a_page_of_github_stands_for_its_file(url: str, expected: str) -> None:
    """A file's page and a repository's front page are asked for as the text behind them; others as they are."""
    assert raw_address(url) == expected


def test_the_text_is_asked_for_and_read() -> None:
    """What stands at the address comes back as text."""
    web = OnePage("# 路线\n".encode())

    assert asyncio.run(fetched(web, "https://github.com/ada/maps")) == "# 路线\n"
    assert web.asked == [f"{RAW}/HEAD/README.md"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"\n<!DOCTYPE html><h1>x</h1>", "is a web page"),
        (b"\xef\xbb\xbf<html>", "is a web page"),
        (b"%PDF\0", "no text"),
    ],
)
def test_what_is_no_markdown_is_refused(body: bytes, message: str) -> None:
    """A web page is not taken for the text it is made from, nor is what is no text."""
    with pytest.raises(ConfigError, match=message):
        asyncio.run(fetched(OnePage(body), "https://example.org/x"))


def test_html_headings_are_no_web_page() -> None:
    """Markdown that begins with HTML is Markdown."""
    assert asyncio.run(fetched(OnePage(b"<h1>T</h1>\n"), "https://example.org/x")) == "<h1>T</h1>\n"
