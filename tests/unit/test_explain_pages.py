"""Questions on pages: answers that come piece by piece, whose they are, and how often one may ask."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from asked import NOW, ROADMAP, Notebook, Scripted, Shelf, deps, found
from lxml import html
from starlette.applications import Starlette
from surfaces import bare_surface

from digestbot.adapters.ledger import Ledger
from digestbot.domain.answers import Answer, Asked
from digestbot.errors import ModelError, StoreError
from digestbot.explain.asking import Deps, explain, explained
from digestbot.explain.citing import Drafted
from digestbot.web.answers import ending, pieces, whole
from digestbot.web.door import Door
from digestbot.web.pages.explain import AT_ONCE, QUESTIONS_PER_SPAN, WAITING, ExplainPages
from digestbot.web.tokens import Tokens

URL = "https://digest.example.org"
QUESTION = "What is speculative decoding?"
WHAT = Drafted("what", "Speculative decoding is a technique for accelerating inference.", ("S1",))
HOW = Drafted("how", "A small draft model proposes tokens that the large model verifies.", ("S1",))


@dataclass
class Site:
    """The pages of questions over a small library."""

    ledger: Ledger
    client: str = "192.0.2.1"
    told: list[str] = field(default_factory=list)
    fails: bool = False
    library: Shelf = field(default_factory=Shelf)
    per_day: int = 0
    model: Scripted | None = None

    def __post_init__(self) -> None:
        self.now = NOW
        self.memory = Notebook()
        door = Door(self.ledger.passes, Tokens("a secret of this test"), URL, lambda: self.now)
        surface = bare_surface(roadmaps=lambda: (ROADMAP,), public_url=URL, wall=lambda: self.now)
        self.pages = ExplainPages(surface, door, self.answers, self.memory, self.told.append)

    @property
    def deps(self) -> Deps:
        """What questions are answered with."""
        return deps(self.library, memory=self.memory, per_day=self.per_day, answerer=self.model)

    async def answers(self, asked: Asked) -> AsyncIterator[Answer]:
        """Answer as the program does; fail behind the first snapshot where that is wanted."""
        async for answer in explain(self.deps, asked, self.now):
            yield answer
            if self.model and answer.claims:
                self.model.turns.release()
            if self.fails and (answer.claims or not self.model):
                raise StoreError("the disk is gone")

    def call(self, path: str, form: Mapping[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Get a page, or post a form to it."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(Starlette(routes=self.pages.routes()), client=(self.client, 1))
            async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
                if form is None:
                    return await client.get(path)
                sent = {name.replace("_", "-"): value for name, value in headers.items()}
                sent |= {"content-type": "application/x-www-form-urlencoded"}
                return await client.post(path, content=urlencode(form, doseq=True), headers=sent)

        return asyncio.run(ask())

    def last(self) -> Answer:
        """Return the answer that was given last."""
        return self.memory.kept[-1][0]


@pytest.fixture
def site(ledger: Ledger) -> Site:
    """The pages of questions."""
    return Site(ledger)


def test_an_answer_comes_with_its_sources(site: Site) -> None:
    """A question is answered on a page whose claims lead to the sources below, which lead to where they were read."""
    page = html.fromstring(site.call("/explain", {"question": QUESTION}).text)

    cited = {link.get("href") for link in page.findall(".//a[@class='cite']")}
    sources = {f"#{one.get('id')}" for one in page.findall(".//li[@id]")}
    outside = [one for one in page.iterfind(".//a") if (one.get("href") or "").startswith("http")]
    assert page.findtext(".//h1") == QUESTION
    assert cited
    assert cited <= sources
    assert {one.get("rel") for one in outside} == {"nofollow noopener noreferrer ugc"}


def test_an_answer_says_for_whom_it_is(site: Site) -> None:
    """Beside simpler and deeper stands what the answer was made for."""
    page = site.call("/explain", {"question": QUESTION, "level": "advanced"}).text

    assert "somebody who works on it" in page


def test_no_piece_is_taken_back() -> None:
    """The pieces of each snapshot begin with those of the one before, and end as the whole answer does."""

    async def snapshots() -> list[Answer]:
        return [one async for one in explain(deps(), Asked(QUESTION), NOW)]

    seen = asyncio.run(snapshots())

    for earlier, later in pairwise(seen):
        assert pieces(later)[: len(pieces(earlier))] == pieces(earlier)
    assert len(seen) > 1
    assert "".join([*pieces(seen[-1]), ending(seen[-1])]) == whole(seen[-1])
    assert whole(seen[-1]).count("<section ") == whole(seen[-1]).count("</section>")


def test_a_page_is_whole_when_it_was_streamed(site: Site) -> None:
    """What came in pieces is the same as the page that shows the answer later, but for the thanks."""
    streamed = site.call("/explain", {"question": QUESTION})

    kept = site.call(f"/explain/{site.last().id}")

    body = re.compile(r"<div class=\"answer\".*?</div>", re.DOTALL)
    assert body.search(streamed.text)
    assert body.findall(streamed.text) == body.findall(kept.text)
    assert streamed.text.rstrip().endswith("</html>")
    assert site.call(f"/markdown/explain/{site.last().id}").text.startswith(f"## {QUESTION}")


def test_an_answer_says_its_language(site: Site) -> None:
    """An English question is answered in English on a Chinese page, too: it is read out and set as that."""
    streamed = site.call("/explain", {"question": QUESTION}, accept_language="zh-CN")

    page = html.fromstring(streamed.text)
    assert page.get("lang") == "zh-Hans"
    assert {one.get("lang") for one in page.iterfind(".//div[@class='answer']/*")} == {"en"}


def test_what_breaks_on_the_way_is_said(site: Site) -> None:
    """A fault after the first sentence is told below it, and to the operator; the page is closed."""
    site.fails = True

    answer = site.call("/explain", {"question": QUESTION})

    assert "Something went wrong on the way" in answer.text
    assert answer.text.rstrip().endswith("</html>")
    assert "the disk is gone" not in answer.text
    assert site.told == ["a question was not answered: the disk is gone"]


def test_a_models_answer_comes_claim_by_claim(site: Site) -> None:
    """Its page is that which shows the answer later, and nothing in it says how it came."""
    site.model = Scripted(WHAT, HOW, writes=[[WHAT], [WHAT, HOW]])

    streamed = site.call("/explain", {"question": QUESTION})

    kept = site.call(f"/explain/{site.last().id}")
    body = re.compile(r"<div class=\"answer\".*?</div>", re.DOTALL)
    assert WHAT.text in streamed.text
    assert body.findall(streamed.text) == body.findall(kept.text)


def test_an_answer_that_takes_another_turn_follows_whole(site: Site) -> None:
    """What was sent cannot be taken back: below it, in an element that the style leaves alone, stands the whole."""
    site.model = Scripted(error=ModelError("cut"), writes=[[WHAT], [WHAT, HOW]])

    page = html.fromstring(site.call("/explain", {"question": QUESTION}).text)

    (answer,) = page.find_class("answer")
    before, instead = answer[:-1], answer[-1]
    assert [HOW.text in (one.text_content() or "") for one in before] == [False, True]
    assert instead.get("class") == "whole"
    assert "another turn" in instead.findtext("p")
    assert site.last().claims[0].text in instead.text_content()
    assert not [one for one in page.iterfind(".//li[@id]") if one not in list(instead.iter())]


def test_what_breaks_between_two_claims_keeps_their_sources(site: Site) -> None:
    """The page is closed below what was shown, and offers nothing to do with an answer that nobody kept."""
    site.model, site.fails = Scripted(WHAT, HOW, writes=[[WHAT]]), True

    text = site.call("/explain", {"question": QUESTION}).text

    assert WHAT.text in text
    assert 'id="source-1"' in text
    assert "Something went wrong on the way" in text
    assert 'name="verdict"' not in text


def test_an_answer_is_followed(site: Site) -> None:
    """From an answer one asks for a simpler one without typing it again."""
    site.call("/explain", {"question": QUESTION, "level": "advanced"})
    first = site.last()

    site.call("/explain", {"follows": first.id, "depth": "simpler"})

    assert (site.last().asked.follows, site.last().asked.level) == (first.id, "intermediate")
    assert site.last().asked.question == QUESTION


def test_others_answers_are_theirs(site: Site) -> None:
    """What was asked in the terminal or in a chat has no page, and is not followed from one."""
    given = asyncio.run(explained(site.deps, Asked(QUESTION, who="discord:1"), NOW))

    site.call("/explain", {"question": "And how fast is it?", "follows": given.id})

    assert site.call(f"/explain/{given.id}").status_code == 404
    assert site.call(f"/markdown/explain/{given.id}").status_code == 404
    assert site.last().asked.follows == ""


def test_nobodys_address_is_kept(site: Site) -> None:
    """Questions are counted by a name that a day's end makes another one, and that only we can make."""
    site.call("/explain", {"question": QUESTION})
    one = site.last().asked.who
    site.now += timedelta(days=1)
    site.call("/explain", {"question": QUESTION})

    assert one.startswith("web:")
    assert "192.0.2.1" not in one
    assert site.last().asked.who != one


