"""Asks a chat model a learner's question: it reads the sources that it is shown, looks for more, and ends in claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from digestbot.adapters.langchain_model.agent import Caps, Inquiry
from digestbot.adapters.langchain_model.asking import Asker
from digestbot.adapters.langchain_model.beginnings import begun
from digestbot.adapters.langchain_model.listening import Heard
from digestbot.chat.prompts import Prompt
from digestbot.domain.answers import PARTS
from digestbot.errors import ModelError, ReplyError
from digestbot.explain.citing import MAX_CLAIMS, Drafted
from digestbot.explain.ports import Draft, Told
from digestbot.explain.sources import KEYS
from digestbot.languages import english_name
from digestbot.ports import Tool

CAPS = Caps(steps=4, tokens=24_000, seconds=120.0, lookups=4, lookup_chars=4_000, written_tokens=2_000)
"""What one question may take: a person waits for it."""


class _Claim(BaseModel):
    model_config = ConfigDict(extra="ignore")

    part: str
    text: str
    sources: list[str]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore")

    enough: bool = True
    claims: list[Any]
    missing: str = ""


def answer_schema() -> dict[str, Any]:
    """Return the schema of an answer: parts and keys of sources are of closed sets."""
    claim = {
        "type": "object",
        "properties": {
            "part": {"type": "string", "enum": list(PARTS)},
            "text": {"type": "string"},
            "sources": {"type": "array", "items": {"type": "string", "enum": list(KEYS)}},
        },
        "required": ["part", "text", "sources"],
        "additionalProperties": False,
    }
    properties = {
        "enough": {"type": "boolean"},
        "claims": {"type": "array", "items": claim},
        "missing": {"type": "string"},
    }
    return {
        "title": "answer",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


async def answer(
    asker: Asker, prompt: Prompt, brief: str, lang: str, level: str, tools: Sequence[Tool], told: Told | None = None
) -> Draft:
    """Return what the model answered; a failure is told in the draft, with what was paid before it.

    `told` hears of the claims that are whole while it writes; None where it is to write them all at once.
    """
    inquiry = Inquiry(asker, answer_schema(), tools, CAPS, _teller(told) if told else None)
    try:
        reply = await inquiry.reply(prompt.render(language=english_name(lang), level=level), brief)
        read = _read(reply)
    except ModelError as error:
        return Draft((), False, "", inquiry.usage, tuple(inquiry.lookups), error)
    return Draft(_claims(read.claims), read.enough, read.missing, inquiry.usage, tuple(inquiry.lookups))


def _teller(told: Told) -> Heard:
    """Return what tells of claims whenever a reply that is being written holds others than before."""
    before: tuple[Drafted, ...] = ()

    def hear(text: str) -> None:
        nonlocal before
        claims = _claims(begun(text, "claims"))
        if claims and claims != before:
            before = claims
            told(claims)

    return hear


def _read(reply: object) -> _Reply:
    try:
        return _Reply.model_validate(reply)
    except ValidationError as error:
        raise ReplyError("the answer breaks its schema") from error


def _claims(listed: Sequence[Any]) -> tuple[Drafted, ...]:
    """Return the claims that can be read; one that cannot does not cost the others."""
    found = []
    for one in listed[:MAX_CLAIMS]:
        try:
            read = _Claim.model_validate(one)
        except ValidationError:
            continue
        part = next((part for part in PARTS if part == read.part), None)
        if part and read.text.strip():
            found.append(Drafted(part, read.text, tuple(read.sources)))
    return tuple(found)
