"""What goes wrong, told to the one who asked: their mistake and its mending, a refusal and its reason, or our fault."""

from __future__ import annotations

import secrets
from typing import Any

import discord
from discord import app_commands

from digestbot.bot.answers import answer
from digestbot.bot.desk import desk_of
from digestbot.bot.words import lang_of, safe, t
from digestbot.errors import StoreError

UNKNOWN_INTERACTION = 10062
"""Discord's code for one that it no longer takes an answer to."""


class Mistake(Exception):
    """What somebody asked for cannot be done as it was asked; the text, in their language, says how it can."""


class Refusal(Exception):
    """Somebody may not do this; the text, in their language, says why and who may."""


async def failed(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell whoever asked what went wrong, and the operator where it is ours to mend."""
    cause = getattr(error, "original", None) or error.__cause__ or error
    tell = desk_of(interaction).tell
    if isinstance(cause, discord.NotFound) and cause.code == UNKNOWN_INTERACTION:
        tell(f"{asked(interaction)} was answered too late for Discord")
        return
    text = _own_words(interaction, error, cause)
    if text is None:
        id = secrets.token_hex(4)
        tell(f"{asked(interaction)} failed, fault {id}: {type(cause).__name__}: {cause}")
        text = t(
            lang_of(interaction), "Sorry, this went wrong on our side. Tell whoever runs the bot: fault `{id}`.", id=id
        )
    try:
        await answer(interaction, text)
    except discord.HTTPException as refused:
        tell(f"{asked(interaction)} could not be answered: {refused.status} {refused.code}")


def asked(interaction: discord.Interaction[Any]) -> str:
    """Return what somebody did, for the operator."""
    if interaction.command:
        return f"/{interaction.command.qualified_name}"
    given: dict[str, Any] = dict(interaction.data or {})
    return str(given.get("custom_id", "?"))[:60]


def _own_words(interaction: discord.Interaction[Any], error: BaseException, cause: BaseException) -> str | None:
    """Return what is to be said of an error that is not a fault of ours, None for one that is."""
    lang = lang_of(interaction)
    if isinstance(cause, Mistake | Refusal):
        return str(cause)
    if isinstance(error, app_commands.TransformerError):
        return t(lang, "{given} is not understood here.", given=safe(str(error.value), 100))
    if isinstance(error, app_commands.CommandSignatureMismatch | app_commands.CommandNotFound):
        return t(lang, "This command has just changed. Restart Discord (Ctrl+R) and try again.")
    if isinstance(error, app_commands.CheckFailure):
        return t(lang, "This cannot be used here.")
    if isinstance(cause, StoreError):
        desk_of(interaction).tell(f"{asked(interaction)}: {cause}")
        return t(lang, "The ledger is busy right now. Try again in a minute.")
    return None
