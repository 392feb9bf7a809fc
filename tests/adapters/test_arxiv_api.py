"""arXiv's API: the question asked, all pages or none, and papers as items."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

import pytest

from digestbot.adapters.arxiv_api import ArxivSource, query_of, search_begin
from digestbot.announcements import Announcement, Listing
from digestbot.domain import Feed, FeedId, FeedState, Fetched, ItemId, Window
from digestbot.errors import SourceError
from digestbot.ports import Response

NOW = datetime(2026, 4, 10, 6, 30, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=1), NOW, first=False, begins=NOW - timedelta(days=60))
FEED = Feed(FeedId("papers"), "arxiv", "https://export.arxiv.org/api/query", ("cs.CL", "cs.AI"))
FIRST_MINUTE = "202603300630"
"""Where the search for that window begins."""


def entry(number: int, version: int = 1, published: str = "2026-04-08T10:00:00Z", more: str = "") -> str:
    return f"""<entry><id>http://arxiv.org/abs/2604.{number:05}v{version}</id><title>Paper
 {number}</title><updated>2026-04-09T10:00:00Z</updated><published>{published}</published><summary>  An
 abstract.\n{more}</summary><author><name>Ann</name></author><arxiv:comment>9 pages</arxiv:comment>
<arxiv:primary_category term="cs.CL"/><category term="cs.CL"/><category term="cs.LG"/></entry>"""


def page(entries: list[str], total: int) -> bytes:
    return f"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"
xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><opensearch:totalResults>{total}</opensearch:totalResults>
{"".join(entries)}</feed>""".encode()


@dataclass
class FakeApi:
    """Answers the n-th GET with what `pages` makes of the minute it begins in and of n; keeps the questions."""

    pages: Callable[[str, int], bytes | SourceError]
    asked: list[dict[str, str]] = field(default_factory=list)

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        question = dict(parse_qsl(urlsplit(url).query))
        self.asked.append(question | {"url": url.partition("?")[0]})
        since = re.search(r"\[(\d+)", question.get("search_query", ""))
        found = self.pages(since[1] if since else "", len(self.asked))
        if isinstance(found, SourceError):
            raise found
        return Response(200, url, {}, found)

    async def aclose(self) -> None:
        return None


def fetch(api: FakeApi) -> Fetched:
    return asyncio.run(ArxivSource(api, delay_s=0).fetch(FEED, FeedState(), WINDOW))


def numbers(found: Fetched) -> list[str]:
    return [item.id.removeprefix("arxiv:2604.") for item in found.items]


def test_the_question_has_categories_query_and_a_span() -> None:
    """Any of the categories, and the feed's own query, to the minute."""
    feed = Feed(FeedId("x"), "arxiv", "https://example.org", ("cs.CL", "cs.AI"), "all:moe OR all:experts")

    asked = query_of(feed, NOW - timedelta(days=8), NOW)

    categories = "(cat:cs.CL OR cat:cs.AI) AND (all:moe OR all:experts)"
    assert asked == categories + " AND submittedDate:[202604020630 TO 202604100630]"


def test_a_search_begins_days_before_its_window() -> None:
    """Never more than three days before the feed began, for what lay before that would look new now."""
    assert search_begin(WINDOW) == WINDOW.since - timedelta(days=10)
    assert search_begin(replace(WINDOW, begins=WINDOW.since)) == WINDOW.since - timedelta(days=3)


def test_a_paper_becomes_an_item() -> None:
    """The id has no version, the address is arXiv's own, and text and title are on one line."""
    api = FakeApi(lambda since, n: page([entry(1, version=2)], 1))

    (item,) = fetch(api).items

    assert (item.id, item.version, item.url) == ("arxiv:2604.00001", 2, "https://arxiv.org/abs/2604.00001")
    assert (item.title, item.text, item.comment, item.authors) == ("Paper 1", "An abstract.", "9 pages", ("Ann",))
    assert (item.medium, item.lang, item.categories) == ("paper", "en", ("cs.CL", "cs.LG"))
    assert (item.published_at, item.updated_at) == (
        datetime(2026, 4, 8, 10, tzinfo=UTC),
        datetime(2026, 4, 9, 10, tzinfo=UTC),
    )


FIRST = [entry(1, published="2026-04-08T10:00:00Z"), entry(2, published="2026-04-08T10:05:30Z")]
SECOND = [entry(2, 2, published="2026-04-08T10:05:30Z"), entry(3, published="2026-04-09T10:00:00Z")]


