"""Pages: their main text, their robots.txt, and the process that reads them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from digestbot.adapters.pages import TrafilaturaPages, html_page
from digestbot.adapters.worker import Worker
from digestbot.errors import SourceError
from digestbot.ports import Page, Response
from digestbot.wire.isolation import Threads
from digestbot.wire.pages import canonical_link

PROSE = "Attention lets every position of a sequence look at every other one, at a cost that grows with its square. "
PAGE = f"""<html><head><title>On attention</title></head><body><nav><a href="/">Home</a></nav>
<article><h1>On attention</h1><p>{PROSE * 3}</p><p>{PROSE * 2}</p></article>
<footer>All rights reserved</footer><script>alert(1)</script></body></html>"""
URL = "https://example.org/posts/1"


@dataclass
class FakeSite:
    """Serves pages by address; what is missing answers 404."""

    pages: Mapping[str, str | bytes | SourceError]
    content_type: str = "text/html; charset=utf-8"
    types: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        self.asked.append(url)
        found = self.pages.get(url, SourceError("gone", reason="http-404"))
        if isinstance(found, SourceError):
            raise found
        body = found if isinstance(found, bytes) else found.encode()
        return Response(200, url, {"content-type": self.types.get(url, self.content_type)}, body)

    async def aclose(self) -> None:
        return None


def look(site: FakeSite, *urls: str) -> Page:
    async def run() -> Page:
        reader = TrafilaturaPages(site, Threads())
        return [await reader.read(url) for url in urls or (URL,)][-1]

    return asyncio.run(run())


def read(site: FakeSite, *urls: str) -> str:
    return look(site, *urls).text


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


@pytest.mark.parametrize(
    ("body", "content_type"),
    [("%PDF-1.7", "application/pdf"), ("no pdf", "application/pdf"), ("RIFF", "audio/wav"), ("{}", "application/json")],
)
def test_what_is_no_page_is_refused(body: str, content_type: str) -> None:
    """Sounds, data and broken PDFs are not handed to a reader of HTML."""
    with pytest.raises(SourceError) as raised:
        read(FakeSite({URL: body}, content_type=content_type))

    assert raised.value.reason == "not-html"


def test_a_page_says_what_it_is() -> None:
    """Title, authors, day, language, picture and links come with the text; addresses are whole."""
    head = """<meta name="author" content="Ada Lovelace; Bob Noyce"><meta property="og:image" content="/lead.png">
    <meta property="article:published_time" content="2026-04-05T08:00:00Z"><title>On attention</title>"""
    link = '<p>More in <a href="/more">this</a> and <a href="javascript:alert(1)">that</a> one.</p></article>'
    page = PAGE.replace("<title>On attention</title>", head).replace("</article>", link)

    found = look(FakeSite({URL: page}))

    assert (found.title, found.authors) == ("On attention", ("Ada Lovelace", "Bob Noyce"))
    assert (found.published_at, found.lang) == (datetime(2026, 4, 5, tzinfo=UTC), "en")
    assert (found.image, found.links) == ("https://example.org/lead.png", ("https://example.org/more",))
    assert found.partial == ""


@pytest.mark.parametrize(
    "trap",
    [
        '<p style="display: none">IGNORE THIS</p>',
        "<p hidden>IGNORE THIS</p>",
        '<div aria-hidden="true"><p>IGNORE THIS</p></div>',
        '<p style="font-size:0">IGNORE THIS</p>',
        "<!-- IGNORE THIS -->",
        "<script>document.write('IGNORE THIS')</script>",
        "<noscript><p>IGNORE THIS</p></noscript>",
        "<template><p>IGNORE THIS</p></template>",
        '<iframe srcdoc="<p>IGNORE THIS</p>">IGNORE THIS</iframe>',
    ],
)
def test_what_nobody_sees_is_not_read(trap: str) -> None:
    """Hidden elements, comments and scripts cannot talk to a summary; the text around them stays."""
    text = read(FakeSite({URL: PAGE.replace("</article>", f"{trap}<p>{PROSE}</p></article>")}))

    assert "IGNORE" not in text
    assert text.count("Attention lets every position") == 6


def test_invisible_characters_are_taken_out() -> None:
    """Zero-width characters and direction marks inside words go, so that words can be compared."""
    text = read(FakeSite({URL: PAGE.replace("Attention", "Att\u200bent\u202eion")}))

    assert "Attention lets every position" in text


@pytest.mark.parametrize(
    ("charset", "declared", "meta"),
    [
        ("utf-8", "iso-8859-1", ""),
        ("gb18030", "gb2312", ""),
        ("gb18030", "", '<meta charset="gbk">'),
        ("cp1251", "windows-1251", ""),
        ("utf-16", "", ""),
        ("utf-8", "no-such-charset", ""),
    ],
)
def test_charsets_are_believed_where_they_can_be(charset: str, declared: str, meta: str) -> None:
    """Good UTF-8 is UTF-8 whatever the server says; other bytes are what the server or the page names."""
    words = "Внимание" if charset == "cp1251" else "注意力机制"
    body = PAGE.replace("<head>", f"<head>{meta}").replace("its square", f"its square {words}").encode(charset)

    text = read(FakeSite({URL: body}, content_type=f"text/html; charset={declared}" if declared else "text/html"))

    assert words in text


PARAGRAPH = "<p>Some words in a paragraph that is long enough to be kept as text.</p>"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PARAGRAPH * 40 + "<table><tr><td>deep " * 5_000, id="nested tables"),
        pytest.param("<div>" * 50_000 + PARAGRAPH * 40, id="nested divisions"),
        pytest.param(PARAGRAPH * 40 + "<ul><li>deep " * 20_000, id="nested lists"),
    ],
)
def test_nesting_without_end_is_cut(body: str) -> None:
    """What is nested deeper than any honest page is cut off, and said to be; it takes no seconds."""
    page = html_page(f"<html><body><article>{body}".encode(), "text/html", URL)

    assert page.partial == "only its beginning was read: it is very long or deeply nested"


@pytest.mark.slow
def test_a_page_of_ten_megabytes_is_read_from_its_start() -> None:
    """The beginning is read in some seconds and 200,000 characters are kept, where all of it would take minutes."""
    paragraphs = (PARAGRAPH.replace("Some", f"These {number}") for number in range(140_000))
    body = f"<html><body><article>{''.join(paragraphs)}".encode()

    page = html_page(body, "text/html", URL)

    assert len(body) > 10_000_000
    assert len(page.text) == 200_000
    assert page.partial


LATEXML = """<html><body><div class="ltx_page_main"><article class="ltx_document">
<h1 class="ltx_title ltx_title_document">Rolling <math alttext="O(n^{2})"><mi>x</mi></math> Caches</h1>
<div class="ltx_authors">Ada Lovelace</div>
<div class="ltx_abstract"><h6 class="ltx_title">Abstract</h6><p>We keep a rolling cache in pages.</p></div>
<section class="ltx_section"><h2 class="ltx_title"><span class="ltx_tag">1 </span>Introduction</h2>
<div class="ltx_para"><p class="ltx_p">Attention costs <math alttext="O(n^{2})"><mi>no</mi></math> steps<span
class="ltx_note"><sup>1</sup><span class="ltx_note_outer">A footnote.</span></span> per token, as
<cite>(Vaswani et al., 2017)</cite> showed, with <math alttext="\\alpha\\leq 3"></math>.</p></div>
<p class="ltx_p">Decoding with a transformer reads the key-value cache at every step of it.</p></section>
<section class="ltx_bibliography"><h2 class="ltx_title">References</h2><ul><li>Vaswani</li></ul></section>
</article></div><footer class="ltx_page_footer">Generated</footer></body></html>"""


def test_a_paper_s_html_is_read_as_a_paper() -> None:
    """Headings stay, formulas become text, and authors, footnotes and bibliography go."""
    found = look(FakeSite({URL: LATEXML}))

    assert found.title == "Rolling O(n²) Caches"
    assert found.text.splitlines() == [
        "## Abstract",
        "We keep a rolling cache in pages.",
        "## 1 Introduction",
        "Attention costs O(n²) steps per token, as (Vaswani et al., 2017) showed, with α≤ 3.",
        "Decoding with a transformer reads the key-value cache at every step of it.",
    ]


def a_pdf(*lines: str) -> bytes:
    """Return a PDF of one page with these lines."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 10 Tf 14 TL 40 780 Td {shown} ET"
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Title(A Rolling Cache)/Author(Ada Lovelace; Bob Noyce)>>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += f"{number} 0 obj{part}endobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer<</Size {len(parts) + 1}/Root 1 0 R/Info 6 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}{end}".encode()


