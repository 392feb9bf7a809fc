"""Everything that digestbot raises on purpose, named by who must act.

DigestbotError
├── ConfigError     the operator must mend a setting or a file; stops start-up
├── SourceError     an origin failed; skip it, retry at the next run
├── ModelError      the chat model failed; fall back to the offline model
│   └── ReplyError  it answered, but broke the schema, a section list or a citation
├── BudgetError     the day's money or tokens are spent; step down
├── StoreError      the ledger, the index or the data folder cannot be used
│   └── BusyError   another process is at it: wait for it to end
├── StoppedError    this process was asked to stop: what is left is done by the next one
├── DeliveryError   a channel refused or could not be reached; the outbox retries
└── ReviewError     the reviewer asked for something that cannot be done
"""

from __future__ import annotations


class DigestbotError(Exception):
    """The base: a lower-case message that says what failed, on what, and what to do next."""


class ConfigError(DigestbotError):
    """A setting, feeds file, prompt or roadmap is not usable."""


class SourceError(DigestbotError):
    """A feed or page could not be read; `reason` is a short fixed word such as `timeout` or `http-404`."""

    def __init__(self, message: str, *, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after_s = retry_after_s


class ModelError(DigestbotError):
    """The chat model could not be reached or refused."""


class ReplyError(ModelError):
    """The chat model's reply broke a rule that code checks."""


class BudgetError(DigestbotError):
    """No money or tokens are left for today."""


class StoreError(DigestbotError):
    """The ledger, the index or the data folder cannot be used as it is."""


class BusyError(StoreError):
    """Another process does what only one may do at a time."""


class StoppedError(DigestbotError):
    """Work was cut short, since its process was asked to stop; what it did is recorded."""


class DeliveryError(DigestbotError):
    """A channel did not take a digest.

    `permanent` says that a retry cannot help, `in_doubt` that it may have taken it all the same, `nobody` that no one
    has this address, and `unreachable` that the way to all addresses of this kind is shut.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        in_doubt: bool = False,
        nobody: bool = False,
        unreachable: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent or nobody
        self.in_doubt = in_doubt
        self.nobody = nobody
        self.unreachable = unreachable


class ReviewError(DigestbotError):
    """A decision on a proposal cannot be taken as asked."""
