"""What a sentence is good for in an answer: which defines, which gives a reason, which tells apart."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from asked import NOW, OUTLINE, Shelf, deps, found

from digestbot.domain.answers import Answer, Asked, Part
from digestbot.explain.asking import explained
from digestbot.explain.causes import gives_reason
from digestbot.explain.concepts import concepts
from digestbot.explain.contrasts import opposes
from digestbot.explain.definitions import defines_in_passing
from digestbot.explain.standing import standing
from digestbot.render.answers import answer_text
from digestbot.search import Found

FORGETTING = concepts("catastrophic forgetting")


def answered(question: str, *texts: str) -> Answer:
    """Return the answer to a question from texts, each under a title of its own number."""
    shelf = Shelf([found(f"p{number}", f"Work {number}", text) for number, text in enumerate(texts)])
    return asyncio.run(explained(deps(shelf), Asked(question), NOW))


def told(answer: Answer, part: Part) -> list[str]:
    """Return what an answer says in a part."""
    return [claim.text for claim in answer.claims if claim.part == part]


@pytest.mark.parametrize(
    ("said", "is_reason"),
    [
        ("Updating a model on new data leads to catastrophic forgetting.", True),
        ("Catastrophic forgetting stems from gradients that overwrite shared weights.", True),
        ("Such models suffer from catastrophic forgetting when adapting to unseen scenes.", True),
        ("Performance drops on old tasks due to catastrophic forgetting.", False),
        ("Replay lets a model learn new tasks without causing catastrophic forgetting.", False),
        ("Catastrophic forgetting leads to poor results on old tasks.", False),
    ],
)
def test_a_cause_is_no_effect(said: str, is_reason: bool) -> None:
    """A reason names what brings about what is asked, and not what that brings about in turn."""
    assert gives_reason(said, FORGETTING) is is_reason


@pytest.mark.parametrize(
    ("said", "defines"),
    [
        ("Detectors lose what they learned first, a phenomenon known as catastrophic forgetting.", True),
        ("Most methods suffer from catastrophic forgetting, where old knowledge is lost.", True),
        ("A challenge arises in catastrophic forgetting, where evaluation is hard.", False),
        ("Replay reduces catastrophic forgetting, which we measure.", False),
    ],
)
def test_a_name_is_explained_in_passing(said: str, defines: bool) -> None:
    """What follows a name as its explanation defines it; what says where something else is does not."""
    assert defines_in_passing(said, FORGETTING) is defines


@pytest.mark.parametrize(
    ("said", "apart"),
    [
        ("CNNs capture local texture whereas vision transformers capture global dependencies.", True),
        ("While CNNs are local, vision transformers see the whole image.", True),
        ("Vision transformers outperform CNNs when data are plenty.", True),
        ("Our approach outperforms the CNN and vision transformer baselines.", False),
        ("Vision transformers are popular.", False),
    ],
)
def test_a_contrast_has_two_sides(said: str, apart: bool) -> None:
    """Two things are told apart where they stand on different sides of a comparison, not both against a third."""
    assert opposes(said, [concepts("CNN"), concepts("vision transformer")]) is apart


def test_a_kind_stands_behind_the_thing() -> None:
    """A definition of a kind of the subject comes after one of the subject itself."""
    kind = "Spiking knowledge distillation is a method that moves spikes from one network into another one."
    whole = "Knowledge distillation is a technique that trains a small student on the outputs of a large teacher."

    definitions = told(answered("What is knowledge distillation?", kind, whole), "what")

    assert definitions[0] == whole


@pytest.mark.parametrize(
    "said",
    [
        "Speculative decoding lets a small draft model guess several tokens that the large model checks.",
        "Speculative decoding splits generation into drafting and checking.",
    ],
)
def test_what_a_thing_does_defines_it(said: str) -> None:
    """A plain verb that says what the subject does tells what it is."""
    assert told(answered("What is speculative decoding?", said), "what") == [said]


@pytest.mark.parametrize(
    "said",
    [
        "Existing knowledge distillation methods transfer features by aligning each layer of both networks.",
        "Knowledge distillation benchmarks are a way of comparing students by training each of them.",
        "Knowledge distillation has garnered significant attention as a promising direction of research.",
    ],
)
def test_others_and_praise_define_nothing(said: str) -> None:
    """What others do, what is studied of the subject and praise say neither what it is nor why it matters."""
    answer = answered("knowledge distillation", said)

    assert not told(answer, "what") + told(answer, "why")


def test_no_sentence_stands_twice() -> None:
    """A definition that says little more than one before it is left out."""
    first = "Knowledge distillation is an effective technique for language model compression."
    same = "Knowledge distillation is a proven technique for language model compression; but little is known of it."

    assert len(told(answered("What is knowledge distillation?", first, same), "what")) == 1


def test_a_work_is_news_by_what_it_does() -> None:
    """Of a new work its own deed is told, not what it says of others."""
    text = (
        "Knowledge distillation trains a student on a teacher. Recent methods grow ever more complex. "
        "We propose a distillation loss that needs no tuning."
    )
    shelf = Shelf([found("n", "Plain knowledge distillation", text)])

    answer = asyncio.run(explained(deps(shelf), Asked("what is new in knowledge distillation"), NOW))

    assert told(answer, "new") == ["The authors propose a distillation loss that needs no tuning."]


def chapter(name: str, title: str, text: str, similarity: float) -> Found:
    """Return a chapter of the roadmap as the search finds it."""
    one = found(f"roadmap:{name}", title, text)
    return replace(
        one, section="I", chapter=name, similarity=similarity, document=replace(one.document, kind="chapter")
    )


def test_a_place_is_where_the_subject_is_named() -> None:
    """A chapter that names the subject is its place; one that only shares a word with the question is none."""
    named = chapter("speculative-decoding", "Speculative Decoding", "A draft model proposes tokens.", 0.5)
    shares = chapter("decoders", "Decoders", "Decoding scales with time.", 0.3)

    assert standing([shares, named], [], OUTLINE, [concepts("speculative decoding")]).chapter == "speculative-decoding"
    assert standing([shares], [], OUTLINE, [concepts("test-time scaling")]).chapter == ""


def test_of_two_things_one_has_a_place() -> None:
    """A comparison stands where one of the two is at home."""
    named = chapter("speculative-decoding", "Speculative Decoding", "A draft model proposes tokens.", 0.2)
    subjects = [concepts("speculative decoding"), concepts("beam search")]

    assert standing([named], [], OUTLINE, subjects).chapter == "speculative-decoding"


def test_another_language_is_said_first() -> None:
    """Who asks in Chinese is told before the first English sentence that the sources are in another language."""
    text = answer_text(
        answered("什么是知识蒸馏？", "Knowledge distillation is a technique that trains a small student.")
    )

    assert text.index("来源不是提问所用的语言") < text.index("Knowledge distillation")


def test_what_no_source_says_is_said() -> None:
    """An answer without what was asked for says so before anything else."""
    answer = answered(
        "How does knowledge distillation work?",
        "Knowledge distillation is a technique for the compression of large networks.",
        "Knowledge distillation remains poorly understood for students of another family.",
    )

    assert answer.lacks == ("how",)
    assert "No source says plainly how it works" in answer_text(answer)


@pytest.mark.parametrize(("similarity", "state"), [(0.42, "thin"), (0.6, "answered")])
def test_a_plain_word_may_be_of_another_field(similarity: float, state: str) -> None:
    """What plain words ask is answered only where something means nearly the same; a name is one in any field."""
    text = "Inflation is a rise of scores that comes from data which leaked. Inflation remains poorly understood."
    shelf = Shelf([found("p", "On leaks", text, similarity=similarity)])

    plain = asyncio.run(explained(deps(shelf), Asked("what is inflation"), NOW))
    named = asyncio.run(explained(deps(shelf), Asked("what is Inflation"), NOW))

    assert plain.state == state
    assert named.state == "answered"


def test_little_beside_the_question_is_no_answer() -> None:
    """One sentence that tells nothing of what was asked for answers nothing."""
    answer = answered("Why does knowledge distillation matter?", "Knowledge distillation remains poorly understood.")

    assert answer.state == "thin"


def test_a_misspelled_question_is_answered_and_said() -> None:
    """What is read otherwise than it was written is shown as it was read."""
    answer = answered("what is knowlege distillation", "Knowledge distillation is a technique that trains a student.")

    assert (answer.state, answer.read_as) == ("answered", "what is knowledge distillation")
    assert "Read as" in answer_text(answer)
