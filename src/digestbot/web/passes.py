"""The tokens of passes: made, recognized, and what they let somebody do at the review; pure."""

from __future__ import annotations

import hashlib
import re
import secrets

from digestbot.domain.passes import Pass
from digestbot.review import Policy, Reviewer

_TOKEN = re.compile(r"dbp_[A-Za-z0-9_-]{43}")
"""256 random bits: nobody guesses one, so that a plain hash of it is as good as a slow one."""


def new_token() -> str:
    """Return a token that nobody has; it begins so that scanners for leaked secrets can tell what it is."""
    return f"dbp_{secrets.token_urlsafe(32)}"


def hash_of(token: str) -> str:
    """Return the hash under which a token is known, "" for what cannot be one."""
    return hashed(token) if _TOKEN.fullmatch(token) else ""


def hashed(secret: str) -> str:
    """Return the hash of a secret that is long and random."""
    return hashlib.sha256(secret.encode()).hexdigest()


def reviewer_of(policy: Policy, passed: Pass | None) -> Reviewer:
    """Return who somebody is at the review: a reader without a pass, or with one that gives no vote.

    A reviewer whom the settings name keeps the role that they give, so that a pass never makes more of somebody.
    """
    if passed is None or passed.role == "reader":
        return Reviewer(passed.name if passed else "", "reader")
    named = policy.reviewers.get(passed.name)
    if passed.role == "operator":
        return Reviewer(passed.name, "lead", named.mail if named else "")
    return named or Reviewer(passed.name, "reviewer")
