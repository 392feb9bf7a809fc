"""`/review`: what waits for a decision, one proposal after the other, to whoever asks alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from digestbot import review
from digestbot.bot import choices
from digestbot.bot.answers import acknowledge, board, changed
from digestbot.bot.board import Cards
from digestbot.bot.cards import controls, embed_of
from digestbot.bot.choices import MOST
from digestbot.bot.deciding import BACK, ONWARDS, reviewer_of
from digestbot.bot.desk import Desk, desk_of
from digestbot.bot.tree import Interaction, Pick, Press, Tree
from digestbot.bot.words import lang_of, t
from digestbot.domain import Proposal
from digestbot.render.escape import plain
from digestbot.render.review_words import KINDS
from digestbot.review.rules import due_of

_FEW = 2
"""Proposals that ◀ and ▶ lead through well enough."""
_KINDS = [Choice(name=locale_str(label), value=kind) for kind, label in KINDS.items()]


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command and what the buttons do."""

    @tree.command(name="review", description="Decide on proposed changes of the roadmap, one after the other")
    @app_commands.guild_only()
    @app_commands.describe(
        roadmap="Only changes of this roadmap",
        section="Only changes in this section",
        kind="Only changes of this kind",
        overdue="Only what should have been decided by now",
    )
    @app_commands.autocomplete(roadmap=_roadmaps, section=choices.section)
    @app_commands.choices(kind=_KINDS)
    async def review_next(
        interaction: Interaction,
        roadmap: app_commands.Range[str, 1, 100] | None = None,
        section: app_commands.Range[str, 1, 100] | None = None,
        kind: Choice[str] | None = None,
        overdue: bool = False,
    ) -> None:
        await acknowledge(interaction)
        await reviewer_of(interaction, desk)
        wish = Wish(roadmap or "", section or "", kind.value if kind else "", overdue)
        embeds, items = await _page(desk, wish, 0, lang_of(interaction))
        await interaction.followup.send(embeds=embeds, view=board(items), ephemeral=True)

    tree.presses["review-page"] = _turned
    tree.picks["review-go"] = _gone_to


@dataclass(frozen=True)
class Wish:
    """Which proposals somebody looks through; "" asks for all."""

    roadmap: str = ""
    section: str = ""
    kind: str = ""
    overdue: bool = False

    def takes(self, one: Proposal, desk: review.Desk, now: datetime) -> bool:
        """Tell whether a proposal is among them."""
        return (
            self.roadmap in ("", one.roadmap)
            and self.section in ("", one.section)
            and self.kind in ("", one.kind)
            and not (self.overdue and due_of(one, desk.policy) > now)
        )

    def written(self, place: int) -> str:
        """Return it as a part of a button's id, with a place among what it finds."""
        return ":".join((str(place), "1" if self.overdue else "", self.kind, self.section, self.roadmap))


def wish_of(text: str) -> tuple[Wish, int]:
    """Return what `Wish.written` wrote."""
    place, overdue, kind, section, roadmap = [*text.split(":", 4), "", "", "", ""][:5]
    return Wish(roadmap, section, kind, overdue == "1"), int(place) if place.isdigit() and len(place) < 6 else 0


async def _roadmaps(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer the roadmaps that changes are proposed to."""
    desk = desk_of(interaction)
    found = await desk.do(review.waiting, desk.reviews.desk, desk.clock())
    return choices.fitting([(name, "") for name in dict.fromkeys(one.roadmap for one in found)], typed)


async def _page(
    desk: Desk, wish: Wish, place: int, lang: str
) -> tuple[list[discord.Embed], list[discord.ui.Item[Any]]]:
    """Return a proposal of those that wait, with its buttons and those that lead to the ones before and behind."""

    def read() -> tuple[list[Proposal], int, list[discord.Embed], list[discord.SelectOption]]:
        now = desk.clock()
        waiting = review.waiting(desk.reviews.desk, now)
        found = [one for one in waiting if wish.takes(one, desk.reviews.desk, now)]
        at = min(place, len(found) - 1)
        cards = Cards(desk, now)
        embeds = [embed_of(cards.card(one.id), lang, f"{at + 1}/{len(found)}") for one in found[at : at + 1]]
        options = [_option(one, place, cards, lang) for place, one in _around(found, at)]
        return found, at, embeds, options

    found, at, embeds, options = await desk.do(read)
    if not found:
        return [discord.Embed(description=t(lang, "No proposal waits for a decision."))], []
    buttons: list[discord.ui.Item[Any]] = [*controls(found[at], lang)]
    sides = [(BACK, at - 1, at > 0), (ONWARDS, at + 1, at + 1 < len(found))]
    turns = [_turn(wish, to, label) for label, to, is_there in sides if is_there]
    list_of = [Pick("review-go", wish.written(at), options, t(lang, "Go to another"))] if len(found) > _FEW else []
    return embeds, [*buttons, *turns, *list_of]


def _around(found: Sequence[Proposal], at: int) -> list[tuple[int, Proposal]]:
    """Return as many of them as a list of Discord's holds, the one shown among them, with their places."""
    first = max(0, min(at - MOST // 2, len(found) - MOST))
    return list(enumerate(found))[first : first + MOST]


def _option(one: Proposal, place: int, cards: Cards, lang: str) -> discord.SelectOption:
    title = plain(f"{place + 1}. {one.title or one.subject or one.chapter}", 100)
    told = plain(" · ".join((t(lang, KINDS[one.kind]), " › ".join(cards.place_of(one)))), 100)
    return discord.SelectOption(label=title, value=str(place), description=told)


def _turn(wish: Wish, to: int, label: str) -> Press:
    return Press("review-page", wish.written(to), label, row=1)


async def _gone_to(interaction: Interaction, what: str, values: Sequence[str]) -> None:
    wish, _ = wish_of(what)
    await _turned(interaction, wish.written(int(values[0]) if values[0].isdigit() else 0))


async def _turned(interaction: Interaction, what: str) -> None:
    desk = desk_of(interaction)
    await interaction.response.defer()
    await reviewer_of(interaction, desk)
    embeds, items = await _page(desk, *wish_of(what), lang_of(interaction))
    await changed(interaction, embeds, items)
