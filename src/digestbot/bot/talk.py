"""What follows an answer: its buttons, a thread of its own, and replies that mention the bot.

Of what people write the bot is only ever told what mentions it: it asks Discord for no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import discord

from digestbot.bot.access import who
from digestbot.bot.answers import acknowledge, answer, board
from digestbot.bot.buttons import digest_of, options_of
from digestbot.bot.choices import MOST
from digestbot.bot.desk import Desk, desk_of
from digestbot.bot.explain import MAX_CHARS, question, server_of, tell, topic_of
from digestbot.bot.faults import Mistake, words_for
from digestbot.bot.invite import lacking
from digestbot.bot.streaming import below, embeds_of, tell_answer
from digestbot.bot.telling import stories_of
from digestbot.bot.tree import Form, Interaction, Press, Tree, use
from digestbot.bot.words import lang_of, t
from digestbot.domain.answers import Answer, Asked, Depth, FeedbackKind
from digestbot.languages import CHINESE, canonical
from digestbot.offline.terms import is_chinese
from digestbot.render.discord_answer import source_messages
from digestbot.render.escape import plain

MAX_NOTE = 500
VERDICTS: dict[FeedbackKind, str] = {
    "unhelpful": "It does not answer what I asked",
    "wrong": "Something in it is wrong",
}
THREAD_EXISTS = 160004
"""Discord's code for a message that has a thread already."""
_LOOKED_BACK = 20
"""Messages of a thread in which the answer that a question follows is looked for."""
_CARRIES = re.compile(r"p:(?:ask|sources|helpful):([0-9a-f]{12})")


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add what the buttons do, and what mentions are answered with."""
    tree.presses["simpler"] = lambda interaction, id: _moved(interaction, id, "simpler")
    tree.presses["deeper"] = lambda interaction, id: _moved(interaction, id, "deeper")
    tree.presses["ask"] = _ask
    tree.presses["sources"] = _sources
    tree.presses["thread"] = _open_thread
    tree.presses["helpful"] = _helpful
    tree.presses["unhelpful"] = _unhelpful
    tree.presses["explain"] = _explain_story
    tree.heard = _heard


async def _earlier(desk: Desk, id: str, lang: str) -> Answer:
    found = await desk.do(desk.library.answers.answer, id)
    if found is None:
        raise Mistake(t(lang, "That answer is no longer kept: ask anew with `/explain`."))
    return found


async def _is_shared(interaction: Interaction) -> bool:
    """Tell whether what follows is for all: in a thread it is, unless what it follows, or the server, is private."""
    hidden = interaction.message is not None and interaction.message.flags.ephemeral
    if hidden or not isinstance(interaction.channel, discord.Thread):
        return False
    return (await server_of(desk_of(interaction), interaction.guild_id)).answers == "shared"


async def _moved(interaction: Interaction, id: str, depth: Depth) -> None:
    """Explain the same a level up or down."""
    shared = await _is_shared(interaction)
    await acknowledge(interaction, shared=shared)
    before = await _earlier(desk_of(interaction), id, lang_of(interaction))
    asked = question(interaction, before.asked.question, level=before.asked.level, lang=before.lang)
    await tell(interaction, _following(asked, id, depth), shared=shared)


async def _ask(interaction: Interaction, id: str) -> None:
    """Ask for a question that follows."""
    lang = lang_of(interaction)

    async def took(sent: Interaction, given: dict[str, str]) -> None:
        shared = await _is_shared(interaction)
        await acknowledge(sent, shared=shared)
        before = await _earlier(desk_of(sent), id, lang)
        asked = question(sent, given["question"], level=before.asked.level)
        await tell(sent, _following(asked, id), shared=shared)

    form = Form(t(lang, "Ask more"), took)
    form.ask("question", t(lang, "Your question"), needed=True, long=True, most=MAX_CHARS)
    await interaction.response.send_modal(form)


def _following(asked: Asked, id: str, depth: Depth = "") -> Asked:
    return Asked(asked.question, asked.level, asked.lang, follows=id, depth=depth, who=asked.who, place=asked.place)


async def _sources(interaction: Interaction, id: str) -> None:
    await acknowledge(interaction)
    found = await _earlier(desk_of(interaction), id, lang_of(interaction))
    for message in source_messages(found):
        await answer(interaction, embeds=embeds_of(message["embeds"]))


async def _helpful(interaction: Interaction, id: str) -> None:
    await acknowledge(interaction)
    await _judge(interaction, id, "helpful", "")


async def _unhelpful(interaction: Interaction, id: str) -> None:
    """Ask what is amiss."""
    lang = lang_of(interaction)

    async def took(sent: Interaction, given: dict[str, str]) -> None:
        await acknowledge(sent)
        verdict: FeedbackKind = "wrong" if given["verdict"] == "wrong" else "unhelpful"
        await _judge(sent, id, verdict, plain(given["note"], MAX_NOTE))

    form = Form(t(lang, "What was wrong?"), took)
    options = [discord.SelectOption(label=t(lang, label), value=name) for name, label in VERDICTS.items()]
    options[0].default = True
    form.choose("verdict", t(lang, "What is it?"), options)
    form.ask("note", t(lang, "What is wrong or missing, if you like"), long=True, most=MAX_NOTE)
    await interaction.response.send_modal(form)


async def _judge(interaction: Interaction, id: str, verdict: FeedbackKind, note: str) -> None:
    desk, lang = desk_of(interaction), lang_of(interaction)
    if not await desk.do(desk.library.answers.judge, id, who(interaction), verdict, note, desk.clock()):
        raise Mistake(t(lang, "That answer is no longer kept: ask anew with `/explain`."))
    await answer(interaction, t(lang, "Thank you, that is noted."))


async def _explain_story(interaction: Interaction, id: str) -> None:
    """Ask which story of a digest is to be explained, or what is asked about it."""
    digest, lang = await digest_of(interaction, id), lang_of(interaction)
    if not stories_of(digest):
        raise Mistake(t(lang, "That digest tells of nothing new."))

    async def took(sent: Interaction, given: dict[str, str]) -> None:
        await acknowledge(sent)
        stories = stories_of(digest)
        place = int(given["story"]) if given["story"].isdigit() else 0
        title = stories[place][1] if place < len(stories) else ""
        about = plain(given["question"], MAX_CHARS)
        await tell(sent, question(sent, f"{about} ({title})" if about else title), shared=False)

    form = Form(t(lang, "Explain a story"), took)
    form.choose("story", t(lang, "About"), options_of(digest)[:MOST])
    form.ask("question", t(lang, "What about it? Leave empty for all of it"), most=MAX_CHARS // 2)
    await interaction.response.send_modal(form)


async def _open_thread(interaction: Interaction, id: str) -> None:
    """Open a thread below an answer, in which the bot goes on being asked."""
    await acknowledge(interaction)
    lang, desk, message = lang_of(interaction), desk_of(interaction), interaction.message
    if message is None or not isinstance(interaction.channel, discord.TextChannel):
        raise Mistake(t(lang, "A thread can be opened in a text channel only."))
    if missing := lacking(interaction.app_permissions):
        said = "The bot may not open a thread here. Somebody who manages the server has to allow it: {missing}."
        raise Mistake(t(lang, said, missing=", ".join(missing)))
    if not interaction.permissions.create_public_threads:
        raise Mistake(t(lang, "You may not open threads in this channel: ask on with the buttons."))
    before = await _earlier(desk, id, lang)
    place = await _thread_of(message, plain(before.asked.question, 90) or "digestbot")
    if place is not None:
        said = "Mention me or reply to me with a question and it follows the one before. {who} opened this thread."
        opening = discord.Embed(description=t(lang, said, who=interaction.user.mention))
        await place.send(embed=opening, view=board([Press("ask", id, t(lang, "Ask more"))]))
    await answer(interaction, t(lang, "Go on in <#{place}>.", place=message.id))


async def _thread_of(message: discord.Message, name: str) -> discord.Thread | None:
    """Return the thread that was opened below a message, None where it has one."""
    try:
        return await message.create_thread(name=name)
    except discord.HTTPException as error:
        if error.code != THREAD_EXISTS:
            raise
    return None


async def _heard(tree: Tree, desk: Desk, message: discord.Message) -> None:
    """Answer a message that mentions the bot; one that replies to it, or stands in a thread, follows what it said."""
    guild, lang, place = message.guild, _language(message), below(message)
    if guild is None or not _may_answer(message, guild):
        return
    user, server = str(message.author.id), str(guild.id)
    try:
        use(tree, desk, user, server, lang)
        if (await server_of(desk, guild.id)).answers != "shared":
            raise Mistake(t(lang, "On this server answers are shown to who asks only: use `/explain`."))
        asked = await _asked(desk, message, guild, lang)
        async with message.channel.typing():
            await tell_answer(tree, desk, asked, place, lang)
    except (discord.Forbidden, discord.NotFound) as error:
        desk.tell(f"a mention in the channel {message.channel.id} cannot be answered ({error.status} {error.code})")
    except Exception as error:
        said = words_for(error, "a mention", lang, desk.tell)
        # Everybody in the channel reads it: whoever mentions the bot all the time must not make it write as often.
        waits_s, _ = tree.quotas.wait_s(tree.quotas.telling, user, server, desk.clock())
        if not waits_s:
            await place.show([discord.Embed(description=said)], ())


async def _asked(desk: Desk, message: discord.Message, guild: discord.Guild, lang: str) -> Asked:
    text = topic_of(message.content, ())
    before = await _before(desk, message)
    level = before.asked.level if before else "intermediate"
    known = "" if before or is_chinese(text) or lang != CHINESE else lang
    follows = before.id if before else ""
    return Asked(text, level, known, follows=follows, who=f"discord:{message.author.id}", place=f"discord:{guild.id}")


async def _before(desk: Desk, message: discord.Message) -> Answer | None:
    """Return the answer that a message follows: that it replies to, or the last one of its thread."""
    replied = message.reference.resolved if message.reference else None
    ids = list(_carried(replied)) if isinstance(replied, discord.Message) else []
    if not ids and isinstance(message.channel, discord.Thread):
        try:
            ids = [id async for one in message.channel.history(limit=_LOOKED_BACK) for id in _carried(one)]
        except discord.Forbidden as error:
            desk.tell(f"a thread's earlier messages cannot be read ({error.code}): a question follows nothing")
    return await desk.do(desk.library.answers.answer, ids[0]) if ids else None


def _carried(message: discord.Message) -> Iterator[str]:
    """Yield the id of the answer that a message of ours shows."""
    if message.guild and message.author == message.guild.me:
        for row in message.components:
            for one in getattr(row, "children", ()):
                if found := _CARRIES.match(str(getattr(one, "custom_id", ""))):
                    yield found[1]
                    return


def _may_answer(message: discord.Message, guild: discord.Guild) -> bool:
    granted = (
        message.channel.permissions_for(guild.me)
        if isinstance(message.channel, discord.abc.GuildChannel | discord.Thread)
        else None
    )
    if granted is None or not granted.embed_links:
        return False
    return granted.send_messages_in_threads if isinstance(message.channel, discord.Thread) else granted.send_messages


def _language(message: discord.Message) -> str:
    """Return the language that the bot speaks to whoever wrote a message, of whose own Discord nothing is known."""
    if is_chinese(message.content):
        return CHINESE
    return canonical(str(message.guild.preferred_locale)) if message.guild else canonical("")
