"""Knows where papers, videos and repositories live, and which address of several is the one to keep.

Pure; must not open anything. Takes addresses already split by `digestbot.keys`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

ARXIV_API = "https://export.arxiv.org/api/query"
"""Where arXiv answers queries (info.arxiv.org/help/api)."""
# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.NNNN[N] since April 2007, archive/YYMMNNN before.
_ARXIV = re.compile(
    r"(?P<id>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|(?P<archive>[a-z]{2,8}(?:-[a-z]{2,4})?)(?:\.[a-z]{2})?/(?P<number>\d{7}))"
    r"(?:v(?P<version>[1-9]\d{0,2}))?",
    re.IGNORECASE,
)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
YOUTUBE_NAME = re.compile(
    r"(?P<handle>@[\w.·-]{2,60})|(?P<channel>UC[\w-]{22})|(?P<playlist>(?:PL|UU|OL|FL)[\w-]{8,60})"
)
"""A channel's handle or id, or a playlist's id, as YouTube writes them in addresses."""
_VIDEO_ID = re.compile(r"[\w-]{11}", re.ASCII)
_OWNER_OR_NAME = re.compile(r"[\w.-]{1,100}", re.ASCII)
_ACL_ID = re.compile(r"(?:[A-Za-z]\d{2}-\d{4}|\d{4}\.[a-z0-9_]+-[a-z0-9]+\.\d+)", re.ASCII)
_PAPER_HASH = re.compile(r"[0-9a-f]{40}")
_NOT_OWNERS = frozenset({
    "about", "apps", "blog", "collections", "contact", "customer-stories", "enterprise", "events", "explore",
    "features", "issues", "join", "login", "marketplace", "new", "notifications", "orgs", "organizations",
    "pricing", "pulls", "readme", "search", "security", "sessions", "settings", "site", "sponsors", "stars", "team",
    "topics", "trending", "users",
})  # fmt: skip
_ARXIV_FORMS = frozenset({"abs", "pdf", "html", "ps", "format", "src", "e-print", "papers", "overview", "resources"})


@dataclass(frozen=True)
class Place:
    """What stands at an address: its key ("arxiv:2604.01234") and the one address to keep for it."""

    key: str
    url: str


def place_at(host: str, path: str, query: Mapping[str, str]) -> Place | None:
    """Return the paper, video or repository an address leads to, None for anything else.

    `host` is lower case without "www." and mobile prefixes, `path` starts with "/".
    """
    rule = _RULES.get(host) or (_arxiv if host.endswith(".arxiv.org") else None)
    return rule(path, query) if rule else _publisher_doi(path)


def arxiv_place(text: str) -> Place | None:
    """Return the place of an arXiv identifier with or without version; None if the text is not exactly one."""
    match = _ARXIV.fullmatch(text)
    if match is None:
        return None
    number = f"{match['archive'].lower()}/{match['number']}" if match["archive"] else match["id"]
    return Place(f"arxiv:{number}", f"https://arxiv.org/abs/{number}")


def arxiv_version_of(path: str) -> int | None:
    """Return the version that an arXiv path names ("/abs/2604.01234v2": 2), None without one."""
    match = _ARXIV.fullmatch(_arxiv_text(path))
    return int(match["version"]) if match and match["version"] else None


def doi_place(text: str) -> Place | None:
    """Return the place of a DOI, None if the text does not begin with one; arXiv's own DOIs lead to arXiv."""
    match = _DOI.match(unquote(text.strip()))
    if match is None or len(match.group()) > 300:
        return None
    doi = match.group().rstrip(".,;:)]}>\"'").lower()
    if doi.startswith("10.48550/arxiv."):
        return arxiv_place(doi.removeprefix("10.48550/arxiv."))
    return Place(f"doi:{doi}", f"https://doi.org/{quote(doi, safe='/:;()._-')}") if doi.partition("/")[2] else None


def _arxiv(path: str, query: Mapping[str, str]) -> Place | None:
    return arxiv_place(_arxiv_text(path))


def _arxiv_text(path: str) -> str:
    first, _, rest = path.strip("/").partition("/")
    if first.lower() not in _ARXIV_FORMS:
        return ""
    return re.sub(r"\.(?:pdf|ps|html?)$", "", rest.rstrip("/"), flags=re.IGNORECASE)


def _doi(path: str, query: Mapping[str, str]) -> Place | None:
    return doi_place(path.lstrip("/"))


def _publisher_doi(path: str) -> Place | None:
    """Return the place of a DOI inside a publisher's path, as in /doi/abs/10.1145/... or /article/10.1007/..."""
    match = re.match(r"/(?:doi|article|chapter|book)(?:/(?:abs|pdf|full|epdf|epub|pdfdirect|fullhtml))?/(10\..+)", path)
    return doi_place(match[1]) if match else None


