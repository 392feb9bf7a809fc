"""What a chat model may answer, and what is left of it after checking; pure.

A reply is matched to stories by id. Its sections must exist, its free text must be said by the story, its numbers are
brought into range; a story whose part cannot be used gets a ReplyError, the others keep theirs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, FiniteFloat, ValidationError

from digestbot.chat.briefs import Places, story_text
from digestbot.chat.questions import Answer
from digestbot.chat.untrusted import shortened
from digestbot.domain import OFF_ROADMAP, Level, Outline, Story, Verdict
from digestbot.errors import ReplyError
from digestbot.grounding import sift
from digestbot.offline.sentences import split

ROWS = "stories"
"""The key of a reply under which its rows stand."""
_MAX_STATEMENT_CHARS = 400
_MAX_ROW_STRING_CHARS = 200
"""No prompt asks for a longer string: a sentence of 25 words has 165 characters, one of 30 has 200."""
_MAX_LISTED = 6
_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:/-]+")
# OpenAI takes at most 1,000 values over all enumerations of a schema; past this a chapter is checked by code alone.
_MAX_CHOICES = 200
LEVELS: tuple[Level, ...] = ("introductory", "intermediate", "advanced")
_FILED = {"en": "Filed under {title} by its title and text.", "zh": "根据标题和正文归入“{title}”。"}
_OFF = {"en": "Fits no section of this roadmap.", "zh": "不属于本路线图的任何一节。"}


class FilingRow(Answer):
    """Where a story belongs, in the codes of the places."""

    section: str
    chapter: str
    confidence: FiniteFloat
    novelty: FiniteFloat
    evidence: FiniteFloat
    usefulness: FiniteFloat
    level: str
    reason: str


Row = TypeVar("Row", bound=Answer)


def filing_schema(places: Places, chapters: bool = True) -> dict[str, Any]:
    """Return the JSON schema of a filing reply; it allows the codes of the places and nothing else.

    Without `chapters` their codes are left open, for a model that looks them up.
    """
    choices: dict[str, Sequence[str]] = {"section": [*places.sections, OFF_ROADMAP], "level": list(LEVELS)}
    if chapters and len(places.chapters) < _MAX_CHOICES:
        choices["chapter"] = [*places.chapters, OFF_ROADMAP]
    return schema("filing", FilingRow, choices)


def schema(name: str, row: type[BaseModel], choices: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return a strict schema without titles and defaults: every character of it is paid for at every call."""
    properties = {
        key: {k: v for k, v in written.items() if k in ("type", "items")}
        | ({"enum": list(choices[key])} if key in choices else {})
        for key, written in row.model_json_schema()["properties"].items()
    }
    item = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {
        "title": name,
        "type": "object",
        "properties": {ROWS: {"type": "array", "items": item}},
        "required": [ROWS],
        "additionalProperties": False,
    }


def bounded(schema: Mapping[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    """Return a schema that ends: a row for each of the ids and under one of them, no endless string or list in it.

    A small model that is held to a schema word by word closes only what it has to close. OpenAI's own endpoint refuses
    a length of strings, and its models need none.
    """
    listed = schema["properties"][ROWS]
    item = listed["items"]
    properties = {key: written | _limits(written) for key, written in item["properties"].items()}
    if all(map(_PLAIN_ID.fullmatch, ids)):
        known = "|".join(id.replace(".", r"\.") for id in ids)
        properties["id"] = {"type": "string", "pattern": f"^({known})$"}
    ended = listed | {"items": item | {"properties": properties}, "minItems": len(ids), "maxItems": len(ids)}
    return {**schema, "properties": {**schema["properties"], ROWS: ended}}


def _limits(written: Mapping[str, Any]) -> dict[str, Any]:
    if "enum" in written:
        return {}
    if written.get("type") == "string":
        return {"maxLength": _MAX_ROW_STRING_CHARS}
    if written.get("type") == "array":
        return {"maxItems": _MAX_LISTED, "items": written["items"] | _limits(written["items"])}
    return {}


def rows(reply: object, row: type[Row], wanted: Collection[str]) -> dict[str, Row]:
    """Return the usable rows of a reply by id: of the wanted ids only, the first row of each.

    Raises ReplyError when the reply is no list of rows at all.
    """
    listed = reply.get(ROWS) if isinstance(reply, dict) else None
    if not isinstance(listed, list):
        raise ReplyError("the reply has no list of stories")
    found: dict[str, Row] = {}
    for one in listed:
        try:
            read = row.model_validate(one)
        except ValidationError:
            continue  # its story counts as missing, which is reported there
        if read.id in wanted:
            found.setdefault(read.id, read)
    return found


def verdict(
    row: FilingRow,
    story: Story,
    places: Places,
    outline: Outline,
    model: str,
    prompt: str,
    seen: Sequence[str] = (),
) -> Verdict:
    """Return the verdict that a row gives; raises ReplyError when its section does not exist.

    `seen` is what was looked up beside the story, on which the reason may rest, too.
    """
    section = places.sections.get(row.section)
    if section is None and row.section != OFF_ROADMAP:
        raise ReplyError("the reply names a section that the roadmap does not have")
    owner, chapter = places.chapters.get(row.chapter, (None, None))
    if section is None or owner is not section:
        chapter = None
    titles = [section.title if section else "", chapter.title if chapter else ""]
    confidence = _share(row.confidence)
    novelty, shown, usefulness = _share(row.novelty), _share(row.evidence), _share(row.usefulness)
    section_id = section.id if section else OFF_ROADMAP
    return Verdict(
        story=story.id,
        roadmap=outline.name,
        section=section_id,
        chapter=chapter.id if chapter else "",
        confidence=confidence,
        relevance=worth(novelty, shown, usefulness),
        reason=_reason(row.reason, [*_said(story), *titles, *seen]) or _neutral_reason(titles[0], outline.lang),
        model=model,
        top=((section_id, confidence),),
        prompt=prompt,
        novelty=novelty,
        evidence=shown,
        usefulness=usefulness,
        level=next((level for level in LEVELS if level == row.level.strip().lower()), ""),
    )


def worth(novelty: float, evidence: float, usefulness: float) -> float:
    """Return a rubric in one number, 0–1: what a learner gains counts as much as the two others together."""
    return round(0.25 * novelty + 0.25 * evidence + 0.5 * usefulness, 4)


def _said(story: Story) -> list[str]:
    return [*(item.title for item in (story.lead, *story.members)), story_text(story)]


def _reason(written: str, sources: Sequence[str]) -> str:
    (kept,) = sift([written], sources).kept
    return shortened(next(iter(split(kept)), ""), _MAX_STATEMENT_CHARS)


def _neutral_reason(title: str, lang: str) -> str:
    wording = _FILED if title else _OFF
    return wording.get(lang[:2], wording["en"]).format(title=title)


def _share(number: float) -> float:
    return min(max(number, 0.0), 1.0)