def test_asking_has_its_limits(site: Site) -> None:
    """After a dozen questions within a quarter of an hour a client waits; others do not."""
    codes = [site.call("/explain", {"question": QUESTION}).status_code for _ in range(QUESTIONS_PER_SPAN + 1)]
    site.client = "192.0.2.2"

    assert codes == [200] * QUESTIONS_PER_SPAN + [429]
    assert site.call("/explain", {"question": QUESTION}).status_code == 200


def test_a_day_has_its_limit(site: Site) -> None:
    """Beyond what the settings let one person ask in a day, the page says so."""
    site.per_day = 1
    site.call("/explain", {"question": QUESTION})

    assert "used up your questions" in site.call("/explain", {"question": "How fast is TreeDraft?"}).text


def test_too_many_at_once_are_sent_away(site: Site) -> None:
    """While many wait, the next one is told so instead of waiting as well."""
    site.pages.under_way = AT_ONCE + WAITING

    assert site.call("/explain", {"question": QUESTION}).status_code == 503
    assert site.memory.kept == []


@pytest.mark.parametrize("question", ["", "   ", "\u200b"])
def test_an_empty_question_is_none(site: Site, question: str) -> None:
    """A question without a word shows the form again."""
    assert site.call("/explain", {"question": question}).status_code == 422


