"""Says what is materially new about a story: withdrawn, accepted, code released, claims changed. All else is no news.

Pure, and the same whatever the order of arrivals: each subject is news once, and only against what was known before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digestbot.domain import Item, News
from digestbot.grounding.claims import CLAIMS_BETTER, Number, numbers
from digestbot.identity import own_keys, stated_keys
from digestbot.keys import mentioned_keys

_WITHDRAWN = re.compile(
    r"\b(?:(?:paper|article|manuscript|submission|preprint|work|version)\s+(?:has been|is|was|are|being)\s+"
    r"(?:temporarily\s+)?(?:withdrawn|retracted)|(?:withdrawn|retracted)\s+by\s+(?:the\s+)?(?:authors?|arxiv)|"
    r"(?:we|authors?)\s+(?:have\s+)?(?:withdr[ae]wn?|retract(?:ed)?)\s+(?:this|the)\s+"
    r"(?:paper|article|manuscript|submission))\b|^\W*(?:withdrawn|retracted)\b",
    re.IGNORECASE,
)
_TAKEN = re.compile(
    r"\b(?:accepted|to appear|will appear|appears|appeared|published|camera[- ]ready|presented|forthcoming|in press)\b",
    re.IGNORECASE,
)
_NOT_TAKEN = re.compile(
    r"\b(?:submitted|submission|under review|in review|reject\w*|not (?:yet )?accepted|resubmi\w*|prepar\w+|"
    r"style|template|format\w*|conditionally|exten\w+|previous\w*|earlier|prior|challenge|based on)\b",
    re.IGNORECASE,
)
_SERIES = (
    "NeurIPS|ICML|ICLR|AISTATS|UAI|COLT|ALT|AAAI|IJCAI|ECAI|ACL|NAACL|EACL|EMNLP|COLING|TACL|CoNLL|COLM|CVPR|ICCV|ECCV|"
    "WACV|BMVC|ACCV|MICCAI|ICASSP|Interspeech|TASLP|KDD|WWW|WSDM|CIKM|SIGIR|RecSys|ICDM|SIGMOD|VLDB|ICDE|ICRA|IROS|CoRL|"
    "RSS|CHI|SIGGRAPH|MLSys|OSDI|SOSP|ISCA|ASPLOS|JMLR|TMLR|TPAMI|TNNLS|IJCV|JAIR|MLHC|CHIL|LREC|Nature|Science|PNAS"
)
_KNOWN_SERIES = re.compile(rf"(?<![A-Za-z])(?P<name>{_SERIES}|NIPS)(?![A-Za-z])(?:[-\s']*(?P<year>(?:20)?\d\d)(?!\d))?")
_OTHER_VENUE = re.compile(
    r"\b(?i:accepted|to appear|will appear|appears|appeared|published|presented|forthcoming)\b"
    r"(?:\s+(?:for publication|for presentation|as an? [\w\s-]{1,40}?))*"
    r"\s+(?:at|in|to|by|for|with)\s+(?:the\s+)?(?:(?i:proceedings) of (?:the )?)?(?:\d{1,4}(?:st|nd|rd|th)?\s+)?"
    r"(?P<name>[A-Z][^,;.()\n\d]{2,70})",
)
_HOMES = {"acl": "the ACL Anthology", "doi": "a journal or proceedings"}
# Zenodo, figshare, OSF, SSRN, bioRxiv, Research Square, Preprints.org, TechRxiv: whatever is uploaded there gets a DOI.
_UPLOADED = re.compile(r"doi:10\.(?:5281|6084|31219|31234|2139|1101|21203|20944|36227|13140)/")
_IGNORED_UNITS = frozenset({"year", "month", "day"})


@dataclass(frozen=True)
class _Claims:
    """An abstract's figures in order, and the words by which it ranks itself above others."""

    figures: tuple[Number, ...]
    ranks: frozenset[str]


def of_arrival(known: Sequence[Item], newcomer: Item) -> Iterator[News]:
    """Yield what an item that joins a story adds to what its known members had told."""
    yield from _news(known, newcomer)


def of_version(former: Item, item: Item, others: Sequence[Item] = ()) -> Iterator[News]:
    """Yield what a later version of an item tells that neither the former one nor the story's others did."""
    yield from _news([former, *others], item)
    changed = None if is_withdrawn(item) else claims_changed(former.text, item.text)
    if changed and item.medium == "paper":
        yield News("claims", f"{item.id} v{item.version}", f"Version {item.version} changes its claims: {changed}.")


def is_withdrawn(item: Item) -> bool:
    """Tell whether a paper's own entry says that it was withdrawn or retracted."""
    return item.medium == "paper" and bool(_WITHDRAWN.search(item.comment) or _WITHDRAWN.search(item.text[:300]))


