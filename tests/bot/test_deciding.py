"""Deciding on Discord: what stands in the reviewers' channel, and what its buttons do for whom."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import NOW
from reviewers import Reviewers, fields, ids, propose, shelve, shown
from reviewing import LINE
from server import Server, message_of, on_discord, text_of

from digestbot import review
from digestbot.adapters.ledger import Ledger
from digestbot.domain import Guild, ProposalId
from digestbot.review import Policy, Reviewer
from digestbot.roadmap import parse

pytestmark = pytest.mark.slow
HOSTILE = (
    "@everyone @here <@1> <@&2> <#3>",
    "[free](https://evil.example) discord.gg/abc https://discord.com/invite/abc",
    "\u202eabc\u200b\u2066 \x00 \x1b[31m",
    "```" * 30 + "||x||" + "# " * 20 + "\n## A section\n\n### A chapter\n",
    "💥" * 240,
    "-->\n<script>alert(1)</script>\n<!-- id: first -->",
)
ID = ProposalId("p12345678")


def test_an_open_proposal_stands_in_the_reviewers_channel_once(ledger: Ledger, tmp_path: Path) -> None:
    """With its change, evidence, confidence and buttons, however often the bot looks and restarts."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)

        await reviewers.sync()
        await reviewers.sync()
        await reviewers.restart()
        (message,) = await reviewers.sync()

        assert f"+{LINE.strip()}" in shown(message)
        assert "Confidence: 90%" in shown(message)
        assert "“A whole text.”" in shown(message)
        assert ids(message) == [f"p:review-{act}:{ID}#1" for act in ("accept", "edit", "reject", "later")]

    on_discord(ledger, scenario, home=tmp_path)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_accept_brings_it_into_the_roadmap(ledger: Ledger, tmp_path: Path, locale: str) -> None:
    """After a restart too; the message says who decided, and has no buttons any more."""
    file = shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        await reviewers.sync()
        await reviewers.restart()

        said = await reviewers.ada.click(reviewers.card(), custom_id=f"p:review-accept:{ID}#1")

        assert LINE in file.read_text("utf-8")
        assert ("in the roadmap now" if locale == "en-US" else "已采纳") in text_of(said)
        assert f"<@{reviewers.ada.id}>" in shown(reviewers.card())
        assert ids(reviewers.card()) == []
        (act, _) = ledger.reviews.acts([ID])
        assert (act.by, act.kind) == (f"discord:{reviewers.ada.id}", "accept")

    on_discord(ledger, scenario, home=tmp_path, locale=locale)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_edit_begins_with_the_present_words_and_takes_others(ledger: Ledger, tmp_path: Path, locale: str) -> None:
    """What a reviewer writes stands in the roadmap, and the message says that it was put in other words."""
    file = shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        await reviewers.sync()
        form = await reviewers.ada.click(reviewers.card(), custom_id=f"p:review-edit:{ID}#1")
        begun = fields(form)["text"]

        await reviewers.ada.submit_modal(form, {"text": "It shows a better\nthing, @everyone. \u202e"})

        assert begun == "It shows a thing."
        assert "(post): It shows a better thing, @everyone.\n" in file.read_text("utf-8")
        assert ledger.reviews.proposal(ID)[0].state == "applied"
        assert ids(reviewers.card()) == []

    on_discord(ledger, scenario, home=tmp_path, locale=locale)


def test_edit_of_what_is_no_resource_takes_its_lines(ledger: Ledger, tmp_path: Path) -> None:
    """The new lines as the change has them; what no text file holds is left out."""
    file = shelve(tmp_path)
    propose(ledger, kind="correct", old_url="https://blog.example/known", merit="")

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        await reviewers.sync()
        form = await reviewers.bob.click(reviewers.card(), custom_id=f"p:review-edit:{ID}#1")
        begun = fields(form)["text"]

        await reviewers.bob.submit_modal(form, {"text": "- [Mine](https://e.example/) (post): \x00\u200bmine."})

        assert begun == LINE.strip()
        assert "- [Mine](https://e.example/) (post): mine.\n" in file.read_text("utf-8")

    on_discord(ledger, scenario, home=tmp_path)


@pytest.mark.parametrize(
    ("locale", "label", "word"), [("en-US", "Told already", "Rejected by"), ("zh-CN", "已有同类内容", "拒绝")]
)
def test_reject_asks_why(ledger: Ledger, tmp_path: Path, locale: str, label: str, word: str) -> None:
    """The ground and the words are kept, and stand in the message, in the language of the server."""
    file = shelve(tmp_path)
    before = file.read_text("utf-8")
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server, lang="en" if locale == "en-US" else "zh-Hans")
        await reviewers.sync()
        form = await reviewers.bob.click(reviewers.card(), custom_id=f"p:review-reject:{ID}#1")

        await reviewers.bob.submit_modal(
            form, {"ground": ["known"], "reason": "Stands there [already](https://evil.example)", "wanted": ""}
        )

        assert file.read_text("utf-8") == before
        (act,) = ledger.reviews.acts([ID])
        assert (act.kind, act.ground, act.state) == ("reject", "known", "rejected")
        assert word in shown(reviewers.card())
        assert f"{label}: Stands there \\[already\\]" in shown(reviewers.card())

    on_discord(ledger, scenario, home=tmp_path, locale=locale)


