"""The desk at which proposals are decided, put together from the settings."""

from __future__ import annotations

from datetime import timedelta

from digestbot.adapters.ledger import Ledger
from digestbot.adapters.roadmap_git import RoadmapStore
from digestbot.app.documents import document_of
from digestbot.errors import ConfigError
from digestbot.review import Desk, Hub, Policy
from digestbot.review.people import reviewers_of
from digestbot.settings import Settings


def desk_of(settings: Settings, ledger: Ledger) -> Desk:
    """Return the desk over a ledger; raises ConfigError where reviewers or a repository cannot be understood."""
    return Desk(ledger.reviews, lambda name: store_of(settings, name, ledger), policy_of(settings), hub_of(settings))


def store_of(settings: Settings, name: str, ledger: Ledger | None = None) -> RoadmapStore:
    """Return the roadmap of a name where it lives."""
    files = document_of(settings, name, ledger)
    return RoadmapStore(files, settings.home, is_pushed=settings.review_changes == "push")


def policy_of(settings: Settings) -> Policy:
    """Return the rules of reviews; raises ConfigError."""
    try:
        reviewers = reviewers_of(settings.reviewers or "")
    except ValueError as error:
        raise ConfigError(f"DIGESTBOT_REVIEWERS cannot be used: {error}") from None
    return Policy(settings.review_quorum, timedelta(days=settings.review_days), reviewers)


def hub_of(settings: Settings) -> Hub | None:
    """Return where changes are asked for by pull request, None where they are made at once; raises ConfigError."""
    if settings.review_changes != "pull-request":
        return None
    if not settings.github_repository or not settings.github_token:
        raise ConfigError("pull requests need DIGESTBOT_GITHUB_REPOSITORY and DIGESTBOT_GITHUB_TOKEN")
    from digestbot.adapters.github_pulls import GithubPulls

    return GithubPulls(settings.github_repository, settings.github_token.get_secret_value(), settings.github_url)
