"""The command line of subscriptions and digests: options and help; what they do stands in the modules beside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from digestbot.commands.options import AsJson, Now, clock, leave, settings_now
from digestbot.errors import ConfigError

subscribe_app = typer.Typer(rich_markup_mode=None)
subscriptions_app = typer.Typer(
    help="Look at who gets what, and change it.", rich_markup_mode=None, no_args_is_help=True
)
digest_app = typer.Typer(help="Preview, send and look at digests.", rich_markup_mode=None, no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="A subscription's id.")]
Texts = list[str] | None
To = Annotated[
    Texts,
    typer.Option(
        "--to",
        metavar="CHANNEL",
        help="terminal, file[:FOLDER], maildir[:FOLDER], mail:ADDRESS, discord[:ID or URL], webhook:URL or atom:FILE.",
    ),
]
RoadmapName = Annotated[str | None, typer.Option("--roadmap", metavar="NAME", help="Only when runs file into it.")]
Sections = Annotated[Texts, typer.Option("--section", metavar="ID", help="Only this section, e.g. VI.")]
Chapters = Annotated[Texts, typer.Option("--chapter", metavar="ID", help="Only this chapter, e.g. lora.")]
Keywords = Annotated[
    Texts, typer.Option("--keyword", metavar="WORDS", help='Must occur: words, "a phrase", quantiz*, /a regex/.')
]
Without = Annotated[Texts, typer.Option("--without", metavar="WORDS", help="Must not occur; written alike.")]
Media = Annotated[Texts, typer.Option("--medium", metavar="NAME", help="Only paper, post, video or repository.")]
Levels = Annotated[Texts, typer.Option("--level", metavar="NAME", help="Only introductory, intermediate or advanced.")]
StrictLevel = Annotated[
    bool | None, typer.Option("--strict-level/--any-level", help="Leave out what has no known level.")
]
MinRelevance = Annotated[
    float | None, typer.Option("--min-relevance", metavar="P", help="At least so relevant, 0 to 1.")
]
StoryLangs = Annotated[Texts, typer.Option("--story-lang", metavar="CODE", help="Only stories in it, e.g. zh.")]
CadenceText = Annotated[
    str | None,
    typer.Option(
        "--cadence",
        metavar="WHEN",
        help="instant, 'daily 08:00', 'weekdays 08:00', 'weekly mon 08:00' or 'cron 0 8 L * *'.",
    ),
]
Zone = Annotated[str | None, typer.Option("--zone", metavar="NAME", help="Its time zone, e.g. Europe/Berlin.")]
Quiet = Annotated[str | None, typer.Option("--quiet", metavar="SPAN", help="Nothing then, e.g. 22:00-07:00.")]
Lang = Annotated[str | None, typer.Option("--lang", metavar="CODE", help="Of our own words: en, zh-Hans or zh-Hant.")]
LengthName = Annotated[str | None, typer.Option("--length", metavar="NAME", help="headlines, short or full.")]
MaxItems = Annotated[int | None, typer.Option("--max-items", metavar="N", help="Stories told at that length.")]
RestName = Annotated[
    str | None, typer.Option("--rest", metavar="NAME", help="The other stories: brief (a line each) or count.")
]
Empty = Annotated[str | None, typer.Option("--empty", metavar="NAME", help="With nothing new: skip, note or always.")]
Since = Annotated[str | None, typer.Option("--since", metavar="WHEN", help="Begin so far back: 7d, 12h, 2w or a date.")]


@subscribe_app.command()
def subscribe(
    to: To = None,
    id: Annotated[str, typer.Option("--id", metavar="ID", help="Its name; made of the channel if left out.")] = "",
    roadmap: RoadmapName = None,
    section: Sections = None,
    chapter: Chapters = None,
    keyword: Keywords = None,
    without: Without = None,
    medium: Media = None,
    level: Levels = None,
    strict_level: StrictLevel = None,
    min_relevance: MinRelevance = None,
    story_lang: StoryLangs = None,
    cadence: CadenceText = None,
    zone: Zone = None,
    quiet: Quiet = None,
    lang: Lang = None,
    length: LengthName = None,
    max_items: MaxItems = None,
    rest: RestName = None,
    empty: Empty = None,
    since: Since = None,
    now: Now = "",
) -> None:
    """Subscribe a channel to what it wants, when it wants it.

    It gets what is first seen from now on; --since reaches back. All that is asked for must hold; of an option that is
    given several times, one.
    """
    from digestbot.commands.subscribing import subscribe_command

    given = _given(locals())
    settings = settings_now()
    leave(subscribe_command(settings, id, given, clock(settings, now)))


@subscribe_app.command()
def unsubscribe(subscription: Id) -> None:
    """End a subscription."""
    from digestbot.commands.subscribing import unsubscribe_command

    leave(unsubscribe_command(settings_now(), subscription))


@subscriptions_app.command("list")
def subscriptions_list(now: Now = "", json: AsJson = False) -> None:
    """List subscriptions with what they want and when they are due."""
    from digestbot.commands.subscribing import list_command

    settings = settings_now()
    leave(list_command(settings, clock(settings, now), json))


@subscriptions_app.command("show")
def subscriptions_show(subscription: Id, now: Now = "", json: AsJson = False) -> None:
    """Show all of a subscription."""
    from digestbot.commands.subscribing import show_command

    settings = settings_now()
    leave(show_command(settings, subscription, clock(settings, now), json))


@subscriptions_app.command("edit")
def subscriptions_edit(
    subscription: Id,
    to: To = None,
    roadmap: RoadmapName = None,
    section: Sections = None,
    chapter: Chapters = None,
    keyword: Keywords = None,
    without: Without = None,
    medium: Media = None,
    level: Levels = None,
    strict_level: StrictLevel = None,
    min_relevance: MinRelevance = None,
    story_lang: StoryLangs = None,
    cadence: CadenceText = None,
    zone: Zone = None,
    quiet: Quiet = None,
    lang: Lang = None,
    length: LengthName = None,
    max_items: MaxItems = None,
    rest: RestName = None,
    empty: Empty = None,
    since: Since = None,
    now: Now = "",
) -> None:
    """Change what is given and leave the rest.

    A list is replaced as a whole; an empty text empties it: --keyword "".
    """
    from digestbot.commands.subscribing import edit_command

    given = _given(locals())
    settings = settings_now()
    leave(edit_command(settings, subscription, given, clock(settings, now)))


@subscriptions_app.command("pause")
def subscriptions_pause(
    subscription: Id,
    until: Annotated[str, typer.Option("--until", metavar="WHEN", help="A date, or a span such as 2w.")] = "",
    now: Now = "",
) -> None:
    """Send nothing for a while."""
    from digestbot.commands.subscribing import pause_command

    settings = settings_now()
    leave(pause_command(settings, subscription, until, clock(settings, now)))


@subscriptions_app.command("resume")
def subscriptions_resume(
    subscription: Id,
    skip: Annotated[bool, typer.Option("--skip", help="Leave out what came in the pause.")] = False,
    now: Now = "",
) -> None:
    """End a pause."""
    from digestbot.commands.subscribing import resume_command

    settings = settings_now()
    leave(resume_command(settings, subscription, skip, clock(settings, now)))


@subscriptions_app.command("export")
def subscriptions_export(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Standard output if left out.")] = None,
    json: AsJson = False,
) -> None:
    """Write every subscription of your own as YAML, secrets included."""
    from digestbot.commands.subscribing import export_command

    leave(export_command(settings_now(), file, json))


@subscriptions_app.command("import")
def subscriptions_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML or JSON, as export writes it.")],
    replace: Annotated[bool, typer.Option("--replace", help="Take the file's where an id is taken.")] = False,
    now: Now = "",
) -> None:
    """Take subscriptions from a file: all of them or none."""
    from digestbot.commands.subscribing import import_command

    settings = settings_now()
    leave(import_command(settings, file, replace, clock(settings, now)))


AsWhat = Annotated[str, typer.Option("--as", metavar="LOOK", help="What that HTML looks like: mail, or discord.")]


def look_of(text: str) -> Literal["mail", "discord"]:
    """Return what is meant by --as; raises ConfigError for anything else."""
    if text == "mail":
        return "mail"
    if text == "discord":
        return "discord"
    raise ConfigError(f"--as {text!r} is neither mail nor discord")


@digest_app.command("preview")
def digest_preview(
    subscription: Annotated[str, typer.Option("--subscription", metavar="ID", help="Whose digest.")] = "default",
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write its HTML there, too.")] = None,
    look: AsWhat = "mail",
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Show what would be sent now, and of every other story why not.

    Nothing is recorded or sent.
    """
    from digestbot.commands.digesting import preview_command

    settings = settings_now()
    leave(preview_command(settings, subscription, html, clock(settings, now), json, look_of(look)))


