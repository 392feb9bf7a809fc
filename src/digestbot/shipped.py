"""Finds the files that the package ships: feeds.yaml, prompts and roadmaps.

In a wheel they lie inside the package, in a checkout at its top level. A file of the same name in the data folder
takes their place.
"""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path


def shipped(*parts: str) -> Traversable:
    """Return a shipped file or folder."""
    checkout = Path(__file__).parents[2]
    root: Traversable = (
        checkout if (checkout / "pyproject.toml").is_file() else resources.files("digestbot") / "shipped"
    )
    return root.joinpath(*parts)
