"""What a provider's exception means; the provider's own words are left out, since they may quote the request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digestbot.errors import ModelError, ReplyError


@dataclass(frozen=True)
class Failure:
    """A call without a usable message; `final` says that every further call would end alike."""

    error: ModelError
    final: bool = False
    counted: Mapping[str, Any] | None = None


def failure_of(error: Exception, name: str) -> Failure:
    """Return what an SDK's exception means for the model of this name."""
    if getattr(error, "code", None) == "insufficient_quota":  # OpenAI's word, sent with a 429
        return Failure(_caused(ModelError(f"{name} has no credit left at its provider"), error), final=True)
    if (cut := getattr(error, "completion", None)) is not None:  # cut off at its length: OpenAI's client raises
        return Failure(_caused(ReplyError(f"{name}: the reply was cut off at its length"), error), counted=_counts(cut))
    for kind, meaning, final in _meanings():
        if isinstance(error, kind):
            return Failure(_caused(ModelError(f"{name} {meaning}"), error), final)
    return Failure(_caused(ModelError(f"{name} failed with {type(error).__name__}"), error))


def _meanings() -> tuple[tuple[type[Exception], str, bool], ...]:
    """LangChain's kinds, whatever the provider: (exception, meaning, whether it is final)."""
    from langchain_core import exceptions as sdk

    return (
        (sdk.ModelAuthenticationError, "refused the key (401); check OPENAI_API_KEY", True),
        (sdk.ModelPermissionDeniedError, "may not be used with this key (403)", True),
        (
            sdk.ModelNotFoundError,
            "does not exist at this address (404); check DIGESTBOT_MODEL and OPENAI_BASE_URL",
            True,
        ),
        (sdk.ModelTimeoutError, "did not answer in time", False),
        (sdk.ModelConnectionError, "cannot be reached; check OPENAI_BASE_URL and the network", True),
        (sdk.ModelRateLimitError, "is asked too often (429)", False),
        (sdk.ModelAPIError, "failed on the provider's side (5xx)", False),
        (sdk.ContextOverflowError, "found a batch too long", False),
        (sdk.ModelInvalidRequestError, "refused the request (400)", False),
    )


def _counts(completion: Any) -> dict[str, int] | None:
    used = completion.usage
    return {"input_tokens": used.prompt_tokens, "output_tokens": used.completion_tokens} if used else None


def _caused(error: ModelError, cause: Exception) -> ModelError:
    error.__cause__ = cause
    return error
