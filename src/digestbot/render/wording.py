"""The words that a digest is made of, the same in every format; nothing here is escaped for one of them.

All strings returned are plain (see `escape.plain`), so that a renderer only adds what its format needs.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from digestbot.domain import Digest, DigestSection, Entry, Foot
from digestbot.languages import english_name
from digestbot.render.escape import plain

MAX_TITLE_CHARS = 300
MAX_TEXT_CHARS = 1200
MAX_LISTED = 20
"""Of feeds that failed and of proposals, so that a bad day cannot crowd out the stories."""

EMPTY = "Nothing new was filed into these sections."
PROPOSALS = "Proposals waiting for review"
BRIEF = "In brief"
HOW = "How this digest was made"

# Spelled here because strftime's month names follow the machine's locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_OUTCOMES = {
    "filed": "filed",
    "joined": "joined to a known story",
    "off_roadmap": "off the roadmap",
    "duplicate": "duplicates",
    "filtered": "filtered out",
    "known": "known already",
    "baseline": "older than the first run",
    "failed": "failed",
}
_BASES = {
    "abstract": "(from the abstract only)",
    "description": "(from the description only)",
    "feed text": "(from the feed's text only)",
    "transcript": "(from the transcript)",
}
_BODIES = {"team", "collaboration", "consortium", "group", "lab", "labs", "project", "initiative", "research", "ai"}


def heading(digest: Digest) -> str:
    """Return the roadmap's title, cut to a line's length."""
    return plain(digest.roadmap_title, 120) or "Digest"


def subject(digest: Digest) -> str:
    """Return one line that says whose digest it is, how much is in it, and of what day."""
    return f"{heading(digest)}: {story_count(digest)}, {day(digest.created_at)}"


def story_count(digest: Digest) -> str:
    """Return `12 stories`, `1 story` or `nothing new`."""
    count = sum(len(section.entries) + len(section.brief) for section in digest.sections)
    return counted(count, "story", "stories") if count else "nothing new"


def counted(number: int, one: str, many: str) -> str:
    """Return the number with its noun, thousands separated."""
    return f"{number:,} {one if number == 1 else many}"


def day(at: datetime) -> str:
    """Return the UTC day, as in `12 April 2026`."""
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def is_empty(digest: Digest) -> bool:
    """Return whether there is neither a story nor a proposal to show."""
    return not digest.proposals and not shown(digest)


def lead(digest: Digest) -> str:
    """Return the opening paragraph; an empty digest without one says that it is empty. May be empty otherwise."""
    return plain(digest.lead, 2 * MAX_TEXT_CHARS) or (EMPTY if is_empty(digest) else "")


def shown(digest: Digest) -> tuple[DigestSection, ...]:
    """Return the sections that have a story, in order."""
    return tuple(section for section in digest.sections if section.entries or section.brief)


def section_title(section: DigestSection) -> str:
    """Return the section's title, its id where it has none; never empty."""
    return plain(section.title, 150) or plain(section.id, 150) or "(no title)"


def title(text: str) -> str:
    """Return a story's title, cut to a readable length, never empty."""
    return plain(text, MAX_TITLE_CHARS) or "(no title)"


def change(entry: Entry) -> str:
    """Return the line that says why a story is told again or was taken back, and when it was first told; else empty."""
    if not entry.label:
        return ""
    told = plain(entry.change, 500)
    first = f"(First told on {day(entry.first_told_at)}.)" if entry.first_told_at else ""
    return " ".join(part for part in (f"{entry.label}:", told, first) if part)


def meta(entry: Entry) -> str:
    """Return medium, authors and date in one line, as in `paper · A. Vaswani et al. · 12 June 2017`."""
    date = day(entry.published_at) if entry.published_at else ""
    return " · ".join(part for part in (plain(entry.medium, 30), authors(entry), date) if part)


def authors(entry: Entry) -> str:
    """Return the authors in short; only those of papers are abbreviated, since a post's may be an organisation."""
    names = [name for name in (plain(author, 60) for author in entry.authors[:3]) if name]
    if entry.medium == "paper":
        names = [_initialled(name) for name in names]
    if len(names) > 2:
        return f"{names[0]} et al."
    return " and ".join(names)


def basis_note(entry: Entry) -> str:
    """Return what a summary rests on and its language, in brackets; empty for the full text in the digest's."""
    basis = plain(entry.basis, 60)
    note = "" if basis in ("", "full text") else _BASES.get(basis, f"(from the {basis} only)")
    return f"{note} {written_note(entry)}".strip()


def tldr(entry: Entry) -> str:
    """Return the summary's first paragraph, which may be empty."""
    return plain(entry.tldr, MAX_TEXT_CHARS)


