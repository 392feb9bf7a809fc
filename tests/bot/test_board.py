"""The reviewers' channels: every open proposal stands there once and shows its standing, whoever decides where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import NOW
from reviewers import Reviewers, ids, propose, shelve, shown
from server import Server, message_of, on_discord, text_of

from digestbot import review
from digestbot.adapters.ledger import Ledger
from digestbot.domain import Guild, ProposalId
from digestbot.review import Reviewer

pytestmark = pytest.mark.slow
ID = ProposalId("p12345678")


def desk_of(server: Server) -> Any:
    """Return the review's own desk, as the terminal has it."""
    bot: Any = server.env.bot
    return bot.desk.reviews.desk


@pytest.mark.parametrize("act", ["accept", "reject", "later", "revert"])
def test_what_is_decided_elsewhere_is_shown(ledger: Ledger, tmp_path: Path, act: str) -> None:
    """Who decided in the terminal, and why, stands in the message after the next round."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers, who = Reviewers(server), Reviewer("carol")
        await reviewers.sync()
        if act in ("accept", "revert"):
            review.accept(desk_of(server), ID, who, NOW)
        if act == "reject":
            review.reject(desk_of(server), ID, who, NOW, "too *narrow*")
        if act == "revert":
            review.revert(desk_of(server), ID, who, NOW, "a mistake")
        if act == "later":
            review.later(desk_of(server), ID, who, NOW, NOW + timedelta(days=3))

        (message,) = await reviewers.sync()

        words = {
            "accept": "Accepted by carol",
            "reject": "> too \\*narrow\\*",
            "revert": "Taken back by carol",
            "later": "Put off until",
        }
        assert words[act] in shown(message)
        assert len(ids(message)) == (4 if act == "later" else 0)

    on_discord(ledger, scenario, home=tmp_path)


def test_every_server_shows_the_same(ledger: Ledger, tmp_path: Path) -> None:
    """Each in its own language; a decision on one is shown on the other, and a decided one is posted nowhere anew."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        guild = server.env.create_guild("Leser")
        place = guild.create_text_channel("pruefung")
        ledger.guilds.save(Guild(str(guild.id), "Leser", review_channel=str(place.id), lang="zh-Hans", joined_at=NOW))
        await reviewers.sync()
        (before,) = place.history()
        await reviewers.ada.click(reviewers.card(), custom_id=f"p:review-accept:{ID}#1")
        (after,) = place.history()

        other = server.guild.create_text_channel("moved")
        ledger.guilds.save(replace(ledger.guilds.get(str(server.guild.id)), review_channel=str(other.id)))
        await reviewers.sync()

        assert "采纳" in str(before.components)
        assert "已写入路线图" in shown(after)
        assert list(other.history()) == []

    on_discord(ledger, scenario, home=tmp_path)


def test_a_change_elsewhere_in_the_roadmap_edits_no_message(ledger: Ledger, tmp_path: Path) -> None:
    """Only a proposal that looks otherwise by it is edited."""
    file = shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        await reviewers.sync()
        edited = reviewers.card().edited_at
        file.write_text(
            f"{file.read_text('utf-8')}- [New](https://e.example/new) (post): far below.\n", encoding="utf-8"
        )
        before = ledger.review_posts.all()[0].shown

        (message,) = await reviewers.sync()

        assert ledger.review_posts.all()[0].shown != before
        assert (message.edited_at, edited) == (None, None)

    on_discord(ledger, scenario, home=tmp_path)


def test_what_is_put_off_is_posted_when_its_time_comes(ledger: Ledger, tmp_path: Path) -> None:
    """What nobody should look at yet is no message yet."""
    shelve(tmp_path)
    propose(ledger, waits_until=NOW + timedelta(days=1))
    propose(ledger, "p2", subject="2", waits_until=NOW - timedelta(days=1))

    async def scenario(server: Server) -> None:
        (message,) = await Reviewers(server).sync()

        assert message.embeds[0].footer.text == "p2 · 1"

    on_discord(ledger, scenario, home=tmp_path)


