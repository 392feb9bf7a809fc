"""A chat model behind the Model port: any that LangChain opens, by `provider:name`.

Only asks and counts. What is shown to the model is written in `briefs`, what its replies are worth is decided in
`replies`. Nothing is tried twice here: the pipeline asks once more for the stories that failed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

from digestbot.chat import replies
from digestbot.chat.briefs import filing_brief, language, places, summary_brief
from digestbot.chat.budget import Price, price
from digestbot.chat.prompts import Prompt
from digestbot.chat.replies import FilingRow, SummaryRow
from digestbot.domain import Article, Outline, Story, StoryId, Summary, Usage, Verdict
from digestbot.errors import ConfigError, ModelError, ReplyError
from digestbot.ports import Replies

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

FILING_BATCH = 8
SUMMARY_BATCH = 4
CALLS_AT_ONCE = 4
_OPENAI_HOST = "api.openai.com"

Task = TypeVar("Task")
Result = TypeVar("Result")
Row = TypeVar("Row", FilingRow, SummaryRow)


def open_model(
    spec: str, prompts: Mapping[str, Prompt], *, api_key: str = "", base_url: str = "", timeout_s: float = 60.0
) -> ChatModel:
    """Return the chat model that `provider:name` means; opens no connection yet.

    An OpenAI-compatible server is `openai:name` with its `base_url`; its price is unknown. Key and address are for the
    provider `openai` alone, others read their own settings from the environment. Raises ConfigError.
    """
    from langchain.chat_models import init_chat_model

    provider, _, name = spec.partition(":")
    if not provider or not name:
        raise ConfigError(
            f"DIGESTBOT_MODEL is {spec!r}: expected 'offline' or 'provider:name', such as openai:gpt-5-mini"
        )
    if provider == "openai" and not api_key and not base_url:
        raise ConfigError(f"DIGESTBOT_MODEL is {spec!r} but OPENAI_API_KEY is not set")
    options: dict[str, Any] = {"timeout": timeout_s, "max_retries": 0}
    if provider == "openai":
        options["base_url"] = base_url or None
        options["api_key"] = api_key or "none"  # a local server asks for no key, the client insists on one
    try:
        llm = init_chat_model(name, model_provider=provider, **options)
    except (ImportError, ValueError, TypeError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise ConfigError(f"DIGESTBOT_MODEL {spec!r} cannot be opened: {first}") from error
    structure = {"method": "json_schema", "strict": True} if provider == "openai" else {}
    elsewhere = provider == "openai" and bool(base_url) and urlsplit(base_url).hostname != _OPENAI_HOST
    return ChatModel(spec, llm, prompts, price=None if elsewhere else price(spec), structure=structure)


class ChatModel:
    """Asks a chat model about stories in batches, a few calls at once, and checks every reply.

    A batch that fails takes only its own stories with it. When the model cannot be reached, or refuses the key, no more
    is asked: the stories not yet answered fail, and if none was answered the call raises ModelError.
    """

    def __init__(
        self,
        name: str,
        llm: BaseChatModel,
        prompts: Mapping[str, Prompt],
        *,
        price: Price | None = None,
        structure: Mapping[str, Any] | None = None,
    ) -> None:
        self._name = name
        self._llm = llm
        self._prompts = prompts
        self._price = price
        self._structure = dict(structure or {})

    @property
    def name(self) -> str:
        """Return `provider:model`."""
        return self._name

    async def file(self, stories: Sequence[Story], outline: Outline) -> Replies[Verdict]:
        """Return a verdict for each story that the model answered well, a failure for the others."""
        prompt, known = self._prompts["file"], places(outline)
        question = _Question[Story, FilingRow, Verdict](
            system=prompt.render(roadmap=outline.title, sections=known.listing()),
            schema=replies.filing_schema(known),
            row=FilingRow,
            show=filing_brief,
            story_of=lambda story: story.id,
            check=lambda row, story: replies.verdict(row, story, known, outline, self._name, prompt.label),
        )
        return await self._ask(question, stories, FILING_BATCH)

    async def summarize(self, tasks: Sequence[tuple[Story, Verdict, Article]], outline: Outline) -> Replies[Summary]:
        """Return a summary, in the roadmap's language, for each story that the model answered well."""
        prompt, lang = self._prompts["summarize"], outline.lang or "en"
        question = _Question[tuple[Story, Verdict, Article], SummaryRow, Summary](
            system=prompt.render(language=language(lang)),
            schema=replies.summary_schema(),
            row=SummaryRow,
            show=lambda batch: summary_brief([(story, article) for story, _, article in batch]),
            story_of=lambda task: task[0].id,
            check=lambda row, task: replies.summary(row, task[0], task[2], lang, self._name, prompt.label),
        )
        return await self._ask(question, tasks, SUMMARY_BATCH)

    async def _ask(self, question: _Question[Task, Row, Result], tasks: Sequence[Task], size: int) -> Replies[Result]:
        limit, stop = asyncio.Semaphore(CALLS_AT_ONCE), _Stop()
        batches = [tasks[start : start + size] for start in range(0, len(tasks), size)]
        parts = await asyncio.gather(*(self._batch(question, batch, limit, stop) for batch in batches))
        results = {story: result for part in parts for story, result in part.results.items()}
        if stop.error and not results:
            raise stop.error
        failures = {story: error for part in parts for story, error in part.failures.items()}
        return Replies(results, failures, sum((part.usage for part in parts), Usage()))

    async def _batch(
        self, question: _Question[Task, Row, Result], batch: Sequence[Task], limit: asyncio.Semaphore, stop: _Stop
    ) -> Replies[Result]:
        """Return what one call gave, never raising but for what nobody expects."""
        async with limit:
            if stop.error:
                return question.failed(batch, stop.error, Usage())
            answer = await self._call(question.system, question.show(batch), question.schema)
        if isinstance(answer, _Failure):
            stop.error = answer.error if answer.final else stop.error
            return question.failed(batch, answer.error, self._usage(answer.counted))
        usage = self._usage(answer.usage_metadata)
        try:
            found = replies.rows(_json(answer), question.row, {question.story_of(task) for task in batch})
        except ReplyError as broken:
            return question.failed(batch, ReplyError(f"{self._name}: {broken}"), usage)
        return await asyncio.to_thread(question.checked, found, batch, self._name, usage)

    async def _call(self, system: str, brief: str, schema: dict[str, Any]) -> AIMessage | _Failure:
        # The provider's own way to hold a reply to a schema; the parsing that comes with it mends broken JSON by
        # guessing, so only the raw message is used.
        asked = self._llm.with_structured_output(schema, include_raw=True, **self._structure)
        try:
            answer = await asked.ainvoke([("system", system), ("human", brief)])
        except Exception as error:  # every provider's SDK has exceptions of its own and LangChain lets many through
            return _failure(error, self._name)
        return cast("dict[str, AIMessage]", answer)["raw"]  # what include_raw gives

    def _usage(self, counted: Mapping[str, Any] | None) -> Usage:
        if counted is None:
            return Usage()
        took, gave = int(counted.get("input_tokens") or 0), int(counted.get("output_tokens") or 0)
        cached = int((counted.get("input_token_details") or {}).get("cache_read") or 0)
        return Usage(took + gave, self._price.cost_usd(took, gave, cached) if self._price else None)


