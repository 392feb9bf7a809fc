"""Asks for changes of a roadmap on GitHub by pull request, over its API alone: no checkout, no file touched here."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from digestbot.errors import ConfigError, ReviewError, StoreError
from digestbot.review import Patch, Request, Signed
from digestbot.roadmap import Roadmap, reparse

if TYPE_CHECKING:
    from github.PullRequest import PullRequest
    from github.Repository import Repository

_PLACE = re.compile(
    r"(?P<owner>[A-Za-z0-9-]{1,39})/(?P<name>[\w.-]{1,100})(?:@(?P<branch>[^\s:@]{1,200}))?:(?P<path>[^\s].{0,300})"
)
_TIMEOUT_S = 20
_PAUSE_S = 1.0
"""Between two requests that change something, as GitHub asks of its users."""
_MAX_BYTES = 5_000_000
_MAX_TITLE = 250


class GithubPulls:
    """Fulfils `review.Hub`: a branch and a pull request for each key."""

    def __init__(self, place: str, token: str, url: str, pause_s: float = _PAUSE_S) -> None:
        """Take OWNER/NAME:PATH or OWNER/NAME@BRANCH:PATH; no request is made yet. Raises ConfigError."""
        match = _PLACE.fullmatch(place)
        if match is None or match["path"].startswith("/"):
            raise ConfigError(
                f"DIGESTBOT_GITHUB_REPOSITORY {place!r} is none: expected OWNER/NAME:PATH or OWNER/NAME@BRANCH:PATH, "
                "such as ada/map:README.md"
            )
        self._place, self._token, self._url, self._pause_s = match, token, url.rstrip("/"), pause_s

    def request(self, key: str, document: Roadmap, patch: Patch, signed: Signed) -> Request:
        """Return the pull request of a key; what an earlier try left half done is taken up where it stopped."""
        with self._repository() as repository:
            branch = _branch(key)
            if found := self._found(repository, branch):
                return found
            base = self._place["branch"] or repository.default_branch
            if not _has_branch(repository, branch):
                self._make_branch(repository, base, branch, document, patch, signed)
            title, _, body = signed.message.partition("\n")
            pull = repository.create_pull(base=base, head=branch, title=title[:_MAX_TITLE], body=body.strip())
            return _request(pull)

    def look(self, key: str) -> Request | None:
        """Return what became of a key's pull request, None where there is none."""
        with self._repository() as repository:
            return self._found(repository, _branch(key))

    def _found(self, repository: Repository, branch: str) -> Request | None:
        pulls = repository.get_pulls(state="all", head=f"{self._place['owner']}:{branch}")
        return next((_request(pull) for pull in pulls if pull.head.ref == branch), None)

    def _make_branch(
        self, repository: Repository, base: str, branch: str, document: Roadmap, patch: Patch, signed: Signed
    ) -> None:
        """Commit the change to the file as the hub has it, and give the commit a branch."""
        from github.InputGitAuthor import InputGitAuthor
        from github.InputGitTreeElement import InputGitTreeElement

        path = self._place["path"]
        tip = repository.get_branch(base).commit
        before = _text(repository, path, tip.sha)
        after = patch(reparse(document, before)).text
        if after == before:
            raise ReviewError(f"{path!r} has this change already on {base!r}: nothing is left to ask for")
        element = InputGitTreeElement(path, "100644", "blob", content=after)
        tree = repository.create_git_tree([element], base_tree=tip.commit.tree)
        bot = InputGitAuthor("digestbot", "digestbot@localhost")
        commit = repository.create_git_commit(signed.message, tree, [tip.commit], author=bot, committer=bot)
        repository.create_git_ref(f"refs/heads/{branch}", commit.sha)

    @contextmanager
    def _repository(self) -> Iterator[Repository]:
        """Give the repository; whatever the client raises is a StoreError without the token."""
        import requests
        from github import Auth, Github, GithubException

        name = f"{self._place['owner']}/{self._place['name']}"
        hub = Github(
            auth=Auth.Token(self._token),
            base_url=self._url,
            timeout=_TIMEOUT_S,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=self._pause_s,
        )
        try:
            yield hub.get_repo(name)
        except GithubException as error:
            said = error.data.get("message", "") if isinstance(error.data, dict) else ""
            raise StoreError(f"GitHub refused what was asked of {name!r}: {error.status} {said}".rstrip()) from error
        except requests.RequestException as error:
            raise StoreError(f"GitHub cannot be reached for {name!r}: {type(error).__name__}") from error
        finally:
            hub.close()


def _branch(key: str) -> str:
    return f"digestbot/{key}"


def _has_branch(repository: Repository, branch: str) -> bool:
    found = repository.get_git_matching_refs(f"heads/{branch}")
    return any(ref.ref == f"refs/heads/{branch}" for ref in found)


def _text(repository: Repository, path: str, commit: str) -> str:
    found = repository.get_contents(path, ref=commit)
    if isinstance(found, list) or found.size > _MAX_BYTES:
        raise StoreError(f"{path!r} is no file of less than {_MAX_BYTES // 1_000_000} MB on GitHub")
    if found.encoding == "none":  # files past 1 MB come as blobs only
        return base64.b64decode(repository.get_git_blob(found.sha).content).decode("utf-8")
    return found.decoded_content.decode("utf-8")


def _request(pull: PullRequest) -> Request:
    if pull.merged_at:
        return Request(pull.html_url, "merged", (pull.merge_commit_sha or "")[:12])
    return Request(pull.html_url, "closed" if pull.state == "closed" else "open")