def test_reject_can_name_the_right_place(ledger: Ledger, tmp_path: Path) -> None:
    """A place that the roadmap has is learned from; any other is a mistake, and nothing is decided."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        await reviewers.sync()
        for place in ("nowhere", "second-chapter"):
            form = await reviewers.bob.click(reviewers.card(), custom_id=f"p:review-reject:{ID}#1")
            said = await reviewers.bob.submit_modal(form, {"ground": ["other"], "reason": "", "wanted": place})
            if place == "nowhere":
                assert "has no place" in text_of(said)
                assert ledger.reviews.acts([ID]) == []

        (act,) = ledger.reviews.acts([ID])
        assert (act.ground, act.detail) == ("wrong-place", "sequences/second-chapter")

    on_discord(ledger, scenario, home=tmp_path)


@pytest.mark.parametrize(("locale", "word"), [("en-US", "Put off until"), ("zh-CN", "推迟到")])
def test_later_puts_it_off(ledger: Ledger, tmp_path: Path, locale: str, word: str) -> None:
    """The message stays with its buttons and says until when."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server, lang="en" if locale == "en-US" else "zh-Hans")
        await reviewers.sync()
        asked = await reviewers.ada.click(reviewers.card(), custom_id=f"p:review-later:{ID}#1")
        await reviewers.restart()

        said = await reviewers.ada.select(message_of(asked), ["14"], custom_id=f"s:review-later:{ID}#1")

        assert ledger.reviews.proposal(ID)[0].waits_until == NOW + timedelta(days=14)
        assert word in text_of(said)
        assert word in shown(reviewers.card())
        assert len(ids(reviewers.card())) == 4

    on_discord(ledger, scenario, home=tmp_path, locale=locale)


@pytest.mark.parametrize("act", ["accept", "edit", "reject", "later"])
@pytest.mark.parametrize(("locale", "word"), [("en-US", "Only people with the role"), ("zh-CN", "只有拥有身份组")])
def test_without_the_role_nothing_can_be_decided(
    ledger: Ledger, tmp_path: Path, act: str, locale: str, word: str
) -> None:
    """The refusal names the role; nothing is recorded."""
    file = shelve(tmp_path)
    before = file.read_text("utf-8")
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        await reviewers.sync()

        said = await reviewers.eve.click(reviewers.card(), custom_id=f"p:review-{act}:{ID}#1")
        manager = await server.ada.slash(server.papers, "review")

        assert word in text_of(said)
        assert word in text_of(manager)
        assert ledger.reviews.acts([ID]) == []
        assert file.read_text("utf-8") == before

    on_discord(ledger, scenario, home=tmp_path, locale=locale)


def test_a_server_decides_only_where_the_operator_lets_it(ledger: Ledger, tmp_path: Path) -> None:
    """On a bot that anybody may invite none does until it is named; without a role nobody does."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        bot: Any = server.env.bot
        bot.application.bot_public = True
        assert await reviewers.sync() == []
        stranger = await reviewers.ada.slash(server.papers, "review")
        object.__setattr__(bot.desk.reviews, "servers_now", lambda: {str(server.guild.id)})
        assert len(await reviewers.sync()) == 1
        ledger.guilds.save(Guild(str(server.guild.id), review_channel=str(reviewers.channel.id)))

        nobody = await reviewers.ada.slash(server.papers, "review")

        assert "DIGESTBOT_REVIEW_SERVERS" in text_of(stranger)
        assert str(server.guild.id) in text_of(stranger)
        assert "No role decides here" in text_of(nobody)

    on_discord(ledger, scenario, home=tmp_path)


def test_a_quorum_says_how_many_are_wanted(ledger: Ledger, tmp_path: Path) -> None:
    """Nobody's vote counts twice, and both names stand in the end."""
    file = shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        object.__setattr__(server.env.bot.desk.reviews.desk, "policy", Policy(2))  # type: ignore[attr-defined]
        await reviewers.sync()
        for _ in range(2):
            first = await reviewers.ada.click(reviewers.card(), custom_id=f"p:review-accept:{ID}#1")
        waiting = shown(reviewers.card())
        assert LINE not in file.read_text("utf-8")

        await reviewers.bob.click(reviewers.card(), custom_id=f"p:review-accept:{ID}#1")

        assert "1 more wanted" in text_of(first)
        assert f"✅ <@{reviewers.ada.id}> · 1 wanted" in waiting
        assert f"<@{reviewers.ada.id}>, <@{reviewers.bob.id}>" in shown(reviewers.card())
        assert LINE in file.read_text("utf-8")

    on_discord(ledger, scenario, home=tmp_path)


