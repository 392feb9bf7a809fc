"""`/subscribe`: digests for a channel, a thread, a forum, or in direct messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from digestbot.bot import choices
from digestbot.bot.access import check_may_subscribe, check_takes_posts
from digestbot.bot.answers import acknowledge, answer
from digestbot.bot.desk import Desk
from digestbot.bot.faults import Mistake
from digestbot.bot.telling import LENGTHS, sheet_of
from digestbot.bot.tree import Interaction, Tree
from digestbot.bot.words import lang_of, safe, t
from digestbot.domain import Channel, Subscription
from digestbot.errors import ConfigError
from digestbot.render.escape import plain
from digestbot.subscriptions.cadence import WEEKDAYS, standing
from digestbot.subscriptions.places import check_places, free_id
from digestbot.subscriptions.sheet import applied

MOST_OF_A_CHANNEL = 10
MAX_TEXT = 400
CANNOT_SEND = 50007
"""Discord's code for somebody who takes no messages from the bot."""
Text = app_commands.Range[str, 1, MAX_TEXT]
_CADENCES = [Choice(name=locale_str(label), value=name) for name, label in choices.CADENCES.items()]
_LENGTHS = [Choice(name=locale_str(label), value=name) for name, label in LENGTHS.items()]
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS = [Choice(name=locale_str(label), value=day) for day, label in zip(WEEKDAYS, _DAY_NAMES, strict=True)]


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command."""

    @tree.command(name="subscribe", description="Get digests here, in another channel, or in your direct messages")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.describe(
        where="The channel, thread or forum; this one if left out",
        private="Send it to you in direct messages instead",
        sections="Sections of the roadmap, separated by commas; all if left out",
        chapters="Chapters of the roadmap, separated by commas",
        keywords="Words of which one has to occur, separated by commas",
        cadence="How often; every day if left out",
        at="The time of day, such as 08:00",
        weekday="The day, where it comes once a week",
        zone="The time zone of that time; UTC if left out",
        language="The language of the digest",
        length="How much is told of each story",
    )
    @app_commands.choices(cadence=_CADENCES, weekday=_DAYS, language=choices.languages(), length=_LENGTHS)
    @app_commands.autocomplete(sections=choices.sections, chapters=choices.chapters, zone=choices.zones)
    async def subscribe(
        interaction: Interaction,
        where: app_commands.AppCommandChannel | app_commands.AppCommandThread | None = None,
        private: bool = False,
        sections: Text | None = None,
        chapters: Text | None = None,
        keywords: Text | None = None,
        cadence: Choice[str] | None = None,
        at: app_commands.Range[str, 5, 5] | None = None,
        weekday: Choice[str] | None = None,
        zone: Text | None = None,
        language: Choice[str] | None = None,
        length: Choice[str] | None = None,
    ) -> None:
        await acknowledge(interaction)
        kind = cadence.value if cadence else "weekly" if weekday else "daily"
        lists = {"sections": sections, "chapters": chapters, "keywords": keywords}
        chosen = {"lang": language, "length": length}
        values: dict[str, Any] = {"cadence": written(kind, weekday.value if weekday else "mon", at or "08:00")}
        values |= {name: parts(text) for name, text in lists.items() if text}
        values |= {name: choice.value for name, choice in chosen.items() if choice}
        values |= {"zone": zone} if zone else {}
        place, lang = await _place(interaction, desk, where, private), lang_of(interaction)
        made = await desk.do(subscribed, desk, str(place), str(interaction.guild_id or ""), values, lang)
        due = standing(made, None, desk.clock())
        said = t(lang, "Change or end it with `/subscriptions`, see what would come with `/digest preview`.")
        await answer(interaction, f"{sheet_of(made, due, lang)}\n\n{said}", title=t(lang, "Subscribed"))


def subscribed(desk: Desk, place: str, guild: str, values: Mapping[str, Any], lang: str) -> Subscription:
    """Make a subscription of a Discord channel; raises Mistake for what cannot be."""
    known, now = desk.subscriptions.all(), desk.clock()
    if sum(Channel("discord", place) in one.channels for one in known) >= MOST_OF_A_CHANNEL:
        raise Mistake(t(lang, "<#{place}> has {count} subscriptions, which is the most.", place=place, count=10))
    id = free_id(f"discord-{place}", {one.id for one in known})
    wanted = desk.guilds.get(guild).lang if guild else ""
    base = Subscription(id, (Channel("discord", place),), created_at=now, since=now)
    made = changed(desk, base, {"lang": wanted, **values} if wanted else values, lang)
    desk.subscriptions.save([made])
    desk.outbox.resume(place)
    return made


def changed(desk: Desk, base: Subscription, values: Mapping[str, Any], lang: str) -> Subscription:
    """Return a subscription with these values, as the command line reads them; raises Mistake with what is wrong."""
    try:
        made = applied(base, values, desk.clock())
        if made.rule.sections or made.rule.chapters:
            check_places(made.rule, desk.library.outline())
    except ConfigError as error:
        said = str(error).removeprefix(f"subscription {base.id!r}: ")
        raise Mistake(t(lang, "This cannot be taken: {said}", said=safe(said, 900))) from None
    return made


def written(kind: str, weekday: str, at: str) -> str:
    """Return a cadence as it is typed."""
    return {"instant": "instant", "weekly": f"weekly {weekday} {at}"}.get(kind, f"{kind} {at}")


def parts(text: str) -> list[str]:
    """Return what is separated by commas or line ends, of either script."""
    shown = (plain(one) for one in text.replace("，", ",").replace("、", ",").replace("\n", ",").split(","))
    return [one for one in shown if one]


async def _place(interaction: Interaction, desk: Desk, where: Any, private: bool) -> int:
    """Return the id of the channel that is meant, to which the bot can post and the asker may have it post."""
    lang = lang_of(interaction)
    if private or interaction.guild_id is None:
        return await _direct(interaction)
    await check_may_subscribe(interaction, desk)
    place = where or interaction.channel
    assert place is not None
    allowed = where.permissions if where else interaction.permissions
    if not (allowed.view_channel and (allowed.send_messages or allowed.send_messages_in_threads)):
        raise Mistake(t(lang, "You may not write in that channel yourself: choose another one."))
    check_takes_posts(interaction, place)
    return int(place.id)


async def _direct(interaction: Interaction) -> int:
    """Return the id of the asker's direct messages, to which a first message has just been sent."""
    lang = lang_of(interaction)
    try:
        talk = await interaction.user.create_dm()
        if interaction.guild_id is not None:
            await talk.send(t(lang, "Your digests will come here. `/subscriptions` changes or ends that."))
    except discord.Forbidden as error:
        if error.code != CANNOT_SEND:
            raise
        said = "The bot may not write to you: allow direct messages in this server's privacy settings, then try again."
        raise Mistake(t(lang, said)) from None
    return talk.id
