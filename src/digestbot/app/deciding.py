"""The composition root's part for pages on which something is done: signing in, the review, questions, the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from digestbot.adapters.ledger import Ledger
from digestbot.app.clock import clock_of
from digestbot.app.following import Current, Following
from digestbot.app.reviewing import desk_of
from digestbot.app.sending import tokens_of
from digestbot.explain.ports import Answering
from digestbot.settings import Settings

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from digestbot.web.door import Door
    from digestbot.web.surface import Surface


def door_of(settings: Settings, ledger: Ledger) -> Door:
    """Return the door of the pages."""
    from digestbot.web.door import Door

    return Door(ledger.passes, tokens_of(settings), settings.public_url or "", clock_of(settings))


def deciding_routes(
    settings: Current, ledger: Ledger, surface: Surface, door: Door, tell: Callable[[str], None], answering: Answering
) -> list[BaseRoute]:
    """Return the routes of what people do here; raises ConfigError where the review's settings cannot be used."""
    from digestbot.web.api.reading import Sources
    from digestbot.web.api.serving import api_routes
    from digestbot.web.decisions import Docket
    from digestbot.web.pages.explain import ExplainPages
    from digestbot.web.pages.review import ReviewPages
    from digestbot.web.pages.signing import SigningPages

    desk = Following(settings, lambda now: desk_of(now, ledger))
    docket = Docket(desk, ledger.reviews.latest, ledger.filings.suspects)
    api = api_routes(Sources(surface, docket, ledger.history.seen), door, tell)
    questions = ExplainPages(surface, door, answering, ledger.answers, tell)
    pages = (SigningPages(surface, door), ReviewPages(surface, door, docket), questions)
    return [*(route for one in pages for route in one.routes()), *api]
