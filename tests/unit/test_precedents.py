"""What people decided on works near a text speaks on where it belongs."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from digestbot.domain import Precedent
from digestbot.offline.precedents import adjusted

LABELS = ("A", "B", "none")
TABLE = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], dtype=np.float32)


def precedent(
    section: str, similarity: float = 0.95, origin: Literal["resource", "reviewed", "filed"] = "reviewed"
) -> Precedent:
    """Return a work that has its place."""
    return Precedent("A work", section, "", origin, similarity)


def test_without_precedents_nothing_changes() -> None:
    """A row keeps its probabilities where nothing near is known."""
    np.testing.assert_allclose(adjusted(TABLE, LABELS, [(), ()]), TABLE, rtol=1e-6)


def test_a_reviewed_work_nearly_the_same_decides() -> None:
    """Two decisions on works all but the same outweigh the model's lead; each row moves by its own precedents."""
    moved = adjusted(TABLE, LABELS, [[precedent("B", 1.0), precedent("B", 0.98)], ()])

    assert LABELS[int(moved[0].argmax())] == "B"
    np.testing.assert_allclose(moved[1], TABLE[1], rtol=1e-6)
    np.testing.assert_allclose(moved.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("weaker", [precedent("B", 0.7), precedent("B", origin="filed")])
def test_far_works_and_a_models_own_filings_count_less(weaker: Precedent) -> None:
    """A vote fades with distance, and what a model filed is hardly a vote."""
    strong = adjusted(TABLE[:1], LABELS, [[precedent("B")]])
    weak = adjusted(TABLE[:1], LABELS, [[weaker]])

    assert TABLE[0, 1] < weak[0, 1] < strong[0, 1]


def test_a_section_that_is_gone_says_nothing() -> None:
    """A precedent of a section that the roadmap no longer has moves nothing."""
    np.testing.assert_allclose(adjusted(TABLE[:1], LABELS, [[precedent("Z", 1.0)]]), TABLE[:1], rtol=1e-6)