def two_pages(since: str, n: int) -> bytes:
    """A search of three papers that gives two at once."""
    return page(FIRST, 3) if since == FIRST_MINUTE else page(SECOND, 2)


def test_each_page_begins_in_the_minute_where_the_one_before_it_ended() -> None:
    """Pages are asked until no result is left, oldest first and never by offset; what comes twice counts once."""
    api = FakeApi(two_pages)

    found = fetch(api)

    assert [(item.id[-1], item.version) for item in found.items] == [("1", 1), ("2", 2), ("3", 1)]
    spans = [question["search_query"].partition("submittedDate:")[2] for question in api.asked]
    assert spans == ["[202603300630 TO 202604100630]", "[202604081005 TO 202604100630]"]
    assert {(q["start"], q["max_results"], q["sortBy"], q["sortOrder"]) for q in api.asked} == {
        ("0", "2000", "submittedDate", "ascending")
    }
    assert (found.missing, found.left_out) == ("", ())


@pytest.mark.parametrize("total", [2, 4, 400])
def test_a_count_that_changes_between_pages_costs_no_paper(total: int) -> None:
    """What a later page counts does not depend on what an earlier one did: papers come and go meanwhile."""

    def pages(since: str, n: int) -> bytes:
        if since == FIRST_MINUTE:
            return page(FIRST, 3)
        return page(SECOND, total) if since == "202604081005" else page([entry(3, published="2026-04-09T10:00:00Z")], 1)

    assert numbers(fetch(FakeApi(pages))) == ["00001", "00002", "00003"]


def test_no_results_are_believed_the_second_time() -> None:
    """A quiet week gives no items; since the API sometimes says so falsely, it is asked twice."""
    quiet, lying = FakeApi(lambda since, n: page([], 0)), FakeApi(lambda since, n: page([entry(1)] * (n > 1), n - 1))

    assert (fetch(quiet).items, len(quiet.asked)) == ((), 2)
    assert numbers(fetch(lying)) == ["00001"]


PASSING: dict[str, bytes | SourceError] = {
    "500": SourceError("busy", reason="http-500"),
    "429": SourceError("busy", reason="http-429", retry_after_s=0),
    "timeout": SourceError("late", reason="timeout"),
    "cut": page([entry(2)], 2)[:-20],
    "without its entries": page([], 2),
    "empty": page([], 0),
    "html": b"<html><body>down for maintenance</body></html>",
}


@pytest.mark.parametrize("failure", PASSING.values(), ids=PASSING)
def test_a_page_that_fails_once_is_asked_again(failure: bytes | SourceError) -> None:
    """A passing failure of a page costs a retry and no paper."""
    api = FakeApi(lambda since, n: failure if n == 2 else two_pages(since, n))

    found = fetch(api)

    assert numbers(found) == ["00001", "00002", "00003"]
    assert found.missing == ""


def test_a_page_that_fails_is_asked_for_less() -> None:
    """Large pages fail more often: each further try asks for half as many papers."""
    api = FakeApi(lambda since, n: SourceError("late", reason="timeout") if n < 3 else page([entry(1)], 1))

    fetch(api)

    assert [question["max_results"] for question in api.asked] == ["2000", "1000", "500"]


@pytest.mark.parametrize("failure", PASSING.values(), ids=PASSING)
def test_what_came_before_a_page_that_keeps_failing_is_kept(failure: bytes | SourceError) -> None:
    """The papers so far are returned, and it is told from when on they are missing, and why."""
    api = FakeApi(lambda since, n: two_pages(since, n) if n == 1 else failure)

    found = fetch(api)

    reason = failure.reason if isinstance(failure, SourceError) else "not-a-feed"
    assert numbers(found) == ["00001", "00002"]
    assert found.missing.startswith(f"{reason}: what was submitted from 2026-04-08 10:05 on: ")
    assert len(api.asked) == 5


def test_a_search_whose_first_page_keeps_failing_fails() -> None:
    """Where nothing came at all, the reason is the page's."""
    api = FakeApi(lambda since, n: SourceError("busy", reason="http-503"))

    with pytest.raises(SourceError) as raised:
        fetch(api)

    assert (raised.value.reason, len(api.asked)) == ("http-503", 4)


