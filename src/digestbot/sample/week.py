"""The sample week as records, read from the YAML files beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

Form = Literal["rss", "atom", "json"]


@dataclass(frozen=True)
class Revision:
    """A second version of a paper: when it came, and the sentence it adds to the abstract."""

    updated: datetime
    adds: str


@dataclass(frozen=True)
class Paper:
    """An arXiv paper; `categories` begins with the primary one."""

    id: str
    title: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    published: datetime
    abstract: str
    comment: str | None = None
    revision: Revision | None = None


@dataclass(frozen=True)
class Post:
    """A blog post with its whole text as HTML; `link` carries the tracking parameters of the feed it stands in."""

    title: str
    link: str
    published: datetime
    html: str


@dataclass(frozen=True)
class Blog:
    """A blog and the syndication format it is served in."""

    id: str
    form: Form
    title: str
    home: str
    author: str
    lang: str
    posts: tuple[Post, ...]


@dataclass(frozen=True)
class Video:
    """A video as YouTube's feed tells of it."""

    id: str
    title: str
    published: datetime
    description: str


@dataclass(frozen=True)
class Channel:
    """A YouTube channel; `channel` is YouTube's id, `id` the feed's."""

    id: str
    channel: str
    title: str
    lang: str
    videos: tuple[Video, ...]


@dataclass(frozen=True)
class Week:
    """Everything that was published in the sample week, in the order of the files."""

    papers: tuple[Paper, ...]
    blogs: tuple[Blog, ...]
    channels: tuple[Channel, ...]


@cache
def load_week() -> Week:
    """Read the sample week from the package, once per process."""
    return Week(
        papers=tuple(_paper(row) for row in _rows("papers.yaml")),
        blogs=tuple(_blog(row) for row in _rows("blogs.yaml")),
        channels=tuple(_channel(row) for row in _rows("videos.yaml")),
    )


def _rows(name: str) -> list[dict[str, Any]]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.safe_load(text)
    return rows


def _paper(row: dict[str, Any]) -> Paper:
    revision = row.get("revision")
    return Paper(
        id=row["id"],
        title=row["title"],
        authors=tuple(row["authors"]),
        categories=tuple(row["categories"]),
        published=datetime.fromisoformat(row["published"]),
        abstract=row["abstract"],
        comment=row.get("comment"),
        revision=Revision(datetime.fromisoformat(revision["updated"]), revision["adds"]) if revision else None,
    )


def _blog(row: dict[str, Any]) -> Blog:
    return Blog(
        id=row["id"],
        form=row["form"],
        title=row["title"],
        home=row["home"],
        author=row["author"],
        lang=row["lang"],
        posts=tuple(_post(post, row["lang"]) for post in row["posts"]),
    )


def _post(row: dict[str, Any], lang: str) -> Post:
    tracking = row.get("tracking")
    # The line breaks belong to the YAML file; Chinese has no space between words that could replace them.
    html = ("" if lang == "zh" else " ").join(line.strip() for line in row["html"].splitlines())
    return Post(
        title=row["title"],
        link=f"{row['link']}?{tracking}" if tracking else row["link"],
        published=datetime.fromisoformat(row["published"]),
        html=html.strip(),
    )


def _channel(row: dict[str, Any]) -> Channel:
    return Channel(
        id=row["id"],
        channel=row["channel"],
        title=row["title"],
        lang=row["lang"],
        videos=tuple(
            Video(video["id"], video["title"], datetime.fromisoformat(video["published"]), video["description"])
            for video in row["videos"]
        ),
    )
