"""The review on pages: what waits, a proposal with its change and its evidence, and votes on one or on several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from digestbot import review
from digestbot.domain import GROUNDS, PROPOSAL_STATES, Proposal, ProposalId, ProposalState
from digestbot.errors import DigestbotError, ReviewError
from digestbot.render.objections import objection
from digestbot.roadmap import Roadmap
from digestbot.web.decisions import Docket, Vote, cast
from digestbot.web.door import Door, Visitor
from digestbot.web.forms import form_of
from digestbot.web.markdown import proposal_markdown
from digestbot.web.passes import reviewer_of
from digestbot.web.phrases.reviewing import REVIEWING
from digestbot.web.proposals import Brief, became, briefs_of, next_to, sheet_of
from digestbot.web.rendering import Page, headers, rendered
from digestbot.web.surface import Ask, Surface
from digestbot.web.wish import Form, first

LISTS: Mapping[str, tuple[ProposalState, ...]] = {
    "open": ("open",),
    "applied": ("applied",),
    "accepted": ("accepted", "edited"),
    "rejected": ("rejected",),
    "stale": ("stale",),
    "reverted": ("reverted",),
    "all": PROPOSAL_STATES,
}
"""Lists of proposals by their names, and the states that each shows."""
A_PAGE = 50
AT_ONCE = 50
"""Proposals that one form can decide on."""
_MAX_BYTES = 200_000
_SPANS = (1, 7, 30, 90)
_QUERY = ("state", "roadmap", "before", "from")


@dataclass(frozen=True)
class Outcome:
    """What became of one of several proposals, and whether that is what was wanted."""

    brief: Brief
    told: str
    is_done: bool


@dataclass(frozen=True)
class ReviewPages:
    """The handlers, and what they share."""

    surface: Surface
    door: Door
    docket: Docket

    def routes(self) -> list[Route]:
        """Return the routes of the review."""
        both = ["GET", "POST"]
        return [
            Route("/review", self.queue, methods=both),
            Route("/review/{id}", self.proposal, methods=both),
            Route("/markdown/review/{id}", self.markdown),
        ]

    async def queue(self, request: Request) -> Response:
        """Show what waits, or what is in another state; decide on several with POST."""
        visitor, ask = await self._visit(request)
        if request.method == "POST":
            form = await form_of(request, _MAX_BYTES)
            self.door.check(request, visitor, form)
            return _answer(await run_in_threadpool(self._decide_several, ask, visitor, form), ask)
        return _answer(await run_in_threadpool(self._queue, ask, visitor), ask)

    async def proposal(self, request: Request) -> Response:
        """Show a proposal, and decide on it with POST."""
        visitor, ask = await self._visit(request)
        id = ProposalId(request.path_params["id"])
        if request.method != "POST":
            return _answer(await run_in_threadpool(self._proposal, ask, visitor, id), ask)
        form = await form_of(request, _MAX_BYTES)
        self.door.check(request, visitor, form)
        try:
            to = await run_in_threadpool(self._decide, ask, visitor, id, form)
        except ReviewError as error:
            page = await run_in_threadpool(self._proposal, ask, visitor, id, objection(str(error), ask.lang))
            return _answer(replace(page, status=409), ask)
        return RedirectResponse(to, 303, headers(private=True))

    async def markdown(self, request: Request) -> Response:
        """Answer with a proposal as Markdown."""
        _, ask = await self._visit(request)
        text = await run_in_threadpool(self._markdown, ask, ProposalId(request.path_params["id"]))
        return Response(text, media_type="text/markdown", headers=headers(private=True))

    def _markdown(self, ask: Ask, id: ProposalId) -> str:
        found, words = review.standing(self.docket.desk, self._exact(id), self.surface.wall()), REVIEWING.of(ask.lang)
        roadmap = self._roadmaps().get(found.proposal.roadmap)
        sheet = sheet_of(found, None, roadmap, words, ask, self.surface.wall(), names=False)
        return proposal_markdown(sheet, words, f"{self.surface.public_url}/review/{id}")

    async def _visit(self, request: Request) -> tuple[Visitor, Ask]:
        return await self.door.visitor(request), self.surface.ask(request, _QUERY)

    def _queue(self, ask: Ask, visitor: Visitor) -> Page:
        words, now = REVIEWING.of(ask.lang), self.surface.wall()
        state, roadmap = ask.query.get("state", "open"), ask.query.get("roadmap", "")
        if state not in LISTS:
            raise HTTPException(404)
        found, before = self._found(state, roadmap, ask.query.get("before", ""))
        values = {
            "rows": briefs_of(found, self._roadmaps(), words, ask, now),
            "count": len(review.waiting(self.docket.desk, now)),
            "state": state,
            "states": tuple(LISTS),
            "grounds": GROUNDS,
            "before": before,
            "roadmap": roadmap,
            "decided": self._decided(ask, visitor),
        }
        return Page("review", words, values | self._who(visitor))

    def _found(self, state: str, roadmap: str, before: str) -> tuple[Sequence[Proposal], str]:
        """Return the proposals of a page, and behind which one the next page begins, "" at the end."""
        if state == "open":
            found = review.waiting(self.docket.desk, self.surface.wall(), roadmap)
            ids = [str(one.id) for one in found]
            found = found[ids.index(before) + 1 if before in ids else 0 :]
        else:
            found = self.docket.latest(LISTS[state], roadmap, before, A_PAGE + 1)
        return found[:A_PAGE], found[A_PAGE - 1].id if len(found) > A_PAGE else ""

    def _proposal(self, ask: Ask, visitor: Visitor, id: ProposalId, refused: str = "") -> Page:
        words, now, desk = REVIEWING.of(ask.lang), self.surface.wall(), self.docket.desk
        found = review.standing(desk, self._exact(id), now)
        one, names = found.proposal, visitor.passed is not None
        ids = [str(other.id) for other in review.waiting(desk, now)]
        before, behind = next_to(ids, id)
        values = {
            "one": sheet_of(
                found,
                self.docket.suspect(one.story) if names else None,
                self._roadmaps().get(one.roadmap),
                words,
                ask,
                now,
                names=names,
            ),
            "previous": ask.at("review", before) if before else "",
            "next": ask.at("review", behind) if behind else "",
            "number": ids.index(id) + 1 if id in ids else 0,
            "count": len(ids),
            "spans": _SPANS,
            "grounds": GROUNDS,
            "refused": refused,
            "decided": self._decided(ask, visitor),
        }
        return Page("proposal", words, values | self._who(visitor))

    def _exact(self, id: str) -> ProposalId:
        """Return the id of a proposal that there is; raises HTTPException for what is none, or only a beginning."""
        if not any(one.id == id for one in self.docket.desk.ledger.proposal(id)):
            raise HTTPException(404)
        return ProposalId(id)

    def _decided(self, ask: Ask, visitor: Visitor) -> tuple[Brief, str] | None:
        """Return what became of the proposal that was decided on just before, None where none was."""
        id = ask.query.get("from", "")
        if not id or not any(one.id == id for one in self.docket.desk.ledger.proposal(id)):
            return None
        words, now = REVIEWING.of(ask.lang), self.surface.wall()
        found = review.standing(self.docket.desk, ProposalId(id), now)
        [brief] = briefs_of([found.proposal], self._roadmaps(), words, ask, now)
        return brief, became(found, words, names=visitor.passed is not None)

    def _decide(self, ask: Ask, visitor: Visitor, id: ProposalId, form: Form) -> str:
        """Do what a form says; return where to go on."""
        desk, now = self.docket.desk, self.surface.wall()
        self._exact(id)
        _, behind = next_to([str(one.id) for one in review.waiting(desk, now)], id)
        vote = _vote(form)
        cast(desk, id, reviewer_of(desk.policy, visitor.passed), vote, now)
        left = [str(one.id) for one in review.waiting(desk, now)]
        if vote.act in ("revert", "finish"):
            return f"{ask.at('review', id)}#proposal"
        to = behind if behind in left else next((one for one in left if one != id), "")
        return f"{ask.at('review', to)}?from={id}#proposal" if to else f"{ask.at('review')}?from={id}"

    def _decide_several(self, ask: Ask, visitor: Visitor, form: Form) -> Page:
        """Do the same with each proposal that was chosen; one that cannot be decided keeps none from it."""
        desk, now, words = self.docket.desk, self.surface.wall(), REVIEWING.of(ask.lang)
        who, outcomes = reviewer_of(desk.policy, visitor.passed), []
        for picked in form.get("pick", ())[:AT_ONCE]:
            id, _, seen = picked.rpartition(":")
            vote = _vote({**form, "seen": [seen]})
            try:
                cast(desk, self._exact(id), who, vote, now)
                is_done, told = True, ""
            except DigestbotError as error:
                is_done, told = False, objection(str(error), ask.lang)
            found = review.standing(desk, ProposalId(id), now)
            [brief] = briefs_of([found.proposal], self._roadmaps(), words, ask, now)
            outcomes.append(Outcome(brief, told or became(found, words, names=True), is_done))
        return Page("reviewed", words, {"outcomes": outcomes})

    def _who(self, visitor: Visitor) -> dict[str, Any]:
        """Return what a page shows of who is signed in, and what their forms hold."""
        passed = visitor.passed
        who = reviewer_of(self.docket.desk.policy, passed)
        return {"passed": passed, "may_decide": who.role != "reader", "form_key": visitor.form_key}

    def _roadmaps(self) -> Mapping[str, Roadmap]:
        return {one.name: one for one in self.surface.roadmaps()}


def _vote(form: Form) -> Vote:
    """Return the vote of a form; raises ReviewError for what is none."""
    given = {name: first(form, name) for name in Vote.model_fields if first(form, name)}
    try:
        return Vote.model_validate(given)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ReviewError(f"{'.'.join(map(str, problem['loc']))}: {problem['msg'].lower()}") from None


def _answer(page: Page, ask: Ask) -> Response:
    return HTMLResponse(rendered(page, ask), page.status, headers(private=True, scripts=True))
