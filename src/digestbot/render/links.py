"""The addresses that a mail has beside its stories: to read it whole, to change what comes, and to stop it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Links:
    """Addresses of our own pages, empty where there are none.

    `one_click` takes a POST that unsubscribes at once (RFC 8058); `unsubscribe` is the page that asks first. `review`
    lists proposals, the page of each one below it.
    """

    whole: str = ""
    settings: str = ""
    unsubscribe: str = ""
    one_click: str = ""
    review: str = ""


def unsubscribe_headers(links: Links, author: str, subscription: str) -> dict[str, str]:
    """Return List-Unsubscribe, by mail to the author where there is no page, and by RFC 8058 in one click."""
    by_mail = f"<mailto:{author}?subject={quote(f'unsubscribe {subscription}')}>"
    if not links.one_click:
        return {"List-Unsubscribe": by_mail}
    return {
        "List-Unsubscribe": f"<{links.one_click}>, {by_mail}",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
