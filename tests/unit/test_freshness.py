"""What an origin says of when to come back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from digestbot.domain import Origin
from digestbot.ports import Response
from digestbot.wire.freshness import LONGEST, fresh_for, origin_of, rhythm_of

HOUR = timedelta(hours=1)
SENT = "Sun, 12 Apr 2026 18:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=3600"}, HOUR),
        ({"cache-control": 'MAX-AGE="3600"'}, HOUR),
        ({"cache-control": "max-age=3600", "age": "1800"}, HOUR / 2),
        ({"cache-control": "max-age=3600", "age": "7200"}, None),
        ({"cache-control": "max-age=3600, no-cache"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "s-maxage=3600"}, None),
        ({"cache-control": "max-age=0", "expires": "Sun, 12 Apr 2026 19:00:00 GMT", "date": SENT}, None),
        ({"cache-control": "max-age=9999999999"}, LONGEST),
        ({"expires": "Sun, 12 Apr 2026 19:00:00 GMT", "date": SENT}, HOUR),
        ({"expires": "Sun, 12 Apr 2026 19:00:00 -0000", "date": SENT}, HOUR),
        ({"expires": "Sun, 12 Apr 2026 17:00:00 GMT", "date": SENT}, None),
        ({"expires": "0", "date": SENT}, None),
        ({"expires": "Sun, 12 Apr 2026 19:00:00 GMT"}, None),
    ],
)
def test_headers_say_for_how_long_an_answer_is_fresh(headers: dict[str, str], expected: timedelta | None) -> None:
    """max-age goes before Expires, the answer's age is taken off, and what must not be kept is not fresh at all."""
    assert fresh_for(headers) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"", (None, frozenset())),
        (b"<ttl> 60 </ttl>", (HOUR, frozenset())),
        (b"<ttl>0</ttl>", (None, frozenset())),
        (b"<ttl>999999</ttl>", (LONGEST, frozenset())),
        (b"<sy:updatePeriod>\nhourly </sy:updatePeriod>", (HOUR, frozenset())),
        (b"<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
         (6 * HOUR, frozenset())),
        (b"<syn:updatePeriod>weekly</syn:updatePeriod><syn:updateFrequency>0</syn:updateFrequency>",
         (7 * 24 * HOUR, frozenset())),
        (b"<skipHours><hour>24</hour>\n<hour>3</hour></skipHours>", (None, frozenset({0, 3}))),
        (b"<skipHours>" + b"".join(b"<hour>%d</hour>" % n for n in range(24)) + b"</skipHours>", (None, frozenset())),
    ],
)  # fmt: skip
def test_a_feed_says_how_often_it_may_be_asked(head: bytes, expected: tuple[timedelta | None, frozenset[int]]) -> None:
    """ttl, updatePeriod and skipHours count where they stand in the channel, and skipping every hour is nonsense."""
    feed = b"<rss><channel>" + head + b"<item><ttl>5</ttl></item></channel></rss>"

    assert rhythm_of(feed) == expected


def test_an_origin_is_read_from_a_whole_answer() -> None:
    """Validators, freshness, rhythm and a permanent move go together."""
    headers = {"etag": '"1"', "last-modified": SENT, "cache-control": "max-age=60"}
    answer = Response(200, "https://b.example/f", headers, b"<rss><ttl>60</ttl></rss>", "https://b.example/f")

    found = origin_of(answer)

    assert found == Origin('"1"', SENT, timedelta(minutes=1), HOUR, frozenset(), "https://b.example/f")