@pytest.mark.parametrize("posted", [True, False])
@pytest.mark.parametrize("decided", [True, False])
def test_a_crash_leaves_one_message(ledger: Ledger, tmp_path: Path, posted: bool, decided: bool) -> None:
    """Between the record before and the one after: the channel is asked what stands there."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        if posted:
            await reviewers.sync()
            (post,) = ledger.review_posts.all()
            begun = replace(post, state="sending", message="", shown="", begun_at=server.env.now())
            ledger.review_posts.record(begun)
        else:
            ledger.review_posts.begin(str(reviewers.channel.id), ID, str(server.guild.id), datetime.now(UTC))
        if decided:
            review.accept(desk_of(server), ID, Reviewer("carol"), NOW)
        await reviewers.restart()
        await reviewers.sync()

        found = await reviewers.sync()

        assert len(found) == (0 if decided and not posted else 1)
        assert all(len(ids(one)) == (0 if decided else 4) for one in found)
        (post,) = ledger.review_posts.all()
        assert post.state == ("sent" if found else "gone")

    on_discord(ledger, scenario, home=tmp_path)


def test_a_message_that_was_deleted_does_not_come_again(ledger: Ledger, tmp_path: Path) -> None:
    """Whoever deleted it wanted it gone; `/review` still has the proposal."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        (message,) = await reviewers.sync()
        await message.delete()
        review.later(desk_of(server), ID, Reviewer("carol"), NOW, NOW + timedelta(seconds=1))
        await reviewers.sync()

        assert await reviewers.sync() == []
        assert ledger.review_posts.all()[0].state == "gone"

    on_discord(ledger, scenario, home=tmp_path)


def test_a_channel_that_is_closed_to_the_bot_holds_up_no_other(ledger: Ledger, tmp_path: Path) -> None:
    """The operator is told what to click, once; the other server gets its message."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        closed = server.env.create_guild("Closed")
        place = closed.create_text_channel("reviews")
        ledger.guilds.save(Guild(str(closed.id), "Closed", review_channel=str(place.id), joined_at=NOW))
        server.env.inject_error("POST", f"/channels/{place.id}/messages", status=403, code=50013, times=9)

        await reviewers.sync()
        (message,) = await reviewers.sync()

        assert len(ids(message)) == 4
        assert len([line for line in server.lines if "Embed Links" in line]) == 1

    on_discord(ledger, scenario, home=tmp_path)


@pytest.mark.parametrize(("locale", "word"), [("en-US", "Accept"), ("zh-CN", "采纳")])
def test_review_leads_through_what_waits(ledger: Ledger, tmp_path: Path, locale: str, word: str) -> None:
    """Soonest due first, back and forth, to who asks alone; a decision leads to the next one."""
    file = shelve(tmp_path)
    for n in (3, 1, 2):
        propose(ledger, f"p{n}", subject=str(n), title=f"T{n}", url=f"https://b.example/{n}", due_at=NOW + n * DAY)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        first = await reviewers.ada.slash(server.papers, "review")
        seen = [page(first)]
        await reviewers.restart()
        second = await reviewers.ada.click(message_of(first), custom_id="p:review-page:1::::")
        seen.append(page(second))

        said = await reviewers.ada.click(message_of(second), custom_id="p:review-accept:p2#1")
        third = await reviewers.ada.click(message_of(second), custom_id="p:review-page:1::::")

        assert seen == ["1/3 p1 · 1", "2/3 p2 · 1"]
        assert message_of(first).ephemeral
        assert word in str(message_of(first).components)
        assert page(third) == "2/2 p3 · 1"
        assert said.followups
        assert ledger.reviews.proposal("p2")[0].state == "applied"
        assert "https://b.example/2" in file.read_text("utf-8")

    on_discord(ledger, scenario, home=tmp_path, locale=locale)


DAY = timedelta(days=1)


def test_review_names_what_waits_and_leads_to_any_of_it(ledger: Ledger, tmp_path: Path) -> None:
    """A list beside the buttons has each by its title and place, as many as Discord's lists hold, around this one."""
    shelve(tmp_path)
    for n in range(40):
        propose(ledger, f"p{n:02}", subject=str(n), title=f"T{n}", url=f"https://b.example/{n}", due_at=NOW + n * DAY)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)
        first = await reviewers.ada.slash(server.papers, "review", kind="add")
        seen = [page(first)]
        there: Any = await reviewers.ada.select(message_of(first), ["20"], custom_id="s:review-go:0::add::")
        [shown] = [one for row in message_of(there).components for one in row["components"] if "options" in one]
        [embed] = there.response.embeds

        assert [*seen, page(there)] == ["1/40 p00 · 1", "21/40 p20 · 1"]
        assert [one["value"] for one in shown["options"]] == [str(n) for n in range(8, 33)]
        assert shown["options"][12]["label"] == "21. T20"
        assert shown["options"][12]["description"] == "New resource · Sequences › First chapter"
        assert embed.author.name == "21/40 · New resource · map › Sequences › First chapter"

    on_discord(ledger, scenario, home=tmp_path)


