"""The pages that anybody may read: what each shows, in which language, and what it lets through."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from fakes import NOW, digest, feed, filed, item
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from surfaces import bare_surface

from digestbot.adapters.ledger import Ledger
from digestbot.domain import (
    Counts,
    DigestSection,
    Entry,
    FeedId,
    FeedState,
    Filed,
    Filters,
    Group,
    News,
    Point,
    ProposalId,
    Sighting,
    StoryId,
)
from digestbot.health.answers import Check
from digestbot.roadmap import parse
from digestbot.roadmap.history import Event
from digestbot.status import FeedHealth, Status
from digestbot.web.gate import Gate
from digestbot.web.pages import reading_routes
from digestbot.web.pages.stories import story
from digestbot.web.surface import SEARCHES_PER_MINUTE, Ask, Missing, Moved, Surface
from digestbot.web.tongues import Tongues

DAY = timedelta(days=1)
XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "</title><svg onload=alert(1)>",
    "</style><script>alert(1)</script>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "\u202egpj.exe\x00<b>bold</b>",
    "https://user:pass@evil.example/",
    'https://evil.example/"onclick=alert(1)//',
)
MAP = """# A map

## Sequences

Goal: Predict sequences.

### First chapter

Read [the paper](https://papers.example/p) and [a post](https://blog.example/gone).

### Other chapter

## Images

### Second chapter
"""
ROADMAP = parse(MAP, "map")


@dataclass
class Finder:
    """A search that finds what it was told to, and keeps what it was asked."""

    found: tuple[str, ...] = ()
    asked: list[tuple[str, Filters]] = field(default_factory=list)

    def ids(self, query: str, filters: Filters, limit: int) -> Sequence[str]:
        self.asked.append((query, filters))
        return self.found[:limit]


@dataclass
class House:
    """Pages over a ledger of their own."""

    ledger: Ledger
    finder: Finder = field(default_factory=Finder)
    events: list[tuple[datetime, Event]] = field(default_factory=list)
    checks: dict[str, Check] = field(default_factory=dict)
    costs: list[Mapping[str, Any]] = field(default_factory=list)
    closed: bool = False

    @property
    def surface(self) -> Surface:
        """What the pages are made from, at the instant of the tests."""
        health = (FeedHealth(FeedId("blog"), "failing", "http-500", NOW), FeedHealth(FeedId("arxiv"), "good"))
        counts = Counts(NOW, outcomes_ever={"filed": 3, "off_roadmap": 1}, stories=4)
        return bare_surface(
            archive=self.ledger.archive,
            roadmaps=lambda: (ROADMAP,),
            search=self.finder,
            feeds=lambda: (feed(), feed("arxiv", "arxiv")),
            space="space",
            checks=lambda urls: {url: self.checks[url] for url in urls if url in self.checks},
            events=lambda name, since: [event for event in self.events if event[0] >= since],
            status=lambda: Status(NOW, counts, health, 0, None, (), 0, 0.0, 0, ""),
            costs=lambda since: self.costs,
            public_url="https://d.example/pages",
            wall=lambda: NOW,
            closed=self.closed,
        )

    def get(self, path: str, **named: str) -> httpx.Response:
        """Return a page as a browser gets it."""

        async def admits(request: Request) -> bool:
            return request.headers.get("authorization") == "Bearer known"

        gate = [Middleware(Gate, admits=admits, base="/pages")] if self.closed else []
        app = Starlette(routes=reading_routes(self.surface), middleware=[Middleware(Tongues), *gate])

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pages") as client:
                return await client.get(path, headers={name.replace("_", "-"): value for name, value in named.items()})

        return asyncio.run(ask())

    def put(self, *stories: Filed, at: datetime = NOW) -> None:
        """Let stories be read, judged and summarized."""
        seen = [Sighting(member, "filed") for one in stories for member in one.story.members]
        self.ledger.intake.record(FeedId("blog"), seen, FeedState(), at)
        groups = [Group(one.story.id, one.story.lead.id, tuple(i.id for i in one.story.members)) for one in stories]
        self.ledger.stories.record([], groups, at)
        self.ledger.filings.record_verdicts([(one.verdict, "filed", "") for one in stories], at)
        self.ledger.filings.record_articles([one.article for one in stories], at)
        self.ledger.filings.record_summaries([one.summary for one in stories], at)


@pytest.fixture
def house(ledger: Ledger) -> House:
    """Pages over an empty ledger."""
    return House(ledger)


def told(name: str, title: str = "", members: Sequence[Any] = (), **judged: Any) -> Filed:
    """Return a story that was filed into the map's first chapter."""
    lead = item(name, title=title or f"Story {name}")
    place = {"section": "sequences", "chapter": "first-chapter"} | judged
    one = filed(name, lead=lead, members=(lead, *members), **place)
    id = one.story.id
    return replace(one, article=replace(one.article, story=id), summary=replace(one.summary, story=id))


def words_of(answer: httpx.Response) -> str:
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", answer.text, flags=re.DOTALL).split())


def test_the_first_page_shows_the_day_and_the_week(house: House) -> None:
    """What came within a day stands on top, the rest of the week below by section, and nothing twice."""
    house.put(told("old"), at=NOW - 30 * DAY)
    house.put(told("monday"), told("image", section="images", chapter=""), at=NOW - 5 * DAY)
    house.put(told("today"))
    house.ledger.publications.record_digests([(digest(), [], {})])

    said = words_of(house.get("/"))

    today, week = said.split("This week", 1)
    assert "Latest digest: 12 April 2026" in today
    assert "Story today" in today
    assert "Story monday" in week
    assert "Story image" in week
    assert "Sequences 2 this week" in week
    assert said.count("Story today") == 1
    assert "Story old" not in said


def test_an_empty_house_says_so(house: House) -> None:
    """Every page stands before anything was read."""
    for path in ("/", "/digests", "/roadmaps/map", "/roadmaps/map/sequences", "/search", "/feeds", "/about"):
        assert house.get(path).status_code == 200, path
    assert "Nothing was filed" in words_of(house.get("/"))


def test_a_story_shows_what_it_rests_on(house: House) -> None:
    """Summary and points, their evidence and basis, its media, its place and why, and what became of it."""
    talk = item("talk", title="A talk", url="https://www.youtube.com/watch?v=x", medium="video")
    one = told("a", members=(talk,), reason="Shares “attention” with it.", needs_review="in doubt")
    points = (Point("It is fast.", "result", "1:05"),)
    house.put(replace(one, summary=replace(one.summary, points=points, basis="abstract", dropped=2)))
    news = News("code", "x", "Its code is out.")
    ids = tuple(member.id for member in one.story.members)
    house.ledger.stories.record([], [Group(one.story.id, one.story.lead.id, ids, news=(news,))], NOW)
    house.ledger.publications.record_digests([(digest(), [one.story.id], {})])

    page = house.get("/stories/s-a")
    said = words_of(page)

    for part in (
        "It shows a thing.", "Result: It is fast.", "Summarized from the abstract only.", "2 sentences were left out",
        "A whole text.", "A talk", "A map › Sequences › First chapter", "Shares “attention” with it.",
        "This place awaits a reviewer.", "Relevance 80%", "the offline model", "Its code is out.", "Told in a digest",
    ):  # fmt: skip
        assert part in said, part
    assert 'href="/pages/roadmaps/map/sequences/first-chapter"' in page.text
    assert f'href="/pages/digests/{digest().id}"' in page.text
    assert 'rel="nofollow noopener noreferrer ugc"' in page.text


def test_a_point_of_a_video_leads_to_its_moment(house: House) -> None:
    """Where a summary knows when it is said."""
    one = told("a")
    lead = replace(one.story.lead, url="https://www.youtube.com/watch?v=x", medium="video")
    points = (Point("Attention.", "", "1:02:03"),)
    house.put(
        replace(one, story=replace(one.story, lead=lead, members=(lead,)), summary=replace(one.summary, points=points))
    )

    assert 'href="https://www.youtube.com/watch?v=x&amp;t=3723"' in house.get("/stories/s-a").text


def test_a_joined_storys_address_leads_to_the_one(house: House) -> None:
    """An old link comes to where the story is told now; what never was is no page."""
    house.put(told("a"), told("b"))
    ids = tuple(told(name).story.lead.id for name in "ab")
    house.ledger.stories.record([], [Group(StoryId("s-a"), ids[0], ids, merged=(StoryId("s-b"),))], NOW)

    with pytest.raises(Moved) as moved:
        story(house.surface, Ask("en", params={"id": "s-b"}))
    with pytest.raises(Missing):
        story(house.surface, Ask("en", params={"id": "s-nothing"}))

    assert moved.value.to == ("stories", "s-a")
    answer = house.get("/zh-Hans/stories/s-b")
    assert (answer.status_code, answer.headers["location"]) == (308, "/pages/zh-Hans/stories/s-a")
    assert house.get("/stories/s-nothing").status_code == 404


def test_a_chapter_is_the_documents_own_text_with_its_links_marked(house: House) -> None:
    """New ones and those that are not well say so; below it stands what was filed."""
    house.put(told("a"))
    added = Event("resource", "added", "first-chapter", "the paper", "https://papers.example/p")
    house.events = [(NOW - DAY, added)]
    url = "https://blog.example/gone"
    house.checks = {url: Check(url, "dead", "http-404", NOW, NOW)}

    page = house.get("/roadmaps/map/sequences/first-chapter")

    assert re.search(r'the paper</a> <span class="badge new">new</span>', page.text)
    assert re.search(r'a post</a> <span class="badge flag">dead link</span>', page.text)
    assert "Story a" in words_of(page)
    assert 'rel="next"' in page.text
    assert "1 new" in words_of(house.get("/roadmaps/map"))


@pytest.mark.parametrize(
    ("path", "status", "to"),
    [
        ("/roadmaps", 308, "/pages/roadmaps/map"),
        ("/roadmaps/map/images/first-chapter", 308, "/pages/roadmaps/map/sequences/first-chapter"),
        ("/roadmaps/other", 404, ""),
        ("/roadmaps/map/none", 404, ""),
        ("/roadmaps/map/sequences/nothing", 404, ""),
        ("/roadmaps/map/sequences?before=x", 404, ""),
        ("/digests?before=x", 404, ""),
        ("/digests/nothing", 404, ""),
        ("/roadmaps/..%2f..%2fetc%2fpasswd", 404, ""),
    ],
)
def test_what_is_no_page_is_told_or_leads_on(house: House, path: str, status: int, to: str) -> None:
    """A chapter that moved is found in its section; the only roadmap has no list; all else is not there."""
    answer = house.get(path)

    assert (answer.status_code, answer.headers.get("location", "")) == (status, to)


def test_rows_go_on_by_key(house: House) -> None:
    """A section shows twenty, then a link to those before; the document stands on its first page alone."""
    house.put(*(told(f"{n:02}") for n in range(23)))

    first = house.get("/roadmaps/map/sequences/first-chapter")
    link = re.search(r'href="/pages(/roadmaps/[^"]*\?before=[^"]*)"', first.text)
    assert link
    second = house.get(link[1])

    ids = [re.findall(r'<h3><a href="/pages/stories/([^"]*)"', page.text) for page in (first, second)]
    assert [len(one) for one in ids] == [20, 3]
    assert len({*ids[0], *ids[1]}) == 23
    assert "the paper" not in second.text


def test_a_search_takes_what_its_form_says(house: House) -> None:
    """Filters are passed on, nonsense in them is not; after the last row of a page come the next ones."""
    house.put(*(told(f"{n:02}") for n in range(23)))
    house.finder.found = tuple(f"s-{n:02}" for n in range(23))

    path = "/search?q=attention&section=sequences&medium=paper&lang=xx&since=2026-04-01&until=nonsense"
    first = house.get(path)
    more = re.search(r'href="/pages(/search\?[^"]*after=[^"]*)"', first.text)
    assert more
    second = house.get(more[1].replace("&amp;", "&"))

    query, filters = house.finder.asked[0]
    assert query == "attention"
    assert (filters.sections, filters.kinds, filters.langs) == (("sequences",), ("paper",), ())
    assert filters.since
    assert filters.until is None
    assert "Story 00" in first.text
    assert "Story 20" in second.text
    assert "Story 00" not in second.text
    assert "<details open>" in first.text


@pytest.mark.parametrize("path", ["/search", "/zh-Hans/search"])
def test_searching_has_a_limit_and_reading_none(house: House, path: str) -> None:
    """A search costs a tenth of a second: one client has so many a minute; what is kept, and a form, stay free."""
    pages = Starlette(routes=reading_routes(house.surface), middleware=[Middleware(Tongues)])

    async def ask() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(pages), base_url="http://pages") as client:
            asked = [f"{path}?q={n}" for n in range(SEARCHES_PER_MINUTE + 1)]
            answers = [await client.get(to) for to in (*asked, asked[0], "/search", "/")]
            return [answer.status_code for answer in answers[SEARCHES_PER_MINUTE - 1 :]]

    assert asyncio.run(ask()) == [200, 429, 200, 200, 200]


