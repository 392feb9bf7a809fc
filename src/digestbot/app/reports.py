"""A run as JSON values."""

from __future__ import annotations

from digestbot.announcements import tally_values
from digestbot.pipeline.line import Report


def report_values(report: Report) -> dict[str, object]:
    """Return a report as JSON values."""
    return {
        "now": report.now.isoformat(),
        "feeds": [
            {
                "id": f.id,
                "fetched": f.fetched,
                "new": f.new,
                "failed": f.failed,
                "reason": f.reason,
                "left_out": list(f.left_out),
                "note": f.note,
            }
            for f in report.feeds
        ],
        "announced": [tally_values(tally) for tally in report.announced],
        "outcomes": dict(report.outcomes),
        "steps": {
            step: {"seconds": round(spent.seconds, 3), "tokens": spent.usage.tokens, "cost_usd": spent.usage.cost_usd}
            for step, spent in report.steps.items()
        },
        "digests": [
            {
                "id": digest.id,
                "subscription": digest.subscription,
                "stories": sum(len(s.entries) + len(s.brief) for s in digest.sections),
            }
            for digest in report.digests
        ],
        "deliveries": [
            {
                "digest": receipt.digest,
                "channel": receipt.channel.kind,
                "state": receipt.state,
                "reference": receipt.reference,
                "reason": receipt.reason,
            }
            for receipt in report.deliveries
        ],
        "proposals": [{"id": p.id, "chapter": p.chapter, "title": p.title, "url": p.url} for p in report.proposals],
        "degraded": report.degraded,
    }
