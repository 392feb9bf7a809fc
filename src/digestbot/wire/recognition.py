"""Tells by its form what a person means by an address: arXiv, a repository, a channel's feed; pure, opens nothing."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from digestbot.domain import Feed, FeedId
from digestbot.keys import strong_keys
from digestbot.known_sites import ARXIV_API

NAMELESS = FeedId("")
_ARCHIVES = (
    "astro-ph cond-mat cs econ eess gr-qc hep-ex hep-lat hep-ph hep-th math math-ph nlin nucl-ex nucl-th physics q-bio "
    "q-fin quant-ph stat"
)
"""The first parts of arXiv's categories (arxiv.org/category_taxonomy)."""
_CATEGORY = re.compile(rf"(?:{'|'.join(_ARCHIVES.split())})(?:\.(?:[A-Za-z][A-Za-z-]{{1,20}}|\*))?")
_LISTED = re.compile(r"/(?:rss|atom|list|archive)/(?P<categories>[\w.*+-]{1,300})(?:/.*)?")
_SEARCHED_CATEGORIES = re.compile(r"\(?cat:[\w.*-]+(?:(?: OR |\+OR\+)cat:[\w.*-]+)*\)?")
_REPOSITORY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[\w.-]{1,100}", re.ASCII)
_REPOSITORY_FEED = re.compile(r"/[^/]+/[^/]+/(?:commits(?:/.+)?|releases|tags)\.atom")
_CHANNEL = re.compile(r"/channel/(UC[\w-]{22})(?:/|$)", re.ASCII)
_PLAYLIST = re.compile(r"[\w-]{10,60}", re.ASCII)
_YOUTUBE_FEED = "https://www.youtube.com/feeds/videos.xml"


def recognized(text: str) -> tuple[Feed, ...]:
    """Return the feeds, nameless yet, that a text stands for by its form, best first; none where one must look.

    A text is an address, an arXiv category or listing, or a repository's `owner/name`.
    """
    text = text.strip()
    categories = text.removeprefix("arxiv:")
    if _CATEGORY.fullmatch(categories):
        return (Feed(NAMELESS, "arxiv", ARXIV_API, (categories,)),)
    if _REPOSITORY.fullmatch(text):
        return _of_repository(f"/{text}")
    try:
        parts = urlsplit(text)
    except ValueError:
        return ()
    host = (parts.hostname or "").removeprefix("www.")
    if host == "arxiv.org" or host.endswith(".arxiv.org"):
        return _of_arxiv(parts.path, parts.query)
    if host == "github.com":
        return _of_repository(parts.path)
    return _of_youtube(text, parts.path, parse_qs(parts.query)) if host in ("youtube.com", "m.youtube.com") else ()


def _of_youtube(text: str, path: str, query: dict[str, list[str]]) -> tuple[Feed, ...]:
    if path == "/feeds/videos.xml":
        return (Feed(NAMELESS, "youtube", text),)
    playlist = _PLAYLIST.fullmatch(query.get("list", [""])[0]) if path == "/playlist" else None
    channel = _CHANNEL.match(path)
    if playlist:
        return (Feed(NAMELESS, "youtube", f"{_YOUTUBE_FEED}?playlist_id={playlist[0]}"),)
    return (Feed(NAMELESS, "youtube", f"{_YOUTUBE_FEED}?channel_id={channel[1]}"),) if channel else ()


def repository_of(url: str) -> str:
    """Return whose commits, releases or tags a GitHub feed lists, as `owner/name`; "" for any other feed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.hostname != "github.com" or not _REPOSITORY_FEED.fullmatch(parts.path):
        return ""
    return "/".join(parts.path.split("/")[1:3])


def _of_arxiv(path: str, query: str) -> tuple[Feed, ...]:
    if match := _LISTED.fullmatch(path):
        categories = tuple(dict.fromkeys(match["categories"].split("+")))
        known = all(_CATEGORY.fullmatch(one) for one in categories)
        return (Feed(NAMELESS, "arxiv", ARXIV_API, categories),) if known else ()
    search = parse_qs(query).get("search_query", [""])[0] if path == "/api/query" else ""
    if _SEARCHED_CATEGORIES.fullmatch(search):
        return (Feed(NAMELESS, "arxiv", ARXIV_API, tuple(re.findall(r"cat:([\w.*-]+)", search))),)
    return (Feed(NAMELESS, "arxiv", ARXIV_API, query=search),) if search else ()


def _of_repository(path: str) -> tuple[Feed, ...]:
    """Return what a repository's page offers: releases are news, commits what there is where nothing is released."""
    parts = path.strip("/").split("/")
    if path.endswith(".atom"):
        return (Feed(NAMELESS, "feed", f"https://github.com{path}"),)
    root = f"https://github.com/{'/'.join(parts[:2])}"
    if not any(key.startswith("repo:") for key in strong_keys(root)):
        return ()
    root = root.removesuffix(".git")
    if len(parts) == 3 and parts[2] in ("releases", "tags"):
        return (Feed(NAMELESS, "feed", f"{root}/{parts[2]}.atom"),)
    if len(parts) >= 3 and parts[2] == "commits":
        branch = "/".join(parts[3:])
        return (Feed(NAMELESS, "feed", f"{root}/commits{'/' + branch if branch else ''}.atom"),)
    return (Feed(NAMELESS, "feed", f"{root}/releases.atom"), Feed(NAMELESS, "feed", f"{root}/commits.atom"))
