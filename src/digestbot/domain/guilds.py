"""What a Discord server that uses the bot wants of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digestbot.domain.kinds import DigestLang

WhoSubscribes = Literal["managers", "everyone"]
"""`managers` are those who may manage the server; everyone may always subscribe their own direct messages."""

WhoSeesAnswers = Literal["shared", "private"]
"""Whether all in a channel see explanations, unless the asker wishes otherwise, or the asker alone."""


@dataclass(frozen=True)
class Guild:
    """A Discord server, by ids; an empty one means that nothing was chosen.

    `reviewers` is the role that decides on proposals, `ping_role` the one that digests mention. `left_at` is when the
    bot was removed from it; None while it is there.
    """

    id: str
    name: str = ""
    reviewers: str = ""
    review_channel: str = ""
    operations_channel: str = ""
    ping_role: str = ""
    lang: DigestLang | Literal[""] = ""
    who_subscribes: WhoSubscribes = "managers"
    answers: WhoSeesAnswers = "shared"
    joined_at: datetime | None = None
    left_at: datetime | None = None