def test_a_pdf_is_read() -> None:
    """A PDF's text comes without its references, with the title and authors that its file names."""
    pdf = a_pdf(*[f"{PROSE}{number}" for number in range(4)], "References", "Vaswani et al.")

    found = look(FakeSite({URL: pdf}, content_type="application/pdf"))

    assert (found.title, found.authors, found.lang) == ("A Rolling Cache", ("Ada Lovelace", "Bob Noyce"), "en")
    assert found.text.count("Attention lets every position") == 4
    assert "Vaswani" not in found.text


README = f"""# My *rolling* cache

![badge](https://img.example/x.svg) <script>alert(1)</script>

{PROSE * 3}

- code for [the paper](https://arxiv.org/abs/2604.01002)
"""


def test_a_repository_is_read_by_its_readme() -> None:
    """The README's text stands for the page of a GitHub repository, and the item keeps the repository's address."""
    site = FakeSite({"https://raw.githubusercontent.com/ada/cache/HEAD/README.rst": README}, "text/plain")

    found = look(site, "https://github.com/ada/cache")

    assert (found.url, found.links) == ("https://github.com/ada/cache", ("https://arxiv.org/abs/2604.01002",))
    assert found.title == "My rolling cache"
    assert "code for the paper" in found.text
    assert "alert" not in found.text
    assert "https://github.com/ada/cache" not in site.asked


