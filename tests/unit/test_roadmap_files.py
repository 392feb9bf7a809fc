"""The shipped roadmaps and feeds.yaml are complete, consistent and sourced."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "roadmaps"
SOURCES = FOLDER / "SOURCES.md"
NAMES = ["ai-notes.zh", "dl-guide.zh", "genai", "llm-landing.zh", "llm-retreat"]

GENAI = {
    "Preliminaries": ["Math", "Programming", "How to Use This Roadmap"],
    "Section I: Foundations of Sequential Prediction": [
        "Supervised Learning",
        "Time Series",
        "Online Learning and Regret",
        "Reinforcement Learning",
        "Markov Models",
    ],
    "Section II: Neural Sequential Prediction": [
        "Prediction with Neural Networks",
        "RNNs",
        "LSTMs and GRUs",
        "Embeddings and Topic Models",
        "Encoders and Decoders",
        "Decoder-Only Transformers",
    ],
    "Section III: Foundations for Modern Language Modeling": [
        "Tokenization",
        "Positional Encoding",
        "Pretraining Recipes",
        "Distributed Training and FSDP",
        "Scaling Laws",
        "Mixture of Experts",
    ],
    "Section IV: Finetuning Methods for LLMs": [
        "Instruction Tuning",
        "LoRA",
        "Reward Models and RLHF",
        "Direct Preference Optimization",
        "Context Scaling",
        "Distillation and Merging",
    ],
    "Section V: LLM Evaluations and Applications": [
        "Benchmarking",
        "Sampling and Structured Outputs",
        "Prompting",
        "Vector Databases and Reranking",
        "RAG",
        "Tool Use and Agents",
        "Synthetic Data",
        "Representation Engineering",
        "Mechanistic Interpretability",
        "Linear Representations",
    ],
    "Section VI: Performance Optimizations for Efficient Inference": [
        "Quantization",
        "Speculative Decoding",
        "FlashAttention",
        "KV Caching and Paged Attention",
        "CPU Offloading",
    ],
    "Section VII: Sub-Quadratic Context Scaling": [
        "Sliding Window",
        "Ring Attention",
        "Linear Attention and RWKV",
        "State Space Models",
        "HyperAttention",
    ],
    "Section VIII: Generative Modeling Beyond Sequences": [
        "Distribution Modeling",
        "VAEs",
        "GANs",
        "Conditional GANs",
        "Normalizing Flows",
        "Diffusion",
    ],
    "Section IX: Multimodal Models": ["Tokenization Beyond Text", "VQ-VAE", "Vision Transformers"],
}
SHAPES = {"llm-retreat": (5, 29), "ai-notes.zh": (6, 38), "llm-landing.zh": (19, 59), "dl-guide.zh": (6, 26)}
"""Sections and chapters of the other roadmaps, as the documents they follow name them."""

FEED_IDS = {
    *("arxiv", "hugging-face-blog", "chip-huyen", "lilian-weng", "tim-dettmers", "towards-data-science"),
    *("andrej-karpathy-blog", "ahead-of-ai", "jay-alammar", "fast-ai", "kexue-fm", "just-little-star"),
    *("andrej-karpathy-videos", "3blue1brown", "mutual-information", "statquest", "stanford-cs224n", "hung-yi-lee"),
}
REPOSITORIES = [
    "mlabonne/llm-course",
    "microsoft/generative-ai-for-beginners",
    "d2l-ai/d2l-en",
    "datawhalechina/llm-universe",
    "hesamsheikh/ml-retreat",
    "RUCAIBox/LLMSurvey",
    "DayDreamChaser/LLMLanding",
]

RESOURCE = re.compile(r"^- \[[^\]]+\]\((https?://\S+)\) \((paper|post|video|course|book|code)\): \S", re.MULTILINE)
LINK = re.compile(r"\]\((https?://[^)\s]+)\)")
GOAL = re.compile(r"\A\n\*\*(?:Goal|目标|目標).\*\* \S")


def read(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def parts(text: str, mark: str) -> dict[str, str]:
    """Return what stands under each heading of one level, by its title and in order."""
    pieces = re.split(rf"^{mark} (.+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def chapters(text: str) -> dict[tuple[str, str], str]:
    """Return the text of each chapter by the titles of its section and itself."""
    return {
        (section, chapter): body
        for section, content in parts(text, "##").items()
        for chapter, body in parts(content, "###").items()
    }


def load_feeds() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((ROOT / "feeds.yaml").read_text(encoding="utf-8"))["feeds"]
    return rows


def test_the_roadmaps_are_those_the_tests_know() -> None:
    """No roadmap ships unchecked."""
    shipped = sorted(path.stem for path in FOLDER.glob("*.md") if path != SOURCES)

    assert shipped == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_roadmap_opens_with_its_only_title(name: str) -> None:
    """A roadmap has one top heading, on its first line."""
    text = read(name)

    assert re.match(r"# \S", text)
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_section_begins_with_its_goal(name: str) -> None:
    """The first line under a section's heading states its goal."""
    without = [title for title, body in parts(read(name), "##").items() if not GOAL.match(body)]

    assert without == []


