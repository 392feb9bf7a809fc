"""The composition root: settings → adapters → Deps."""

from __future__ import annotations

from digestbot.app.answering import Explainer
from digestbot.app.backups import back_up, restore
from digestbot.app.botting import bot_beside, bot_desk_of, run_bot, token_of
from digestbot.app.documents import document_of, documents_of, installed
from digestbot.app.ingesting import SUGGESTED, Given
from digestbot.app.leading import Leadership, Presence
from digestbot.app.pages import web_pages
from digestbot.app.reaching import Look, Reach, fetching, looking, user_agent, worker_processes
from digestbot.app.reports import report_values
from digestbot.app.reviewing import desk_of
from digestbot.app.running import (
    alone,
    deliver_line,
    read_suggestions,
    run_line,
    send_line,
    subscriptions_of,
    try_line,
    waits_to_go,
)
from digestbot.app.searching import BUNDLED, found_documents, hits_of, searcher_of, update_meanings
from digestbot.app.sending import mail_links, routes_of, tokens_of
from digestbot.app.storing import (
    chroma_place,
    database_url,
    existing,
    feeds_file,
    free_bytes,
    indexes,
    ledger_of,
    load_feeds,
    open_ledger,
    shown_database,
    update_catalogue,
)
from digestbot.app.tidying import tidied, tidied_daily
from digestbot.app.watching import status_now, watch_pages

__all__ = [
    "bot_desk_of",
    "deliver_line",
    "Leadership",
    "Presence",
    "waits_to_go",
    "tidied",
    "tidied_daily",
    "back_up",
    "restore",
    "status_now",
    "watch_pages",
    "SUGGESTED",
    "Explainer",
    "Given",
    "document_of",
    "documents_of",
    "installed",
    "BUNDLED",
    "hits_of",
    "searcher_of",
    "update_meanings",
    "chroma_place",
    "database_url",
    "open_ledger",
    "ledger_of",
    "user_agent",
    "load_feeds",
    "existing",
    "feeds_file",
    "indexes",
    "Reach",
    "fetching",
    "Look",
    "worker_processes",
    "looking",
    "routes_of",
    "mail_links",
    "tokens_of",
    "web_pages",
    "subscriptions_of",
    "run_line",
    "send_line",
    "read_suggestions",
    "try_line",
    "update_catalogue",
    "report_values",
    "alone",
    "free_bytes",
    "shown_database",
    "token_of",
    "run_bot",
    "bot_beside",
    "desk_of",
    "found_documents",
]