@digest_app.command("send")
def digest_send(now: Now = "", json: AsJson = False) -> None:
    """Send what is due of what was read before; no feed is read."""
    from digestbot.commands.digesting import send_command

    settings = settings_now()
    leave(send_command(settings, clock(settings, now), json))


@digest_app.command("list")
def digest_list(
    subscription: Annotated[str, typer.Option("--subscription", metavar="ID", help="Only its digests.")] = "",
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="At most so many, newest first.")] = 20,
    json: AsJson = False,
) -> None:
    """List digests."""
    from digestbot.commands.digesting import list_command

    leave(list_command(settings_now(), subscription, limit, json))


@digest_app.command("show")
def digest_show(
    digest: Annotated[str, typer.Argument(metavar="ID", help="A digest's id, or its beginning.")],
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write its HTML there, too.")] = None,
    look: AsWhat = "mail",
    json: AsJson = False,
) -> None:
    """Show a digest as it was made."""
    from digestbot.commands.digesting import show_command

    leave(show_command(settings_now(), digest, html, json, look_of(look)))


_PLURALS = {
    "section": "sections",
    "chapter": "chapters",
    "keyword": "keywords",
    "medium": "media",
    "level": "levels",
    "story_lang": "story_langs",
}


def _given(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given, by the keys of a subscription's sheet."""
    ours = {"subscription", "id", "now"}
    return {
        _PLURALS.get(name, name): value
        for name, value in options.items()
        if name not in ours and value is not None and not callable(value)
    }