def test_a_page_that_gets_nowhere_ends_the_search() -> None:
    """An API that answers with the same minute again and again is not asked for ever."""
    api = FakeApi(lambda since, n: page([entry(n)], 5))

    found = fetch(api)

    assert "does not get past 2026-04-08 10:00" in found.missing


@pytest.mark.parametrize(
    "failure",
    [
        SourceError("no", reason="http-400"),
        SourceError("no", reason="refused-address"),
        SourceError("no", reason="too-large"),
        SourceError("later", reason="http-429", retry_after_s=600),
    ],
    ids=lambda error: error.reason,
)
def test_a_failure_that_will_not_pass_soon_is_told_at_once(failure: SourceError) -> None:
    """What a retry cannot mend is not retried; for how long to leave arXiv alone is handed on."""
    api = FakeApi(lambda since, n: failure)

    with pytest.raises(SourceError) as raised:
        fetch(api)

    assert (raised.value.reason, len(api.asked)) == (failure.reason, 1)
    assert raised.value.retry_after_s == failure.retry_after_s


def test_entities_in_an_answer_are_refused() -> None:
    """The API's answer is as hostile as any other."""
    trap = b"<!DOCTYPE f [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + page([entry(1)], 1)

    with pytest.raises(SourceError) as raised:
        fetch(FakeApi(lambda since, n: trap))

    assert raised.value.reason == "xml-entities"


def test_an_error_entry_is_the_apis_refusal() -> None:
    """arXiv tells a bad query by an entry that is no paper."""
    refusal = entry(1).replace("arxiv.org/abs/2604.00001v1", "arxiv.org/api/errors#bad_query")

    with pytest.raises(SourceError) as raised:
        fetch(FakeApi(lambda since, n: page([refusal], 1)))

    assert raised.value.reason == "bad-query"


BROKEN = {
    "published 'soon' is no date": entry(2, published="soon"),
    "published '' is no date": entry(2).replace("<published>", "<gone>").replace("</published>", "</gone>"),
    "published '0001-01-01T00:00:00+23:00' is no date": entry(2, published="0001-01-01T00:00:00+23:00"),
    "updated 'x' is no date": entry(2).replace("2026-04-09T10:00:00Z", "x"),
    "its id names no paper": entry(2).replace("/abs/", "/nothing/"),
}


@pytest.mark.parametrize("why", BROKEN)
def test_an_entry_that_cannot_be_read_is_left_out_and_told(why: str) -> None:
    """One broken entry does not cost the others, and is named with its reason."""
    api = FakeApi(lambda since, n: page([entry(1), BROKEN[why], entry(3)], 3))

    found = fetch(api)

    assert (numbers(found), len(api.asked)) == (["00001", "00003"], 1)
    assert [told.partition("v1: ")[2] for told in found.left_out] == [why]


def test_addresses_that_authors_give_are_links() -> None:
    """Code and project pages come with the item, papers among them do not."""
    more = r"Code at github.com/ann/my\_code. Page: https://ann.github.io/x/. See https://arxiv.org/abs/2401.00001"

    (item,) = fetch(FakeApi(lambda since, n: page([entry(1, more=more)], 1))).items

    assert item.links == ("https://ann.github.io/x/", "https://github.com/ann/my_code")


def by_number(api: FakeApi, wanted: list[str], query: str = "") -> Fetched:
    feed = replace(FEED, query=query)
    ids = [ItemId(f"arxiv:2604.{number}") for number in wanted]
    return asyncio.run(ArxivSource(api, delay_s=0).by_number(feed, ids, matching=bool(query)))


def test_papers_are_asked_for_by_number() -> None:
    """Those that the API knows come back, whatever their day; where the feed has a query, it may be asked along."""
    api = FakeApi(lambda since, n: page([entry(1)], 1))

    found = by_number(api, ["00001", "00002"], query="all:moe")

    assert numbers(found) == ["00001"]
    assert (api.asked[0]["id_list"], api.asked[0]["search_query"]) == ("2604.00001,2604.00002", "all:moe")
    assert len(api.asked) == 1


def test_a_batch_of_numbers_that_fails_does_not_cost_the_others() -> None:
    """Two hundred are asked for at once; what failed is told."""
    api = FakeApi(lambda since, n: page([entry(1)], 1) if n == 1 else SourceError("busy", reason="http-500"))

    found = by_number(api, [f"{n:05}" for n in range(300)])

    assert (numbers(found), found.missing) == (["00001"], "http-500: busy")


