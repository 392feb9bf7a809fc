"""The limits of Discord's messages that its OpenAPI document does not state, or states too widely.

Sources: discord.com/developers/docs/resources/message (content, embeds) and …/components/reference (components).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

MAX_CONTENT = 2000
MAX_EMBEDS_TOTAL = 6000
_EMBED_TEXTS = {"title": 256, "description": 4096}
_SCHEMES = re.compile(r"https?://[^\s/]+", re.IGNORECASE)


def problems(payload: Mapping[str, Any]) -> list[str]:
    """Return what Discord would refuse of a message, each with its place; nothing for one that it takes."""
    return [*_content(payload), *_embeds(payload.get("embeds") or ()), *_components(payload), *_surrogates(payload)]


def is_empty(payload: Mapping[str, Any], files: int) -> bool:
    """Return whether a new message would show nothing at all."""
    shown = (str(payload.get("content") or "").strip(), payload.get("embeds"), payload.get("components"), files)
    return not any(shown) and not payload.get("poll") and not payload.get("sticker_ids")


def _content(payload: Mapping[str, Any]) -> Iterator[str]:
    content = payload.get("content") or ""
    if len(content) > MAX_CONTENT:
        yield f"content: {len(content)} characters, more than {MAX_CONTENT}"
    nonce = payload.get("nonce")
    if isinstance(nonce, str) and len(nonce) > 25:
        yield f"nonce: {len(nonce)} characters, more than 25"


def _embeds(embeds: Any) -> Iterator[str]:
    if len(embeds) > 10:
        yield f"embeds: {len(embeds)}, more than 10"
    total = 0
    for number, embed in enumerate(embeds):
        texts = list(_texts(embed))
        total += sum(len(text) for _, text, _ in texts)
        for name, text, limit in texts:
            if len(text) > limit:
                yield f"embeds[{number}].{name}: {len(text)} characters, more than {limit}"
            if not text.strip():
                yield f"embeds[{number}].{name}: empty"
        if len(embed.get("fields") or ()) > 25:
            yield f"embeds[{number}].fields: more than 25"
        if embed.get("url") and not _SCHEMES.match(embed["url"]):
            yield f"embeds[{number}].url: not a web address"
        if not texts and not embed.get("image") and not embed.get("thumbnail"):
            yield f"embeds[{number}]: shows nothing"
    if total > MAX_EMBEDS_TOTAL:
        yield f"embeds: {total} characters together, more than {MAX_EMBEDS_TOTAL}"


def _texts(embed: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Yield every text of an embed that is there and counts: its name, itself and its own limit."""
    for name, limit in _EMBED_TEXTS.items():
        if embed.get(name) is not None:
            yield name, embed[name], limit
    for part, inner, limit in (("author", "name", 256), ("footer", "text", 2048)):
        if embed.get(part):
            yield f"{part}.{inner}", embed[part].get(inner) or "", limit
    for number, field in enumerate(embed.get("fields") or ()):
        yield f"fields[{number}].name", field.get("name") or "", 256
        yield f"fields[{number}].value", field.get("value") or "", 1024


def _components(payload: Mapping[str, Any]) -> Iterator[str]:
    flat = list(_flat(payload.get("components") or ()))
    ids = Counter(part["custom_id"] for part in flat if part.get("custom_id"))
    yield from (f"components: custom_id {id!r} more than once" for id, count in ids.items() if count > 1)
    yield from (f"components: custom_id {id!r} of {len(id)} characters" for id in ids if not 1 <= len(id) <= 100)
    for part in flat:
        if part.get("type") == 1 and len(part.get("components") or ()) > 5:
            yield "components: a row of more than five"
        if part.get("type") == 2 and len(part.get("label") or "") > 80:
            yield f"components: a label of {len(part['label'])} characters"
        if len(part.get("options") or ()) > 25:
            yield "components: a select of more than 25 options"


def _flat(components: Any) -> Iterator[Mapping[str, Any]]:
    for part in components:
        yield part
        yield from _flat(part.get("components") or ())


def _surrogates(value: Any, place: str = "") -> Iterator[str]:
    if isinstance(value, str) and re.search("[\ud800-\udfff]", value):
        yield f"{place}: a lone surrogate, which is not UTF-8"
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from _surrogates(inner, f"{place}.{key}".lstrip("."))
