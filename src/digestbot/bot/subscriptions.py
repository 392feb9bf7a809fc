"""`/subscriptions`: what is subscribed here, to change, pause or end; every press is checked anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands

from digestbot.bot.access import check_may_subscribe, here, mine
from digestbot.bot.answers import acknowledge, answer, listed, replace_answer
from digestbot.bot.desk import Desk, desk_of
from digestbot.bot.faults import Mistake
from digestbot.bot.subscribe import changed, parts
from digestbot.bot.telling import LANGUAGES, LENGTHS, line, sheet_of
from digestbot.bot.tree import Form, Interaction, Pick, Press, Tree
from digestbot.bot.words import lang_of, t
from digestbot.domain import Channel, Subscription
from digestbot.render.escape import plain
from digestbot.subscriptions import cadence
from digestbot.subscriptions.cadence import standing

MOST_PICKED = 25
FOR_EVER = 2200


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command with its list and buttons."""

    @tree.command(name="subscriptions", description="What is subscribed here, to change, pause or end")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def subscriptions(interaction: Interaction) -> None:
        await acknowledge(interaction)
        found = mine(await desk.do(desk.subscriptions.all), here(interaction))
        lang = lang_of(interaction)
        if not found:
            await answer(interaction, t(lang, "Nothing is subscribed here yet: `/subscribe` does it."))
            return
        text = listed(interaction, [f"- {line(one, lang)}" for one in found])
        await answer(interaction, text, [_menu(found, lang)], title=t(lang, "Subscriptions"))

    tree.picks["sub"] = _picked
    tree.picks["sub-lang"] = _language
    tree.picks["sub-length"] = _length
    tree.presses["sub-show"] = _kept
    tree.presses["sub-edit"] = _edit
    tree.presses["sub-pause"] = _pause
    tree.presses["sub-resume"] = _resume
    tree.presses["sub-remove"] = _remove
    tree.presses["sub-sure"] = _removed


def _menu(found: Sequence[Subscription], lang: str) -> Pick:
    options = [
        discord.SelectOption(label=one.id, value=one.id, description=plain(cadence.written(one.cadence), 100))
        for one in found[:MOST_PICKED]
    ]
    return Pick("sub", "", options, t(lang, "Choose one to change, pause or end it"))


async def _own(interaction: Interaction, id: str) -> tuple[Desk, Subscription, str]:
    """Return a subscription that somebody may change from here; raises Refusal or Mistake for any other."""
    desk, lang = desk_of(interaction), lang_of(interaction)
    await check_may_subscribe(interaction, desk)
    found = await desk.do(desk.subscriptions.get, id)
    if found is None or not mine([found], here(interaction)):
        raise Mistake(t(lang, "That subscription is no longer here."))
    return desk, found, lang


async def _picked(interaction: Interaction, what: str, values: Sequence[str]) -> None:
    _, one, _ = await _own(interaction, values[0])
    await _show(interaction, one)


async def _show(interaction: Interaction, one: Subscription) -> None:
    """Put a subscription with all that can be done to it in the place of the message."""
    desk, lang = desk_of(interaction), lang_of(interaction)
    marks = await desk.do(desk.subscriptions.handled)
    due = standing(one, marks.get(one.id), desk.clock())
    await replace_answer(interaction, sheet_of(one, due, lang), _controls(one, due.why == "paused", lang), f"{one.id}")


def _controls(one: Subscription, paused: bool, lang: str) -> list[discord.ui.Item[Any]]:
    act = "sub-resume" if paused else "sub-pause"
    buttons: list[discord.ui.Item[Any]] = [
        Press("sub-edit", one.id, t(lang, "Change"), discord.ButtonStyle.primary),
        Press(act, one.id, t(lang, "Resume") if paused else t(lang, "Pause")),
        Press("sub-remove", one.id, t(lang, "End it"), discord.ButtonStyle.danger),
    ]
    spoken = [_option(name, code, one.shape.lang) for code, name in LANGUAGES.items()]
    lengths = [_option(t(lang, name), code, one.shape.length) for code, name in LENGTHS.items()]
    buttons.append(Pick("sub-lang", one.id, spoken, t(lang, "Language")))
    buttons.append(Pick("sub-length", one.id, lengths, t(lang, "Length")))
    return buttons


def _option(label: str, value: str, now: str) -> discord.SelectOption:
    return discord.SelectOption(label=label, value=value, default=value == now)


async def _language(interaction: Interaction, id: str, values: Sequence[str]) -> None:
    await _save(interaction, id, {"lang": values[0]})


async def _length(interaction: Interaction, id: str, values: Sequence[str]) -> None:
    await _save(interaction, id, {"length": values[0]})


async def _edit(interaction: Interaction, id: str) -> None:
    """Ask for what can be written."""
    _, one, lang = await _own(interaction, id)

    async def took(sent: Interaction, given: dict[str, str]) -> None:
        values: dict[str, Any] = {name: parts(given[name]) for name in ("sections", "chapters", "keywords")}
        values["cadence"] = plain(given["cadence"])
        values["zone"] = plain(given["zone"]) or "UTC"
        await _save(sent, id, values)

    form = Form(t(lang, "Change a subscription"), took)
    form.ask("sections", t(lang, "Sections, separated by commas"), ", ".join(one.rule.sections))
    form.ask("chapters", t(lang, "Chapters, separated by commas"), ", ".join(one.rule.chapters), long=True, most=1000)
    form.ask("keywords", t(lang, "Words, separated by commas"), ", ".join(one.rule.keywords), long=True, most=1000)
    form.ask(
        "cadence", t(lang, "When: daily 08:00, weekly mon 08:00, instant"), cadence.written(one.cadence), needed=True
    )
    form.ask("zone", t(lang, "Time zone, such as Europe/Berlin"), one.cadence.zone, most=60)
    await interaction.response.send_modal(form)


async def _save(interaction: Interaction, id: str, values: Mapping[str, Any]) -> None:
    await interaction.response.defer()
    desk, one, lang = await _own(interaction, id)
    made = await desk.do(changed, desk, one, values, lang)
    await desk.do(desk.subscriptions.save, [made])
    await _show(interaction, made)


async def _pause(interaction: Interaction, id: str) -> None:
    desk, one, _ = await _own(interaction, id)
    made = replace(one, paused_until=desk.clock().replace(year=FOR_EVER, day=1))
    await desk.do(desk.subscriptions.save, [made])
    await _show(interaction, made)


async def _resume(interaction: Interaction, id: str) -> None:
    desk, one, _ = await _own(interaction, id)
    made = replace(one, paused_until=desk.clock()) if one.paused_until else one
    await desk.do(desk.subscriptions.save, [made])
    await _show(interaction, made)


async def _remove(interaction: Interaction, id: str) -> None:
    _, one, lang = await _own(interaction, id)
    said = t(lang, "End `{id}`? It cannot be taken back; what was posted stays.", id=one.id)
    keep = Press("sub-show", one.id, t(lang, "Keep it"))
    await replace_answer(
        interaction, said, [Press("sub-sure", id, t(lang, "End it"), discord.ButtonStyle.danger), keep]
    )


async def _kept(interaction: Interaction, id: str) -> None:
    _, one, _ = await _own(interaction, id)
    await _show(interaction, one)


async def _removed(interaction: Interaction, id: str) -> None:
    desk, one, lang = await _own(interaction, id)
    for channel in one.channels:
        await desk.do(desk.library.readers.leave, id, Channel("discord", channel.address), desk.clock())
    await replace_answer(interaction, t(lang, "`{id}` is ended.", id=id))