def withdrawal(item: Item) -> str:
    """Return the sentence that tells a withdrawal, with the authors' reason where they give a short one."""
    reason = " ".join(item.comment.split())
    return f"It was withdrawn. Its entry says: “{reason[:200]}”" if reason else "It was withdrawn."


def venues_in(item: Item) -> dict[str, str]:
    """Return where a paper says or shows that it was accepted or published: {subject: name as written}.

    Submitted, under review and the like are not accepted; a bare name of a series in the comment is.
    """
    if item.medium != "paper":
        return {}
    found: dict[str, str] = {}
    for sentence in re.split(r"(?<=[.;\n])\s+", item.comment):
        if not _NOT_TAKEN.search(sentence):
            found |= _venues(sentence)
    for key in sorted(own_keys(item) | stated_keys(item)):
        scheme, _, _ = key.partition(":")
        if scheme in _HOMES and not _UPLOADED.match(key):
            found.setdefault("published", _HOMES[scheme])
    return found


def repositories_of(item: Item) -> list[str]:
    """Return the repositories that an item is, or that a paper's own words link: `owner/name`, in order."""
    keys = own_keys(item) if item.medium == "repository" else frozenset()
    if item.medium == "paper":
        keys = mentioned_keys(f"{item.text}\n{item.comment}")
    return sorted(key.removeprefix("repo:") for key in keys if key.startswith("repo:"))


def claims_changed(former: str, text: str) -> str:
    """Return how an abstract's claims changed, in a few words; empty when they did not.

    Claims are its figures and its words of rank (`outperforms`, `state of the art`). Spelling, order and rounding of
    the writing change nothing; years and spans of calendar time are not figures.
    """
    old, new = _claims(former), _claims(text)
    if not former.strip() or not text.strip():
        return ""
    gone, come = _without(old.figures, new.figures), _without(new.figures, old.figures)
    said = []
    if gone and come:
        said.append(f"{_listed(gone)} became {_listed(come)}")
    elif gone:
        said.append(f"{_listed(gone)} is gone")
    elif come:
        said.append(f"{_listed(come)} is new")
    if bool(old.ranks) != bool(new.ranks):
        ranks = sorted(old.ranks or new.ranks)
        said.append(f"it {'no longer' if old.ranks else 'now'} says “{ranks[0]}”")
    return "; ".join(said)


def _news(known: Sequence[Item], item: Item) -> Iterator[News]:
    if is_withdrawn(item) and not any(is_withdrawn(other) for other in known):
        yield News("withdrawn", "", withdrawal(item))
        return
    told = {subject for other in known for subject in venues_in(other)}
    for subject, name in venues_in(item).items():
        # A DOI that follows the news of an acceptance, or the other way round, is the same news.
        if subject not in told and not (told and (subject == "published" or told == {"published"})):
            verb = "published in" if subject == "published" else "accepted at"
            yield News("accepted", subject, f"It was {verb} {name}.")
            break
    repositories = repositories_of(item)
    if repositories and not any(repositories_of(other) for other in known):
        yield News("code", "", f"Its code was released: {repositories[0]}.")


def _venues(sentence: str) -> dict[str, str]:
    found = {}
    for match in _KNOWN_SERIES.finditer(sentence):
        year = match["year"] or ""
        series = "NeurIPS" if match["name"] == "NIPS" else match["name"]
        workshop = " workshop" if re.search(r"\bworkshop\b", sentence, re.IGNORECASE) else ""
        written = f"{series}{' ' + (year if len(year) == 4 else '20' + year) if year else ''}"
        found[f"{series.lower()}{workshop}"] = f"a workshop of {written}" if workshop else written
    if found or not _TAKEN.search(sentence):
        return found
    if other := _OTHER_VENUE.search(sentence):
        name = " ".join(other["name"].split()).rstrip(" -&'’:@")
        found[re.sub(r"[\W\d_]+", " ", name.casefold()).strip()] = name
    return found


def _claims(text: str) -> _Claims:
    figures = tuple(n for n in numbers(text) if n.unit not in _IGNORED_UNITS and not _is_year(n))
    ranks = frozenset(re.sub(r"[\W_]+", " ", match.group().casefold()) for match in CLAIMS_BETTER.finditer(text))
    return _Claims(figures, ranks)


def _is_year(number: Number) -> bool:
    return not number.unit and number.span.isdigit() and 1900 <= number.value < 2100


def _without(some: Sequence[Number], others: Sequence[Number]) -> list[Number]:
    held = {(number.value, number.unit) for number in others}
    kept = {(number.value, number.unit): number for number in some}
    return [number for key, number in kept.items() if key not in held]


def _listed(found: Sequence[Number]) -> str:
    spans = [" ".join(number.span.split()) for number in found]
    return ", ".join(spans[:3]) + (" and more" if len(spans) > 3 else "")
