"""Names of things, and the words that they may be."""

from __future__ import annotations

from typing import Literal, NewType, get_args

FeedId = NewType("FeedId", str)
ItemId = NewType("ItemId", str)
"""What an item is, not where it was seen: `arxiv:2604.01234`, `youtube:…`, `url:https://…`."""
StoryId = NewType("StoryId", str)
ProposalId = NewType("ProposalId", str)
DigestId = NewType("DigestId", str)

FeedKind = Literal["arxiv", "feed", "youtube", "suggested"]
"""`suggested` is the one feed that no file lists: what people handed in by address."""
Medium = Literal["paper", "post", "video", "repository"]
Outcome = Literal["filed", "off_roadmap", "duplicate", "joined", "known", "filtered", "baseline", "failed"]
"""Where an item ended: see `pipeline.line`. `known` is counted in a run's report and never recorded."""
Step = Literal["fetch", "dedupe", "triage", "read", "summarize", "propose", "publish", "deliver", "embed"]
ChannelKind = Literal["terminal", "file", "maildir", "smtp", "discord", "discord_webhook", "webhook", "atom"]
"""`discord` is a channel that the bot itself posts to; `discord_webhook` one that gave us an address to post to."""
CHANNEL_KINDS: tuple[ChannelKind, ...] = get_args(ChannelKind)
REACHED_FROM_ANYWHERE: tuple[ChannelKind, ...] = ("smtp", "discord", "discord_webhook", "webhook")
"""What every machine reaches alike; the others are folders of one machine, or its terminal."""
Role = Literal["server", "worker"]
"""What a process does for months: everything, or only deliver."""
DeliveryState = Literal["pending", "sending", "sent", "in_doubt", "dead"]
NewsKind = Literal["withdrawn", "accepted", "code", "claims"]
PauseReason = Literal["", "failing", "gone", "by hand"]
"""Why a feed is no longer asked: it failed for days, its origin said that it is no more, or a person wanted it."""
PointKind = Literal["", "new", "how", "result", "limits"]
Level = Literal["introductory", "intermediate", "advanced"]
ProposalKind = Literal["add", "replace", "retire", "merge", "correct", "chapter", "split", "reorder"]
PROPOSAL_KINDS: tuple[ProposalKind, ...] = get_args(ProposalKind)
ProposalState = Literal["open", "accepted", "edited", "rejected", "stale", "applied", "reverted"]
PROPOSAL_STATES: tuple[ProposalState, ...] = get_args(ProposalState)
CadenceKind = Literal["instant", "daily", "weekdays", "weekly", "cron"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Length = Literal["headlines", "short", "full"]
Rest = Literal["brief", "count"]
EmptyPolicy = Literal["skip", "note", "always"]
DigestLang = Literal["en", "zh-Hans", "zh-Hant"]
ReasonKind = Literal["section", "chapter", "keyword", "without", "medium", "level", "relevance", "language"]

Failure = Literal["passing", "for good", "early"]
"""How a suggestion failed: it may go another time, never, or is not out yet."""

OFF_ROADMAP = "none"
"""The section of a story that belongs nowhere."""