LISTING = b"""<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0"><channel><title>cs.CL</title>
<pubDate>Fri, 10 Apr 2026 00:00:00 -0400</pubDate>
<item><link>https://arxiv.org/abs/2604.00001</link><guid>oai:arXiv.org:2604.00001v1</guid>
<arxiv:announce_type>new</arxiv:announce_type></item>
<item><link>https://arxiv.org/abs/2603.00002</link><guid>oai:arXiv.org:2603.00002v3</guid>
<arxiv:announce_type>replace-cross</arxiv:announce_type></item>
<item><link>https://arxiv.org/abs/math/0309136</link>
<description>arXiv:math/0309136v1 Announce Type: cross</description></item>
<item><title>nothing</title></item></channel></rss>"""


def listing(api: FakeApi, url: str = FEED.url, category: str = "cs.CL") -> Listing:
    feed = replace(FEED, url=url)
    return asyncio.run(ArxivSource(api, delay_s=0).listing(feed, category, NOW))


def test_a_listing_tells_kinds_and_versions() -> None:
    """New, cross-listed and replaced papers are told apart, under the day on which arXiv announced them."""
    found = listing(FakeApi(lambda since, n: LISTING))

    assert found == Listing(
        date(2026, 4, 10),
        (
            Announcement(ItemId("arxiv:2604.00001"), "new", 1),
            Announcement(ItemId("arxiv:2603.00002"), "replace-cross", 3),
            Announcement(ItemId("arxiv:math/0309136"), "cross", 1),
        ),
        unreadable=1,
    )


@pytest.mark.parametrize(
    ("url", "category", "expected"),
    [
        ("https://export.arxiv.org/api/query", "cs.CL", "https://rss.arxiv.org/rss/cs.CL"),
        ("https://export.arxiv.org/api/query", "cs.*", "https://rss.arxiv.org/rss/cs"),
        ("http://mirror.example:8700/arxiv/api/query", "cs.CL", "http://mirror.example:8700/arxiv/rss/cs.CL"),
    ],
)
def test_listings_stand_beside_the_api(url: str, category: str, expected: str) -> None:
    """arXiv's own are at rss.arxiv.org, a mirror's next to its API; a whole archive has one, too."""
    api = FakeApi(lambda since, n: LISTING)

    listing(api, url, category)

    assert api.asked[0]["url"] == expected


def test_an_api_elsewhere_has_no_listings() -> None:
    """Nothing is guessed about an address of another form."""
    with pytest.raises(SourceError) as raised:
        listing(FakeApi(lambda since, n: LISTING), "https://mirror.example/search")

    assert raised.value.reason == "no-listing"


@pytest.mark.parametrize("body", [b"<html/>", LISTING[:-30], b"", page([], 0)])
def test_what_is_no_listing_is_asked_for_again_and_then_refused(body: bytes) -> None:
    """Half a listing would look complete."""
    api = FakeApi(lambda since, n: body)

    with pytest.raises(SourceError) as raised:
        listing(api)

    assert (raised.value.reason, len(api.asked)) == ("not-a-feed", 4)


def test_requests_to_arxiv_keep_their_distance() -> None:
    """Searches and listings of arXiv's own share one pace; a mirror's listings are left to its host's."""
    times: list[float] = []

    def answer(since: str, n: int) -> bytes:
        times.append(time.monotonic())
        return page([entry(1)], 1) if n in (1, 3) else LISTING

    async def ask() -> None:
        source = ArxivSource(FakeApi(answer), delay_s=0.05)
        mirror = replace(FEED, url="https://mirror.example/api/query")
        await source.by_number(FEED, [ItemId("arxiv:2604.00001")], matching=False)
        await source.listing(FEED, "cs.CL", NOW)
        await source.by_number(FEED, [ItemId("arxiv:2604.00001")], matching=False)
        await source.listing(mirror, "cs.CL", NOW)

    asyncio.run(ask())

    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps[:2]) >= 0.045
    assert gaps[2] < 0.045


def test_a_cancelled_search_asks_nothing_more() -> None:
    """After a cancellation the thread that searches ends with its next request."""

    async def cancel() -> int:
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def pages(since: str, n: int) -> bytes | SourceError:
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
