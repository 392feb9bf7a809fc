"""Checks requests against Discord's own OpenAPI document, where the data that holds it is there."""

from __future__ import annotations

import gzip
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_NAME = "urn:discord"
_UNDOCUMENTED = {"use_nested_fields"}
"""discord.py asks so for forum posts, and Discord takes it."""

_MEDIA = 16
"""A media channel: discord.com/developers/docs/resources/channel has it, the document does not."""


def spec_file() -> Path | None:
    """Return where the document is; None where `DIGESTBOT_BENCH_DATA` does not lead to it."""
    folder = os.environ.get("DIGESTBOT_BENCH_DATA")
    file = Path(folder) / "specs" / "discord-openapi.json.gz" if folder else None
    return file if file and file.is_file() else None


class Spec:
    """Discord's OpenAPI document as a judge of requests."""

    def __init__(self, file: Path) -> None:
        self._document: dict[str, Any] = json.loads(gzip.decompress(file.read_bytes()))
        self._document["components"]["schemas"]["ChannelTypes"]["oneOf"].append({"const": _MEDIA})
        resource = Resource.from_contents(self._document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(_NAME, resource)
        # Literal paths before those with a variable: /users/@me is none of /users/{user_id}.
        self._paths = sorted(
            ((_pattern(path), path) for path in self._document["paths"]), key=lambda p: p[1].count("{")
        )

    def problems(self, method: str, path: str, query: dict[str, str], body: Any, content_type: str) -> list[str]:
        """Return what of a request the document does not allow; `body` is None where there is none."""
        template = next((name for pattern, name in self._paths if pattern.fullmatch(path)), None)
        operations = self._document["paths"].get(template, {})
        if method.lower() not in operations:
            return [f"{method} {path}: no such operation"]
        operation = operations[method.lower()]
        found = [
            f"{method} {path}?{name}: {error}"
            for name, value in query.items()
            if name not in _UNDOCUMENTED
            for error in self._query(template or "", method.lower(), name, value)
        ]
        if body is None:
            return found + ([f"{method} {path}: no body"] if operation.get("requestBody", {}).get("required") else [])
        contents = operation.get("requestBody", {}).get("content", {})
        if content_type not in contents:
            return [*found, f"{method} {path}: a body of {content_type!r}"]
        errors = self._validator(template or "", method.lower(), content_type).iter_errors(_with_ids(body))
        return found + [f"{method} {path}: {error.json_path}: {error.message[:300]}" for error in errors]

    def _query(self, template: str, method: str, name: str, value: str) -> list[str]:
        item = self._document["paths"][template]
        known = [*item.get("parameters", ()), *item[method].get("parameters", ())]
        schema = next((one["schema"] for one in known if one.get("in") == "query" and one["name"] == name), None)
        if schema is None:
            return ["no such parameter"]
        typed: Any = int(value) if schema.get("type") == "integer" and value.isdigit() else value
        typed = value == "true" if schema.get("type") == "boolean" else typed
        return [error.message[:200] for error in self._of(schema).iter_errors(typed)]

    @cache  # noqa: B019  # one judge lives as long as the tests
    def _validator(self, template: str, method: str, content_type: str) -> Draft202012Validator:
        escaped = [part.replace("~", "~0").replace("/", "~1") for part in (template, method, content_type)]
        pointer = f"/paths/{escaped[0]}/{escaped[1]}/requestBody/content/{escaped[2]}/schema"
        return self._of({"$ref": f"{_NAME}#{_quoted(pointer)}"})

    def _of(self, schema: dict[str, Any]) -> Draft202012Validator:
        if schema.get("$ref", "").startswith("#"):
            schema = {"$ref": f"{_NAME}{schema['$ref']}"}
        return Draft202012Validator(schema, registry=self._registry)


def _with_ids(body: Any) -> Any:
    """Return a body with its ids as text: Discord takes numbers for them, too (reference, snowflakes)."""
    if not isinstance(body, dict):
        return body
    found = dict(body)
    if isinstance(body.get("attachments"), list):
        found["attachments"] = [{**one, "id": str(one["id"])} if "id" in one else one for one in body["attachments"]]
    mentions = body.get("allowed_mentions")
    if isinstance(mentions, dict):
        ids = {name: [str(id) for id in mentions[name]] for name in ("users", "roles") if name in mentions}
        found["allowed_mentions"] = {**mentions, **ids}
    return {name: _with_ids(value) if name in ("message", "data") else value for name, value in found.items()}


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)))


def _quoted(pointer: str) -> str:
    return pointer.replace("{", "%7B").replace("}", "%7D")


@cache
def spec() -> Spec | None:
    """Return Discord's document, read once; None where it is not there."""
    file = spec_file()
    return Spec(file) if file else None
