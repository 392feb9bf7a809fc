"""Bodies of mails: made once for all readers of the same, and no other than if each were made for itself."""

from __future__ import annotations

from dataclasses import replace

import digests

from digestbot.domain import DigestId
from digestbot.render.bodies import KEPT, Bodies, body_of
from digestbot.render.links import Links


def links(reader: str) -> Links:
    """Return the links of a reader."""
    return Links(*(f"https://d.example.org/{name}/{reader}?a=1&b=2" for name in ("whole", "settings", "stop", "click")))


def test_a_shared_body_is_what_each_would_be_made() -> None:
    """Two readers of the same get the same words and their own links, escaped; one without links gets none."""
    bodies, first = Bodies(), digests.realistic()
    second = replace(first, id=DigestId("other"), subscription="other", earlier=(DigestId("d0"),))

    made = [bodies.of(first, links("ada")), bodies.of(second, links("bob")), bodies.of(first, Links())]

    assert made == [body_of(first, links("ada")), body_of(second, links("bob")), body_of(first, Links())]
    assert "/bob?a=1&amp;b=2" in made[1].html
    assert "ada" not in made[1].html


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
