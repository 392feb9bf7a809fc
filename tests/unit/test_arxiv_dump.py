"""Lines of arXiv's snapshot: what a good one gives, and that every bad one is refused for its own reason."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from fakes import NOW

from digestbot.adapters.dump_file import MAX_LINE_BYTES, chunks_of, mark_of
from digestbot.domain import FeedId
from digestbot.errors import ConfigError, SourceError
from digestbot.wire.arxiv_dump import RefusedLine, paper_in

FEED = FeedId("backfill")
GOOD: dict[str, Any] = {
    "id": "0704.0001",
    "submitter": "A. Body",
    "authors": "C. Bal\\'azs, P. M. Nadolsky",
    "title": "Calculation of prompt\n  diphoton production",
    "comments": "37 pages; code at https://github.com/a/b",
    "journal-ref": "Phys.Rev.D76:013009,2007",
    "doi": "10.1103/PhysRevD.76.013009",
    "report-no": None,
    "categories": "hep-ph cs.LG",
    "license": None,
    "abstract": "  A fully differential\ncalculation with $\\alpha$.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2007 20:10:27 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [["Balázs", "C.", ""], ["Nadolsky", "P. M.", "Jr."]],
}


def line_of(**changes: Any) -> bytes:
    """Return a line of the dump with other fields."""
    return json.dumps(GOOD | changes).encode()


def test_a_line_is_the_item_that_the_api_would_give() -> None:
    """Words are cleaned, versions give the days, the address and the id are those of the paper without its version."""
    item = paper_in(line_of(), FEED, NOW)

    assert (item.id, item.url, item.version) == ("arxiv:0704.0001", "https://arxiv.org/abs/0704.0001", 2)
    assert item.title == "Calculation of prompt diphoton production"
    assert item.text == "A fully differential calculation with α."
    assert item.authors == ("C. Balázs", "P. M. Nadolsky Jr.")
    assert item.published_at == datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC)
    assert item.updated_at == datetime(2007, 7, 24, 20, 10, 27, tzinfo=UTC)
    assert item.categories == ("hep-ph", "cs.LG")
    assert item.comment.endswith("Published in Phys.Rev.D76:013009,2007")
    assert item.links == ("https://doi.org/10.1103/PhysRevD.76.013009", "https://github.com/a/b")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"id": "0704.0001", "ti', "it is not JSON"),
        (b'{"id": ' + b"9" * 5_000 + b"}", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b'["0704.0001"]', "it is no object"),
        (b'{"id": "\xff"}', "its bytes are not UTF-8"),
        (line_of(id=704.0001), "its id is no text"),
        (line_of(id="not-a-paper"), "its id is none of arXiv's"),
        (line_of(title=None), "it has no title"),
        (line_of(title=["a"]), "its title is no text"),
        (line_of(abstract="half \ud800 a character"), "its abstract holds half a character"),
        (line_of(categories=["cs.CL"]), "its categories is no text"),
        (line_of(authors_parsed="Balázs"), "its authors_parsed is no list of lists"),
        (line_of(versions={"v1": "2007"}), "its versions are no list of objects"),
        (line_of(versions=[{"version": "v1", "created": "soon"}]), "its created is no date"),
        (line_of(versions=[{"version": "v1", "created": "Mon, 2 Apr 2107 19:18:42 GMT"}]), "it is dated in the future"),
        (line_of(versions=None, update_date="0001-01-01"), "its update_date is no date"),
    ],
)
def test_a_line_that_cannot_be_believed_is_refused(line: bytes, why: str) -> None:
    """Whatever is wrong with it, the reason names the field and says none of its words."""
    with pytest.raises(RefusedLine) as refused:
        paper_in(line, FEED, NOW)

    assert str(refused.value) == why


def test_what_is_only_unusual_is_taken() -> None:
    """Without versions the update is the day; names that are no text are left out; an old id is an id."""
    item = paper_in(line_of(id="hep-th/9901001", versions=None, authors_parsed=[["X", 3], [], [None]]), FEED, NOW)

    assert (item.id, item.authors) == ("arxiv:hep-th/9901001", ("X",))
    assert item.published_at == item.updated_at == datetime(2008, 11, 26, tzinfo=UTC)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd.compress])
def test_a_dump_is_read_in_chunks_however_it_is_packed(tmp_path: Path, pack: Any) -> None:
    """Lines come in order with their numbers; one that is too long comes as None and holds up nothing."""
    lines = [b"one", b"", b"x" * (MAX_LINE_BYTES + 1), b"four", b"five"]
    file = tmp_path / "dump"
    file.write_bytes(pack(b"\n".join(lines)))

    found = list(chunks_of(file, 2))

    assert [chunk.lines for chunk in found] == [(b"one", b""), (None, b"four"), (b"five",)]
    assert [(chunk.number, chunk.first_line) for chunk in found] == [(1, 1), (2, 3), (3, 5)]
    assert found[-1].read == found[-1].total == file.stat().st_size


def test_a_file_that_ends_in_the_middle_is_told_after_its_lines(tmp_path: Path) -> None:
    """What could be read of it is good; then a SourceError says that there was more."""
    file = tmp_path / "dump.gz"
    whole = gzip.compress(b"\n".join(b"%d" % number for number in range(50_000)), mtime=0)
    file.write_bytes(whole[: len(whole) // 2])
    chunks = chunks_of(file, 10)

    assert next(chunks).lines[:2] == (b"0", b"1")
    with pytest.raises(SourceError, match="ends in the middle"):
        list(chunks)


def test_what_no_dump_is_is_said_at_once(tmp_path: Path) -> None:
    """A zip says how to unpack it, a file that is not there says so."""
    (tmp_path / "archive.zip").write_bytes(b"PK\x03\x04 and more")

    with pytest.raises(ConfigError, match="unzip -p"):
        list(chunks_of(tmp_path / "archive.zip", 10))
    with pytest.raises(ConfigError, match="cannot be read"):
        mark_of(tmp_path / "nowhere")


def test_another_dump_has_another_mark(tmp_path: Path) -> None:
    """Its ends and its length tell one dump from the next week's, whatever both are called."""
    file = tmp_path / "dump"
    marks = []
    for content in (b"a\nb\n", b"a\nc\n", b"a\nb\nb\n"):
        file.write_bytes(content)
        marks.append(mark_of(file))

    assert len(set(marks)) == 3
