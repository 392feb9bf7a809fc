"""Rules of checking a written text against its sources."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digestbot.grounding import Finding, check, gate, supported

SOURCE = (
    "We introduce PostNet, which outperforms RoadMap-2 on the Town Letters benchmark by 2.3%. PostNet has 7B "
    "parameters and "
    "was tested on three towns with 10,000 letters each, for 5 hours. Large language models such as GPT-4 reach "
    "61.5\\% there. "
    'The authors call sorting "a matter of patience and light". Code: https://github.com/post/net.'
)
LINK = "https://example.org/abs/2401.01234"


@pytest.mark.parametrize(
    "text",
    [
        "PostNet beats RoadMap-2 by 2.3 %.",
        "Researchers describe PostNet's design with 7 billion parameters.",
        "The system was tried on 3 towns and 10000 letters.",
        "LLMs such as GPT 4 get 61.5 percent.",
        "Sorting is “a matter of patience and light”, they say.",
        "The code is at https://github.com/post/net/.",
        "Read it at https://example.org/abs/2401.01234.",
        "Read [the paper](https://example.org/abs/2401.01234).",
        "Extensive tests suggest that careful sorting pays off.",
        "- Setup: three towns, 5 hours.",
        "1. The towns are small. 2. The letters are many.",
        "PostNet-based sorters outperform RoadMap2.",
        "该模型PostNet优于RoadMap-2，参数量为70亿，每个城镇一万封信（10,000）。",
        "",
    ],
)
def test_what_the_source_says_passes(text: str) -> None:
    """Paraphrase, other spellings of numbers and names, and given links are supported."""
    findings = check(text, [SOURCE], [LINK])

    assert findings == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It reaches 64 %.", "number"),
        ("It improves by 2.3x.", "number"),
        ("It has 8B parameters.", "number"),
        ("It took 5 days.", "number"),
        ("It was tested on four towns.", "number"),
        ("准确率达到88.8%。", "number"),
        ("It was built with Zorblax.", "name"),
        ("It is close to RoadMap-3.", "name"),
        ("It is close to GPT-5.", "name"),
        ("Halvard led the work.", "name"),
        ("Google paid for it.", "name"),
        ("作者来自OpenAI。", "name"),
        ("See https://github.com/post/net2.", "link"),
        ("See evil.example/x for more.", "link"),
        ("See [this](javascript:alert).", "link"),
        ("See [this][1].", "link"),
        ("Join discord.gg/abcdef.", "link"),
        ("They call it “the end of paper”.", "quote"),
        ("It is better than every human expert.", "comparison"),
        ("RoadMap-2 outperforms PostNet.", "comparison"),
        ("It is the new state of the art in translation quality.", "comparison"),
        ("RoadMap-2优于GPT-4。", "comparison"),
        ("Ask @everyone.", "mention"),
        ("Ask <@123456>.", "mention"),
        ("Write to a.b@mail.example.", "mention"),
    ],
)
def test_what_the_source_does_not_say_is_found(text: str, kind: str) -> None:
    """Each sort of invention is a finding of its kind, with the sentence it stands in."""
    findings = check(text, [SOURCE], [LINK])

    assert kind in {finding.kind for finding in findings}
    assert {finding.sentence for finding in findings} <= {text}


def test_an_appended_invention_is_dropped_and_the_rest_stays() -> None:
    """A made-up rival, percentage, benchmark and link go with their sentence; the good sentence is untouched."""
    good = "PostNet outperforms RoadMap-2 on Town Letters."

    made = gate(f"{good} It leads Vega-7 by 81.2 % on the Kestrel suite, see https://made-up.example/p.", [SOURCE])

    assert made.text == good
    assert {finding.kind for finding in made.dropped} >= {"number", "name", "link"}


def test_lines_and_bullets_survive_the_gate() -> None:
    """Dropping an entry of a list leaves the others on lines of their own."""
    made = gate("- It has 7B parameters.\n- It has 9B parameters.\n- It took 5 hours. Zorblax helped.", [SOURCE])

    assert made.text == "- It has 7B parameters.\n- It took 5 hours."


def test_a_hidden_character_hides_nothing() -> None:
    """Invisible characters and wide forms do not carry a name or number past the check."""
    findings = check("It needs Zor\u200bblaxNet and \uff18\uff18\uff05.", [SOURCE])

    assert {(finding.kind, finding.span) for finding in findings} == {("name", "ZorblaxNet"), ("number", "88%")}


def test_a_mention_that_rings_everybody_is_never_supported() -> None:
    """Not even a source that says it makes it fit to be sent."""
    findings = check("Hello @everyone!", ["Hello @everyone!"])

    assert findings == [Finding("mention", "@everyone", "Hello @everyone!")]


def test_a_link_needs_its_whole_address() -> None:
    """Neither a longer path nor another host of a known link is supported."""
    assert supported("See http://www.github.com/post/net", [SOURCE])
    assert not supported("See https://github.com/post/net/issues", [SOURCE])
    assert not supported("See https://github.com.evil.example/post/net", [SOURCE])


def test_no_source_supports_no_name() -> None:
    """Without sources only plain words pass."""
    assert supported("A quiet text about nothing.", [])
    assert not supported("A text about Zorblax.", [])


@given(st.text(max_size=300))
def test_the_gate_keeps_only_what_passes(text: str) -> None:
    """What the gate returns is supported, whatever was written."""
    made = gate(text, [SOURCE])

    assert all(sentence not in made.text.splitlines() for sentence in {f.sentence for f in made.dropped})


@pytest.mark.parametrize(
    "unit", ["a", "A ", "1", "1.", "[", "[a](", "@", '"', "a-", "http://", "better than ", "-", "1) "]
)
def test_hostile_text_is_checked_in_one_pass(unit: str) -> None:
    """Endless repetition is checked, not refused."""
    findings = check(unit * 4_000, [unit * 4_000])

    assert isinstance(findings, list)
