"""The API over HTTP: parameters checked, answers kept for some seconds, every error as a problem detail."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from digestbot.domain import ProposalId
from digestbot.errors import DigestbotError, ReviewError
from digestbot.languages import ENGLISH
from digestbot.render.objections import objection
from digestbot.web.api import review_shapes, shapes
from digestbot.web.api.asked import SearchAsked
from digestbot.web.api.openapi import document
from digestbot.web.api.operations import READ, Operation
from digestbot.web.api.reading import Sources, whole_proposal
from digestbot.web.decisions import Vote, cast
from digestbot.web.door import Door, Visitor
from digestbot.web.forms import body_of
from digestbot.web.keeping import Kept
from digestbot.web.passes import reviewer_of
from digestbot.web.rendering import headers
from digestbot.web.surface import Missing, answer

Sent = TypeVar("Sent")
Made = TypeVar("Made")

MAX_BODY_BYTES = 100_000
_JSON = "application/json"
# Whoever's page it is, its script may read what anybody may read; no cookie counts here.
_SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_TITLES = {status.value: status.phrase for status in HTTPStatus}


def api_routes(sources: Sources, door: Door, tell: Callable[[str], None]) -> list[BaseRoute]:
    """Return the API below /api; `tell` takes a line for the operator where it fails."""

    async def described(request: Request) -> Response:
        kept = await sources.surface.keep.get("openapi", lambda: _kept(document(sources.surface.public_url)))
        return _shared(answer(kept, request, "en"))

    async def vote(request: Request) -> Response:
        visitor = await door.caller(request)
        if visitor.passed is None:
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="digestbot"'})
        given = await _vote_of(request)
        voted = await run_in_threadpool(_voted, sources, visitor, ProposalId(request.path_params["id"]), given)
        return JSONResponse(voted.model_dump(mode="json"), headers=headers(private=True))

    async def failed(request: Request, error: Exception) -> Response:
        return _problem(error, tell)

    routes = [
        Route("/openapi.json", described),
        Route("/proposals/{id}/votes", vote, methods=["POST"]),
        *(Route(one.path, _reading(sources, door, one), methods=["GET"]) for one in READ),
    ]
    failing: Any = {HTTPException: failed, DigestbotError: failed, Missing: failed}
    below = Starlette(routes=routes, exception_handlers=failing)
    below.router.redirect_slashes = False  # it would lead to whatever host a request claims
    return [Route("/api", _reading(sources, door, READ[0])), Mount("/api", below)]


def _reading(sources: Sources, door: Door, one: Operation) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        surface = sources.surface
        await door.caller(request)  # reading needs no token, but a wrong one is told
        given = _checked(one.asked.model_validate, _once(request))
        path = {name: str(value)[:500] for name, value in request.path_params.items()}

        def make() -> Kept:
            try:
                return _kept(one.view(sources, given, path).model_dump(mode="json"))
            except LookupError as error:
                raise HTTPException(404, "there is no such place in this list") from error

        key = ("api", one.path, *path.items(), given)
        if isinstance(given, SearchAsked):
            surface.check_searches(request, key)
        kept = await surface.keep.get(key, make)
        return _shared(answer(kept, request, "en", private=surface.closed))

    return endpoint


def _voted(sources: Sources, visitor: Visitor, id: ProposalId, given: Vote) -> review_shapes.Voted:
    desk, now = sources.docket.desk, sources.surface.wall()
    whole_proposal(sources, id, names=False)
    who = reviewer_of(desk.policy, visitor.passed)
    if who.role == "reader":
        raise HTTPException(403, "this token gives no vote")
    done = cast(desk, id, who, given, now)
    return review_shapes.Voted(
        proposal=whole_proposal(sources, id, names=True),
        missing=done.missing,
        reference=done.reference,
        notes=list(done.notes),
    )


async def _vote_of(request: Request) -> Vote:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        raise HTTPException(415, "send application/json")
    return _checked(Vote.model_validate_json, await body_of(request, MAX_BODY_BYTES))


def _checked(make: Callable[[Sent], Made], given: Sent) -> Made:
    """Return what was sent as it is understood; raises HTTPException where it is not."""
    try:
        return make(given)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])
        raise HTTPException(422, told) from error


def _once(request: Request) -> Mapping[str, str]:
    """Return the parameters of a request; one that stands there twice is a mistake."""
    given = request.query_params.multi_items()
    if len(given) > len(dict(given)):
        raise HTTPException(400, "a parameter stands there twice")
    return dict(given)


def _kept(values: Any) -> Kept:
    return Kept(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode(), _JSON)


def _shared(found: Response) -> Response:
    found.headers.update(_SHARED)
    return found


def _problem(error: Exception, tell: Callable[[str], None]) -> Response:
    status, detail, more = 503, "try again later", {}
    if isinstance(error, HTTPException):
        status, more = error.status_code, dict(error.headers or {})
        detail = error.detail if error.detail != _TITLES.get(status) else ""
    elif isinstance(error, Missing):
        status, detail = 404, ""
    elif isinstance(error, ReviewError):
        status, detail = 409, objection(str(error), ENGLISH)
    else:
        tell(f"the API failed: {error}")
    found = shapes.Problem(title=_TITLES.get(status, "Error"), status=status, detail=detail)
    return JSONResponse(
        found.model_dump(), status, headers(private=True) | _SHARED | more, media_type="application/problem+json"
    )
