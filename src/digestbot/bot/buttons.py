"""The buttons below digests: More, Save, and a vote with its reason; they work after a restart, for whoever presses."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from digestbot.bot.access import who
from digestbot.bot.answers import acknowledge, answer, replace_answer
from digestbot.bot.choices import MOST
from digestbot.bot.desk import Desk, desk_of
from digestbot.bot.faults import Mistake
from digestbot.bot.telling import link, stories_of
from digestbot.bot.tree import Form, Interaction, Pick, Press, Tree
from digestbot.bot.words import lang_of, t
from digestbot.domain import Digest, Opinion
from digestbot.render.discord_buttons import more_pages
from digestbot.render.escape import plain

MAX_REASON = 500
WHOLE = "-"
"""What stands for the whole digest in a list of its stories."""


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add what the buttons do."""
    tree.presses["more"] = _more
    tree.presses["save"] = _save
    tree.presses["up"] = lambda interaction, what: _vote(interaction, what, liked=True)
    tree.presses["down"] = lambda interaction, what: _vote(interaction, what, liked=False)
    tree.picks["save"] = _saved


async def digest_of(interaction: Interaction, id: str) -> Digest:
    """Return a digest by its id; raises Mistake where it is gone."""
    desk = desk_of(interaction)
    found = [one for one in await desk.do(desk.library.publications.digest, id) if id and one.id == id]
    if not found:
        raise Mistake(t(lang_of(interaction), "That digest is no longer kept."))
    return found[0]


async def _more(interaction: Interaction, what: str) -> None:
    """Show a page to whoever pressed."""
    id, _, number = what.rpartition("#")
    await acknowledge(interaction)
    lang, page = lang_of(interaction), int(number) if number.isdigit() else 0
    pages = more_pages(await digest_of(interaction, id))
    if page >= len(pages):
        raise Mistake(t(lang, "There is no more of it."))
    last = page + 1 == len(pages)
    next_one = [] if last else [Press("more", f"{id}#{page + 1}", t(lang, "More ({left})", left=len(pages) - page - 1))]
    await answer(interaction, "", next_one, embeds=[discord.Embed.from_dict(embed) for embed in pages[page]])


async def _save(interaction: Interaction, id: str) -> None:
    """Ask which stories are to be kept."""
    await acknowledge(interaction)
    options = options_of(await digest_of(interaction, id))
    lang = lang_of(interaction)
    parts = [options[start : start + MOST] for start in range(0, min(len(options), 5 * MOST), MOST)]
    lists = [
        Pick("save", f"{id}#{number}", part, t(lang, "Stories to save"), most=len(part))
        for number, part in enumerate(parts)
    ]
    await answer(interaction, t(lang, "What shall be saved? `/saved` shows it again."), lists)


async def _saved(interaction: Interaction, what: str, values: Sequence[str]) -> None:
    await interaction.response.defer()
    digest, desk = await digest_of(interaction, what.rpartition("#")[0]), desk_of(interaction)
    told = stories_of(digest)
    chosen = [told[int(value)] for value in values if value.isdigit() and int(value) < len(told)]
    for story, title, url in chosen:
        opinion = Opinion(who(interaction), "saved", story, desk.clock(), digest.id, plain(title, 300), url)
        await desk.do(desk.library.opinions.say, opinion)
    names = "\n".join(f"- {link(title, url, 100)}" for _, title, url in chosen)
    await replace_answer(interaction, t(lang_of(interaction), "Saved; `/saved` shows it again.") + f"\n{names}")


async def _vote(interaction: Interaction, id: str, *, liked: bool) -> None:
    """Ask which story is meant, and why."""
    digest, lang = await digest_of(interaction, id), lang_of(interaction)

    async def took(sent: Interaction, given: dict[str, str]) -> None:
        await acknowledge(sent)
        desk, told = desk_of(sent), stories_of(digest)
        place = int(given["story"]) if given["story"].isdigit() else len(told)
        about, title, url = told[place] if place < len(told) else (str(digest.id), "", "")
        reason = plain(given["reason"], MAX_REASON)
        opinion = Opinion(who(sent), "vote", about, desk.clock(), digest.id, plain(title, 300), url, reason, liked)
        await desk.do(desk.library.opinions.say, opinion)
        await answer(sent, t(lang, "Thank you, that is noted."))

    whole = discord.SelectOption(label=t(lang, "The digest as a whole"), value=WHOLE, default=True)
    form = Form(t(lang, "What was good?") if liked else t(lang, "What was wrong?"), took)
    form.choose("story", t(lang, "About"), [whole, *options_of(digest)[: MOST - 1]])
    form.ask("reason", t(lang, "Why, if you like"), long=True, most=MAX_REASON)
    await interaction.response.send_modal(form)


def options_of(digest: Digest) -> list[discord.SelectOption]:
    """Return the stories of a digest to choose from, by their places."""
    titles = [plain(title, 100) or "–" for _, title, _ in stories_of(digest)]
    return [discord.SelectOption(label=title, value=str(place)) for place, title in enumerate(titles)]
