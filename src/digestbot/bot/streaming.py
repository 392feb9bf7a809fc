"""Shows an answer while it grows: edits of one message, paced to what Discord takes; what is long goes on below it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
import discord

from digestbot.bot.answers import UNKNOWN_MESSAGE, board
from digestbot.bot.desk import Desk
from digestbot.bot.faults import Mistake
from digestbot.bot.tree import Interaction, Press, Tree
from digestbot.bot.turns import Full
from digestbot.bot.words import t
from digestbot.domain.answers import Answer, Asked
from digestbot.errors import DigestbotError
from digestbot.render.discord_answer import answer_acts, answer_messages, growing

EVERY_S, LULL_S = 1.2, 0.3
"""Seconds between edits of a message, and until the first: what is whole by then is shown at once."""
LONGEST_S = 840.0
"""A question that waits longer is given up: Discord takes an answer for fifteen minutes."""
Items = Sequence[discord.ui.Item[Any]]
Shows = Callable[[Sequence[discord.Embed], Items], Awaitable[object]]


@dataclass(frozen=True)
class Place:
    """Where an answer is shown: `show` puts it in place of what stands there, `more` adds a message below."""

    show: Shows
    more: Shows
    threads: bool = False
    """Whether a thread can be opened there."""


async def tell_answer(tree: Tree, desk: Desk, asked: Asked, place: Place, lang: str) -> None:
    """Answer a question at a place; raises Mistake where too many are waiting.

    Whoever deletes the message that shows it wants no more of it. Of one that breaks off, what was shown stays.
    """

    async def wait(before: int) -> None:
        said = t(lang, "Your question is number {count} in the queue.", count=before)
        await _show_meanwhile(place, [discord.Embed(description=said)])

    shown: list[Answer] = []

    async def grow(answer: Answer) -> None:
        shown[:] = [answer]
        await _show_meanwhile(place, embeds_of(growing(answer)))

    async def break_off() -> None:
        for answer in shown:
            await _show_meanwhile(place, embeds_of(growing(answer, t(lang, "The answer broke off here."))))

    try:
        async with asyncio.timeout(LONGEST_S), tree.turns.turn(asked.who, wait):
            answer = await stream(desk.library.explain(asked), grow)
        await _put(answer, place)
    except DigestbotError:
        await break_off()
        raise
    except (Full, TimeoutError) as full:
        await break_off()
        said = (
            "Wait for the answers to your other questions first."
            if isinstance(full, Full) and full.mine
            else "Too many people are asking. Try again in a minute."
        )
        raise Mistake(t(lang, said)) from full
    except discord.NotFound as gone:
        if gone.code != UNKNOWN_MESSAGE:
            raise


async def stream(
    answers: AsyncIterator[Answer],
    grow: Callable[[Answer], Awaitable[object]],
    every_s: float = EVERY_S,
    lull_s: float = LULL_S,
) -> Answer:
    """Return the whole answer; meanwhile `grow` is given what is known of it, the newest and never twice the same."""
    known: list[Answer] = []

    async def take() -> None:
        async for answer in answers:
            known[:] = [answer]

    taking, shown, wait_s = asyncio.ensure_future(take()), None, lull_s
    try:
        while not taking.done():
            await asyncio.wait([taking], timeout=wait_s)
            if not taking.done() and known and known[0] is not shown:
                shown, wait_s = known[0], every_s
                await grow(shown)
        await taking
    finally:
        taking.cancel()
    return known[0]


def in_answer(interaction: Interaction, *, shared: bool, threads: bool = False) -> Place:
    """Return the answer to an interaction, which was acknowledged, as a place."""

    async def show(embeds: Sequence[discord.Embed], items: Items) -> None:
        await interaction.edit_original_response(embeds=embeds, view=board(items))

    async def more(embeds: Sequence[discord.Embed], items: Items) -> None:
        await interaction.followup.send(embeds=embeds, view=board(items), ephemeral=not shared)

    return Place(show, more, threads)


def below(message: discord.Message) -> Place:
    """Return the reply to a message as a place."""
    sent: list[discord.Message] = []

    async def more(embeds: Sequence[discord.Embed], items: Items) -> None:
        reference = message.to_reference(fail_if_not_exists=False)
        nonce = f"{message.id}-{len(sent)}"  # the same at every try, and in every process that hears the message
        sent.append(await message.channel.send(embeds=embeds, view=board(items), reference=reference, nonce=nonce))

    async def show(embeds: Sequence[discord.Embed], items: Items) -> None:
        if sent:
            await sent[0].edit(embeds=embeds, view=board(items))
        else:
            await more(embeds, items)

    return Place(show, more)


def embeds_of(given: Any) -> list[discord.Embed]:
    """Return a payload's embeds as discord.py's own."""
    return [discord.Embed.from_dict(one) for one in given]


async def _show_meanwhile(place: Place, embeds: Sequence[discord.Embed]) -> None:
    """Show what the next edit replaces: where Discord fails at this one, the answer goes on all the same."""
    with suppress(discord.DiscordServerError, aiohttp.ClientError, TimeoutError):
        await place.show(embeds, ())


async def _show_twice(place: Place, embeds: Sequence[discord.Embed], items: Items) -> None:
    """Show what is not to be lost by one connection that was cut: an edit bears repetition."""
    try:
        await place.show(embeds, items)
    except aiohttp.ClientError:
        await place.show(embeds, items)


async def _put(answer: Answer, place: Place) -> None:
    messages = answer_messages(answer, threads=place.threads)
    acts = answer_acts(answer, threads=place.threads)
    for number, message in enumerate(messages, 1):
        buttons = [Press(one.name, one.answer, one.label, emoji=one.emoji or None) for one in acts]
        shows = partial(_show_twice, place) if number == 1 else place.more
        await shows(embeds_of(message["embeds"]), buttons if number == len(messages) else ())
