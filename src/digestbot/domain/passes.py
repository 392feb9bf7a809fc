"""Who may sign in on the pages and write over the API, and what they may do there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PassRole = Literal["reader", "reviewer", "operator"]
"""A reader sees who decided what; a reviewer has a vote on proposals; an operator's word is enough by itself."""


@dataclass(frozen=True)
class Pass:
    """Leave that the operator gave somebody; the token that proves it is kept nowhere, only its hash.

    `name` is the one that its votes are counted under; two passes of one name are one person.
    """

    id: str
    name: str
    role: PassRole
    hashed: str
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens anything at an instant."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True)
class Session:
    """A browser in which somebody has signed in with a pass, until when; of its cookie only the hash is kept."""

    hashed: str
    passed: str
    created_at: datetime
    expires_at: datetime
