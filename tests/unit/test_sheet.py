"""A subscription as plain values: read, checked, and written back the same."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from fakes import NOW
from hypothesis import given
from hypothesis import strategies as st

from digestbot.domain import Cadence, Channel, Rule, Shape, Subscription
from digestbot.errors import ConfigError
from digestbot.subscriptions import channels
from digestbot.subscriptions.sheet import applied, check_id, instant, sheet

NEW = Subscription("ada", (), created_at=NOW, since=NOW)
FULL = {
    "to": ["mail:Ada Lovelace <ada@reader.example>", "file:/srv/digests", "discord", "webhook:https://hook.example/x"],
    "cadence": "weekly fri 07:30", "sections": ["VI", "VII"], "chapters": ["kv-cache"], "roadmap": "genai",
    "keywords": ['"KV cache"', "/int[48]/", "量化"], "without": ["survey"], "media": ["paper", "video"],
    "levels": ["advanced"], "strict_level": True, "min_relevance": 0.25, "story_langs": ["en", "zh"],
    "zone": "Europe/Berlin", "quiet": "22:00-07:00", "lang": "zh-Hant", "length": "short", "max_items": 12,
    "rest": "count", "empty": "note", "since": "2026-04-01", "paused_until": "2026-05-01T08:00",
}  # fmt: skip

WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=9)
SHEETS = st.fixed_dictionaries(
    {"to": st.lists(st.sampled_from(("file", "maildir", "mail:ada@r.example", "atom:a.xml")), min_size=1, max_size=3)},
    optional={
        "cadence": st.sampled_from(("daily 06:30", "weekly sun 00:00", "cron 0 8 L * *")),
        "sections": st.lists(WORDS, max_size=3), "keywords": st.lists(WORDS, max_size=4),
        "media": st.lists(st.sampled_from(("paper", "post", "video", "repository")), max_size=3),
        "min_relevance": st.floats(0, 1), "zone": st.sampled_from(("UTC", "Asia/Shanghai")),
        "max_items": st.integers(1, 500), "lang": st.sampled_from(("en", "zh-Hans", "zh-Hant")),
        "length": st.sampled_from(("headlines", "short", "full")),
        "since": st.dates(date(1970, 1, 1), date(2199, 1, 1)).map(str),
    },
)  # fmt: skip


def test_every_key_is_read() -> None:
    """What a sheet says is what the subscription is; times without a zone are those of its own."""
    found = applied(NEW, FULL, NOW)

    assert found.channels == (
        Channel("smtp", "Ada Lovelace <ada@reader.example>"), Channel("file", "/srv/digests"),
        Channel("discord_webhook"), Channel("webhook", "https://hook.example/x"),
    )  # fmt: skip
    assert found.rule == Rule(
        "genai", ("VI", "VII"), ("kv-cache",), ('"KV cache"', "/int[48]/", "量化"), ("survey",), ("paper", "video"),
        ("advanced",), True, 0.25, ("en", "zh"),
    )  # fmt: skip
    assert found.cadence == Cadence("weekly", "07:30", "fri", "", "Europe/Berlin", "22:00-07:00")
    assert found.shape == Shape("zh-Hant", "short", 12, "count", "note")
    assert [at.isoformat() for at in (found.since, found.paused_until) if at] == [
        "2026-03-31T22:00:00+00:00", "2026-05-01T06:00:00+00:00",
    ]  # fmt: skip


@pytest.mark.slow
@given(SHEETS)
def test_a_sheet_goes_out_and_comes_back(given_values: dict[str, Any]) -> None:
    """What is written is read as the same subscription, as values, as YAML and as JSON."""
    one = applied(NEW, given_values, NOW)
    blank = Subscription("new", (), created_at=NOW)

    assert applied(blank, sheet(one), NOW) == one
    assert applied(blank, yaml.safe_load(yaml.safe_dump(sheet(one), allow_unicode=True)), NOW) == one
    assert applied(blank, json.loads(json.dumps(sheet(one))), NOW) == one


def test_a_full_sheet_comes_back_too() -> None:
    """Every key there is survives the round trip."""
    one = applied(NEW, FULL, NOW)

    assert set(FULL) | {"id", "created_at"} == set(sheet(one))
    assert applied(Subscription("new", ()), sheet(one), NOW) == one


def test_all_mistakes_are_told_at_once() -> None:
    """One message names each key that cannot be, with what it takes."""
    wrong = {
        "to": ["pigeon:home"], "cadence": "hourly", "zone": "Mars", "max_items": 0, "min_relevance": 2, "lang": "de",
        "media": ["podcast"], "keywords": ["/(/"], "colour": "red", "strict_level": "yes", "since": "yesterday",
    }  # fmt: skip

    with pytest.raises(ConfigError) as caught:
        applied(NEW, wrong, NOW)

    told = str(caught.value)
    assert told.startswith("subscription 'ada': ")
    assert [key for key in wrong if f"{key}: " not in told] == []
    assert "there is no 'podcast': use paper, post, video or repository" in told


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"to": ["mail:"]}, "needs an address"),
        ({"to": ["mail:a@x.example\nBcc: b@x.example"]}, "control characters"),
        ({"to": ["mail:a@x.example, b@x.example"]}, "is not a mail address"),
        ({"to": ["webhook:javascript:alert(1)"]}, "is not an https address"),
        ({"to": ["webhook:https://user@host.example/"]}, "is not an https address"),
        ({"to": ["terminal:1"]}, "the terminal has no address"),
        ({"empty": "note"}, "an instant subscription says nothing"),
        ({"strict_level": True}, "there is no level to be strict about"),
        ({"keywords": ["word"] * 101}, "too many"),
        ({"sections": [1]}, "expected a list of texts"),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any], said: str) -> None:
    """Addresses that break out of a header, contradictions and endless lists do not get in."""
    with pytest.raises(ConfigError, match=said):
        applied(NEW, values, NOW)


@pytest.mark.parametrize("text", ["", "A", "-a", "a b", "a/b", "x" * 65, "ä"])
def test_an_id_is_plain(text: str) -> None:
    """Ids stand in file names and headers."""
    with pytest.raises(ConfigError, match="cannot be a subscription's id"):
        check_id(text)


def test_spans_count_from_now() -> None:
    """A span looks back, or on where that is asked for."""
    assert instant("36h", NOW) == NOW - timedelta(hours=36)
    assert instant("2w", NOW, ahead=True) == NOW + timedelta(weeks=2)


def test_a_secret_address_is_shown_by_its_host() -> None:
    """Whoever sees a webhook's address can post there."""
    here = channels.parsed("discord:123456789012345678")
    hook = channels.parsed("discord:https://discord.com/api/webhooks/1/secret")

    assert channels.shown(hook) == "discord:discord.com/…"
    assert here == Channel("discord", "123456789012345678")
    assert channels.written(here) == channels.shown(here) == "discord:123456789012345678"
    assert channels.parsed(channels.written(hook)) == hook


def test_a_date_that_no_zone_can_move_is_refused() -> None:
    """The first of all days lies before the first of all years in some zones."""
    with pytest.raises(ConfigError, match="before or after all years"):
        applied(NEW, {"zone": "Asia/Tokyo", "since": "0001-01-01"}, NOW)
