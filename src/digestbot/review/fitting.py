"""Whether a proposal still fits the document, and what making it or taking it back does to any version. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from digestbot.domain import Proposal
from digestbot.errors import ReviewError
from digestbot.keys import canonical_url
from digestbot.review.ports import Patch
from digestbot.review.records import Fit
from digestbot.roadmap import Change, Roadmap, apply, changes_of, diff, links, propose_resource, revert
from digestbot.roadmap.lines import bare, split
from digestbot.roadmap.resources import replace_resource, retire_resource

_TELLING_LINES = 3
"""From as many lines on, a text that stands somewhere else in the document is no coincidence."""


@dataclass(frozen=True)
class Fitted:
    """A proposal's changes for the present document; none, and why, where they fit no more."""

    fit: Fit
    changes: tuple[Change, ...] = ()
    diff: str = ""
    why: str = ""


def fitted(roadmap: Roadmap, proposal: Proposal) -> Fitted:
    """Return how a proposal fits a version of the document: as it was made, moved, made already, or not at all."""
    try:
        changes = changes_of(proposal.diff, proposal.chapter, proposal.base)
        if roadmap.version == proposal.base:
            return Fitted("fits", changes, proposal.diff)
        if all(stands(roadmap, change) for change in changes):
            return Fitted("made", changes, "", "it stands in the roadmap already")
        if proposal.kind == "add" and canonical_url(proposal.url) in links(roadmap):
            return Fitted("made", (), "", "the roadmap has this link already")
        moved = diff(roadmap, changes, path_of(proposal))
        return Fitted("moved", changes_of(moved, proposal.chapter, roadmap.version), moved)
    except ReviewError as error:
        return Fitted("gone", why=str(error))


def anew(roadmap: Roadmap, proposal: Proposal) -> tuple[Change, ...]:
    """Return a proposal's change written for a version of the document.

    Raises ReviewError where that has no place for it, has it already, or where the kind cannot be written by itself.
    """
    one = proposal
    if one.kind == "add" and canonical_url(one.url) not in links(roadmap):
        return (propose_resource(roadmap, one.chapter, one.title, one.url, one.medium, one.merit),)
    if one.kind == "replace" and one.merit:
        return replace_resource(roadmap, one.chapter, one.old_url, one.title, one.url, one.medium, one.merit)
    if one.kind == "retire":
        return retire_resource(roadmap, one.chapter, one.old_url)
    raise ReviewError(f"{one.id} cannot be written anew by itself")


def path_of(proposal: Proposal) -> str:
    """Return the name that the document has in the proposal's diff."""
    return f"{proposal.roadmap}.md"


def patch_of(changes: Sequence[Change]) -> Patch:
    """Return what makes changes in any version of the document, those left out that are made in it."""

    def patch(roadmap: Roadmap) -> Roadmap:
        left = [change for change in changes if roadmap.version == change.base or not stands(roadmap, change)]
        return apply(roadmap, *left) if left else roadmap

    return patch


def undo_of(changes: Sequence[Change]) -> Patch:
    """Return what takes changes back in any version of the document, those left out that are not in it."""

    def patch(roadmap: Roadmap) -> Roadmap:
        left = [change for change in changes if not stands(roadmap, replace(change, old=change.new, new=change.old))]
        return revert(roadmap, *left) if left else roadmap

    return patch


def stands(roadmap: Roadmap, change: Change) -> bool:
    """Whether a change is made in a version: its new lines stand there, and the old ones do not.

    Where the new ones say nothing, as those of a deletion, only the lines around them tell.
    """
    lines = [bare(line) for line in split(roadmap.text)]
    chapter = roadmap.chapter(change.chapter)
    own = lines[chapter.first_line - 1 : chapter.last_line] if chapter else lines
    old, new = _said(change.old), _said(change.new)
    if not new:
        around = [bare(line) for line in (*change.before[-1:], *change.new, *change.behind[:1])]
        is_there = lines[-len(around) :] == around if not change.behind else _within(around, lines)
        return is_there and not (old and _within(old, _said(own)))
    whole = lines if len(new) >= _TELLING_LINES else own
    return _within(new, _said(whole)) and (not old or not _within(old, _said(own)))


def _said(lines: Sequence[str]) -> list[str]:
    return [bare(line) for line in lines if line.strip()]


def _within(wanted: Sequence[str], lines: Sequence[str]) -> bool:
    size = len(wanted)
    return any(list(lines[at : at + size]) == list(wanted) for at in range(len(lines) - size + 1))
