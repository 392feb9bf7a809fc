"""Turns records into rows and rows into records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from digestbot.domain import (
    Act,
    Article,
    Digest,
    DigestId,
    FeedState,
    Guild,
    Item,
    Placing,
    Proposal,
    Subscription,
    Summary,
    Suspect,
    Verdict,
)

Values = Mapping[Any, Any]
"""A row as the database gives it."""

_ITEM: TypeAdapter[Item] = TypeAdapter(Item)
_VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)
_ARTICLE: TypeAdapter[Article] = TypeAdapter(Article)
_SUMMARY: TypeAdapter[Summary] = TypeAdapter(Summary)
_SUSPECT: TypeAdapter[Suspect] = TypeAdapter(Suspect)
_PROPOSAL: TypeAdapter[Proposal] = TypeAdapter(Proposal)
_ACT: TypeAdapter[Act] = TypeAdapter(Act)
_DIGEST: TypeAdapter[Digest] = TypeAdapter(Digest)
_GUILD: TypeAdapter[Guild] = TypeAdapter(Guild)
_SUBSCRIPTION: TypeAdapter[Subscription] = TypeAdapter(Subscription)


def row(record: Any, **more: Any) -> dict[str, Any]:
    """Return a record's fields as a row, with further columns; records in a list become mappings."""
    # Not asdict: it copies every value deeply, which took half of the time of recording a thousand feeds.
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: _listed(value) if isinstance(value, tuple) else value for name, value in values.items()} | more


def _listed(values: tuple[Any, ...]) -> list[Any]:
    return [asdict(value) if is_dataclass(value) and not isinstance(value, type) else value for value in values]


def state(values: Values) -> FeedState:
    """Return the state of a feed."""
    return FeedState(**_own(values, FeedState))


def item(values: Values) -> Item:
    """Return an item."""
    return _ITEM.validate_python(_own(values, Item))


def verdict(values: Values) -> Verdict:
    """Return a verdict."""
    return _VERDICT.validate_python(_own(values, Verdict))


def placing(values: Values) -> Placing:
    """Return a person's word on where a story belongs."""
    return Placing(**_own(values, Placing))


def article(values: Values) -> Article:
    """Return an article."""
    return _ARTICLE.validate_python(_own(values, Article))


def summary(values: Values) -> Summary:
    """Return a summary; points of before they had kinds are texts alone."""
    points = [point if isinstance(point, dict) else {"text": point} for point in values["points"]]
    return _SUMMARY.validate_python({**_own(values, Summary), "points": points})


def suspect(values: Values) -> Suspect:
    """Return a suspicious story."""
    return _SUSPECT.validate_python(_own(values, Suspect))


def proposal(values: Values) -> Proposal:
    """Return a proposal."""
    return _PROPOSAL.validate_python(_own(values, Proposal))


def act(values: Values) -> Act:
    """Return an act on a proposal."""
    return _ACT.validate_python(_own(values, Act))


def item_body(item: Item) -> Any:
    """Return an item as JSON values; `item` reads them back."""
    return _ITEM.dump_python(item, mode="json")


def digest_body(digest: Digest) -> Any:
    """Return a digest as JSON values."""
    return _DIGEST.dump_python(digest, mode="json")


def digest(body: Any) -> Digest:
    """Return the digest that `digest_body` wrote."""
    return _DIGEST.validate_python(body)


def addressed(content: Digest, body: Any) -> Digest:
    """Return what a digest says as the digest of the subscription that a row names."""
    earlier = tuple(DigestId(id) for id in body["earlier"])
    return replace(content, id=DigestId(body["id"]), subscription=body["subscription"], earlier=earlier)


def subscription_body(subscription: Subscription) -> Any:
    """Return a subscription as JSON values."""
    return _SUBSCRIPTION.dump_python(subscription, mode="json")


def subscription(body: Any) -> Subscription:
    """Return the subscription that `subscription_body` wrote."""
    return _SUBSCRIPTION.validate_python(body)


def guild_body(guild: Guild) -> Any:
    """Return a Discord server as JSON values."""
    return _GUILD.dump_python(guild, mode="json")


def guild(body: Any) -> Guild:
    """Return the Discord server that `guild_body` wrote."""
    return _GUILD.validate_python(body)


def _own(values: Values, record: type[Any]) -> dict[str, Any]:
    return {name: values[name] for name in (field.name for field in fields(record)) if name in values}