def test_whoever_comes_second_learns_who_was_first(ledger: Ledger, tmp_path: Path) -> None:
    """By a form that was open meanwhile, and by a button that their Discord still shows."""
    file = shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        await reviewers.sync()
        card = reviewers.card()
        form = await reviewers.bob.click(card, custom_id=f"p:review-reject:{ID}#1")
        await reviewers.ada.click(card, custom_id=f"p:review-accept:{ID}#1")

        late = await reviewers.bob.submit_modal(form, {"ground": ["weak"], "reason": "", "wanted": ""})

        assert "decided already" in text_of(late)
        assert f"<@{reviewers.ada.id}>" in text_of(late)
        assert next(act.by for act in ledger.reviews.acts([ID])) == f"discord:{reviewers.ada.id}"
        assert file.read_text("utf-8").count(LINE) == 1

    on_discord(ledger, scenario, home=tmp_path)


def test_what_was_changed_since_is_not_decided_unseen(ledger: Ledger, tmp_path: Path) -> None:
    """A button of an earlier text decides nothing, in the form that was open meanwhile either."""
    file = shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        desk = server.env.bot.desk.reviews.desk  # type: ignore[attr-defined]
        object.__setattr__(desk, "policy", Policy(2))
        await reviewers.sync()
        form = await reviewers.bob.click(reviewers.card(), custom_id=f"p:review-edit:{ID}#1")
        review.edit(desk, ProposalId(ID), Reviewer("ada"), NOW, "Other words.")

        pressed = await reviewers.bob.click(reviewers.card(), custom_id=f"p:review-accept:{ID}#1")
        sent = await reviewers.bob.submit_modal(form, {"text": "Mine."})

        assert "changed since you saw it" in text_of(pressed)
        assert "changed since you saw it" in text_of(sent)
        assert ids(reviewers.card())[0] == f"p:review-accept:{ID}#2"
        assert "Other words." in shown(reviewers.card())
        assert LINE not in file.read_text("utf-8")

    on_discord(ledger, scenario, home=tmp_path)


def test_what_fits_no_more_is_stale(ledger: Ledger, tmp_path: Path) -> None:
    """The message warns as soon as the section has moved on; accepting then says so and ends it."""
    file = shelve(tmp_path)
    propose(ledger, kind="correct", merit="", old_url="https://blog.example/known")

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        await reviewers.sync()
        file.write_text("# A map\n\n## Other\n\n### Elsewhere\n\nWords.\n", encoding="utf-8")
        await reviewers.sync()
        warned = shown(reviewers.card())

        said = await reviewers.ada.click(reviewers.card(), custom_id=f"p:review-accept:{ID}#1")

        assert "The roadmap has moved on" in warned
        assert "decided already" in text_of(said)
        assert "Stale" in text_of(said)
        assert "Stale" in shown(reviewers.card())
        assert ledger.reviews.proposal(ID)[0].state == "stale"

    on_discord(ledger, scenario, home=tmp_path)


def test_hostile_forms_break_nothing(ledger: Ledger, tmp_path: Path) -> None:
    """Whatever is written into them, the roadmap stays text, and no message pings, links or fails."""
    file = shelve(tmp_path)
    for n, _ in enumerate(HOSTILE):
        propose(ledger, f"p{n}", subject=str(n), title=f"T{n}", url=f"https://blog.example/{n}")

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        await reviewers.sync()
        for n, text in enumerate(HOSTILE):
            found = {message.embeds[0].footer.text: message for message in reviewers.channel.history()}
            act = "edit" if n % 2 else "reject"
            form = await reviewers.ada.click(found[f"p{n} · 1"], custom_id=f"p:review-{act}:p{n}#1")
            given = {"text": text} if n % 2 else {"ground": ["weak"], "reason": text, "wanted": ""}
            await reviewers.ada.submit_modal(form, given)

        cards = [shown(message) for message in reviewers.channel.history()]
        everything = "\n".join(re.sub("(?s)```diff\n.*?```", "", text) for text in cards)
        assert {text.count("```") for text in cards} == {2}
        assert not re.search(r"@everyone|@here|<@&|(?<!\\)\[free\]|discord\.gg/|[\u202e\ud800\x00]", everything)
        assert parse(file.read_text("utf-8"), "map").chapters
        assert {one.state for one in ledger.reviews.proposals()} == {"rejected", "applied"}

    on_discord(ledger, scenario, home=tmp_path)
