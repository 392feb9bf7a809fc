"""Identity: what an item is, what its authors say it is elsewhere, and what it is about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import item, paper

from digestbot.domain import Item, ItemId
from digestbot.identity import about_keys, code_key, own_keys, stated_keys
from digestbot.pipeline.pairs import weigh_pair

ARXIV = "https://arxiv.org/abs/2604.00001"
DOI = "https://doi.org/10.1145/3600000"
FORUM = "https://openreview.net/forum?id=ab12cd34"
ANTHOLOGY = "https://aclanthology.org/2026.acl-long.7"
SCHOLAR = "https://www.semanticscholar.org/paper/A-Title/0123456789abcdef0123456789abcdef01234567"
TITLE = "Tidepool: Rolling Caches for Long Prompts"
PAPER = paper(title=TITLE, text="We keep the keys of a prompt in a rolling cache.")


def test_an_item_is_its_id_and_what_stands_at_its_address() -> None:
    """Both are keys, whatever its words."""
    assert own_keys(PAPER) == {"arxiv:2604.00001", f"url:{ARXIV}"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"links": (DOI,)}, {"doi:10.1145/3600000"}),
        ({"comment": f"Published version: {DOI}"}, {"doi:10.1145/3600000"}),
        ({"comment": f"OpenReview: {FORUM}; 12 pages"}, {"openreview:ab12cd34"}),
        ({"comment": f"ACL 2026, {ANTHOLOGY}"}, {"acl:2026.acl-long.7"}),
        ({"comment": f"Also at {SCHOLAR}"}, {"s2:0123456789abcdef0123456789abcdef01234567"}),
        ({"comment": "Extends our earlier paper arXiv:2301.00001"}, set()),
        ({"comment": f"Part I of two papers, see also {DOI}"}, set()),
        ({"comment": "Code: https://github.com/ada/tidepool"}, set()),
        ({"comment": f"12 pages. Companion of arXiv:2604.00002. {DOI}"}, {"doi:10.1145/3600000"}),
        ({"comment": ARXIV}, set()),
        ({"medium": "post", "links": (DOI,)}, set()),
    ],
)
def test_authors_say_where_else_their_paper_is(changes: dict[str, object], expected: set[str]) -> None:
    """Links and comment name the same work elsewhere, unless a sentence speaks of another work; posts only cite."""
    assert stated_keys(replace(PAPER, **changes)) == expected  # type: ignore[arg-type]  # fields of an item


@pytest.mark.parametrize(
    ("links", "text", "expected"),
    [
        ((ARXIV,), "", {"arxiv:2604.00001"}),
        ((), "The paper: arXiv:2604.00001v2", {"arxiv:2604.00001"}),
        ((ARXIV, DOI), "", {"arxiv:2604.00001", "doi:10.1145/3600000"}),
        ((FORUM,), "", {"openreview:ab12cd34"}),
        ((ARXIV, "https://arxiv.org/abs/2604.00002"), "", set()),
        ((ARXIV, DOI, FORUM), "", set()),
        ((DOI, ANTHOLOGY), "", set()),
        (("https://github.com/ada/tidepool",), "", set()),
        ((), "No link at all.", set()),
    ],
)
def test_a_post_is_about_the_one_work_that_it_links(links: tuple[str, ...], text: str, expected: set[str]) -> None:
    """A preprint and one published version are one work; two papers of a kind make a list."""
    assert about_keys(item(links=links, text=text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Code: https://github.com/Ada/Tidepool.git", "repo:ada/tidepool"),
        ("Code: https://github.com/ada/tidepool and https://github.com/bob/base", ""),
        ("No code yet.", ""),
    ],
)
def test_a_paper_names_its_code(text: str, expected: str) -> None:
    """One repository is its own; of several nobody can say which."""
    assert code_key(replace(PAPER, text=text)) == expected


def post(name: str, **changes: object) -> Item:
    """Return a post that names the paper and links it."""
    base = item(name, title=f"{TITLE}, read", text="Tidepool keeps a rolling cache.", links=(ARXIV,))
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of an item


VENUE = replace(PAPER, id=ItemId("doi:10.1145/3600000"), url=DOI)
NUMBERED = replace(PAPER, links=(DOI,))


@pytest.mark.parametrize(
    ("a", "b", "similarity", "expected"),
    [
        pytest.param(NUMBERED, VENUE, 0.9, "same", id="the DOI beside an arXiv entry"),
        pytest.param(
            NUMBERED,
            replace(VENUE, title="A census of whales", text="We count whales from ships."),
            0.1,
            "apart",
            id="a DOI under another title",
        ),
        pytest.param(NUMBERED, item("by-doi", title=f"On {TITLE}", links=(DOI,)), 0.5, "same", id="a post by the DOI"),
        pytest.param(PAPER, post("a"), 0.3, "same", id="a post that names and links it"),
        pytest.param(PAPER, post("a"), 0.1, "doubtful", id="named and linked, but about something else"),
        pytest.param(
            PAPER, post("a", title="My holiday", text="Sea and sun."), 0.45, "doubtful", id="linked, not named"
        ),
        pytest.param(PAPER, post("a", title="My holiday", text="Sea and sun."), 0.2, "apart", id="linked in passing"),
        pytest.param(
            post("a"),
            post("b", links=("https://arxiv.org/abs/2604.00002",)),
            0.99,
            "apart",
            id="they link different papers",
        ),
        pytest.param(
            PAPER,
            post("b", links=("https://arxiv.org/abs/2604.00002",), text=PAPER.text),
            0.99,
            "apart",
            id="it links another",
        ),
        pytest.param(
            item(
                "s1",
                title="Osprey: a walk through the code",
                text="Subscribe and like. Today we read code line by line.",
            ),
            item(
                "s2",
                title="Rowan: a walk through the code",
                text="Subscribe and like. Today we read code line by line.",
            ),
            0.99,
            "apart",
            id="entries of a series",
        ),
    ],
)
def test_what_links_and_names_say_comes_before_likeness(a: Item, b: Item, similarity: float, expected: str) -> None:
    """A stated name joins if the titles allow it; different papers keep their posts apart however alike these are."""
    link, standing = weigh_pair(a, b, similarity, {})

    assert (standing, link.a < link.b) == (expected, True)
    assert weigh_pair(b, a, similarity, {}) == (link, standing)
