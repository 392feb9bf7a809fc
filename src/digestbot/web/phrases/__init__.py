"""What the pages say, in English and Chinese: a module for each family of pages."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from digestbot.languages import TRADITIONAL, canonical
from digestbot.offline.traditional import localized

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Phrases = TypeVar("Phrases", bound=DataclassInstance)
else:
    Phrases = TypeVar("Phrases")


class Spoken(Generic[Phrases]):
    """Phrases in each of our languages; traditional Chinese is made from the simplified."""

    def __init__(self, english: Phrases, chinese: Phrases) -> None:
        """Take the phrases in English and in simplified Chinese."""
        self._english, self._chinese = english, chinese
        self._traditional: Phrases | None = None

    def of(self, lang: str) -> Phrases:
        """Return the phrases in a language, English for any but Chinese."""
        if not lang.lower().startswith("zh"):
            return self._english
        if canonical(lang) != TRADITIONAL:
            return self._chinese
        if self._traditional is None:
            self._traditional = _traditional(self._chinese)
        return self._traditional


def _traditional(chinese: Phrases) -> Phrases:
    made = {field.name: _localized(getattr(chinese, field.name)) for field in fields(chinese)}
    return replace(chinese, **made | ({"lang": TRADITIONAL} if "lang" in made else {}))


def _localized(value: Any) -> Any:
    if isinstance(value, str):
        return localized(value)
    if isinstance(value, tuple):
        return tuple(_localized(one) for one in value)
    return {key: _localized(text) for key, text in value.items()} if isinstance(value, dict) else value
