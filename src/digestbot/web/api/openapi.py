"""The OpenAPI document (3.1) of the API, made of the table of operations and the shapes; pure."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from digestbot import __version__
from digestbot.web.api.operations import READ, Operation
from digestbot.web.api.review_shapes import Voted
from digestbot.web.api.shapes import Problem
from digestbot.web.decisions import Vote

_REF = "#/components/schemas/{model}"
_PROBLEMS = {
    400: "the request cannot be understood",
    401: "a token is needed, or the one that was sent opens nothing",
    403: "this token gives no vote",
    404: "there is no such thing",
    409: "it cannot be decided so, and why",
    413: "too much was sent",
    415: "what was sent is no JSON",
    422: "a parameter or a field is not what was expected",
    429: "too many wrong tokens, or too many searches",
}
_ABOUT = (
    "What was read, what became of it, and what is proposed for the roadmap. Reading needs no token where the archive "
    "is open. Lists go on by the address in `next`. Errors are problem details (RFC 9457)."
)


def document(public_url: str) -> dict[str, Any]:
    """Return the document of the API at an address."""
    paths: dict[str, Any] = {one.path: {"get": _read(one)} for one in READ}
    paths["/proposals/{id}/votes"] = {"post": _vote()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "digestbot", "version": __version__, "description": _ABOUT},
        "servers": [{"url": f"{public_url}/api"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "of a pass: digestbot passes add NAME"}
            },
        },
    }


def _read(one: Operation) -> dict[str, Any]:
    return {
        "operationId": one.id,
        "summary": one.said,
        "parameters": [*(_in_path(name) for name in one.in_path), *_in_query(one)],
        "responses": {"200": _answer(one.answer, one.said), **_problems(400, 401, 404, 422, 429)},
        "security": [{}, {"token": []}],
    }


def _vote() -> dict[str, Any]:
    told = "Vote on a proposal; with enough votes it is decided, and brought into the roadmap at once."
    return {
        "operationId": "vote",
        "summary": told,
        "parameters": [_in_path("id")],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(Vote)}}},
        "responses": {"200": _answer(Voted, told), **_problems(*_PROBLEMS)},
        "security": [{"token": []}],
    }


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _in_query(one: Operation) -> list[dict[str, Any]]:
    schema = one.asked.model_json_schema()
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": what.pop("description", ""),
            "schema": what,
        }
        for name, what in schema.get("properties", {}).items()
    ]


def _answer(shape: type[BaseModel], told: str) -> dict[str, Any]:
    return {"description": told, "content": {"application/json": {"schema": _ref(shape)}}}


def _problems(*statuses: int) -> dict[str, Any]:
    return {
        str(status): {
            "description": _PROBLEMS[status],
            "content": {"application/problem+json": {"schema": _ref(Problem)}},
        }
        for status in statuses
    }


def _ref(shape: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=shape.__name__)}


def _schemas() -> dict[str, Any]:
    shapes: dict[type[BaseModel], JsonSchemaMode] = {one.answer: "serialization" for one in READ}
    shapes |= {Problem: "serialization", Voted: "serialization", Vote: "validation"}
    _, found = models_json_schema(list(shapes.items()), ref_template=_REF)
    defined: dict[str, Any] = found["$defs"]
    return defined
