"""Judges what an address answered: fine, moved, gone, failing, behind a wall, or taken back by its authors."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from digestbot.errors import SourceError
from digestbot.keys import canonical_url
from digestbot.ports import Response

LinkState = Literal["fine", "moved", "gone", "failing", "dead", "walled", "retracted", "archived", "refused"]
"""`gone` says so once, `failing` does not answer; after some tries and days either is `dead`. `walled` asks for money
or a login, `archived` is a repository that its owner closed, `refused` is an address that is not asked."""

GONE_TRIES, GONE_AFTER = 2, timedelta(days=2)
"""A page that says that it is not there says so by mistake for a day, seldom longer."""
FAILING_TRIES, FAILING_AFTER = 4, timedelta(days=14)
"""A host that does not answer may be mended in a week or two."""
_FINE_FOR = timedelta(days=28)
_AGAIN_AFTER = timedelta(days=3)
_GONE = frozenset({"http-404", "http-410"})
_WALLED = frozenset({"http-401", "http-402", "http-403", "http-407", "http-451"})
_READABLE = frozenset({"too-large", "bad-encoding"})
"""The page is there, and more than we want to read of it."""
_BUSY = frozenset({"http-429"})
"""The host is there and wants fewer questions: that never means that a page is gone."""
_REFUSED = frozenset({"refused-address", "refused-scheme", "robots"})
_HEAD_CHARS = 60_000
_TITLE = re.compile(r"<title[^>]*>(?P<title>.{0,400}?)</title>", re.IGNORECASE | re.DOTALL)
_NOT_FOUND = re.compile(
    r"^\W*(?:(?:error\s*)?404\b|not found\b|页面不存在|找不到"
    r"|(?:page|file|article|video|document|site)\s+(?:was\s+|is\s+)?(?:not found|unavailable))",
    re.IGNORECASE,
)
_RETRACTED = re.compile(r"^\W*(?:\[?\d{4}\.\d{4,5}\]?\s*)?(?:retracted|withdrawn|retraction|撤稿)\b", re.IGNORECASE)
_RETRACTED_NOTE = re.compile(r"(?:this (?:paper|article|submission) has been (?:withdrawn|retracted))", re.IGNORECASE)
_PAID = re.compile(
    r"\"isAccessibleForFree\"\s*:\s*\"?false|name=[\"']paywall|class=[\"'][^\"']*\bpaywall\b", re.IGNORECASE
)
_CLOSED = re.compile(r"this repository (?:has been|was) archived by the owner", re.IGNORECASE)


@dataclass(frozen=True)
class Check:
    """How an address was found. `due_at` is when to look again, `said` the words that decided where words did."""

    url: str
    state: LinkState
    reason: str
    checked_at: datetime
    due_at: datetime
    failing_since: datetime | None = None
    failures: int = 0
    moved_to: str = ""
    archived: str = ""
    said: str = ""


def judged(url: str, answer: Response | SourceError, before: Check | None, now: datetime) -> Check:
    """Return how an address was found, after how it was found before."""
    if isinstance(answer, SourceError):
        return _failed(url, answer.reason, before, now)
    text = answer.body[:_HEAD_CHARS].decode("utf-8", "replace") if _is_text(answer.headers) else ""
    title = html.unescape(" ".join((match["title"] if (match := _TITLE.search(text)) else "").split()))
    if _NOT_FOUND.search(title) or _fell_home(url, answer.url):
        # A page that is not there and says so in words only, or leads to its site's front page.
        return _failed(url, "http-404", before, now, said=title)
    state, said = _read(text, title)
    fine = Check(url, state, "", now, now + _FINE_FOR, said=said)
    moved = answer.moved_to
    if state == "fine" and moved and canonical_url(moved) != canonical_url(url):
        return replace(fine, state="moved", moved_to=moved)
    return fine


def _read(text: str, title: str) -> tuple[LinkState, str]:
    if _RETRACTED.search(title):
        return "retracted", title[:300]
    if note := _RETRACTED_NOTE.search(text):
        return "retracted", note[0]
    if _PAID.search(text):
        return "walled", ""
    if closed := _CLOSED.search(text):
        return "archived", closed[0]
    return "fine", ""


def _failed(url: str, reason: str, before: Check | None, now: datetime, said: str = "") -> Check:
    """Return what a refusal means: most may pass, and are called dead only after some tries over some days."""
    if reason in _READABLE:
        return Check(url, "fine", reason, now, now + _FINE_FOR)
    if reason in _WALLED:
        return Check(url, "walled", reason, now, now + _FINE_FOR)
    if reason in _REFUSED:
        return Check(url, "refused", reason, now, now + _FINE_FOR)
    since = before.failing_since if before and before.failing_since else now
    failures = (before.failures if before else 0) + 1
    tries, after = (GONE_TRIES, GONE_AFTER) if reason in _GONE else (FAILING_TRIES, FAILING_AFTER)
    is_dead = failures >= tries and now - since >= after and reason not in _BUSY
    state: LinkState = "dead" if is_dead else "gone" if reason in _GONE else "failing"
    due = now + (_FINE_FOR if is_dead else _AGAIN_AFTER)
    return Check(url, state, reason, now, due, since, failures, said=said[:300])


def _fell_home(url: str, ended: str) -> bool:
    """Tell whether an address inside a site led to the site's front page."""
    asked, got = urlsplit(url), urlsplit(ended)
    deep = asked.path.strip("/").count("/") >= 1 or len(asked.path) > 12
    return deep and got.path.strip("/") == "" and not got.query and asked.path.strip("/") != ""


def _is_text(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "text/html").partition(";")[0].strip() in (
        "text/html",
        "application/xhtml+xml",
        "",
    )
