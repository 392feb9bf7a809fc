"""`digestbot explain`, `rate` and `mcp`: how they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from digestbot.commands.options import KINDS, AsJson, Now, clock, instant, leave, settings_now, singular
from digestbot.errors import ConfigError
from digestbot.languages import spoken

explain_app = typer.Typer(rich_markup_mode=None)

_LEVELS = ("introductory", "intermediate", "advanced")
_VERDICTS = ("helpful", "unhelpful", "wrong")


@explain_app.command()
def explain(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="A topic or a question, in English or Chinese.")],
    level: Annotated[
        str, typer.Option(metavar="NAME", help="For whom: introductory, intermediate or advanced.")
    ] = "intermediate",
    lang: Annotated[
        str, typer.Option(metavar="CODE", help="The answer's language: en, zh or zh-Hant; the question's if left out.")
    ] = "",
    since: Annotated[str, typer.Option(metavar="DAY", help="Only sources from this day on.")] = "",
    section: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only sources of this section, e.g. IV; may be repeated.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only papers, posts, videos or repositories; may be repeated."),
    ] = None,
    follow: Annotated[str, typer.Option(metavar="ID", help="The answer that this question follows.")] = "",
    simpler: Annotated[bool, typer.Option("--simpler", help="The answer that --follow names, a level down.")] = False,
    deeper: Annotated[bool, typer.Option("--deeper", help="The answer that --follow names, a level up.")] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A page that shows it as Discord does, beside.")
    ] = None,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Explain a topic from what was read, every statement with its source.

    Exit status 1 when what was read is not enough to answer from.
    """
    from digestbot.commands.explaining import explain_command
    from digestbot.domain.answers import Asked
    from digestbot.render.escape import plain

    depth = _depth(simpler, deeper, follow)
    day = f"{instant(since, '--since'):%Y-%m-%d}" if since else ""
    follow = plain(follow)  # what a shell hands over need not be text that a database keeps
    asked = Asked(
        question,
        _one_of(level, "--level", _LEVELS),
        spoken(lang),
        day,
        tuple(section or ()),
        _kinds(kind),
        follow,
        depth,
    )
    settings = settings_now()
    leave(explain_command(settings, asked, html, clock(settings, now), json))


@explain_app.command()
def rate(
    answer: Annotated[str, typer.Argument(metavar="ID", help="An answer's id, as it stands below it.")],
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="helpful, unhelpful or wrong.")],
    note: Annotated[str, typer.Option(metavar="TEXT", help="What is wrong with it, or missing.")] = "",
    now: Now = "",
) -> None:
    """Say what you think of an answer; whoever runs this reads it."""
    from digestbot.commands.explaining import rate_command

    settings = settings_now()
    leave(rate_command(settings, answer, _one_of(verdict, "VERDICT", _VERDICTS), note, "", clock(settings, now)))


@explain_app.command()
def mcp(
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Also offer a tool that hands addresses in; all others only read.")
    ] = False,
) -> None:
    """Serve what was read to assistants, as a Model Context Protocol server on standard input and output.

    Tools: explain, search, latest, roadmap and why.
    """
    from digestbot.commands.serving_mcp import mcp_command

    leave(mcp_command(settings_now(), suggest))


def _depth(simpler: bool, deeper: bool, follow: str) -> Any:
    if (simpler or deeper) and not follow:
        raise ConfigError("--simpler and --deeper need --follow ID: the id stands below each answer")
    if simpler and deeper:
        raise ConfigError("--simpler and --deeper are two ways: give one of them")
    return "simpler" if simpler else "deeper" if deeper else ""


def _one_of(given: str, name: str, known: tuple[str, ...]) -> Any:
    if given not in known:
        raise ConfigError(f"{name} {given!r} is none of {', '.join(known)}")
    return given


def _kinds(given: list[str] | None) -> tuple[str, ...]:
    return tuple(_one_of(singular(one), "--kind", KINDS) for one in given or ())
