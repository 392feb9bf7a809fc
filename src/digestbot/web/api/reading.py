"""What the API answers: a plain function for each operation that reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from digestbot import __version__, domain, review
from digestbot.domain import PROPOSAL_STATES, Filters, ProposalId
from digestbot.errors import ReviewError
from digestbot.review import Standing
from digestbot.web.api import asked, review_shapes, shapes
from digestbot.web.decisions import Docket
from digestbot.web.proposals import PRIVATE
from digestbot.web.surface import Missing, Surface
from digestbot.web.telling import summary_langs


class Seeing(Protocol):
    """Finds items as feeds showed them, last seen first; raises LookupError for a place that is none."""

    def __call__(
        self, *, feed: str, outcome: str, before: str, limit: int
    ) -> tuple[Sequence[Mapping[str, Any]], str]: ...


@dataclass(frozen=True)
class Sources:
    """What answers are made from."""

    surface: Surface
    docket: Docket
    seen: Seeing

    def page(self, *parts: str) -> str:
        """Return the address of one of our pages."""
        return "/".join((self.surface.public_url, *(quote(part, safe="") for part in parts)))

    def next(self, path: str, given: asked.Row, before: str) -> str | None:
        """Return the address of the rest of a list, None at its end."""
        if not before:
            return None
        said = given.model_dump(mode="json", exclude_defaults=True) | {"before": before}
        return f"{self.surface.public_url}/api/{path}?{urlencode(said)}"


Reading = Callable[[Sources, Any, Mapping[str, str]], shapes.Shape]
"""Takes what there is, the checked parameters, and those of the path; raises Missing and LookupError."""


def entrance(sources: Sources, given: asked.One, path: Mapping[str, str]) -> shapes.Entrance:
    """Say what there is."""
    names = ("stories", "items", "digests", "search", "roadmaps", "proposals")
    links = {name: sources.page("api", name) for name in names}
    return shapes.Entrance(version=__version__, openapi=sources.page("api", "openapi.json"), links=links)


def stories(sources: Sources, given: asked.StoriesAsked, path: Mapping[str, str]) -> shapes.Stories:
    """List filed stories, newest first."""
    roadmap = sources.surface.roadmap(given.roadmap)
    found = sources.surface.archive.cards(
        roadmap.name,
        summary_langs(given.lang, roadmap.lang),
        section=given.section,
        chapter=given.chapter,
        since=datetime.combine(given.since, time(), UTC) if given.since else None,
        before=given.before,
        limit=given.limit,
    )
    rows = [_story(sources, card) for card in found.cards]
    return shapes.Stories(stories=rows, next=sources.next("stories", given, found.before))


def story(sources: Sources, given: asked.One, path: Mapping[str, str]) -> shapes.WholeStory:
    """Return a story with all that is known of it, also by an id that it had before."""
    found = sources.surface.archive.dossier(path["id"])
    if found is None:
        raise Missing
    lead = found.story.lead
    return shapes.WholeStory(
        id=found.story.id,
        page=sources.page("stories", found.story.id),
        first_seen_at=found.first_seen_at,
        items=[
            shapes.Item.model_validate(one)
            for one in (lead, *(one for one in found.story.members if one.id != lead.id))
        ],
        verdicts=[
            shapes.Verdict.model_validate({**_values(shapes.Verdict, verdict), "decided_at": at})
            for verdict, at in found.verdicts
        ],
        summaries=[shapes.Summary.model_validate(one) for one in found.summaries],
        news=[shapes.News(at=at, kind=news.kind, change=news.change) for at, news in found.news],
        digests=[told.digest for told in found.told],
    )


def items(sources: Sources, given: asked.ItemsAsked, path: Mapping[str, str]) -> shapes.Items:
    """List what feeds showed, last seen first, and where each ended."""
    rows, before = sources.seen(feed=given.feed, outcome=given.outcome, before=given.before, limit=given.limit)
    found = [shapes.Seen.model_validate(dict(row)) for row in rows]
    return shapes.Items(items=found, next=sources.next("items", given, before))


def digests(sources: Sources, given: asked.Row, path: Mapping[str, str]) -> shapes.Digests:
    """List the digests that anybody may see, newest first."""
    found = sources.surface.archive.digests(given.before, given.limit)
    rows = [shapes.Digest.model_validate(_digest(sources, one)) for one in found.digests]
    return shapes.Digests(digests=rows, next=sources.next("digests", given, found.before))


def digest(sources: Sources, given: asked.One, path: Mapping[str, str]) -> shapes.WholeDigest:
    """Return a digest whole."""
    found = sources.surface.archive.digest(path["id"])
    if found is None:
        raise Missing
    sections = [shapes.DigestSection.model_validate(one) for one in found.sections]
    return shapes.WholeDigest(**_digest(sources, found), sections=sections, left_out=found.left_out)


def search(sources: Sources, given: asked.SearchAsked, path: Mapping[str, str]) -> shapes.Stories:
    """Find stories by words or a question, best first."""
    filters = Filters(
        sections=(given.section,) if given.section else (),
        kinds=(given.medium,) if given.medium else (),
        sources=("story",),
        since=given.since,
        until=given.until,
    )
    langs = summary_langs(given.lang, sources.surface.roadmap("").lang)
    found = sources.surface.search(given.q, filters, langs, given.limit)
    return shapes.Stories(stories=[_story(sources, card) for card in found])


def roadmaps(sources: Sources, given: asked.One, path: Mapping[str, str]) -> shapes.Roadmaps:
    """Return every roadmap that stories are filed into."""
    return shapes.Roadmaps(roadmaps=[shapes.Roadmap.model_validate(one) for one in sources.surface.roadmaps()])


def roadmap(sources: Sources, given: asked.One, path: Mapping[str, str]) -> shapes.Roadmap:
    """Return a roadmap with its sections, chapters and resources."""
    return shapes.Roadmap.model_validate(sources.surface.roadmap(path["name"]))


def proposals(sources: Sources, given: asked.ProposalsAsked, path: Mapping[str, str]) -> review_shapes.Proposals:
    """List proposals, the latest first."""
    states = PROPOSAL_STATES if given.state == "all" else (given.state,)
    found = sources.docket.latest(states, given.roadmap, given.before, given.limit + 1)
    rows = [_proposal(sources, one) for one in found[: given.limit]]
    before = found[given.limit - 1].id if len(found) > given.limit else ""
    return review_shapes.Proposals(proposals=rows, next=sources.next("proposals", given, before))


def proposal(sources: Sources, given: asked.One, path: Mapping[str, str]) -> review_shapes.WholeProposal:
    """Return a proposal as it stands on the present document."""
    return whole_proposal(sources, ProposalId(path["id"]), names=False)


def whole_proposal(sources: Sources, id: ProposalId, *, names: bool) -> review_shapes.WholeProposal:
    """Return a proposal whole; who said what, and what hinders it, only where `names` says so. Raises Missing."""
    try:
        found = review.standing(sources.docket.desk, id, sources.surface.wall())
    except ReviewError as error:
        raise Missing from error
    if found.proposal.id != id:
        raise Missing
    return review_shapes.WholeProposal(
        **_proposal(sources, found.proposal).model_dump(),
        fit=found.fit,
        why_not=found.why if names else "",
        diff=found.diff or found.proposal.diff,
        accepts=len(found.accepts),
        rejects=len(found.rejects),
        missing=found.missing,
        acts=_acts(found, names),
    )


def _acts(found: Standing, names: bool) -> list[review_shapes.Act]:
    return [
        review_shapes.Act(
            at=act.at,
            by=act.by if names or act.by == "digestbot" else "",
            kind=act.kind,
            state=act.state,
            ground=act.ground,
            reason=act.reason if names or act.kind not in PRIVATE else "",
        )
        for act in found.acts
    ]


def _story(sources: Sources, card: domain.Card) -> shapes.Story:
    return shapes.Story.model_validate({**_values(shapes.Story, card), "page": sources.page("stories", card.id)})


def _proposal(sources: Sources, one: domain.Proposal) -> review_shapes.Proposal:
    return review_shapes.Proposal.model_validate(
        {**_values(review_shapes.Proposal, one), "page": sources.page("review", one.id)}
    )


def _digest(sources: Sources, found: domain.Digest) -> dict[str, Any]:
    return {
        "id": found.id,
        "page": sources.page("digests", found.id),
        "created_at": found.created_at,
        "lang": found.lang,
        "lead": found.lead,
        "count": sum(len(section.entries) + len(section.brief) for section in found.sections),
    }


def _values(shape: type[shapes.Shape], record: object) -> dict[str, Any]:
    """Return those fields of a record that a shape has."""
    return {name: getattr(record, name) for name in shape.model_fields if hasattr(record, name)}
