"""Whether what a subscription asks for is there, and which name it may have; pure."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from digestbot.domain import Outline, Rule
from digestbot.errors import ConfigError
from digestbot.render.escape import slug


def check_places(rule: Rule, known: Outline) -> None:
    """Raise ConfigError for sections and chapters that the roadmap has not; those of another cannot be checked."""
    if rule.roadmap not in ("", known.name):
        return
    sections = [section for section in known.sections if section.filing]
    chapters = [chapter.id for section in sections for chapter in section.chapters]
    for kind, asked, there in (
        ("section", rule.sections, [section.id for section in sections]),
        ("chapter", rule.chapters, chapters),
    ):
        for name in asked:
            if name not in there:
                near = there if len(there) <= 12 else get_close_matches(name, there, 3, 0.5) or there[:12]
                raise ConfigError(f"the roadmap {known.name!r} has no {kind} {name!r}: use {', '.join(near)}")


def free_id(name: str, taken: Collection[str]) -> str:
    """Return an id like a name that no subscription has yet."""
    base = slug(name, 50)
    return next(id for n in range(1, len(taken) + 2) if (id := base if n == 1 else f"{base}-{n}") not in taken)
