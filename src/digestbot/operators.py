"""What operators are told: alerts as they come and go, and runs in which something failed. Pure; in English."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal

from digestbot.domain import Alert, Digest, DigestId, DigestSection, Entry, FeedId, Foot, Raised, StoryId
from digestbot.pipeline.line import Report

OPERATORS = "operators"
"""The name that stands where a subscription's would."""
Hear = Literal["alerts", "failures", "runs"]
MODEL, LEDGER, TICK, RESTART, REFUSED = "model", "ledger", "tick", "restart", "refused:"
"""Keys of alerts that only the process can raise which does the work."""
_MOST_LINES = 20
"""Of each kind, so that a bad day stays one message."""


def is_noticed(key: str) -> bool:
    """Tell whether an alert is one that the process at work raises, and a look at the ledger cannot."""
    return key in (MODEL, LEDGER, TICK, RESTART) or key.startswith(REFUSED)


def of_servers(key: str) -> bool:
    """Tell whether an alert is about a process that serves: no other one can say that it is over."""
    return key in (TICK, RESTART) or key.startswith(REFUSED)


def model_alert(report: Report) -> Alert | None:
    """Return the alert that no chat model answered in a run that asked one; None where any did, or none was asked."""
    if not report.degraded or _answers(report):
        return None
    return Alert(MODEL, f"the offline model had to help out: {report.degraded[0]}", "see 'digestbot doctor'")


def asked_a_model(report: Report) -> bool:
    """Tell whether a run had something to ask a chat model: only then it says whether that is there."""
    return bool(report.degraded) or bool(_answers(report))


def _answers(report: Report) -> int:
    return sum(spent.usage.calls for spent in report.steps.values())


def failures(report: Report, began: Collection[FeedId]) -> list[Alert]:
    """Return what failed in a run, the worst first; of feeds those that `began` to fail in it, not each try again."""
    found = [
        Alert("item", f"{count} {'item' if count == 1 else 'items'} failed by a fault of ours", "see 'digestbot items'")
        for count in (report.outcomes["failed"],)
        if count
    ]
    for receipt in report.deliveries:
        if receipt.state in ("dead", "in_doubt"):
            state = "given up" if receipt.state == "dead" else "in doubt"
            # Without the reason, which may hold a reader's address: what is told here is not deleted with a person.
            says = f"a delivery by {receipt.channel.kind} is {state}"
            found.append(Alert("delivery", says, "see 'digestbot outbox list'"))
    failed = (feed for feed in report.feeds if feed.failed and feed.id in began)
    found += [Alert("feed", f"feed {feed.id} failed: {feed.reason}", "it is asked again by itself") for feed in failed]
    return found


def notice(
    changes: Sequence[Raised], now: datetime, hear: Hear, report: Report | None = None, failed: Sequence[Alert] = ()
) -> Digest | None:
    """Return what operators are told, None where all is as it was and nobody wants to hear of that.

    What failed comes first: alerts that were raised, what went wrong in a run, alerts that are over, then the run.
    """
    raised = [one for one in changes if one.cleared_at is None]
    cleared = [one for one in changes if one.cleared_at is not None]
    wanted = bool(changes) or (hear != "alerts" and bool(failed)) or (hear == "runs" and report is not None)
    if not wanted:
        return None
    sections = (
        DigestSection("raised", "Wants looking at", _rows(one.alert for one in raised)),
        DigestSection("failed", "Failed in this run", _rows(failed)),
        DigestSection("cleared", "Over", tuple(_over(one) for one in cleared[:_MOST_LINES])),
    )
    names = [f"{kind}:{one.alert.key}" for kind, found in (("+", raised), ("-", cleared)) for one in found]
    mark = hashlib.sha256("|".join([now.isoformat(), *names]).encode(errors="replace")).hexdigest()[:10]
    return Digest(
        id=DigestId(f"{OPERATORS}-{now:%Y%m%d%H%M%S}-{mark}"),
        subscription=OPERATORS,
        roadmap_title="digestbot",
        created_at=now,
        lead=_lead(report),
        sections=sections,
        proposals=(),
        foot=Foot(),
        subject=_subject(len(raised), len(failed), len(cleared), now),
    )


def _subject(raised: int, failed: int, cleared: int, now: datetime) -> str:
    counts = ((raised, "to look at"), (failed, "failed"), (cleared, "over"))
    said = ", ".join(f"{count} {words}" for count, words in counts if count) or "all is well"
    return f"digestbot: {said}, {now:%Y-%m-%d %H:%M} UTC"


def _rows(found: Iterable[Alert]) -> tuple[Entry, ...]:
    return tuple(_row(one.key, one.says, one.advice) for one in list(found)[:_MOST_LINES])


def _over(one: Raised) -> Entry:
    return _row(one.alert.key, one.alert.says, f"from {_instant(one.raised_at)} to {_instant(one.cleared_at)} UTC")


def _row(key: str, says: str, advice: str) -> Entry:
    return Entry(StoryId(key), says, "", "", advice, (), "", 1.0, "")


def _instant(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def _lead(report: Report | None) -> str:
    if report is None:
        return ""
    read, new = len([feed for feed in report.feeds if feed.asked]), sum(feed.new for feed in report.feeds)
    outcomes = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in report.outcomes.items() if count)
    made = f"{len(report.digests)} digests, {len(report.proposals)} proposals"
    return f"The run read {read} feeds: {new} new entries ({outcomes or 'nothing'}); {made}."
