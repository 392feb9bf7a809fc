"""The grounding gate: nothing that a model wrote gets out unless its sources show it."""

from __future__ import annotations

from digestbot.grounding.gate import Dropped, Finding, Sifted, check, sift

__all__ = ["Dropped", "Finding", "Sifted", "check", "sift"]
