"""What people write: feeds, roadmaps, prompts, templates, subscriptions' zones, and where pages are reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from zoneinfo import ZoneInfo

from digestbot.app import documents_of, ledger_of, load_feeds
from digestbot.app.models import prompts_of
from digestbot.app.operating import operators_channels
from digestbot.commands.console import counted
from digestbot.commands.doctor.finding import Finding
from digestbot.domain import FeedId, FeedState, Subscription
from digestbot.errors import DigestbotError
from digestbot.settings import Settings
from digestbot.subscriptions.channels import shown


def feeds(settings: Settings, reads: bool) -> Iterator[Finding]:
    """Yield how the feeds file is, and each feed that fails; `reads` whether the ledger may be opened."""
    try:
        found = load_feeds(settings, None)
    except DigestbotError as error:
        yield Finding("feeds", "error", str(error), "mend feeds.yaml")
        return
    own = settings.home / "feeds.yaml"
    yield Finding("feeds", "ok", f"{len(found)} in {own if own.is_file() else 'the shipped feeds.yaml'}")
    states: dict[FeedId, FeedState] = {}
    if reads:
        # What is wrong with the ledger itself is a finding of its own.
        with suppress(DigestbotError), ledger_of(settings) as ledger:
            states = ledger.intake.states()
    for feed in found:
        state = states.get(feed.id, FeedState())
        if state.error_streak:
            says = f"failed {counted(state.error_streak, 'time')} in a row: {state.reason}"
            yield Finding(f"feed {feed.id}", "warning", says, "see if its address still works; the others go on")


def roadmap(settings: Settings) -> Finding:
    """Return whether the roadmaps are there and have sections."""
    try:
        roadmaps = [files.read() for files in documents_of(settings)]
    except DigestbotError as error:
        return Finding("roadmap", "error", str(error), "set DIGESTBOT_ROADMAP and DIGESTBOT_MORE_ROADMAPS")
    said = []
    for one in roadmaps:
        filing = [section for section in one.sections if section.filing]
        if not filing:
            return Finding("roadmap", "error", f"{one.title!r} has no sections", "give it headings")
        said.append(f"{one.title!r}: {len(filing)} sections, {len(one.chapters)} chapters")
    return Finding("roadmap", "ok", "; ".join(said))


def prompts(settings: Settings) -> Finding:
    """Return whether the prompts can be used."""
    try:
        found = prompts_of(settings)
    except DigestbotError as error:
        return Finding("prompts", "error", str(error), "mend them, or take yours away: the shipped ones come back")
    own = [name for name in found if (settings.home / "prompts" / f"{name}.md").is_file()]
    return Finding("prompts", "ok", f"your own: {', '.join(own)}" if own else "the shipped ones")


def templates(settings: Settings) -> Finding:
    """Return whether the templates can be used."""
    from digestbot.render.bodies import checked_templates
    from digestbot.render.template import NAME, SUBJECT, TEXT

    folder = settings.home / "templates"
    own = [name for name in (NAME, TEXT, SUBJECT) if (folder / name).is_file()]
    try:
        checked_templates(folder)
    except DigestbotError as error:
        return Finding("templates", "error", str(error), "mend it, or take it away: the shipped one comes in its place")
    return Finding("templates", "ok", f"your own: {', '.join(own)}" if own else "the shipped ones")


def zones(settings: Settings) -> Finding:
    """Return whether this machine knows the time zones of all subscriptions."""
    subscriptions: Sequence[Subscription] = ()
    with suppress(DigestbotError), ledger_of(settings) as ledger:
        subscriptions = ledger.subscriptions.all()
    unknown = sorted({one.cadence.zone for one in subscriptions if not _is_zone(one.cadence.zone)})
    if unknown:
        advice = "'digestbot subscriptions edit ID --zone NAME', with a name such as Europe/Berlin; or install tzdata"
        return Finding("time zones", "error", f"not known here: {', '.join(unknown)}", advice)
    return Finding("time zones", "ok", f"all of {counted(len(subscriptions), 'subscription')} are known")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError on Python 3.11
        return False
    except KeyError:
        return False
    return True


def web(settings: Settings) -> Finding:
    """Return whether readers can reach the pages that mails link to."""
    url, advice = settings.public_url, "set DIGESTBOT_PUBLIC_URL to the https address at which a proxy serves them"
    if not url and (settings.web_listen or settings.sign_up == "open"):
        return Finding("web pages", "error", "pages are to be served and nobody knows their address", advice)
    if not url and settings.smtp_url:
        says = "none: mails carry no link by which a reader can unsubscribe, which big providers ask for"
        return Finding("web pages", "warning", says, advice)
    if not url:
        return Finding("web pages", "off", "none")
    if url.startswith("http://"):
        return Finding("web pages", "warning", f"{url} is reached from this machine alone", advice)
    return Finding("web pages", "ok", f"at {url}")


def operators(settings: Settings) -> Finding:
    """Return who is told of alerts."""
    try:
        channels = operators_channels(settings)
    except DigestbotError as error:
        return Finding("operators", "error", str(error), "mend DIGESTBOT_OPERATORS")
    if not channels:
        return Finding("operators", "off", "nobody is told what fails", "set DIGESTBOT_OPERATORS to be told of alerts")
    return Finding("operators", "ok", f"told of {settings.operators_hear} by {', '.join(map(shown, channels))}")
