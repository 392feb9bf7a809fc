"""What reviewing needs of the ledger, the document and a hub; the docstrings are the contract."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from digestbot.domain import Act, Proposal, ProposalId, ProposalState
from digestbot.roadmap import Roadmap

Patch = Callable[[Roadmap], Roadmap]
"""Makes a change in any version of a document, and leaves one alone in which it is made; raises ReviewError."""


class ReviewLedger(Protocol):
    """The proposals and the audit log."""

    def proposal(self, prefix: str) -> list[Proposal]:
        """Return the proposals whose id begins so."""
        ...

    def proposals(self, *, state: ProposalState | None = None) -> list[Proposal]:
        """Return proposals, oldest first, all of them or those in a state."""
        ...

    def acts(self, ids: Collection[ProposalId]) -> list[Act]:
        """Return the acts on these proposals, a proposal's in order."""
        ...

    def advance(self, after: Proposal, act: Act) -> bool:
        """Record an act with the proposal as it is after it.

        False, and nothing recorded, when the proposal's acts by now are not those before this one.
        """
        ...


@dataclass(frozen=True)
class Written:
    """Where a change stands now; `commit` is empty and `note` says why where none was made."""

    commit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Signed:
    """A commit's message, and the line of it by which it is found again."""

    message: str
    trailer: str


class Document(Protocol):
    """The roadmap where it lives."""

    def read(self) -> Roadmap:
        """Return the roadmap as it is now."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Hold it so that no other process of ours changes it; one that is killed lets go."""
        ...

    def hindrance(self) -> str:
        """Return why it must not be changed now (a merge under way, conflicts), "" where it may be."""
        ...

    def write(self, patch: Patch, signed: Signed) -> Written:
        """Make a change in the file, in one step, and commit it where the file is in a repository.

        What the user has not committed stays so, and stands. A change that is made already, or committed, is not made
        again. Raises ReviewError when the change does not fit, StoreError when the file cannot be written.
        """
        ...


@dataclass(frozen=True)
class Request:
    """A pull request: its address, and what became of it; `commit` is the one that it was merged with."""

    url: str
    state: Literal["open", "merged", "closed"]
    commit: str = ""


class Hub(Protocol):
    """Where a roadmap's changes are asked for instead of made."""

    def request(self, key: str, document: Roadmap, patch: Patch, signed: Signed) -> Request:
        """Return the pull request of a key, made if there is none, whatever became of it.

        `document` is the roadmap as it is here: it lends its name and its chapters' ids. Raises ReviewError where the
        change does not fit what the hub has, StoreError where the hub cannot be reached or refuses.
        """
        ...

    def look(self, key: str) -> Request | None:
        """Return the pull request of a key, None where there is none; raises StoreError."""
        ...
