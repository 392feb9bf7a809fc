"""Questions on pages: a form, an answer that comes sentence by sentence without any script, and a word on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, get_args

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from digestbot.domain import Level
from digestbot.domain.answers import Answer, Asked, FeedbackKind
from digestbot.errors import DigestbotError
from digestbot.render.answers import answer_markdown
from digestbot.render.escape import plain
from digestbot.web.answers import added, ending, rest, whole
from digestbot.web.door import Door, Visitor
from digestbot.web.forms import form_of
from digestbot.web.limits import Clients, name_of
from digestbot.web.phrases.asking import ASKING
from digestbot.web.rendering import Page, headers, rendered
from digestbot.web.surface import Ask, Surface
from digestbot.web.wish import Form, first

MAX_QUESTION = 500
QUESTIONS_PER_SPAN = 12
SPAN = timedelta(minutes=15)
"""So often may one client ask; the settings say how often in a day."""
AT_ONCE, WAITING = 2, 20
"""Questions that are answered at a time, and such that may wait for it."""
LEVELS: tuple[Level, ...] = get_args(Level)
VERDICTS: tuple[FeedbackKind, ...] = get_args(FeedbackKind)
_OURS = ("web:", "pass:")
_BODY = "\0body\0"
_STREAMED = headers(private=True, scripts=True) | {"X-Accel-Buffering": "no"}
"""A proxy that knows the second header hands each sentence on at once (nginx)."""

Answering = Callable[[Asked], AsyncIterator[Answer]]
"""Answers a question: snapshots, each fuller than the one before, the last one whole."""


class Memory(Protocol):
    """What the pages ask of the ledger's answers."""

    def answer(self, id: str) -> Answer | None: ...
    def judge(self, answer: str, who: str, verdict: FeedbackKind, note: str, at: datetime) -> bool: ...


