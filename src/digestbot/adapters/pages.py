"""Reads the main text of web pages with trafilatura, where its extraction can be stopped.

Sites that forbid robots are not read.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from html import unescape
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from digestbot.errors import SourceError
from digestbot.ports import Http, Page
from digestbot.wire.addresses import shown
from digestbot.wire.isolation import Runner
from digestbot.wire.plaintext import MAX_TEXT_CHARS, clean_text

MIN_TEXT_CHARS = 200
"""A page that gives less is a consent wall, a script or a stub; the feed's own text says more."""
EXTRACT_S = 10.0
_ROBOTS_MAX_BYTES = 512 << 10
_ROBOTS_KEPT_S = 24 * 3600.0
"""RFC 9309, section 2.4: not longer than a day."""
_ROBOTS_HOSTS = 1_000
_HEAD_BYTES = 256 << 10
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK_TAG = re.compile(r"<link\b([^>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]{1,40})\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_PAGE_TYPES = re.compile(r"\s*(?:text/(?:html|plain)|application/xhtml\+xml|application/xml)?\s*(?:;|$)", re.IGNORECASE)


class TrafilaturaPages:
    """Fulfils `ports.PageReader`."""

    def __init__(self, http: Http, runner: Runner, agent: str = "digestbot") -> None:
        """Extract with `runner`; ask robots.txt as `agent`."""
        self._http = http
        self._agent = agent
        self._runner = runner
        self._robots: OrderedDict[str, tuple[float, RobotFileParser]] = OrderedDict()

    async def read(self, url: str) -> Page:
        """See `ports.PageReader.read`."""
        await self._ask_robots(url)
        answer = await self._http.get(url, accept="text/html, application/xhtml+xml;q=0.9, text/plain;q=0.5")
        if urlsplit(answer.url).netloc != urlsplit(url).netloc:
            await self._ask_robots(answer.url)
        content_type = answer.headers.get("content-type", "")
        if not _PAGE_TYPES.match(content_type):
            raise SourceError(f"page {shown(url)} is {content_type[:60]!r}, not a web page", reason="not-html")
        text = clean_text(await self._runner.run(EXTRACT_S, main_text, answer.body, answer.url))
        if len(text) < MIN_TEXT_CHARS:
            raise SourceError(f"page {shown(url)} has no text of its own", reason="no-text")
        return Page(text, answer.url, canonical_link(answer.body, answer.url))

    async def _ask_robots(self, url: str) -> None:
        """Raise SourceError (`robots`) where the site forbids the page to our agent."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        now_s = asyncio.get_running_loop().time()
        known = self._robots.get(site)
        if known is None or now_s - known[0] > _ROBOTS_KEPT_S:
            known = (now_s, await self._fetch_robots(site))
            self._robots[site] = known
            while len(self._robots) > _ROBOTS_HOSTS:
                self._robots.popitem(last=False)
        if not known[1].can_fetch(self._agent, url):
            raise SourceError(f"robots.txt forbids page {shown(url)}", reason="robots")

    async def _fetch_robots(self, site: str) -> RobotFileParser:
        """Return the site's rules: none where it has no robots.txt (RFC 9309, section 2.3.1.3); raises SourceError."""
        rules = RobotFileParser()
        try:
            answer = await self._http.get(f"{site}/robots.txt", accept="text/plain", max_bytes=_ROBOTS_MAX_BYTES)
        except SourceError as error:
            if not re.fullmatch(r"http-4(?!29)\d\d", error.reason):
                raise
            rules.parse([])
        else:
            rules.parse(answer.body.decode("utf-8", "replace").splitlines())
        return rules


def canonical_link(body: bytes, url: str) -> str:
    """Return the address that a page's head calls canonical (RFC 6596), "" where it names none or two."""
    head = re.split(rb"(?i)</head|<body", body[:_HEAD_BYTES], maxsplit=1)[0].decode("utf-8", "replace")
    found = set()
    for tag in _LINK_TAG.findall(_COMMENT.sub("", head)):
        names = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(tag)}
        if "canonical" in names.get("rel", "").lower().split() and names.get("href"):
            found.add(unescape(names["href"]).strip())
    try:
        return urljoin(url, found.pop()) if len(found) == 1 else ""
    except ValueError:  # broken brackets in an address
        return ""


def main_text(body: bytes, url: str) -> str:
    """Return the main text of a page, "" if there is none; slow to start, and not to be trusted with time."""
    import trafilatura

    text = trafilatura.extract(body, url=url, include_comments=False)
    return (text or "")[:MAX_TEXT_CHARS]