def before(entry: Entry) -> str:
    """Return what the roadmap says to know first, in one line; may be empty."""
    return "; ".join(text for text in (plain(one, 200) for one in entry.before[:2]) if text)


def written_note(entry: Entry) -> str:
    """Return in which language a summary is that could not be had in the digest's, in brackets; else empty."""
    return f"(in {english_name(plain(entry.written, 20))})" if entry.written else ""


def why(entry: Entry) -> str:
    """Return why the story is in this digest, which may be empty."""
    return plain(entry.why, 400)


def points(entry: Entry) -> tuple[str, ...]:
    """Return the entry's points that are not blank, each cut to a paragraph."""
    return tuple(text for text in (plain(point, 500) for point in entry.points[:8]) if text)


def others(entry: Entry) -> tuple[tuple[str, str, str], ...]:
    """Return the story's other media as (medium, title, raw url)."""
    return tuple((plain(medium, 30) or "link", title(name), url) for medium, name, url in entry.others[:6])


def cut(count: int) -> str:
    """Return the line for stories that one format has no room for; empty when it shows them all."""
    if not count:
        return ""
    stories = counted(count, "more story", "more stories")
    return f"{stories} of this digest did not fit here. Its Markdown file, or a mail's plain text, holds them all."


def proposals(digest: Digest) -> tuple[tuple[str, str], ...]:
    """Return (what is proposed, the command that shows it), at most `MAX_LISTED` of them."""
    listed = digest.proposals[:MAX_LISTED]
    return tuple((plain(text, 400) or "a change to the roadmap", review_command(name)) for name, text in listed)


def more_proposals(digest: Digest) -> str:
    """Return the line for proposals beyond those listed; empty when all are."""
    rest = len(digest.proposals) - MAX_LISTED
    return f"and {rest:,} more: digestbot review list" if rest > 0 else ""


def review_command(name: str) -> str:
    """Return the command that shows a proposal, safe to paste into a shell."""
    return "digestbot review show " + re.sub(r"[^A-Za-z0-9._:-]", "", name)


def foot_lines(foot: Foot) -> tuple[str, ...]:
    """Return what was done to make a digest, a sentence each: items, failed feeds, writer, cost and what was cut."""
    return tuple(
        line
        for line in (_items(foot), _feeds(foot), _writer(foot), _dropped(foot), _spent(foot), _degraded(foot))
        if line
    )


def _items(foot: Foot) -> str:
    total = sum(foot.outcomes.values())
    if not total:
        return "No new items were read."
    names = [*_OUTCOMES, *(name for name in foot.outcomes if name not in _OUTCOMES)]
    parts = [
        f"{foot.outcomes[name]:,} {_OUTCOMES.get(name) or plain(name, 40)}" for name in names if foot.outcomes.get(name)
    ]
    return f"Read {counted(total, 'item', 'items')}: {', '.join(parts)}."


def _feeds(foot: Foot) -> str:
    if not foot.failed_feeds:
        return ""
    named = [f"{plain(name, 60)} ({plain(reason, 120)})" for name, reason in foot.failed_feeds[:MAX_LISTED]]
    rest = len(foot.failed_feeds) - len(named)
    listed = ", ".join([*named, f"and {rest:,} more"] if rest else named)
    return f"{counted(len(foot.failed_feeds), 'feed', 'feeds')} could not be read: {listed}."


def _writer(foot: Foot) -> str:
    names = ["the offline model" if name == "offline" else plain(name, 80) for name in foot.models[:6]]
    return f"Filed and summarized by {' and '.join(names)}." if names else ""


def _dropped(foot: Foot) -> str:
    if not foot.dropped:
        return ""
    were = "was" if foot.dropped == 1 else "were"
    return f"{counted(foot.dropped, 'sentence', 'sentences')} of its summaries {were} left out: no source shows them."


def _spent(foot: Foot) -> str:
    if not foot.tokens and foot.cost_usd == 0:
        return "No tokens were spent."
    return f"{counted(foot.tokens, 'token', 'tokens')}, {_cost(foot.cost_usd)}."


def _cost(cost_usd: float | None) -> str:
    if cost_usd is None:
        return "cost unknown"
    if 0 < cost_usd < 0.0001:
        return "less than $0.0001"
    return f"${cost_usd:,.2f}" if cost_usd >= 0.1 or not cost_usd else f"${cost_usd:.4f}"


def _degraded(foot: Foot) -> str:
    note = plain(foot.degraded, 400)
    return f"Made with less than usual: {note.rstrip('.')}." if note else ""


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
