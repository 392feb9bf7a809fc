"""arXiv's API: the question asked, all pages or none, and papers as items."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from digestbot.adapters.arxiv_api import ArxivSource, query_of
from digestbot.domain import Feed, FeedId, FeedState, Fetched, Window
from digestbot.errors import SourceError
from digestbot.ports import Response

NOW = datetime(2026, 4, 10, 6, 30, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=1), NOW, first=False, begins=NOW - timedelta(days=60))
FEED = Feed(FeedId("papers"), "arxiv", "https://export.arxiv.org/api/query", ("cs.CL", "cs.AI"))


def entry(number: int, version: int = 1, published: str = "2026-04-08T10:00:00Z") -> str:
    return f"""<entry><id>http://arxiv.org/abs/2604.{number:05}v{version}</id><title>Paper
 {number}</title><updated>2026-04-09T10:00:00Z</updated><published>{published}</published><summary>  An
 abstract.\n</summary><author><name>Ann</name></author><arxiv:comment>9 pages</arxiv:comment>
<arxiv:primary_category term="cs.CL"/><category term="cs.CL"/><category term="cs.LG"/></entry>"""


def page(entries: list[str], total: int) -> bytes:
    return f"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"
xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><opensearch:totalResults>{total}</opensearch:totalResults>
{"".join(entries)}</feed>""".encode()


@dataclass
class FakeApi:
    """Answers the n-th GET with what `pages` makes of its start and of n; keeps the questions."""

    pages: Callable[[int, int], bytes | SourceError]
    asked: list[dict[str, str]] = field(default_factory=list)

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        question = dict(parse_qsl(urlsplit(url).query))
        self.asked.append(question)
        found = self.pages(int(question["start"]), len(self.asked))
        if isinstance(found, SourceError):
            raise found
        return Response(200, url, {}, found)

    async def aclose(self) -> None:
        return None


def fetch(api: FakeApi) -> Fetched:
    return asyncio.run(ArxivSource(api, delay_s=0).fetch(FEED, FeedState(), WINDOW))


def test_the_question_covers_the_window_and_the_days_before() -> None:
    """Categories and query are both asked, from a week before the window, never from before the feed began here."""
    feed = Feed(FeedId("x"), "arxiv", "https://example.org", ("cs.CL", "cs.AI"), "all:moe OR all:experts")

    later, first = query_of(feed, WINDOW), query_of(feed, Window(WINDOW.since, NOW, first=True, begins=WINDOW.since))

    asked = "(cat:cs.CL OR cat:cs.AI) AND (all:moe OR all:experts) AND submittedDate:"
    assert later == asked + "[202604020630 TO 202604100630]"
    assert query_of(feed, replace(WINDOW, begins=WINDOW.since)) == first
    assert first == asked + "[202604060630 TO 202604100630]"


def test_a_paper_becomes_an_item() -> None:
    """The id has no version, the address is arXiv's own, and text and title are on one line."""
    api = FakeApi(lambda start, n: page([entry(1, version=2)], 1))

    (item,) = fetch(api).items

    assert (item.id, item.version, item.url) == ("arxiv:2604.00001", 2, "https://arxiv.org/abs/2604.00001")
    assert (item.title, item.text, item.comment, item.authors) == ("Paper 1", "An abstract.", "9 pages", ("Ann",))
    assert (item.medium, item.lang, item.categories) == ("paper", "en", ("cs.CL", "cs.LG"))
    assert (item.published_at, item.updated_at) == (
        datetime(2026, 4, 8, 10, tzinfo=UTC),
        datetime(2026, 4, 9, 10, tzinfo=UTC),
    )


def test_all_pages_are_read_in_order_of_submission() -> None:
    """Pages are asked until the count is reached, 2,000 at a time, oldest first; a shifted entry comes once."""
    pages = {0: [entry(1), entry(2)], 2: [entry(2, version=2), entry(3)]}
    api = FakeApi(lambda start, n: page(pages[start], 4))

    found = fetch(api)

    assert [(item.id[-1], item.version) for item in found.items] == [("1", 1), ("2", 2), ("3", 1)]
    assert [question["start"] for question in api.asked] == ["0", "2"]
    assert {(q["max_results"], q["sortBy"], q["sortOrder"]) for q in api.asked} == {
        ("2000", "submittedDate", "ascending")
    }


