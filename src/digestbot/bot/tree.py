"""The tree of commands, and what every use goes through: quotas, one way of failing, ids that outlive the process."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Self

import discord
from discord import app_commands

from digestbot.bot.answers import answer
from digestbot.bot.desk import Desk, desk_of
from digestbot.bot.faults import Mistake, failed
from digestbot.bot.quotas import Quota, Quotas
from digestbot.bot.turns import Turns
from digestbot.bot.words import lang_of, safe, t

Interaction = discord.Interaction[Any]
Pressed = Callable[[Interaction, str], Awaitable[object]]
Picked = Callable[[Interaction, str, Sequence[str]], Awaitable[object]]
Heard = Callable[["Tree", Desk, discord.Message], Awaitable[object]]
_TAKEN = "taken"
_MAX_GIVEN_BACK = 3_000


class Tree(app_commands.CommandTree[Any]):
    """Commands, and what pressing a button or picking from a list does: by the name that its id begins with.

    `heard` is what a message that mentions the bot is given to; `at_once` is how many questions are answered at once.
    """

    def __init__(self, client: discord.Client, at_once: int = 1) -> None:
        super().__init__(client)
        self.quotas = Quotas()
        self.turns = Turns(at_once)
        self.heard: Heard | None = None
        self.presses: dict[str, Pressed] = {}
        self.picks: dict[str, Picked] = {}
        client.add_dynamic_items(Press, Pick)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Let a command pass whose asker has some left of the quota; what is completed while typing is not counted."""
        if interaction.type is discord.InteractionType.application_command:
            try:
                count(interaction)
            except Mistake as error:
                await failed(interaction, error)
                return False
        return True

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Tell what went wrong."""
        if interaction.type is not discord.InteractionType.autocomplete:
            await failed(interaction, error)


def tree_of(interaction: Interaction) -> Tree:
    """Return the tree of the bot that somebody uses."""
    found: Tree = interaction.client.tree
    return found


def count(interaction: Interaction, kind: tuple[Quota, Quota] | None = None) -> None:
    """Count a use; raises Mistake, saying when it goes again, where that was too often."""
    user, guild = str(interaction.user.id), str(interaction.guild_id or "")
    use(tree_of(interaction), desk_of(interaction), user, guild, lang_of(interaction), kind)


def use(tree: Tree, desk: Desk, user: str, guild: str, lang: str, kind: tuple[Quota, Quota] | None = None) -> None:
    """Count what somebody does, as `count` does; `guild` is "" in direct messages."""
    waits_s, ours = tree.quotas.wait_s(kind or tree.quotas.asking, user, guild, desk.clock())
    if not waits_s:
        return
    whose = t(lang, "This server has") if ours else t(lang, "You have")
    said = "{whose} asked too often. Try again in {wait}."
    raise Mistake(t(lang, said, whose=whose, wait=_span(lang, waits_s)))


async def attempt(interaction: Interaction, work: Callable[[], Awaitable[object]]) -> None:
    """Do what was pressed, picked or sent, and tell what went wrong."""
    interaction.extras[_TAKEN] = True
    try:
        count(interaction)
        await work()
    except Exception as error:
        await failed(interaction, error)


class Press(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"p:(?P<act>[a-z-]+):(?P<what>.*)"):
    """A button that is known by its id alone."""

    def __init__(
        self,
        act: str,
        what: str = "",
        label: str = "",
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        emoji: str | None = None,
        row: int | None = None,
    ) -> None:
        self.act, self.what = act, what
        id = f"p:{act}:{what}"[:100]
        super().__init__(discord.ui.Button(label=label or None, style=style, emoji=emoji, custom_id=id, row=row))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: Any, match: re.Match[str], /) -> Self:
        """Return the button that was pressed."""
        return cls(match["act"], match["what"], item.label or "?")

    async def callback(self, interaction: Interaction) -> None:
        """Do what it stands for."""
        act = tree_of(interaction).presses.get(self.act, _gone)
        await attempt(interaction, lambda: act(interaction, self.what))


class Pick(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"s:(?P<act>[a-z-]+):(?P<what>.*)"):
    """A list to pick from, known by its id alone."""

    def __init__(
        self,
        act: str,
        what: str = "",
        options: Sequence[discord.SelectOption] = (),
        placeholder: str = "",
        most: int = 1,
        least: int = 1,
    ) -> None:
        self.act, self.what = act, what
        super().__init__(
            discord.ui.Select(
                custom_id=f"s:{act}:{what}"[:100],
                options=list(options)[:25],
                placeholder=placeholder[:150] or None,
                max_values=most,
                min_values=least,
            )
        )

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: Any, match: re.Match[str], /) -> Self:
        """Return the list that was picked from."""
        return cls(match["act"], match["what"], item.options, "", item.max_values, item.min_values)

    async def callback(self, interaction: Interaction) -> None:
        """Do what it stands for."""
        act = tree_of(interaction).picks.get(self.act)
        values = [str(value) for value in self.item.values]
        if act is None:
            await attempt(interaction, lambda: _gone(interaction, self.what))
            return
        await attempt(interaction, lambda: act(interaction, self.what, values))


class Form(discord.ui.Modal):
    """A form; `took` is what is done with the texts of its fields, by their names."""

    def __init__(self, title: str, took: Callable[[Interaction, dict[str, str]], Awaitable[object]]) -> None:
        super().__init__(title=title[:45], timeout=900)
        self._took = took

    def ask(
        self, name: str, label: str, default: str = "", *, needed: bool = False, long: bool = False, most: int = 400
    ) -> None:
        """Add a field of text."""
        style = discord.TextStyle.paragraph if long else discord.TextStyle.short
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id=name, style=style, default=default[:most] or None, required=needed, max_length=most
        )
        self.add_item(discord.ui.Label(text=label[:45], component=field))

    def choose(self, name: str, label: str, options: Sequence[discord.SelectOption]) -> None:
        """Add a list of which one is chosen."""
        field: discord.ui.Select[Any] = discord.ui.Select(custom_id=name, options=list(options)[:25])
        self.add_item(discord.ui.Label(text=label[:45], component=field))

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Take what was written."""
        await attempt(interaction, lambda: self._took(interaction, self._given()))

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]  # as Modal has it
        """Tell what went wrong."""
        await failed(interaction, error)

    def _given(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for item in self.walk_children():
            if isinstance(item, discord.ui.TextInput):
                found[item.custom_id] = item.value
            elif isinstance(item, discord.ui.Select):
                found[item.custom_id] = next(iter(item.values), "")
        return found


async def give_back(interaction: Interaction) -> None:
    """Return the words of a form that nobody takes any more to whoever sent it: a bot forgets forms with its end."""
    if interaction.extras.get(_TAKEN):
        return
    said = "It was not taken: the form was open for too long, or the bot began anew. Open it again. You wrote:"
    words = "\n".join(f"> {safe(text, _MAX_GIVEN_BACK)}" for text in _texts(dict(interaction.data or {})) if text)
    await attempt(interaction, lambda: answer(interaction, f"{t(lang_of(interaction), said)}\n{words}"))


def _texts(part: dict[str, Any]) -> Iterator[str]:
    """Yield what stands in the fields of a form as Discord sends it."""
    yield str(part.get("value") or "")
    for inner in (*part.get("components", ()), *filter(None, [part.get("component")])):
        yield from _texts(inner)


async def _gone(interaction: Interaction, what: str) -> None:
    raise Mistake(t(lang_of(interaction), "This button is of an older version of the bot. Use the command again."))


def _span(lang: str, seconds: int) -> str:
    if seconds < 120:
        return t(lang, "{count} s", count=seconds)
    if seconds < 7200:
        return t(lang, "{count} min", count=seconds // 60)
    return t(lang, "{count} h", count=seconds // 3600)
