"""The command line: every job can be run once by hand, every list can be printed as --json.

Commands import what they need when they run: `digestbot --help` answers before any library is loaded.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, NoReturn

import typer

from digestbot import __version__
from digestbot.commands.backfill_app import backfill_app
from digestbot.commands.bot_app import bot_app
from digestbot.commands.config_app import config_app
from digestbot.commands.explain_app import explain_app
from digestbot.commands.feeds_app import feeds_app
from digestbot.commands.filter_app import filter_app
from digestbot.commands.keeping_app import keeping_app
from digestbot.commands.library_app import library_app
from digestbot.commands.look_app import look_app
from digestbot.commands.outbox_app import outbox_app
from digestbot.commands.passes_app import passes_app
from digestbot.commands.prompts_app import prompts_app
from digestbot.commands.review_app import review_app
from digestbot.commands.roadmap_app import roadmap_app
from digestbot.commands.run_app import run_app
from digestbot.commands.site_app import site_app
from digestbot.commands.stories_app import stories_app
from digestbot.commands.subscribe_cli import digest_app, subscribe_app, subscriptions_app
from digestbot.errors import ConfigError, DigestbotError

_LOST = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
"""Why what was written is lost: the disk, or a quota, is full, or broken."""

app = typer.Typer(
    name="digestbot",
    help="Keeps a learning roadmap current: reads the sources, files what matters, sends digests, proposes changes.",
    epilog="Exit status: 0 done, 1 something is not as it should be, 2 wrong usage or settings. NO_COLOR: no colours.",
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(run_app)
app.add_typer(look_app)
app.add_typer(library_app)
app.add_typer(backfill_app)
app.add_typer(filter_app)
app.add_typer(keeping_app)
app.add_typer(feeds_app, name="feeds")
app.add_typer(bot_app, name="bot")
app.add_typer(review_app, name="review")
app.add_typer(roadmap_app, name="roadmap")
app.add_typer(stories_app, name="stories")
app.add_typer(prompts_app, name="prompts")
app.add_typer(subscribe_app)
app.add_typer(explain_app)
app.add_typer(subscriptions_app, name="subscriptions")
app.add_typer(digest_app, name="digest")
app.add_typer(outbox_app, name="outbox")
app.add_typer(passes_app, name="passes")
app.add_typer(site_app, name="site")
app.add_typer(config_app, name="config")


def main() -> None:
    """Run the command line; an error of ours, or of what we write to, is one line on stderr, never a traceback."""
    try:
        _check_words(sys.argv[1:])
        try:
            app()
        finally:
            sys.stdout.flush()
    except ConfigError as error:
        _fail(str(error), 2)
    except DigestbotError as error:
        _fail(str(error), 1)
    except OSError as error:
        if error.errno not in _LOST:
            raise
        # Python writes what is left once more at its end, which would fail again, with a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _fail(f"what was to be written cannot be: {error.strerror}; make room, or write elsewhere", 1)


def _check_words(words: Sequence[str]) -> None:
    """Raise ConfigError for words that are not UTF-8: no name, address or text of ours has such bytes."""
    for word in words:
        if word != word.encode(errors="replace").decode():
            shown = os.fsencode(word).decode(errors="replace")
            raise ConfigError(f"{shown!r} is not UTF-8: write it in UTF-8, or rename the file that is called so")


def _fail(text: str, status: int) -> NoReturn:
    with suppress(OSError):
        sys.stderr.write(f"digestbot: {text}\n")
    sys.exit(status)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"digestbot {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Write the version and stop.")
    ] = False,
) -> None:
    """Take the options before the command."""


if __name__ == "__main__":
    main()