def page(result: Any) -> str:
    """Return which of how many is shown, and its proposal."""
    (embed,) = result.response.embeds
    return f"{embed.author.name.split(' ')[0]} {embed.footer.text}"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"kind": "retire"}, "p2"),
        ({"overdue": True}, "p3"),
        ({"section": "II"}, "p4"),
        ({"roadmap": "other"}, "p5"),
        ({"roadmap": "other", "kind": "retire"}, ""),
    ],
)
def test_review_has_filters(ledger: Ledger, tmp_path: Path, options: dict[str, Any], expected: str) -> None:
    """By roadmap, section and kind, or what is overdue; nothing found is said."""
    shelve(tmp_path)
    changes: list[dict[str, Any]] = [
        {},
        {"kind": "retire"},
        {"due_at": NOW - DAY},
        {"section": "II"},
        {"roadmap": "other"},
    ]
    for n, change in enumerate(changes, 1):
        propose(ledger, f"p{n}", **({"subject": str(n)} | change))

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)

        said = await reviewers.bob.slash(server.papers, "review", **options)

        assert (f"1/1 {expected} · 1" == page(said)) if expected else "No proposal waits" in text_of(said)

    on_discord(ledger, scenario, home=tmp_path)


def test_review_completes_roadmaps(ledger: Ledger, tmp_path: Path) -> None:
    """Those that something is proposed to."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(server: Server) -> None:
        reviewers = Reviewers(server)

        found = await reviewers.bob.autocomplete(server.papers, "review", "roadmap", "m")

        assert [one["value"] for one in found] == ["map"]

    on_discord(ledger, scenario, home=tmp_path)


@pytest.mark.parametrize("option", ["reviewers", "ping_role"])
def test_everyone_is_no_role_to_choose(ledger: Ledger, option: str) -> None:
    """A role that all have decides nothing, and would ping all."""

    async def scenario(server: Server) -> None:
        said = await server.ada.slash(server.papers, "settings", **{option: server.guild.default_role})

        assert "@everyone is no role" in text_of(said)
        assert getattr(ledger.guilds.get(str(server.guild.id)), option) == ""

    on_discord(ledger, scenario)


def test_reviews_go_to_no_forum(ledger: Ledger) -> None:
    """The settings say what to choose instead."""

    async def scenario(server: Server) -> None:
        forum = server.guild.create_forum_channel("board")

        said = await server.ada.slash(server.papers, "settings", review_channel=forum)

        assert "A forum takes no such messages" in text_of(said)
        assert ledger.guilds.get(str(server.guild.id)).review_channel == ""

    on_discord(ledger, scenario)
