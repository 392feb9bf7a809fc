"""The bodies the sample world serves: arXiv answers, RSS, Atom, JSON Feed and YouTube's Atom.

Plain functions from records to bytes. No body names a host or a clock, so the same week gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from digestbot.sample.week import Blog, Channel, Paper, Post, Video

_ATOM = "http://www.w3.org/2005/Atom"
_ARXIV = "http://arxiv.org/schemas/atom"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_YOUTUBE = "http://www.youtube.com/xml/schemas/2015"
_MEDIA = "http://search.yahoo.com/mrss/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_CREATOR = "http://purl.org/dc/elements/1.1/"


@dataclass(frozen=True)
class Document:
    """A body with its content type; `modified` is None where the origin sends no validators."""

    content_type: str
    body: bytes
    modified: datetime | None = None


def arxiv_answer(papers: Sequence[Paper], total: int, start: int, as_of: datetime) -> Document:
    """Return one page of an arXiv API answer; `total` counts the papers on all pages."""
    counts = (
        _tag("opensearch:totalResults", str(total))
        + _tag("opensearch:startIndex", str(start))
        + _tag("opensearch:itemsPerPage", str(len(papers)))
    )
    head = _tag("title", "ArXiv Query") + _tag("id", "http://arxiv.org/api/query") + _tag("updated", _zulu(as_of))
    body = (
        f'<feed xmlns="{_ATOM}" xmlns:arxiv="{_ARXIV}" xmlns:opensearch="{_OPENSEARCH}">'
        f"{head}{counts}{_lines(_arxiv_entry(paper, as_of) for paper in papers)}</feed>"
    )
    return Document("application/atom+xml; charset=utf-8", _xml(body))


def arxiv_listing(category: str, day: datetime, announced: Sequence[tuple[Paper, str, int]] = ()) -> Document:
    """Return a category's listing of a day: papers, each with its announce type and version; empty at weekends."""
    items = _lines(
        "<item>"
        + _tag("title", paper.title)
        + _tag("link", f"https://arxiv.org/abs/{paper.id}")
        + _tag("description", f"arXiv:{paper.id}v{version} Announce Type: {kind} \nAbstract: {paper.abstract}")
        + f'<guid isPermaLink="false">oai:arXiv.org:{paper.id}v{version}</guid>'
        + "".join(_tag("category", term) for term in paper.categories)
        + _tag("pubDate", _rfc822(day))
        + _tag("arxiv:announce_type", kind)
        + _tag("dc:creator", ", ".join(paper.authors))
        + "</item>"
        for paper, kind, version in announced
    )
    body = (
        f'<rss version="2.0" xmlns:arxiv="{_ARXIV}" xmlns:dc="{_CREATOR}"><channel>'
        f"{_tag('title', f'{category} updates on arXiv.org')}{_tag('link', f'http://rss.arxiv.org/rss/{category}')}"
        f"{_tag('pubDate', _rfc822(day))}{items}</channel></rss>"
    )
    return Document("application/rss+xml; charset=utf-8", _xml(body))


def blog_feed(blog: Blog) -> Document:
    """Return a blog's feed in the blog's own format, newest post first."""
    posts = sorted(blog.posts, key=lambda post: post.published, reverse=True)
    modified = posts[0].published
    if blog.form == "rss":
        return Document("application/rss+xml; charset=utf-8", _xml(_rss(blog, posts)), modified)
    if blog.form == "atom":
        return Document("application/atom+xml; charset=utf-8", _xml(_atom(blog, posts)), modified)
    text = json.dumps(_json_feed(blog, posts), ensure_ascii=False, indent=1)
    return Document("application/feed+json; charset=utf-8", text.encode(), modified)


def channel_feed(channel: Channel) -> Document:
    """Return a channel's feed as YouTube shapes it, newest video first."""
    videos = sorted(channel.videos, key=lambda video: video.published, reverse=True)
    home = f"https://www.youtube.com/channel/{channel.channel}"
    body = (
        f'<feed xmlns:yt="{_YOUTUBE}" xmlns:media="{_MEDIA}" xmlns="{_ATOM}">'
        f"{_tag('id', 'yt:channel:' + channel.channel)}{_tag('yt:channelId', channel.channel)}"
        f"{_tag('title', channel.title)}{_link(home, rel='alternate')}"
        f"<author>{_tag('name', channel.title)}{_tag('uri', home)}</author>"
        f"{_lines(_video_entry(video, channel, home) for video in videos)}</feed>"
    )
    return Document("text/xml; charset=UTF-8", _xml(body), videos[0].published)


