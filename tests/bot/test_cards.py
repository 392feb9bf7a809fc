"""A proposal as reviewers see it, whatever its words are: within every limit, nothing active, nothing broken."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from discord_wire import limits
from fakes import NOW
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reviewing import OPEN
from typer.testing import CliRunner

from digestbot.__main__ import app
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.bot.cards import Card, diff_block, outcome, payload, person
from digestbot.bot.deciding import lines_of, told
from digestbot.bot.outcomes import embed_of
from digestbot.bot.review import Wish, wish_of
from digestbot.domain import Act, ProposalState, Quote, Suspect
from digestbot.render.discord_html import discord_html
from digestbot.responses import Answer
from digestbot.review import Decision, Standing

BITS = [
    "@everyone", "@here", "<@1>", "<@&2>", "[x](https://evil.example)", "discord.gg/a", "`" * 3, "`" * 9, "\u202e",
    "\u200b", "\ud800", "\x00", "\x1b[31m", "||", "# ", "\n", "\n> ", "-# ", "https://evil.example/", "💥" * 40,
    "**", "\\",
]  # fmt: skip
TYPED = st.lists(st.sampled_from(BITS) | st.text(max_size=30), max_size=30).map("".join)
LINK = re.compile(r"(?<=\])\(https?://[^\s)]+\)")
ACTIVE = re.compile(r"@everyone|@here|(?<!\\)<@[&!]?\d+>|discord\.gg/|(?<!\\)\[x\]\(")
HIDDEN = re.compile("[\ud800-\udfff\u202e\x00\x1b]")
STATES: tuple[ProposalState, ...] = ("open", "accepted", "edited", "rejected", "stale", "applied", "reverted")


def whole(text: str) -> str:
    """Return what stands for 100,000 characters in full; anything else as it is."""
    return "`@here\n" * 14_000 if text == "LONG" else text


def hostile(text: str, state: ProposalState) -> Card:
    """Return a proposal all of whose words are these."""
    diff = f"--- a\n+++ b\n@@ -1,2 +1,3 @@ {text}\n {text}\n-{text}\n+{text}\n"
    one = replace(
        OPEN,
        state=state, title=text, subject=text, roadmap=text, section=text, chapter=text, url=text, old_url=text,
        merit=text, reason=text, evidence=(text,) * 9, quotes=(Quote(text, text), Quote(text, "https://e.example/a)b")),
        signs=(text,) * 5, note=text, decided_by=text, decided_at=NOW, reference=text, diff=diff,
    )  # fmt: skip
    act = Act(one.id, 1, NOW, text, "reject", state, 1, "weak", text, text)
    names = (text, "discord:1", *(str(n) for n in range(9)))
    standing = Standing(one, (act,), "gone", diff, text, names, names, 2)
    return Card(standing, NOW + timedelta(days=99), text, Suspect(one.story, 0.9, ((text, text),) * 3))


@pytest.mark.slow
@settings(max_examples=1_000, deadline=None)
@given(TYPED, st.sampled_from(STATES), st.sampled_from(["en", "zh"]))
@example("LONG", "rejected", "zh")
def test_a_thousand_hostile_proposals_break_nothing(text: str, state: ProposalState, lang: str) -> None:
    """No ping, no link but those that are named by their host, no fence torn, and within Discord's limits."""
    message = payload(hostile(whole(text), state), lang)

    (embed,) = message["embeds"]
    assert limits.problems(dict(message)) == []
    assert embed["description"].count("```") in (0, 2)
    outside = re.sub("(?s)```diff\n.*?```", "", embed["description"])
    shown = "\n".join([embed["title"], outside, *(field["value"] for field in embed["fields"])]).replace("<@1>", "")
    assert not ACTIVE.search(LINK.sub("", shown))
    assert not HIDDEN.search(f"{shown}{embed['description']}{embed['author']['name']}")


