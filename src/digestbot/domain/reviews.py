"""What was said and done about proposals: the audit log, and what it can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from digestbot.domain.kinds import ProposalId, ProposalState

ActKind = Literal[
    "accept",
    "edit",
    "reject",
    "later",
    "revert",
    "stale",
    "asked again",
    "applied",
    "not applied",
    "requested",
    "closed",
    "reverted",
]
"""The first five are what people say; the others are what then became of the proposal and the document."""
Ground = Literal["off-topic", "wrong-place", "weak", "known", "wording", "later-work", "other"]
"""Why a proposal is not wanted: of no concern here; of another chapter; not good enough; told by what is there already;
badly put; to be looked at when it has matured."""
GROUNDS: tuple[Ground, ...] = get_args(Ground)

TAKEN_BACK = "taken back"
"""The detail of an act that made a proposal stale for good: its work was withdrawn, so that no document will fit it."""


@dataclass(frozen=True)
class Act:
    """One line of the audit log. `number` counts a proposal's acts from 1; `state` is the proposal's after this one.

    `revision` is that of the text the act is about. `detail` is what a kind has to tell beside its reason: the version
    that an accepted change leads to, a commit, a pull request's address, the place that a reviewer would rather see
    (`section/chapter`), a diff before it was edited.
    """

    proposal: ProposalId
    number: int
    at: datetime
    by: str
    kind: ActKind
    state: ProposalState
    revision: int = 1
    ground: Ground | Literal[""] = ""
    reason: str = ""
    detail: str = ""


ReviewPostState = Literal["sending", "sent", "gone"]


@dataclass(frozen=True)
class ReviewPost:
    """A proposal as a message in a reviewers' channel of a Discord server, by ids.

    One that is `sending` may stand there or not, one that is `gone` was deleted there. `shown` names the standing that
    the message shows.
    """

    channel: str
    proposal: ProposalId
    guild: str
    begun_at: datetime
    state: ReviewPostState = "sending"
    message: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Judged:
    """A proposal that people decided on, and how: what later proposals and filings can learn from.

    `wanted` is the place `section/chapter` that a reviewer named instead, "" where none was.
    """

    proposal: ProposalId
    taken: bool
    edited: bool
    ground: Ground | Literal[""]
    wanted: str
    decided_at: datetime
