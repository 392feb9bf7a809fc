"""An answer as Discord messages: its limits, its links, its buttons, and outside text that stays text."""

from __future__ import annotations

import asyncio
import random
import re
from dataclasses import replace
from typing import Any, cast

import pytest
from asked import NOW, deps
from discord_wire.limits import problems

from digestbot.bot.explain import topic_of
from digestbot.domain.answers import Answer, Asked, Citation, Claim, NextRead, Standing
from digestbot.explain.asking import explained
from digestbot.render.discord_answer import answer_acts, answer_messages, growing, source_messages
from digestbot.render.discord_html import discord_html

BITS = [
    "@everyone",
    "@here",
    "<@1>",
    "<@&2>",
    "<#3>",
    "<t:1:R>",
    "</status:4>",
    "[x](https://e.example)",
    "https://evil.example/a",
    "discord.gg/abc",
    "discord.com/invite/abc",
    "`" * 7,
    "```\n",
    "**",
    "||",
    "\u202e",
    "\u200b",
    "\ud800",
    "\x00",
    "\x1b[31m",
    "\n# ",
    "\n> ",
    "-# ",
    "e\u0301" * 9,
    "推测解码",
    "speculative decoding ",
    "a" * 300,
    "👩‍👩‍👧",
]
SAYING = Answer(
    "0123456789ab",
    Asked("speculative decoding"),
    "speculative decoding",
    "en",
    "answered",
    "offline",
    "1",
    NOW,
    claims=(Claim("what", "Drafts are verified.", ("1", "2")), Claim("new", "Trees help.", ("2",))),
    sources=(
        Citation("1", "a", "Drafting well", "https://arxiv.org/abs/1", "2026-04-10", "paper"),
        Citation("2", "b", "Trees", "javascript:alert(1)", "2026-04-11", "paper"),
    ),
    standing=Standing("I", "c", "Models", "Decoding", ("Attention",), "Serving"),
    reading=(NextRead("Fast inference", "https://arxiv.org/abs/2", "paper"),),
)


def hostile(seed: int) -> str:
    """Return a text of what has an effect in Discord; a few of them are a hundred thousand characters long."""
    draw = random.Random(seed)
    text = "".join(draw.choice(BITS) for _ in range(draw.randint(1, 25)))
    return (text * 100_000)[:100_000] if seed % 250 == 1 else text


def of(text: str, state: Any = "answered") -> Answer:
    """Return an answer in which everything from outside is that text."""
    source = Citation("1", text, text, f"https://e.example/{text[:9]}", text, text, text, text)
    place = Standing(text, text, text, text, (text,), text)
    claims = tuple(Claim("what", text, ("1",), text) for _ in range(16)) if state == "answered" else ()
    return replace(
        SAYING,
        asked=Asked(text),
        state=state,
        refusal="misuse" if state == "refused" else "",
        claims=claims,
        sources=(source,) * 5,
        standing=place,
        reading=(NextRead(text, f"https://e.example/{text[:9]}", text, text),) * 4,
        unknown=(text,) * 3,
        note=text,
    )


def texts(answer: Answer) -> str:
    """Return what an answer's messages say."""
    embeds = [one for message in answer_messages(answer) for one in cast(list[dict[str, Any]], message["embeds"])]
    return "\n".join(f"{one.get('title', '')}\n{one['description']}" for one in embeds)


def test_a_claim_leads_to_its_sources() -> None:
    """By their numbers; one whose address is none is named alone."""
    said = texts(SAYING)

    assert r"Drafts are verified. [\[1\]](https://arxiv.org/abs/1) \[2\]" in said
    assert "javascript" not in said
    assert "**Know first" not in said
    assert "Models › Decoding" in said
    assert "[Fast inference \\(paper\\)](https://arxiv.org/abs/2)" in said


def test_the_last_message_says_how_it_was_made() -> None:
    """Level, sources with their days, and that nobody rewrote the sentences."""
    embeds = cast(list[dict[str, Any]], answer_messages(SAYING)[-1]["embeds"])

    assert embeds[-1]["footer"]["text"].startswith(
        "intermediate · Sources (2026-04-10 to 2026-04-11) · The sentences are the sources' own"
    )


def test_sources_without_days_are_not_announced() -> None:
    """Their button says as much."""
    undated = replace(SAYING, sources=tuple(replace(one, date="") for one in SAYING.sources))

    embeds = cast(list[dict[str, Any]], answer_messages(undated)[-1]["embeds"])

    assert embeds[-1]["footer"]["text"].startswith("intermediate · The sentences")


@pytest.mark.parametrize(
    ("changes", "left_out"),
    [
        ({"asked": Asked("x", "introductory")}, {"simpler", "thread"}),
        ({"asked": Asked("x", "advanced")}, {"deeper", "thread"}),
        ({"state": "thin", "claims": ()}, {"simpler", "deeper", "sources", "thread"}),
        ({"sources": ()}, {"sources", "thread"}),
    ],
)
def test_only_buttons_that_lead_somewhere_are_offered(changes: Any, left_out: set[str]) -> None:
    """Each carries the answer's id alone."""
    everything = {"simpler", "deeper", "ask", "sources", "thread", "helpful", "unhelpful"}

    acts = answer_acts(replace(SAYING, **changes))

    assert everything - {act.name for act in acts} == left_out
    assert {act.answer for act in acts} == {"0123456789ab"}


def test_a_refusal_has_no_buttons() -> None:
    """There is nothing to go on with."""
    assert "components" not in answer_messages(replace(SAYING, state="refused", refusal="quota"))[0]


def test_what_is_under_way_fits_one_message() -> None:
    """However much is known already."""
    assert problems({"embeds": growing(of("long words " * 100))}) == []
    assert "Reading what was found" in str(growing(replace(SAYING, claims=(), sources=())))


@pytest.mark.slow
@pytest.mark.parametrize("state", ["answered", "thin", "refused"])
def test_a_thousand_hostile_texts_stay_text(state: str) -> None:
    """Whatever stands in a question, a title, a claim: within the limits, no ping, no invitation, no link but ours."""
    for seed in range(1000):
        messages = [
            *answer_messages(of(hostile(seed), state), threads=True),
            *source_messages(of(hostile(seed), state)),
        ]
        page = discord_html(messages)

        assert [found for message in messages for found in problems(message)] == [], seed
        assert 'class="mention"' not in page, seed
        assert 'class="invite"' not in page, seed
        assert set(re.findall(r'href="https?://([^/"]+)', page)) <= {"e.example"}, seed
        assert all(message["allowed_mentions"] == {"parse": []} for message in messages)
        page.encode()


@pytest.mark.slow
def test_a_thousand_hostile_topics_are_answered() -> None:
    """As questions and as messages that are to be explained: each gets an answer that Discord takes."""
    asking = deps()

    async def all_of_them() -> None:
        for seed in range(1000):
            topic = topic_of(hostile(seed), ()) if seed % 2 else hostile(seed)
            answer = await explained(asking, Asked(topic, who="discord:1"), NOW)
            messages = answer_messages(answer, threads=True)
            assert [found for message in messages for found in problems(message)] == [], seed
            assert 'class="mention"' not in discord_html(messages), seed

    asyncio.run(all_of_them())
