"""Search: documents by their words and by their meaning, fused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pytest
import snowballstemmer
from fakes import NOW, article, filed, item, paper
from numpy.typing import NDArray

from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger
from digestbot.adapters.ledger.corpus import Corpus
from digestbot.catalogue import Piece, add_documents, count_words, document_of, piece_of, update_index
from digestbot.commands.library import wanted
from digestbot.domain import Document, Filed, Filters, Shelved
from digestbot.errors import ConfigError
from digestbot.ports import Index
from digestbot.search import documents_space, search
from digestbot.search.cutting import Part
from digestbot.search.words import stems

CACHE = Document(
    "cache", "Paged attention", "A key-value cache in pages serves long prompts faster.", date="2026-04-10"
)
BREAD = Document("bread", "Sourdough", "Flour, water and patience make a loaf of bread.")
CHINESE = Document("zh", "大语言模型的推理加速", "用分页的键值缓存加速推理。", lang="zh")


@pytest.fixture
def index(ledger: Ledger) -> Index:
    """An index of the three documents."""
    embedder = ConceptEmbedder()
    add_documents(ledger.corpus, ledger.stories, embedder, [piece_of(one) for one in (CACHE, BREAD, CHINESE)])
    return LedgerIndex(lambda: ledger.stories.vectors(documents_space(embedder)))


def ids(ledger: Ledger, index: Index, query: str, limit: int = 10) -> list[str]:
    """Return the ids of what is found."""
    return [hit.document.id for hit in search(ledger.corpus, index, ConceptEmbedder(), query, limit)]


@pytest.mark.parametrize(
    ("query", "best"),
    [("key-value cache", "cache"), ("loaf of bread", "bread"), ("推理加速", "zh"), ("PAGED ATTENTION!", "cache")],
)
def test_the_best_hit_comes_first(ledger: Ledger, index: Index, query: str, best: str) -> None:
    """English and Chinese queries find their document, whatever their case and punctuation."""
    assert ids(ledger, index, query)[0] == best


def test_what_belongs_to_the_thing_asked_for_is_found(ledger: Ledger) -> None:
    """A document is found by the name of the area that it belongs to, after those that say it."""
    found = [
        Document("narrow", "RWKV revisited", "Receptance and time mixing at scale."),
        Document("said", "Linear attention", "A feature map replaces the softmax."),
        BREAD,
    ]
    embedder = ConceptEmbedder()
    add_documents(ledger.corpus, ledger.stories, embedder, [piece_of(one) for one in found])
    index = LedgerIndex(lambda: ledger.stories.vectors(documents_space(embedder)))

    assert ids(ledger, index, "linear attention")[:2] == ["said", "narrow"]
    assert [hit.document.id for hit in search(ledger.corpus, None, embedder, "linear attention", 9)] == [
        "said",
        "narrow",
    ]


def test_words_can_be_counted_anew(ledger: Ledger) -> None:
    """Passages whose terms an earlier version counted in another way are found as new ones are."""
    piece = piece_of(Document("old", "Surveying LLMs", "Of many kinds."))
    add_documents(ledger.corpus, ledger.stories, ConceptEmbedder(), [piece])
    [held] = ledger.corpus.shelved(["old"]).values()
    ledger.corpus.replace_terms([(held, replace(held, head=("survey", "llms")))])
    assert ledger.corpus.matching(["llm"], Filters(), 9) == []

    changed = count_words(ledger.corpus)

    assert changed == 1
    assert ledger.corpus.matching(["llm"], Filters(), 9) == ["old"]
    assert ledger.corpus.counts(["llm", "llms"]).get("llms", 0) == 0
    assert count_words(ledger.corpus) == 0


@dataclass(frozen=True)
class Beside:
    """A ledger in which somebody writes once its passages, or their documents, were read."""

    corpus: Corpus
    moment: str
    meanwhile: Callable[[], None]

    def allowed(self, filters: Filters, limit: int) -> list[str] | None:
        return self.corpus.allowed(filters, limit)

    def shelved(self, ids: Collection[str]) -> Mapping[str, Shelved]:
        found = self.corpus.shelved(ids)
        if self.moment == "shelved":
            self.meanwhile()
        return found

    def documents(self, ids: Collection[str]) -> Mapping[str, Document]:
        found = self.corpus.documents(ids)
        if self.moment == "documents":
            self.meanwhile()
        return found

    def replace_terms(self, found: Sequence[tuple[Shelved, Shelved]]) -> int:
        return self.corpus.replace_terms(found)


@pytest.mark.parametrize("moment", ["shelved", "documents"])
@pytest.mark.parametrize("forgotten", [True, False])
def test_words_are_counted_beside_a_writer(ledger: Ledger, moment: str, forgotten: bool) -> None:
    """What is rewritten or forgotten after it was read stays so: neither its old text nor its old terms come back."""
    corpus = ledger.corpus
    add_documents(corpus, ledger.stories, ConceptEmbedder(), [piece_of(Document("old", "Surveying LLMs"))])
    [held] = corpus.shelved(["old"]).values()
    corpus.replace_terms([(held, replace(held, head=("survey", "llms")))])
    said = Shelved(replace(held.passage, text="Said anew."), ("new",), ("new",))

    def meanwhile() -> None:
        corpus.remove(["old"]) if forgotten else corpus.add([(Document("old", "New"), [said])])

    changed = count_words(Beside(corpus, moment, meanwhile))

    assert changed == 0
    assert list(corpus.shelved(["old"]).values()) == ([] if forgotten else [said])
    counts = corpus.counts(["survey", "llm", "llms", "new"])
    assert [term for term in ("survey", "llm", "llms", "new") if counts.get(term)] == ([] if forgotten else ["new"])


@pytest.mark.parametrize("query", ["", "   "])
def test_an_empty_query_finds_nothing(ledger: Ledger, index: Index, query: str) -> None:
    """Asking for nothing is answered by nothing."""
    assert ids(ledger, index, query) == []


def test_a_limit_cuts(ledger: Ledger, index: Index) -> None:
    """At most so many hits as asked for, with scores that fall."""
    hits = search(ledger.corpus, index, ConceptEmbedder(), "cache", 2)

    assert len(hits) == 2
    assert hits[0].score >= hits[1].score > 0


def test_what_the_index_has_and_the_ledger_not_is_passed_over(ledger: Ledger) -> None:
    """A vector whose document is gone (its story was merged, say) is no hit."""
    embedder = ConceptEmbedder()
    ledger.stories.add_vectors(documents_space(embedder), {"gone": embedder.embed(["a cache"])[0]})
    index = LedgerIndex(lambda: ledger.stories.vectors(documents_space(embedder)))

    assert ids(ledger, index, "cache") == []


def test_nothing_loaded_is_nothing_found(ledger: Ledger) -> None:
    """A new ledger answers every query with nothing."""
    assert ids(ledger, LedgerIndex(lambda: ([], np.zeros((0, 0), np.float32))), "cache") == []


def test_a_document_that_is_loaded_again_is_found_by_its_new_words(ledger: Ledger, index: Index) -> None:
    """Words and meaning of the old text are gone."""
    again = Document("cache", "Gardening", "Tulips want sun and a dry winter.")

    add_documents(ledger.corpus, ledger.stories, ConceptEmbedder(), [piece_of(again)])

    [best, *_] = search(ledger.corpus, index, ConceptEmbedder(), "tulips in winter", 3)
    assert best.document.title == "Gardening"
    assert (
        ids(ledger, index, "key-value cache in pages")[0] == "zh" or ids(ledger, index, "key-value cache")[0] != "cache"
    )


class OwnIndex(LedgerIndex):
    """An index that keeps what it is given."""

    keeps = True

    def __init__(self) -> None:
        self.subjects: list[str] = []

    def add(self, subjects: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Remember the subjects."""
        self.subjects += subjects

    def count(self) -> int:
        """Return how many there are."""
        return len(self.subjects)


