"""What `doctor` says of one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "off", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """What `doctor` says of one thing; `advice` is what to do about it."""

    what: str
    state: State
    says: str
    advice: str = ""
