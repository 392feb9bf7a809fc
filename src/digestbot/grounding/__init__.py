"""The grounding gate: nothing that a model wrote gets out unless its sources show it."""

from __future__ import annotations

from digestbot.grounding.gate import Finding, Gated, check, gate, supported

__all__ = ["Finding", "Gated", "check", "gate", "supported"]
