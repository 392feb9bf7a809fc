"""The model that needs no key: files by learned weights or by closeness, summarizes by extraction. It never fails."""

from __future__ import annotations

import asyncio
import functools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digestbot.domain import OFF_ROADMAP, Article, Item, Outline, Point, Precedent, Section, Story, Summary, Verdict
from digestbot.languages import CHINESE, ENGLISH, MADE_FROM, TRADITIONAL, canonical
from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.extract import summarize
from digestbot.offline.filer import LABELS, FilingText
from digestbot.offline.filer import load as load_filer
from digestbot.offline.nearest import SectionText, nearest
from digestbot.offline.precedents import adjusted
from digestbot.offline.rarity import rarity
from digestbot.offline.relevance import relevance
from digestbot.offline.sentences import split
from digestbot.offline.terms import is_chinese, terms
from digestbot.offline.timed import untimed, with_sentences
from digestbot.offline.traditional import simplified, traditional
from digestbot.offline.voice import line_of, voice_of
from digestbot.ports import NO_PRECEDENTS, Introduction, Precedents, Replies
from digestbot.render.words import words_of
from digestbot.suspicion import is_suspicious, suspicion

NAME = "offline"
_MAX_CHARS = 3000
_TOP = 3
_MAX_SHARED = 3
_TELLING_NATS = 2.0
"""Rarity from which a word says what a text is about: “model” has 0.6, “quantization” 4.5."""
_SPELLED = {CHINESE: simplified, TRADITIONAL: traditional}
_WORD = re.compile(r"[^\W\d_][\w-]*")


class OfflineModel:
    """Fulfils the Model port with plain functions over numpy, off the event loop."""

    @property
    def name(self) -> str:
        """Always `offline`."""
        return NAME

    async def file(
        self, stories: Sequence[Story], outline: Outline, precedents: Precedents = NO_PRECEDENTS
    ) -> Replies[Verdict]:
        """Return a verdict for each story."""
        verdicts = await asyncio.to_thread(verdicts_of, stories, outline, precedents)
        return Replies({verdict.story: verdict for verdict in verdicts}, {})

    @property
    def filing_prompt(self) -> str:
        """Return nothing: it files without a prompt."""
        return ""

    @property
    def summary_prompt(self) -> str:
        """Always empty: it is asked by no prompt."""
        return ""

    async def summarize(
        self, tasks: Sequence[tuple[Story, Verdict, Article]], outline: Outline, lang: str
    ) -> Replies[Summary]:
        """Return a summary for each story, made of its article's own sentences."""
        summaries = await asyncio.to_thread(lambda: [summary_of(story, article, lang) for story, _, article in tasks])
        return Replies({summary.story: summary for summary in summaries}, {})

    async def introduce(self, tasks: Sequence[Introduction], lang: str) -> Replies[str]:
        """Return a line for each story, made of its summary's words; empty where those are of another language."""
        return Replies({task.story.id: introduction_of(task, lang) for task in tasks}, {})


def introduction_of(task: Introduction, lang: str) -> str:
    """Return the line that introduces a story in the voice of the examples, "" where its summary makes none."""
    summary = task.summary
    if summary.written and canonical(summary.written) != canonical(lang):
        return ""
    return line_of([summary.tldr, *(point.text for point in summary.points)], voice_of(task.examples))


def verdicts_of(stories: Sequence[Story], outline: Outline, precedents: Precedents = NO_PRECEDENTS) -> list[Verdict]:
    """Return a verdict for each story, in order; what people decided on works near it counts too."""
    texts = [filing_text(story.lead) for story in stories]
    labels, own = probabilities(texts, outline)
    table = adjusted(own, labels, [_telling(precedents.get(story.id, ()), labels, outline) for story in stories])
    sections = [labels[int(row.argmax())] for row in table]
    decided = [[one for one in precedents.get(story.id, ()) if one.origin == "reviewed"] for story in stories]
    chapters = chapters_of(texts, sections, outline, decided)
    return [
        Verdict(
            story=story.id,
            roadmap=outline.name,
            section=section,
            chapter=chapter,
            confidence=round(float(row.max()), 4),
            relevance=round(float(worth), 4),
            reason=reason_of(text, section, chapter, outline),
            model=NAME,
            top=top_of(labels, row, len(labels)),
        )
        for story, text, section, chapter, row, worth in zip(
            stories, texts, sections, chapters, table, relevance(texts), strict=True
        )
    ]


