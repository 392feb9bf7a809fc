"""Reads what YouTube says of channels and videos: addresses, marks in a feed, a video's own page; pure.

A feed tells Shorts by their address and what nobody has seen yet by its count of views. Whether a video is or was a
live stream stands on its page alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from digestbot.errors import SourceError
from digestbot.known_sites import YOUTUBE_NAME
from digestbot.ports import Video
from digestbot.wire.plaintext import clean_text, clean_title
from digestbot.wire.recognition import recognized

FEED_URL = "https://www.youtube.com/feeds/videos.xml"
_ENTRY = re.compile(rb"<entry>(.{0,20000}?)</entry>", re.DOTALL)
_VIDEO_ID = re.compile(rb"<yt:videoId>([\w-]{11})</yt:videoId>")
_UNSEEN = re.compile(rb"<media:statistics\s[^>]{0,80}views=\"0\"")
_CHANNEL_ID = re.compile(
    rb"(?:feeds/videos\.xml\?channel_id=|\"(?:channelId|externalId)\":\s?\"|itemprop=\"(?:identifier|channelId)\" "
    rb"content=\")(UC[\w-]{22})"
)
_PLAYER = re.compile(r"ytInitialPlayerResponse\s*=\s*(?=\{)")
_MAX_PAGE_CHARS = 6_000_000
SHORT, STREAM = "short", "live stream"


def address_of(text: str) -> str:
    """Return the address that a channel's or playlist's name stands for: `@handle`, `UC…` or `PL…`; else the text."""
    name = YOUTUBE_NAME.fullmatch(text.strip())
    if name is None:
        return text.strip()
    if name["handle"]:
        return f"https://www.youtube.com/{name['handle']}"
    return f"{FEED_URL}?{'channel_id' if name['channel'] else 'playlist_id'}={name[0]}"


def feed_address(url: str) -> str:
    """Return the address of the feed that a channel's or playlist's address stands for, "" where its page must tell."""
    known = recognized(url)
    return known[0].url if known else ""


def channel_feed(page: bytes) -> str:
    """Return the feed of the channel whose page, or one of whose videos' pages, this is; "" where it names none."""
    found = _CHANNEL_ID.search(page)
    return f"{FEED_URL}?channel_id={found[1].decode()}" if found else ""


def unseen(body: bytes) -> frozenset[str]:
    """Return the ids of the videos in a feed that nobody has seen: not out yet, or out for minutes."""
    entries = [entry for entry in _ENTRY.findall(body) if _UNSEEN.search(entry)]
    return frozenset(found[1].decode() for entry in entries if (found := _VIDEO_ID.search(entry)))


def is_short(url: str) -> bool:
    """Tell whether a feed links a video as a Short."""
    return "youtube.com/shorts/" in url


def video_of(page: str) -> Video:
    """Return what a video's page says of it; raises SourceError (`not-readable`) for a consent wall or another page."""
    match = _PLAYER.search(page[:_MAX_PAGE_CHARS])
    try:
        found = json.JSONDecoder().raw_decode(page, match.end())[0] if match else {}
    except (ValueError, RecursionError):
        found = {}
    details = _mapping(found, "videoDetails")
    about = _mapping(found, "microformat", "playerMicroformatRenderer")
    title = clean_title(str(details.get("title") or ""))
    if not title:
        raise SourceError("youtube's page tells nothing of the video", reason="not-readable")
    stream = _mapping(about, "liveBroadcastDetails")
    is_short_page = "/shorts/" in str(_mapping(about, "embed").get("iframeUrl", "")) or "/shorts/" in str(
        about.get("canonicalUrl", "")
    )
    is_stream = bool(stream) or details.get("isLiveContent") is True
    return Video(
        title=title,
        description=clean_text(str(details.get("shortDescription") or "")),
        author=clean_title(str(details.get("author") or "")),
        published_at=_instant(str(about.get("publishDate") or about.get("uploadDate") or "")),
        state=_state(details, stream),
        marks=tuple(name for name, holds in ((SHORT, is_short_page), (STREAM, is_stream)) if holds),
    )


def _state(details: Mapping[str, Any], stream: Mapping[str, Any]) -> Literal["out", "live", "upcoming"]:
    if details.get("isUpcoming") is True:
        return "upcoming"
    return "live" if details.get("isLive") is True or stream.get("isLiveNow") is True else "out"


def _mapping(found: object, *names: str) -> Mapping[str, Any]:
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _instant(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC)
