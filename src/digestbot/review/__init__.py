"""A proposal's life: open → accepted, edited, rejected or stale → applied → reverted.

Everything that decides is here; terminal, Discord and web only ask. A surface opens a `Desk` and calls

    waiting, standing, audit, find      to look
    accept, edit, reject, later         to give a vote
    revert                              to take back what stands in the document
    finish                              to bring to its end what a crash or a closed network left half done

Each is a plain function that takes the reviewer and `now`, is one decision whoever else acts at the same time, and
raises ReviewError with what to tell the reviewer.
"""

from __future__ import annotations

from digestbot.review.applying import ask_again, finish
from digestbot.review.deciding import accept, edit, later, places, reject, revert
from digestbot.review.desk import Desk, audit, find, standing, waiting
from digestbot.review.marking import is_marked, marked_text
from digestbot.review.ports import Document, Hub, Patch, Request, ReviewLedger, Signed, Written
from digestbot.review.records import Decision, Policy, Reviewer, Role, Standing
from digestbot.review.rules import require_vote

__all__ = [
    "Desk",
    "find",
    "waiting",
    "standing",
    "audit",
    "require_vote",
    "accept",
    "edit",
    "places",
    "marked_text",
    "is_marked",
    "reject",
    "later",
    "revert",
    "finish",
    "ask_again",
    "Reviewer",
    "Role",
    "Policy",
    "Standing",
    "Decision",
    "ReviewLedger",
    "Document",
    "Hub",
    "Patch",
    "Signed",
    "Written",
    "Request",
]
