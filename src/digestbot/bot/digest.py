"""`/digest`: what would come, with why and why not, or all of it now."""

from __future__ import annotations

import asyncio

import discord
from discord import app_commands

from digestbot.bot import choices
from digestbot.bot.access import belonging, check_may_subscribe
from digestbot.bot.answers import acknowledge, answer, listed
from digestbot.bot.desk import Desk
from digestbot.bot.telling import comes_next, refused
from digestbot.bot.tree import Interaction, Tree, count, tree_of
from digestbot.bot.words import lang_of, t
from digestbot.domain import Subscription
from digestbot.languages import canonical
from digestbot.pipeline.previewing import Preview, preview
from digestbot.pipeline.publish import Frame
from digestbot.render.discord import Message, digest_messages

MOST_MESSAGES = 4
"""Of a preview: what is beyond that is told by its number."""
ID = app_commands.Range[str, 1, 64]


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the two commands."""
    group = app_commands.Group(
        name="digest",
        description="The next digest of a subscription",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
    )

    @group.command(name="preview", description="What would come now, why each story, and why not the others")
    @app_commands.describe(subscription="Which one, where there are several")
    @app_commands.autocomplete(subscription=choices.subscriptions)
    async def preview_now(interaction: Interaction, subscription: ID | None = None) -> None:
        await acknowledge(interaction)
        one = await belonging(interaction, desk, subscription or "")
        found = await desk.do(previewed, desk, one)
        await _tell(interaction, one, found)

    @group.command(name="now", description="Send the next digest now instead of at its time")
    @app_commands.describe(subscription="Which one, where there are several")
    @app_commands.autocomplete(subscription=choices.subscriptions)
    async def now(interaction: Interaction, subscription: ID | None = None) -> None:
        await acknowledge(interaction)
        await check_may_subscribe(interaction, desk)
        one = await belonging(interaction, desk, subscription or "")
        count(interaction, tree_of(interaction).quotas.giving)
        # Not among the desk's few threads: posting takes seconds, and others ask meanwhile.
        made = await asyncio.to_thread(desk.library.send_now, one)
        to = ", ".join(f"<#{channel.address}>" for channel in one.channels)
        lang = lang_of(interaction)
        sent = t(lang, "The digest of `{id}` goes to {to}.", id=one.id, to=to)
        await answer(interaction, sent if made else t(lang, "There is nothing new for `{id}`.", id=one.id))

    tree.add_command(group)


def previewed(desk: Desk, one: Subscription) -> Preview:
    """Return what a subscription would be sent now."""
    library = desk.library
    plan = library.outline()
    return preview(
        library.candidates,
        desk.subscriptions,
        library.publications,
        one,
        Frame(plan, canonical(plan.lang), desk.clock()),
    )


async def _tell(interaction: Interaction, one: Subscription, found: Preview) -> None:
    lang, messages = lang_of(interaction), digest_messages(found.digest) if found.digest else ()
    for message in messages[:MOST_MESSAGES]:
        await answer(interaction, embeds=embeds_of(message))
    left = len(messages) - MOST_MESSAGES
    head = [] if messages else [t(lang, "Nothing would be sent now.")]
    head += [t(lang, "The digest has {count} more messages.", count=left)] if left > 0 else []
    head.append(f"**{t(lang, 'Next')}:** {comes_next(one, found.due, lang)}")
    head += [f"**{t(lang, 'Not in it')}**"] if found.refusals else []
    await answer(interaction, listed(interaction, [*head, *(refused(x, one.rule, lang) for x in found.refusals)]))


def embeds_of(message: Message) -> list[discord.Embed]:
    """Return a payload's embeds, its own words as the first of them where there is room."""
    given = message.get("embeds")
    shown = [discord.Embed.from_dict(embed) for embed in given] if isinstance(given, list) else []
    content = str(message.get("content", ""))
    room = len(shown) < 10 and sum(map(len, shown)) + len(content) < 5900
    return [discord.Embed(description=content), *shown] if content and room else shown