def test_another_language_keeps_what_was_asked(house: House) -> None:
    """Whoever changes the language in the middle of a search goes on with that search."""
    answer = house.get("/search?q=a%26b&medium=paper&unknown=1")

    assert 'href="/pages/zh-Hans/search?q=a%26b&amp;medium=paper"' in answer.text


def test_a_digest_is_shown_whole_and_nobody_elses(house: House) -> None:
    """That of the settings' own subscription; links lead to our own pages about its stories and proposals."""
    entry = Entry(
        StoryId("s1"), "A title", "https://blog.example/a", "post", "Short.", ("Point.",), "Why.", 0.5, "abstract"
    )
    shown = digest(
        sections=(
            DigestSection("I", "Sequences", (entry,), (replace(entry, story=StoryId("s2"), title="Brief one"),)),
        ),
        proposals=((ProposalId("p1"), "Add a thing"),),
        left_out=3,
    )
    hers = replace(shown, id="hers", subscription="hers")  # type: ignore[arg-type]  # an id
    house.ledger.publications.record_digests([(shown, [], {}), (hers, [], {})])

    page = house.get(f"/digests/{shown.id}")

    for part in (
        "A title",
        "Short.",
        "Point.",
        "Brief one",
        "Add a thing",
        "3 more stories",
        "(from the abstract only)",
    ):
        assert part in words_of(page), part
    assert 'href="/pages/stories/s1"' in page.text
    assert 'href="/pages/review/p1"' in page.text
    assert house.get("/digests/hers").status_code == 404
    assert "hers" not in house.get("/digests").text