def _youtube(path: str, query: Mapping[str, str]) -> Place | None:
    first, _, rest = path.strip("/").partition("/")
    video = query.get("v", "") if first == "watch" else rest.split("/")[0] if first in _YOUTUBE_FORMS else ""
    return _video(video)


_YOUTUBE_FORMS = frozenset({"shorts", "embed", "live", "v", "e"})


def _youtu_be(path: str, query: Mapping[str, str]) -> Place | None:
    return _video(path.strip("/").split("/")[0])


def _video(video: str) -> Place | None:
    if _VIDEO_ID.fullmatch(video) is None:
        return None
    return Place(f"youtube:{video}", f"https://www.youtube.com/watch?v={video}")


def _hugging_face(path: str, query: Mapping[str, str]) -> Place | None:
    return arxiv_place(_arxiv_text(path)) if path.startswith("/papers/") else None


def _openreview(path: str, query: Mapping[str, str]) -> Place | None:
    forum = query.get("id", "")
    if path.strip("/") not in ("forum", "pdf", "attachment") or re.fullmatch(r"[\w-]{5,40}", forum, re.ASCII) is None:
        return None
    return Place(f"openreview:{forum}", f"https://openreview.net/forum?id={forum}")


def _acl(path: str, query: Mapping[str, str]) -> Place | None:
    last = path.rstrip("/").rpartition("/")[2].removesuffix(".pdf")
    if _ACL_ID.fullmatch(last) is None:
        return None
    paper = last.upper() if last[0].isalpha() else last
    return Place(f"acl:{paper}", f"https://aclanthology.org/{paper}")


def _semantic_scholar(path: str, query: Mapping[str, str]) -> Place | None:
    last = path.rstrip("/").rpartition("/")[2]
    if not path.startswith("/paper/") or _PAPER_HASH.fullmatch(last) is None:
        return None
    return Place(f"s2:{last}", f"https://www.semanticscholar.org/paper/{last}")


def _github(path: str, query: Mapping[str, str]) -> Place | None:
    """Return the repository; a file or folder inside is a thing of its own, but for the README and a branch's root.

    A repository of notes has an article per file: taking every /blob/ address for the repository would merge them.
    """
    parts = path.strip("/").split("/")
    inside = parts[2:]
    is_root = not inside or (inside[0] == "tree" and len(inside) <= 2)
    is_readme = len(inside) == 3 and inside[0] == "blob" and inside[2].lower().startswith("readme")
    return _repository(parts, "github.com") if is_root or is_readme else None


def _raw_github(path: str, query: Mapping[str, str]) -> Place | None:
    parts = path.strip("/").split("/")
    return _repository(parts, "github.com") if len(parts) == 4 and parts[3].lower().startswith("readme") else None


def _gitlab(path: str, query: Mapping[str, str]) -> Place | None:
    parts = path.strip("/").split("/")
    return _repository(parts, "gitlab.com") if len(parts) == 2 else None


def _repository(parts: list[str], host: str) -> Place | None:
    if len(parts) < 2 or parts[0].lower() in _NOT_OWNERS:
        return None
    owner, name = parts[0].lower(), parts[1].lower().removesuffix(".git")
    if not (_OWNER_OR_NAME.fullmatch(owner) and _OWNER_OR_NAME.fullmatch(name)) or not name.strip("."):
        return None
    prefix = "" if host == "github.com" else f"{host}/"
    return Place(f"repo:{prefix}{owner}/{name}", f"https://{host}/{owner}/{name}")


def _x(path: str, query: Mapping[str, str]) -> Place | None:
    match = re.match(r"/(\w{1,20})/status(?:es)?/(\d{1,20})(?:/|$)", path, re.ASCII)
    return Place(f"x:{match[2]}", f"https://x.com/{match[1].lower()}/status/{match[2]}") if match else None


_RULES: dict[str, Callable[[str, Mapping[str, str]], Place | None]] = {
    "arxiv.org": _arxiv,
    "ar5iv.org": _arxiv,
    "alphaxiv.org": _arxiv,
    "huggingface.co": _hugging_face,
    "hf.co": _hugging_face,
    "doi.org": _doi,
    "dx.doi.org": _doi,
    "youtube.com": _youtube,
    "music.youtube.com": _youtube,
    "youtube-nocookie.com": _youtube,
    "youtu.be": _youtu_be,
    "openreview.net": _openreview,
    "aclanthology.org": _acl,
    "aclweb.org": _acl,
    "semanticscholar.org": _semantic_scholar,
    "github.com": _github,
    "raw.githubusercontent.com": _raw_github,
    "gitlab.com": _gitlab,
    "twitter.com": _x,
    "x.com": _x,
}