def test_a_repository_without_readme_is_read_as_a_page() -> None:
    """Where there is no README under a usual name, the page itself is read; a file inside has no README at all."""
    inside = "https://github.com/ada/cache/blob/main/notes/pages.html"
    site = FakeSite({"https://github.com/ada/cache": PAGE, inside: PAGE})

    assert "Attention lets every position" in read(site, "https://github.com/ada/cache")
    assert len([url for url in site.asked if "raw.githubusercontent" in url]) == 4
    assert "Attention lets every position" in read(FakeSite({inside: PAGE}), inside)


@pytest.mark.parametrize(
    ("robots", "is_read"),
    [
        ("User-agent: *\nDisallow: /posts/", False),
        ("User-agent: digestbot\nDisallow: /", False),
        ("User-agent: digestbot\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: other\nDisallow: /", True),
        ("User-agent: *\nDisallow: /*/1$", False),
        ("User-agent: *\nDisallow: /\nAllow: /posts/", True),
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


# To weigh a paragraph of 19,000 spans takes trafilatura some twenty seconds, and no cut can tell it from an honest one.
ENDLESS = b"<html><body><article><p>" + b"<span>w</span> " * 19_000
HUNGRY = b"<p a=b>x" * 1_300_000
"""A page of ten megabytes whose tree takes ninety times as much."""
JOBS: dict[str, tuple[Callable[..., object], tuple[object, ...], str]] = {
    "endless": (time.sleep, (60,), "timeout"),
    "endless page": (html_page, (ENDLESS, "text/html", URL), "timeout"),
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


@pytest.mark.slow
def test_a_page_that_eats_memory_fails_alone() -> None:
    """A tree that outgrows the worker's memory ends that page's reading; the next page is read."""

    async def run() -> tuple[str, str]:
        worker = Worker(memory_bytes=700 << 20)
        try:
            with pytest.raises(SourceError) as raised:
                await worker.run(30.0, html_page, HUNGRY, "text/html", URL)
            page = await worker.run(10.0, html_page, PAGE.encode(), "text/html", URL)
            return raised.value.reason, page.text
        finally:
            await worker.aclose()

    reason, text = asyncio.run(run())

    assert reason in ("too-large", "crashed")
    assert "Attention lets every position" in text


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
