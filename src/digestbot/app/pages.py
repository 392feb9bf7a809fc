"""The composition root's part for the web pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING

from digestbot.adapters.ledger import Ledger
from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.app.clock import clock_of
from digestbot.app.deciding import deciding_routes, door_of
from digestbot.app.documents import documents_of, installed, reader_of
from digestbot.app.following import Current, Following
from digestbot.app.sending import tokens_of
from digestbot.app.storing import chroma_place, load_feeds
from digestbot.app.watching import status_now
from digestbot.errors import ConfigError
from digestbot.explain.ports import Answering
from digestbot.ports import Index
from digestbot.processes import me
from digestbot.roadmap import outline
from digestbot.search import documents_space
from digestbot.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from digestbot.web.mail_pages import MailPages
    from digestbot.web.post import Mailer
    from digestbot.web.seeking import Seeker
    from digestbot.web.surface import Surface

_STATUS_KEPT_S = 60.0
"""It counts everything: a tenth of a second over a hundred thousand stories."""
_VECTORS_KEPT_S = 300.0
"""How long the vectors of all passages stay in memory once they were asked for: 100 MB at a hundred thousand."""


def web_pages(settings: Current, ledger: Ledger, tell: Callable[[str], None], answering: Answering) -> Starlette:
    """Return the web pages as an ASGI application; `answering` answers questions.

    Where they are reached, who may read and who may sign up stay as they are at the start. Raises ConfigError where no
    address to reach them is set.
    """
    from digestbot.web.pages import reading_routes
    from digestbot.web.site import application

    begun = settings()
    if not begun.public_url:
        raise ConfigError("set DIGESTBOT_PUBLIC_URL to the address at which readers reach the pages: mails link to it")
    surface = surface_of(settings, ledger)
    door = door_of(begun, ledger)
    doing = deciding_routes(settings, ledger, surface, door, tell, answering)
    mail, routes = _mail_pages(settings, ledger, tell), [*doing, *reading_routes(surface)]
    return application(mail, routes, door.admits if surface.closed else None)


def surface_of(settings: Current, ledger: Ledger) -> Surface:
    """Return what the pages are made from."""
    from digestbot.adapters.embedder import SearchEmbedder
    from digestbot.web.keeping import Lately
    from digestbot.web.surface import Surface

    begun = settings()
    documents = Following(settings, lambda now: list(map(reader_of, documents_of(now, ledger))))
    wall = clock_of(begun)
    feeds = Lately(lambda: load_feeds(begun, None))
    return Surface(
        archive=ledger.archive,
        figures=ledger.figures,
        roadmaps=Lately(lambda: tuple(read() for read in documents())),
        search=_seeker(begun, ledger),
        feeds=feeds,
        space=documents_space(SearchEmbedder()),
        checks=ledger.links.checks,
        events=ledger.outlines.events,
        status=Lately(lambda: status_now(settings(), ledger, feeds(), wall()), _STATUS_KEPT_S),
        costs=ledger.spending.costs,
        public_url=begun.public_url or "",
        wall=wall,
        sign_up=begun.sign_up == "open",
        closed=begun.web_archive == "closed",
    )


def _seeker(settings: Settings, ledger: Ledger) -> Seeker:
    from digestbot.adapters.embedder import SearchEmbedder
    from digestbot.adapters.index import ChromaIndex, ChromaStore, LedgerIndex, SteadyIndex
    from digestbot.web.keeping import Lately
    from digestbot.web.seeking import Seeker

    embedder = SearchEmbedder()
    space = documents_space(embedder)
    own = LedgerIndex(Lately(lambda: ledger.stories.vectors(space), _VECTORS_KEPT_S))
    # An embedded index belongs to the process that reads the feeds; the pages never take it.
    server = ChromaStore(chroma_place(settings)) if settings.chroma_url else None
    index: Index = SteadyIndex(ChromaIndex(server, space), own) if server else own
    return Seeker(ledger.corpus, ledger.archive, embedder, index)


def _mail_pages(settings: Current, ledger: Ledger, tell: Callable[[str], None]) -> MailPages:
    from digestbot.render.html import checked_template
    from digestbot.web.mail_pages import MailPages
    from digestbot.web.office import Office
    from digestbot.web.post import Post

    begun = settings()
    documents = Following(settings, lambda now: installed(now, ledger))
    office = Office(
        ledger.subscriptions,
        ledger.readers,
        ledger.letters,
        ledger.outbox,
        ledger.publications,
        lambda name: outline(_named(documents(), name).read()),
        tokens_of(begun),
        begun.public_url or "",
        lambda: settings().mail_from,
        clock_of(begun),
    )
    mailer = _FollowingMailer(Following(settings, _mailer_of))
    post = Post(
        ledger.letters, office.letter, mailer, office.wall, me(), tell, lambda: settings().smtp_in_doubt == "resend"
    )
    return MailPages(office, post, begun.sign_up == "open", tell, checked_template(begun.home / "templates"))


def _named(documents: Sequence[RoadmapFiles], name: str) -> RoadmapFiles:
    """Return the roadmap of a name, the main one where none of that name is filed into."""
    return next((files for files in documents[1:] if files.name == name), documents[0])


def _mailer_of(settings: Settings) -> Mailer:
    from digestbot.adapters.maildir_sender import MaildirMailer
    from digestbot.adapters.smtp_sender import SmtpMailer

    url = settings.smtp_url
    return SmtpMailer(url.get_secret_value(), settings.mail_from) if url else MaildirMailer(settings.home / "maildir")


@dataclass(frozen=True)
class _FollowingMailer:
    """Sends each mail by the settings that count then."""

    made: Callable[[], Mailer]

    async def post(self, message: EmailMessage, to: str) -> None:
        await self.made().post(message, to)
