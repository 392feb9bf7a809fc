"""The part of arXiv's search language that the sample needs, as predicates over papers.

Fields cat, ti, abs, all, au and submittedDate, quotes, parentheses, AND, OR and ANDNOT, evaluated from left to right
(https://info.arxiv.org/help/api/user-manual.html#query_details).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from digestbot.sample.week import Paper

Predicate = Callable[[Paper], bool]

_TOKEN = re.compile(r'[()]|(?:\w+:)?(?:"[^"]*"|\[[^\]]*\]|[^\s()"\[\]]+)')
_OPERATORS = ("AND", "OR", "ANDNOT")


def parse_query(query: str) -> Predicate:
    """Return the predicate a search_query stands for.

    Raises ValueError when the query is malformed or names a field that is not known here.
    """
    tokens = deque(_TOKEN.findall(query))
    predicate = _expression(tokens)
    if tokens:
        raise ValueError(f"unexpected {tokens[0]!r}")
    return predicate


def _expression(tokens: deque[str]) -> Predicate:
    left = _term(tokens)
    while tokens and tokens[0] in _OPERATORS:
        left = _join(tokens.popleft(), left, _term(tokens))
    return left


def _join(operator: str, left: Predicate, right: Predicate) -> Predicate:
    if operator == "AND":
        return lambda paper: left(paper) and right(paper)
    if operator == "OR":
        return lambda paper: left(paper) or right(paper)
    return lambda paper: left(paper) and not right(paper)


def _term(tokens: deque[str]) -> Predicate:
    if not tokens or tokens[0] in (*_OPERATORS, ")"):
        raise ValueError("a term is missing")
    token = tokens.popleft()
    if token != "(":
        return _field(token)
    inner = _expression(tokens)
    if not tokens or tokens.popleft() != ")":
        raise ValueError("a closing parenthesis is missing")
    return inner


def _field(token: str) -> Predicate:
    name, colon, value = token.partition(":")
    if not colon:
        name, value = "all", token
    wanted = value.strip('"')
    if name == "cat":
        return lambda paper: wanted in paper.categories
    if name == "submittedDate":
        return _within(wanted)
    if name == "au":
        return lambda paper: any(wanted.casefold() in author.casefold() for author in paper.authors)
    if name == "ti":
        return lambda paper: _mentions(paper.title, wanted)
    if name == "abs":
        return lambda paper: _mentions(paper.abstract, wanted)
    if name == "all":
        return lambda paper: _mentions(f"{paper.title} {paper.abstract}", wanted)
    raise ValueError(f"unknown field {name!r}")


def _within(interval: str) -> Predicate:
    bounds = re.fullmatch(r"\[(\d{8,14}|\*) TO (\d{8,14}|\*)\]", interval)
    if bounds is None:
        raise ValueError(f"not an interval of dates: {interval!r}")
    first = bounds[1].replace("*", "").ljust(14, "0")
    last = bounds[2].replace("*", "").ljust(14, "9")
    return lambda paper: first <= paper.published.strftime("%Y%m%d%H%M%S") <= last


def _mentions(text: str, phrase: str) -> bool:
    # The real service stems words; here a plural s is as good as none.
    stem = re.escape(phrase.casefold().removesuffix("s"))
    return re.search(rf"\b{stem}s?\b", text.casefold()) is not None
