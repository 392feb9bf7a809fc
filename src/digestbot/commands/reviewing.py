"""`digestbot review`: decide on proposed changes in the terminal."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from datetime import datetime

from rich.text import Text

from digestbot import review
from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.app import ledger_of
from digestbot.commands.console import Terminal, plain, suspect_line, terminal, write_json
from digestbot.domain import Proposal, ProposalState, Suspect
from digestbot.settings import Settings

_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def list_command(settings: Settings, state: ProposalState | None, as_json: bool) -> int:
    """Write the proposals in a state, or all of them."""
    with ledger_of(settings) as ledger:
        found = ledger.publications.proposals(state=state)
    if as_json:
        for proposal in found:
            write_json(asdict(proposal))
        return 0
    where = terminal()
    rows = [(p.id, p.state, p.chapter, f"{p.title}\n{p.url}") for p in found]
    where.table(("id", "state", "chapter", "resource"), rows, wide="resource")
    if found:
        where.say(f"Look at one: digestbot review show {found[0].id}")
    elif state == "open":
        where.say("No proposals wait: the next runs may bring some.")
    else:
        where.say("There are no such proposals.")
    return 0


def filings_command(settings: Settings, as_json: bool) -> int:
    """Write the stories whose place a person should confirm, newest first."""
    roadmap = RoadmapFiles(settings.home, settings.roadmap).path.stem
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


def show_command(settings: Settings, id: str, as_json: bool) -> int:
    """Write a proposal with its diff, reason and evidence."""
    with ledger_of(settings) as ledger:
        proposal = review.find(ledger.publications, id)
        suspect = ledger.filings.suspects([proposal.story]).get(proposal.story)
    if as_json:
        write_json({**asdict(proposal), "suspect": asdict(suspect) if suspect else None})
    else:
        _show(terminal(), proposal, suspect)
    return 0


def accept_command(settings: Settings, id: str, merit: str, by: str, now: datetime) -> int:
    """Put the resource into the roadmap, with the reviewer's own words for it if given."""
    store = RoadmapFiles(settings.home, settings.roadmap)
    with ledger_of(settings) as ledger:
        store.install()
        proposal = review.find(ledger.publications, id)
        decision = review.accept(ledger.publications, store, proposal, by or getpass.getuser(), now, merit)
    commit = f", commit {decision.commit}" if decision.commit else ""
    terminal().say(f"{decision.proposal.id} is {decision.proposal.state}: {store.path} was changed{commit}.")
    return 0


def reject_command(settings: Settings, id: str, reason: str, by: str, now: datetime) -> int:
    """Record that a proposal is not wanted."""
    with ledger_of(settings) as ledger:
        proposal = review.find(ledger.publications, id)
        review.reject(ledger.publications, proposal, by or getpass.getuser(), now, reason)
    terminal().say(f"{proposal.id} is rejected.")
    return 0


def _show(where: Terminal, proposal: Proposal, suspect: Suspect | None) -> None:
    place = f"{proposal.id}, {proposal.state}, for {proposal.roadmap} {proposal.section} › {proposal.chapter}"
    lines = [Text(plain(proposal.title), style="bold"), Text(place), Text(plain(proposal.url))]
    lines.append(Text(f"\nWhy: {plain(proposal.reason)}"))
    lines += [Text(f"  “{plain(sentence)}”") for sentence in proposal.evidence]
    if suspect:
        lines.append(Text(f"\nLook at the source first, {suspect_line(suspect.score, suspect.signs)}", style="yellow"))
    lines.append(Text())
    for line in proposal.diff.splitlines():
        style = _DIFF_STYLES.get(line[:1], "") if not line.startswith(("+++", "---")) else "bold"
        lines.append(Text(plain(line), style=style))
    for text in lines:
        where.out.print(text, soft_wrap=True)  # a diff with lines broken by us would be none
    if proposal.state == "open":
        where.say(
            f"\nDecide: digestbot review accept {proposal.id} [--merit TEXT]\n"
            f"    or: digestbot review reject {proposal.id} --reason TEXT"
        )
    else:
        note = f": {proposal.note}" if proposal.note else "."
        where.say(f"\n{proposal.state} by {proposal.decided_by} on {plain(proposal.decided_at)}{note}")
