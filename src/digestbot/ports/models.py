"""Who files and summarizes, and what they may look up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from digestbot.domain import Article, Lookup, Outline, Precedent, Story, StoryId, Summary, Usage, Verdict
from digestbot.errors import ModelError

Result = TypeVar("Result")
NO_USAGE = Usage()
Precedents = Mapping[StoryId, Sequence[Precedent]]
"""For each story the works nearest to it that have their place already, nearest first."""
NO_PRECEDENTS: Precedents = MappingProxyType({})


@dataclass(frozen=True)
class Replies(Generic[Result]):
    """What a model made of a batch: results and failures by story, together all of the batch, and what it took."""

    results: Mapping[StoryId, Result]
    failures: Mapping[StoryId, ModelError]
    usage: Usage = NO_USAGE


@dataclass(frozen=True)
class Introduction:
    """A story that is to be introduced in a document by a line like those in `examples`, which its chapter has."""

    story: Story
    article: Article
    summary: Summary
    chapter: str
    examples: tuple[str, ...] = ()


class Model(Protocol):
    """Files and summarizes. The offline model never fails; a chat model may, story by story."""

    @property
    def name(self) -> str:
        """`offline`, or `provider:model`."""
        ...

    async def file(
        self, stories: Sequence[Story], outline: Outline, precedents: Precedents = NO_PRECEDENTS
    ) -> Replies[Verdict]:
        """Return a verdict for each story; sections and chapters are ids of the outline."""
        ...

    @property
    def filing_prompt(self) -> str:
        """Return the label of the prompt that it files with, empty where it needs none."""
        ...

    @property
    def summary_prompt(self) -> str:
        """The label of the prompt that it summarizes with, which changes with it; empty where there is none."""
        ...

    async def summarize(
        self, tasks: Sequence[tuple[Story, Verdict, Article]], outline: Outline, lang: str
    ) -> Replies[Summary]:
        """Return a summary in a language for each story, every statement of it supported by its article.

        A model that cannot translate writes in the article's language, and the summary says so.
        """
        ...

    async def introduce(self, tasks: Sequence[Introduction], lang: str) -> Replies[str]:
        """Return a line in a language for each story, every statement of it supported by its article.

        It is empty where the model can write none, such as in another language than the summary's.
        """
        ...


@dataclass(frozen=True)
class Tool:
    """Something that an agent may look up: `look_up` takes a few words and returns a text. It changes nothing.

    The name is a Python identifier; `description` tells the model when to use it and what to ask.
    """

    name: str
    description: str
    look_up: Callable[[str], Awaitable[str]]


@dataclass(frozen=True)
class Study:
    """What an agent made of a story. `error` says why there is no verdict; what was looked up and paid for stands."""

    verdict: Verdict | None
    lookups: tuple[Lookup, ...]
    usage: Usage
    prompt: str
    error: ModelError | None = None


class Agent(Protocol):
    """Looks into one story with tools before it decides."""

    @property
    def name(self) -> str:
        """Return `provider:model`."""
        ...

    async def study(self, story: Story, outline: Outline, doubt: str, tools: Sequence[Tool]) -> Study:
        """Return what came of it, within caps on steps, tokens and time; `doubt` says what there is to settle.

        Raises ModelError when no story can be studied: the model is out of reach, or knows no tools.
        """
        ...


class References(Protocol):
    """What the roadmap and the ledger know that helps to file a story; it reads and never writes."""

    async def near(self, stories: Sequence[Story]) -> Precedents:
        """Return for each story the precedents nearest to it, none where nothing is near."""
        ...

    def tools(self, story: Story) -> Sequence[Tool]:
        """Return the tools for studying a story."""
        ...
