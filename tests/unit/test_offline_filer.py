"""The bundled models give valid answers to any text and the right ones to obvious texts."""

from __future__ import annotations

import numpy as np
import pytest

from digestbot.offline import filer, nearest, relevance, vectors
from digestbot.offline.filer import LABELS, FilingText
from digestbot.offline.nearest import SectionText

OBVIOUS = (
    ("Faster LLM inference by speculative decoding with a small draft model", "VI"),
    ("Photorealistic image generation with latent diffusion models", "VIII"),
    ("LoRA: parameter-efficient fine-tuning with low-rank adapters", "IV"),
    ("Pilot-aided wireless channel estimation for massive MIMO systems", "none"),
    ("大语言模型的低比特量化与推理加速", "VI"),
)
HEADINGS = (
    SectionText("rag", "Retrieval-Augmented Generation", "Vector databases\nReranking of passages"),
    SectionText("quant", "Quantization", "Post-training quantization\n4-bit weights"),
    SectionText("vision", "Vision Transformers", "Image patches\nMasked image modeling"),
)
ODD_TEXTS = ("", "   ", "?!", "\u200b\u0000", "Ünïcödé wörds", "a" * 50_000, "🙂🙂")


@pytest.mark.parametrize(("title", "label"), OBVIOUS)
def test_an_obvious_title_is_filed_where_a_reader_would_look(title: str, label: str) -> None:
    """A title that names its topic goes to the topic's section, in English and in Chinese."""
    probabilities = filer.load().probabilities([FilingText(title)])

    assert LABELS[int(probabilities[0].argmax())] == label


def test_every_row_of_probabilities_sums_to_one_whatever_the_text() -> None:
    """A text without a known word still gets a valid row."""
    texts = [FilingText(text, abstract) for text in ODD_TEXTS for abstract in ("", "We study attention.")]

    probabilities = filer.load().probabilities(texts)

    assert probabilities.shape == (len(texts), len(LABELS))
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert (probabilities >= 0).all()


def test_no_text_gives_no_row() -> None:
    """An empty batch is a value, not an error."""
    assert filer.load().probabilities([]).shape == (0, len(LABELS))
    assert vectors.embed([]).shape == (0, vectors.DIMENSIONS)
    assert relevance.relevance([]).shape == (0,)
    assert nearest.nearest([], HEADINGS).shape == (0, len(HEADINGS) + 1)


def test_a_text_is_filed_alike_alone_and_in_a_batch() -> None:
    """Neighbours in a batch do not change an answer."""
    texts = [FilingText(title, "We evaluate it on three benchmarks.") for title, _ in OBVIOUS] * 40

    batch = filer.load().probabilities(texts)
    alone = filer.load().probabilities(texts[-1:])

    assert np.allclose(batch[-1], alone[0], atol=1e-5)


def test_vectors_have_unit_length_whatever_the_text() -> None:
    """Every text has a direction, so a cosine index never divides by zero."""
    embedded = vectors.embed(ODD_TEXTS)

    assert embedded.shape == (len(ODD_TEXTS), vectors.DIMENSIONS)
    assert embedded.dtype == np.float32
    assert np.allclose(np.linalg.norm(embedded, axis=1), 1, atol=1e-5)


def test_the_same_text_has_the_same_vector() -> None:
    """Nothing in the embedding depends on the run or the batch."""
    first = vectors.embed(["sparse attention", "zzyzx qwfpg"])

    second = vectors.embed(["zzyzx qwfpg", "sparse attention"])

    assert np.allclose(first, second[::-1], atol=1e-6)


def test_a_chinese_text_lies_nearer_to_its_english_counterpart_than_to_another_topic() -> None:
    """Both languages share one space."""
    chinese = vectors.embed(["扩散模型生成高质量图像", "检索增强生成的知识库问答"])
    english = vectors.embed(
        ["diffusion models generate high-quality images", "retrieval-augmented generation for question answering"]
    )

    closeness = chinese @ english.T

    assert closeness[0, 0] > closeness[0, 1] + 0.1
    assert closeness[1, 1] > closeness[1, 0] + 0.1


def test_unknown_words_still_tell_texts_apart() -> None:
    """Two texts of words the space has never seen do not fall together."""
    embedded = vectors.embed(["qwfpg zxcdv arstn", "neioh yulhj mkbvd", "qwfpg zxcdv arstn"])

    assert embedded[0] @ embedded[1] < 0.5
    assert embedded[0] @ embedded[2] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("title", "section"),
    [
        ("Reranking retrieved passages for question answering", 0),
        ("Accurate post-training quantization of weights", 1),
        ("图像分块的视觉 Transformer", 2),
        ("A recipe for apple pie with cinnamon", 3),
    ],
)
def test_any_headings_get_the_nearest_texts(title: str, section: int) -> None:
    """Headings nobody trained on are served by closeness, and what is far from all goes to the last column."""
    probabilities = nearest.nearest([FilingText(title)], HEADINGS)

    assert probabilities.shape == (1, len(HEADINGS) + 1)
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert int(probabilities[0].argmax()) == section


def test_a_roadmap_without_headings_leaves_only_none() -> None:
    """No section, no guess."""
    assert nearest.nearest([FilingText("anything")], []).tolist() == [[1.0]]


def test_a_paper_of_the_kind_people_choose_scores_above_a_narrow_one() -> None:
    """An open model's technical report outranks a case study outside the field."""
    report = FilingText(
        "Qwen3-Omni: An Open Reasoning Model", "We release a large language model. Code: https://github.com/a/b"
    )
    case = FilingText("Finite element analysis of soil settlement", "A case study of one embankment.")

    scores = relevance.relevance([case, report])

    assert 0 <= scores[0] < scores[1] <= 1


def test_a_title_alone_and_a_title_with_its_abstract_have_biases_of_their_own() -> None:
    """How often a section comes among bare titles says nothing of how often it comes among papers with an abstract."""
    model = filer.load()
    counts = [filer.counted(FilingText("A study"))]

    bare, full = model.file_counts(counts, [0]), model.file_counts(counts, [1])

    assert model.bias.shape == (2, len(LABELS))
    assert not np.allclose(bare, full)
