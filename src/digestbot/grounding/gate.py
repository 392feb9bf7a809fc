"""Checks that what a model wrote is said by its sources, and drops the sentences that are not.

Textual, on purpose: a number, name, link, quote or comparison that the sources do not show is a finding, however true.
Paraphrase in ordinary words passes. Pure; must not call a model.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from digestbot.grounding import claims
from digestbot.grounding.evidence import Evidence, gather, name_key, stem
from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.rarity import rarity
from digestbot.offline.sentences import split
from digestbot.offline.terms import is_chinese, terms
from digestbot.suspicion import is_suspicious
from digestbot.wire.plaintext import clean_text

Kind = Literal["number", "name", "link", "quote", "comparison", "mention"]

# A capitalized first word that fewer than about one abstract in 700 holds is taken for a name: "Orion" 8.2.
RARE_NATS = 6.6
# Of the words that follow a comparing verb, so many must stand in one comparing sentence of a source.
MIN_SHARED = 0.5
# A sentence that compares more often than this is a finding by that alone.
MAX_COMPARISONS = 8
_REACH = 400
# A sentence with so many capitals is a heading, whose every word is judged as a first word is.
HEADING_SHARE = 0.6
_WELL_KNOWN = frozenset(
    re.findall(r"\S+", "google llama bert mamba gemini claude mistral qwen anthropic deepmind nvidia meta apple amazon")
)
_COMMON_CAPITALS = frozenset(
    re.findall(r"\S+", "i ai ml nlp llm llms gpu gpus cpu cpus api apis tldr tl dr ok vs pdf url id no mr ms dr yes")
)
_COMMON_ENDING = re.compile(
    r"(?:ing|ly|ed|ers|ors|tion|tions|sion|ments?|ness|ities|ical|able|ible|less|ful|ives?|isms?|ists?)$"
)
_SHOUTED = frozenset({"everyone", "here", "channel", "all"})
_CLAUSE_BREAK = re.compile(
    r"[,.;:(]|\b(?:on|by|in|with|while|when|for|at|using|across|and|but|under|without)\b|[\uff0c\u3002\uff1b]",
    re.IGNORECASE,
)
_OPENS_AGAIN = re.compile(r"(?:^|[:;.!?\u2022*#\u2014\n]|\d[.)]|^[-*])[\s\"'\u201c\u2018(*_#-]*$")
_ENDS = re.compile(r"[.!?\u3002\uff01\uff1f][\s\"'\u201d)]*$")
_GENERIC_SUBJECT = re.compile(r"\b(?:we|our|it|this|the (?:proposed|resulting|new)|they|ours)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """Something in a sentence that no source shows; `span` is how the sentence writes it."""

    kind: Kind
    span: str
    sentence: str


@dataclass(frozen=True)
class Dropped:
    """A sentence that was taken out, as it was written, and what in it no source shows."""

    sentence: str
    reason: str


@dataclass(frozen=True)
class Sifted:
    """Statements without their unsupported sentences, in order, empty where nothing is left; and what was taken out."""

    kept: tuple[str, ...]
    dropped: tuple[Dropped, ...] = ()


def check(text: str, sources: Sequence[str], links: Collection[str] = ()) -> list[Finding]:
    """Return what the sources do not show, in the order of the text; `links` are good besides those in the sources."""
    evidence = gather(sources, links)
    return [finding for sentence in split(text) for finding in _findings(sentence, evidence)]


def sift(statements: Sequence[str], sources: Sequence[str], links: Collection[str] = ()) -> Sifted:
    """Return statements, each on one line, without the sentences that may not get out.

    The one way by which anything that a model wrote gets out. A sentence stays when the sources show everything in it
    that can be checked. Its addresses and mentions must be among `links`, even if a source has others: a story's links
    come from its feeds. A sentence that speaks to a model goes too, whoever wrote it.
    """
    evidence, given = gather(sources, links), frozenset(map(claims.link_key, links))  # read once for all statements
    kept: list[str] = []
    dropped: list[Dropped] = []
    for statement in statements:
        good = []
        for sentence in split(" ".join(clean_text(statement).split())):
            reason = _fault(sentence, evidence, given)
            if reason:
                dropped.append(Dropped(sentence, reason))
            else:
                good.append(sentence)
        kept.append(" ".join(good))
    return Sifted(tuple(kept), tuple(dropped))


def _fault(sentence: str, evidence: Evidence, links: Collection[str]) -> str:
    """Return why a sentence may not get out, empty when it may."""
    findings = _findings(sentence, evidence)
    if findings:
        return "; ".join(f"{finding.kind} not in the source: {finding.span}" for finding in findings)
    if _points_elsewhere(sentence, links):
        return "an address or a mention that is not the story's"
    return "it speaks to a model" if is_suspicious(sentence) else ""


def _points_elsewhere(sentence: str, links: Collection[str]) -> bool:
    """Tell whether a sentence has a mention or a clickable address beyond `links`; a bare name such as fast.ai may
    stay."""
    addresses = [link for link in claims.links(sentence) if ":" in link or "/" in link]
    addresses += [target for _, target in claims.markdown_targets(sentence)]
    return bool(claims.mentions(sentence)) or any(claims.link_key(address) not in links for address in addresses)


def _findings(sentence: str, evidence: Evidence) -> list[Finding]:
    """Return the findings of one sentence, each span once."""
    cleaned = claims.clean(sentence)
    found: dict[tuple[Kind, str], None] = {}
    for kind, span in _unshown(cleaned, evidence):
        found.setdefault((kind, span))
    return [Finding(kind, span, sentence) for kind, span in found]


def _unshown(sentence: str, evidence: Evidence) -> Iterator[tuple[Kind, str]]:
    yield from (("number", n.span) for n in claims.numbers(sentence) if not _may_count(n, sentence, evidence))
    yield from (("name", name) for name in _names(sentence) if not _is_known(name, evidence))
    yield from (("link", link) for link in claims.links(sentence) if not evidence.has_link(link))
    yield from (("link", span) for span, target in claims.markdown_targets(sentence) if not evidence.has_link(target))
    yield from (("mention", span) for span in claims.mentions(sentence) if not _may_mention(span, evidence))
    yield from (("quote", quote) for quote in claims.quotes(sentence) if not _may_quote(quote, evidence))
    yield from (("comparison", span) for span in _unshown_comparisons(sentence, evidence))


def _may_count(number: claims.Number, sentence: str, evidence: Evidence) -> bool:
    """Tell whether a number is a source's, or a part of a source's name as in `GPT 4` for `GPT-4`."""
    if evidence.has_number(number):
        return True
    named = re.search(rf"([A-Za-z][\w-]*) {re.escape(number.span)}(?!\w)", sentence)
    return named is not None and not number.unit and name_key(f"{named.group(1)}{number.span}") in evidence.names


def _names(sentence: str) -> list[str]:
    """Return the name-like words: odd capitals, digits among letters, a capital inside a sentence, a rare first
    word."""
    found = []
    written = claims.words(sentence)
    capitals = sum(word.text[0].isupper() for word in written)
    # A sentence that ends as one is none, however many of its few words are names.
    heading = capitals >= HEADING_SHARE * len(written) and len(written) > 2 and not _ENDS.search(sentence)
    for word in written:
        opens = heading or bool(_OPENS_AGAIN.search(sentence[max(0, word.start - 12) : word.start]))
        name = _name_part(word.text)
        if (
            name
            and not claims.is_quantity(name)
            and (_is_marked(name) or (name[0].isupper() and (not opens or _is_rare(name))))
        ):
            found.append(name)
    return found


def _name_part(word: str) -> str:
    """Return a word without the ordinary words that hyphens tie to it: `Mamba` of `Mamba-based`, nothing of `8-bit`."""
    parts = [p for p in word.split("-") if p]
    while len(parts) > 1 and parts[-1].islower() and len(parts[-1]) > 2:
        parts.pop()
    while len(parts) > 1 and parts[0].islower():
        parts.pop(0)
    return "-".join(parts)


def _is_marked(name: str) -> bool:
    """Tell whether a word looks like a name anywhere: capitals inside, or digits and letters together."""
    letters = any(c.isalpha() for c in name)
    inner = any(part[1:] != part[1:].lower() for part in re.split(r"[-'\u2019/]", name))
    return letters and (inner or any(c.isdigit() for c in name))


def _is_rare(name: str) -> bool:
    word = re.sub(r"['\u2019]s?$", "", name.casefold())
    if word in _WELL_KNOWN:
        return True
    return (
        len(word) > 2
        and not _COMMON_ENDING.search(word)
        and min(map(rarity, (word, word.removesuffix("s")))) >= RARE_NATS
    )


def _is_known(name: str, evidence: Evidence) -> bool:
    if name.casefold() in _COMMON_CAPITALS or len(name) == 1 or evidence.has_name(name):
        return True
    parts = [p for p in re.split(r"[-/]", name) if p]
    apart = len(parts) > 1 and ("/" in name or not any(c.isdigit() for c in name))
    return apart and all(evidence.has_name(p) or stem(p) in evidence.stems for p in parts)


def _may_mention(span: str, evidence: Evidence) -> bool:
    """Tell whether a mention stands in the sources; one that would ring everybody, or a Discord id, never may."""
    return (
        not span.startswith("<")
        and span.lstrip("@").casefold() not in _SHOUTED
        and span.casefold() in evidence.mentions
    )


def _may_quote(quote: str, evidence: Evidence) -> bool:
    """Tell whether a quoted span is a source's; a translation cannot be compared and passes."""
    return evidence.has_quote(quote) or (is_chinese(quote) and not is_chinese(evidence.plain[:4000]))


