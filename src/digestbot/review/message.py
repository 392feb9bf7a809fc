"""What a change says of itself in the history: what, where, why, on what evidence, and who decided. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from digestbot.domain import Proposal, ProposalKind
from digestbot.review.ports import Signed
from digestbot.review.records import Reviewer

_VERBS: dict[ProposalKind, str] = {
    "add": "Add",
    "replace": "Replace",
    "retire": "Retire",
    "merge": "Merge",
    "correct": "Correct",
    "chapter": "Add the chapter",
    "split": "Split",
    "reorder": "Reorder",
}
_MAX_SUBJECT = 72
_MAX_QUOTES = 3


def signed_change(proposal: Proposal, reviewers: Sequence[Reviewer]) -> Signed:
    """Return the commit message of an accepted proposal; the trailer holds its revision, which is accepted once."""
    trailer = f"Digestbot-Proposal: {proposal.id} r{proposal.revision}"
    where = f"In the chapter {proposal.chapter!r} of {proposal.roadmap}." if proposal.chapter else ""
    told = [" ".join(filter(None, (where, _flat(proposal.reason)))), *_addresses(proposal)]
    body = "\n".join(filter(None, told))
    parts = [subject(proposal), body, "\n".join(_quotes(proposal)), "\n".join([trailer, *_people(reviewers)])]
    return Signed("\n\n".join(filter(None, parts)) + "\n", trailer)


def signed_revert(proposal: Proposal, reviewer: Reviewer, reason: str) -> Signed:
    """Return the commit message of a proposal that is taken back."""
    trailer = f"Digestbot-Reverts: {proposal.id} r{proposal.revision}"
    head = _clipped(f"Take back: {subject(proposal)}")
    what = f"Takes back {proposal.reference}." if proposal.reference else ""
    parts = [head, _flat(reason), what, "\n".join([trailer, *_people([reviewer])])]
    return Signed("\n\n".join(filter(None, parts)) + "\n", trailer)


def subject(proposal: Proposal) -> str:
    """Return a change in one line."""
    return _clipped(f"{_VERBS[proposal.kind]} {_flat(proposal.title or proposal.old_url or proposal.chapter)}")


def key_of(proposal: Proposal, *, is_revert: bool = False) -> str:
    """Return the name by which a pull request for a proposal's revision is found again."""
    return f"{proposal.id}-r{proposal.revision}{'-revert' if is_revert else ''}"


def _addresses(proposal: Proposal) -> list[str]:
    old = f"in place of {proposal.old_url}" if proposal.old_url and proposal.url else proposal.old_url
    return list(filter(None, (_flat(proposal.url), _flat(old))))


def _quotes(proposal: Proposal) -> list[str]:
    quoted = [f"> {_flat(quote.text)}\n> ({_flat(quote.source)})" for quote in proposal.quotes]
    return (quoted or [f"> {_flat(sentence)}" for sentence in proposal.evidence])[:_MAX_QUOTES]


def _people(reviewers: Sequence[Reviewer]) -> list[str]:
    lines = [f"Reviewed-by: {_name(one)}" for one in reviewers]
    return lines + [f"Co-authored-by: {_name(one)} <{_mail(one)}>" for one in reviewers if one.mail]


def _name(reviewer: Reviewer) -> str:
    return _flat(reviewer.name).replace("<", "").replace(">", "")


def _mail(reviewer: Reviewer) -> str:
    return "".join(character for character in reviewer.mail if character.isprintable() and character not in "<> ")


def _flat(text: str) -> str:
    """Return outside text on one line: it can neither begin a trailer nor end the message."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _clipped(text: str) -> str:
    return text if len(text) <= _MAX_SUBJECT else f"{text[: _MAX_SUBJECT - 1].rstrip()}…"
