"""Whatever people type: nothing that is said again pings, and nothing is too long for its place or raises."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digestbot.bot.choices import completed, fitting
from digestbot.bot.subscribe import parts
from digestbot.bot.suggest import links_of
from digestbot.bot.telling import link, wants
from digestbot.domain import Rule

pytestmark = pytest.mark.slow

BITS = [
    "@everyone",
    "<@1>",
    "<@&2>",
    "[x](https://e.example)",
    "discord.gg/a",
    "`" * 9,
    "\u202e",
    "\u200b",
    "\ud800",
    "，",
    "#",
]
TYPED = st.lists(st.sampled_from(BITS) | st.text(max_size=30), max_size=40).map("".join)
PING = re.compile(r"@everyone|@here|(?<!\\)<@[&!]?\d+>|discord\.gg/")


@settings(max_examples=300)
@given(TYPED)
def test_what_is_typed_is_said_again_defused(typed: str) -> None:
    """Words of a subscription and titles of stories, whole and as text alone."""
    shown = wants(Rule(keywords=tuple(parts(typed)[:100])), "zh") + link(typed, "https://e.example/")

    assert not PING.search(shown)
    assert not re.search("[\ud800-\udfff\u202e]", shown)
    assert len(shown) < 4096


@settings(max_examples=300)
@given(TYPED)
def test_what_is_offered_fits(typed: str) -> None:
    """At most 25 choices of at most 100 characters, none of them empty."""
    for found in (completed([("I", typed), ("II", "x")], typed), fitting([("feed", typed)], typed[:3])):
        assert len(found) <= 25
        assert all(0 < len(one.name) <= 100 and 0 < len(one.value) <= 100 for one in found)


@settings(max_examples=300)
@given(TYPED)
def test_links_of_any_message_are_links(typed: str) -> None:
    """Five at most, and each is an address."""
    found = links_of(typed, [typed])

    assert len(found) <= 5
    assert all(re.match("https?://", one) for one in found)
