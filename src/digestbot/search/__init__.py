"""Search: documents and their passages by their words and by their meaning, fused."""

from digestbot.domain.passages import Filters, Found, Passage, PassageRole
from digestbot.search.asking import Question, weighted_terms
from digestbot.search.retrieving import PASSAGES, READ, TERMS, Hit, PassageLedger, documents_space, retrieve, search

__all__ = [
    "PASSAGES",
    "READ",
    "TERMS",
    "Filters",
    "Found",
    "Hit",
    "Passage",
    "PassageLedger",
    "PassageRole",
    "Question",
    "documents_space",
    "retrieve",
    "search",
    "weighted_terms",
]
