"""The sample week is complete, parses with the real clients, and is served as its origins would serve it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import arxiv  # type: ignore[import-untyped, unused-ignore]  # the package ships no types
import feedparser
import pytest
import yaml

from digestbot.announcements import Announcement, Listing
from digestbot.domain import ItemId
from digestbot.sample.documents import arxiv_listing
from digestbot.sample.query import parse_query
from digestbot.sample.week import Paper, load_week
from digestbot.sample.world import NOW, serve
from digestbot.wire.arxiv_pages import listing_of

FIRST, LAST = datetime(2026, 4, 6, tzinfo=UTC), datetime.fromisoformat(NOW)
REVISED = "2604.02869"
OFF_TOPIC = {"2604.02712", "2604.02976", "2604.03297", "2604.04309", "2604.05953", "2604.07155", "2604.08485"}

Feeds = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def feeds() -> Iterator[Feeds]:
    """The rows of the served feeds.yaml by id; the servers run as long as the module's tests."""
    with serve() as sample:
        yield {row["id"]: row for row in yaml.safe_load(sample.feeds_yaml)["feeds"]}


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Fetch a URL of the sample world; error answers and 304 are returned, not raised."""
    request = Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urlopen(request) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def search(feed: dict[str, Any], page_size: int = 100, **search: Any) -> list[arxiv.Result]:
    """Ask the feed's endpoint with the real client."""
    client = arxiv.Client(page_size=page_size, delay_seconds=0, num_retries=0)
    client.query_url_format = feed["base_url"] + "?{}"
    return list(client.results(arxiv.Search(**search)))


def by_category(feed: dict[str, Any]) -> str:
    """Return the search of the whole week in a feed's categories."""
    categories = " OR ".join(f"cat:{name}" for name in feed["categories"])
    return f"({categories}) AND submittedDate:[202604060000 TO 202604122359]"


def texts(feed: dict[str, Any]) -> list[str]:
    """Return the HTML of a blog's posts as a feed reader sees it."""
    body = get(feed["url"])[2]
    if body.startswith(b"{"):
        return [item["content_html"] for item in json.loads(body)["items"]]
    return [entry.content[0].value for entry in feedparser.parse(body).entries]


def test_counts() -> None:
    """The week holds about sixty items, of three kinds, in ten feeds."""
    week = load_week()

    posts = sum(len(blog.posts) for blog in week.blogs)
    videos = sum(len(channel.videos) for channel in week.channels)

    assert (len(week.papers), posts, videos) == (35, 19, 6)
    assert sorted(blog.form for blog in week.blogs) == ["atom", "atom", "json", "json", "rss", "rss"]
    assert {len(channel.videos) for channel in week.channels} == {3}


def test_every_date_lies_inside_the_week() -> None:
    """Nothing is older than the week or younger than the demo's clock."""
    week = load_week()

    dates = [paper.published for paper in week.papers]
    dates += [paper.revision.updated for paper in week.papers if paper.revision]
    dates += [post.published for blog in week.blogs for post in blog.posts]
    dates += [video.published for channel in week.channels for video in channel.videos]

    assert all(FIRST <= date <= LAST for date in dates)


def test_papers_are_well_formed() -> None:
    """Ids are arXiv ids without a version and unique, and abstracts have 80 to 130 words."""
    papers = load_week().papers

    ids = [paper.id for paper in papers]

    assert all(re.fullmatch(r"\d{4}\.\d{5}", id) for id in ids)
    assert len(set(ids)) == len(ids)
    assert set(ids) >= OFF_TOPIC
    assert all(80 <= len(paper.abstract.split()) <= 130 for paper in papers)


def test_posts_carry_their_whole_text() -> None:
    """A post has at least 900 characters of text, a Chinese one 500, and Chinese lines are joined without a space."""
    blogs = load_week().blogs

    lengths = {(blog.lang, post.title): len(re.sub(r"<[^>]+>", "", post.html)) for blog in blogs for post in blog.posts}

    assert all(length >= (500 if lang == "zh" else 900) for (lang, _title), length in lengths.items())
    assert not any(
        re.search(r"[\uff0c\u3002]\s", post.html) for blog in blogs if blog.lang == "zh" for post in blog.posts
    )


def test_feeds_yaml_gives_every_origin_a_host_of_its_own(feeds: Feeds) -> None:
    """Ten feeds have ten addresses on loopback, told apart by port."""
    hosts = {urlsplit(row.get("base_url") or row["url"]).netloc for row in feeds.values()}

    assert len(feeds) == len(hosts) == 10
    assert all(host.startswith("127.0.0.1:") for host in hosts)
    assert {row["kind"] for row in feeds.values()} == {"arxiv", "feed", "youtube"}


