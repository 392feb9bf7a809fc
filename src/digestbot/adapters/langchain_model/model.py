"""What a chat model is asked about stories: the prompts, the briefs and the checks of each question, put together.

What is shown to the model is written in `chat.briefs`, what its replies are worth is decided in `chat.replies`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from digestbot.adapters.langchain_model.agent import MAX_SECONDS, STUDY, Inquiry
from digestbot.adapters.langchain_model.asking import Asker, Manners
from digestbot.adapters.langchain_model.explaining import answer
from digestbot.adapters.langchain_model.pacing import Pace
from digestbot.chat import introductions, replies, summarizing
from digestbot.chat.briefs import filing_brief, places, study_brief
from digestbot.chat.budget import Purse
from digestbot.chat.prompts import Prompt
from digestbot.chat.questions import Question
from digestbot.chat.replies import FilingRow
from digestbot.chat.room import Room
from digestbot.domain import Article, Outline, Story, Summary, Verdict
from digestbot.errors import ModelError, ReplyError
from digestbot.explain.ports import Draft, Told
from digestbot.ports import NO_PRECEDENTS, Introduction, Precedents, Replies, Study, Tool

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

FILING_BATCH = 44
"""Stories in one call: the roadmap's places, two thousand tokens, are paid for once for all of them."""
FILING_SHOWN_TOKENS = 140
"""An English story takes 110 tokens, a Chinese one up to 300: a call that proves too long is cut in shorter ones."""
FILING_WRITTEN_TOKENS = 160
"""A row's keys and numbers take 90 tokens, its reason of at most 15 words 20 to 60, by language."""


class ChatModel:
    """Files, studies and summarizes with a chat model, and checks every reply.

    What is asked once more, and by whom, the pipeline decides.
    """

    def __init__(
        self,
        name: str,
        llm: BaseChatModel,
        prompts: Mapping[str, Prompt],
        manners: Manners | None = None,
        *,
        pace: Pace | None = None,
        purse: Purse | None = None,
        dry: bool = False,
        room: Room | None = None,
        study_s: float = MAX_SECONDS,
    ) -> None:
        """Take LangChain's model, the prompts by name, and how it is spoken to; a dry one makes no call."""
        self._asker = Asker(name, llm, manners or Manners(), pace, purse, dry, room)
        self._prompts = prompts
        self._study_s = study_s

    @property
    def name(self) -> str:
        """Return `provider:model`."""
        return self._asker.name

    async def file(
        self, stories: Sequence[Story], outline: Outline, precedents: Precedents = NO_PRECEDENTS
    ) -> Replies[Verdict]:
        """Return a verdict for each story that the model answered well, a failure for the others."""
        question = filing_question(self._prompts["file"], outline, precedents, self.name)
        return await self._asker.ask(question, stories, FILING_BATCH)

    async def study(self, story: Story, outline: Outline, doubt: str, tools: Sequence[Tool]) -> Study:
        """Return what the model made of a story after looking things up; see `Agent.study`."""
        prompt, known = self._prompts["study"], places(outline)
        inquiry = Inquiry(
            self._asker, replies.filing_schema(known, chapters=False), tools, replace(STUDY, seconds=self._study_s)
        )
        system = prompt.render(roadmap=outline.title, sections=known.listing(chapters=False))
        verdict: Verdict | None = None
        error: ModelError | None = None
        try:
            reply = await inquiry.reply(system, study_brief(story, doubt))
            row = replies.rows(reply, FilingRow, {story.id}).get(story.id)
            if row is None:
                raise ReplyError(f"{self.name}: the study ended without a verdict")
            verdict = await asyncio.to_thread(
                replies.verdict, row, story, known, outline, self.name, prompt.label, inquiry.seen
            )
        except ReplyError as broken:
            error = broken
        except ModelError as failed:
            if not inquiry.usage.calls:
                raise
            error = failed  # what was paid before it is to be recorded
        return Study(verdict, tuple(inquiry.lookups), inquiry.usage, prompt.label, error)

    @property
    def filing_prompt(self) -> str:
        """Return the label of the prompt that it files with."""
        return self._prompts["file"].label

    @property
    def summary_prompt(self) -> str:
        """Return the label of the prompt that it summarizes with."""
        return self._prompts["summarize"].label

    @property
    def answer_prompt(self) -> str:
        """Return the label of the prompt that it answers questions with."""
        return self._prompts["explain"].label

    async def answer(self, brief: str, lang: str, level: str, tools: Sequence[Tool], told: Told | None = None) -> Draft:
        """Return what the model answered to a question after looking things up; see `Answerer.answer`."""
        prompt = self._prompts["explain"]
        return await answer(self._asker, prompt, brief, lang, level, tools, told)

    async def summarize(
        self, tasks: Sequence[tuple[Story, Verdict, Article]], outline: Outline, lang: str
    ) -> Replies[Summary]:
        """Return a summary in a language for each story that the model answered well, a failure for the others."""
        return await summarizing.summarize(self._asker, self._prompts, tasks, outline, lang)

    async def introduce(self, tasks: Sequence[Introduction], lang: str) -> Replies[str]:
        """Return a line in a language for each story that the model answered well, a failure for the others."""
        question = introductions.introduction_question(self._prompts["introduce"], lang)
        return await self._asker.ask(question, tasks, introductions.BATCH)


def filing_question(
    prompt: Prompt, outline: Outline, precedents: Precedents, model: str
) -> Question[Story, FilingRow, Verdict]:
    """Return what is asked to have stories filed."""
    known = places(outline)
    return Question[Story, FilingRow, Verdict](
        system=prompt.render(roadmap=outline.title, sections=known.listing()),
        schema=replies.filing_schema(known),
        row=FilingRow,
        show=lambda batch: filing_brief(batch, known, precedents),
        story_of=lambda story: story.id,
        check=lambda row, story: replies.verdict(row, story, known, outline, model, prompt.label),
        shown_tokens=FILING_SHOWN_TOKENS,
        written_tokens=FILING_WRITTEN_TOKENS,
    )
