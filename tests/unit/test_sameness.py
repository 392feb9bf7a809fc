"""The judge tells one work under two records from two works of one kind, whichever way round, on any input."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digestbot.offline.blocking import MAX_KEYS, blocking_keys
from digestbot.offline.people import common_names, names_of, split_authors
from digestbot.offline.sameness import THRESHOLD, Sameness, Work, judge, likely, work_from
from digestbot.offline.venues import venue_similarity

ABSTRACT = (
    "Routing every token through a fixed number of experts wastes computation on easy tokens. We present LanternMoE, "
    "a mixture of experts that learns how many experts each token deserves. On 12 benchmarks LanternMoE needs "
    "37.5% fewer operations than a dense model of 7B parameters and loses 0.2 points of accuracy. "
    "Code and weights are released."
)
PEOPLE = ("Adela Quist", "Bram van der Meer", "Chiara Fontanelli", "Dong-hyun Seo")
PAPER = Work("LanternMoE: Learning How Many Experts a Token Deserves", ABSTRACT, PEOPLE, year=2026)

SAME = {
    "itself": PAPER,
    "other case and punctuation": replace(PAPER, title="LanternMoE - learning how many experts a token deserves."),
    "published a year later": replace(
        PAPER,
        venue="International Conference on Machine Learning",
        year=2027,
        abstract=ABSTRACT.replace("Code and weights are released.", "We also study routing in deeper layers."),
    ),
    "revised title, same abstract": replace(PAPER, title="Learning How Many Experts a Token Deserves"),
    "initials and et al.": replace(PAPER, authors=("A Quist", "B Meer", "et al."), abstract=""),
    "title in LaTeX": replace(PAPER, title=r"\textbf{LanternMoE}: Learning How Many Experts a Token {D}eserves"),
    "bare title": Work(PAPER.title),
}

DIFFERENT = {
    "another paper": Work(
        "Counting Birds in Radar Images with Optimal Transport",
        "Weather radars see flocks of migrating birds. We count them by transporting mass between frames.",
        ("Elif Demir", "Frank Osei"),
        year=2026,
    ),
    "follow-up by the same people": Work(
        "LanternMoE-Vision: Adaptive Experts for Image Tokens",
        "Images hold large even areas. We carry adaptive routing from text to vision transformers and show on "
        "ImageNet and COCO that patches of sky need one expert where faces need six; we bound the error of skipping.",
        PEOPLE,
        year=2026,
    ),
    "same field, other people": Work(
        "How Many Experts Are Enough? Scaling Laws for Sparse Models",
        "We fit scaling laws to 200 sparse models and find that the number of experts should grow with the data.",
        ("Gita Rao", "Henrik Lund"),
        year=2026,
    ),
    "nothing": Work(""),
}

SERIES = [
    ("Optimal Codes for Deletions: Part I", "Optimal Codes for Deletions: Part II"),
    ("Optimal Codes for Deletions, Part 1", "Optimal Codes for Deletions, Part 2"),
    ("Neural Machine Reading III", "Neural Machine Reading IV"),
    (
        "NTIRE 2025 Challenge on Image Deblurring: Methods and Results",
        "NTIRE 2026 Challenge on Image Deblurring: Methods and Results",
    ),
    ("The First Challenge on Night Photography Rendering", "The Second Challenge on Night Photography Rendering"),
    ("Lecture 3: Dynamic Programming", "Lecture 4: Dynamic Programming"),
]

anything = st.builds(
    Work,
    title=st.text(max_size=80),
    abstract=st.text(max_size=200),
    authors=st.lists(st.text(max_size=20), max_size=4).map(tuple),
    venue=st.text(max_size=30),
    year=st.none() | st.integers(-5000, 5000),
)


@pytest.mark.parametrize("other", SAME.values(), ids=SAME.keys())
def test_records_of_one_paper_are_one_work(other: Work) -> None:
    """Preprint, publication, revision and catalogue entry of a paper are judged the same."""
    assert judge(PAPER, other).same


@pytest.mark.parametrize("other", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_related_papers_are_two_works(other: Work) -> None:
    """Follow-ups and neighbours in the field are kept apart."""
    assert not judge(PAPER, other).same


@pytest.mark.parametrize(("first", "second"), SERIES)
def test_parts_and_years_of_a_series_are_two_works(first: str, second: str) -> None:
    """Titles that differ in nothing but a number, by the same people, are kept apart."""
    a, b = (Work(title, "", PEOPLE, year=2026) for title in (first, second))

    verdict = judge(a, b)

    assert not verdict.same
    assert "numbers" in verdict.basis


def test_a_paragraph_about_a_paper_is_the_paper() -> None:
    """A digest's entry under the system's short name, without authors, is the paper it describes."""
    entry = Work(
        "LanternMoE",
        "LanternMoE lets each token choose how many experts it deserves, which saves 37.5% of the operations of a 7B "
        "dense model over 12 benchmarks while accuracy stays within 0.2 points. The code is out.",
        year=2026,
    )

    assert judge(PAPER, entry).same


def test_an_equal_identifier_decides_against_all_words() -> None:
    """A paper renamed between versions keeps its arXiv id."""
    a = replace(PAPER, keys=frozenset({"arxiv:2604.01234"}))
    b = replace(DIFFERENT["another paper"], keys=frozenset({"arxiv:2604.01234"}))

    verdict = judge(a, b)

    assert verdict.same
    assert verdict.basis == "same arXiv id 2604.01234"


def test_two_identifiers_do_not_part_one_paper() -> None:
    """A paper can have two arXiv ids: different ids alone say nothing."""
    a = replace(PAPER, keys=frozenset({"arxiv:2604.01234"}))
    b = replace(PAPER, keys=frozenset({"arxiv:2604.09999"}))

    assert judge(a, b).same


def test_a_shared_list_does_not_merge_what_stands_in_it() -> None:
    """Two entries that give the same repository as their address stay two works."""
    keys = frozenset({"repo:owner/weekly", "url:https://github.com/owner/weekly"})

    assert not judge(replace(PAPER, keys=keys), replace(DIFFERENT["another paper"], keys=keys)).same


def test_a_repost_at_the_same_address_is_one_work() -> None:
    """An equal address decides when the titles agree in most words."""
    keys = frozenset({"url:https://example.com/post"})
    a, b = Work("Why attention works", keys=keys), Work("Why attention works, explained", keys=keys)

    assert judge(a, b) == Sameness(True, 0.999, "same address https://example.com/post")


def test_values_in_the_wrong_fields_are_still_found() -> None:
    """Authors and venue written behind the title do not hide the work."""
    clean = Work("approximate joins over sensor streams", "", ("r okafor", "s lindqvist"), venue="vldb", year=2003)
    dirty = Work("approximate joins over sensor streams r okafor , s lindqvist vldb 2003")

    assert judge(clean, dirty).same


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Attention Is All You Need", "Attention Is All You Need But You Don't Need All Of It"),
        ("A Survey of Large Language Models", "A Survey on Large Language Model Agents"),
        ("Llama 3", "Llama 3.1"),
        ("Qwen2 Technical Report", "Qwen2.5 Technical Report"),
        ("Weekly digest", "Weekly digest"),
    ],
)
def test_titles_alone_need_more_than_words_in_common(first: str, second: str) -> None:
    """Without people, texts or venues a title inside another, a near version or a column's name is no match."""
    assert not judge(Work(first), Work(second)).same


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(anything, anything)
def test_the_order_of_the_two_works_does_not_matter(a: Work, b: Work) -> None:
    """The verdict is symmetric, its score a probability that its answer follows."""
    verdict = judge(a, b)

    assert verdict == judge(b, a)
    assert 0.0 <= verdict.score <= 1.0
    assert verdict.same == (verdict.score >= THRESHOLD)
    assert verdict.basis


