"""What a digest says, the same in every format and in its own language; nothing here is escaped for one format.

All strings returned are plain (see `escape.plain`), so that a renderer only adds what its format needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from digestbot.domain import Digest, DigestSection, Entry, Growth, Reason, Topic, Trends
from digestbot.languages import canonical
from digestbot.render.escape import plain
from digestbot.render.words import Words, counted, words_of

MAX_TITLE_CHARS = 300
MAX_TEXT_CHARS = 1200
MAX_LISTED = 20
"""Of feeds that failed and of proposals, so that a bad day cannot crowd out the stories."""

_BODIES = {"team", "collaboration", "consortium", "group", "lab", "labs", "project", "initiative", "research", "ai"}


def of(digest: Digest) -> Words:
    """Return the words of a digest's language."""
    return words_of(digest.lang)


def heading(digest: Digest) -> str:
    """Return the roadmap's title, cut to a line's length."""
    return plain(digest.roadmap_title, 120) or of(digest).digest


def subject(digest: Digest) -> str:
    """Return one line that says whose digest it is, how much is in it, and of what day."""
    if digest.subject:
        return plain(digest.subject, 200)
    return of(digest).subject.format(heading=heading(digest), count=story_count(digest), day=digest_day(digest))


def story_count(digest: Digest) -> str:
    """Return `12 stories`, `1 story` or `nothing new`; of a word to the operators, that it is one."""
    if digest.subject:
        return "for operators"
    count = sum(len(section.entries) + len(section.brief) for section in digest.sections)
    return counted(count, of(digest).stories) if count else of(digest).nothing_new


def digest_day(digest: Digest) -> str:
    """Return the day of a digest in its reader's zone."""
    return day(digest.created_at, of(digest), digest.zone)


def day(at: datetime, words: Words, zone: str = "UTC") -> str:
    """Return the day of an instant, as in `12 April 2026`; in UTC where no zone is given."""
    at = at.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
    return words.date.format(day=at.day, month=words.months[at.month - 1], year=at.year)


def is_empty(digest: Digest) -> bool:
    """Return whether there is neither a story nor a proposal to show."""
    return not digest.proposals and not shown(digest)


def lead(digest: Digest) -> str:
    """Return the opening paragraph; an empty digest without one says that it is empty. May be empty otherwise."""
    empty = "" if digest.subject or not is_empty(digest) else of(digest).empty
    return plain(digest.lead, 2 * MAX_TEXT_CHARS) or empty


def shown(digest: Digest) -> tuple[DigestSection, ...]:
    """Return the sections that have a story, in order."""
    return tuple(section for section in digest.sections if section.entries or section.brief)


def section_title(section: DigestSection, words: Words) -> str:
    """Return the section's title, its id where it has none; never empty."""
    return plain(section.title, 150) or plain(section.id, 150) or words.no_title


def title(text: str, words: Words) -> str:
    """Return a story's title, cut to a readable length, never empty."""
    return plain(text, MAX_TITLE_CHARS) or words.no_title


def change(entry: Entry, words: Words) -> str:
    """Return the line that says why a story is told again or was taken back, and when it was first told; else empty."""
    if not entry.label:
        return ""
    label, told = words.labels[entry.label] + words.colon, plain(entry.change, 500)
    first = words.first_told.format(day=day(entry.first_told_at, words)) if entry.first_told_at else ""
    return " ".join(part for part in (f"{label}{told}".strip(), first) if part)


def meta(entry: Entry, words: Words) -> str:
    """Return medium, level, authors and date in one line, as in `paper · A. Vaswani et al. · 12 June 2017`."""
    date = day(entry.published_at, words) if entry.published_at else ""
    level = words.levels.get(entry.level, "")
    return " · ".join(part for part in (medium(entry.medium, words), level, authors(entry, words), date) if part)


def medium(name: str, words: Words) -> str:
    """Return what a medium is called."""
    return words.media.get(name) or plain(name, 30)


def authors(entry: Entry, words: Words) -> str:
    """Return the authors in short; only those of papers are abbreviated, since a post's may be an organisation."""
    names = [name for name in (plain(author, 60) for author in entry.authors[:3]) if name]
    if entry.medium == "paper":
        names = [_initialled(name) for name in names]
    if len(names) > 2:
        return words.et_al.format(name=names[0])
    return words.and_two.format(one=names[0], two=names[1]) if len(names) == 2 else "".join(names)


def basis_note(entry: Entry, words: Words) -> str:
    """Return what a summary rests on and its language, in brackets; empty for the full text in the digest's."""
    basis = plain(entry.basis, 60)
    note = ""
    if basis not in ("", "full text"):
        note = words.bases.get(basis) or words.other_basis.format(basis=basis)
    # Chinese brackets bring their own room.
    return f"{note}{'' if note.endswith('）') else ' '}{written_note(entry, words)}".strip()


def tldr(entry: Entry) -> str:
    """Return the summary's first paragraph, which may be empty."""
    return plain(entry.tldr, MAX_TEXT_CHARS)


def before(entry: Entry, words: Words) -> str:
    """Return what the roadmap says to know first, in one line; may be empty."""
    return words.semicolon.join(text for text in (plain(one, 200) for one in entry.before[:2]) if text)


def written_note(entry: Entry, words: Words) -> str:
    """Return in which language a summary is that could not be had in the digest's, in brackets; else empty."""
    code = plain(entry.written, 20)
    return words.written.format(lang=words.languages.get(canonical(code), code)) if code else ""


