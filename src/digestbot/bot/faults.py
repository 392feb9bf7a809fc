"""What goes wrong, told to the one who asked: their mistake and its mending, a refusal and its reason, or our fault."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
from discord import app_commands

from digestbot.bot.answers import answer
from digestbot.bot.desk import desk_of
from digestbot.bot.words import lang_of, safe, t
from digestbot.errors import StoreError

UNKNOWN_INTERACTION, ANSWERED_ALREADY = 10062, 40060
"""Discord's codes for one that it no longer takes an answer to, and for one that another process acknowledged."""


class Mistake(Exception):
    """What somebody asked for cannot be done as it was asked; the text, in their language, says how it can."""


class Refusal(Exception):
    """Somebody may not do this; the text, in their language, says why and who may."""


async def failed(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell whoever asked what went wrong, and the operator where it is ours to mend."""
    cause, tell, what = _cause(error), desk_of(interaction).tell, asked(interaction)
    if isinstance(cause, discord.HTTPException) and cause.code == UNKNOWN_INTERACTION:
        tell(f"{what} was answered too late for Discord")
        return
    if isinstance(cause, discord.HTTPException) and cause.code == ANSWERED_ALREADY:
        tell(f"{what} was answered by another process: does a second bot run with the same token?")
        return
    text = words_for(error, what, lang_of(interaction), tell)
    try:
        await answer(interaction, text)
    # RuntimeError is what a session says that the bot closed while it stopped.
    except (discord.HTTPException, aiohttp.ClientError, TimeoutError, RuntimeError) as refused:
        tell(f"{what} could not be answered: {type(refused).__name__}: {refused}")


def words_for(error: BaseException, what: str, lang: str, tell: Callable[[str], object]) -> str:
    """Return what is said of an error to whoever asked; `tell` hears of one that is ours to mend, in doing `what`."""
    cause = _cause(error)
    if isinstance(cause, StoreError):
        tell(f"{what}: {cause}")
        return t(lang, "The ledger is busy right now. Try again in a minute.")
    text = _own_words(error, cause, lang)
    if text is None:
        id = secrets.token_hex(4)
        tell(f"{what} failed, fault {id}: {type(cause).__name__}: {cause}")
        said = "Sorry, this went wrong on our side. Tell whoever runs the bot: fault `{id}`."
        return t(lang, said, id=id)
    return text


def asked(interaction: discord.Interaction[Any]) -> str:
    """Return what somebody did, for the operator."""
    if interaction.command:
        return f"/{interaction.command.qualified_name}"
    given: dict[str, Any] = dict(interaction.data or {})
    return str(given.get("custom_id", "?"))[:60]


def _cause(error: BaseException) -> BaseException:
    # discord.py wraps what a command raises; what a button or form raises comes as it is, with a cause of its own.
    wrapped = isinstance(error, app_commands.AppCommandError)
    found: BaseException | None = getattr(error, "original", None) or (error.__cause__ if wrapped else None)
    return found or error


def _own_words(error: BaseException, cause: BaseException, lang: str) -> str | None:
    """Return what is to be said of an error that is not a fault of ours, None for one that is."""
    if isinstance(cause, Mistake | Refusal):
        return str(cause)
    if isinstance(error, app_commands.TransformerError):
        return t(lang, "{given} is not understood here.", given=safe(str(error.value), 100))
    if isinstance(error, app_commands.CommandSignatureMismatch | app_commands.CommandNotFound):
        return t(lang, "This command has just changed. Restart Discord (Ctrl+R) and try again.")
    if isinstance(error, app_commands.CheckFailure):
        return t(lang, "This cannot be used here.")
    return None
