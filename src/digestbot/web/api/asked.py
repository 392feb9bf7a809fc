"""What a program may ask for: the parameters of each list, checked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from digestbot.domain import Medium, Outcome, ProposalState
from digestbot.web.surface import MAX_QUERY_CHARS

Lang = Literal["en", "zh-Hans", "zh-Hant"]
# Left to itself pydantic takes numbers as days, too: seconds since 1970.
Day = Annotated[date, BeforeValidator(date.fromisoformat)]


class Asked(BaseModel):
    """The parameters of an operation; any other is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class One(Asked):
    """Nothing but what the path says."""


class Row(Asked):
    """How much of a list is wanted, and from where on."""

    before: str = Field("", max_length=500, description="what `next` of the answer before says")
    limit: int = Field(20, ge=1, le=100, description="at most so many")


class StoriesAsked(Row):
    """Which stories."""

    roadmap: str = Field("", max_length=200, description="a roadmap by its name; the main one if left out")
    section: str = Field("", max_length=200, description="only of this section")
    chapter: str = Field("", max_length=200, description="only of this chapter")
    since: Day | None = Field(None, description="only those filed from this day on")
    lang: Lang = Field("en", description="the language of summaries, where there is one in it")


class ItemsAsked(Row):
    """Which items."""

    feed: str = Field("", max_length=200, description="only of this feed")
    outcome: Outcome | Literal[""] = Field("", description="only those that ended so")


class SearchAsked(Asked):
    """What is searched for."""

    q: str = Field(min_length=1, max_length=MAX_QUERY_CHARS, description="words or a question")
    section: str = Field("", max_length=200, description="only of this section")
    medium: Medium | Literal[""] = Field("", description="only of this medium")
    since: Day | None = Field(None, description="only from this day on")
    until: Day | None = Field(None, description="only up to this day")
    lang: Lang = Field("en", description="the language of summaries, where there is one in it")
    limit: int = Field(20, ge=1, le=100, description="at most so many")


class ProposalsAsked(Row):
    """Which proposals."""

    state: ProposalState | Literal["all"] = Field("open", description="only in this state, or all")
    roadmap: str = Field("", max_length=200, description="only for this roadmap")
