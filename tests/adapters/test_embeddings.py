"""Embeddings of an OpenAI-compatible server: vectors, batches, faults, tokens and budgets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from endpoint import Endpoint, letters, serve
from fakes import NOW

from digestbot.adapters.embedder import SearchEmbedder
from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.langchain_model import OpenAIEmbedder, Pace, open_embedder
from digestbot.adapters.ledger import Ledger
from digestbot.app import hits_of, searcher_of, update_meanings
from digestbot.catalogue import add_documents, piece_of
from digestbot.chat.budget import Limit, Purse
from digestbot.domain import Document, Usage
from digestbot.errors import BudgetError, ConfigError, ModelError
from digestbot.search import documents_space
from digestbot.settings import load

SPEC = "openai:text-embedding-3-small"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A server whose vectors count letters."""
    with serve(lambda ids: 400) as state:
        yield state


class Waits:
    """Remembers how long was to be waited, and waits no moment."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Note it."""
        self.seconds.append(seconds)


def opened(
    endpoint: Endpoint, paid: list[tuple[str, int, Usage]] | None = None, purse: Purse | None = None
) -> OpenAIEmbedder:
    """Return an embedder at the server that notes what it took."""
    told = [] if paid is None else paid

    def note(name: str, texts: int, usage: Usage) -> None:
        told.append((name, texts, usage))

    return open_embedder(SPEC, note, base_url=endpoint.url, pace=Pace(sleep=Waits().sleep), purse=purse)


def test_vectors_come_in_order_and_at_unit_length(endpoint: Endpoint) -> None:
    """A row belongs to the text of its index, wherever it stands in the reply."""
    rows = opened(endpoint).embed(["abc", "zzzz"])

    wanted = np.array([letters("abc"), letters("zzzz")])
    assert rows == pytest.approx(wanted / np.linalg.norm(wanted, axis=1, keepdims=True))


def test_many_texts_go_in_batches_and_are_paid_for(endpoint: Endpoint) -> None:
    """A call holds a hundred texts, an empty one is no empty string, and the server's own count is what is recorded."""
    paid: list[tuple[str, int, Usage]] = []

    rows = opened(endpoint, paid).embed(["a"] * 120 + [" "])

    assert rows.shape == (121, 27)
    assert [len(request["input"]) for request in endpoint.requests] == [100, 21]
    assert "" not in endpoint.requests[1]["input"]
    assert paid == [(SPEC, 100, Usage(1000, None, 0, 1)), (SPEC, 21, Usage(210, None, 0, 1))]


def test_nothing_is_asked_for_no_texts(endpoint: Endpoint) -> None:
    """No text makes no call."""
    assert len(opened(endpoint).embed([])) == 0
    assert endpoint.requests == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_tried_again(endpoint: Endpoint, status: int) -> None:
    """A busy server is asked again, by the same rule as a chat model's."""
    endpoint.embeds = lambda texts: status if len(endpoint.requests) < 3 else [letters(text) for text in texts]

    assert len(opened(endpoint).embed(["a"])) == 1
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize(
    ("status", "calls", "says"), [(401, 1, "OPENAI_API_KEY"), (404, 1, "DIGESTBOT_EMBEDDINGS"), (429, 4, "429")]
)
def test_what_does_not_pass_says_what_to_do(endpoint: Endpoint, status: int, calls: int, says: str) -> None:
    """The message names the setting, and repeats nothing of the server's own words."""
    endpoint.embeds = lambda texts: status

    with pytest.raises(ModelError, match=says) as told:
        opened(endpoint).embed(["a"])

    assert "secret" not in str(told.value)
    assert len(endpoint.requests) == calls


@pytest.mark.parametrize("rows", [[], [[1.0]], [[1.0], [1.0, 2.0]], [[0.0], [0.0]], [[], []]])
def test_a_reply_without_a_vector_for_every_text_is_refused(endpoint: Endpoint, rows: list[list[float]]) -> None:
    """Too few rows, rows of different length and rows of nothing are no vectors."""
    endpoint.embeds = lambda texts: rows

    with pytest.raises(ModelError):
        opened(endpoint).embed(["a", "b"])


def test_a_budget_that_is_spent_stops_it_before_the_call(endpoint: Endpoint) -> None:
    """A call is booked before it is made."""
    purse = Purse([Limit("day", "tokens", 100, 100)])

    with pytest.raises(BudgetError):
        opened(endpoint, purse=purse).embed(["a"])

    assert endpoint.requests == []


@pytest.mark.parametrize("spec", ["openai", "openai:", "cohere:embed", "offline"])
def test_a_name_that_is_no_embedding_is_refused(spec: str) -> None:
    """The message says what is expected."""
    with pytest.raises(ConfigError, match="DIGESTBOT_EMBEDDINGS"):
        open_embedder(spec, lambda name, texts, usage: None, api_key="k")


@pytest.mark.slow
def test_a_change_of_the_embedding_embeds_what_was_there_before(
    endpoint: Endpoint, ledger: Ledger, tmp_path: Path
) -> None:
    """Documents get vectors of the new embedding in a space of its own, once, and what that took counts as spent."""
    add_documents(
        ledger.corpus,
        ledger.stories,
        SearchEmbedder(),
        [piece_of(Document("a", "Aaa", "aaa")), piece_of(Document("z", "Zz", "zz"))],
    )
    settings = load(home=tmp_path, embeddings=SPEC, openai_base_url=endpoint.url)
    searcher = searcher_of(settings, ledger, NOW)

    def index_of(space: str) -> LedgerIndex:
        return LedgerIndex(lambda: ledger.stories.vectors(space))

    assert ledger.corpus.lacking(documents_space(searcher)) == 2
    for _ in range(2):
        update_meanings(ledger, index_of, searcher, NOW)
    hits, trouble = hits_of(ledger, index_of, searcher, "aaa aaa", 1, NOW)

    assert ledger.corpus.lacking(documents_space(searcher)) == 0
    assert ([hit.document.id for hit in hits], trouble) == (["a"], "")
    assert len(endpoint.requests) == 2
    assert ledger.spending.spent(NOW).tokens == 30
    assert len(ledger.stories.spaces()) == 2


def test_a_search_goes_by_the_bundled_one_where_the_other_is_out_of_reach(
    endpoint: Endpoint, ledger: Ledger, tmp_path: Path
) -> None:
    """Whoever searches is answered, and told by what."""
    add_documents(ledger.corpus, ledger.stories, SearchEmbedder(), [piece_of(Document("a", "Aaa", "aaa"))])
    endpoint.embeds = lambda texts: 401
    settings = load(home=tmp_path, embeddings=SPEC, openai_base_url=endpoint.url)

    hits, trouble = hits_of(
        ledger,
        lambda space: LedgerIndex(lambda: ledger.stories.vectors(space)),
        searcher_of(settings, ledger, NOW),
        "aaa",
        1,
        NOW,
    )

    assert [hit.document.id for hit in hits] == ["a"]
    assert "401" in trouble
