"""Names what goes wrong with a request, and tells what is worth another try; pure."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from digestbot.adapters.http.guard import RefusedAddress
from digestbot.adapters.http.limits import HttpLimits
from digestbot.errors import SourceError
from digestbot.wire.addresses import shown

BUSY = frozenset({"http-429", "http-503"})
"""With a Retry-After, what asks us to leave the host alone (RFC 6585, section 4; RFC 9110, section 15.6.4)."""
_PASSING = frozenset({"http-502", "http-503", "http-504"})
"""What a proxy says while the host behind it starts anew. Not 500, which is a fault of the page and stays."""
_BROKEN = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE})
NAMELESS = "has a host name that does not resolve"
_RETRY_AFTER_MAX_S = 7 * 86_400.0
_REASONS: tuple[tuple[type[Exception], str, str], ...] = (
    (aiohttp.ClientConnectorDNSError, "dns", NAMELESS),
    (aiohttp.ClientConnectorError, "connection", "cannot be connected to"),
    (TimeoutError, "timeout", "took too long"),
    (aiohttp.ClientPayloadError, "truncated", "ends before its announced length"),
    (aiohttp.InvalidURL, "refused-scheme", "is not a usable url"),
    (aiohttp.ClientResponseError, "connection", "does not answer in http"),
    (aiohttp.ClientError, "connection", "broke the connection"),
    (OSError, "connection", "broke the connection"),
    (ValueError, "refused-scheme", "is not a usable url"),
)
"""What aiohttp raises, the reason it becomes, and how it reads; the first match counts."""


def translated(error: Exception, target: URL) -> SourceError:
    """Return what the library raised as an error of ours; the caller chains it."""
    if isinstance(getattr(error, "os_error", None), RefusedAddress):
        return SourceError(f"{shown(target)} is at an address that is not public", reason="refused-address")
    reason, says = next((reason, says) for kind, reason, says in _REASONS if isinstance(error, kind))
    return SourceError(f"{shown(target)} {says}", reason=reason)


def refusal(answer: aiohttp.ClientResponse) -> SourceError:
    """Return the error for an answer of another status than those that are answers to us."""
    message = f"{shown(answer.url)} answered {answer.status}"
    return SourceError(message, reason=f"http-{answer.status}", retry_after_s=retry_after_s(answer.headers))


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return Retry-After (RFC 9110, section 10.2.3), None where it says nothing that can be read.

    A date counts from the answer's own Date, so that no clock is needed.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(float(text[:12]), _RETRY_AFTER_MAX_S)
    try:
        until, sent = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    wait_s = (until.replace(tzinfo=until.tzinfo or UTC) - sent.replace(tzinfo=sent.tzinfo or UTC)).total_seconds()
    return min(max(wait_s, 0.0), _RETRY_AFTER_MAX_S)


def retry_wait_s(error: SourceError, tried: int, url: str, limits: HttpLimits) -> float | None:
    """Return how long to wait before one more try after `tried` ones, None when there is to be none."""
    if tried >= limits.tries:
        return None
    if error.reason in BUSY and error.retry_after_s is not None:
        return error.retry_after_s if error.retry_after_s <= limits.retry_after_max_s else None
    if error.reason in _PASSING or _is_broken(error.__cause__):
        # Half to one and a half of it, by the address: feeds that failed together do not come back together.
        spread = 0.5 + hashlib.sha256(f"{url} {tried}".encode()).digest()[0] / 255
        return float(limits.retry_wait_s * 2 ** (tried - 1) * spread)
    return None


def _is_broken(cause: BaseException | None) -> bool:
    """Tell whether a connection broke, as may be over in a moment; names are resolved with patience by the system."""
    broken = isinstance(cause, OSError) and cause.errno in _BROKEN
    return broken or isinstance(cause, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError)
