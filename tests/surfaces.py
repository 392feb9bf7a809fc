"""What pages are made from, for tests of those that need little of it."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from digestbot.web.surface import Surface


def bare_surface(**given: Any) -> Surface:
    """Return a surface that has what is given; whatever else a page would ask of it is not there."""
    needed = [field.name for field in fields(Surface) if field.default is MISSING and field.default_factory is MISSING]
    blank: dict[str, Any] = dict.fromkeys(needed)
    return Surface(**blank | given)