def _unshown_comparisons(sentence: str, evidence: Evidence) -> Iterator[str]:
    for count, match in enumerate(claims.CLAIMS_BETTER.finditer(sentence)):
        if count == MAX_COMPARISONS:
            yield match.group()
            return
        rest = sentence[match.end() : match.end() + _REACH]
        border = _CLAUSE_BREAK.search(rest, 2)
        against = rest[: border.start()] if border else rest
        if evidence.has_quote(sentence[max(0, match.start() - _REACH) : match.end()] + against):
            continue
        if not any(
            _shows(source, sentence[max(0, match.start() - _REACH) : match.start()], against)
            for source in evidence.comparing
        ):
            yield (match.group() + against).strip()


def _shows(source: str, subject: str, against: str) -> bool:
    """Tell whether a comparing sentence of a source has the compared words, on the same side of its comparing word."""
    trigger = claims.COMPARES.search(source)
    if trigger is None:
        return False
    beaten = {stem(name) for name in _names("the " + against)}
    if beaten and not beaten <= _stems(source):
        return False
    if beaten and beaten <= _stems(source[: trigger.start()]) and not beaten & _stems(source[trigger.start() :]):
        return False
    winners = {stem(name) for name in _names("the " + subject)}
    if winners and not winners & _stems(source) and not _GENERIC_SUBJECT.search(source):
        return False
    if is_chinese(against) != is_chinese(source) and not beaten:
        return True
    wanted = {t for t in (stem(word) for word in terms(against)) if t not in STOP_WORDS}
    return len(wanted & _stems(source)) >= MIN_SHARED * len(wanted)


@lru_cache(maxsize=2048)
def _stems(text: str) -> frozenset[str]:
    """Return the stems of a text's words, with Chinese as pairs of characters."""
    return frozenset(map(stem, (*terms(text), *(word.text for word in claims.words(text)))))
