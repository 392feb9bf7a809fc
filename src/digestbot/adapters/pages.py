"""Reads the main text of web pages, where the extraction can be stopped: HTML, LaTeXML, PDF, plain text, READMEs.

Sites that forbid robots are not read. Nothing of a page is ever run, and nothing it points to is opened.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lxml import etree
from protego import Protego

from digestbot.errors import SourceError
from digestbot.keys import strong_keys
from digestbot.ports import Http, Page, Response
from digestbot.wire.addresses import shown
from digestbot.wire.isolation import Runner
from digestbot.wire.language import language_of
from digestbot.wire.latexml import is_latexml, paper_text, paper_title
from digestbot.wire.pages import canonical_link, decoded, links_of, metas, tree_of
from digestbot.wire.parsed import primary_language
from digestbot.wire.pdf import pdf_page
from digestbot.wire.plaintext import MAX_TEXT_CHARS, absolute, clean_text, clean_title, links_in, read_html

MIN_TEXT_CHARS = 200
"""A page that gives less is a consent wall, a script or a stub; the feed's own text says more."""
EXTRACT_S = 10.0
PDF_S = 30.0
"""A page of a PDF takes pypdf up to half a second."""
README_NAMES = ("README.md", "README.rst", "readme.md")
_ROBOTS_MAX_BYTES = 512 << 10
_ROBOTS_KEPT_S = 24 * 3600.0
"""RFC 9309, section 2.4: not longer than a day."""
_ROBOTS_HOSTS = 1_000
_ACCEPT = "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.5, application/pdf;q=0.4"
_TYPES = re.compile(r"\s*(?:text/(?:html|plain|markdown)|application/(?:xhtml\+xml|xml|pdf))?\s*(?:;|$)", re.IGNORECASE)
_REPOSITORY = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)")


class TrafilaturaPages:
    """Fulfils `ports.PageReader`."""

    def __init__(self, http: Http, runner: Runner, agent: str = "digestbot") -> None:
        """Extract with `runner`; ask robots.txt as `agent`."""
        self._http = http
        self._agent = agent
        self._runner = runner
        self._robots: OrderedDict[str, tuple[float, Protego]] = OrderedDict()

    async def read(self, url: str) -> Page:
        """See `ports.PageReader.read`."""
        readme = await self._readme(url)
        page = readme or await self._read(url)
        if len(page.text) < MIN_TEXT_CHARS:
            raise SourceError(f"page {shown(url)} has no text of its own", reason="no-text")
        return page

    async def _read(self, url: str) -> Page:
        answer = await self._get(url)
        content_type = answer.headers.get("content-type", "")
        if not _TYPES.match(content_type):
            raise SourceError(f"page {shown(url)} is {content_type[:60]!r}, not a web page", reason="not-html")
        if answer.body.startswith(b"%PDF-"):
            return await self._runner.run(PDF_S, pdf_page, answer.body, answer.url)
        if "pdf" in content_type:
            raise SourceError(f"page {shown(url)} says that it is a pdf and is none", reason="not-html")
        read = text_page if re.match(r"\s*text/(?:plain|markdown)", content_type, re.IGNORECASE) else html_page
        return await self._runner.run(EXTRACT_S, read, answer.body, content_type, answer.url)

    async def _readme(self, url: str) -> Page | None:
        """Return the README of a GitHub repository as its page; None for other addresses, or where there is none."""
        is_repository = any(key.startswith("repo:") for key in strong_keys(url))
        match = _REPOSITORY.match(url) if is_repository else None
        repository = match[1] if match else ""
        for name in README_NAMES if repository else ():
            try:
                answer = await self._get(f"https://raw.githubusercontent.com/{repository}/HEAD/{name}")
            except SourceError as error:
                if error.reason != "http-404":
                    raise
                continue
            page = await self._runner.run(EXTRACT_S, text_page, answer.body, "text/markdown", answer.url)
            return replace(page, url=url, title=page.title or repository)
        return None

    async def _get(self, url: str) -> Response:
        await self._ask_robots(url)
        answer = await self._http.get(url, accept=_ACCEPT)
        if urlsplit(answer.url).netloc != urlsplit(url).netloc:
            await self._ask_robots(answer.url)
        return answer

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
        if not known[1].can_fetch(url, self._agent):
            raise SourceError(f"robots.txt forbids page {shown(url)}", reason="robots")

    async def _fetch_robots(self, site: str) -> Protego:
        """Return the site's rules: none where it has no robots.txt (RFC 9309, section 2.3.1.3); raises SourceError."""
        text = ""
        try:
            answer = await self._http.get(f"{site}/robots.txt", accept="text/plain", max_bytes=_ROBOTS_MAX_BYTES)
            text = answer.body.decode("utf-8", "replace")
        except SourceError as error:
            if not re.fullmatch(r"http-4(?!29)\d\d", error.reason):
                raise
        return await asyncio.to_thread(Protego.parse, text)  # a second for half a megabyte of wildcards


def html_page(body: bytes, content_type: str, url: str) -> Page:
    """Return a page's main text and what the page says of itself; not to be trusted with time."""
    root, was_cut = tree_of(body, content_type)
    if is_latexml(root):
        page = Page(paper_text(root), title=paper_title(root))
    else:
        page = _stated(root, url)  # before the extraction, which takes the tree apart
        page = replace(page, text=clean_text(_main_text(root, url)))
    return replace(
        page,
        text=page.text[:MAX_TEXT_CHARS],
        url=url,
        canonical=canonical_link(body, url),
        lang=language_of(page.text) or primary_language(root.get("lang") or ""),
        partial="only its beginning was read: it is very long or deeply nested" if was_cut else "",
    )


def text_page(body: bytes, content_type: str, url: str) -> Page:
    """Return plain text as a page; Markdown as what it shows, its first heading as the title."""
    text = decoded(body[: 4 * MAX_TEXT_CHARS], content_type)
    links, title = links_in(text), ""
    if "markdown" in content_type or url.lower().endswith(".md"):
        from markdown_it import MarkdownIt

        heading = re.search(r"^#\s+(\S.{0,300})$", text, re.MULTILINE)
        text, links = read_html(MarkdownIt().render(text[:MAX_TEXT_CHARS]), url)
        title = clean_title(re.sub(r"!?\[([^\]]*)\]\([^)]*\)|[*_`#]", r"\1", heading[1])) if heading else ""
    return Page(clean_text(text), url, title=title, lang=language_of(text), links=links)


def _main_text(root: etree._Element, url: str) -> str:
    import trafilatura  # late: 0.3 s that only this process needs

    return trafilatura.extract(root, url=url, include_comments=False) or ""


def _stated(root: etree._Element, url: str) -> Page:
    """Return title, authors, day of publication, links and lead image, as far as the page names them."""
    import trafilatura

    # Guessing a date from any number in the text would date a page by what it writes about.
    dates = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}
    said = trafilatura.extract_metadata(root, default_url=url, date_config=dates)
    scholarly = metas(root)
    title = (scholarly.get("citation_title") or [said.title or ""])[0]
    authors = scholarly.get("citation_author") or (said.author or "").split(";")
    names = dict.fromkeys(filter(None, (clean_title(name)[:200] for name in authors[:50])))
    return Page(
        text="",
        title=clean_title(title),
        authors=tuple(names),
        published_at=_day(said.date or ""),
        image=absolute(said.image, url) if said.image else "",
        links=links_of(root, url),
    )


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None
