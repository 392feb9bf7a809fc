"""What search makes of a question and of a text: terms, passages, scores, and which passages it chooses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib import resources
from itertools import pairwise

import pytest

from digestbot.adapters.embedder import SearchEmbedder
from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger
from digestbot.catalogue import add_documents, piece_of, update_roadmap
from digestbot.domain import Document, Filters, Found, Shelved
from digestbot.offline.sentences import split
from digestbot.roadmap import parse
from digestbot.search import Question, documents_space, retrieve, weighted_terms
from digestbot.search.abbreviations import abbreviations
from digestbot.search.cutting import MAX_PASSAGES, Part, cut, shelve
from digestbot.search.scoring import Scorer
from digestbot.search.words import stems, url_words

SENTENCE = "Speculative decoding drafts several tokens with a small model. "
EXPERTS = "Mixture of experts (MoE) layers send each token to few experts."


def asked(text: str) -> list[list[str]]:
    """Return the names of each unit of a question."""
    return [[" ".join(name) for name in unit.names] for unit in Question.of(text).units]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Quantized models, quantization!", ["quantiz", "model", "quantiz"]),
        ("LLMs, RNNs and GANs; loss", ["llm", "rnn", "and", "gan", "loss"]),
        ("C++ and don't", ["cplusplus", "and", "dont"]),
        ("大語言模型", ["大语", "语言", "言模", "模型"]),
        ("大语言模型", ["大语", "语言", "言模", "模型"]),
        ("Łukasz naïve", ["łukasz", "naiv"]),
        ("'; DROP --", ["drop"]),
        ("", []),
    ],
)
def test_terms_are_stems_and_pairs(text: str, found: list[str]) -> None:
    """Forms of an English word meet, both scripts of Chinese meet, and nothing is left that a query would obey."""
    assert [stem for stem in stems(text) if stem != "ukasz"] == [stem for stem in found if stem != "łukasz"]


def test_an_address_says_what_a_page_is_about() -> None:
    """The words of its path count, its host's and the usual ones of any address do not."""
    assert url_words("https://example.org/blog/2023/ring-attention.html") == ["ring", "attent"]
    assert url_words("https://arxiv.org/abs/2604.01234v2") == []


@pytest.mark.parametrize(
    ("question", "translated"),
    [
        ("大语言模型推理加速", ["larg languag model", "infer acceler"]),
        ("扩散模型图像生成", ["diffus model", "imag generat"]),
        ("mixture of experts inference acceleration", ["混合 合专 专家", "推理 理加 加速"]),
    ],
)
def test_every_known_term_brings_its_other_names(question: str, translated: list[str]) -> None:
    """Those after a term that holds another term, as "language model" stands in "large language model", do too."""
    found = [names for names in asked(question) if len(names) > 1]

    assert len(found) == len(translated)
    assert all(name in names for name, names in zip(translated, found, strict=True))


@pytest.mark.parametrize(
    ("question", "units"),
    [
        (
            "What is speculative decoding?",
            [["specul decod", "推测 测解 解码", "specul sampl"]],
        ),
        ("为什么 MoE 训练不稳定", [["moe"], ["训练", "train"]]),
        ("difference between foo and bar", [["foo"], ["bar"]]),
        ("what is it", [["what"], ["is"], ["it"]]),
        ("", []),
    ],
)
def test_a_question_is_what_carries_meaning(question: str, units: list[list[str]]) -> None:
    """Words of asking are dropped, known terms bring their other names; one of nothing else keeps all."""
    found = asked(question)

    assert [names[0] for names in found][: len(units)] == [names[0] for names in units]
    assert all(set(names) <= set(known) for names, known in zip(units, found, strict=False))


def test_weighted_terms_weigh_a_whole_name_alike() -> None:
    """A stem of a long name weighs less than a name of one stem; translations weigh less than what was asked."""
    weights = weighted_terms("RAG")

    assert weights["rag"] == 1.0
    assert 0 < weights["retriev"] < 1


@pytest.mark.parametrize(
    ("question", "recent"),
    [("latest work on MoE", True), ("MoE 最新进展", True), ("what is new in 2026", True), ("renewable energy", False)],
)
def test_a_question_may_ask_for_news(question: str, recent: bool) -> None:
    """It says so in words, in either language."""
    assert Question.of(question).recent is recent


