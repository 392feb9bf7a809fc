"""Summaries by a chat model: what is asked, and what is left of the reply after checking; pure but for the asking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from digestbot.chat import replies
from digestbot.chat.briefs import MAX_ARTICLE_CHARS, language, summary_brief
from digestbot.chat.prompts import Prompt
from digestbot.chat.questions import Answer, Question
from digestbot.chat.untrusted import shortened
from digestbot.domain import Article, Outline, Story, Summary, Verdict
from digestbot.errors import ReplyError
from digestbot.grounding import sift
from digestbot.offline.sentences import split
from digestbot.offline.terms import terms
from digestbot.ports import Replies

BATCH = 4
"""Stories in one call."""
MAX_POINTS = 5
MAX_EVIDENCE = 3
# More points than this are not even checked.
_MAX_READ = 10
_MAX_EVIDENCE_CHARS = 600
_MAX_STATEMENT_CHARS = 400

Task = tuple[Story, Verdict, Article]


class Asker(Protocol):
    """A chat model that can be asked."""

    @property
    def name(self) -> str: ...
    async def ask(
        self, question: Question[Task, SummaryRow, Summary], tasks: Sequence[Task], size: int
    ) -> Replies[Summary]: ...


class SummaryRow(Answer):
    """A story in short."""

    tldr: str
    points: list[str]


async def summarize(
    model: Asker, prompts: Mapping[str, Prompt], tasks: Sequence[Task], outline: Outline
) -> Replies[Summary]:
    """Return a summary, in the roadmap's language, for each story that the model answered well."""
    prompt, lang = prompts["summarize"], outline.lang or "en"
    question = Question[Task, SummaryRow, Summary](
        system=prompt.render(language=language(lang)),
        schema=summary_schema(),
        row=SummaryRow,
        show=lambda batch: summary_brief([(story, article) for story, _, article in batch]),
        story_of=lambda task: task[0].id,
        check=lambda row, task: summary(row, task[0], task[2], lang, model.name, prompt.label),
    )
    return await model.ask(question, tasks, BATCH)


def summary_schema() -> dict[str, Any]:
    """Return the JSON schema of a reply with summaries."""
    return replies.schema("summaries", SummaryRow, {})


def summary(row: SummaryRow, story: Story, article: Article, lang: str, model: str, prompt: str) -> Summary:
    """Return what the article supports of a summary; raises ReplyError when nothing of its TL;DR is left."""
    shown = article.text[:MAX_ARTICLE_CHARS]  # what the model never saw cannot support it
    sources = [story.lead.title, shown]
    sifted = sift([row.tldr, *row.points[:_MAX_READ]], sources)
    tldr, *written = (shortened(statement, _MAX_STATEMENT_CHARS) for statement in sifted.kept)
    if not tldr:
        raise ReplyError("the article supports nothing of the reply's summary")
    points = [point for point in dict.fromkeys(written) if point and point != tldr][:MAX_POINTS]
    return Summary(
        story=story.id,
        lang=lang,
        tldr=tldr,
        points=tuple(points),
        evidence=evidence([tldr, *points], shown),
        model=model,
        basis=article.basis,
        dropped=len(sifted.dropped),
        prompt=prompt,
    )


def evidence(statements: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the sentences of a text, word for word, that share most words with each statement; at most three."""
    sentences = [(s, set(terms(s))) for s in split(text) if len(s) <= _MAX_EVIDENCE_CHARS]
    found: dict[str, None] = {}
    for statement in statements:
        words = set(terms(statement))
        nearest = max(sentences, key=lambda one: len(words & one[1]) / (8 + len(one[1])), default=None)
        if nearest and words & nearest[1]:
            found.setdefault(nearest[0])
    return tuple(found)[:MAX_EVIDENCE]
