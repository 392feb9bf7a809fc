"""The digest as Markdown, read back with a CommonMark parser."""

from __future__ import annotations

from dataclasses import replace

import digests
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from digestbot.domain import DigestSection, ProposalId
from digestbot.render.markdown import digest_markdown, escaped
from digestbot.render.wording import title
from digestbot.render.words import ENGLISH


def _tokens(markdown: str) -> list[Token]:
    found: list[Token] = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown):
        found += [token, *(token.children or ())]
    return found


def _text(markdown: str) -> str:
    shown = "".join(token.content for token in _tokens(markdown) if token.type in ("text", "text_special", "softbreak"))
    return shown.replace("\u200b", "")


@pytest.mark.parametrize("text", digests.HOSTILE)
def test_outside_text_is_shown_letter_for_letter(text: str) -> None:
    """Escaped text parses to one paragraph of exactly itself: no link, image, HTML, emphasis, code, heading or list."""
    shown = title(text, ENGLISH)

    tokens = _tokens(escaped(shown))

    assert {token.type for token in tokens} <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    assert _text(escaped(shown)) == shown


def test_a_hostile_digest_links_only_where_we_link() -> None:
    """Every link of the document goes to a story's own safe address, and there is no HTML or image in it."""
    tokens = _tokens(digest_markdown(digests.hostile()))

    kinds = {token.type for token in tokens}
    hrefs = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    assert not kinds & {"html_inline", "html_block", "image", "table_open", "fence", "code_block", "ordered_list_open"}
    assert hrefs == {"https://evil.example/%22%3E%3Cscript%3E?a=%28b%29&c=%60d%60"}


@pytest.mark.parametrize(
    "text", ["@everyone", "thanks @octocat", "see #12", "https://evil.example", "www.evil.example"]
)
def test_what_is_looked_for_after_parsing_is_broken_up(text: str) -> None:
    """Mentions, issue numbers and bare addresses do not survive as such, since backslashes would not stop them."""
    assert text.split()[-1] not in escaped(text).replace("\\", "")


def test_a_digest_has_its_sections_and_stories_as_headings() -> None:
    """The outline of the document is the digest's."""
    tokens = _tokens(digest_markdown(digests.realistic()))

    heads = [(token.tag, tokens[i + 1].content) for i, token in enumerate(tokens) if token.type == "heading_open"]
    assert [text for tag, text in heads if tag == "h1"] == ["From N-grams to LLMs: 10 stories, 12 April 2026"]
    assert [text for tag, text in heads if tag == "h2"] == [
        "III · Large-scale pretraining",
        "VI · Inference and efficiency",
        "VIII · Generative models beyond autoregression 自回归之外",
        "Proposals waiting for review",
    ]
    assert len([text for tag, text in heads if tag == "h3"]) == 9


def test_every_story_is_there_however_many() -> None:
    """The Markdown file is the whole digest: nothing is cut."""
    many = tuple(digests.entry(f"Story {i}.") for i in range(500))
    text = digest_markdown(digests.digest(DigestSection("I", "One", many[:300], many[300:])))

    assert all(f"[Story {i}.]" in text for i in range(500))


def test_a_proposal_is_shown_with_a_command_that_is_safe_to_paste() -> None:
    """Nothing of a proposal's id but letters, digits, dots, colons, dashes and underscores reaches the command."""
    source = replace(digests.realistic(), proposals=((ProposalId("p-1`; rm -rf /"), "add"),))

    assert "- add: `digestbot review show p-1rm-rf`" in digest_markdown(source)
