"""What an exception of a provider's SDK means: whether the same call may do better later."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core import exceptions as sdk

from digestbot.adapters.langchain_model.failures import failure_of


class RemoteProtocolError(Exception):
    """What an HTTP client calls a connection that ended in the middle."""


class ConnectError(Exception):
    """What it calls one that never was."""


class ToldError(Exception):
    """An error that a provider told in the middle of a stream."""

    def __init__(self, **body: Any) -> None:
        super().__init__("secret words")
        self.body = body


def caused(by: Exception) -> Exception:
    """Return what LangChain makes of a connection's error."""
    error = sdk.ModelConnectionError("secret words")
    error.__cause__ = by
    return error


@pytest.mark.parametrize(
    ("error", "prospect", "words"),
    [
        (caused(RemoteProtocolError()), "again", "hung up"),
        (caused(ConnectError()), "never", "cannot be reached"),
        (ToldError(code="rate_limit_exceeded", type="tokens"), "again", "(429)"),
        (ToldError(code=429), "again", "(429)"),
        (ToldError(code=None, type="server_error"), "again", "(5xx)"),
        (ToldError(code=503), "again", "(5xx)"),
        (ToldError(code=400, type="invalid_request_error"), "other", "ToldError"),
        (ValueError("no generations"), "other", "ValueError"),
    ],
    ids=["cut", "never there", "429 in words", "429", "5xx in words", "503", "400", "unforeseen"],
)
def test_what_may_pass_is_told_from_what_will_not(error: Exception, prospect: str, words: str) -> None:
    """A connection that was cut is no model that is not there; a provider's own words are left out."""
    failure = failure_of(error, "test:model")

    assert failure.prospect == prospect
    assert words in str(failure.error)
    assert "secret" not in str(failure.error)
    assert failure.error.__cause__ is error


@pytest.mark.parametrize(
    ("error", "is_misread"),
    [
        (AssertionError(), True),
        (ValueError("no generations"), True),
        (sdk.ModelInvalidRequestError("400"), True),
        (sdk.ModelAuthenticationError("401"), False),
        (ToldError(code="content_filter"), False),
    ],
)
def test_a_reply_of_no_known_form_may_do_better_whole(error: Exception, is_misread: bool) -> None:
    """Neither may one that was refused for what it says, nor one for which there is no key."""
    assert failure_of(error, "test:model").unreadable is is_misread