def why(entry: Entry) -> str:
    """Return why the story is in this digest: where it fits the roadmap, and which wish it met; may be empty."""
    return " ".join(part for part in (plain(entry.why, 400), plain(entry.because, 300)) if part)


def filed_for(reason: str, words: Words) -> str:
    """Return why a story was filed, in a digest's language where the offline model said it; else as it was said."""
    told = words_of("en")
    if reason == told.closest:
        return words.closest
    shared = re.fullmatch(re.escape(told.shares).replace(r"\{words\}", "(“.+”)"), reason)
    return words.shares.format(words=shared[1].replace("”, “", f"”{words.list_comma}“")) if shared else reason


def because(reasons: Sequence[Reason], words: Words, chapters: Mapping[str, str]) -> str:
    """Return which of a reader's wishes a story met, as a sentence; empty for one who names nothing in particular."""
    said = []
    for reason in (one for one in reasons if one.kind != "relevance"):
        what = plain(reason.what, 120)
        if reason.kind == "chapter":
            what = words.quoted.format(plain(chapters.get(reason.what, what), 120))
        elif reason.kind == "keyword":
            what = words.list_comma.join(words.quoted.format(one.strip('"“”')) for one in what.split(", "))
        elif reason.kind == "medium":
            what = medium(what, words)
        elif reason.kind == "level":
            what = words.levels.get(what, what)
        said.append(words.reasons[reason.kind].format(what=what))
    return words.asked_for.format(what=words.list_comma.join(said)) if said else ""


def points(entry: Entry) -> tuple[str, ...]:
    """Return the entry's points that are not blank, each cut to a paragraph."""
    return tuple(text for text in (plain(point, 500) for point in entry.points[:8]) if text)


def others(entry: Entry, words: Words) -> tuple[tuple[str, str, str], ...]:
    """Return the story's other media as (medium, title, raw url)."""
    return tuple((medium(name, words) or "link", title(text, words), url) for name, text, url in entry.others[:6])


def cut(count: int, words: Words) -> str:
    """Return the line for stories that one format has no room for; empty when it shows them all."""
    return counted(count, words.cut) if count else ""


def left_out(digest: Digest) -> str:
    """Return the line for stories that fit the subscription and lie beyond its length; empty when all are told."""
    return counted(digest.left_out, of(digest).left_out) if digest.left_out else ""


def trends(digest: Digest) -> tuple[str, ...]:
    """Return what changed in a week, a sentence each; empty for a digest that is no weekly one."""
    return () if digest.trends is None else trend_lines(digest.trends, of(digest))


def trend_lines(found: Trends, words: Words) -> tuple[str, ...]:
    """Return what changed in a week, a sentence each; never empty."""
    if found.weeks_before < 2:
        return (words.too_early.format(weeks=found.weeks_before),)
    growing = [_growth(growth, found, words) for growth in found.growing]
    quiet = words.no_growth.format(weeks=found.weeks_before)
    return (*(growing or [quiet]), *(_topic(topic, words) for topic in found.topics))


def _growth(growth: Growth, found: Trends, words: Words) -> str:
    return words.growth.format(
        title=plain(growth.title, 150),
        n=growth.count,
        before=f"{growth.weekly_before:.1f}".removesuffix(".0"),
        weeks=found.weeks_before,
        odds=f"{max(1, round(1 / max(growth.p, 1e-6))):,}",
    )


def _topic(topic: Topic, words: Words) -> str:
    examples = words.list_comma.join(words.quoted.format(title(text, words)) for text in topic.examples)
    return counted(topic.count, words.topic, words=plain(topic.words, 80), examples=examples)


def proposals(digest: Digest, review: str = "") -> tuple[tuple[str, str], ...]:
    """Return (what is proposed, where it is shown), at most `MAX_LISTED` of them.

    That is its page below `review`, or a command where there are no pages.
    """
    listed = digest.proposals[:MAX_LISTED]
    return tuple(
        (plain(text, 400) or of(digest).a_change, f"{review}/{_shown(name)}" if review else review_command(name))
        for name, text in listed
    )


def more_proposals(digest: Digest, review: str = "") -> str:
    """Return the line for proposals beyond those listed, with where all are; empty when there are no more."""
    rest, where = len(digest.proposals) - MAX_LISTED, review or "digestbot review list"
    return of(digest).more_proposals.format(n=f"{rest:,}", where=where) if rest > 0 else ""


def review_command(name: str) -> str:
    """Return the command that shows a proposal, safe to paste into a shell."""
    return "digestbot review show " + _shown(name)


def _shown(name: str) -> str:
    """Return a proposal's id without what could end a word or an address."""
    return re.sub(r"[^A-Za-z0-9._:-]", "", name)


def _initialled(name: str) -> str:
    """Return `A. Vaswani` for `Ashish Vaswani` or `Vaswani, Ashish`; names that do not split this way stay whole."""
    if "," in name:
        family, _, given = name.partition(",")
        name = f"{given.strip()} {family.strip()}".strip()
    words = name.split()
    if len(words) < 2 or not name.isprintable() or words[-1].lower() in _BODIES or not words[0][0].isupper():
        return name
    # A family name may begin with particles in lower case: Laurens van der Maaten.
    start = next((i for i, word in enumerate(words[1:], 1) if word[0].islower()), len(words) - 1)
    return f"{words[0][0]}. {' '.join(words[start:])}"