def test_the_arxiv_client_reads_the_week_page_by_page(feeds: Feeds) -> None:
    """The real client pages through all 35 papers, newest first, with every field it knows."""
    papers = {paper.id: paper for paper in load_week().papers}

    results = search(
        feeds["arxiv"], page_size=10, query=by_category(feeds["arxiv"]), sort_by=arxiv.SortCriterion.SubmittedDate
    )

    assert len(results) == len(papers) == 35
    assert [result.published for result in results] == sorted((r.published for r in results), reverse=True)
    for result in results:
        paper = papers[result.get_short_id().partition("v")[0]]
        assert (result.title, result.comment) == (paper.title, paper.comment)
        assert [author.name for author in result.authors] == list(paper.authors)
        assert tuple(result.categories) == paper.categories
        assert result.primary_category == paper.categories[0]
        assert result.summary.startswith(paper.abstract)
        assert result.pdf_url is not None


def test_both_versions_of_the_revised_paper_are_met(feeds: Feeds) -> None:
    """The main endpoint has version 2, updated later and one sentence longer; the lagging one still has version 1."""
    (new,) = search(feeds["arxiv"], id_list=[REVISED])
    (old,) = search(feeds["arxiv-agents"], id_list=[REVISED])

    assert (old.get_short_id(), new.get_short_id()) == (f"{REVISED}v1", f"{REVISED}v2")
    assert old.published == new.published == old.updated < new.updated
    assert new.summary.startswith(old.summary)
    assert new.summary != old.summary


def test_the_agents_feed_repeats_papers(feeds: Feeds) -> None:
    """Everything the second arXiv feed returns is in the first one too."""
    first = search(feeds["arxiv"], query=by_category(feeds["arxiv"]))

    second = search(feeds["arxiv-agents"], query=feeds["arxiv-agents"]["query"])

    ids = {result.get_short_id().partition("v")[0] for result in second}
    assert ids == {"2604.02460", "2604.02869", "2604.05297", "2604.08256", "2604.08523"}
    assert ids < {result.get_short_id().partition("v")[0] for result in first}


def test_blogs_parse_as_what_they_claim_to_be(feeds: Feeds) -> None:
    """Each blog comes with the content type of its format and parses without complaint and without loss."""
    versions = {"rss": "rss20", "atom": "atom10"}
    for blog in load_week().blogs:
        status, headers, body = get(feeds[blog.id]["url"])

        assert (status, headers["Content-Type"].partition(";")[0]) == (
            200,
            f"application/{'feed+json' if blog.form == 'json' else blog.form + '+xml'}",
        )
        if blog.form == "json":
            seen = [(item["title"], item["url"]) for item in json.loads(body)["items"]]
        else:
            parsed = feedparser.parse(body)
            assert (parsed.bozo, parsed.version) == (False, versions[blog.form])
            seen = [(entry.title, entry.link) for entry in parsed.entries]
        assert sorted(seen) == sorted((post.title, post.link) for post in blog.posts)
        assert sorted(map(unescape, texts(feeds[blog.id]))) == sorted(unescape(post.html) for post in blog.posts)


def test_channels_parse_as_youtube_feeds(feeds: Feeds) -> None:
    """A channel's feed has YouTube's ids, and the description where YouTube puts it."""
    for channel in load_week().channels:
        parsed = feedparser.parse(get(feeds[channel.id]["url"])[2])

        assert not parsed.bozo
        assert {(entry.yt_videoid, entry.title, entry.summary) for entry in parsed.entries} == {
            (video.id, video.title, video.description) for video in channel.videos
        }
        assert {entry.yt_channelid for entry in parsed.entries} == {channel.channel}


def test_one_post_stands_in_two_blogs() -> None:
    """The same link comes from two blogs and differs only in tracking parameters."""
    links = [post.link for blog in load_week().blogs for post in blog.posts]

    bare = [link.partition("?")[0] for link in links]

    twice = {link for link in bare if bare.count(link) > 1}
    assert twice == {"https://magazine.sebastianraschka.com/p/practical-tips-for-finetuning-llms"}
    assert len(set(links)) == len(links)