@dataclass
class ExplainPages:
    """The handlers, and what they share."""

    surface: Surface
    door: Door
    answering: Answering
    memory: Memory
    tell: Callable[[str], None]
    """Takes a line for the operator, such as why a question was not answered."""
    clients: Clients = field(default_factory=lambda: Clients(QUESTIONS_PER_SPAN, SPAN))
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    under_way: int = 0

    def routes(self) -> list[Route]:
        """Return the routes of questions."""
        both = ["GET", "POST"]
        return [
            Route("/explain", self.ask, methods=both),
            Route("/markdown/explain/{id}", self.markdown),
            Route("/explain/{id}", self.answer, methods=both),
        ]

    async def ask(self, request: Request) -> Response:
        """Show the form; answer what it asks for with POST."""
        visitor, ask = await self._visit(request)
        if request.method != "POST":
            return await run_in_threadpool(self._form, ask, ask.query.get("q", ""))
        self.door.check_origin(request)
        form, words = await form_of(request), ASKING.of(ask.lang)
        question = plain(first(form, "question"), MAX_QUESTION)
        depth = first(form, "depth")
        if not question and not depth:
            return await run_in_threadpool(self._form, ask, "", words.empty, 422)
        if not self.clients.may(visitor.client, self.surface.wall()):
            return await run_in_threadpool(self._form, ask, question, words.too_often, 429)
        if self.under_way >= AT_ONCE + WAITING:
            return await run_in_threadpool(self._form, ask, question, words.busy, 503)
        asked = await run_in_threadpool(self._asked, form, question, visitor)
        return StreamingResponse(self._streamed(ask, asked), media_type="text/html", headers=_STREAMED)

    async def answer(self, request: Request) -> Response:
        """Show an answer that was given here; take what somebody thinks of it with POST."""
        visitor, ask = await self._visit(request)
        found, words, thanks = await self._found(request), ASKING.of(ask.lang), ""
        if request.method == "POST":
            self.door.check_origin(request)
            form = await form_of(request)
            verdict = next((one for one in VERDICTS if one == first(form, "verdict")), None)
            if verdict is None:
                raise HTTPException(422)
            note = plain(first(form, "note"), MAX_QUESTION)
            await run_in_threadpool(self.memory.judge, found.id, self._who(visitor), verdict, note, self.surface.wall())
            thanks = words.thanks
        values = self._values(found.asked.question) | {"answer": found, "body": whole(found), "thanks": thanks}
        return HTMLResponse(rendered(Page("answer", words, values), ask), headers=headers(private=True, scripts=True))

    async def markdown(self, request: Request) -> Response:
        """Answer with an answer as Markdown."""
        found = await self._found(request)
        return Response(answer_markdown(found), media_type="text/markdown", headers=headers(private=True))

    async def _visit(self, request: Request) -> tuple[Visitor, Ask]:
        return await self.door.visitor(request), self.surface.ask(request, ("q",))

    async def _found(self, request: Request) -> Answer:
        """Return an answer; raises HTTPException for one that was not given on a page: it is somebody else's."""
        found = await run_in_threadpool(self._given, request.path_params["id"])
        if found is None:
            raise HTTPException(404)
        return found

    def _given(self, id: str) -> Answer | None:
        found = self.memory.answer(id) if id else None
        return found if found and found.asked.who.startswith(_OURS) else None

    def _form(self, ask: Ask, question: str, problem: str = "", status: int = 200) -> Response:
        roadmap = self.surface.roadmap("")
        sections = [(one.id, one.title) for one in roadmap.sections if one.filing]
        values = {"question": plain(question, MAX_QUESTION), "problem": problem, "sections": sections}
        page = Page("explain", ASKING.of(ask.lang), values | {"levels": LEVELS, "max_question": MAX_QUESTION})
        return HTMLResponse(rendered(page, ask), status, headers(private=True))

    def _asked(self, form: Form, question: str, visitor: Visitor) -> Asked:
        """Return the question of a form, as far as it is one that the form could ask."""
        known = {one.id for one in self.surface.roadmap("").sections if one.filing}
        before = self._given(first(form, "follows"))
        depth: Any = first(form, "depth") if before and first(form, "depth") in ("simpler", "deeper") else ""
        return Asked(
            question or (plain(before.asked.question, MAX_QUESTION) if before else ""),
            next((one for one in LEVELS if one == first(form, "level")), "intermediate"),
            sections=tuple(one for one in form.get("section", ()) if one in known),
            follows=before.id if before else "",
            depth=depth,
            who=self._who(visitor),
        )

    def _who(self, visitor: Visitor) -> str:
        """Return under which name somebody's questions are counted: of a client's address one that lasts a day."""
        if visitor.passed:
            return f"pass:{visitor.passed.id}"
        return f"web:{self.door.tokens.name(f'{name_of(visitor.client)} {self.surface.wall():%Y-%m-%d}')}"

    def _values(self, question: str) -> dict[str, Any]:
        return {"question": plain(question, MAX_QUESTION), "verdicts": VERDICTS, "max_question": MAX_QUESTION}

    async def _streamed(self, ask: Ask, asked: Asked) -> AsyncIterator[str]:
        """Yield a page whose middle comes as it is known: its beginning at once, each sentence when it is checked."""
        words = ASKING.of(ask.lang)
        shown: Answer | None = None
        last: Answer | None = None
        begun, behind = self._frame(ask, asked, None)
        yield begun
        self.under_way += 1
        try:
            async with self.slots:
                async for answer in self.answering(asked):
                    last = answer
                    if (new := added(shown, answer)) is not None:
                        yield new
                        shown = answer
            if last:
                yield rest(shown, last, words.otherwise)
                _, behind = self._frame(ask, asked, last)
        except DigestbotError as error:
            self.tell(f"a question was not answered: {error}")
            yield ending(shown) if shown else ""
            yield Markup('<p class="note wrong" role="alert">{}</p>').format(words.broken)
        finally:
            self.under_way -= 1
        yield behind

    def _frame(self, ask: Ask, asked: Asked, answer: Answer | None) -> tuple[str, str]:
        """Return what stands before and behind an answer."""
        values = self._values(asked.question) | {"answer": answer, "body": Markup(_BODY), "thanks": ""}
        before, _, behind = rendered(Page("answer", ASKING.of(ask.lang), values), ask).partition(_BODY)
        return before, behind