def test_sources_tell_hosts_and_never_whole_addresses(house: House) -> None:
    """Those that fail stand first, with why; an address may hold a secret."""
    page = house.get("/feeds")

    assert words_of(page).index("blog") < words_of(page).index("arxiv")
    assert "http-500" in page.text
    assert "blog.example" in page.text
    assert "blog.example/feed" not in page.text


def test_what_it_costs_is_told(house: House) -> None:
    """Each model by step, and in all; where a price is not known, so is the sum not."""
    house.costs = [
        {"step": "triage", "model": "openai:small", "calls": 3, "tokens": 1200, "cost_usd": 0.25},
        {"step": "summarize", "model": "openai:own", "calls": 1, "tokens": 300, "cost_usd": None},
    ]

    said = words_of(house.get("/about"))

    assert "triage openai:small 3 1,200 $0.25" in said
    assert "In all 1,500 unknown" in said
    assert "In all 4 items filed 3 off the roadmap 1" in said


def test_pages_speak_the_language_of_the_path_or_the_browser(house: House) -> None:
    """The path wins and stays in every link; texts in another language say so."""
    house.put(told("a", title="注意力机制综述"))

    asked, chosen = house.get("/", accept_language="zh-TW"), house.get("/en/", accept_language="zh-TW")

    assert '<html lang="zh-Hant">' in asked.text
    assert 'href="/pages/stories/s-a"' in asked.text
    assert '<html lang="en">' in chosen.text
    assert re.search(r'href="/pages/en/stories/s-a" dir="auto" lang="zh"', chosen.text)
    assert 'href="/pages/zh-Hans/"' in chosen.text
    assert chosen.headers["content-language"] == "en"
    assert 'lang="en"' in asked.text


