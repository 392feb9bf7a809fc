"""`digestbot review …`: how its commands are called."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from digestbot.commands.options import AsJson, By, Now, clock, instant, leave, settings_now
from digestbot.domain import GROUNDS, PROPOSAL_KINDS, PROPOSAL_STATES
from digestbot.errors import ConfigError

review_app = typer.Typer(help="Decide on proposed changes to the roadmap.", rich_markup_mode=None, no_args_is_help=True)

ProposalArgument = Annotated[str, typer.Argument(metavar="ID", help="A proposal's id, or its beginning.")]
ProposalArguments = Annotated[list[str], typer.Argument(metavar="ID…", help="Proposals, each by its id's beginning.")]
Merit = Annotated[str, typer.Option(metavar="TEXT", help="Your own line on the resource's merit.")]
Seen = Annotated[int, typer.Option(metavar="N", min=0, help="Refuse if its text is another than this revision.")]
Roadmap = Annotated[str, typer.Option("--roadmap", metavar="NAME", help="Only proposals for this roadmap.")]


@review_app.command("list")
def review_list(
    state: Annotated[str, typer.Option(metavar="NAME", help=f"{', '.join(PROPOSAL_STATES)}, or all.")] = "open",
    kind: Annotated[str, typer.Option(metavar="NAME", help=f"{', '.join(PROPOSAL_KINDS)}.")] = "",
    roadmap: Roadmap = "",
    now: Now = "",
    json: AsJson = False,
) -> None:
    """List proposals, the soonest due first."""
    from digestbot.commands.reviewing import list_command

    settings = settings_now()
    wanted = None if state == "all" else _one_of(state, PROPOSAL_STATES, "--state")
    only = _one_of(kind, PROPOSAL_KINDS, "--kind") if kind else None
    leave(list_command(settings, wanted, only, roadmap, clock(settings, now), json))


@review_app.command("filings")
def review_filings(json: AsJson = False) -> None:
    """List the stories whose place is in doubt."""
    from digestbot.commands.reviewing import filings_command

    leave(filings_command(settings_now(), json))


@review_app.command("file")
def review_file(
    story: Annotated[str, typer.Argument(metavar="STORY", help="A story's address, id or arXiv number.")],
    place: Annotated[
        str, typer.Argument(metavar="[PLACE]", help="SECTION, SECTION/CHAPTER or none; where it stands if left out.")
    ] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it belongs there.")] = "",
    by: By = "",
    now: Now = "",
) -> None:
    """Say where a story belongs; what is filed later goes by it."""
    from digestbot.commands.placing import file_command

    settings = settings_now()
    leave(file_command(settings, story, place, reason, by, clock(settings, now)))


@review_app.command("show")
def review_show(
    proposal: ProposalArgument,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A page that shows it as Discord does, beside.")
    ] = None,
    lang: Annotated[str, typer.Option(metavar="CODE", help="The language of that page: en, zh-Hans, zh-Hant.")] = "en",
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Show a proposal: the change as it would be made now, why, on what evidence, and who said what."""
    from digestbot.commands.reviewing import show_command

    settings = settings_now()
    spoken = _one_of(lang, ("en", "zh-Hans", "zh-Hant"), "--lang")
    leave(show_command(settings, proposal, clock(settings, now), json, html, spoken))


@review_app.command("walk")
def review_walk(roadmap: Roadmap = "", by: By = "", now: Now = "") -> None:
    """Decide on one proposal after the other, with a key for each decision."""
    from digestbot.commands.review_walk import walk_command

    settings = settings_now()
    leave(walk_command(settings, roadmap, by, clock(settings, now)))


@review_app.command("accept")
def review_accept(proposals: ProposalArguments, merit: Merit = "", seen: Seen = 0, by: By = "", now: Now = "") -> None:
    """Vote for proposals; with enough votes they go into the roadmap at once."""
    from digestbot.commands.reviewing import accept_command

    settings = settings_now()
    leave(accept_command(settings, proposals, merit, seen, by, clock(settings, now)))


@review_app.command("edit")
def review_edit(
    proposal: ProposalArgument,
    merit: Merit = "",
    lines: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The new lines, or an edited diff, instead of an editor.")
    ] = None,
    seen: Seen = 0,
    by: By = "",
    now: Now = "",
) -> None:
    """Vote for a proposal in other words; EDITOR opens its diff if none are given: - goes, + comes, a space stays."""
    from digestbot.commands.reviewing import edit_command

    settings = settings_now()
    leave(edit_command(settings, proposal, merit, lines, seen, by, clock(settings, now)))


@review_app.command("reject")
def review_reject(
    proposals: ProposalArguments,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in your words.")] = "",
    ground: Annotated[str, typer.Option(metavar="NAME", help=f"Why: {', '.join(GROUNDS)}.")] = "other",
    place: Annotated[str, typer.Option(metavar="SECTION/CHAPTER", help="Where it belongs instead.")] = "",
    seen: Seen = 0,
    by: By = "",
    now: Now = "",
) -> None:
    """Vote against proposals; what is turned down does not come back without new evidence."""
    from digestbot.commands.reviewing import reject_command

    settings = settings_now()
    why = _one_of(ground, GROUNDS, "--ground")
    leave(reject_command(settings, proposals, reason, why, place, seen, by, clock(settings, now)))


@review_app.command("later")
def review_later(
    proposals: ProposalArguments,
    days: Annotated[int, typer.Option(metavar="N", min=1, max=3_650, help="For so many days.")] = 7,
    until: Annotated[str, typer.Option(metavar="ISO", help="Until then, instead of days.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in your words.")] = "",
    by: By = "",
    now: Now = "",
) -> None:
    """Put proposals off."""
    from digestbot.commands.reviewing import later_command

    settings = settings_now()
    start = clock(settings, now)
    end = instant(until, "--until") if until else start + timedelta(days=days)
    leave(later_command(settings, proposals, end, reason, by, start))


@review_app.command("revert")
def review_revert(
    proposal: ProposalArgument,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in your words.")] = "",
    by: By = "",
    now: Now = "",
) -> None:
    """Take one applied proposal out of the roadmap again, and nothing else."""
    from digestbot.commands.reviewing import revert_command

    settings = settings_now()
    leave(revert_command(settings, proposal, reason, by, clock(settings, now)))


@review_app.command("audit")
def review_audit(
    proposal: Annotated[str, typer.Argument(metavar="[ID]", help="Only of this proposal.")] = "", json: AsJson = False
) -> None:
    """Tell who said what of proposals, when and why, and what became of them."""
    from digestbot.commands.review_log import audit_command

    leave(audit_command(settings_now(), proposal, json))


@review_app.command("stats")
def review_stats(json: AsJson = False) -> None:
    """Tell how much of what is proposed is taken, by kind, chapter and medium."""
    from digestbot.commands.review_log import stats_command

    leave(stats_command(settings_now(), json))


def _one_of(name: str, known: tuple[str, ...], option: str) -> Any:
    if name not in known:
        raise ConfigError(f"{option} {name!r} is none: use one of {', '.join(known)}")
    return name