def test_another_site_asks_nothing(site: Site) -> None:
    """A form of another site neither asks on a visitor's account nor says what they thought."""
    site.call("/explain", {"question": QUESTION})
    id, count = site.last().id, len(site.memory.kept)

    codes = [
        site.call(path, {"question": QUESTION, "verdict": "wrong"}, sec_fetch_site="cross-site").status_code
        for path in ("/explain", f"/explain/{id}")
    ]

    assert codes == [403, 403]
    assert len(site.memory.kept) == count


def test_a_word_on_an_answer(site: Site) -> None:
    """What somebody thinks of an answer is noted, a word that is none is not."""
    site.call("/explain", {"question": QUESTION})
    id = site.last().id

    assert "that is noted" in site.call(f"/explain/{id}", {"verdict": "helpful", "note": "clear"}).text
    assert site.call(f"/explain/{id}", {"verdict": "great"}).status_code == 422


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\0body\0<b>x</b>"])
def test_nothing_asked_or_read_becomes_markup(site: Site, text: str) -> None:
    """A question, and titles and texts of sources, are shown as they are written."""
    said = f"Speculative decoding is a technique for {text} accelerating the inference of large language models."
    site.library = Shelf([found(title=text, text=said)])

    pages = [
        site.call("/explain", {"question": f"{QUESTION} {text}"}).text,
        site.call(f"/explain?{urlencode({'q': text})}").text,
    ]

    site.call("/explain", {"question": QUESTION})
    for page in [*pages, site.call(f"/explain/{site.last().id}").text]:
        elements = list(html.fromstring(page).iter())
        assert "img" not in {one.tag for one in elements}
        assert [one.get("src") for one in elements if one.tag == "script"] in ([], ["/digestbot.js"])
        assert not [one for one in elements for name in one.attrib if name.startswith("on")]
        assert "\0" not in page


def test_answers_of_before_are_told_whole() -> None:
    """An answer that is thin or refused has its one piece, and no section stays open."""
    given = asyncio.run(explained(deps(), Asked("What is a zebra crossing?"), NOW))

    for answer in (given, replace(given, state="refused", refusal="task")):
        assert whole(answer).count("<section ") == whole(answer).count("</section>")
        assert len(pieces(answer)) >= 1
