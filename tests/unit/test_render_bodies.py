"""Bodies of mails: made once for all readers of the same, and no other than if each were made for itself."""

from __future__ import annotations

import quopri
from dataclasses import replace

import digests

from digestbot.domain import DigestId
from digestbot.render.bodies import KEPT, Bodies, Body, body_of
from digestbot.render.html import digest_html
from digestbot.render.links import Links
from digestbot.render.text import digest_text
from digestbot.render.wording import MAX_LISTED


def shown(body: Body, whose: Links) -> str:
    """Return a body's HTML as its reader's program decodes it."""
    return quopri.decodestring(body.of(whose)[1]).decode().replace("\r\n", "\n")


def links(reader: str) -> Links:
    """Return the links of a reader."""
    return Links(*(f"https://d.example.org/{name}/{reader}?a=1&b=2" for name in ("whole", "settings", "stop", "click")))


def test_a_shared_body_is_what_each_would_be_made() -> None:
    """Two readers of the same get the same words and their own links, escaped; one without links gets none."""
    bodies, first = Bodies(), digests.realistic()
    second = replace(first, id=DigestId("other"), subscription="other", earlier=(DigestId("d0"),))

    made = [bodies.of(first, links("ada")), bodies.of(second, links("bob")), bodies.of(first, Links())]

    read = [shown(body, whose) for body, whose in zip(made, (links("ada"), links("bob"), Links()), strict=True)]
    assert read == [digest_html(first, links("ada")), digest_html(second, links("bob")), digest_html(first)]
    assert made[0] is made[1]
    assert "/bob?a=1&amp;b=2" in read[1]
    assert {quopri.decodestring(body.text).decode() for body in made} == {digest_text(first, 76).replace("\n", "\r\n")}


def test_proposals_lead_to_where_they_are_decided() -> None:
    """Where there are pages a mail names those of its proposals, in its text and its HTML; elsewhere the command."""
    source, pages = digests.realistic(), Links(review="https://d.example.org/review")
    source = replace(source, proposals=source.proposals * (MAX_LISTED + 1))

    bodies = Bodies()
    there, nowhere = bodies.of(source, pages), bodies.of(source, Links())

    text, html = quopri.decodestring(there.text).decode(), shown(there, pages)
    assert f"{pages.review}/p-7f3a\r\n" in text
    assert f'href="{pages.review}/p-7f3a"' in html
    assert text.count(f"more: {pages.review}\r\n") == html.count(f"more: {pages.review}</li>") == 1
    assert "digestbot review" not in text + html
    assert "digestbot review show p-7f3a" in shown(nowhere, Links())


def test_no_line_of_a_body_is_too_long() -> None:
    """Lines have at most 76 characters (RFC 2045, section 6.7), wherever a link is put in."""
    body = body_of(digests.realistic(), links("x" * 200))

    assert max(map(len, body.of(links("x" * 200))[1].split(b"\r\n"))) <= 76


def test_other_words_are_another_body() -> None:
    """Whatever a reader would see differently is made anew."""
    bodies, first = Bodies(), digests.realistic()

    made = [bodies.of(one, Links()) for one in (first, replace(first, lead="Else."), replace(first, lang="zh-Hans"))]

    assert len({body.html for body in made}) == len({body.text for body in made}) == 3


def test_few_bodies_are_kept() -> None:
    """Memory does not grow with the number of digests."""
    bodies, base = Bodies(), digests.empty()

    for number in range(KEPT + 5):
        bodies.of(replace(base, lead=str(number)), Links())

    assert len(bodies._made) == KEPT
