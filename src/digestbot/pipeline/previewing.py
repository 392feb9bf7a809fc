"""What `publish` would make of one subscription now, and why the other stories are not in it. Records nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digestbot.domain import Digest, Subscription
from digestbot.pipeline.publish import AllCandidates, Desk, Digests, Frame, Marks
from digestbot.pipeline.select import Refusal
from digestbot.pipeline.trends import WEEK
from digestbot.subscriptions.cadence import Due, standing


@dataclass(frozen=True)
class Preview:
    """What a subscription would be sent at an instant, whether it is due then, and why every other story is not in it.

    `digest` is None when nothing would be sent. The other stories are those of the window that `since` begins.
    """

    due: Due
    digest: Digest | None
    refusals: tuple[Refusal, ...]
    since: datetime


def preview(
    candidates: AllCandidates,
    marks: Marks,
    publications: Digests,
    subscription: Subscription,
    frame: Frame,
) -> Preview:
    """Return what `publish` would make of a subscription now, were it due; nothing is recorded."""
    handled = marks.handled()
    due = standing(subscription, handled.get(subscription.id), frame.now)
    desk = Desk(candidates, publications, handled, [subscription], frame)
    since = desk.floor(subscription) or frame.now - WEEK
    unfiled = candidates.unfiled(frame.outline.name, frame.lang, since)
    chosen, refusals = desk.explain(subscription, unfiled, since)
    silent = not (chosen.stories or chosen.updates) and subscription.shape.empty == "skip"
    return Preview(due, None if silent else desk.digest(chosen, subscription), tuple(refusals), since)
