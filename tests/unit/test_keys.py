"""Addresses get one spelling, works get strong identifiers, and nothing from outside makes either raise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digestbot.keys import arxiv_version, canonical_url, mentioned_keys, strong_keys

SPELLINGS = [
    # scheme, host, port, path, query, fragment
    ("http://Example.COM", "https://example.com/"),
    ("https://example.com:443/a", "https://example.com/a"),
    ("http://example.com:80/a/", "https://example.com/a"),
    ("http://example.com:8080/a", "https://example.com:8080/a"),
    ("https://user:word@example.com/a", "https://example.com/a"),
    ("https://example.com./a", "https://example.com/a"),
    ("  https://example.com/a\n", "https://example.com/a"),
    ("https://example.com/a b", "https://example.com/a%20b"),
    ("https://example.com/a/index.html", "https://example.com/a"),
    ("https://example.com/index.php", "https://example.com/"),
    ("https://example.com/a/./b/../c", "https://example.com/a/c"),
    ("https://example.com/%7Ename/%c3%a9", "https://example.com/~name/%C3%A9"),
    ("https://example.com/\u00e9", "https://example.com/%C3%A9"),
    ("https://example.com/a%2Fb", "https://example.com/a%2Fb"),
    ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
    ("https://[2001:DB8::1]/a", "https://[2001:db8::1]/a"),
    ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
    ("https://example.com/a?q=", "https://example.com/a?q="),
    ("https://example.com/a#part", "https://example.com/a"),
    ("https://example.com/#!/post/1", "https://example.com/#!/post/1"),
    # where the click came from
    ("https://example.com/a?utm_source=x&utm_medium=y&id=3", "https://example.com/a?id=3"),
    ("https://example.com/a?fbclid=1&gclid=2&ref=hn&mc_cid=3", "https://example.com/a"),
    ("https://example.com/a?reference=3", "https://example.com/a?reference=3"),
    ("https://medium.com/@name/title-1a2b?source=rss----9&sk=1", "https://medium.com/@name/title-1a2b"),
    ("https://example.com/a?source=3", "https://example.com/a?source=3"),
    # mobile and AMP
    ("https://m.example.com/a", "https://example.com/a"),
    ("https://mobile.example.com/a", "https://example.com/a"),
    ("https://en.m.wikipedia.org/wiki/Attention", "https://en.wikipedia.org/wiki/Attention"),
    ("https://m.com/a", "https://m.com/a"),
    ("https://amp.example.com/a", "https://example.com/a"),
    ("https://example.com/post/amp/", "https://example.com/post"),
    ("https://example.com/post?amp=1", "https://example.com/post"),
    ("https://www.google.com/amp/s/www.example.com/post", "https://www.example.com/post"),
    ("https://example-com.cdn.ampproject.org/c/s/example.com/post", "https://example.com/post"),
    # arXiv and its mirrors
    ("http://arxiv.org/abs/2604.01234v3", "https://arxiv.org/abs/2604.01234"),
    ("https://arxiv.org/pdf/2604.01234", "https://arxiv.org/abs/2604.01234"),
    ("https://arxiv.org/pdf/2604.01234v2.pdf", "https://arxiv.org/abs/2604.01234"),
    ("https://arxiv.org/html/2604.01234v1", "https://arxiv.org/abs/2604.01234"),
    ("https://www.arxiv.org/abs/2604.01234?context=cs.CL", "https://arxiv.org/abs/2604.01234"),
    ("http://export.arxiv.org/abs/cs/0112017v1", "https://arxiv.org/abs/cs/0112017"),
    ("https://arxiv.org/abs/math.GT/0309136", "https://arxiv.org/abs/math/0309136"),
    ("https://arxiv.org/pdf/hep-th/9711200.pdf", "https://arxiv.org/abs/hep-th/9711200"),
    ("https://ar5iv.labs.arxiv.org/html/2604.01234", "https://arxiv.org/abs/2604.01234"),
    ("https://www.alphaxiv.org/abs/2604.01234v2", "https://arxiv.org/abs/2604.01234"),
    ("https://huggingface.co/papers/2604.01234", "https://arxiv.org/abs/2604.01234"),
    ("https://doi.org/10.48550/arXiv.2604.01234", "https://arxiv.org/abs/2604.01234"),
    ("https://arxiv.org/list/cs.CL/recent", "https://arxiv.org/list/cs.CL/recent"),
    ("https://arxiv.org/abs/2613.01234", "https://arxiv.org/abs/2613.01234"),
    # other papers, videos, repositories
    ("http://dx.doi.org/10.1145/3292500.3330701", "https://doi.org/10.1145/3292500.3330701"),
    ("https://dl.acm.org/doi/abs/10.1145/3292500.3330701", "https://doi.org/10.1145/3292500.3330701"),
    ("https://openreview.net/pdf?id=O7bF6nlSOD", "https://openreview.net/forum?id=O7bF6nlSOD"),
    ("https://openreview.net/forum?id=O7bF6nlSOD&noteId=zz", "https://openreview.net/forum?id=O7bF6nlSOD"),
    ("https://aclanthology.org/2020.acl-main.1.pdf", "https://aclanthology.org/2020.acl-main.1"),
    ("https://www.aclweb.org/anthology/P18-1001/", "https://aclanthology.org/P18-1001"),
    ("https://youtu.be/dQw4w9WgXcQ?t=10", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://m.youtube.com/watch?feature=share&v=dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://www.youtube.com/@channel", "https://www.youtube.com/@channel"),
    ("https://github.com/Owner/Name.git", "https://github.com/owner/name"),
    ("https://github.com/Owner/Name/tree/main", "https://github.com/owner/name"),
    ("https://github.com/owner/name#readme", "https://github.com/owner/name"),
    ("https://github.com/owner/name/blob/main/README.md", "https://github.com/owner/name"),
    ("https://github.com/owner/name/blob/main/notes/a.md", "https://github.com/owner/name/blob/main/notes/a.md"),
    ("https://github.com/owner/name/issues/3", "https://github.com/owner/name/issues/3"),
    ("https://github.com/topics/llm", "https://github.com/topics/llm"),
    ("https://twitter.com/Name/status/12345?s=20", "https://x.com/name/status/12345"),
]

NOT_ADDRESSES = [
    "",
    "   ",
    "example.com/a",
    "ftp://example.com/a",
    "javascript:alert(1)",
    "data:text/html,x",
    "mailto:a@example.com",
    "file:///etc/passwd",
    "http://",
    "http:///path",
    "http://[::1",
    "http://[zz]/",
    "http://example.com:99999/",
    "http://example.com:abc/",
    "http://" + "a" * 64 + ".com/",
    "http://exa mple\x00<>.com/",
    "https://example.com/" + "a" * 5000,
]


@pytest.mark.parametrize(("url", "expected"), SPELLINGS)
def test_an_address_has_one_spelling(url: str, expected: str) -> None:
    """Every spelling of an address gives the same one."""
    assert canonical_url(url) == expected


@pytest.mark.parametrize(("url", "expected"), SPELLINGS)
def test_the_one_spelling_is_its_own(url: str, expected: str) -> None:
    """An address in its one spelling does not change again."""
    assert canonical_url(expected) == expected


@pytest.mark.parametrize("url", NOT_ADDRESSES)
def test_what_is_no_web_address_has_no_spelling_and_no_key(url: str) -> None:
    """Other schemes, broken hosts and endless addresses give nothing, silently."""
    assert canonical_url(url) == ""
    assert strong_keys(url) == frozenset()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://arxiv.org/pdf/2604.01234v2", "arxiv:2604.01234"),
        ("https://arxiv.org/abs/cs/0112017", "arxiv:cs/0112017"),
        ("https://doi.org/10.48550/arXiv.2604.01234", "arxiv:2604.01234"),
        ("https://doi.org/10.1145/ABC.def", "doi:10.1145/abc.def"),
        ("https://link.springer.com/article/10.1007/s00778-001-0054-6", "doi:10.1007/s00778-001-0054-6"),
        ("https://openreview.net/forum?id=O7bF6nlSOD", "openreview:O7bF6nlSOD"),
        ("https://aclanthology.org/2020.acl-main.1/", "acl:2020.acl-main.1"),
        ("https://www.semanticscholar.org/paper/Some-Title/" + "0a" * 20, "s2:" + "0a" * 20),
        ("https://youtu.be/dQw4w9WgXcQ", "youtube:dQw4w9WgXcQ"),
        ("https://github.com/Owner/Name", "repo:owner/name"),
        ("https://www.example.com/post/", "url:https://example.com/post"),
    ],
)
def test_a_known_site_gives_a_strong_key(url: str, key: str) -> None:
    """What stands at an address is named by the site's own identifier."""
    assert key in strong_keys(url)


