"""The pages, a module for each family of them."""

from __future__ import annotations

from starlette.routing import Route

from digestbot.web.pages import about, digests, home, markdown, outlets, roadmaps, search, sources, stories, trends
from digestbot.web.surface import Surface, View

PUBLIC: tuple[tuple[str, View, tuple[str, ...]], ...] = (
    *outlets.PUBLIC,
    *home.PUBLIC,
    *digests.PUBLIC,
    *stories.PUBLIC,
    *roadmaps.PUBLIC,
    *search.PUBLIC,
    *trends.PUBLIC,
    *sources.PUBLIC,
    *about.PUBLIC,
)
"""What anybody may read: the path of each page, what makes it, and the parameters that it reads."""


def reading_routes(surface: Surface) -> list[Route]:
    """Return the routes of what anybody may read."""
    return [Route(path, surface.view(view, *query)) for path, view, query in (*PUBLIC, *markdown.COPIES)]