@dataclass(frozen=True)
class _Failure:
    """A call without a usable message; `final` says that every further call would end alike."""

    error: ModelError
    final: bool = False
    counted: Mapping[str, Any] | None = None


@dataclass
class _Stop:
    """Shared by the batches of one call: the error after which asking on is of no use."""

    error: ModelError | None = None


@dataclass(frozen=True)
class _Question(Generic[Task, Row, Result]):
    """What is asked of every batch alike, and how its answer is read."""

    system: str
    schema: dict[str, Any]
    row: type[Row]
    show: Callable[[Sequence[Task]], str]
    story_of: Callable[[Task], StoryId]
    check: Callable[[Row, Task], Result]

    def failed(self, batch: Sequence[Task], error: ModelError, usage: Usage) -> Replies[Result]:
        """Return the failure of a whole batch."""
        return Replies({}, {self.story_of(task): error for task in batch}, usage)

    def checked(self, found: Mapping[str, Row], batch: Sequence[Task], model: str, usage: Usage) -> Replies[Result]:
        """Return what the rows give for each task; the messages carry no id, so that equal failures read alike."""
        results: dict[StoryId, Result] = {}
        failures: dict[StoryId, ModelError] = {}
        for task in batch:
            story = self.story_of(task)
            try:
                if story not in found:
                    raise ReplyError("the reply leaves a story out or breaks its schema")
                results[story] = self.check(found[story], task)
            except ReplyError as error:
                failures[story] = ReplyError(f"{model}: {error}")
        return Replies(results, failures, usage)


