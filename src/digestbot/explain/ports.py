"""What explaining needs from outside: what was read, a model that may answer, and a memory of answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digestbot.domain import Lookup, Usage
from digestbot.domain.answers import Answer, FeedbackKind
from digestbot.errors import ModelError
from digestbot.explain.citing import Drafted
from digestbot.ports import Tool
from digestbot.search import Filters, Found


class Library(Protocol):
    """What was read, and the roadmap's own chapters."""

    @property
    def version(self) -> str:
        """What changes whenever something can be found that could not before, or the other way round."""
        ...

    def find(self, question: str, filters: Filters, limit: int) -> list[Found]:
        """Return the passages nearest to a question, best first, of many documents."""
        ...

    def similarities(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return the cosine of the meanings of a question and of each text."""
        ...


@dataclass(frozen=True)
class Draft:
    """What a model made of a question: nothing of it is checked. `error` says why there is none."""

    claims: tuple[Drafted, ...]
    enough: bool
    missing: str
    usage: Usage
    lookups: tuple[Lookup, ...] = ()
    error: ModelError | None = None


Told = Callable[[Sequence[Drafted]], None]
"""Hears all claims that are whole so far whenever there are more. Of a reply that is asked for anew, or follows a
look-up, they begin from the first again, and what was heard of the other counts for nothing."""


class Answerer(Protocol):
    """A chat model that answers from the sources that it is shown, and may look for more."""

    @property
    def name(self) -> str:
        """Return `provider:model`."""
        ...

    @property
    def answer_prompt(self) -> str:
        """Return the label of the prompt that it answers with."""
        ...

    async def answer(self, brief: str, lang: str, level: str, tools: Sequence[Tool], told: Told | None = None) -> Draft:
        """Return what it answers to a brief, within caps on steps, tokens and time; raises nothing of the model's.

        `told`, on the same event loop, hears of its claims while it writes; None where nobody waits for them.
        """
        ...


class Memory(Protocol):
    """What was answered before."""

    def answered(self, key: str) -> Answer | None:
        """Return the latest answer of a cache key, None if there is none."""
        ...

    def answer(self, id: str) -> Answer | None:
        """Return an answer by its id, None if there is none."""
        ...

    def record(self, answer: Answer, key: str, prompt: str) -> None:
        """Keep an answer, and what it took."""
        ...

    def asked_since(self, who: str, since: datetime) -> int:
        """Return how many answers were made for somebody from an instant on, those of the cache not counted."""
        ...

    def asked_at_since(self, place: str, since: datetime) -> int:
        """Return the same of all who asked at a place."""
        ...

    def judge(self, answer: str, who: str, verdict: FeedbackKind, note: str, at: datetime) -> bool:
        """Keep what somebody thinks of an answer, in the place of what they thought before; False where it is gone."""
        ...
