"""Reads who may decide from one line of settings. Pure."""

from __future__ import annotations

import re

from digestbot.review.records import Reviewer, Role

_ROLES: tuple[Role, ...] = ("reader", "reviewer", "lead")
_PERSON = re.compile(r"(?P<name>[^<>,]+?)\s*(?:<(?P<mail>[^<>,\s]+@[^<>,\s]+)>)?\s*(?::\s*(?P<role>[a-z]+))?")


def reviewers_of(text: str) -> dict[str, Reviewer]:
    """Return reviewers by name from `ada <ada@example.org>: lead, bob`; raises ValueError for what is no reviewer."""
    found: dict[str, Reviewer] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _PERSON.fullmatch(part)
        role = next((role for role in _ROLES if match and role == (match["role"] or "reviewer")), None)
        if match is None or role is None:
            raise ValueError(
                f"{part!r} is no reviewer: expected NAME, NAME <MAIL> or either with : {', : '.join(_ROLES)}"
            )
        found[match["name"]] = Reviewer(match["name"], role, match["mail"] or "")
    return found
