"""The digest as Discord messages: limits, order and text that means nothing to Discord."""

from __future__ import annotations

import re
from typing import Any, cast

import digests
import pytest

from digestbot.domain import Digest, DigestSection
from digestbot.render.discord import defused, digest_messages, size

_SOURCES = [digests.realistic(), digests.long(), digests.long(200), digests.empty(), digests.hostile()]


def _embeds(source: Digest) -> list[dict[str, Any]]:
    return [embed for message in digest_messages(source) for embed in cast(list[dict[str, Any]], message["embeds"])]


def _texts(embed: dict[str, Any]) -> list[str]:
    parts = [embed.get("title"), embed.get("description"), embed.get("footer", {}).get("text")]
    return [part for part in (*parts, embed.get("author", {}).get("name")) if part is not None]


@pytest.mark.parametrize("source", _SOURCES)
def test_every_limit_of_discord_is_kept(source: Digest) -> None:
    """Content, the parts of an embed, embeds per message and their total are within the limits."""
    for message in digest_messages(source):
        embeds = cast(list[dict[str, Any]], message["embeds"])
        assert 1 <= len(embeds) <= 10
        assert size(str(message.get("content", ""))) <= 2000
        assert sum(size(text) for embed in embeds for text in _texts(embed)) <= 6000
        for embed in embeds:
            assert size(embed.get("title", "")) <= 256
            assert size(embed.get("description", "")) <= 4096
            assert size(embed.get("footer", {}).get("text", "")) <= 2048
            assert size(embed.get("author", {}).get("name", "")) <= 256
            assert all(text.strip() for text in _texts(embed))


@pytest.mark.parametrize("source", _SOURCES)
def test_nobody_can_be_pinged(source: Digest) -> None:
    """Every message forbids all mentions, and no text holds one."""
    for message in digest_messages(source):
        assert message["allowed_mentions"] == {"parse": []}
        assert not re.search(r"@everyone|@here|<[@#/t:a]", str(message.get("content", "")))
    assert not any(
        re.search(r"@everyone|@here|<[@#/]|<t:", text) for embed in _embeds(source) for text in _texts(embed)[:2]
    )


def test_the_longest_story_fits() -> None:
    """An entry whose every part is as long as it gets, half of it to be escaped, makes an embed within the limits."""
    text = "*😀" * 3000
    entry = digests.entry(
        text,
        tldr=text,
        points=(text,) * 9,
        why=text,
        medium=text,
        authors=(text, text),
        others=((text, text, "https://a.example/" + "a" * 250),) * 9,
    )

    embeds = _embeds(digests.digest(DigestSection("I", text, (entry,), brief=(entry,) * 30)))

    assert all(size(embed.get("description", "")) <= 4096 for embed in embeds)
    assert sum(size(text) for text in _texts(embeds[0])) <= 6000


def test_stories_come_in_order_and_whole() -> None:
    """Split over messages, the stories keep the digest's order, and a section is named at its first one."""
    embeds = _embeds(digests.long(40))

    titles = [embed["title"] for embed in embeds if "footer" in embed]
    assert len(titles) == 40
    assert titles[3] == "Multi-Drafter Speculative Decoding with Alignment Feedback"
    assert [embed["author"]["name"] for embed in embeds if "author" in embed] == [
        "III · Large-scale pretraining",
        "VI · Inference and efficiency",
        "VIII · Generative models beyond autoregression 自回归之外",
    ]


def test_the_first_message_opens_and_the_last_embed_closes() -> None:
    """Heading and lead come once, and how the digest was made comes last."""
    messages = digest_messages(digests.long(40))

    assert str(messages[0]["content"]).startswith("**From N-grams to LLMs: 42 stories, 12 April 2026**\nEight stories")
    assert not any("content" in message for message in messages[1:])
    assert _embeds(digests.long(40))[-1]["title"] == "How this digest was made"


def test_unsafe_addresses_are_no_links() -> None:
    """An embed has an address only when it is the web's."""
    urls = [embed["url"] for embed in _embeds(digests.hostile()) if "url" in embed]

    assert urls
    assert all(url.startswith("https://evil.example/%22%3E") for url in urls)


@pytest.mark.parametrize(
    "text",
    ["https://evil.example", "discord.gg/abc", "discordapp.com/invite/abc", "@everyone", "<@1>", "<t:17:R>", "[a](b)"],
)
def test_what_discord_acts_on_is_taken_apart(text: str) -> None:
    """Addresses, invitations, mentions, timestamps and masked links do not survive as they were, but read the same."""
    assert text not in defused(f"see {text}")
    assert re.sub(r"\u200b|\\(?=\W)", "", defused(text)) == text


@pytest.mark.parametrize("text", ["# heading", "-# small", "- item", "+ item", "1. item", "> quote", "```code"])
def test_what_discord_acts_on_at_a_line_s_start_is_escaped(text: str) -> None:
    """Headings, lists, quotations and code blocks do not begin with outside text."""
    assert "\\" in defused(text)[:2]