def test_no_results_are_no_failure() -> None:
    """A quiet day gives no items."""
    assert fetch(FakeApi(lambda start, n: page([], 0))).items == ()


PASSING: dict[str, bytes | SourceError] = {
    "500": SourceError("busy", reason="http-500"),
    "429": SourceError("busy", reason="http-429", retry_after_s=0),
    "timeout": SourceError("late", reason="timeout"),
    "cut": page([entry(2)], 2)[:-20],
    "empty": page([], 2),
    "html": b"<html><body>down for maintenance</body></html>",
}


@pytest.mark.parametrize("failure", PASSING.values(), ids=PASSING)
def test_a_page_that_fails_once_is_asked_again(failure: bytes | SourceError) -> None:
    """A passing failure of a page costs a retry and no paper."""
    api = FakeApi(lambda start, n: page([entry(1)], 2) if n == 1 else failure if n == 2 else page([entry(2)], 2))

    found = fetch(api)

    assert [item.id for item in found.items] == ["arxiv:2604.00001", "arxiv:2604.00002"]


@pytest.mark.parametrize("failure", PASSING.values(), ids=PASSING)
def test_a_page_that_keeps_failing_fails_the_feed(failure: bytes | SourceError) -> None:
    """Half a window would look like all of it: nothing is returned, and the reason is the page's."""
    api = FakeApi(lambda start, n: page([entry(1)], 2) if start == 0 else failure)

    with pytest.raises(SourceError) as raised:
        fetch(api)

    assert raised.value.reason == (failure.reason if isinstance(failure, SourceError) else "not-a-feed")
    assert len(api.asked) == 5


@pytest.mark.parametrize("reason", ["http-400", "refused-address", "too-large"])
def test_a_failure_that_will_not_pass_is_told_at_once(reason: str) -> None:
    """What a retry cannot mend is not retried."""
    api = FakeApi(lambda start, n: SourceError("no", reason=reason))

    with pytest.raises(SourceError) as raised:
        fetch(api)

    assert (raised.value.reason, len(api.asked)) == (reason, 1)


def test_entities_in_an_answer_are_refused() -> None:
    """The API's answer is as hostile as any other."""
    trap = b"<!DOCTYPE f [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + page([entry(1)], 1)

    with pytest.raises(SourceError) as raised:
        fetch(FakeApi(lambda start, n: trap))

    assert raised.value.reason == "xml-entities"


def test_an_error_entry_is_the_apis_refusal() -> None:
    """arXiv tells a bad query by an entry that is no paper."""
    refusal = entry(1).replace("arxiv.org/abs/2604.00001v1", "arxiv.org/api/errors#bad_query")

    with pytest.raises(SourceError) as raised:
        fetch(FakeApi(lambda start, n: page([refusal], 1)))

    assert raised.value.reason == "bad-query"


def test_an_entry_that_cannot_be_read_is_left_out() -> None:
    """One broken entry does not cost the others."""
    broken = entry(2).replace("<published>", "<gone>").replace("</published>", "</gone>")

    found = fetch(FakeApi(lambda start, n: page([entry(1), broken][start:], 2)))

    assert [item.id for item in found.items] == ["arxiv:2604.00001"]


def test_a_cancelled_search_asks_nothing_more() -> None:
    """After a cancellation the thread that searches ends with its next request."""

    async def cancel() -> int:
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def pages(start: int, n: int) -> bytes | SourceError:
            loop.call_soon(begun.set)
            return SourceError("busy", reason="http-500")

        api = FakeApi(pages)
        task = asyncio.create_task(ArxivSource(api, delay_s=0.05).fetch(FEED, FeedState(), WINDOW))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.15)
        return len(api.asked)

    assert asyncio.run(cancel()) == 1
