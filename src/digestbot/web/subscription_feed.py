"""What a subscription was sent, as a feed at an address that only its reader has."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digestbot.domain import Digest
from digestbot.render import wording
from digestbot.render.outlet import Outlet
from digestbot.web.keeping import Kept
from digestbot.web.links import page
from digestbot.web.office import Office
from digestbot.web.outlets import FORMATS, Format, given_digests, last_change
from digestbot.web.phrases.giving import GIVING
from digestbot.web.surface import answer

_DIGESTS = 10


def routes(office: Office) -> list[Route]:
    """Return the routes of subscriptions as feeds."""
    return [Route(f"/subscription/{{token}}/feed.{one.name}", partial(_feed, office, one)) for one in FORMATS]


async def _feed(office: Office, form: Format, request: Request) -> Response:
    token = request.path_params["token"]
    digests = await asyncio.to_thread(office.lately, token, _DIGESTS)
    if digests is None:
        raise HTTPException(404)
    outlet = _outlet(digests, office.public_url, f"{page(office.public_url, 'subscription', token)}/feed.{form.name}")
    body = await asyncio.to_thread(form.write, outlet)
    return answer(Kept(body, form.media_type), request, outlet.lang, private=True)


def _outlet(digests: Sequence[Digest], public_url: str, here: str) -> Outlet:
    """Return what these digests told, the newest first; of a subscription that was sent none yet, an empty feed."""
    newest = next(iter(digests), None)
    words = GIVING.of(newest.lang if newest else "en")
    entries = given_digests(digests, lambda story: page(public_url, "stories", story))
    return Outlet(
        name=f"subscription/{newest.subscription}" if newest else "subscription",
        title=words.subscription.format(roadmap=wording.heading(newest) if newest else "digestbot"),
        about=words.about_subscription,
        lang=newest.lang if newest else "en",
        home=f"{public_url}/",
        here=here,
        updated_at=last_change(entries),
        entries=entries,
    )
