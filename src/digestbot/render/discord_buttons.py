"""The buttons below a digest on Discord, and what More shows; pure. A press tells the bot nothing but the id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from digestbot.domain import Digest, DigestId, DigestLang
from digestbot.render.discord import Embed, Message, digest_messages, story_pages

WHOLE = 2
"""A digest of so many messages is posted as it is; a longer one would push everything else off the screen."""
MAX_ID = 100
Act = Literal["more", "save", "explain", "up", "down"]
_LABELS: dict[DigestLang, tuple[str, str, str]] = {
    "en": ("More", "Save", "Explain"),
    "zh-Hans": ("更多", "收藏", "讲解"),
    "zh-Hant": ("更多", "收藏", "講解"),
}
_A_ROW = 5
_ROW, _BUTTON, _QUIET = 1, 2, 2
"""Discord's numbers for a row of parts, a button, and a button's grey."""


def button_id(act: Act, digest: DigestId, page: int = 0) -> str:
    """Return the id of a button, for which `bot.tree.Press` listens."""
    return f"p:{act}:{digest}#{page}" if act == "more" else f"p:{act}:{digest}"


def more_pages(digest: Digest) -> list[list[Embed]]:
    """Return what More shows: the stories that the channel itself shows in a line at most, a message each page."""
    return story_pages(digest, brief_only=len(digest_messages(digest)) <= WHOLE)


def with_buttons(message: Message, digest: Digest) -> Message:
    """Return a message with the row of buttons below it; without them where an id would be too long."""
    more, save, explain = _LABELS[digest.lang]
    parts = [(button_id("more", digest.id), more, "")] if more_pages(digest) else []
    parts += [(button_id("save", digest.id), save, ""), (button_id("explain", digest.id), explain, "")]
    parts += [(button_id("up", digest.id), "", "👍"), (button_id("down", digest.id), "", "👎")]
    if any(len(id) > MAX_ID for id, _, _ in parts):
        return message
    return {**message, "components": rows(parts)}


def rows(parts: Sequence[tuple[str, str, str]]) -> list[dict[str, object]]:
    """Return buttons, given as (id, label, emoji), in as few rows as Discord's five to a row allow."""
    shown = [_button(*part) for part in parts]
    return [{"type": _ROW, "components": shown[start : start + _A_ROW]} for start in range(0, len(shown), _A_ROW)]


def _button(id: str, label: str, emoji: str) -> dict[str, object]:
    shown: dict[str, object] = {"label": label} if label else {"emoji": {"name": emoji}}
    return {"type": _BUTTON, "style": _QUIET, "custom_id": id, **shown}
