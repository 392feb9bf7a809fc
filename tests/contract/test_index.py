"""One suite for every index, embedded, on a server and the ledger's own: it finds near vectors again, and what it lost
the ledger gives back.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from services import free_port, guarded

from digestbot.adapters.index import ChromaIndex, ChromaStore, LedgerIndex, Server, SteadyIndex
from digestbot.adapters.ledger import Ledger
from digestbot.catalogue import update_index
from digestbot.errors import StoreError
from digestbot.ports import Index
from digestbot.roadmap import parse
from digestbot.shipped import shipped

SPACE = "concepts.2026/7.items"
NOW = datetime(2026, 4, 12, tzinfo=UTC)


def vectors(count: int, dimensions: int = 16) -> NDArray[np.float32]:
    """Return unit vectors that differ, the same ones every time."""
    table = np.random.default_rng(7).normal(size=(count, dimensions)).astype(np.float32)
    return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaStore]:
    """One embedded Chroma database for the module: opening it takes most of the time."""
    found = ChromaStore(tmp_path_factory.mktemp("index") / "chroma")
    yield found
    found.close()


@pytest.fixture(scope="module")
def remote(chroma_url: str) -> Iterator[ChromaStore]:
    """A database on a server."""
    found = ChromaStore(Server(f"{chroma_url}/contract"))
    yield found
    found.close()


@pytest.fixture(
    params=[pytest.param("chroma", marks=pytest.mark.slow), pytest.param("server", marks=pytest.mark.slow), "ledger"]
)
def index(request: pytest.FixtureRequest, ledger: Ledger) -> Iterator[Index]:
    """An empty index of each kind."""
    if request.param == "ledger":
        yield LedgerIndex(lambda: ledger.stories.vectors(SPACE))
        return
    found = ChromaIndex(request.getfixturevalue("store" if request.param == "chroma" else "remote"), SPACE)
    yield found
    found.clear()


def fill(ledger: Ledger, index: Index, names: list[str], table: NDArray[np.float32]) -> int:
    """Put vectors into the ledger and from there into the index."""
    ledger.stories.add_vectors(SPACE, dict(zip(names, table, strict=True)))
    return update_index(ledger.stories, index, SPACE, NOW)


def test_a_vector_finds_itself_first(ledger: Ledger, index: Index) -> None:
    """The nearest to a vector that was added is itself, with a similarity of one."""
    names, table = [f"item:{n}" for n in range(30)], vectors(30)

    fill(ledger, index, names, table)
    found = index.near(table, 1)

    assert [near[0][0] for near in found] == names
    assert all(near[0][1] == pytest.approx(1, abs=1e-3) for near in found)


def test_neighbours_come_most_similar_first(ledger: Ledger, index: Index) -> None:
    """Neighbours stand in order of cosine similarity, as an exact comparison gives it."""
    names, table = [f"item:{n}" for n in range(30)], vectors(30)
    fill(ledger, index, names, table)

    [found] = index.near(table[:1], 5)

    exact = sorted(zip(names, table @ table[0], strict=True), key=lambda pair: -pair[1])[:5]
    assert [subject for subject, _ in found] == [subject for subject, _ in exact]
    assert [similarity for _, similarity in found] == pytest.approx([value for _, value in exact], abs=2e-3)


def test_an_empty_index_knows_no_neighbours(index: Index) -> None:
    """Asking before anything was added is an empty answer for every vector."""
    assert index.near(vectors(2), 5) == [[], []]
    assert index.count() == 0


def test_no_vectors_no_answers(ledger: Ledger, index: Index) -> None:
    """Asking for nothing is no mistake."""
    fill(ledger, index, ["a"], vectors(1))

    assert index.near(np.zeros((0, 16), np.float32), 5) == []


def test_fewer_than_asked_for_are_all(ledger: Ledger, index: Index) -> None:
    """A limit above the count gives everything there is."""
    fill(ledger, index, ["a", "b"], vectors(2))

    [found] = index.near(vectors(1), 10)

    assert {subject for subject, _ in found} == {"a", "b"}
    assert index.count() == 2


def test_a_subject_has_one_vector(ledger: Ledger, index: Index) -> None:
    """Adding a subject again replaces its vector."""
    one, other = vectors(2)
    fill(ledger, index, ["a"], one[None])

    fill(ledger, index, ["a"], other[None])

    assert index.count() == 1
    assert index.near(other[None], 1)[0][0][1] == pytest.approx(1, abs=1e-3)


def test_a_cleared_index_is_rebuilt_from_the_ledger(ledger: Ledger, index: Index) -> None:
    """Whatever is thrown away comes back, because the ledger holds all of it."""
    names, table = [f"item:{n}" for n in range(10)], vectors(10)
    fill(ledger, index, names, table)

    index.clear()
    ledger.stories.mark_indexed(SPACE, [], None)
    rebuilt = update_index(ledger.stories, index, SPACE, NOW)

    assert (rebuilt, index.count()) == (10 if index.keeps else 0, 10)
    assert [near[0][0] for near in index.near(table, 1)] == names


def test_an_index_is_brought_up_to_date_once(ledger: Ledger, index: Index) -> None:
    """What the index has is not added again; one that keeps nothing leaves the rows to the process that owns it."""
    assert fill(ledger, index, ["a"], vectors(1)) == (1 if index.keeps else 0)
    assert update_index(ledger.stories, index, SPACE, NOW) == 0
    assert bool(ledger.stories.unindexed(SPACE, 10)) is not index.keeps


@pytest.mark.slow
def test_spaces_do_not_mix(store: ChromaStore) -> None:
    """Vectors of one space are never found in another, whatever characters its name has."""
    one, other = ChromaIndex(store, "model:1/items"), ChromaIndex(store, "model:2/items")

    one.add(["a"], vectors(1))

    assert (one.count(), other.count()) == (1, 0)
    one.clear()
    other.clear()


@pytest.mark.slow
def test_bots_that_share_a_server_share_no_vectors(chroma_url: str) -> None:
    """A path names a database of the server, made at the first use: equal spaces of two bots stay apart."""
    stores = [ChromaStore(Server(f"{chroma_url}/{name}")) for name in ("ada", "bob", "ada")]
    ada, bob, again = (ChromaIndex(store, SPACE) for store in stores)

    ada.add(["a"], vectors(1))

    assert (ada.count(), bob.count(), again.count()) == (1, 0, 1)
    ada.clear()
    for store in stores:
        store.close()


@pytest.mark.slow
def test_a_guarded_server_is_given_its_token(chroma_url: str) -> None:
    """With the token everything works through what guards the server; without, its refusal is told."""
    with guarded(chroma_url, "s3cret") as url:
        store, stranger = ChromaStore(Server(url, "s3cret")), ChromaStore(Server(url, "wrong"))
        index = ChromaIndex(store, "guarded")

        index.add(["a"], vectors(1))

        assert index.count() == 1
        with pytest.raises(StoreError, match="401") as refused:
            stranger.check()
        assert "wrong" not in str(refused.value)
        index.clear()
        store.close()


@pytest.mark.slow
def test_a_server_that_goes_away_is_done_without(chroma_url: str, ledger: Ledger) -> None:
    """From its first failure on the ledger answers in its place, and what it missed stays marked for later."""
    names, table = ["a", "b", "c"], vectors(3)
    with guarded(chroma_url, "s3cret") as url:
        store = ChromaStore(Server(url, "s3cret"))
        index = SteadyIndex(ChromaIndex(store, "steady"), LedgerIndex(lambda: ledger.stories.vectors(SPACE)))
        assert fill(ledger, index, names[:2], table[:2]) == 2

    added = fill(ledger, index, names[2:], table[2:])

    assert (added, index.keeps) == (0, False)
    assert "cannot be used" in index.trouble
    assert [near[0][0] for near in index.near(table, 1)] == names
    assert [subject for subject, _ in ledger.stories.unindexed(SPACE, 9)] == ["c"]
    store.close()


def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    """A second store on the same folder is refused until the first gives it back."""
    folder = tmp_path / "chroma"
    first = ChromaStore(folder)

    with pytest.raises(StoreError, match="open in another digestbot process"):
        ChromaStore(folder)
    first.close()

    ChromaStore(folder).close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A data folder that is a file is a StoreError, not a traceback."""
    (tmp_path / "home").write_text("")

    with pytest.raises(StoreError, match="cannot be made"):
        ChromaStore(tmp_path / "home" / "chroma")


