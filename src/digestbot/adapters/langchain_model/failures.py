"""What a provider's exception means; the provider's own words are left out, since they may quote the request."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from digestbot.errors import ModelError, ReplyError

Prospect = Literal["again", "never", "other"]
"""`again`: the same call may succeed later. `never`: every further call would end alike. `other`: this one only."""


@dataclass(frozen=True)
class Failure:
    """A call without a usable message; `refused` says that it knows no request of this form.

    `too_long` says that a shorter one may do, `unreadable` that what came had no form that is known: of what was asked
    for in parts the whole may do.
    """

    error: ModelError
    prospect: Prospect = "other"
    retry_after_s: float | None = None
    counted: Mapping[str, Any] | None = None
    refused: bool = False
    too_long: bool = False
    unreadable: bool = False


_MOST_CAUSES = 8
_BUSY = {429: "is asked too often (429)", 500: "failed on the provider's side (5xx)"}
"""What passes, by the status that says so."""
_CUTS = ("RemoteProtocolError", "ReadError", "IncompleteRead")
"""What HTTP clients call a connection that ends in the middle, whichever of them an SDK uses."""


_MISREAD = (AssertionError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError)
"""What an SDK breaks with over a reply of a form that it does not know, such as a whole one where a stream was due."""


def failure_of(error: Exception, name: str) -> Failure:
    """Return what an SDK's exception means for the model of this name."""
    from langchain_core import exceptions as sdk

    if getattr(error, "code", None) == "insufficient_quota":  # OpenAI's word, sent with a 429
        return Failure(_caused(ModelError(f"{name} has no credit left at its provider"), error), "never")
    if (cut := getattr(error, "completion", None)) is not None:  # cut off at its length: OpenAI's client raises
        short = _caused(ReplyError(f"{name}: the reply was cut off at its length"), error)
        return Failure(short, counted=_counts(cut), too_long=True)
    if _broke_off(error):
        return Failure(_caused(ModelError(f"{name} hung up before its reply was whole"), error), "again")
    if status := _status_told(error):
        return Failure(_caused(ModelError(f"{name} {_BUSY[status]}"), error), "again")
    for kind, meaning, prospect in _meanings():
        if isinstance(error, kind):
            wait_s = _retry_after_s(error) if prospect == "again" else None
            too_long = isinstance(error, (sdk.ContextOverflowError, sdk.ModelTimeoutError))
            refused = isinstance(error, sdk.ModelInvalidRequestError) and not too_long
            failed = _caused(ModelError(f"{name} {meaning}"), error)
            return Failure(failed, prospect, wait_s, None, refused, too_long or refused, refused)
    failed = _caused(ModelError(f"{name} failed with {type(error).__name__}"), error)
    return Failure(failed, refused=isinstance(error, NotImplementedError), unreadable=isinstance(error, _MISREAD))


def embedding_failure_of(error: Exception, name: str) -> Failure:
    """Return the same for an embedding, whose calls LangChain leaves with the exceptions of OpenAI's own client."""
    import openai

    if getattr(error, "code", None) == "insufficient_quota":
        return Failure(_caused(ModelError(f"{name} has no credit left at its provider"), error), "never")
    meanings: tuple[tuple[type[Exception], str, Prospect], ...] = (
        (openai.AuthenticationError, "refused the key (401); check OPENAI_API_KEY", "never"),
        (openai.PermissionDeniedError, "may not be used with this key (403)", "never"),
        (
            openai.NotFoundError,
            "does not exist at this address (404); check DIGESTBOT_EMBEDDINGS and OPENAI_BASE_URL",
            "never",
        ),
        (openai.APITimeoutError, "did not answer in time", "again"),
        (openai.APIConnectionError, "cannot be reached; check OPENAI_BASE_URL and the network", "never"),
        (openai.RateLimitError, "is asked too often (429)", "again"),
        (openai.InternalServerError, "failed on the provider's side (5xx)", "again"),
    )
    for kind, meaning, prospect in meanings:
        if isinstance(error, kind):
            return Failure(_caused(ModelError(f"{name} {meaning}"), error), prospect, _retry_after_s(error))
    return Failure(_caused(ModelError(f"{name} failed with {type(error).__name__}"), error))


def _meanings() -> tuple[tuple[type[Exception], str, Prospect], ...]:
    """LangChain's kinds, whatever the provider: (exception, meaning, prospect)."""
    from langchain_core import exceptions as sdk

    return (
        (sdk.ModelAuthenticationError, "refused the key (401); check OPENAI_API_KEY", "never"),
        (sdk.ModelPermissionDeniedError, "may not be used with this key (403)", "never"),
        (
            sdk.ModelNotFoundError,
            "does not exist at this address (404); check DIGESTBOT_MODEL and OPENAI_BASE_URL",
            "never",
        ),
        # Not again: a call that took a minute for nothing is likely to do so once more; a shorter one may do.
        (sdk.ModelTimeoutError, "did not answer in time", "other"),
        (sdk.ModelConnectionError, "cannot be reached; check OPENAI_BASE_URL and the network", "never"),
        (sdk.ModelRateLimitError, _BUSY[429], "again"),
        (sdk.ModelAPIError, _BUSY[500], "again"),
        (sdk.ContextOverflowError, "found a batch too long", "other"),
        (sdk.ModelInvalidRequestError, "refused the request (400)", "other"),
    )


def _broke_off(error: BaseException) -> bool:
    """Tell whether there was a connection that ended too early, which another call need not do."""
    chain = [error]
    while (cause := chain[-1].__cause__) and len(chain) < _MOST_CAUSES:
        chain.append(cause)
    return any(type(one).__name__ in _CUTS for one in chain)


def _status_told(error: Exception) -> int | None:
    """Return the status that a provider tells in the middle of a reply, which began as one that is well; else None.

    A provider has a number for it or a word, such as `server_error`.
    """
    told = getattr(error, "body", None)
    if getattr(error, "response", None) is not None or not isinstance(told, Mapping):
        return None
    words = f"{told.get('code')} {told.get('type')}"
    if "429" in words or "rate_limit" in words:
        return 429
    return 500 if "server_error" in words or re.search(r"\b5\d\d\b", words) else None


def _retry_after_s(error: Exception) -> float | None:
    """Return the seconds that a Retry-After header asks for, as a number or as a date (RFC 9110, 10.2.3)."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    value = str(headers.get("retry-after") or "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _seconds_until(value)
    return seconds if math.isfinite(seconds) else None  # "nan" and "inf" are numbers to Python, not to the header


def _seconds_until(value: str) -> float | None:
    try:
        return (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None


def _counts(completion: Any) -> dict[str, int] | None:
    used = completion.usage
    return {"input_tokens": used.prompt_tokens, "output_tokens": used.completion_tokens} if used else None


def _caused(error: ModelError, cause: Exception) -> ModelError:
    error.__cause__ = cause
    return error
