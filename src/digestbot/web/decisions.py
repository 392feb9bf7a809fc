"""A vote as a form or a program gives it, and what it does: the same functions as in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from digestbot import review
from digestbot.domain import Ground, Proposal, ProposalId, ProposalState, StoryId, Suspect
from digestbot.errors import ReviewError
from digestbot.render.escape import plain
from digestbot.review import Decision, Desk, Reviewer

ActName = Literal["accept", "edit", "reject", "later", "revert", "finish"]
MAX_WORDS = 1_000
MAX_DIFF = 20_000


class Vote(BaseModel):
    """What somebody wants done with a proposal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    act: ActName = Field(description="what to do; `finish` tries again what was decided and is not in the document yet")
    seen: int = Field(0, ge=0, description="the revision that was looked at: refused if the text is another by now")
    merit: str = Field("", max_length=MAX_WORDS, description="edit: one's own line that introduces the resource")
    diff: str = Field("", max_length=MAX_DIFF, description="edit: the proposal's hunks, changed: - goes, + comes")
    reason: str = Field("", max_length=MAX_WORDS, description="why, in one's own words")
    ground: Ground = Field("other", description="reject: why, in one word")
    place: str = Field("", max_length=200, description="reject: SECTION/CHAPTER where it belongs instead")
    days: int = Field(7, ge=1, le=3_650, description="later: for how many days")


class Decided(Protocol):
    """Finds proposals by their states, the latest first, from the one behind `before` on."""

    def __call__(
        self, states: Collection[ProposalState], roadmap: str = "", before: str = "", limit: int = 50
    ) -> list[Proposal]: ...


@dataclass(frozen=True)
class Docket:
    """What there is to decide, and what was decided."""

    desk_now: Callable[[], Desk]
    latest: Decided
    suspects: Callable[[Collection[StoryId]], Mapping[StoryId, Suspect]]

    @property
    def desk(self) -> Desk:
        """The desk by the settings that count."""
        return self.desk_now()

    def suspect(self, story: StoryId) -> Suspect | None:
        """Return why the text of a story is suspicious, None where it is not."""
        return self.suspects([story]).get(story) if story else None


def cast(desk: Desk, id: ProposalId, who: Reviewer, vote: Vote, now: datetime) -> Decision:
    """Do what a vote asks for; raises ReviewError where that cannot be done."""
    reason = plain(vote.reason)
    if vote.act == "accept":
        return review.accept(desk, id, who, now, vote.seen)
    if vote.act == "edit":
        return _edit(desk, id, who, vote, now)
    if vote.act == "reject":
        return review.reject(desk, id, who, now, reason, vote.ground, vote.place, vote.seen)
    if vote.act == "later":
        return review.later(desk, id, who, now, now + timedelta(days=vote.days), reason)
    if vote.act == "revert":
        return review.revert(desk, id, who, now, reason)
    return _finish(desk, id, who, now)


def _edit(desk: Desk, id: ProposalId, who: Reviewer, vote: Vote, now: datetime) -> Decision:
    marked = vote.diff.replace("\r\n", "\n")
    if bool(plain(vote.merit)) == bool(marked):
        raise ReviewError(f"{id} is edited by a line of your own or by its diff: give one of them")
    if marked and not review.is_marked(marked):
        raise ReviewError(f"the edited text of {id} is no diff: keep the lines that begin with @@")
    return review.edit(desk, id, who, now, plain(vote.merit), seen=vote.seen, marked=marked)


def _finish(desk: Desk, id: ProposalId, who: Reviewer, now: datetime) -> Decision:
    """Try again what is decided and not in the document; all that waits so is tried, and this one's end returned."""
    review.require_vote(who)
    done = {one.proposal.id: one for one in review.finish(desk, now)}
    return done.get(id) or Decision(review.find(desk.ledger, id))
