"""The pages that mails link to, over HTTP. What is done stands in `office`; here are forms, answers and limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Template
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from digestbot.domain import Subscription
from digestbot.render.html import NO_LINKS, digest_html
from digestbot.web.door import client_of
from digestbot.web.forms import form_of
from digestbot.web.limits import Clients
from digestbot.web.office import Office, Place
from digestbot.web.post import Post
from digestbot.web.rendering import Page, headers, rendered
from digestbot.web.shown import blank, fields_of, pause_line, section_titles, when
from digestbot.web.surface import Ask
from digestbot.web.tongues import lang_of
from digestbot.web.wish import MAX_ADDRESS_CHARS, Form, Wish, first, read_address, read_wish, subscription_of
from digestbot.web.words import PageWords, words_of

SIGN_UPS_PER_HOUR = 10
"""Of one client; a household or an office behind one address has some more to do."""
_NO_LIMIT = 10_000_000
_FEEDS = (("Atom", "atom"), ("JSON Feed", "json"))


@dataclass
class MailPages:
    """The handlers, and what they share."""

    office: Office
    post: Post
    open: bool
    tell: Callable[[str], None]
    """Takes a line for the operator, such as why a mail could not be sent."""
    template: Template | None = None
    """Of a digest's HTML; the shipped one if left out."""
    clients: Clients = field(default_factory=lambda: Clients(SIGN_UPS_PER_HOUR, timedelta(hours=1)))

    @property
    def base(self) -> str:
        """The path under which readers reach the pages; a proxy that has one takes it off."""
        return urlsplit(self.office.public_url).path.rstrip("/")

    def routes(self) -> list[Route]:
        """Return the routes of the pages."""
        both = ["GET", "POST"]
        return [
            Route("/subscribe", self.subscribe, methods=both),
            Route("/confirm/{token}", self.confirm, methods=both),
            Route("/unsubscribe/{token}", self.unsubscribe, methods=both),
            Route("/settings/{token}", self.settings, methods=both),
            Route("/digest/{token}", self.digest),
        ]

    async def subscribe(self, request: Request) -> Response:
        """Show the form; take a wish and answer the same whomever it is for."""
        words = _words(request)
        if not self.open:
            return self._message(words, words.closed_title, words.closed, 403)
        if request.method != "POST":
            return await self._sign_up_form(words)
        form = await form_of(request)
        if not self.clients.may(client_of(request), self.office.wall()):
            return self._message(words, words.too_often_title, words.too_often, 429)
        outline = await asyncio.to_thread(self.office.outline, "")
        address, wish = read_address(form), read_wish(form, outline, words, blank(outline, words))
        problems = (*(() if address else (words.wrong_address,)), *wish.problems)
        if problems:
            return await self._sign_up_form(words, form, wish, problems)
        # The field that people do not see is filled in by robots.
        task = None if first(form, "website") else await self._owe(address, wish)
        return self._message(words, words.asked_title, words.asked, task=task)

    async def _sign_up_form(
        self, words: PageWords, form: Form | None = None, wish: Wish | None = None, problems: tuple[str, ...] = ()
    ) -> Response:
        outline = await asyncio.to_thread(self.office.outline, "")
        base = blank(outline, words)
        if wish:
            made = subscription_of("new", "reader@localhost", wish.values, self.office.wall())
            base = replace(made, cadence=made.cadence if "cadence" in wish.values else base.cadence)
        values: dict[str, Any] = {
            "roadmap": outline.title,
            "address": first(form or {}, "address")[:MAX_ADDRESS_CHARS],
            "found": problems,
            "form": fields_of(base, outline, words),
        }
        return self._page("subscribe", words, 422 if problems else 200, **values)

    async def _owe(self, address: str, wish: Wish) -> BackgroundTask | None:
        if await asyncio.to_thread(self.office.ask, address, wish.values):
            return BackgroundTask(self.post.send_due)
        self.tell("a sign-up was not answered: too many mails within a day")
        return None

    async def confirm(self, request: Request) -> Response:
        """Show what will be subscribed; subscribe on POST, once."""
        words = _words(request)
        found = self.office.wished(request.path_params["token"])
        if found is None:
            return self._gone(words)
        address, made = found
        if request.method == "POST":
            fresh = await asyncio.to_thread(self.office.confirm, address, made)
            title, text = (words.confirmed_title, words.confirmed) if fresh else (words.already_title, words.already)
            return self._message(words, title, text)
        outline = await asyncio.to_thread(self.office.outline, made.rule.roadmap)
        shown: dict[str, Any] = {"sections": list(section_titles(made, outline)), "when": when(made, words)}
        return self._page("confirm", words, address=address, **shown)

    async def unsubscribe(self, request: Request) -> Response:
        """Ask; end it on POST, whatever that holds: RFC 8058 sends one without having shown a page."""
        words = _words(request)
        place = await asyncio.to_thread(self.office.place, "unsubscribe", request.path_params["token"])
        if place is None:
            return self._gone(words)
        if request.method == "POST":
            await asyncio.to_thread(self.office.leave, place)
            return self._message(words, words.unsubscribed_title, words.unsubscribed)
        return self._page("unsubscribe", words, address=place.channel.address)

    async def settings(self, request: Request) -> Response:
        """Show a reader's own subscription, and change it on POST."""
        words = _words(request)
        place = await asyncio.to_thread(self.office.place, "settings", request.path_params["token"])
        if place is None or place.found is None:
            return self._gone(words)
        if place.standing == "shared":
            link = self.office.unsubscribe_link(place)
            return self._message(words, words.shared_title, words.shared, link=link)
        if request.method != "POST":
            return await self._settings_page(words, place, place.found)
        return await self._changed(words, place, place.found, await form_of(request))

    async def _changed(self, words: PageWords, place: Place, found: Subscription, form: Form) -> Response:
        act = first(form, "do")
        if act == "pause":
            return await self._settings_page(words, place, await asyncio.to_thread(self.office.pause, found, form))
        if act == "resume":
            made = await asyncio.to_thread(self.office.resume, found)
            return await self._settings_page(words, place, made, notice=words.resumed)
        made, wish = await asyncio.to_thread(self.office.change, found, form, words)
        notice = "" if wish.problems else words.saved
        return await self._settings_page(words, place, made, notice=notice, problems=wish.problems)

    async def _settings_page(
        self,
        words: PageWords,
        place: Place,
        found: Subscription,
        notice: str = "",
        problems: tuple[str, ...] = (),
    ) -> Response:
        outline = await asyncio.to_thread(self.office.outline, found.rule.roadmap)
        values = {
            "form": fields_of(found, outline, words),
            "paused": pause_line(found, self.office.wall(), words),
            "address": place.channel.address,
            "link": self.office.unsubscribe_link(place),
            "feeds": [(name, self.office.feed_link(place, ending)) for name, ending in _FEEDS],
        }
        status = 422 if problems else 200
        return self._page("settings", words, status, notice=notice, found=problems, **values)

    async def digest(self, request: Request) -> Response:
        """Show a digest whole, without the limit of a mail."""
        digest = await asyncio.to_thread(self.office.digest, request.path_params["token"])
        if digest is None:
            return self._gone(_words(request))
        html = await asyncio.to_thread(digest_html, digest, NO_LINKS, self.template, _NO_LIMIT)
        return HTMLResponse(html, headers=headers(digest=True))

    def _gone(self, words: PageWords) -> Response:
        return self._message(words, words.gone_title, words.gone, 404)

    def _message(
        self,
        words: PageWords,
        title: str,
        text: str,
        status: int = 200,
        *,
        link: str = "",
        task: BackgroundTask | None = None,
    ) -> Response:
        return message(self.base, words, title, text, status, link=link, task=task, sign_up=self.open)

    def _page(self, name: str, words: PageWords, status: int = 200, **values: Any) -> Response:
        return HTMLResponse(rendered(Page(name, words, values), _place(self.base, words, self.open)), status, headers())


def message(
    base: str,
    words: PageWords,
    title: str,
    text: str,
    status: int = 200,
    *,
    link: str = "",
    task: BackgroundTask | None = None,
    sign_up: bool = False,
) -> Response:
    """Return a page that says one thing."""
    page = Page("message", words, {"title": title, "text": text, "link": link})
    return HTMLResponse(rendered(page, _place(base, words, sign_up)), status, headers(), background=task)


def _place(base: str, words: PageWords, sign_up: bool) -> Ask:
    """Return where such a page stands: under no path that is another page's in another language."""
    return Ask(words.lang, "", root=base, base=base, sign_up=sign_up)


def _words(request: Request) -> PageWords:
    return words_of(lang_of(request)[0])