def test_a_file_in_a_repository_is_not_the_repository() -> None:
    """Two notes kept in one repository must not share its key."""
    one = strong_keys("https://github.com/owner/notes/blob/main/one.md")
    other = strong_keys("https://github.com/owner/notes/blob/main/other.md")

    assert not one & other


def test_only_an_opening_identifier_of_a_text_is_its_own() -> None:
    """A feed's "arXiv:ID Announce Type" names the item; an identifier in mid-text names something cited."""
    own = strong_keys("", "arXiv:2604.01234v1 Announce Type: new \nAbstract: we extend arXiv:2301.00001")
    cited = strong_keys("", "We extend arXiv:2301.00001.")

    assert own == {"arxiv:2604.01234"}
    assert cited == frozenset()


@pytest.mark.parametrize(
    "doi", ["10.1145/3292500", "doi:10.1145/3292500", "https://doi.org/10.1145/3292500", " 10.1145/3292500. "]
)
def test_a_doi_field_is_read_in_every_spelling(doi: str) -> None:
    """The doi field may hold the bare identifier, a prefix or an address."""
    assert strong_keys("", doi=doi) == {"doi:10.1145/3292500"}


def test_mentions_are_found_in_html_and_text() -> None:
    """Links and written identifiers of papers and repositories are found once each, other links are not."""
    text = (
        '<p>See <a href="https://arxiv.org/abs/2604.01234v1">paper</a>, (https://github.com/Owner/Name), '
        "arXiv:cs/0112017, doi:10.1145/1.2. https://example.com/a https://arxiv.org/pdf/2604.01234.</p>"
    )

    assert mentioned_keys(text) == {"arxiv:2604.01234", "repo:owner/name", "arxiv:cs/0112017", "doi:10.1145/1.2"}


