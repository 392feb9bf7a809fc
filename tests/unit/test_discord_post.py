"""A digest as the bot's messages: marked, split, threaded, tagged, corrected, and shown as Discord shows it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import digests
import pytest
from discord_wire import limits

from digestbot.domain import Digest, DigestSection
from digestbot.render.discord import defused
from digestbot.render.discord_html import discord_html
from digestbot.render.discord_markup import inline_html, markup_html
from digestbot.render.discord_post import (
    Post,
    corrected,
    corrections,
    digest_post,
    nonce_of,
    part_of,
    tags_for,
)
from digestbot.render.words import words_of

KEY = "daily-2026-04-12-discord-0a1b2c3d"
_SOURCES = [digests.realistic(), digests.long(), digests.long(200), digests.empty(), digests.hostile()]
_ACTIVE = re.compile(r'class="(?:mention|invite)"')


def _texts(post: Post) -> Iterator[str]:
    for message in post.messages:
        yield str(message["content"])
        for embed in message.get("embeds", ()):  # type: ignore[attr-defined]  # a list of embeds
            yield from (str(embed[name]) for name in ("title", "description") if name in embed)


@pytest.mark.parametrize("source", _SOURCES)
@pytest.mark.parametrize("role", ["", "123456789012345678"])
def test_a_post_is_within_every_limit(source: Digest, role: str) -> None:
    """Whatever is in a digest, Discord takes each of its messages, and the thread's name."""
    post = digest_post(source, KEY, role)

    assert [problem for message in post.messages for problem in limits.problems(message)] == []
    assert 1 <= len(post.name) <= 100
    assert len(nonce_of(KEY, len(post.messages))) <= 25


@pytest.mark.parametrize("source", _SOURCES)
def test_each_message_says_which_it_is(source: Digest) -> None:
    """A message is recognized by its last line, in the order of posting, and by its own delivery alone."""
    post = digest_post(source, KEY)

    contents = [str(message["content"]) for message in post.messages]

    assert [part_of(content, KEY) for content in contents] == list(range(1, len(contents) + 1))
    assert {part_of(content, "another") for content in contents} == {None}
    assert len({nonce_of(KEY, n) for n in range(1, 100)} | {nonce_of("another", 1)}) == 100


def test_a_text_cannot_pass_for_the_line() -> None:
    """The line that counts is ours, at the end, whatever a lead says before it."""
    mark = part_line(digest_post(digests.empty(), KEY))

    post = digest_post(replace(digests.realistic(), lead=f"\n{mark}\n"), KEY)

    assert part_of(str(post.messages[0]["content"]), KEY) == 1
    assert str(post.messages[0]["content"]).count("\n-# ") == 1


def part_line(post: Post) -> str:
    """Return the last line of a post."""
    return str(post.messages[-1]["content"]).splitlines()[-1]


def test_a_long_digest_opens_short_and_goes_on_in_a_thread() -> None:
    """The opening names each section with its number of stories; every story stands in the messages after it."""
    source = digests.long(40)

    post = digest_post(source, KEY)

    opening, rest = post.messages[0], json.dumps(post.messages[1:], ensure_ascii=False)
    embeds: Any = opening["embeds"]
    assert post.threaded
    assert len(embeds) == 1
    assert all(section.title in embeds[0]["description"] for section in source.sections)
    assert all(defused(entry.title) in rest for section in source.sections for entry in section.entries)
    assert not digest_post(digests.realistic(), KEY).threaded


def test_only_the_role_that_was_chosen_is_pinged_and_only_once() -> None:
    """The first message pings the role, no other pings anybody; something else than an id pings nobody."""
    post = digest_post(digests.long(40), KEY, "42")

    assert post.messages[0]["allowed_mentions"] == {"parse": [], "roles": ["42"]}
    assert str(post.messages[0]["content"]).startswith("<@&42>\n")
    assert {json.dumps(message["allowed_mentions"]) for message in post.messages[1:]} == {'{"parse": []}'}
    assert digest_post(digests.long(40), KEY, "everyone") == digest_post(digests.long(40), KEY)


def test_a_forum_s_tags_are_those_that_name_a_section() -> None:
    """A tag may be a section's number, its title or words of it; at most five, the fullest sections first."""
    post = digest_post(digests.realistic(), KEY)
    tags = [("1", "VIII"), ("2", "Inference and efficiency"), ("3", "III"), ("4", "off topic"), ("5", ""), ("6", "I")]

    assert tags_for(post, tags) == ["3", "2", "1"]
    assert tags_for(post, []) == []
    many = replace(post, sections=tuple(f"s{n}" for n in range(9)))
    assert len(tags_for(many, [(str(n), f"s{n}") for n in range(9)])) == 5


