"""The bot's own words in English and Chinese, and how Discord learns them; the English text is the name of a phrase."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from digestbot.bot.chinese import CHINESE
from digestbot.languages import CHINESE as ZH
from digestbot.languages import ENGLISH, TRADITIONAL, canonical
from digestbot.offline.traditional import traditional
from digestbot.render.discord import fitted
from digestbot.render.escape import plain


def t(lang: str, text: str, **parts: object) -> str:
    """Return a phrase in a language, with its `{parts}` in place; a language that is not known gets English."""
    return _phrase(lang, text).format(**parts) if parts else _phrase(lang, text)


def safe(text: str, limit: int) -> str:
    """Return outside text as one line that Discord shows as it is: nothing hidden, nothing that pings or links."""
    return fitted(plain(text), limit)


def lang_of(interaction: discord.Interaction[Any]) -> str:
    """Return the language that somebody's own Discord is in."""
    return canonical(str(interaction.locale))


class Translator(app_commands.Translator):
    """Gives Discord the Chinese of descriptions and choices; what is typed keeps one name in all languages."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return a phrase in Discord's language, None where it is to be left as it is."""
        lang, place = canonical(str(locale)), app_commands.TranslationContextLocation
        typed = context.location in (place.command_name, place.group_name, place.parameter_name)
        is_menu = isinstance(context.data, app_commands.ContextMenu)
        if lang not in (ZH, TRADITIONAL) or string.message not in CHINESE or (typed and not is_menu):
            return None
        return t(lang, string.message)


def _phrase(lang: str, text: str) -> str:
    if lang == ENGLISH or text not in CHINESE or lang not in (ZH, TRADITIONAL):
        return text
    return traditional(CHINESE[text]) if lang == TRADITIONAL else CHINESE[text]
