"""What a chat model is asked about stories: the prompts, the briefs and the checks of each question, put together.

What is shown to the model is written in `chat.briefs`, what its replies are worth is decided in `chat.replies`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from digestbot.adapters.langchain_model.asking import Asker
from digestbot.chat import replies, summaries
from digestbot.chat.briefs import filing_brief, places
from digestbot.chat.budget import Price
from digestbot.chat.prompts import Prompt
from digestbot.chat.questions import Question
from digestbot.chat.replies import FilingRow
from digestbot.domain import Article, Outline, Story, Summary, Verdict
from digestbot.ports import Replies

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

FILING_BATCH = 8


class ChatModel:
    """Files and summarizes with a chat model, and checks every reply; what is asked once more, the pipeline decides."""

    def __init__(
        self,
        name: str,
        llm: BaseChatModel,
        prompts: Mapping[str, Prompt],
        *,
        price: Price | None = None,
        structure: Mapping[str, Any] | None = None,
    ) -> None:
        """Take LangChain's model, the prompts by name, what it costs and how it is told a schema."""
        self._asker = Asker(name, llm, price, structure or {})
        self._prompts = prompts

    @property
    def name(self) -> str:
        """Return `provider:model`."""
        return self._asker.name

    async def file(self, stories: Sequence[Story], outline: Outline) -> Replies[Verdict]:
        """Return a verdict for each story that the model answered well, a failure for the others."""
        prompt, known = self._prompts["file"], places(outline)
        question = Question[Story, FilingRow, Verdict](
            system=prompt.render(roadmap=outline.title, sections=known.listing()),
            schema=replies.filing_schema(known),
            row=FilingRow,
            show=filing_brief,
            story_of=lambda story: story.id,
            check=lambda row, story: replies.verdict(row, story, known, outline, self.name, prompt.label),
        )
        return await self._asker.ask(question, stories, FILING_BATCH)

    async def summarize(self, tasks: Sequence[tuple[Story, Verdict, Article]], outline: Outline) -> Replies[Summary]:
        """Return a summary, in the roadmap's language, for each story that the model answered well."""
        return await summaries.summarize(self._asker, self._prompts, tasks, outline)
