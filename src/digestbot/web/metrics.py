"""A status as metrics in Prometheus' terms; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric

from digestbot import __version__
from digestbot.status import Status, alerts, lag_s, quantile


def metrics_of(status: Status) -> list[Metric]:
    """Return a status as metrics, each with its help."""
    counts, delays = status.counts, status.counts.delays_s
    healths = [feed.health for feed in status.feeds]
    budgets = {budget.what: budget.share for budget in status.budgets}
    read = [(feed.id, feed.last_success_at) for feed in status.feeds]
    return [
        InfoMetricFamily("digestbot_build", "The version that runs.", {"version": __version__}),
        _counter("digestbot_items", "Items by where they ended.", "outcome", counts.outcomes_ever),
        _value("digestbot_items_under_way", "Items that a run has begun with and not ended.", counts.under_way),
        _gauge(
            "digestbot_feeds", "Feeds by how they are.", "health", {name: healths.count(name) for name in set(healths)}
        ),
        _gauge(
            "digestbot_feed_last_success_timestamp_seconds",
            "When a feed was last read well.",
            "feed",
            {id: at.timestamp() for id, at in read if at},
        ),
        _gauge("digestbot_outbox", "Deliveries by state.", "state", counts.queue),
        _gauge(
            "digestbot_delivery_delay_seconds",
            "From a digest's making to its sending, of the last 24 hours.",
            "quantile",
            {name: quantile(delays, share) for name, share in (("0.5", 0.5), ("0.95", 0.95), ("1", 1.0)) if delays},
        ),
        _value("digestbot_lag_seconds", "How late what is due is: feeds to read, deliveries to try.", lag_s(status)),
        _value("digestbot_last_run_timestamp_seconds", "When the last run began.", _stamp(counts.last_run_at)),
        _value("digestbot_last_run_duration_seconds", "What the last run took.", counts.last_run_s),
        _value("digestbot_digests_day", "Digests made within 24 hours.", counts.digests),
        _value("digestbot_subscriptions", "Subscriptions that are sent somewhere.", status.subscriptions),
        _value("digestbot_stories", "Stories in the ledger.", counts.stories),
        _value("digestbot_documents", "Documents that can be searched.", counts.documents),
        _value("digestbot_proposals_open", "Proposals that wait for a decision.", counts.open_proposals),
        _value("digestbot_model_tokens_day", "Tokens of chat models since midnight UTC.", status.tokens),
        _value("digestbot_model_cost_usd_day", "What they cost, where the price is known.", status.cost_usd),
        _gauge("digestbot_budget_spent_ratio", "Spent share of a budget.", "budget", budgets),
        _value("digestbot_suggestions_waiting", "Addresses handed in that nobody has read.", status.suggested),
        _gauge(
            "digestbot_processes",
            "Servers and workers that live on this ledger.",
            "role",
            {role: sum(one.role == role for one in status.processes) for role in ("server", "worker")},
        ),
        _value("digestbot_leaders", "Servers that schedule.", sum(one.leads for one in status.processes)),
        _value("digestbot_free_bytes", "Free space where the data folder is.", status.free_bytes),
        _value("digestbot_alerts", "What somebody should look at; see 'digestbot status'.", len(alerts(status))),
    ]


def _gauge(name: str, text: str, label: str, values: Mapping[Any, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in sorted(values.items()):
        family.add_metric([value], number)
    return family


def _counter(name: str, text: str, label: str, values: Mapping[Any, float]) -> Metric:
    family = CounterMetricFamily(name, text, labels=[label])
    for value, number in sorted(values.items()):
        family.add_metric([value], number)
    return family


def _value(name: str, text: str, number: float) -> Metric:
    return GaugeMetricFamily(name, text, value=number)


def _stamp(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
