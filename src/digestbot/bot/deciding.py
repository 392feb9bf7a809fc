"""What the buttons below a proposal do: the same decisions as `digestbot review`, for whoever has the role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import discord

from digestbot import review
from digestbot.bot.access import who
from digestbot.bot.answers import acknowledge, answer, changed, replace_answer
from digestbot.bot.board import Board, Cards
from digestbot.bot.cards import controls, embed_of, outcome
from digestbot.bot.desk import Desk, desk_of
from digestbot.bot.faults import Mistake, Refusal
from digestbot.bot.telling import stamp
from digestbot.bot.tree import Form, Interaction, Pick, Press, Tree
from digestbot.bot.words import lang_of, safe, t
from digestbot.domain import Proposal, ProposalId
from digestbot.errors import ReviewError
from digestbot.render.escape import plain
from digestbot.render.objections import objection
from digestbot.render.review_words import GROUNDS
from digestbot.review import Decision, Reviewer

MAX_TEXT = 4_000
"""What a field of a form holds at most, by Discord."""
MAX_MERIT, MAX_REASON = 600, 1_000
TURN = "p:review-page:"
"""How the ids of buttons begin that lead to another proposal."""
BACK, ONWARDS = "◀", "▶"
SPANS = {"1": "Until tomorrow", "3": "For three days", "7": "For a week", "14": "For two weeks", "30": "For a month"}
Vote = Callable[[review.Desk, Reviewer, datetime], Decision]


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add what the buttons do."""
    tree.presses["review-accept"] = _accept
    tree.presses["review-edit"] = _edit
    tree.presses["review-reject"] = _reject
    tree.presses["review-later"] = _later
    tree.picks["review-later"] = _put_off


async def reviewer_of(interaction: Interaction, desk: Desk) -> Reviewer:
    """Return who decides; raises Refusal for anybody who may not here."""
    lang, found = lang_of(interaction), await desk.do(desk.guilds.get, str(interaction.guild_id or ""))
    if not found.id:
        raise Refusal(t(lang, "Proposals are decided on a server, by its reviewers."))
    if not board_of(interaction).decides(found.id):
        said = (
            "This server does not decide on the roadmap. Whoever runs the bot lets it with the setting "
            "`DIGESTBOT_REVIEW_SERVERS`; its number is `{id}`."
        )
        raise Refusal(t(lang, said, id=found.id))
    if not found.reviewers:
        raise Refusal(t(lang, "No role decides here yet: whoever manages the server chooses it by `/settings`."))
    roles = {str(role.id) for role in getattr(interaction.user, "roles", ())}
    if found.reviewers not in roles:
        raise Refusal(t(lang, "Only people with the role <@&{role}> may decide.", role=found.reviewers))
    name = who(interaction)
    return desk.reviews.desk.policy.reviewers.get(name) or Reviewer(name)


def board_of(interaction: Interaction) -> Board:
    """Return the board of the bot that somebody uses."""
    found: Board = interaction.client.board
    return found


async def _accept(interaction: Interaction, what: str) -> None:
    id, seen = _seen(what)
    await _decide(interaction, id, seen, lambda desk, who, now: review.accept(desk, id, who, now, seen))


async def _edit(interaction: Interaction, what: str) -> None:
    """Ask for other words: those that introduce a resource, or the new lines as the change has them."""
    (id, seen), lang = _seen(what), lang_of(interaction)
    proposal = await _open(interaction, id, seen)
    reworded = proposal.kind in ("add", "replace") and bool(proposal.merit)
    text = proposal.merit if reworded else _text_of(proposal)
    most = MAX_MERIT if reworded else MAX_TEXT
    if len(text) > most:
        said = "This is too long for a form of Discord's: `digestbot review edit {id}` takes it in a terminal."
        raise Mistake(t(lang, said, id=id))

    async def took(sent: Interaction, given: dict[str, str]) -> None:
        own = plain(given["text"], MAX_MERIT) if reworded else lines_of(given["text"], MAX_TEXT)
        if not own.strip():
            raise Mistake(t(lang, "Nothing was left of it: reject the proposal instead."))
        await _decide(sent, id, seen, lambda desk, who, now: _edited(desk, proposal, who, now, own, reworded))

    form = Form(t(lang, "Accept in other words"), took)
    form.ask("text", _label(proposal, reworded, lang), text, needed=True, long=True, most=most)
    await interaction.response.send_modal(form)