def _arxiv_entry(paper: Paper, as_of: datetime) -> str:
    revision = paper.revision if paper.revision and paper.revision.updated <= as_of else None
    name = f"{paper.id}v{2 if revision else 1}"
    abstract = f"{paper.abstract} {revision.adds}" if revision else paper.abstract
    updated = revision.updated if revision else paper.published
    return (
        "<entry>"
        + _tag("id", f"http://arxiv.org/abs/{name}")
        + _tag("updated", _zulu(updated))
        + _tag("published", _zulu(paper.published))
        + _tag("title", paper.title)
        + _tag("summary", abstract)
        + "".join(f"<author>{_tag('name', author)}</author>" for author in paper.authors)
        + (_tag("arxiv:comment", paper.comment) if paper.comment else "")
        + _link(f"http://arxiv.org/abs/{name}", rel="alternate", type="text/html")
        + _link(f"http://arxiv.org/pdf/{name}", rel="related", type="application/pdf", title="pdf")
        + f'<arxiv:primary_category term={quoteattr(paper.categories[0])} scheme="{_ARXIV}"/>'
        + "".join(f'<category term={quoteattr(term)} scheme="{_ARXIV}"/>' for term in paper.categories)
        + "</entry>"
    )


def _rss(blog: Blog, posts: Sequence[Post]) -> str:
    items = _lines(
        "<item>"
        + _tag("title", post.title)
        + _tag("link", post.link)
        + f'<guid isPermaLink="true">{escape(post.link)}</guid>'
        + _tag("pubDate", _rfc822(post.published))
        + _tag("dc:creator", blog.author)
        + _tag("content:encoded", post.html)
        + "</item>"
        for post in posts
    )
    return (
        f'<rss version="2.0" xmlns:content="{_CONTENT}" xmlns:dc="{_CREATOR}"><channel>'
        f"{_tag('title', blog.title)}{_tag('link', blog.home)}{_tag('description', _notice(blog))}"
        f"{_tag('language', blog.lang)}{_tag('lastBuildDate', _rfc822(posts[0].published))}{items}</channel></rss>"
    )


def _atom(blog: Blog, posts: Sequence[Post]) -> str:
    entries = _lines(
        "<entry>"
        + _tag("id", post.link)
        + _tag("title", post.title)
        + _link(post.link, rel="alternate", type="text/html")
        + _tag("published", _zulu(post.published))
        + _tag("updated", _zulu(post.published))
        + f'<content type="html">{escape(post.html)}</content></entry>'
        for post in posts
    )
    return (
        f'<feed xmlns="{_ATOM}" xml:lang={quoteattr(blog.lang)}>{_tag("id", blog.home)}{_tag("title", blog.title)}'
        f"{_tag('subtitle', _notice(blog))}{_link(blog.home, rel='alternate', type='text/html')}"
        f"{_tag('updated', _zulu(posts[0].published))}<author>{_tag('name', blog.author)}</author>{entries}</feed>"
    )


def _json_feed(blog: Blog, posts: Sequence[Post]) -> dict[str, object]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": blog.title,
        "home_page_url": blog.home,
        "description": _notice(blog),
        "language": blog.lang,
        "authors": [{"name": blog.author}],
        "items": [
            {
                "id": post.link,
                "url": post.link,
                "title": post.title,
                "content_html": post.html,
                "date_published": _zulu(post.published),
            }
            for post in posts
        ],
    }


def _video_entry(video: Video, channel: Channel, home: str) -> str:
    return (
        "<entry>"
        + _tag("id", f"yt:video:{video.id}")
        + _tag("yt:videoId", video.id)
        + _tag("yt:channelId", channel.channel)
        + _tag("title", video.title)
        + _link(f"https://www.youtube.com/watch?v={video.id}", rel="alternate")
        + f"<author>{_tag('name', channel.title)}{_tag('uri', home)}</author>"
        + _tag("published", _zulu(video.published))
        + _tag("updated", _zulu(video.published))
        + f"<media:group>{_tag('media:title', video.title)}"
        + f'<media:thumbnail url="https://i.ytimg.com/vi/{video.id}/hqdefault.jpg" width="480" height="360"/>'
        + f"{_tag('media:description', video.description)}</media:group></entry>"
    )


def _notice(blog: Blog) -> str:
    return f"Texts written for the digestbot sample under titles of {blog.title}; not the posts behind the links."


def _xml(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _lines(entries: Iterable[str]) -> str:
    return "".join(f"\n{entry}" for entry in entries)


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _link(href: str, **attributes: str) -> str:
    rest = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<link href={quoteattr(href)}{rest}/>"


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
