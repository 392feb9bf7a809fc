"""Tells those who suggested an address what became of it: in a direct message, else where they suggested it; once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import discord

from digestbot.bot.cards import person
from digestbot.bot.desk import Desk
from digestbot.bot.telling import link
from digestbot.bot.words import safe, t
from digestbot.domain import Suggestion
from digestbot.languages import canonical
from digestbot.responses import Answer, Standing, answers, news, tell
from digestbot.roadmap import Roadmap, titles

DECIDED: tuple[Standing, ...] = ("unreadable", "off the roadmap", "filed", "in the roadmap", "not wanted")
"""What is worth a message; a proposal that is under way is none yet."""
OUTCOMES_TOLD = {
    "unreadable": "{what}, which you suggested, could not be read.",
    "off the roadmap": "{what}, which you suggested, was read; the roadmap teaches something else.",
    "filed": "{what}, which you suggested, was read and filed into {place}. Digests tell of it.",
    "in the roadmap": "{what}, which you suggested, stands in the roadmap now, in {place}. Thank you!",
    "not wanted": "{what}, which you suggested, was not taken into the roadmap.",
}
FOR = timedelta(days=180)
MAX_READ = 200
"""Of the last messages in a place: a crash lies no further back than the round before."""


async def tell_suggesters(client: discord.Client, desk: Desk) -> int:
    """Tell what is decided and was not told before; return how many messages that took."""
    told = 0
    for one in await desk.do(untold, desk):
        told += await _told(client, one)
        # Told or not to be told: whoever can be reached nowhere is not tried again.
        await desk.do(tell, desk.reviews.told, [one], desk.clock())
    return told


def untold(desk: Desk) -> list[Answer]:
    """Return what people on Discord are to be told."""
    library, told = desk.library, desk.reviews.told
    over = {url for url, standing in told.answers() if standing in ("unreadable", "off the roadmap", "not wanted")}
    since = desk.clock() - FOR

    def is_asked(row: Suggestion) -> bool:
        return row.by.startswith("discord:") and row.url not in over and row.suggested_at >= since

    found, roadmap = answers(library.suggestions, library.history, told, mine=is_asked), library.roadmap()
    return [replace(one, place=_called(roadmap, one.place)) for one in news(found) if one.standing in DECIDED]


def _called(roadmap: Roadmap, place: str) -> str:
    """Return the title of a chapter or section, its id where the main roadmap has none such."""
    chapter = roadmap.chapter(place)
    return (chapter.title if chapter else "") or next(iter(titles(roadmap, place, "")), "")


def embed_of(one: Answer) -> discord.Embed:
    """Return what somebody is told, in the language of their Discord."""
    lang = canonical(one.lang)
    said = t(lang, OUTCOMES_TOLD[one.standing], what=link(one.title or one.url, one.url), place=safe(one.place, 120))
    reason = f"\n> {safe(one.reason, 500)}" if one.reason and one.standing in ("unreadable", "not wanted") else ""
    made = discord.Embed(description=f"{person(one.by)} {said}{reason}")
    return made.set_footer(text=mark_of(one))


def mark_of(one: Answer) -> str:
    """Return the last line of the message, by which it is found again."""
    return hashlib.sha256(f"{one.url} {one.standing}".encode(errors="replace")).hexdigest()[:12]


async def _told(client: discord.Client, one: Answer) -> bool:
    """Tell somebody; False where neither they nor the channel take a message."""
    id = one.by.removeprefix("discord:")
    if not id.isdigit():
        return False
    try:
        await _post(client, await client.create_dm(discord.Object(int(id))), one)
        return True
    except discord.HTTPException as error:
        _check_is_final(error)
        place = client.get_channel(int(one.asked_in)) if one.asked_in.isdigit() else None
    if not isinstance(place, discord.abc.Messageable):
        return False
    try:
        await _post(client, place, one)
    except discord.HTTPException as error:
        _check_is_final(error)
        return False
    return True


def _check_is_final(error: discord.HTTPException) -> None:
    """Raise what passes; the rest, such as an account that was deleted (400), must not hold up all who come after."""
    if error.status == 429 or error.status >= 500:
        raise error


async def _post(client: discord.Client, place: discord.abc.Messageable, one: Answer) -> None:
    """Post it, unless it stands there already: a crash may have come between the message and its record."""
    mark, me = mark_of(one), client.user.id if client.user else 0
    async for message in place.history(limit=MAX_READ):
        if message.author.id == me and mark in _footers(message.embeds):
            return
    await place.send(embed=embed_of(one), nonce=mark)


def _footers(embeds: Iterable[discord.Embed]) -> list[str]:
    return [embed.footer.text or "" for embed in embeds]
