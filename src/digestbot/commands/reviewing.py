"""`digestbot review`: look at proposed changes and decide on them in the terminal."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from digestbot import review
from digestbot.adapters.ledger import Ledger
from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.app import desk_of, documents_of, ledger_of
from digestbot.commands.console import Terminal, counted, plain, terminal, write_json
from digestbot.commands.review_view import show_standing, standing_values, write_card
from digestbot.domain import Ground, Proposal, ProposalKind, ProposalState
from digestbot.errors import ConfigError, DigestbotError
from digestbot.review import Decision, Desk, Reviewer
from digestbot.settings import Settings

Vote = Callable[[Desk, Proposal, Reviewer], Decision]


def list_command(
    settings: Settings,
    state: ProposalState | None,
    kind: ProposalKind | None,
    roadmap: str,
    now: datetime,
    as_json: bool,
) -> int:
    """Write the proposals in a state, or all of them; the open ones soonest due first, without those put off."""
    with ledger_of(settings) as ledger:
        require_roadmap(settings, ledger, roadmap)
        if state == "open":
            found = review.waiting(desk_of(settings, ledger), now, roadmap)
        else:
            found = [p for p in ledger.reviews.proposals(state=state) if not roadmap or p.roadmap == roadmap]
        put_off = len(ledger.reviews.proposals(state="open")) - len(found) if state == "open" and not roadmap else 0
    found = [proposal for proposal in found if kind is None or proposal.kind == kind]
    if as_json:
        for proposal in found:
            write_json(asdict(proposal))
        return 0
    where = terminal()
    rows = [(p.id, p.state, p.kind, p.chapter, _due(p, now), f"{p.title}\n{p.url or p.old_url}") for p in found]
    where.table(("id", "state", "kind", "chapter", "due", "resource"), rows, wide="resource")
    if found:
        where.say(f"Look at one: digestbot review show {found[0].id}; decide one by one: digestbot review walk")
    elif state == "open":
        where.say("No proposals wait: the next runs may bring some.")
    else:
        where.say("There are no such proposals.")
    if put_off > 0 and kind is None:
        where.say(f"{counted(put_off, 'proposal')} put off until later: --state all shows them.")
    return 0


def filings_command(settings: Settings, as_json: bool) -> int:
    """Write the stories whose place a person should confirm, newest first."""
    roadmap = RoadmapFiles(settings.home, settings.roadmap).name
    with ledger_of(settings) as ledger:
        found = ledger.placings.to_review(roadmap)
    if as_json:
        for row in found:
            write_json(row)
        return 0
    where = terminal()
    rows = [(r["section"], r["chapter"], f"{r['title']}\n{r['url']}\n{r['needs_review']}") for r in found]
    where.table(("section", "chapter", "story"), rows, wide="story")
    where.say(
        "All about one of them: digestbot why URL\nDecide: digestbot review file URL [SECTION[/CHAPTER]|none]"
        if found
        else "No filing waits for a reviewer."
    )
    return 0


def show_command(
    settings: Settings, id: str, now: datetime, as_json: bool, html: Path | None = None, lang: str = "en"
) -> int:
    """Write a proposal with what accepting it would do now, its reason, evidence and votes.

    `html` is the file of a page that shows it as Discord does, in a language.
    """
    with ledger_of(settings) as ledger:
        desk = desk_of(settings, ledger)
        found = review.standing(desk, review.find(ledger.reviews, id).id, now)
        suspect = ledger.filings.suspects([found.proposal.story]).get(found.proposal.story)
        givers = ledger.suggestions.givers(found.proposal.stories)
    if html:
        write_card(html, found, suspect, next(iter(givers.values()), ""), lang, now)
    if as_json:
        write_json({**standing_values(found), "suspect": asdict(suspect) if suspect else None})
    else:
        show_standing(terminal(), found, suspect, now)
    return 0


def accept_command(settings: Settings, ids: Sequence[str], merit: str, seen: int, by: str, now: datetime) -> int:
    """Vote for proposals, with the reviewer's own words for the resource if given."""

    def vote(desk: Desk, proposal: Proposal, who: Reviewer) -> Decision:
        if merit:
            return review.edit(desk, proposal.id, who, now, merit, seen=seen)
        return review.accept(desk, proposal.id, who, now, seen)

    if merit and len(ids) > 1:
        raise ConfigError("--merit is the line of one resource: accept the others by themselves")
    return _each(settings, ids, by, now, vote)


def edit_command(settings: Settings, id: str, merit: str, file: Path | None, seen: int, by: str, now: datetime) -> int:
    """Vote for a proposal in other words: a line on the resource, new lines from a file, or its diff from an editor."""

    def vote(desk: Desk, proposal: Proposal, who: Reviewer) -> Decision:
        if merit:
            return review.edit(desk, proposal.id, who, now, merit, seen=seen)
        return edited(desk, proposal, who, now, seen, file)

    return _each(settings, [id], by, now, vote)