@pytest.mark.parametrize(
    ("url", "version"),
    [
        ("https://arxiv.org/abs/2604.01234v3", 3),
        ("https://arxiv.org/pdf/cs/0112017v12.pdf", 12),
        ("https://arxiv.org/abs/2604.01234", None),
        ("https://example.com/abs/2604.01234v3", None),
        ("not an address", None),
    ],
)
def test_a_version_is_read_from_arxiv_addresses_only(url: str, version: int | None) -> None:
    """The version stands in the address and belongs to no key."""
    assert arxiv_version(url) == version


@given(st.one_of(st.text(max_size=300), st.builds("http://{}".format, st.text(max_size=300))))
def test_no_text_makes_anything_raise(text: str) -> None:
    """Hostile text gives an answer, and a canonical address stays what it is."""
    canonical = canonical_url(text)

    assert canonical_url(canonical) == canonical
    assert strong_keys(text, text, text) is not None
    assert mentioned_keys(text) is not None
    assert arxiv_version(text) is None or canonical.startswith("https://arxiv.org/")


def test_a_long_hostile_text_is_read_in_no_time() -> None:
    """Repeated beginnings of links and identifiers do not make the search quadratic."""
    text = "http://" * 60_000 + "arxiv:" * 60_000 + "doi:10.1" * 60_000

    assert mentioned_keys(text) == frozenset()


def test_a_badge_and_its_link_are_two_addresses() -> None:
    """In a README the picture of a badge and the paper that it links touch; the paper is found all the same."""
    readme = "[![arXiv](https://img.shields.io/badge/arXiv-2604.00001-red)](https://arxiv.org/abs/2604.00001) [code](https://github.com/a/b)"

    assert mentioned_keys(readme) == {"arxiv:2604.00001", "repo:a/b"}
