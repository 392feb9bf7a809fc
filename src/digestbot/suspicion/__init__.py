"""Tells of text from outside whether it speaks to a model instead of to its readers."""

from __future__ import annotations

from digestbot.suspicion.judge import FLAGGED, Sign, Suspicion, is_suspicious, suspicion

__all__ = ["FLAGGED", "Sign", "Suspicion", "is_suspicious", "suspicion"]