def digestbot(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own on a data folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DIGESTBOT_", "OPENAI_"))}
    return subprocess.run(
        [sys.executable, "-m", "digestbot", *words],
        env=kept | {"DIGESTBOT_HOME": str(home)} | settings,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def library(home: Path, count: int) -> Path:
    """Write documents of different words to load."""
    file = home / "documents.jsonl"
    words = ("cache", "prompt", "diffusion", "robot", "speech", "protein", "graph", "reward", "token", "vision")
    lines = [
        {
            "id": f"d{n}",
            "title": f"{words[n % 10]} {words[n // 10 % 10]} {n}",
            "abstract": f"About {words[n % 7]} and {n}.",
        }
        for n in range(count)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["embedded", "server"])
def test_reindex_proves_what_it_rebuilt(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Both kinds are rebuilt from the ledger: as many vectors, and every one that is looked for comes back."""
    settings = {"DIGESTBOT_CHROMA_URL": f"{request.getfixturevalue('chroma_url')}/reindex"} if kind == "server" else {}
    assert digestbot(tmp_path, "load", str(library(tmp_path, 250)), **settings).returncode == 0

    found = digestbot(tmp_path, "reindex", "--json", **settings)

    report = json.loads(found.stdout)
    [documents] = [numbers for space, numbers in report.items() if space.endswith(".passages")]
    assert found.returncode == 0
    assert (documents["ledger"], documents["index"], documents["lost"]) == (250, 250, 0)
    assert documents["checked"] >= 100


@pytest.mark.slow
def test_a_second_process_never_opens_the_folder(tmp_path: Path) -> None:
    """While one process has the index, another finds the same by the ledger's vectors and may not rebuild it."""
    assert digestbot(tmp_path, "load", str(library(tmp_path, 60))).returncode == 0
    alone = digestbot(tmp_path, "search", "prompt cache", "--json")
    owner = ChromaStore(tmp_path / "chroma")
    before = _files(tmp_path / "chroma")

    beside = digestbot(tmp_path, "search", "prompt cache", "--json")
    refused = digestbot(tmp_path, "reindex")
    added = digestbot(tmp_path, "load", str(library(tmp_path, 80)))
    untouched = _files(tmp_path / "chroma") == before
    owner.close()

    assert [json.loads(line)["id"] for line in beside.stdout.splitlines()] == [
        json.loads(line)["id"] for line in alone.stdout.splitlines()
    ]
    assert refused.returncode == 1
    assert "open in another digestbot process" in refused.stderr
    assert added.returncode == 0
    assert untouched


@pytest.mark.slow
def test_what_came_while_the_folder_was_taken_is_indexed_later(tmp_path: Path) -> None:
    """Writers without the lock only append to the ledger; the next owner indexes what it lacks, nothing twice."""
    assert digestbot(tmp_path, "load", str(library(tmp_path, 30))).returncode == 0
    owner = ChromaStore(tmp_path / "chroma")
    digestbot(tmp_path, "load", str(library(tmp_path, 50)))
    owner.close()

    found = digestbot(tmp_path, "search", "robot 49", "--json")
    store = ChromaStore(tmp_path / "chroma")
    names = [collection.name for collection in store.client().list_collections()]
    counts = [store.client().get_collection(name).count() for name in names if name.endswith("passages")]
    store.close()

    chapters = len(parse(shipped("roadmaps", "genai.md").read_text("utf-8"), "genai").chapters)
    assert found.returncode == 0
    assert counts == [50 + chapters]


@pytest.mark.slow
def test_a_server_that_is_down_is_told(tmp_path: Path) -> None:
    """Searching goes on with the ledger's vectors; rebuilding says which server does not answer."""
    assert digestbot(tmp_path, "load", str(library(tmp_path, 20))).returncode == 0
    settings = {"DIGESTBOT_CHROMA_URL": f"http://127.0.0.1:{free_port()}"}

    found = digestbot(tmp_path, "search", "prompt cache", "--json", **settings)
    refused = digestbot(tmp_path, "reindex", **settings)

    assert found.returncode == 0
    assert len(found.stdout.splitlines()) > 0
    assert refused.returncode == 1
    assert "cannot be opened" in refused.stderr
    assert "Traceback" not in refused.stderr


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