def test_the_corpus_says_what_abbreviations_mean() -> None:
    """A long form that several texts spell out before a bracket counts; one author's own does not."""
    texts = [
        EXPERTS,
        "A mixture of experts (MoE) is sparse.",
        "We call it banana bread (BB).",
        "Results are good (SOTA).",
    ]

    found = dict(abbreviations(texts))

    assert found == {("moe",): ("mixtur", "of", "expert")}


def test_a_question_is_widened_by_abbreviations() -> None:
    """Short finds long, and long finds short."""
    pairs = [(("abc",), ("alpha", "beta", "code"))]

    assert [unit.names for unit in Question.of("ABC").widened(pairs).units] == [(("abc",), ("alpha", "beta", "code"))]
    assert (("alpha", "beta", "code"), ("abc",)) in [
        unit.names for unit in Question.of("alpha beta codes").widened(pairs).units
    ]


@pytest.mark.parametrize("text", ["linear attention", "what is Linear Attention?", "线性注意力"])
def test_what_belongs_to_a_thing_is_meant_with_it(text: str) -> None:
    """A thing that the thesaurus has brings what is narrower, by any of its names; the longest name counts."""
    broad = Question.of(text).broadened()

    assert ("rwkv",) in broad.units[0].narrower
    assert "RWKV" in broad.beside
    assert "flash" not in broad.narrower_terms
    assert Question.of(text).narrower_terms == []


def test_neighbours_name_a_thing_together() -> None:
    """Words that together name a thing each bring what belongs to it; others bring nothing."""
    broad = Question.of("image compression for zebras").broadened()

    assert [bool(unit.narrower) for unit in broad.units] == [True, True, False]
    assert broad.beside.startswith("learned compression")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("normalization", True),
        ("Normalization layers", True),
        ("归一化", True),
        ("normal distribution", False),
        ("topic modeling", True),
        ("reward model", False),
        ("a model of traffic jams", False),
        ("optimal control", False),
        ("deep kernels", False),
    ],
)
def test_a_stem_of_many_words_counts_as_it_is_written(text: str, means: bool) -> None:
    """What is asked for must say the thing itself: "normal" has the stem of "normalization"."""
    beside = Question.of(text).broadened().beside

    assert any(name in beside for name in ("RMSNorm", "BERTopic", "Adam", "search agent")) == means


def test_a_thing_that_says_a_word_twice_is_known() -> None:
    """A question has each of its words once."""
    assert "CycleGAN" in Question.of("image-to-image translation").broadened().beside


def test_a_part_counts_less_than_the_whole() -> None:
    """What only belongs to the thing asked for scores below the thing itself, and above what is neither."""
    question = "linear attention"

    whole = score(question, "Linear attention", "It scales.", broad=True)
    part = score(question, "RWKV", "It scales.", broad=True)

    assert whole > part > score(question, "Bread", "It rises.", broad=True) == 0


def test_a_part_in_common_words_hardly_counts() -> None:
    """What is narrower is rarer: a part whose words stand everywhere says less of what was asked for."""
    broad = Question.of("linear attention").broadened()
    counts = {"linear": 20, "attent": 20, "rwkv": 5}

    rare = Scorer(broad, counts, 1000, 2).traits(passage("RWKV"), 0)
    common = Scorer(broad, counts | {"rwkv": 450}, 1000, 2).traits(passage("RWKV"), 0)

    assert rare.coverage == pytest.approx(0.8)
    assert common.coverage < 0.2


