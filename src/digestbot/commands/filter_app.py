"""`digestbot file`, `summarize` and `dedupe`, the filters from stdin to stdout: how they are called."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from digestbot.commands.options import leave

filter_app = typer.Typer(rich_markup_mode=None)


@filter_app.command()
def file() -> None:
    """Filter: file JSON Lines into the default roadmap.

    {id, title, abstract?, url?, kind?, lang?, date?} → {id, section, chapter, confidence, top, relevance, reason,
    model}
    """
    from digestbot.commands.filters import file_command

    leave(file_command(_stdin()))


@filter_app.command()
def summarize() -> None:
    """Filter: summarize JSON Lines.

    {id, title, abstract?, description?} → {id, tldr, points, evidence, model}
    """
    from digestbot.commands.filters import summarize_command

    leave(summarize_command(_stdin()))


@filter_app.command()
def dedupe(
    pairs: Annotated[bool, typer.Option("--pairs", help="Judge pairs: {a, b} → {same, score, basis}.")] = False,
) -> None:
    """Filter: find the same work in JSON Lines.

    {id, title, url?, authors?, date?, …} → {id, story, duplicate_of, basis}
    """
    from digestbot.commands.filters import dedupe_command, pairs_command

    leave(pairs_command(_stdin()) if pairs else dedupe_command(_stdin()))


def _stdin() -> Any:
    # Bytes that are not UTF-8 belong to a bad line, not to a crash: they arrive as lone surrogates.
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]  # a text stream here
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text stream here
    return sys.stdin