@pytest.mark.parametrize(
    "text",
    ["", "\x00", "\ud800", "((((", "$" * 100_000, "a" * 100_000, "\u6df1\u5ea6\u5b66\u4e60 " * 9_000, "A: " * 40_000],
)
def test_hostile_text_is_judged_without_raising(text: str) -> None:
    """Empty, broken and endless texts give a verdict in bounded time."""
    hostile = Work(text, text, (text,) * 50, url=text, venue=text, keys=frozenset({text}))

    assert not judge(hostile, PAPER).same
    assert judge(hostile, hostile) == judge(hostile, hostile)
    assert len(blocking_keys(text, text)) <= MAX_KEYS


def test_two_works_without_words_are_not_one() -> None:
    """Nothing in common with nothing is no evidence."""
    assert judge(Work(""), Work("")) == Sameness(False, 0.0, "one side has no words to compare")


def test_a_record_of_any_shape_becomes_a_work() -> None:
    """Null, empty and mistyped fields are absent; a list or one line of authors, any form of year are read."""
    work = work_from(
        {
            "id": "2604.01234v2", "title": " A Title ", "abstract": None, "authors": "A. Quist and B. Meer",
            "url": "https://openreview.net/forum?id=O7bF6nlSOD", "venue": "", "year": "2003.0", "extra": object(),
        }
    )  # fmt: skip

    assert (work.title, work.abstract, work.authors, work.year) == ("A Title", "", ("A. Quist", "B. Meer"), 2003)
    assert {"arxiv:2604.01234", "openreview:O7bF6nlSOD"} <= work.keys