@pytest.mark.slow
@settings(max_examples=1_000, deadline=None)
@given(TYPED, st.sampled_from(["en", "zh"]))
@example("LONG", "en")
def test_a_thousand_hostile_answers_break_nothing(text: str, lang: str) -> None:
    """What somebody who decided or suggested is told, and what they wrote into a form."""
    text = whole(text)
    card = hostile(text, "rejected")
    answer = Answer(text, "discord:5", NOW, "not wanted", text, text, text, lang=lang)

    said = [told(Decision(card.standing.proposal, notes=(text,) * 9), lang), outcome(card.standing, lang)]
    told_them = embed_of(answer).to_dict()

    assert limits.problems({"embeds": [told_them, *({"description": one} for one in said)]}) == []
    everything = "\n".join([*said, str(told_them["description"]).replace("<@5>", "")]).replace("<@1>", "")
    assert not ACTIVE.search(LINK.sub("", everything))
    assert not HIDDEN.search(everything)
    kept = lines_of(text, 4_000)
    assert len(kept) <= 4_000
    assert all(letter == "\n" or letter.isprintable() for letter in kept)


def test_a_diff_keeps_its_shape() -> None:
    """Indentation stays, the names of the file go, and what is too long is counted."""
    lines = "".join(f"+  - point {n}\n" for n in range(300))

    block = diff_block(f"--- a/map.md\n+++ b/map.md\n@@ -1,2 +1,3 @@\n \n context\n--- gone\n{lines} \n", "en")

    shown, _, rest = block.removeprefix("```diff\n").partition("```")
    assert shown.startswith("@@\n context\n--- gone\n+  - point 0\n+  - point 1\n")
    assert f"{300 - shown.count('point')} more" in rest


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("discord:42", "<@42>"),
        ("discord:４２", "discord:４２"),
        ("discord:" + "9" * 30, "discord:" + "9" * 30),
        ("<@42>", "\\<\u200b@\u200b42\\>"),
        ("ada", "ada"),
    ],
)
def test_people_are_named(name: str, expected: str) -> None:
    """Those on Discord as Discord shows them, all others by their words."""
    assert person(name) == expected


@pytest.mark.parametrize("wish", [Wish(), Wish("a:b", "VI", "add", True), Wish(section="I")])
def test_a_wish_comes_back_from_a_button(wish: Wish) -> None:
    """With the place among what it finds; nonsense is the first of all."""
    assert wish_of(wish.written(7)) == (wish, 7)
    assert wish_of("x") == (Wish(), 0)


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "word"), [("en", "Accept"), ("zh-Hans", "采纳"), ("zh-Hant", "採納")])
def test_a_proposal_is_shown_as_discord_would_show_it(tmp_path: Path, lang: str, word: str, blank_ledger: Path) -> None:
    """`review show --html` writes its page, with coloured lines and the buttons in a language."""
    (tmp_path / "ledger.db").write_bytes(blank_ledger.read_bytes())
    ledger = Ledger(sqlite_url(tmp_path / "ledger.db"))
    ledger.publications.record_proposals([OPEN])
    ledger.close()
    own = {"DIGESTBOT_HOME": str(tmp_path), "DIGESTBOT_NOW": NOW.isoformat()}
    words = ["review", "show", OPEN.id, "--html", str(tmp_path / "page.html"), "--lang", lang]

    result = CliRunner().invoke(app, words, env=own)

    page = (tmp_path / "page.html").read_text("utf-8")
    assert result.exit_code == 0, result.output
    assert word in page
    assert '<span class="ins">+- [A title]' in page


def test_a_page_shows_times_and_diffs_as_discord_does() -> None:
    """Outside text in a diff stays text."""
    embed = {"description": "at <t:0:f>\n```diff\n-<b>old</b>\n+new\n```", "fields": [{"name": "n", "value": "v"}]}

    page = discord_html([{"embeds": [embed]}])

    assert "<time>1970-01-01 00:00</time>" in page
    assert '<pre><span class="del">-&lt;b&gt;old&lt;/b&gt;</span>\n<span class="ins">+new</span></pre>' in page
    assert '<div class="field"><b>n</b><div>v</div></div>' in page
