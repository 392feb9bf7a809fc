"""The roadmap as a file: the user's own, or one in the data folder, which is a git repository where git is there."""

from __future__ import annotations

from digestbot.adapters.roadmap_git.files import RoadmapFiles, names
from digestbot.adapters.roadmap_git.store import RoadmapStore

__all__ = ["RoadmapFiles", "RoadmapStore", "names"]
