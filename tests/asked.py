"""A small library of passages and a memory, for the tests of answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from digestbot.domain import Chapter, Document, Outline, Section, Usage
from digestbot.domain.answers import Answer, FeedbackKind
from digestbot.errors import ModelError
from digestbot.explain.asking import Deps
from digestbot.explain.citing import Drafted
from digestbot.explain.concepts import concepts, share, words_of
from digestbot.explain.ports import Draft, Told
from digestbot.ports import Tool
from digestbot.roadmap import parse
from digestbot.search import Filters, Found, Passage

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ROADMAP = parse(
    "# A map\n\n## Section I: Models\n\n### Decoders\n\nDecoders "
    "predict the next token.\n\n### Speculative Decoding\n\n"
    "A draft model proposes tokens.\n\n- "
    "[Fast inference](https://arxiv.org/abs/2211.17192) (paper): draft and verify.\n"
    "- [Explained](https://youtu.be/hm7VEgxhOvk) (video): with measurements.\n"
    "- [Sampling](https://jay.example/spec) (post): in NumPy.\n",
    "map",
)
OUTLINE = Outline(
    "map",
    "A map",
    "en",
    "v1",
    (
        Section(
            "I",
            "Models",
            "",
            (
                Chapter("decoders", "Decoders", "Decoders predict the next token."),
                Chapter("speculative-decoding", "Speculative Decoding", "A draft model proposes tokens."),
            ),
        ),
    ),
)
PAPERS = {
    "2604.1": (
        "Drafting well",
        "Speculative decoding is a technique for accelerating the inference of large language models. "
        "Speculative decoding works by letting a small draft model propose tokens that the large model then verifies. "
        "It is in use.",
    ),
    "2604.2": (
        "Trees for speculative decoding",
        "We propose TreeDraft, which verifies 8 branches of speculative decoding at once. "
        "Speculative decoding is essential for serving, since memory bandwidth is the bottleneck.",
    ),
    "2604.4": ("Long contexts", "However, speculative decoding remains costly for long contexts."),
    "2604.3": ("Photos of cats", "Cats sleep for most of the day and hunt at dawn."),
}


def found(id: str = "2604.1", title: str = "", text: str = "", **changes: object) -> Found:
    """Return a passage of a paper, its own title and text if none are given."""
    known = PAPERS.get(id, ("", ""))
    document = Document(
        id, title or known[0], url=f"https://arxiv.org/abs/{id}", kind="paper", lang="en", date="2026-04-10"
    )
    one = Found(Passage(id, id, 0, "abstract", text or known[1], lang="en"), document, 1.0, 0.0, 0.0)
    return replace(one, **changes)  # type: ignore[arg-type]  # fields of Found


class Shelf:
    """A library that holds a few passages and finds those which share a concept with the question."""

    version = "1"

    def __init__(self, passages: Sequence[Found] | None = None) -> None:
        self.passages = [found(id) for id in PAPERS] if passages is None else list(passages)
        self.asked: list[str] = []

    def find(self, question: str, filters: Filters, limit: int) -> list[Found]:
        """Return the passages that hold most of the question, best first."""
        self.asked.append(question)
        if "roadmap" in filters.sources:
            return []
        about = concepts(question)
        scored = [(share(about, words_of(f"{one.document.title} {one.passage.text}")), one) for one in self.passages]
        return [replace(one, coverage=held) for held, one in sorted(scored, key=lambda p: -p[0]) if held > 0][:limit]

    def similarities(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return a middling likeness for everything."""
        return [0.5 for _ in texts]


class Notebook:
    """A memory in a list."""

    def __init__(self) -> None:
        self.kept: list[tuple[Answer, str]] = []

    def answered(self, key: str) -> Answer | None:
        """Return the latest answer of a key."""
        return next((answer for answer, own in reversed(self.kept) if key and own == key and not answer.cached), None)

    def answer(self, id: str) -> Answer | None:
        """Return an answer by its id."""
        return next((answer for answer, _ in self.kept if answer.id == id), None)

    def record(self, answer: Answer, key: str, prompt: str) -> None:
        """Keep an answer."""
        self.kept.append((answer, key))

    def asked_since(self, who: str, since: datetime) -> int:
        """Return how many were made for somebody."""
        return sum(a.asked.who == who and not a.cached and a.state != "refused" for a, _ in self.kept)

    def asked_at_since(self, place: str, since: datetime) -> int:
        """Return how many were made for all of a place."""
        return sum(a.asked.place == place and not a.cached and a.state != "refused" for a, _ in self.kept)

    def judge(self, answer: str, who: str, verdict: FeedbackKind, note: str, at: datetime) -> bool:
        """Keep nothing."""
        return self.answer(answer) is not None


class Scripted:
    """A model that says what it was told to, after looking up what it was told to."""

    name, answer_prompt = "test:scripted", "explain@1"

    def __init__(
        self,
        *claims: Drafted,
        error: ModelError | None = None,
        look_up: str = "",
        writes: Sequence[Sequence[Drafted]] = (),
    ) -> None:
        self.claims, self.error, self.look_up, self.writes = claims, error, look_up, writes
        self.turns = asyncio.Semaphore(0)
        self.briefs: list[str] = []
        self.shown: list[str] = []

    async def answer(self, brief: str, lang: str, level: str, tools: Sequence[Tool], told: Told | None = None) -> Draft:
        """Return the script; it tells what it writes before, and waits for a turn after each time."""
        self.briefs.append(brief)
        if self.look_up:
            self.shown.append(await tools[0].look_up(self.look_up))
        if told:
            for claims in self.writes:
                told(claims)
                await self.turns.acquire()
        return Draft(self.claims, True, "", Usage(100, 0.0, 10, 2), error=self.error)


def deps(shelf: Shelf | None = None, **changes: object) -> Deps:
    """Return what questions are answered with in the tests."""
    base = Deps(shelf or Shelf(), Notebook(), ROADMAP, OUTLINE)
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of Deps