async def _reject(interaction: Interaction, what: str) -> None:
    """Ask why."""
    (id, seen), lang = _seen(what), lang_of(interaction)
    await _open(interaction, id, seen)

    async def took(sent: Interaction, given: dict[str, str]) -> None:
        ground: Any = given["ground"] if given["ground"] in GROUNDS else "other"
        reason, wanted = plain(given["reason"], MAX_REASON), plain(given["wanted"], 200)

        def vote(desk: review.Desk, who: Reviewer, now: datetime) -> Decision:
            return review.reject(desk, id, who, now, reason, ground, wanted, seen)

        await _decide(sent, id, seen, vote)

    form = Form(t(lang, "Reject the proposal"), took)
    options = [discord.SelectOption(label=t(lang, GROUNDS[one]), value=one, default=one == "other") for one in GROUNDS]
    form.choose("ground", t(lang, "Why"), options)
    form.ask("reason", t(lang, "In your words"), long=True, most=MAX_REASON)
    form.ask("wanted", t(lang, "Where it belongs: SECTION/CHAPTER"), most=200)
    await interaction.response.send_modal(form)


async def _later(interaction: Interaction, what: str) -> None:
    """Ask until when."""
    await acknowledge(interaction)
    (id, seen), lang = _seen(what), lang_of(interaction)
    await _open(interaction, id, seen)
    options = [discord.SelectOption(label=t(lang, SPANS[days]), value=days) for days in SPANS]
    await answer(interaction, t(lang, "Until when is it put off?"), [Pick("review-later", what, options)])


async def _put_off(interaction: Interaction, what: str, values: Sequence[str]) -> None:
    (id, seen), span = _seen(what), timedelta(days=int(values[0]) if values[0] in SPANS else 7)
    await _decide(
        interaction, id, seen, lambda desk, who, now: review.later(desk, id, who, now, now + span), is_question=True
    )


async def _open(interaction: Interaction, id: ProposalId, seen: int) -> Proposal:
    """Return a proposal that somebody may decide on; raises Refusal or Mistake where they may not, or no more."""
    desk = desk_of(interaction)
    await reviewer_of(interaction, desk)
    found = await desk.do(desk.reviews.desk.ledger.proposal, id)
    for one in found:
        if one.id == id and one.state == "open" and one.revision == seen:
            return one
    raise Mistake(await _late(interaction, id, seen))


async def _decide(
    interaction: Interaction, id: ProposalId, seen: int, vote: Vote, *, is_question: bool = False
) -> None:
    """Give a vote and show everywhere what became of it.

    `is_question` says that what was pressed is no proposal, but a question of ours about one.
    """
    desk, lang = desk_of(interaction), lang_of(interaction)
    await interaction.response.defer()
    reviewer = await reviewer_of(interaction, desk)
    try:
        said = told(await desk.do(vote, desk.reviews.desk, reviewer, desk.clock()), lang)
    except ReviewError as error:
        said = await _late(interaction, id, seen, str(error))
    if not is_question:
        await _turn_page(interaction, id)
    await (replace_answer if is_question else answer)(interaction, said)
    # Last of all: a round that is under way may hold it up.
    await board_of(interaction).show(id)


async def _turn_page(interaction: Interaction, id: ProposalId) -> None:
    """Bring the message that was pressed up to date where only this person sees it, and let it lead on."""
    message, desk, lang = interaction.message, desk_of(interaction), lang_of(interaction)
    if message is None or not message.flags.ephemeral:
        return
    card = await desk.do(Cards(desk, desk.clock()).card, id)
    again = [Press("review-page", place, t(lang, "Next proposal"), row=1) for place in _onwards(message)]
    items: list[discord.ui.Item[Any]] = [*controls(card.standing.proposal, lang), *again]
    await changed(interaction, [embed_of(card, lang)], items)


