"""Reads what is said in YouTube videos with the `youtube-transcript-api` package, over our own guarded HTTP.

YouTube refuses this to most cloud addresses: whoever asks must do without.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from digestbot.errors import SourceError
from digestbot.ports import Http, Poster, Response, Spoken
from digestbot.wire.plaintext import clean_text
from digestbot.wire.sessions import Bridge, session_over

if TYPE_CHECKING:
    import requests
    from youtube_transcript_api import Transcript, TranscriptList

_MAX_BYTES = 8 << 20
_MAX_PIECES = 20_000
"""Of a talk of ten hours."""
_REASONS = (
    (("RequestBlocked", "IpBlocked", "PoTokenRequired", "FailedToCreateConsentCookie", "AgeRestricted"), "blocked"),
    (("TranscriptsDisabled", "NoTranscriptFound"), "no-transcript"),
    (("VideoUnavailable", "VideoUnplayable", "InvalidVideoId"), "unavailable"),
)
"""What the package raises, and the reason it becomes; whatever else it raises is `not-readable`."""
_SAYS = {
    "blocked": "youtube does not give it to this machine's address",
    "no-transcript": "the video has none",
    "unavailable": "the video cannot be played",
    "not-readable": "youtube's answer cannot be read",
}


class YoutubeTranscripts:
    """Fulfils `ports.Transcripts`."""

    def __init__(self, http: Http, poster: Poster) -> None:
        """Ask over this client, which is one and the same in the program."""
        self._http = http
        self._poster = poster

    async def read(self, video: str, langs: Sequence[str]) -> Spoken:
        """See `ports.Transcripts.read`."""
        bridge = Bridge(self._ask, asyncio.get_running_loop())
        try:
            return await asyncio.to_thread(_read, bridge, video, langs)
        except asyncio.CancelledError:
            bridge.stop()
            raise

    async def _ask(self, request: requests.PreparedRequest) -> Response:
        url = request.url or ""
        if request.method != "POST":
            return await self._http.get(url, max_bytes=_MAX_BYTES)
        body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        return await self._poster.post(url, body, "application/json", max_bytes=_MAX_BYTES)


def _read(bridge: Bridge, video: str, langs: Sequence[str]) -> Spoken:
    from xml.etree.ElementTree import ParseError

    from requests import RequestException
    from youtube_transcript_api import YouTubeTranscriptApi, YouTubeTranscriptApiException

    try:
        found = chosen(YouTubeTranscriptApi(http_client=session_over(bridge.send)).list(video), langs)
        pieces = found.fetch().snippets[:_MAX_PIECES]
    except YouTubeTranscriptApiException as error:
        reason = next((reason for names, reason in _REASONS if type(error).__name__ in names), "not-readable")
        raise SourceError(f"no transcript of {video!r}: {_SAYS[reason]}", reason=reason) from error
    except SourceError as error:
        reason = "blocked" if error.reason in ("http-403", "http-429") else error.reason
        raise SourceError(f"no transcript of {video!r}: {error}", reason=reason) from error
    # Of a stranger's JSON and XML the package expects that they look as it knows them.
    except (RequestException, ParseError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        message = f"no transcript of {video!r}: {_SAYS['not-readable']} ({type(error).__name__})"
        raise SourceError(message, reason="not-readable") from error
    return spoken_of([(piece.text, piece.start) for piece in pieces], found.language_code, found.is_generated)


def chosen(found: TranscriptList, langs: Sequence[str]) -> Transcript:
    """Return the transcript to read: by people before by machine within a language, wanted languages first."""
    wanted = {lang: place for place, lang in enumerate(langs)}

    def rank(transcript: Transcript) -> tuple[int, bool]:
        return wanted.get(transcript.language_code.partition("-")[0], len(wanted)), transcript.is_generated

    return min(found, key=rank)


def spoken_of(pieces: Sequence[tuple[str, float]], lang: str, generated: bool) -> Spoken:
    """Return pieces in the order of their times, without empty ones and without marks such as [Music].

    Each is a text with the second at which it begins. Raises SourceError where nothing is left.
    """
    kept = sorted((start_s, text) for text, start_s in ((_said(text), start_s) for text, start_s in pieces) if text)
    if not kept:
        raise SourceError("the transcript is empty", reason="no-transcript")
    starts_s, texts = zip(*kept, strict=True)
    return Spoken(tuple(texts), tuple(starts_s), lang.partition("-")[0].lower(), generated)


def _said(text: str) -> str:
    line = clean_text(text).replace("\n", " ").removeprefix(">>").strip()
    return "" if line.startswith("[") and line.endswith("]") and "]" not in line[:-1] else line