@pytest.mark.parametrize(
    ("fields", "year"),
    [
        ({"year": 1998}, 1998), ({"year": 1998.0}, 1998), ({"year": ""}, None), ({"year": float("nan")}, None),
        ({"year": True}, None), ({"date": "2026-04-09"}, 2026), ({"year": None, "date": "2026-04-09T00:00:00Z"}, 2026),
        ({"date": None}, None), ({"year": 20260409}, None), ({"date": ["x"]}, None),
    ],
)  # fmt: skip
def test_a_year_is_read_from_any_field_that_holds_one(fields: dict[str, object], year: int | None) -> None:
    """A number, its text or an ISO date give the year; anything else gives none."""
    assert work_from(fields).year == year


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("wolfgang lehner , hartmut wedekind", ("wolfgang lehner", "hartmut wedekind")),
        ("Lehner, Wolfgang and Wedekind, Hartmut", ("Lehner, Wolfgang", "Wedekind, Hartmut")),
        ("Lehner, W., Wedekind, H.", ("W. Lehner", "H. Wedekind")),
        ("Lehner; Wedekind", ("Lehner", "Wedekind")),
        ("W. Lehner, H. Wedekind, et al.", ("W. Lehner", "H. Wedekind")),
        ("w. h &#252; mmer , w. lehner", ("w. h\u00fcmmer", "w. lehner")),
        ("", ()),
    ],
)
def test_an_author_line_is_parted_into_names(line: str, names: tuple[str, ...]) -> None:
    """Commas, semicolons, "and" and last-name-first lines give the same people."""
    assert split_authors(line) == names


@pytest.mark.parametrize(
    ("a", "b", "common"),
    [
        (("Wolfgang Lehner",), ("W. Lehner",), 1.0),
        (("Rajeev T. Ng",), ("RT Ng",), 1.0),
        (("Wang Tianhao",), ("Tianhao Wang",), 1.0),
        (("Lehner, Wolfgang",), ("Wolfgang Lehner",), 1.0),
        (("Dzenan Krivokapic",), ("D. Krivokapi\u0107",), 1.0),
        (("Wolfgang Lehner",), ("Hartmut Wedekind",), 0.0),
        ((), ("W. Lehner",), 0.0),
    ],
)
def test_names_meet_across_spellings(a: tuple[str, ...], b: tuple[str, ...], common: float) -> None:
    """Initials, accents and the order of first and last name do not part a person."""
    assert common_names(names_of(a), names_of(b)) == common


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("sigmod conference", "international conference on management of data", True),
        ("vldb", "very large data bases", True),
        ("acm trans database syst", "acm transactions on database systems tods", True),
        ("sigmod record", "sigmod conference", False),
        ("vldb j", "vldb", False),
    ],
)
def test_venues_meet_across_abbreviations(a: str, b: str, same: bool) -> None:
    """A series is known by its short and long names; a journal is not the conference of the same name."""
    assert venue_similarity(a, b) == float(same)


@pytest.mark.parametrize("other", [w for name, w in SAME.items() if name != "nothing"])
def test_records_of_one_paper_share_a_blocking_key(other: Work) -> None:
    """What should be judged is found first."""
    assert blocking_keys(PAPER.title, PAPER.abstract) & blocking_keys(other.title, other.abstract)


@pytest.mark.parametrize(
    ("title", "similarity", "worth"),
    [
        pytest.param("Baking sourdough at home", 0.3, False, id="neither words nor meaning"),
        pytest.param("Baking sourdough at home", 0.7, True, id="meaning alone"),
        pytest.param("How many experts a token deserves", 0.1, True, id="most words alone"),
        pytest.param("", 0.1, True, id="no title to go by"),
    ],
)
def test_only_pairs_alike_in_title_or_meaning_are_worth_judging(title: str, similarity: float, worth: bool) -> None:
    """A shared blocking key brings many pairs together that one look at titles and vectors parts."""
    assert likely(PAPER.title, title, similarity) is worth
    assert likely(title, PAPER.title, similarity) is worth


def test_unrelated_papers_share_no_blocking_key() -> None:
    """Common words alone make no candidates."""
    other = DIFFERENT["another paper"]

    assert not blocking_keys(PAPER.title, PAPER.abstract) & blocking_keys(other.title, other.abstract)