def test_one_post_and_one_video_point_at_a_paper(feeds: Feeds) -> None:
    """Exactly one post and one video link a paper, and the papers are of this week."""
    pattern = re.compile(r"https://arxiv\.org/abs/(\d{4}\.\d{5})")
    descriptions = [video.description for channel in load_week().channels for video in channel.videos]

    posts = [
        id for row in feeds.values() if row["kind"] == "feed" for text in texts(row) for id in pattern.findall(text)
    ]
    videos = [id for text in descriptions for id in pattern.findall(text)]

    assert (posts, videos) == (["2604.04722"], ["2604.05192"])
    assert {paper.id for paper in load_week().papers} > {*posts, *videos}


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
@pytest.mark.parametrize("id", ["lilianweng", "karpathy", "raschka", "3blue1brown"])
def test_a_conditional_get_answers_304(feeds: Feeds, id: str, validator: str) -> None:
    """A request that replays a validator gets 304, no body, and the validators again."""
    url = feeds[id]["url"]
    value = get(url)[1][validator]
    name = {"ETag": "If_None_Match", "Last-Modified": "If_Modified_Since"}[validator]

    status, headers, body = get(url, **{name: value})

    assert (status, body, headers[validator]) == (304, b"", value)


def test_a_stale_validator_gets_the_whole_feed(feeds: Feeds) -> None:
    """An entity tag from another time counts, even when the date alone would say nothing is new."""
    url = feeds["kexue"]["url"]

    status, _headers, body = get(url, If_None_Match='"old"', If_Modified_Since=get(url)[1]["Last-Modified"])

    assert (status, bool(body)) == (200, True)


def test_served_bytes_do_not_change_from_run_to_run(feeds: Feeds) -> None:
    """A second world serves the same bytes, whatever its ports are."""
    query = "?" + urlencode({"search_query": "cat:cs.CL", "max_results": 50})
    with serve() as again:
        for row in yaml.safe_load(again.feeds_yaml)["feeds"]:
            first = feeds[row["id"]]
            urls = [r["url"] if "url" in r else r["base_url"] + query for r in (first, row)]

            assert get(urls[0])[2] == get(urls[1])[2]


def test_an_unreadable_request_is_refused(feeds: Feeds) -> None:
    """A malformed query and a strange number are answered 400, an unknown path 404; no connection just breaks."""
    api = feeds["arxiv"]["base_url"]

    assert get(f"{api}?{urlencode({'search_query': '(cat:cs.CL'})}")[0] == 400
    assert get(f"{api}?start=soon")[0] == 400
    assert get(api.replace("/api/query", "/nothing"))[0] == 404


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("cat:cs.CL", True),
        ("cat:cs.C", False),
        ("ti:cache AND abs:memory", True),
        ('all:"sparse caches"', True),
        ("all:each", False),
        ("abs:nothing OR (cat:cs.AI AND ti:cache)", False),
        ("cat:cs.CL ANDNOT au:Lovelace", False),
        ("submittedDate:[20260406 TO 20260406]", True),
        ("submittedDate:[202604070000 TO *]", False),
    ],
)
def test_search_queries(query: str, matches: bool) -> None:
    """Operators, fields, phrases and intervals select as arXiv's manual says."""
    paper = Paper("2604.00001", "A Sparse Cache", ("Ada Lovelace",), ("cs.CL",), FIRST, "Less memory. Preaching.")

    assert parse_query(query)(paper) is matches


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "term is missing"),
        ("AND", "term is missing"),
        ("cat:cs.CL OR", "term is missing"),
        ("(cat:cs.CL", "closing parenthesis"),
        ("cat:cs.CL)", r"unexpected '\)'"),
        ("doi:1", "unknown field 'doi'"),
        ("submittedDate:[then TO now]", "interval"),
    ],
)
def test_malformed_queries(query: str, reason: str) -> None:
    """What cannot be read raises ValueError with the reason."""
    with pytest.raises(ValueError, match=reason):
        parse_query(query)


def test_a_listing_is_read_as_arxivs_own() -> None:
    """A listing of sample papers tells each one's kind and version, and the day it stands for."""
    one, two = load_week().papers[:2]
    document = arxiv_listing("cs.CL", datetime(2026, 4, 10, tzinfo=UTC), [(one, "new", 1), (two, "replace-cross", 2)])

    listing = listing_of(document.body, date(2026, 4, 12))

    assert listing == Listing(
        date(2026, 4, 10),
        (
            Announcement(ItemId(f"arxiv:{one.id}"), "new", 1),
            Announcement(ItemId(f"arxiv:{two.id}"), "replace-cross", 2),
        ),
    )