def _telling(near: Sequence[Precedent], labels: Sequence[str], outline: Outline) -> Sequence[Precedent]:
    """Return the precedents that say more than the model knows: where it has learned the sections, decisions only.

    With links of other lists as precedents the learned weights filed 0 to 1 point worse, closeness up to 2 better.
    """
    learned = labels == list(LABELS) and knows(outline)
    return [one for one in near if one.origin == "reviewed" or not learned]


def chapters_of(
    texts: Sequence[FilingText],
    sections: Sequence[str],
    outline: Outline,
    decided: Sequence[Sequence[Precedent]] = (),
) -> list[str]:
    """Return the id of the closest chapter of each text's own section; "" where it is filed nowhere.

    Where people decided on works near a text, their chapters count as their sections do.
    """
    chapters = [""] * len(texts)
    for section in outline.sections:
        places = [place for place, id in enumerate(sections) if id == section.id]
        found = [SectionText(chapter.id, chapter.title, chapter.text) for chapter in section.chapters]
        if places and found:
            table = nearest([texts[place] for place in places], found)[:, :-1]
            near = (
                [[replace(one, section=one.chapter) for one in decided[place]] for place in places] if decided else []
            )
            ids = [chapter.id for chapter in found]
            for place, row in zip(places, adjusted(table, ids, near), strict=True):
                chapters[place] = ids[int(row.argmax())]
    return chapters


def probabilities(texts: Sequence[FilingText], outline: Outline) -> tuple[list[str], NDArray[np.float32]]:
    """Return the labels of the columns (section ids and `none`) and a row of probabilities for each text.

    The default roadmap's sections have weights learned for them, whatever its reviewers changed in it since; any other
    roadmap is filed by its own words.
    """
    sections = [section for section in outline.sections if section.filing]
    labels = [section.id for section in sections] + [OFF_ROADMAP]
    if labels == list(LABELS) and knows(outline):
        return labels, load_filer().probabilities(texts)
    table = nearest(texts, [_section(section) for section in sections])
    return labels, _without_strangers(table, texts) if texts and is_of_the_field(outline) else table


@functools.lru_cache(maxsize=8)
def knows(outline: Outline) -> bool:
    """Tell whether the learned weights are for this roadmap: they file most of its sections under its numerals."""
    sections = [section for section in outline.sections if section.filing]
    texts = [FilingText(section.title, _section(section).text) for section in sections]
    places = load_filer().probabilities(texts).argmax(axis=1)
    return (
        sum(LABELS[int(place)] == section.id for place, section in zip(places, sections, strict=True))
        > len(sections) / 2
    )


@functools.lru_cache(maxsize=8)
def is_of_the_field(outline: Outline) -> bool:
    """Tell whether a roadmap is about what the default one is about: most of its sections would be filed there.

    Then what the default roadmap's weights know of works that belong nowhere holds for it too.
    """
    texts = [FilingText(section.title, _section(section).text) for section in outline.sections if section.filing]
    return bool(texts) and float(np.median(load_filer().probabilities(texts)[:, -1])) < 0.5


def _without_strangers(table: NDArray[np.float32], texts: Sequence[FilingText]) -> NDArray[np.float32]:
    """Raise the share of `none`, the last column, by what the default roadmap's weights say of each text."""
    stranger = load_filer().probabilities(texts)[:, -1:]
    return np.hstack([table[:, :-1] * (1 - stranger), 1 - (1 - table[:, -1:]) * (1 - stranger)])