def _onwards(message: discord.Message) -> list[str]:
    """Return where the last button of a page leads once its proposal is gone from what waits: a place less far."""
    found = [part for row in message.components for part in getattr(row, "children", ())]
    turns = [(part.label, str(part.custom_id).removeprefix(TURN)) for part in found if TURN in str(part.custom_id)]
    for label, (place, _, rest) in ((label, what.partition(":")) for label, what in turns[-1:]):
        return [f"{max(0, int(place) - (label == ONWARDS))}:{rest}"] if place.isdigit() else []
    return []


async def _late(interaction: Interaction, id: ProposalId, seen: int, why: str = "") -> str:
    """Return what stands between somebody who saw a revision and a decision; `why` is the review's own word."""
    desk, lang = desk_of(interaction), lang_of(interaction)
    try:
        standing = await desk.do(review.standing, desk.reviews.desk, id, desk.clock())
    except ReviewError:
        return t(lang, "There is no such proposal any more.")
    if standing.proposal.state != "open":
        return t(lang, "That is decided already. {what}", what=outcome(standing, lang))
    if why and standing.proposal.revision == seen:
        return safe(objection(why, lang), 800)
    return t(lang, "It was changed since you saw it: look at it again.")


def told(decision: Decision, lang: str) -> str:
    """Return what became of a proposal by a vote, for whoever gave it."""
    proposal = decision.proposal
    if decision.missing:
        said = t(lang, "Your vote counts; {count} more wanted.", count=decision.missing)
    elif proposal.state == "applied":
        said = t(lang, "Accepted: it stands in the roadmap now.")
    elif proposal.state in ("accepted", "edited"):
        said = t(lang, "Accepted; it goes into the roadmap as soon as it can.")
    elif proposal.state == "rejected":
        said = t(lang, "Rejected.")
    elif proposal.waits_until:
        said = t(lang, "Put off until {at}.", at=stamp(proposal.waits_until))
    else:
        said = t(lang, "It was changed since you saw it: look at it again.")
    return "\n".join([said, *(f"-# {safe(objection(note, lang), 400)}" for note in decision.notes[:3])])


def lines_of(text: str, limit: int) -> str:
    """Return what somebody wrote, at most so long, without what no text file should hold."""
    kept = "".join(letter if letter == "\n" or letter.isprintable() else _stand_in(letter) for letter in text[:limit])
    return kept.strip("\n")


def _stand_in(letter: str) -> str:
    if "\ud800" <= letter <= "\udfff":
        return "\ufffd"
    return " " if letter.isspace() and letter != "\r" else ""


def _seen(what: str) -> tuple[ProposalId, int]:
    id, _, revision = what.partition("#")
    return ProposalId(id), int(revision) if revision.isdigit() and len(revision) < 6 else 0


def _text_of(proposal: Proposal) -> str:
    """Return the new lines of a change in one place, else its diff."""
    own = review.places(proposal)
    return "\n".join(own[0]) if len(own) == 1 and own[0] else review.marked_text(proposal.diff).rstrip("\n")


def _edited(desk: review.Desk, proposal: Proposal, who: Reviewer, now: datetime, text: str, reworded: bool) -> Decision:
    if reworded:
        return review.edit(desk, proposal.id, who, now, text, seen=proposal.revision)
    if review.is_marked(text):
        return review.edit(desk, proposal.id, who, now, seen=proposal.revision, marked=f"{text}\n")
    return review.edit(desk, proposal.id, who, now, lines=[text.split("\n")], seen=proposal.revision)


def _label(proposal: Proposal, reworded: bool, lang: str) -> str:
    if reworded:
        return t(lang, "The line that introduces it")
    marked = review.is_marked(_text_of(proposal))
    return t(lang, "The change: - goes, + comes") if marked else t(lang, "The new lines")
