"""Updates: what is materially new about a story, and what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import item, paper

from digestbot.domain import Item
from digestbot.updates import (
    claims_changed,
    is_withdrawn,
    of_arrival,
    of_version,
    repositories_of,
    venues_in,
    withdrawal,
)

ABSTRACT = (
    "We store the keys and values of a prompt in a rolling cache. On three tasks it reaches 71.2% accuracy with 1,000 "
    "slots and outperforms a full cache by 2.3 points."
)
PAPER = paper(title="Rolling Caches for Long Prompts", text=ABSTRACT)
REPOSITORY = item(
    "code",
    url="https://github.com/ada/rolling",
    title="ada/rolling",
    text="The code of arXiv:2604.00001",
    medium="repository",
)


@pytest.mark.parametrize(
    ("comment", "subjects"),
    [
        ("Accepted at NeurIPS 2026", ["neurips"]),
        ("Accepted to ICLR 2026 (Oral). Code will follow", ["iclr"]),
        ("ICML 2026", ["icml"]),
        ("CVPR'26 camera-ready", ["cvpr"]),
        ("12 pages, 5 figures. To appear in TMLR", ["tmlr"]),
        ("Published as a conference paper at ICLR 2025", ["iclr"]),
        ("NIPS 2017", ["neurips"]),
        ("Accepted at the Workshop on Long Context, ICML 2026", ["icml workshop"]),
        ("Accepted for publication in Physical Review X, 2026", ["physical review x"]),
        ("Published in Journal of Slow Caches 12 (2026) 1-20", ["journal of slow caches"]),
        ("Accepted at the 23rd European Conference on Slow Caches (ECSC 2026)", ["european conference on slow caches"]),
        ("Published in the Proceedings of the 15th Slow Symposium", ["slow symposium"]),
        ("Accepted by ACL26", ["acl"]),
        ("41 pages. Preprint on Zenodo, DOI: 10.5281/zenodo.19501651", []),
        ("Submitted to NeurIPS 2026", []),
        ("Under review at ICLR 2026", []),
        ("Rejected from ICML 2026", []),
        ("Extended version of our ICML 2024 paper", []),
        ("NeurIPS 2025 style; 12 pages", []),
        ("12 pages, 5 figures, code available", []),
        ("A challenge entry at CVPR 2026", []),
        ("", []),
    ],
)
def test_a_comment_tells_where_a_paper_was_accepted(comment: str, subjects: list[str]) -> None:
    """A venue is taken from words of acceptance or its bare name, never from submissions, styles and older works."""
    assert list(venues_in(replace(PAPER, comment=comment))) == subjects


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"links": ("https://doi.org/10.1145/3600000",)}, {"published": "a journal or proceedings"}),
        ({"url": "https://aclanthology.org/2026.acl-long.7"}, {"published": "the ACL Anthology"}),
        ({"url": "https://openreview.net/forum?id=ab12cd34"}, {}),
        ({"medium": "post", "comment": "Accepted at NeurIPS 2026"}, {}),
    ],
)
def test_a_published_version_shows_itself_by_its_name(changes: dict[str, object], expected: dict[str, str]) -> None:
    """A DOI or an Anthology page is a published version; OpenReview holds rejected papers too, and posts claim much."""
    assert venues_in(replace(PAPER, **changes)) == expected  # type: ignore[arg-type]  # fields of an item


@pytest.mark.parametrize(
    ("comment", "text", "expected"),
    [
        ("This paper has been withdrawn by the authors due to an error in Lemma 2", "", True),
        ("Withdrawn: the proof of Theorem 1 is wrong", "", True),
        ("The authors have withdrawn this paper", "", True),
        ("", "This paper has been withdrawn.", True),
        ("This article was retracted by the authors", "", True),
        ("", "We study how workers withdrew from surveys, and when a drug is withdrawn from a market.", False),
        ("12 pages", "Retractions of papers are counted over ten years.", False),
    ],
)
def test_a_withdrawal_is_said_by_the_entry_itself(comment: str, text: str, expected: bool) -> None:
    """The comment or the first words of the abstract say that this very paper is withdrawn."""
    assert is_withdrawn(replace(PAPER, comment=comment, text=text)) is expected


def test_a_withdrawal_is_told_with_its_reason() -> None:
    """The authors' own comment is quoted, cut to a line; without one the fact is told alone."""
    reason = withdrawal(replace(PAPER, comment="Withdrawn due to an error in Lemma 2"))

    assert reason == "It was withdrawn. Its entry says: “Withdrawn due to an error in Lemma 2”"
    assert withdrawal(PAPER) == "It was withdrawn."