def test_an_answer_is_packed_named_and_kept(house: House) -> None:
    """Who has a page already is told so alone; who can unpack gets it packed; proxies may keep it."""
    house.put(told("a"))

    whole = house.get("/", accept_encoding="identity")
    packed = house.get("/", accept_encoding="gzip")
    again = house.get("/", if_none_match=f'"x", {whole.headers["etag"].removeprefix("W/")}')

    assert whole.headers.get("content-encoding") is None
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == whole.text
    assert (again.status_code, again.content) == (304, b"")
    assert whole.headers["cache-control"].startswith("public")
    assert "Accept-Language" in whole.headers["vary"]


def test_a_closed_archive_asks_for_a_pass(house: House) -> None:
    """People are led to sign in, programs are refused, and nobody else may keep what is shown."""
    house.put(told("a"))
    house.closed = True

    person, program = house.get("/zh-Hans/stories/s-a"), house.get("/api/stories")
    known = house.get("/stories/s-a", authorization="Bearer known")

    assert (person.status_code, person.headers["location"]) == (303, "/pages/sign-in?to=/stories/s-a")
    assert program.status_code == 401
    assert known.status_code == 200
    assert known.headers["cache-control"].startswith("private")


def test_outside_text_stays_text(house: House) -> None:
    """Whatever stands in a title, a summary, a name or an address: no page has an element or address of it."""
    house.put(*(hostile(f"{n}", payload) for n, payload in enumerate(XSS)))
    house.finder.found = tuple(f"s-{n}" for n in range(len(XSS)))
    lists = ("/", "/search?q=%3Cscript%3E%22onload%3D", "/roadmaps/map/sequences")

    for path in (*lists, *(f"/stories/{id}" for id in house.finder.found)):
        text = house.get(path).text.replace('<form method="get"', "")
        assert not re.search(r"<(?:script|img|svg|iframe|object|embed|form|base|math|video|body \w)", text), path
        assert not re.search(r"<[^>]*\s(?:on\w+|style|srcdoc)\s*=", re.sub(r'<link rel="icon"[^>]*>', "", text)), path
        assert not re.search(r"(?:href|src|action)=[\"']?\s*(?:javascript|data:text|vbscript)", text, re.I), path


def hostile(name: str, payload: str) -> Filed:
    """Return a story that says the same thing everywhere."""
    one = told(name, title=payload, reason=payload)
    lead = replace(one.story.lead, url=payload, authors=(payload,))
    summary = replace(one.summary, tldr=payload, points=(Point(payload),), evidence=(payload,))
    return replace(one, story=replace(one.story, lead=lead, members=(lead,)), summary=summary)


def test_a_page_of_many_stories_weighs_little(house: House) -> None:
    """Under a hundred kilobytes as it is, without packing, with the longest texts that are shown."""
    house.put(*(told(f"{n:02}", title="A title " * 20) for n in range(40)))

    for path in ("/", "/roadmaps/map/sequences", "/roadmaps/map"):
        assert len(house.get(path, accept_encoding="identity").content) < 100_000
