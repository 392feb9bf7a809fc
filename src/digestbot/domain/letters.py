"""What somebody asked for on a page, until it is answered by mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Letter:
    """A mail that is owed to an address; `wish` is what its sender would subscribe to, as the keys of a sheet.

    `doubt` says that a process died while sending it, at an earlier one of its `attempts`.
    """

    id: str
    address: str
    wish: Mapping[str, Any]
    asked_at: datetime
    attempts: int
    doubt: bool