@pytest.mark.parametrize(
    ("former", "now", "expected"),
    [
        ("71.2%", "73.5%", "71.2% became 73.5%"),
        ("three tasks", "five tasks", "three became five"),
        ("71.2% accuracy with", "accuracy with", "71.2% is gone"),
        ("outperforms", "falls behind", "it no longer says “outperforms”"),
        ("We store", "With 40% less memory we store", "40% is new"),
        ("71.2%", "71.20 %", ""),
        ("1,000 slots", "1000 slots", ""),
        ("rolling cache", "roling cache", ""),
        ("We store", "In 2026 we store", ""),
        ("On three tasks it reaches 71.2% accuracy", "It reaches 71.2% accuracy on 3 tasks", ""),
        ("outperforms", "surpasses", ""),
    ],
)
def test_claims_are_figures_and_ranks(former: str, now: str, expected: str) -> None:
    """Another figure or the loss of a comparison is a changed claim; spelling, order and years are not."""
    text = ABSTRACT.replace(former, now)

    assert text != ABSTRACT
    assert claims_changed(ABSTRACT, text) == expected


def news(*found: object) -> list[tuple[str, str]]:
    """Return what was told: kind and sentence."""
    return [(one.kind, one.change) for one in found]  # type: ignore[attr-defined]  # News


@pytest.mark.parametrize(
    ("known", "newcomer", "expected"),
    [
        pytest.param([PAPER], REPOSITORY, [("code", "Its code was released: ada/rolling.")], id="its code"),
        pytest.param([PAPER, REPOSITORY], replace(REPOSITORY, url="https://github.com/bob/other"), [], id="more code"),
        pytest.param(
            [replace(PAPER, text=ABSTRACT + " Code: https://github.com/ada/rolling")],
            REPOSITORY,
            [],
            id="code it named",
        ),
        pytest.param([PAPER], item("talk", medium="video"), [], id="a talk"),
        pytest.param(
            [PAPER], item("post", text="Accepted at ICML 2026! github.com/ada/rolling"), [], id="a post's claim"
        ),
        pytest.param(
            [PAPER],
            paper("x", id="acl:2026.acl-long.7", url="https://aclanthology.org/2026.acl-long.7"),
            [("accepted", "It was published in the ACL Anthology.")],
            id="its published version",
        ),
        pytest.param(
            [replace(PAPER, comment="ICML 2026")], replace(PAPER, comment="ICML 2026"), [], id="known already"
        ),
    ],
)
def test_an_arrival_is_news_only_for_what_it_adds(
    known: list[Item], newcomer: Item, expected: list[tuple[str, str]]
) -> None:
    """Code, a venue or a withdrawal that the story did not have; another medium alone is none."""
    assert news(*of_arrival(known, newcomer)) == expected


@pytest.mark.parametrize(
    ("former", "changes", "expected"),
    [
        pytest.param(
            {}, {"comment": "Accepted at ICML 2026"}, [("accepted", "It was accepted at ICML 2026.")], id="venue"
        ),
        pytest.param({"comment": "ICML 2026"}, {"comment": "Accepted at ICML 2026, v2"}, [], id="the same venue"),
        pytest.param(
            {"comment": "Accepted at ICML 2026"},
            {"comment": "Accepted at ICML 2026", "links": ("https://doi.org/10.1145/3600000",)},
            [],
            id="its DOI follows",
        ),
        pytest.param(
            {},
            {"text": ABSTRACT + " Code is at https://github.com/ada/rolling."},
            [("code", "Its code was released: ada/rolling.")],
            id="code",
        ),
        pytest.param(
            {},
            {"text": ABSTRACT.replace("71.2", "69.9")},
            [("claims", "Version 2 changes its claims: 71.2% became 69.9%.")],
            id="claims",
        ),
        pytest.param({}, {"text": ABSTRACT.replace("store", "keep")}, [], id="wording"),
        pytest.param(
            {},
            {"text": "This paper has been withdrawn.", "comment": ""},
            [("withdrawn", "It was withdrawn.")],
            id="withdrawn, and nothing else",
        ),
    ],
)
def test_a_version_is_news_only_for_what_it_changes(
    former: dict[str, object], changes: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    """Venue, code, claims and withdrawal, each against the former version."""
    before = replace(PAPER, **former)  # type: ignore[arg-type]  # fields of an item

    assert news(*of_version(before, replace(before, version=2, **changes))) == expected  # type: ignore[arg-type]  # same


def test_a_version_of_a_post_has_no_claims() -> None:
    """Figures in posts come and go: only papers have an abstract that claims."""
    post = item(text=ABSTRACT)

    assert news(*of_version(post, replace(post, version=2, text=ABSTRACT.replace("71.2", "80")))) == []


def test_what_others_of_the_story_told_is_not_news_from_a_version() -> None:
    """A version that names the code which is in the story already adds nothing."""
    later = replace(PAPER, version=2, text=ABSTRACT + " Code is at https://github.com/ada/rolling.")

    assert news(*of_version(PAPER, later, [REPOSITORY])) == []


def test_only_papers_and_repositories_release_code() -> None:
    """A link in a post is a link."""
    assert repositories_of(item(text="See https://github.com/ada/rolling")) == []
    assert repositories_of(REPOSITORY) == ["ada/rolling"]