@pytest.mark.parametrize("name", NAMES)
def test_every_chapter_has_prose(name: str) -> None:
    """A chapter says what it is about before it lists anything."""
    bare = [title for title, body in chapters(read(name)).items() if not re.match(r"\n(?!- )\S", body)]

    assert bare == []


@pytest.mark.parametrize("name", NAMES)
def test_every_list_item_is_a_resource(name: str) -> None:
    """Each list item has a link, a kind and a line on its merit."""
    text = read(name)

    items = re.findall(r"^- ", text, re.MULTILINE)

    assert len(RESOURCE.findall(text)) == len(items) == len(LINK.findall(text))


@pytest.mark.parametrize("name", NAMES)
def test_no_chapter_lists_a_link_twice(name: str) -> None:
    """A link stands at most once in a chapter."""
    twice = {
        title: body
        for title, body in chapters(read(name)).items()
        if max(Counter(LINK.findall(body)).values(), default=0) > 1
    }

    assert twice == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_is_listed_with_its_source(name: str) -> None:
    """SOURCES.md says for each link of a roadmap, under that roadmap's title, where it was seen."""
    text = read(name)
    title = text.splitlines()[0].removeprefix("# ")

    listed = re.findall(r"^- <(\S+)>: \S", parts(SOURCES.read_text(encoding="utf-8"), "##")[title], re.MULTILINE)

    assert listed == list(dict.fromkeys(LINK.findall(text)))


def test_the_default_roadmap_has_its_sections_and_chapters_in_order() -> None:
    """genai.md has the preliminaries and the nine sections with exactly the chapters agreed on."""
    text = read("genai")

    found = {section: list(parts(body, "###")) for section, body in parts(text, "##").items()}

    assert list(found.items()) == list(GENAI.items())


@pytest.mark.parametrize("name", SHAPES)
def test_the_other_roadmaps_keep_their_structure(name: str) -> None:
    """A roadmap has as many sections and chapters as the document it follows names."""
    text = read(name)

    assert (len(parts(text, "##")), len(chapters(text))) == SHAPES[name]


def test_the_landing_plan_has_sixteen_numbered_chapters() -> None:
    """llm-landing.zh.md numbers its chapters from one to sixteen."""
    numbers = re.findall(r"^## 第(\d+)章 \S", read("llm-landing.zh"), re.MULTILINE)

    assert numbers == [str(number) for number in range(1, 17)]


def test_the_guide_has_twenty_six_numbered_steps() -> None:
    """dl-guide.zh.md numbers its steps from one to twenty-six."""
    numbers = re.findall(r"^### (\d+)\. \S", read("dl-guide.zh"), re.MULTILINE)

    assert numbers == [str(number) for number in range(1, 27)]


@pytest.mark.parametrize("chapter", list(chapters(read("genai"))), ids=" / ".join)
def test_a_chapter_of_the_default_roadmap_has_two_to_six_resources(chapter: tuple[str, str]) -> None:
    """A chapter of genai.md gives a choice, not a catalogue."""
    body = chapters(read("genai"))[chapter]

    assert 2 <= len(RESOURCE.findall(body)) <= 6


@pytest.mark.parametrize("section", GENAI)
def test_a_section_of_the_default_roadmap_mixes_kinds(section: str) -> None:
    """A section of genai.md has resources of at least two kinds."""
    kinds = {kind for _, kind in RESOURCE.findall(parts(read("genai"), "##")[section])}

    assert len(kinds) >= 2


def test_feed_ids_are_unique_and_well_formed() -> None:
    """No two feeds share an id, and each is in kebab-case."""
    ids = [row["id"] for row in load_feeds()]

    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_every_feed_row_is_complete() -> None:
    """A feed names a known kind, where to ask, shipped roadmaps, a period and a language."""
    for row in load_feeds():
        where = {"arxiv": {"categories"}, "feed": {"url"}, "youtube": {"url"}}[row["kind"]]
        assert set(row) == {"id", "kind", "roadmaps", "every", "lang"} | where, row
        assert row["roadmaps"], row
        assert set(row["roadmaps"]) <= set(NAMES), row
        assert re.fullmatch(r"[1-9]\d*[hd]", row["every"]), row
        assert row["lang"] in {"en", "zh"}, row
        assert row.get("url", "https://").startswith("https://"), row


@pytest.mark.slow
def test_no_address_is_read_twice() -> None:
    """Two feeds never share an address."""
    urls = [row["url"] for row in load_feeds() if "url" in row]

    assert len(set(urls)) == len(urls)


def test_feeds_hold_the_named_sources() -> None:
    """The blogs, channels and repositories that the roadmaps' authors trust are all read."""
    rows = {row["id"]: row for row in load_feeds()}
    commits = {f"https://github.com/{name}/commits.atom" for name in REPOSITORIES}

    assert set(rows) >= FEED_IDS
    assert {row.get("url") for row in rows.values()} >= commits
    assert rows["arxiv"]["categories"] == ["cs.CL", "cs.LG", "cs.AI", "cs.CV", "stat.ML"]


def test_every_roadmap_is_fed() -> None:
    """Each shipped roadmap has at least one feed."""
    fed = {name for row in load_feeds() for name in row["roadmaps"]}

    assert fed == set(NAMES)