def _json(message: AIMessage) -> object:
    """Return the object that a message holds, as its text or as the arguments of the call of a tool.

    Raises ReplyError. JSON is read strictly: a guess at the end of a cut reply would pass for the model's words.
    """
    from langchain_core.utils.json import parse_json_markdown

    if message.additional_kwargs.get("refusal"):
        raise ReplyError("the model refused to answer")
    if message.tool_calls:
        return message.tool_calls[0]["args"]
    text = message.text
    if not text.strip():
        raise ReplyError("the reply is empty")
    try:
        return parse_json_markdown(text, parser=json.loads)
    except (ValueError, RecursionError) as error:
        raise ReplyError("the reply is not json") from error


def _failure(error: Exception, name: str) -> _Failure:
    """Return what an SDK's exception means; the provider's own words are left out, since they may quote the request."""
    from langchain_core import exceptions as sdk

    meanings: tuple[tuple[type[Exception], str, bool], ...] = (
        (sdk.ModelAuthenticationError, "refused the key (401); check OPENAI_API_KEY", True),
        (sdk.ModelPermissionDeniedError, "may not be used with this key (403)", True),
        (
            sdk.ModelNotFoundError,
            "does not exist at this address (404); check DIGESTBOT_MODEL and OPENAI_BASE_URL",
            True,
        ),
        (sdk.ModelTimeoutError, "did not answer in time", False),
        (sdk.ModelConnectionError, "cannot be reached; check OPENAI_BASE_URL and the network", True),
        (sdk.ModelRateLimitError, "is asked too often (429)", False),
        (sdk.ModelAPIError, "failed on the provider's side (5xx)", False),
        (sdk.ContextOverflowError, "found a batch too long", False),
        (sdk.ModelInvalidRequestError, "refused the request (400)", False),
    )
    if getattr(error, "code", None) == "insufficient_quota":  # OpenAI's word, sent with a 429
        return _Failure(_caused(ModelError(f"{name} has no credit left at its provider"), error), final=True)
    cut = getattr(error, "completion", None)  # a reply cut off at its length, which OpenAI's client raises
    if cut is not None:
        used = (
            {"input_tokens": cut.usage.prompt_tokens, "output_tokens": cut.usage.completion_tokens}
            if cut.usage
            else None
        )
        return _Failure(_caused(ReplyError(f"{name}: the reply was cut off at its length"), error), counted=used)
    for kind, meaning, final in meanings:
        if isinstance(error, kind):
            return _Failure(_caused(ModelError(f"{name} {meaning}"), error), final)
    return _Failure(_caused(ModelError(f"{name} failed with {type(error).__name__}"), error))


def _caused(error: ModelError, cause: Exception) -> ModelError:
    error.__cause__ = cause
    return error