def test_documents_reach_the_index_once(ledger: Ledger, index: Index) -> None:
    """What was added is indexed by the next update, and only then."""
    space = documents_space(ConceptEmbedder())
    own = OwnIndex()

    assert update_index(ledger.stories, own, space, NOW) == 3
    assert update_index(ledger.stories, own, space, NOW) == 0
    assert own.count() == 3


def test_a_story_is_searched_by_its_summary_and_its_article() -> None:
    """A story's document has its id, its lead's title, address and day, and all its words."""
    found = filed("a", lead=paper())

    piece = document_of(Filed(found.story, found.verdict, article(text="The whole text."), found.summary))

    document = Document(
        "s-a", paper().title, "", paper().url, "paper", "", "2026-04-11", "story",
    )  # fmt: skip
    assert piece == Piece(document, (Part("summary", "It shows a thing.\nOne point."), Part("text", "The whole text.")))
    assert document_of(filed(lead=item(published_at=None))).document.date == ""


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("papers", "paper"), ("repositories", "repository"), ("news", "news"), ("paper\udcff", "paper\ufffd")],
)
def test_kinds_may_be_told_as_several(kind: str, kept: str) -> None:
    """Papers are asked for as well as a paper; a kind that loaded lines have of their own stays as it is."""
    assert wanted((), (kind,), (), None).kinds == (kept,)


def test_many_threads_stem_alike() -> None:
    """Pages are made in several threads at once; a stemmer that they shared would mix up their words, or fail."""
    ends = ("izations", "ally", "edly", "fulness", "ousness")
    texts = [" ".join(f"{a}{b}elat{end}" for b in "aeiou" for end in ends) for a in "bcdfghjklmnpqrstvwxyz"]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(stems, texts))

    alone = snowballstemmer.stemmer("english")
    assert found == [[alone.stemWord(word) for word in text.split()] for text in texts]


def test_a_search_s_language_has_one_code() -> None:
    """Documents in Chinese are found by any of its codes; an unknown language is refused, the nearest named."""
    assert wanted((), (), ("zh-TW", "EN"), None).langs == ("zh", "en")
    with pytest.raises(ConfigError, match="did you mean 'zh'"):
        wanted((), (), ("chinees",), None)
