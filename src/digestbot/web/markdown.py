"""Stories and proposals as Markdown, to be pasted elsewhere; pure. What is from outside is shown as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from digestbot.domain import OFF_ROADMAP, Dossier, Summary
from digestbot.render.escape import plain, safe_url
from digestbot.render.markdown import escaped
from digestbot.web.phrases.reading import Reading
from digestbot.web.phrases.reviewing import Reviewing
from digestbot.web.proposals import Sheet

_MAX_CHARS = 2_000


def story_markdown(found: Dossier, summary: Summary | None, words: Reading, page: str) -> str:
    """Return a story with its summary, the sentences that it rests on and where it was published."""
    lead = found.story.lead
    parts = [f"# {_said(lead.title)}", f"<{page}>"]
    if summary:
        parts += [_said(summary.tldr), _listed(point.text for point in summary.points)]
        if summary.evidence:
            parts += [f"## {escaped(words.evidence)}", *(f"> {_said(one)}" for one in summary.evidence)]
    filed = [one for one, _ in found.verdicts if one.section != OFF_ROADMAP]
    if filed:
        places = (" › ".join(filter(None, (one.section, one.chapter))) for one in filed)
        parts += [f"## {escaped(words.filed)}", _listed(places)]
    parts += [f"## {escaped(words.media)}", *_media(found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def proposal_markdown(sheet: Sheet, words: Reviewing, page: str) -> str:
    """Return a proposal with its reason, its change and what it rests on."""
    brief = sheet.brief
    facts = [brief.kind, *brief.places, brief.state]
    parts = [f"# {_said(brief.title)}", _said(" · ".join(facts)), f"<{page}>"]
    parts += [f"<{one}>" for one in (brief.url, brief.old_url) if one]
    parts += [_said(sheet.reason), f"## {escaped(words.change)}", _fenced(sheet.marked)]
    if sheet.quotes:
        parts += [f"## {escaped(words.evidence)}"]
        parts += [
            f"> {_said(text)}{f' {_link(words.source, source)}' if source else ''}" for text, source in sheet.quotes
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _media(found: Dossier) -> Iterator[str]:
    lead = found.story.lead
    members = (lead, *(one for one in found.story.members if one.id != lead.id))
    yield "\n".join(f"- {_link(one.title, safe_url(one.url))}" for one in members)


def _listed(texts: Iterable[str]) -> str:
    return "\n".join(f"- {_said(text)}" for text in texts)


def _link(text: str, url: str) -> str:
    return f"[{_said(text)}](<{url}>)" if url else _said(text)


def _said(text: str) -> str:
    return escaped(plain(text, _MAX_CHARS))


def _fenced(diff: str) -> str:
    """Return a diff in a fence that none of its own lines can end."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", diff)), default=0))
    return f"{fence}diff\n{diff.rstrip()}\n{fence}"
