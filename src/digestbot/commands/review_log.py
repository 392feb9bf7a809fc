"""`digestbot review audit` and `stats`: who said what when, and how much of what is proposed is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

from digestbot import review
from digestbot.app import ledger_of
from digestbot.commands.console import terminal, write_json
from digestbot.commands.review_view import act_line
from digestbot.domain import Judged, Proposal
from digestbot.learning.rates import Rate, judged, overall, rates
from digestbot.settings import Settings

_GROUPS: dict[str, Callable[[Proposal], str]] = {
    "kind": lambda one: one.kind,
    "chapter": lambda one: f"{one.roadmap}/{one.chapter}",
    "medium": lambda one: one.medium,
}


def audit_command(settings: Settings, id: str, as_json: bool) -> int:
    """Write the audit log, oldest first, of one proposal or of all."""
    with ledger_of(settings) as ledger:
        found = review.audit(ledger.reviews, id)
    if as_json:
        for act in found:
            write_json(asdict(act))
        return 0
    where = terminal()
    for act in found:
        where.write(f"{act.proposal}  {act_line(act)}\n")
    if not found:
        where.say("Nothing was said of any proposal yet.")
    return 0


def stats_command(settings: Settings, as_json: bool) -> int:
    """Write how much was taken, by kind, chapter and medium, and why the rest was not."""
    with ledger_of(settings) as ledger:
        proposals, decisions = ledger.reviews.proposals(), judged(ledger.reviews.all_acts())
    groups = {name: rates(proposals, decisions, key) for name, key in _GROUPS.items()}
    whole, grounds = overall(proposals, decisions), _grounds(decisions)
    if as_json:
        shown = {name: {key: _values(rate) for key, rate in group.items()} for name, group in groups.items()}
        write_json({"all": _values(whole), **shown, "grounds": grounds})
        return 0
    where = terminal()
    rows = [("all", "", *_cells(whole))]
    rows += [(name, key, *_cells(group[key])) for name, group in groups.items() for key in sorted(group)]
    where.table(("by", "what", "taken", "edited", "rejected", "waiting", "share"), rows, wide="what")
    for ground, number in grounds.items():
        where.write(f"rejected as {ground}: {number}\n")
    where.say("share: how much of it is likely to be taken next; few decisions move it little.")
    return 0


def _grounds(decisions: Sequence[Judged]) -> dict[str, int]:
    found: dict[str, int] = {}
    for decision in decisions:
        if not decision.taken:
            found[decision.ground or "other"] = found.get(decision.ground or "other", 0) + 1
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _values(rate: Rate) -> dict[str, object]:
    return asdict(rate)


def _cells(rate: Rate) -> tuple[object, ...]:
    return rate.taken, rate.edited, rate.rejected, rate.waiting, rate.share
