"""`/feeds`: what the bot reads, and how each feed is."""

from __future__ import annotations

from discord import app_commands

from digestbot.bot import choices
from digestbot.bot.answers import acknowledge, answer, listed
from digestbot.bot.desk import Desk
from digestbot.bot.faults import Mistake
from digestbot.bot.telling import stamp
from digestbot.bot.tree import Interaction, Tree
from digestbot.bot.words import lang_of, safe, t
from digestbot.domain import Feed, FeedState
from digestbot.feeds.addresses import masked


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command."""

    @tree.command(name="feeds", description="What the bot reads, and how each feed is")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.describe(feed="One of them, to see all about it")
    @app_commands.autocomplete(feed=choices.feeds)
    async def feeds(interaction: Interaction, feed: app_commands.Range[str, 1, 100] | None = None) -> None:
        await acknowledge(interaction)
        lang = lang_of(interaction)
        known, states = await desk.do(desk.library.feeds), await desk.do(desk.library.states)
        asked = [one for one in known if feed in (None, one.id)]
        if feed and not asked:
            raise Mistake(t(lang, "There is no feed {name}.", name=safe(feed, 80)))
        pairs = [(one, states.get(one.id, FeedState())) for one in asked]
        if feed:
            await answer(interaction, _whole(*pairs[0], lang))
            return
        ill = [pair for pair in pairs if pair[1].paused_why or pair[1].error_streak]
        well = [pair for pair in pairs if pair not in ill]
        lines = [f"- {safe(str(one.id), 60)}: {health(state, lang)}" for one, state in (*ill, *well)]
        title = t(lang, "{count} feeds, {ill} of them with trouble", count=len(pairs), ill=len(ill))
        await answer(interaction, listed(interaction, lines) or t(lang, "There are no feeds."), title=title)


def health(state: FeedState, lang: str) -> str:
    """Return how a feed is, in a few words."""
    if state.paused_why:
        return t(lang, "paused ({why})", why=safe(state.paused_why, 80))
    if state.error_streak:
        return t(lang, "failed {count} times ({why})", count=state.error_streak, why=safe(state.reason, 80))
    return t(lang, "in order") if state.last_success_at else t(lang, "not read yet")


def _whole(feed: Feed, state: FeedState, lang: str) -> str:
    source = " ".join((*feed.categories, feed.query)).strip() if feed.kind == "arxiv" else masked(feed.url)
    lines = [f"**{safe(str(feed.id), 80)}** ({feed.kind})", safe(source, 500), health(state, lang)]
    lines.append(t(lang, "last read {at}", at=stamp(state.last_success_at)))
    if state.next_check_at and not state.paused_why:
        lines.append(t(lang, "read again {at}", at=stamp(state.next_check_at)))
    return "\n".join(lines)
