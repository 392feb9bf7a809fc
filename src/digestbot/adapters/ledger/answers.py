"""Questions that people asked, what they were answered, and what they thought of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import answer_verdicts, answers, model_calls
from digestbot.domain.answers import Answer, FeedbackKind

_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


class Answers:
    """The ledger's part for questions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def answered(self, key: str) -> Answer | None:
        """Return the latest answer of a cache key that was made and not taken from the cache, None if there is none."""
        query = sa.select(answers.c.body).where(answers.c.key == key, answers.c.cached.is_(False))
        return self._first(query.order_by(answers.c.asked_at.desc(), answers.c.id))

    def answer(self, id: str) -> Answer | None:
        """Return an answer by its id, None if there is none."""
        return self._first(sa.select(answers.c.body).where(answers.c.id == id))

    def record(self, answer: Answer, key: str, prompt: str) -> None:
        """Keep an answer under its cache key, "" for one that is not to be found again, and what its calls took."""
        values = {
            "id": answer.id,
            "key": key,
            "who": answer.asked.who,
            "follows": answer.asked.follows,
            "asked_at": answer.created_at,
            "state": answer.state,
            "cached": answer.cached,
            "body": _ANSWER.dump_python(answer, mode="json"),
        }
        with self._database.write() as connection:
            self._database.upsert(connection, answers, [values])
            if answer.usage.calls:
                connection.execute(sa.insert(model_calls).values(_call(answer, prompt)))

    def asked_since(self, who: str, since: datetime) -> int:
        """Return how many answers were made for somebody from an instant on; refusals and the cache cost nothing."""
        return self._made_since(since, answers.c.who == who)

    def asked_at_since(self, place: str, since: datetime) -> int:
        """Return the same of all who asked at a place."""
        return self._made_since(since, answers.c.body[("asked", "place")].as_string() == place)

    def judge(self, answer: str, who: str, verdict: FeedbackKind, note: str, at: datetime) -> bool:
        """Keep what somebody thinks of an answer, in the place of what they thought before; False where it is gone."""
        with self._database.write() as connection:
            there = connection.execute(sa.select(answers.c.id).where(answers.c.id == answer)).first()
            if there:
                row = {"answer": answer, "who": who, "verdict": verdict, "note": note, "at": at}
                self._database.upsert(connection, answer_verdicts, [row])
        return there is not None

    def verdicts(self) -> dict[str, int]:
        """Return how often each verdict was given."""
        query = sa.select(answer_verdicts.c.verdict, sa.func.count().label("given")).group_by(answer_verdicts.c.verdict)
        with self._database.read() as connection:
            return {row.verdict: int(row.given) for row in connection.execute(query)}

    def forget(self, who: str) -> int:
        """Delete what somebody asked and thought; return how many answers that were."""
        with self._database.write() as connection:
            connection.execute(sa.delete(answer_verdicts).where(answer_verdicts.c.who == who))
            return int(connection.execute(sa.delete(answers).where(answers.c.who == who)).rowcount)

    def _made_since(self, since: datetime, whose: sa.ColumnElement[bool]) -> int:
        made = answers.c.cached.is_(False) & (answers.c.state != "refused")
        query = sa.select(sa.func.count()).where(whose, answers.c.asked_at >= since, made)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def _first(self, query: sa.Select[Any]) -> Answer | None:
        with self._database.read() as connection:
            body = connection.execute(query.limit(1)).scalar()
        return _ANSWER.validate_python(body) if body is not None else None


def _call(answer: Answer, prompt: str) -> dict[str, object]:
    usage = answer.usage
    return {
        "at": answer.created_at,
        "step": "explain",
        "model": answer.paid,
        "prompt": prompt,
        "stories": 0,
        "tokens": usage.tokens,
        "cost_usd": usage.cost_usd,
        "output_tokens": usage.output_tokens,
        "calls": usage.calls,
    }
