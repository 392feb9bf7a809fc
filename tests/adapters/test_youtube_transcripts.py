"""Transcripts through the real package, over a YouTube of our own that answers as YouTube was seen to."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from digestbot.adapters.transcripts import YoutubeTranscripts, spoken_of
from digestbot.errors import SourceError
from digestbot.ports import Response, Spoken

VIDEO = "kCc8FmEb1nY"
WATCH = f"https://www.youtube.com/watch?v={VIDEO}"
SAID = (
    '<transcript><text start="0.5" dur="2">Hello &amp;amp; welcome.</text><text start="3">[Music]</text>{}</transcript>'
)


def track(lang: str, *, generated: bool = False) -> dict[str, Any]:
    """Return a transcript as the player lists it."""
    kind = {"kind": "asr"} if generated else {}
    url = f"https://www.youtube.com/api/timedtext?lang={lang}{'&kind=asr' if generated else ''}"
    return {"baseUrl": url, "name": {"runs": [{"text": lang}]}, "languageCode": lang, **kind}


@dataclass
class FakeYoutube:
    """Serves one video's page, player and transcripts."""

    tracks: list[dict[str, Any]] = field(default_factory=lambda: [track("en")])
    player: Any = None
    page: str = '"INNERTUBE_API_KEY": "key"'
    fails: dict[str, str] = field(default_factory=dict)
    body: str = SAID.format('<text start="4">We begin.</text>')
    asked: list[str] = field(default_factory=list)

    def answer(self, url: str, body: str) -> Response:
        """Return a body, or fail as told for addresses that hold a word."""
        self.asked.append(url)
        for word, reason in self.fails.items():
            if word in url:
                raise SourceError(f"{url!r} failed", reason=reason)
        return Response(200, url, {}, body.encode())

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        return self.answer(url, self.page if "/watch" in url else self.body)

    async def post(self, url: str, body: bytes, content_type: str, *, max_bytes: int | None = None) -> Response:
        assert json.loads(body)["videoId"] == VIDEO
        captions = {"playerCaptionsTracklistRenderer": {"captionTracks": self.tracks}}
        shown = {"playabilityStatus": {"status": "OK"}, "captions": captions} if self.player is None else self.player
        return self.answer(url, json.dumps(shown))

    async def aclose(self) -> None:
        return None


def read(youtube: FakeYoutube, *langs: str) -> Spoken:
    return asyncio.run(YoutubeTranscripts(youtube, youtube).read(VIDEO, langs))


def test_a_transcript_comes_in_the_order_of_its_times() -> None:
    """Texts come clean, with their seconds; marks such as [Music] are nothing that is said."""
    youtube = FakeYoutube()

    assert read(youtube, "en") == Spoken(("Hello & welcome.", "We begin."), (0.5, 4.0), "en")
    assert [url.split("?")[0].rpartition("/")[2] for url in youtube.asked] == ["watch", "player", "timedtext"]


@pytest.mark.parametrize(
    ("langs", "tracks", "expected"),
    [
        (("zh", "en"), [track("en"), track("zh-Hans", generated=True)], ("zh", True)),
        (("zh", "en"), [track("de"), track("en")], ("en", False)),
        (("en",), [track("en", generated=True), track("en-GB")], ("en", False)),
        (("zh",), [track("de", generated=True), track("fr")], ("fr", False)),
        ((), [track("ja")], ("ja", False)),
    ],
)
def test_wanted_languages_come_first(
    langs: tuple[str, ...], tracks: list[dict[str, Any]], expected: tuple[str, bool]
) -> None:
    """The first wanted language there is, else any; within a language people's before a machine's."""
    found = read(FakeYoutube(tracks), *langs)

    assert (found.lang, found.generated) == expected


BOT = {"playabilityStatus": {"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm you\u2019re not a bot"}}
GONE = {"playabilityStatus": {"status": "ERROR", "reason": "This video is unavailable"}}


@pytest.mark.parametrize(
    ("youtube", "reason"),
    [
        pytest.param(FakeYoutube(player=BOT), "blocked", id="bot check"),
        pytest.param(FakeYoutube(page='<div class="g-recaptcha">'), "blocked", id="captcha"),
        pytest.param(FakeYoutube(fails={"/watch": "http-429"}), "blocked", id="too many requests"),
        pytest.param(FakeYoutube(fails={"/player": "http-403"}), "blocked", id="forbidden"),
        pytest.param(FakeYoutube(fails={"/watch": "refused-address"}), "refused-address", id="not a public address"),
        pytest.param(FakeYoutube(player=GONE), "unavailable", id="private or gone"),
        pytest.param(FakeYoutube(player={"playabilityStatus": {"status": "OK"}}), "no-transcript", id="none"),
        pytest.param(FakeYoutube(body=SAID.format("")[:40]), "not-readable", id="broken xml"),
        pytest.param(FakeYoutube(player=["what"]), "not-readable", id="another shape"),
        pytest.param(FakeYoutube(page="nothing"), "not-readable", id="another page"),
        pytest.param(FakeYoutube(tracks=[{"languageCode": "en"}]), "not-readable", id="another list"),
        pytest.param(
            FakeYoutube(body='<!DOCTYPE a [<!ENTITY b "c">]><transcript><text start="1">&b;</text></transcript>'),
            "not-readable",
            id="entities",
        ),
        pytest.param(FakeYoutube(body="<transcript></transcript>"), "no-transcript", id="empty"),
    ],
)
def test_each_refusal_has_its_reason(youtube: FakeYoutube, reason: str) -> None:
    """What YouTube does instead of answering becomes a reason; nothing of it comes out as a fault of ours."""
    with pytest.raises(SourceError) as raised:
        read(youtube, "en")

    assert raised.value.reason == reason


def test_pieces_are_put_in_order() -> None:
    """Pieces that come out of order are sorted by time, and speakers' marks are cut off."""
    found = spoken_of([("second", 2.0), (">> first", 1.0), ("[applause]", 3.0), ("", 4.0)], "en-US", True)

    assert found == Spoken(("first", "second"), (1.0, 2.0), "en", True)
