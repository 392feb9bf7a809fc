"""Search: documents and their passages by their words and by their meaning, fused."""

from digestbot.search.documents import Hit, fuse, search
from digestbot.search.records import Filters, Found, Passage, PassageRole

__all__ = ["Filters", "Found", "Hit", "Passage", "PassageRole", "fuse", "search"]