def filing_text(item: Item) -> FilingText:
    """Return what the filer reads of an item."""
    return FilingText(item.title, told(item.text[:_MAX_CHARS]), item.url, item.medium, item.lang, item.categories)


def told(text: str) -> str:
    """Return a text without the sentences that speak to a model, so that none of them can choose its place."""
    if not suspicion(text).signs:
        return text
    return " ".join(sentence for sentence in split(text) if not is_suspicious(sentence))


def top_of(labels: Sequence[str], row: NDArray[np.float32], limit: int = _TOP) -> tuple[tuple[str, float], ...]:
    """Return the likeliest labels with their probabilities, best first."""
    best = np.argsort(-row, kind="stable")[:limit]
    return tuple((labels[int(i)], round(float(row[int(i)]), 4)) for i in best)


def reason_of(text: FilingText, label: str, chapter: str, outline: Outline) -> str:
    """Return in a sentence which words of the roadmap a text shares, or that it shares too few."""
    if label == OFF_ROADMAP:
        return "Its words are those of no section."
    section = next(section for section in outline.sections if section.id == label)
    found = next((c for c in section.chapters if c.id == chapter), None)
    words = f"{section.title} {section.goal} " + (
        f"{found.title} {found.text}" if found else " ".join(c.title for c in section.chapters)
    )
    shared = _shared(f"{text.title}\n{text.abstract}", words)
    told = words_of("en")
    return told.shares.format(words=", ".join(shared)) if shared else told.closest


def summary_of(story: Story, article: Article, lang: str) -> Summary:
    """Return the extractive summary of an article; a text without sentences gives the title's story no TL;DR.

    Nothing is translated: the words stay the article's, and the summary says so. Chinese is given in the characters
    that are asked for.
    """
    text = with_sentences(article.text) if article.basis == "transcript" else article.text
    shown, wanted = untimed(text), canonical(lang)
    extract = summarize(shown.text, story.lead.title)
    own = CHINESE if is_chinese(extract.tldr) else ENGLISH
    spelled = _SPELLED.get(wanted, str) if own == CHINESE else str
    return Summary(
        story=story.id,
        lang=lang or ENGLISH,
        tldr=spelled(extract.tldr),
        points=tuple(
            Point(spelled(text), kind, shown.moment(source))
            for text, kind, source in zip(extract.points, extract.kinds, extract.sources, strict=True)
        ),
        evidence=extract.evidence,
        model=NAME,
        basis=article.basis,
        written=own if extract.tldr and own != MADE_FROM.get(wanted, wanted) else "",
    )


def _section(section: Section) -> SectionText:
    lines = [section.goal, *(f"{chapter.title}\n{chapter.text}" for chapter in section.chapters)]
    return SectionText(section.id, section.title, "\n".join(lines))


def _shared(text: str, other: str) -> list[str]:
    """The rarest words of a text, title first, that are in its title or come twice, and stand in another one too."""
    wanted = set(terms(other))
    written: dict[str, str] = {}
    for word in _WORD.findall(text):
        folded = terms(word)
        if folded and folded[0] in wanted and _says_something(folded[0]):
            written.setdefault(folded[0], word)
    said = Counter(terms(text))
    title = set(terms(text.partition("\n")[0]))
    written = {term: word for term, word in written.items() if term in title or said[term] > 1}
    best = sorted(written, key=lambda term: (-_rarity(term), term))[:_MAX_SHARED]
    return [f"“{written[term]}”" for term in best]


def _says_something(term: str) -> bool:
    return term not in STOP_WORDS and (len(term) > 3 or not term.isascii()) and _rarity(term) >= _TELLING_NATS


def _rarity(term: str) -> float:
    """The table counts words in the singular."""
    return min(rarity(term), rarity(term.removesuffix("s")))
