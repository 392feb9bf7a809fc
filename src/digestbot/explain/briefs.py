"""What a chat model is shown of a question and its sources; everything from outside is defanged and enclosed."""

from __future__ import annotations

from collections.abc import Sequence

from digestbot.chat.untrusted import defang, enclosed, one_line
from digestbot.domain.answers import Standing
from digestbot.explain.sources import Sources
from digestbot.explain.understanding import Understood
from digestbot.search import Found

MAX_SOURCE_CHARS = 900
_MAX_TITLE_CHARS = 200


def answer_brief(understood: Understood, sources: Sources, place: Standing) -> str:
    """Return the message that puts a question with its first sources."""
    where = f"\nIts place in the roadmap: {place.section_title} › {place.chapter_title}" if place.chapter_title else ""
    shown = enclosed("\n\n".join(source_block(key, one) for key, one in sources.by_key.items()))
    return f"{shown}\n\nThe question, between two marked lines:\n{enclosed(defang(understood.question, 300))}{where}"


def source_block(key: str, one: Found) -> str:
    """Return a source: its key, date, kind and title on one line, its words on the next."""
    document = one.document
    about = " ".join(
        filter(None, (key, document.date, document.kind, f"at {one.passage.at}" if one.passage.at else ""))
    )
    title = one_line(defang(document.title, _MAX_TITLE_CHARS))
    return f"{about} {title}\n{one_line(defang(one.passage.text, MAX_SOURCE_CHARS))}"


def listed(keyed: Sequence[tuple[str, Found]]) -> str:
    """Return sources as a tool shows them."""
    return "\n\n".join(source_block(key, one) for key, one in keyed)