def edited(
    desk: Desk, proposal: Proposal, who: Reviewer, now: datetime, seen: int, file: Path | None = None
) -> Decision:
    """Vote for a proposal as an editor leaves its present diff, or with a file's lines or diff."""
    from digestbot.commands.review_editor import edited_lines, edited_text

    text = edited_text(review.marked_text(review.standing(desk, proposal.id, now).diff or proposal.diff), file)
    if review.is_marked(text):
        return review.edit(desk, proposal.id, who, now, seen=seen, marked=text)
    return review.edit(desk, proposal.id, who, now, lines=edited_lines(review.places(proposal), text), seen=seen)


def reject_command(
    settings: Settings,
    ids: Sequence[str],
    reason: str,
    ground: Ground,
    wanted: str,
    seen: int,
    by: str,
    now: datetime,
) -> int:
    """Vote against proposals, and say why."""

    def vote(desk: Desk, proposal: Proposal, who: Reviewer) -> Decision:
        return review.reject(desk, proposal.id, who, now, reason, ground, wanted, seen)

    return _each(settings, ids, by, now, vote)


def later_command(settings: Settings, ids: Sequence[str], until: datetime, reason: str, by: str, now: datetime) -> int:
    """Put proposals off."""
    return _each(settings, ids, by, now, lambda desk, p, who: review.later(desk, p.id, who, now, until, reason))


def revert_command(settings: Settings, id: str, reason: str, by: str, now: datetime) -> int:
    """Take one applied proposal out of the roadmap again."""
    return _each(settings, [id], by, now, lambda desk, p, who: review.revert(desk, p.id, who, now, reason))


def require_roadmap(settings: Settings, ledger: Ledger, name: str) -> None:
    """Raise ConfigError for a name that no roadmap has, neither one that is set nor one with proposals; "" is any."""
    known = {files.name for files in documents_of(settings)} | {one.roadmap for one in ledger.reviews.proposals()}
    if name and name not in known:
        raise ConfigError(
            f"--roadmap {name!r} is none that proposals are made for: use one of {', '.join(sorted(known))}"
        )


def reviewer_of(desk: Desk, by: str) -> Reviewer:
    """Return who decides: the name given, else the one who runs the command."""
    return desk.policy.reviewer(by or getpass.getuser())


def finished(desk: Desk, now: datetime, where: Terminal) -> bool:
    """Finish what an earlier command or run left half done, and tell; False where something still is not done."""
    done = review.finish(desk, now)
    for decision in done:
        tell(where, decision)
    return all(decision.proposal.state not in ("accepted", "edited") or desk.hub for decision in done)


def tell(where: Terminal, decision: Decision) -> None:
    """Say what became of a proposal."""
    proposal = decision.proposal
    at = f", {decision.reference}" if decision.reference else ""
    if decision.missing:
        votes = counted(decision.missing, "more vote")
        where.say(f"{proposal.id} is {proposal.state}: your vote counts, {votes} wanted.")
    elif proposal.state == "applied":
        where.say(f"{proposal.id} is applied: it stands in the roadmap {proposal.roadmap!r}{at}.")
    elif proposal.state == "reverted":
        where.say(f"{proposal.id} is reverted: it stands in the roadmap no more{at}.")
    elif proposal.waits_until and proposal.state == "open":
        where.say(f"{proposal.id} is put off until {plain(proposal.waits_until)}.")
    else:
        where.say(f"{proposal.id} is {proposal.state}{at}.")
    for note in decision.notes:
        where.say(f"  {note}")


def _each(settings: Settings, ids: Sequence[str], by: str, now: datetime, vote: Vote) -> int:
    """Give votes one after the other; one that cannot be given does not keep the others from it."""
    where, status = terminal(), 0
    with ledger_of(settings) as ledger:
        desk = desk_of(settings, ledger)
        RoadmapFiles(settings.home, settings.roadmap).install()
        if not finished(desk, now, where):
            status = 1
        who = reviewer_of(desk, by)
        for id in ids:
            try:
                decision = vote(desk, review.find(ledger.reviews, id), who)
            except DigestbotError as error:
                if len(ids) == 1:
                    raise
                where.say(f"digestbot: {error}")
                status = 1
                continue
            tell(where, decision)
            if decision.proposal.state in ("accepted", "edited") and not desk.hub:
                status = 1
    return status


def _due(proposal: Proposal, now: datetime) -> str:
    if proposal.state != "open" or proposal.due_at is None:
        return ""
    days = (proposal.due_at - now).days
    return f"{-days} d over" if proposal.due_at <= now else f"in {days} d"
