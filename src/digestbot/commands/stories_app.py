"""`digestbot stories …`: how its commands are called."""

from __future__ import annotations

from typing import Annotated

import typer

from digestbot.commands.options import AsJson, By, Now, clock, leave, settings_now

stories_app = typer.Typer(
    help="Look at what is one work, and decide on it.", rich_markup_mode=None, no_args_is_help=True
)

StoryArgument = Annotated[
    str, typer.Argument(metavar="STORY", help="A story's id, or the id, address or arXiv id of an item in it.")
]


@stories_app.command("show")
def stories_show(story: StoryArgument, json: AsJson = False) -> None:
    """Show a story: its items, what links them, who decided what."""
    from digestbot.commands.threads import show_command

    leave(show_command(settings_now(), story, json))


@stories_app.command("doubtful")
def stories_doubtful(
    limit: Annotated[
        int, typer.Option(metavar="N", min=1, max=1_000_000, help="At most so many, the likeliest first.")
    ] = 50,
    json: AsJson = False,
) -> None:
    """List the pairs that were left apart in doubt."""
    from digestbot.commands.threads import doubtful_command

    leave(doubtful_command(settings_now(), limit, json))


@stories_app.command("split")
def stories_split(
    story: StoryArgument,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="The item's id, address or arXiv id.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why they are two works.")] = "",
    by: By = "",
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Keep an item apart from a story, for good."""
    from digestbot.commands.threads import split_command

    settings = settings_now()
    leave(split_command(settings, story, item, by, reason, clock(settings, now), json))


@stories_app.command("merge")
def stories_merge(
    one: StoryArgument,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Another story, named in the same way.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why they are one work.")] = "",
    by: By = "",
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Make two stories one, for good."""
    from digestbot.commands.threads import merge_command

    settings = settings_now()
    leave(merge_command(settings, one, other, by, reason, clock(settings, now), json))