def test_a_correction_is_written_into_the_posted_message_once() -> None:
    """The story that changed gets a line above its text, the others stay, and a second time changes nothing."""
    told = digest_post(digests.realistic(), KEY)
    embeds: Any = told.messages[0]["embeds"]
    entry = replace(
        digests.realistic().sections[0].entries[1], label="Withdrawn", change="It was withdrawn by its authors."
    )
    news = digests.digest(DigestSection("III", "III", (entry,)))
    posted = [{**embed, "type": "rich", "content_scan_version": 4} for embed in embeds]

    found = corrected(posted, corrections(news), words_of("en"))

    assert found is not None
    assert str(found[1]["description"]).startswith("**Withdrawn: It was withdrawn by its authors.**\n")
    assert [embed for n, embed in enumerate(found) if n != 1] == [embed for n, embed in enumerate(embeds) if n != 1]
    assert corrected(found, corrections(news), words_of("en")) is None
    assert corrected(embeds, (), words_of("en")) is None


def test_a_correction_of_a_full_message_keeps_the_limits() -> None:
    """What is written in makes room for itself."""
    entry = digests.entry("T", label="Update", change="c" * 400)
    full = [{"title": "t", "url": entry.url, "description": "line\n" * 815}, {"description": "x" * 1900}]

    found = corrected(full, [entry], words_of("en"))

    assert found is not None
    assert limits.problems({"embeds": found}) == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**b** *i* __u__ ~~s~~", "<b>b</b> <i>i</i> <u>u</u> <s>s</s>"),
        (r"\*no\* \_no\_ 2 * 3", "*no* _no_ 2 * 3"),
        ("[t](https://a.example/x)", '<a href="https://a.example/x">t</a>'),
        ("see https://a.example/x.", 'see <a href="https://a.example/x">https://a.example/x</a>.'),
        ("<@&12> @everyone", '<span class="mention">&lt;@&amp;12&gt;</span> <span class="mention">@everyone</span>'),
        ("discord.gg/abc", '<span class="invite">discord.gg/abc</span>'),
        ("`a *b*`", "<code>a *b*</code>"),
        ("<script>", "&lt;script&gt;"),
    ],
)
def test_markup_is_shown_as_discord_shows_it(text: str, html: str) -> None:
    """Bold, links, mentions, invitations and escapes; everything else is text."""
    assert inline_html(text) == html


def test_blocks_are_told_apart() -> None:
    """Headings, small print, quotes, lists and code are blocks of their own."""
    found = markup_html("# H\n-# small\n> q\n- one\n1. two\n```py\n<x>\n```\n")

    assert "<h1>H</h1><small>small</small><blockquote>q</blockquote>" in found
    assert found.count('class="item"') == 2
    assert "<pre>&lt;x&gt;\n</pre>" in found


_PIECES = (
    *("@everyone", "@here", "<@1234567890>", "<@&12>", "<#34>", "</run:5>", "<t:1700000000:R>", "<:smile:67>"),
    *("[free](https://evil.example)", "https://evil.example/?a=1", "hTTps://evil.example", "www.evil.example"),
    *("discord.gg/abc", "discord.com/invite/abc", "https://discordapp.com/invite/x", "dsc.gg/abc", "`", "``", "```"),
    *("**", "__", "*", "_", "~~", "||", "> ", ">>> ", "# ", "### ", "-# ", "- ", "1. ", "\\", "[", "](", ")", "\n"),
    *("\u200b", "\u2060", "\u202e", "\u2066", "\u200f", "\ud83d", "\udc00", "\x00", "\x1b[31m", "\u0301" * 40),
    *("😀", "你好，世界", "مرحبا", "word", " ", "a" * 300, "长" * 200, "&amp;", "<b>", "javascript:alert(1)", "\t"),
)


def hostile_texts(count: int, seed: int = 7) -> Iterator[str]:
    """Yield texts that try to ping, to lead somewhere, or to break the layout; every hundredth is very long."""
    chance = random.Random(seed)
    for number in range(count):
        text = "".join(chance.choices(_PIECES, k=chance.randint(1, 12)))
        yield (text * 100_000)[:100_000] if number % 100 == 0 else text


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_no_hostile_text_pings_leads_anywhere_or_breaks_a_message(count: int) -> None:
    """Generated texts in every place of a digest: no mention, no link but ours, no limit, no exception."""
    for text in hostile_texts(count, seed=count):
        entry = digests.entry(text, tldr=text, points=(text,) * 3, why=text, authors=(text,), medium=text, change=text)
        entry = replace(entry, label="Update", others=((text, text, "https://example.org/b"),), before=(text,))
        source = digests.digest(DigestSection(text, text, (entry,), (entry,)), roadmap_title=text, lead=text)

        post = digest_post(source, KEY)

        page = discord_html(post.messages, post.name)
        assert [problem for message in post.messages for problem in limits.problems(message)] == []
        assert not _ACTIVE.search(page), repr(text[:200])
        assert set(re.findall(r'href="([^"]*)"', page)) <= {"https://example.org/a", "https://example.org/b"}, repr(
            text[:200]
        )
        assert not re.search(r"@(?:everyone|here)|<(?:@|#|/|t:|a?:)", "".join(_texts(post))), repr(text[:200])
        assert "<pre>" not in page
        assert "<h1>" not in page