def test_the_thesaurus_holds_nothing_twice() -> None:
    """Every thing has a row of its own, and no row says a name twice."""
    text = resources.files("digestbot.search").joinpath("thesaurus.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]

    assert len({tuple(stems(row[0])) for row in rows}) == len(rows)
    assert [
        row for row in rows if len(row) < 2 or len(set(row)) < len(row) or any(not name.strip() for name in row)
    ] == []


class TestCutting:
    """Documents in pieces."""

    def test_a_short_part_is_one_passage_and_a_long_one_is_cut_at_sentences(self) -> None:
        """Nothing is lost, nothing is said twice, and no sentence is broken."""
        found = cut(Document("a", "T"), [Part("summary", "Short."), Part("text", SENTENCE * 100)])

        assert [one.id for one in found][:3] == ["a", "a#1", "a#2"]
        assert (found[0].text, found[0].role) == ("Short.", "summary")
        assert " ".join(one.text for one in found[1:]) == " ".join([SENTENCE.strip()] * 100)
        assert all(len(one.text) <= 1200 and one.text.endswith(".") for one in found)
        assert found == cut(Document("a", "T"), [Part("summary", "Short."), Part("text", SENTENCE * 100)])

    def test_headings_and_times_stay_with_what_they_head(self) -> None:
        """A passage knows its heading; one of a transcript knows when it begins."""
        text = f"Intro.\n## Method\n{SENTENCE * 30}\n2.1 Results of it\nGood."
        spoken = f"About.\n## [12:00] Attention\n[12:04] {SENTENCE * 3}\n[13:10] {SENTENCE * 60}"

        found = cut(Document("a", "T"), [Part("text", text)])
        said = cut(Document("v", "T"), [Part("transcript", spoken)])

        assert [one.heading for one in found] == ["", *["Method"] * (len(found) - 2), "2.1 Results of it"]
        assert [(one.heading, one.at) for one in said][:2] == [("", ""), ("Attention", "12:04")]
        assert said[2].at == "13:10"
        assert not any("[" in one.text for one in said)

    def test_a_title_alone_is_a_passage(self) -> None:
        """What has no text is found by its title."""
        assert [one.text for one in cut(Document("a", "A title"), [Part("abstract", "")])] == ["A title"]

    @pytest.mark.parametrize("text", ["x" * 3_000_000, "a. " * 40_000, "\n" * 500_000, "# " * 200_000])
    def test_no_text_is_too_much(self, text: str) -> None:
        """However a text is made, there are so many passages at most and none is huge."""
        found = cut(Document("a", "T"), [Part("text", text)])

        assert len(found) <= MAX_PASSAGES
        assert max(len(one.text) for one in found) <= 2400


def score(question: str, title: str, text: str, *, broad: bool = False) -> float:
    """Return the share of a question's words that a passage has, all terms being as rare."""
    asked_for = Question.of(question).broadened() if broad else Question.of(question)
    traits = Scorer(asked_for, {}, 100, 10).traits(passage(title, text), 0)
    return traits.words + traits.title


def passage(title: str, text: str = "") -> Shelved:
    """Return the one passage of a document."""
    return shelve(Document("a", title), cut(Document("a", title), [Part("text", text)]))[0]


@pytest.mark.parametrize(
    ("question", "rising"),
    [
        (
            "ring attention",
            [("T", "bread"), ("T", "a ring"), ("T", "ring attention"), ("Ring attention", "ring attention")],
        ),
        ("RAG", [("T", "bread"), ("T", "retrieval and bread"), ("T", "retrieval-augmented generation")]),
        ("混合专家", [("T", "bread"), ("T", "mixture of experts"), ("T", "混合专家")]),
    ],
)
def test_a_passage_scores_by_what_it_has_of_the_question(question: str, rising: Sequence[tuple[str, str]]) -> None:
    """More of it is better, in the title better still, and a translation is almost as good as the word itself."""
    scores = [score(question, title, text) for title, text in rising]

    assert all(a < b for a, b in pairwise(scores))


@pytest.fixture
def shelf(ledger: Ledger) -> Ledger:
    """A ledger with papers on two subjects, and a roadmap of one chapter."""
    day = {"old": "2023-01-05", "new": "2026-04-30"}
    papers = [
        Document(f"{age}-{n}", f"Experts {n}", f"{EXPERTS} Study {n} of {age} days.", kind="paper", date=day[age])
        for age in day
        for n in range(3)
    ]
    book = Document("book", "All of experts", "\n".join(f"## Part {n}\n{EXPERTS} " * 3 for n in range(9)), kind="book")
    bread = Document("bread", "Sourdough", "Flour and water.", kind="post", date="2026-04-30")
    chinese = Document("zh", "混合专家模型综述", "混合专家把每个词元交给少数专家。", lang="zh", date="2025-01-01")
    add_documents(
        ledger.corpus, ledger.stories, SearchEmbedder(), [piece_of(one) for one in [*papers, book, bread, chinese]]
    )
    update_roadmap(ledger.corpus, ledger.stories, SearchEmbedder(), roadmap("Experts share the work."))
    return ledger


def roadmap(prose: str):  # type: ignore[no-untyped-def]  # the parser's own record
    """Return a roadmap of one chapter."""
    return parse(f"# Map\n\n## Models\n\n### Mixture of experts\n\n{prose}\n", "map")


def found(ledger: Ledger, question: str, limit: int = 6, today: date | None = None, **wanted: object) -> list[Found]:
    """Return what is retrieved."""
    embedder = SearchEmbedder()
    index = LedgerIndex(lambda: ledger.stories.vectors(documents_space(embedder)))
    filters = Filters(**wanted)  # type: ignore[arg-type]  # a test's own table
    return retrieve(ledger.corpus, index, embedder, question, filters, limit, today=today)


@pytest.mark.parametrize("question", ["mixture of experts", "MoE", "什么是混合专家？", "混合專家"])
def test_both_languages_find_both_languages(shelf: Ledger, question: str) -> None:
    """English and Chinese questions, abbreviated or not, find documents of either language, and not the bread."""
    ids = [one.document.id for one in found(shelf, question, 12)]

    assert "zh" in ids
    assert ids[0] != "bread"
    assert any(id.startswith(("old", "new")) for id in ids)


def test_evidence_is_told_apart(shelf: Ledger) -> None:
    """Coverage and similarity say how much of the question there is: of something else there is nothing."""
    [sure, *_] = found(shelf, "mixture of experts")
    doubtful = found(shelf, "quantum gravity")

    assert sure.coverage > 0.9
    assert all(one.coverage == 0 for one in doubtful)


def test_one_document_does_not_fill_an_answer(shelf: Ledger) -> None:
    """At most three passages are of one document, and none comes twice."""
    hits = found(shelf, "experts token", 12)

    assert sum(one.document.id == "book" for one in hits) <= 3
    assert len({one.passage.id for one in hits}) == len(hits)


def test_news_comes_first_where_it_is_asked_for(shelf: Ledger) -> None:
    """A question for the latest prefers newer papers, others do not look at the day."""
    first = found(shelf, "latest mixture of experts papers", 3, date(2026, 5, 4), kinds=("paper",))

    assert all(one.document.id.startswith("new") for one in first)


def test_filters_hold_for_words_and_for_meaning(shelf: Ledger) -> None:
    """Nothing but what may be found is found, however near it is."""
    assert {one.document.kind for one in found(shelf, "mixture of experts", kinds=("book",))} == {"book"}
    assert [one.section for one in found(shelf, "mixture of experts", sources=("roadmap",))] == ["models"]
    assert found(shelf, "mixture of experts", kinds=("video",)) == []


@pytest.mark.parametrize("question", ["", "   ", '"', "x" * 100_000, "的 了 吗", "NEAR( OR * -"])
def test_any_question_is_answered(shelf: Ledger, question: str) -> None:
    """Whatever is asked, nothing breaks."""
    assert len(found(shelf, question)) <= 6


def test_a_chapter_is_searched_as_it_is_now(shelf: Ledger) -> None:
    """A changed chapter is cut anew, an unchanged one is left alone, and one that is gone is forgotten."""
    embedder = SearchEmbedder()

    assert update_roadmap(shelf.corpus, shelf.stories, embedder, roadmap("Experts share the work.")) == 0
    assert update_roadmap(shelf.corpus, shelf.stories, embedder, roadmap("Routers balance the load.")) == 1
    assert "Routers" in found(shelf, "routers balance load", sources=("roadmap",))[0].passage.text
    assert update_roadmap(shelf.corpus, shelf.stories, embedder, parse("# Map\n", "map")) >= 1
    assert all("Routers" not in one.passage.text for one in found(shelf, "routers", sources=("roadmap",)))


def test_sentences_of_a_passage_are_the_texts_own() -> None:
    """What is cut can be quoted: every passage's sentences stand in the text."""
    text = f"{SENTENCE * 30}\n{EXPERTS}"

    for one in cut(Document("a", "T"), [Part("text", text)]):
        assert all(sentence in text for sentence in split(one.text))


def test_a_roadmap_beside_another_takes_nothing_of_it_away(shelf: Ledger) -> None:
    """Each one's chapters are brought up to date by themselves."""
    embedder, other = SearchEmbedder(), parse("# Other\n\n## A part\n\nWords of the other one.\n", "other")
    update_roadmap(shelf.corpus, shelf.stories, embedder, roadmap("Experts share the work."))

    added = update_roadmap(shelf.corpus, shelf.stories, embedder, other)

    assert added >= 1
    assert update_roadmap(shelf.corpus, shelf.stories, embedder, roadmap("Experts share the work.")) == 0
